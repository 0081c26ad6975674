/** Rows of a table with a selected one. */
import type { Area } from "./context.ts";
import type { Frame } from "./frame.ts";
import { REVERSE } from "./style.ts";

export interface ScrolledRows {
  /** Keys of the rows in sight, from the first one drawn. */
  readonly keys: readonly string[];
  readonly selected: string | null;
  /** Draws the row with this index in `keys` at a row of the screen. */
  readonly draw: (row: number, index: number) => void;
}

/** Draws the rows that fit and marks the selected one: `>` in its first column, reversed where attributes are shown. */
export function drawScrolled(frame: Frame, area: Area, rows: ScrolledRows): void {
  const shown = Math.min(area.height, rows.keys.length);
  for (let index = 0; index < shown; index++) {
    const row = area.top + index;
    rows.draw(row, index);
    if (rows.keys[index] !== rows.selected) continue;
    frame.put(row, area.left, ">");
    frame.paint(row, area.left, area.left + area.width, REVERSE);
  }
}
