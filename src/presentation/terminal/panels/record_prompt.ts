/** Prompts of the log and of the feed, in the status row. */
import type { ViewContext } from "../context.ts";
import { cut, type Frame } from "../frame.ts";
import { BOLD, Role } from "../style.ts";
import { typedText } from "./typed_text.ts";
import { logRows } from "../log_rows.ts";

/** Draws the prompt that is open; false: it is none of these. */
export function drawRecordPrompt(frame: Frame, row: number, context: ViewContext): boolean {
  const { prompt } = context.view;
  if (prompt?.kind === "search") {
    const found = `${logRows(context).length} lines  Enter keep  Esc clear`;
    frame.put(row, 1, `/ ${typedText(prompt.text, Math.max(2, frame.width - found.length - 6))}`, BOLD);
    frame.putEnding(row, frame.width - 1, found, Role.quiet);
    return true;
  }
  if (prompt?.kind !== "feed") return false;
  const { request } = prompt;
  const question = request.kind === "reconnect"
    ? "Reconnect to the broker? All lines are asked for anew."
    : `Ask anew for the quotes of ${request.label}?`;
  const keys = "Enter yes  Esc no";
  frame.put(row, 1, cut(question, frame.width - keys.length - 4), BOLD);
  frame.putEnding(row, frame.width - 1, keys, Role.quiet);
  return true;
}
