/** Text that was written without knowing the terminal. */
import { widthOf, wrapped } from "../terminal/frame.ts";

/** Lines that are longer than `width` broken between words, below each other at their indent; null: as they are. */
export function fittedText(text: string, width: number | null): string {
  if (width === null) return text;
  return text.split("\n").map((line) => widthOf(line) <= width ? line : broken(line, width)).join("\n");
}

function broken(line: string, width: number): string {
  const prefix = /^ *(?:- )?/.exec(line)?.[0] ?? "";
  const parts = wrapped(line.slice(prefix.length), width - prefix.length);
  return parts.map((part, at) => (at === 0 ? prefix : " ".repeat(prefix.length)) + part).join("\n");
}
