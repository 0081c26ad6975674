/** The table by underlying: one row a name, the totals always in sight. */
import { MISSING } from "../../format.ts";
import type { Area, ViewContext } from "../context.ts";
import type { Figure } from "../digest.ts";
import { cut, type Frame } from "../frame.ts";
import { dayMove, type NameRow, nameRows, totalRows } from "../name_rows.ts";
import { inPercent } from "../percent_of_net.ts";
import { drawScrolled, inSight, rangeInSight } from "../scrolled.ts";
import { type Cell, type Column, drawHeadings, drawRow, NOT_SPLIT, placeColumns, signStyle } from "../table.ts";
import { BOLD } from "../style.ts";
import { drawFootnotes } from "./footnotes.ts";

/** Rows beside the names: headings, one total and the footnotes. */
export const NAME_TABLE_EXTRA = 3;

/** Rows that the totals take: one, or two while an account is shown alone. */
export function totalCount(context: ViewContext): number {
  return totalRows(context).length;
}

/**
 * Draws headings, names, totals and, when `footnotes` is set, what the marks mean. Names scroll within what is left;
 * gives which of them are in sight.
 */
export function drawByUnderlying(frame: Frame, area: Area, context: ViewContext, footnotes: boolean): string {
  const rows = nameRows(context);
  const totals = totalRows(context);
  const body = bodyRows(area.height, totals.length, footnotes);
  const columns = nameColumns(context, area.width);
  const { first, last, selected } = rangeInSight(rows.map((row) => row.key), context.view.tables.summary, body);
  const visible = rows.slice(first, last);
  const placed = placeColumns(columns, columnOrder(area.width), [...visible, ...totals], area.width);
  const sort = context.view.tables.summary.sort;
  const at = (row: number) => ({ row: area.top + row, left: area.left });
  drawHeadings(frame, at(0), placed, {
    id: sort?.column ?? "dollarDelta",
    arrow: sort?.reversed ? "▲" : "▼",
  });
  drawScrolled(frame, { ...area, top: area.top + 1, height: body }, {
    keys: visible.map((row) => row.key ?? ""),
    selected,
    draw: (row, index) => {
      const name = visible[index];
      if (name !== undefined) drawRow(frame, { row, left: area.left }, placed, name);
    },
  });
  let row = 1 + Math.min(body, visible.length);
  for (const total of totals) {
    if (row < area.height) drawRow(frame, at(row), placed, total);
    frame.put(area.top + row, area.left + 1, cut(total.label, Math.max(0, area.width - 2)), BOLD);
    row++;
  }
  if (footnotes && row < area.height) drawFootnotes(frame, at(row), area.width, context, rows);
  return inSight(first, last, rows.length, context.look.format);
}

/** Rows left for names in a table of this height. */
export function bodyRows(height: number, totals: number, footnotes: boolean): number {
  return Math.max(0, height - 1 - totals - (footnotes ? 1 : 0));
}

/** Widths at 60, at 80 and from 120 columns on. */
function nameColumns(context: ViewContext, width: number): Column<NameRow>[] {
  const { format } = context.look;
  const tier = width >= 120 ? 2 : width >= 80 ? 1 : 0;
  const sum = (
    figure: Exclude<Figure, "exposure">,
    title: string,
    widths: Widths,
    signed = false,
  ): Column<NameRow> => ({
    id: figure,
    title,
    width: widths[tier],
    kind: "number",
    cell: (row) => amount(context, row, figure, signed),
  });
  const plain = (id: string, title: string, width: number, cell: (row: NameRow) => Cell): Column<NameRow> => ({
    id,
    title,
    width,
    kind: "number",
    cell,
  });
  return [
    { id: "name", title: "Name", width: 9, kind: "text", cell: (row) => ({ text: row.key === null ? "" : row.label }) },
    plain("positions", "Pos", 4, (row) => ({ text: row.positions === null ? "" : format.money(row.positions) })),
    plain("price", "Spot", 10, (row) => ({
      text: row.key === null ? "" : format.price(row.price),
      mark: row.priceMark,
    })),
    plain("move", "Day %", 7, (row) => {
      const move = dayMove(row);
      return { text: row.key === null ? "" : format.signedPercent(move, 2).replace(" %", "") };
    }),
    plain("beta", "Beta", 6, (row) => ({
      text: row.key === null ? "" : format.decimals(row.beta, 2),
      mark: row.betaMark,
    })),
    sum("marketValue", "Mkt value", [12, 12, 12]),
    sum("dailyPnl", "Day P&L", [10, 9, 10], true),
    sum("unrealizedPnl", "Unreal.", [10, 10, 11], true),
    sum("dollarDelta", "$Delta", [13, 12, 12]),
    sum("delta", "Delta", [10, 10, 10]),
    sum("gammaDollars1Pct", "Gamma1%", [10, 10, 10]),
    sum("vega", "Vega", [8, 8, 9]),
    sum("theta", "Theta", [8, 8, 9]),
    sum("betaWeightedDelta", "Beta dlt", [10, 10, 10]),
    plain("grossExposure", "Gross", 13, (row) => ({
      text: format.money(row.grossExposure),
      mark: row.mark("exposure"),
    })),
  ];
}

type Widths = readonly [number, number, number];

/** From the column kept longest to the one given up first. */
function columnOrder(width: number): string[] {
  const order = ["name", "dailyPnl", "dollarDelta"];
  if (width >= 60) order.push("gammaDollars1Pct", "vega", "theta");
  if (width >= 80) order.push("unrealizedPnl", "price", "positions");
  if (width >= 104) order.push("marketValue", "delta");
  if (width >= 120) order.push("move", "beta");
  if (width > 120) order.push("betaWeightedDelta", "grossExposure");
  return order;
}

function amount(context: ViewContext, row: NameRow, figure: Exclude<Figure, "exposure">, signed: boolean): Cell {
  const { format } = context.look;
  const value = row.sums[figure];
  const mark = row.mark(figure);
  if (value === null) return row.whole ? { text: MISSING } : NOT_SPLIT;
  const style = signed ? signStyle(value, mark) : undefined;
  const counted = figure === "delta" || figure === "betaWeightedDelta";
  const text = (counted ? undefined : inPercent(context, value)) ??
    (signed ? format.signed(value) : format.money(value));
  return style === undefined ? { text, mark } : { text, mark, style };
}
