/** The table by underlying: one row a name, the totals always in sight. */
import type { UnderlyingColumn } from "../../../application/dashboard_columns.ts";
import { MISSING } from "../../format.ts";
import type { Area, ViewContext } from "../context.ts";
import { inScreenOrder, setOf, underlyingOrder } from "../column_sets.ts";
import type { Figure } from "../digest.ts";
import { cut, type Frame } from "../frame.ts";
import { dayMove } from "../name_order.ts";
import { type NameRow, nameRows, totalRows } from "../name_rows.ts";
import { currencySuffix, inOwnCurrency } from "../own_currency.ts";
import { inPercent } from "../percent_of_net.ts";
import { drawScrolled, inSight, rangeInSight } from "../scrolled.ts";
import type { Sorting } from "../row_order.ts";
import {
  type Cell,
  type Column,
  drawHeadings,
  drawRow,
  NO_RATE,
  NOT_SPLIT,
  placeColumns,
  signStyle,
  sortedHeading,
} from "../table.ts";
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
  const { first, last, selected } = rangeInSight(rows, (row) => row.key, context.view.tables.summary, body);
  const visible = rows.slice(first, last);
  const columns = nameColumns(context, area.width);
  const placed = placeColumns(columns, underlyingOrder(context, area.width), [...visible, ...totals], area.width);
  const at = (row: number) => ({ row: area.top + row, left: area.left });
  drawHeadings(frame, at(0), placed, sortedHeading(context.view.tables.summary.sort, OWN_COLUMN));
  drawScrolled(frame, { ...area, top: area.top + 1, height: body }, {
    keys: visible.map((row) => row.key ?? ""),
    selected,
    draw: (row, index) => drawRow(frame, { row, left: area.left }, placed, index),
  });
  let row = 1 + Math.min(body, visible.length);
  for (const [index, total] of totals.entries()) {
    if (row < area.height) drawRow(frame, at(row), placed, visible.length + index);
    frame.put(area.top + row, area.left + 1, cut(total.label, Math.max(0, area.width - 2)), BOLD);
    row++;
  }
  if (footnotes && row < area.height) drawFootnotes(frame, at(row), area.width, context, rows);
  return inSight(first, last, rows.length, context.look.format);
}

/** The column that the names' own order, |$Delta|, shows in. */
const OWN_COLUMN: UnderlyingColumn = "dollar_delta";

/** The columns in sight, in the order of the screen. */
export function nameSorting(context: ViewContext): Sorting {
  const { columns: width } = context.size;
  const order: readonly string[] = underlyingOrder(context, width);
  const columns = nameColumns(context, width).filter(({ id }) => order.includes(id));
  return { columns, own: { title: "|$Delta|", column: OWN_COLUMN } };
}

/** Rows left for names in a table of this height. */
export function bodyRows(height: number, totals: number, footnotes: boolean): number {
  return Math.max(0, height - 1 - totals - (footnotes ? 1 : 0));
}

/** Widths at 60, at 80 and from 120 columns on. */
function nameColumns(context: ViewContext, width: number): readonly Column<NameRow>[] {
  const { format } = context.look;
  const tier = width >= 120 ? 2 : width >= 80 ? 1 : 0;
  const sum = (
    id: UnderlyingColumn,
    figure: Exclude<Figure, "exposure">,
    title: string,
    widths: Widths,
    signed = false,
  ): Column<NameRow> => ({
    id,
    title,
    width: widths[tier],
    kind: "number",
    cell: (row) => amount(context, row, figure, signed),
  });
  const plain = (
    id: UnderlyingColumn,
    title: string,
    width: number,
    cell: (row: NameRow) => Cell,
  ): Column<NameRow> => ({
    id,
    title,
    width,
    kind: "number",
    cell,
  });
  const columns = [
    {
      id: "name",
      title: "Name",
      width: context.view.ownCurrency ? 12 : 9,
      kind: "text" as const,
      cell: (row: NameRow) => ({ text: row.key === null ? "" : row.label + currencySuffix(context, row.currency) }),
    },
    plain("positions", "Pos", 4, (row) => ({ text: row.positions === null ? "" : format.money(row.positions) })),
    plain("spot", "Spot", 10, (row) => ({
      text: row.key === null ? "" : format.price(row.price),
      mark: row.priceMark,
    })),
    plain("close", "Close", 10, (row) => ({ text: row.key === null ? "" : format.price(row.close) })),
    plain("day_pct", "Day %", 7, (row) => {
      const move = dayMove(row);
      return { text: row.key === null ? "" : format.signedPercent(move, 2).replace(" %", "") };
    }),
    plain("beta", "Beta", 6, (row) => ({
      text: row.key === null ? "" : format.decimals(row.beta, 2),
      mark: row.betaMark,
    })),
    sum("market_value", "marketValue", "Mkt value", [12, 12, 12]),
    sum("day_pnl", "dailyPnl", "Day P&L", [10, 9, 10], true),
    sum("unrealized", "unrealizedPnl", "Unreal.", [10, 10, 11], true),
    plain("realized", "Real.", 10, (row) => signedAmount(context, row, row.realizedPnl)),
    sum("dollar_delta", "dollarDelta", "$Delta", [13, 12, 12]),
    sum("delta", "delta", "Delta", [10, 10, 10]),
    sum("gamma", "gammaDollars1Pct", "Gamma1%", [10, 10, 10]),
    sum("vega", "vega", "Vega", [8, 8, 9]),
    sum("theta", "theta", "Theta", [8, 8, 9]),
    sum("beta_delta", "betaWeightedDelta", "Beta dlt", [10, 10, 10]),
    plain("gross", "Gross", 13, (row) => {
      const gross = row.grossExposure === null ? null : inOwnCurrency(context, row.grossExposure, row.currency);
      return { text: format.money(gross), mark: row.mark("exposure") };
    }),
  ];
  return inScreenOrder(columns, context.look.columns.underlyings, setOf(context, "summary"));
}

type Widths = readonly [number, number, number];

function amount(context: ViewContext, row: NameRow, figure: Exclude<Figure, "exposure">, signed: boolean): Cell {
  const { format } = context.look;
  const value = row.sums[figure];
  const mark = row.mark(figure);
  if (value === null) return row.whole ? { text: MISSING } : NOT_SPLIT;
  const style = signed ? signStyle(value, mark) : undefined;
  const counted = figure === "delta" || figure === "betaWeightedDelta";
  const own = counted ? value : inOwnCurrency(context, value, row.currency);
  if (own === null) return NO_RATE;
  const percent = counted ? undefined : inPercent(context, value, signed);
  const text = percent ?? (signed ? format.signed(own) : format.money(own));
  return style === undefined ? { text, mark } : { text, mark, style };
}

function signedAmount(context: ViewContext, row: NameRow, value: number | null): Cell {
  if (value === null) return row.whole ? { text: MISSING } : NOT_SPLIT;
  const own = inOwnCurrency(context, value, row.currency);
  if (own === null) return NO_RATE;
  return { text: inPercent(context, value, true) ?? context.look.format.signed(own), style: signStyle(value) };
}
