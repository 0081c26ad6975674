/** View 2: every position, as a tree of names and their strategies or flat. */
import type { PositionColumn } from "../../../application/dashboard_columns.ts";
import { inScreenOrder, positionOrder, setOf } from "../column_sets.ts";
import type { ViewContext } from "../context.ts";
import { totalRows } from "../name_rows.ts";
import { drawFootnotes } from "../panels/footnotes.ts";
import { positionColumns } from "../position_columns.ts";
import { type Line, lineOf, lineOfTotal } from "../position_line.ts";
import { positionRows, rowKey } from "../position_rows.ts";
import type { Sorting } from "../row_order.ts";
import { drawScrolled, inSight, rangeInSight } from "../scrolled.ts";
import { type Column, drawHeadings, drawRow, placeColumns, sortedHeading } from "../table.ts";
import { ROWS_ABOVE, ROWS_BELOW, type View } from "../view.ts";

export const positions: View = {
  draw(frame, top, bottom, context) {
    const rows = positionRows(context);
    const totals = totalRows(context);
    const body = bodyOf(bottom - top, totals.length);
    const table = context.view.tables.positions;
    const { first, last, selected } = rangeInSight(rows, rowKey, table, body);
    const visible = rows.slice(first, last);
    const all = [...visible.map((row) => lineOf(context, row)), ...totals.map(lineOfTotal)];
    const placed = placeColumns(columns(context, frame.width), positionOrder(context, frame.width), all, frame.width);
    const at = (row: number) => ({ row, left: 0 });
    drawHeadings(frame, at(top), placed, sortedHeading(table.sort, OWN_COLUMN));
    drawScrolled(frame, { top: top + 1, left: 0, width: frame.width, height: body }, {
      keys: visible.map(rowKey),
      selected,
      draw: (row, index) => drawRow(frame, at(row), placed, index),
    });
    let row = top + 1 + Math.min(body, visible.length);
    for (let index = visible.length; index < all.length; index++) drawRow(frame, at(row++), placed, index);
    if (row < bottom) drawFootnotes(frame, at(row), frame.width, context, []);
    return inSight(first, last, rows.length, context.look.format);
  },
  rowKeys: (context) => positionRows(context).map(rowKey),
  bodyRows: (context) => bodyOf(context.size.rows - ROWS_ABOVE - ROWS_BELOW, totalRows(context).length),
  sorting(context): Sorting {
    const { columns: width } = context.size;
    const order: readonly string[] = positionOrder(context, width);
    const shown = columns(context, width).filter(({ id }) => order.includes(id));
    return { columns: shown, own: { title: "|$Delta|", column: OWN_COLUMN } };
  },
};

/** Rows beside the headings, the totals and what the marks mean, which gives way to the first row. */
function bodyOf(height: number, totals: number): number {
  const room = height - 1 - totals;
  return Math.max(0, room > 1 ? room - 1 : room);
}

/** The column that the rows' own order, |$Delta|, shows in. */
const OWN_COLUMN: PositionColumn = "dollar_delta";

function columns(context: ViewContext, width: number): readonly Column<Line>[] {
  return inScreenOrder(positionColumns(context, width), context.look.columns.positions, setOf(context, "positions"));
}
