/** Rows of a table with a selected one. */
import type { Format } from "../format.ts";
import type { Area } from "./context.ts";
import type { Frame } from "./frame.ts";
import type { TableState } from "./view_state.ts";
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

/** `rows 1 to 31 of 1,000`; empty when all are in sight. */
export function inSight(first: number, last: number, of: number, format: Format): string {
  if (last - first >= of) return "";
  if (last <= first) return `${format.money(of)} rows`;
  return `rows ${format.money(first + 1)} to ${format.money(last)} of ${format.money(of)}`;
}

/** The rows in sight and the selected one: as scrolled, moved as little as it takes to show the selection. */
export function rangeInSight<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string | null,
  table: Pick<TableState, "selected" | "top">,
  body: number,
): { readonly first: number; readonly last: number; readonly selected: string | null } {
  // Without a selection no key needs to be made.
  const at = table.selected === null ? 0 : Math.max(0, rows.findIndex((row) => keyOf(row) === table.selected));
  const wanted = Math.min(table.top, Math.max(0, rows.length - body));
  const first = Math.max(0, Math.min(Math.max(wanted, at - body + 1), at));
  const selected = rows[at];
  return {
    first,
    last: Math.min(rows.length, first + Math.max(0, body)),
    selected: selected === undefined ? null : keyOf(selected),
  };
}
