/** What a view of the dashboard is: a module of its own that draws between the alert row and the last two rows. */
import type { ViewContext } from "./context.ts";
import type { Frame } from "./frame.ts";

export interface View {
  /**
   * Draws rows `top` up to `bottom`, the latter excluded, and says which of its rows are in sight: what the status row
   * tells of them, empty when all are.
   */
  draw(frame: Frame, top: number, bottom: number, context: ViewContext): string;
  /** Keys of all rows that can be selected, in the order of the screen. */
  rowKeys(context: ViewContext): string[];
  /** How many of them are in sight at once. */
  bodyRows(context: ViewContext): number;
  /** Columns that the table can be sorted by; none: it has its own order. */
  readonly sortColumns: readonly string[];
}

/** Rows above and below every view: header, tabs and alert; status and keys. */
export const ROWS_ABOVE = 3;
export const ROWS_BELOW = 2;
