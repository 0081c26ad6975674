/** A line while it is typed. */
import { widthOf } from "../frame.ts";

/** Its end, where it is typed, with the cursor behind it: at most so many columns, `~` in place of what is before. */
export function typedText(text: string, width: number): string {
  const line = `${text}_`;
  if (widthOf(line) <= width) return line;
  const characters = [...line];
  let end = "";
  for (let at = characters.length - 1; at >= 0; at--) {
    const longer = characters[at] + end;
    if (widthOf(longer) > width - 1) break;
    end = longer;
  }
  return `~${end}`;
}
