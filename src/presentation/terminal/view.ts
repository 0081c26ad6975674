/** What a view of the dashboard is: a module of its own that draws between the alert row and the last two rows. */
import type { ViewContext } from "./context.ts";
import type { Frame } from "./frame.ts";
import type { Sorting } from "./row_order.ts";

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
  /** How its table is ordered; null: there is none to order. */
  sorting(context: ViewContext): Sorting | null;
}

/** Rows above and below every view: header, tabs and alert; status and keys. */
export const ROWS_ABOVE = 3;
export const ROWS_BELOW = 2;
