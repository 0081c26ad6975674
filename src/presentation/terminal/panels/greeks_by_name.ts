/** Delta, gamma and vega of each name as bars; the total always in sight. */
import type { UnderlyingColumn } from "../../../application/dashboard_columns.ts";
import { MISSING } from "../../format.ts";
import { barColumn } from "../bar_column.ts";
import type { Area, ViewContext } from "../context.ts";
import { cut, type Frame } from "../frame.ts";
import { type NameRow, nameRows, totalRows } from "../name_rows.ts";
import { inPercent } from "../percent_of_net.ts";
import type { Sorting } from "../row_order.ts";
import { drawScrolled, inSight, rangeInSight } from "../scrolled.ts";
import { BOLD } from "../style.ts";
import { type Column, drawHeadings, drawRow, NOT_SPLIT, placeColumns, sortedHeading } from "../table.ts";

/** Rows left for names in a panel of this height. */
export function greekBodyRows(context: ViewContext, height: number): number {
  return Math.max(0, height - 1 - totalRows(context).length);
}

/** Draws headings, names and totals; gives which names are in sight. */
export function drawGreeksByName(frame: Frame, area: Area, context: ViewContext): string {
  if (area.height <= 0) return "";
  const rows = nameRows(context);
  const totals = totalRows(context);
  const body = greekBodyRows(context, area.height);
  const { first, last, selected } = rangeInSight(rows, (row) => row.key, context.view.tables.risk, body);
  const visible = rows.slice(first, last);
  const placed = placeColumns(
    columns(context, rows, area.width),
    columnOrder(area.width),
    [...visible, ...totals],
    area.width,
  );
  const heading = sortedHeading(context.view.tables.risk.sort, OWN_COLUMN);
  drawHeadings(frame, { row: area.top, left: area.left }, placed, heading);
  drawScrolled(frame, { ...area, top: area.top + 1, height: body }, {
    keys: visible.map((row) => row.key ?? ""),
    selected,
    draw: (row, index) => drawRow(frame, { row, left: area.left }, placed, index),
  });
  let row = area.top + 1 + visible.length;
  for (const [index, total] of totals.entries()) {
    if (row >= area.top + area.height) break;
    drawRow(frame, { row, left: area.left }, placed, visible.length + index);
    frame.put(row, area.left + 1, cut(total.label, 11), BOLD);
    row++;
  }
  return inSight(first, last, rows.length, context.look.format);
}

/** The column that the names' own order, |$Delta|, shows in. */
const OWN_COLUMN: UnderlyingColumn = "dollar_delta";

/** The columns of numbers in sight; bars show the same. */
export function greekSorting(context: ViewContext): Sorting {
  const { columns: width } = context.size;
  const order = columnOrder(width);
  const shown = columns(context, [], width).filter(({ id }) => order.includes(id) && !id.endsWith("Bar"));
  return { columns: shown, own: { title: "|$Delta|", column: OWN_COLUMN } };
}

type Greek = "dollarDelta" | "betaWeightedDelta" | "gammaDollars1Pct" | "vega" | "theta";

const COLUMN_OF: Readonly<Record<Greek, UnderlyingColumn>> = {
  dollarDelta: "dollar_delta",
  betaWeightedDelta: "beta_delta",
  gammaDollars1Pct: "gamma",
  vega: "vega",
  theta: "theta",
};

function columns(context: ViewContext, rows: readonly NameRow[], width: number): Column<NameRow>[] {
  const { format, glyphs } = context.look;
  const half = width >= 160 ? 12 : width >= 112 ? 6 : 5;
  const sum = (greek: Greek, title: string, columnWidth: number): Column<NameRow> => ({
    id: COLUMN_OF[greek],
    title,
    width: columnWidth,
    kind: "number",
    cell: (row) => {
      const value = row.sums[greek];
      if (value === null) return row.whole ? { text: MISSING } : NOT_SPLIT;
      const text = greek === "betaWeightedDelta" ? undefined : inPercent(context, value, false);
      // A guessed beta makes a guessed beta delta.
      const guessed = greek === "betaWeightedDelta" && row.betaMark === "?" ? "?" : "";
      return { text: text ?? format.money(value), mark: row.mark(greek) || guessed };
    },
  });
  const bar = (greek: Greek, title: string): Column<NameRow> =>
    barColumn(
      `${COLUMN_OF[greek]}Bar`,
      title,
      half,
      glyphs,
      rows,
      (row) => (row.key === null ? null : row.sums[greek]),
    );
  return [
    {
      id: "name",
      title: "Name",
      width: 11,
      kind: "text",
      cell: ({ key, label }) => ({ text: key === null ? "" : label }),
    },
    sum("dollarDelta", "$Delta", 11),
    bar("dollarDelta", "- $Delta +"),
    sum("betaWeightedDelta", "Beta dlt", 10),
    sum("gammaDollars1Pct", "Gamma1%", 10),
    bar("gammaDollars1Pct", "- Gamma +"),
    sum("vega", "Vega", 8),
    bar("vega", "- Vega +"),
    sum("theta", "Theta", 8),
  ];
}

function columnOrder(width: number): string[] {
  const kept = ["name", "dollar_delta", "gamma"];
  if (width >= 44) kept.push("vega");
  if (width >= 60) kept.push("theta");
  if (width >= 72) kept.push("gammaBar", "vegaBar");
  if (width >= 100) kept.push("dollar_deltaBar");
  if (width >= 112) kept.push("beta_delta");
  return kept;
}
