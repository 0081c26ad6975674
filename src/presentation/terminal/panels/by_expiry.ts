/** Greeks by expiry bucket. */
import { MISSING } from "../../format.ts";
import type { Area, ViewContext } from "../context.ts";
import { type ExpiryFigure, type ExpiryRow, expiryRows } from "../expiry_rows.ts";
import type { Frame } from "../frame.ts";
import { type Column, drawHeadings, drawRow, NOT_SPLIT, placeColumns } from "../table.ts";

/** Rows of the panel: headings, buckets and the total. */
export function expiryPanelRows(context: ViewContext): number {
  return expiryRows(context).length + 1;
}

export function drawByExpiry(frame: Frame, area: Area, context: ViewContext): void {
  const { format } = context.look;
  const rows = expiryRows(context);
  const sum = (id: ExpiryFigure, title: string, width: number): Column<ExpiryRow> => ({
    id,
    title,
    width,
    kind: "number",
    cell: (row) => {
      const value = row.sums[id];
      if (value === null) return row.whole ? { text: MISSING } : NOT_SPLIT;
      return { text: format.money(value), mark: row.mark(id) };
    },
  });
  const columns: Column<ExpiryRow>[] = [
    { id: "bucket", title: "Bucket", width: 11, kind: "text", cell: (row) => ({ text: row.label }) },
    {
      id: "positions",
      title: "Pos",
      width: 4,
      kind: "number",
      cell: ({ positions }) => ({ text: positions === null ? "" : format.money(positions) }),
    },
    sum("dollarDelta", "$Delta", 12),
    sum("gammaDollars1Pct", "Gamma1%", 10),
    sum("vega", "Vega", 9),
    sum("theta", "Theta", 9),
  ];
  const order = ["bucket", "dollarDelta", "gammaDollars1Pct", "positions", "vega", "theta"];
  const placed = placeColumns(columns, order, rows, area.width);
  drawHeadings(frame, { row: area.top, left: area.left }, placed);
  const shown = Math.min(rows.length, area.height - 1);
  for (let index = 0; index < shown; index++) {
    drawRow(frame, { row: area.top + 1 + index, left: area.left }, placed, index);
  }
}
