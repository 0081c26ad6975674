/** Text that was written without knowing the terminal. */
import { widthOf, wrapped } from "../terminal/frame.ts";

/**
 * Lines that are longer than `width` broken between words, below each other at their indent; null: as they are. A terminal
 * that does not know its size says 0, as serial lines and containers do.
 */
export function fittedText(text: string, width: number | null): string {
  const clean = printable(text);
  if (width === null) return clean;
  const room = Math.max(NARROWEST, width);
  return clean.split("\n").map((line) => widthOf(line) <= room ? line : broken(line, room)).join("\n");
}

const NARROWEST = 40;

/** Names, notes and a broker's words come from outside: no control character of theirs reaches the terminal. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, "");
}

function broken(line: string, width: number): string {
  const prefix = /^ *(?:- )?/.exec(line)?.[0] ?? "";
  const parts = wrapped(line.slice(prefix.length), width - prefix.length);
  return parts.map((part, at) => (at === 0 ? prefix : " ".repeat(prefix.length)) + part).join("\n");
}
