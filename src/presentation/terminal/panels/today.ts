/** What became of the breaches today, the newest first. */
import type { EarlierDay } from "../../../application/day_record.ts";
import type { ViewContext } from "../context.ts";
import { cut, type Frame } from "../frame.ts";
import { stepWords } from "../step_words.ts";
import { Role } from "../style.ts";
import { drawTitles } from "./titles.ts";

/** Rows that it asks of a tall screen, its title included. */
export const TODAY_ROWS = 5;
/** A title with nothing under it says nothing. */
const LEAST_ROWS = 2;

/** Rows to keep for it in a view of that height; 0: the screen is too low, or nothing is recorded. */
export function todayRows({ record }: ViewContext, height: number): number {
  return record.transitions !== null && height >= 30 ? TODAY_ROWS : 0;
}

export function drawToday(frame: Frame, top: number, bottom: number, context: ViewContext): void {
  const { record, look: { format } } = context;
  if (record.transitions === null || bottom - top < LEAST_ROWS) return;
  const { list, earlier } = record.transitions();
  drawTitles(frame, top, 0, [{ wall: -1, title: `Today, newest first${EARLIER[earlier]}` }]);
  const rows = bottom - top - 1;
  if (list.length === 0) frame.put(top + 1, 1, earlier === "reading" ? "reading…" : "Nothing.", Role.quiet);
  for (let index = 0; index < Math.min(rows, list.length); index++) {
    const transition = list[list.length - 1 - index]!;
    const row = top + 1 + index;
    frame.put(row, 1, format.clock(transition.at), Role.quiet);
    frame.put(row, 11, cut(stepWords(transition), STEP - 1));
    frame.put(row, 11 + STEP, cut(transition.message, frame.width - 12 - STEP));
  }
}

/** Columns of the step: `unknown -> cleared` fits. */
const STEP = 20;

const EARLIER: Readonly<Record<EarlierDay, string>> = {
  read: "",
  reading: "; reading what was before the start",
  "not kept": ", since the start",
  failed: ", since the start: the store could not be read",
};
