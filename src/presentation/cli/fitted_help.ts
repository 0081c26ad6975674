/** A command's help on a terminal: it is written for 100 columns and more. */
import { widthOf } from "../terminal/frame.ts";
import { fittedText } from "./fitted_text.ts";

/**
 * Blocks that are wider than the terminal are laid out anew: of a list of examples or options each meaning goes below what it
 * explains, and a paragraph is filled. Null: there is no terminal, and all stays as it is.
 */
export function fittedHelp(text: string, width: number | null): string {
  if (width === null) return text;
  return text.split("\n\n").map((block) => {
    const lines = block.split("\n");
    if (lines.every((line) => widthOf(line) <= width)) return block;
    if (lines.some((line) => line.startsWith(" "))) return lines.map((line) => listed(line, width)).join("\n");
    return fittedText(lines.join(" ").trimEnd(), width) + (block.endsWith("\n") ? "\n" : "");
  }).join("\n\n");
}

function listed(line: string, width: number): string {
  const [, explained, meaning] = /^( +\S.*?) {2,}(\S.*)$/.exec(line) ?? [];
  if (explained === undefined || meaning === undefined) return fittedText(line, width);
  return `${fittedText(explained, width)}\n${fittedText(`${BELOW}${meaning}`, width)}`;
}

const BELOW = " ".repeat(6);
