/** Every column that the positions table can have, in the order of the screen. */
import type { PositionColumn } from "../../application/dashboard_columns.ts";
import type { Flag, PositionView } from "../../domain/risk/snapshot.ts";
import { age, MISSING } from "../format.ts";
import { accountName, liveMark, type ViewContext } from "./context.ts";
import { markLetter } from "./mark_letter.ts";
import { inOwnCurrency } from "./own_currency.ts";
import { inPercent } from "./percent_of_net.ts";
import type { Line, Summed } from "./position_line.ts";
import { type Cell, type Column, NO_RATE, NOT_SPLIT, signStyle } from "./table.ts";

export function positionColumns(context: ViewContext, width: number): readonly Column<Line>[] {
  const { format } = context.look;
  const price = (id: PositionColumn, title: string, of: (one: PositionView) => number | null): Column<Line> =>
    own(id, title, 9, (one) => ({ text: format.price(of(one), kindOf(one)) }));
  return [
    {
      id: "name",
      title: "Instrument",
      width: width >= 140 ? 28 : 20,
      kind: "text",
      cell: (line) => ({ text: line.label, style: line.style }),
    },
    {
      id: "quantity",
      title: "Qty",
      width: 7,
      kind: "number",
      cell: ({ quantity }) => ({ text: quantity === null ? "" : format.quantity(quantity) }),
    },
    price("avg", "Avg", (one) => one.avgPrice),
    own("mark", "Mark", 9, (one) => ({
      text: one.mark === null ? missing([one], "marketValue") : format.price(one.mark, kindOf(one)),
      mark: one.mark === null ? "" : liveMark(context, markLetter(one), one.mark),
    })),
    price("bid", "Bid", (one) => one.bid),
    price("ask", "Ask", (one) => one.ask),
    price("last", "Last", (one) => one.last),
    price("close", "Close", (one) => one.close),
    own("age", "Age", 7, (one) => ({ text: age(one.quoteAgeMs) })),
    own("source", "From", 10, (one) => ({ text: one.markSource })),
    sum(context, "market_value", "marketValue", "Mkt value", 10),
    sum(context, "day_pnl", "dailyPnl", "Day P&L", 9, true),
    sum(context, "unrealized", "unrealizedPnl", "Unreal.", 10, true),
    sum(context, "realized", "realizedPnl", "Real.", 9, true),
    own("exposure", "Exposure", 11, (one) => amount(context, one.exposure, one.currency, false)),
    sum(context, "dollar_delta", "dollarDelta", "$Delta", 11),
    sum(context, "delta", "delta", "Delta", 9),
    sum(context, "beta_delta", "betaWeightedDelta", "Beta dlt", 10),
    sum(context, "gamma", "gammaDollars1Pct", "Gamma1%", 10),
    sum(context, "vega", "vega", "Vega", 8),
    sum(context, "theta", "theta", "Theta", 7),
    own("iv", "IV%", 6, (one) => ({
      text: one.right === null ? "" : one.iv === null ? MISSING : format.decimals(one.iv * 100, 1),
      mark: one.iv !== null && one.greeksSource === "model" ? "m" : "",
    })),
    own("dte", "DTE", 4, (one) => ({ text: one.daysToExpiry === null ? "" : format.money(one.daysToExpiry) })),
    {
      id: "accounts",
      title: "Accounts",
      width: 14,
      kind: "text",
      cell: ({ position }) => ({ text: position === null ? "" : accountsOf(context, position) }),
    },
  ];
}

/** A column of what is a contract's own: groups and totals leave it blank. */
function own(
  id: PositionColumn,
  title: string,
  width: number,
  cell: (position: PositionView) => Cell,
): Column<Line> {
  return {
    id,
    title,
    width,
    kind: "number",
    cell: (line) => line.position === null ? { text: "" } : cell(line.position),
  };
}

function sum(
  context: ViewContext,
  id: PositionColumn,
  figure: Summed,
  title: string,
  width: number,
  signed = false,
): Column<Line> {
  return {
    id,
    title,
    width,
    kind: "number",
    cell(line) {
      if (line.sums === null) return line.whole ? { text: MISSING } : NOT_SPLIT;
      const value = line.sums[figure];
      if (value === undefined) return { text: "" };
      if (value === null) return line.whole ? { text: missing(line.over, figure) } : NOT_SPLIT;
      // Units of the name are neither money nor a part of any.
      if (COUNTED.includes(figure)) return { text: context.look.format.money(value), mark: line.mark(figure) };
      // A contract's vega and theta are in its own currency already.
      const currency = line.position !== null && IN_OWN.includes(figure) ? null : line.currency;
      const { text, style } = amount(context, value, currency, signed);
      const mark = line.mark(figure);
      if (signed) return { text, mark, style: signStyle(value, mark) };
      return style === undefined ? { text, mark } : { text, mark, style };
    },
  };
}

const IN_OWN: readonly Summed[] = ["vega", "theta"];
const COUNTED: readonly Summed[] = ["delta", "betaWeightedDelta"];

function amount(context: ViewContext, value: number | null, currency: string | null, signed: boolean): Cell {
  if (value === null) return { text: MISSING };
  const percent = inPercent(context, value, signed);
  if (percent !== undefined) return { text: percent };
  const shown = inOwnCurrency(context, value, currency);
  if (shown === null) return NO_RATE;
  return { text: signed ? context.look.format.signed(shown) : context.look.format.money(shown) };
}

function accountsOf({ look }: ViewContext, { leaves }: PositionView): string {
  return [...new Set(leaves.map(({ account }) => accountName(account, look)))].join(" ");
}

function kindOf({ assetType }: PositionView): "rate" | "price" {
  return assetType === "FOREX" ? "rate" : "price";
}

/** `--` with a letter that says why, of the first position that has a reason. */
function missing(positions: readonly PositionView[], figure: Summed): string {
  for (const position of positions) {
    const reason = position[figure] === null || position.mark === null ? reasonOf(position, figure) : "";
    if (reason !== "") return MISSING + reason;
  }
  return MISSING;
}

const GREEKS: readonly Summed[] = [
  "delta",
  "dollarDelta",
  "betaWeightedDelta",
  "gammaDollars1Pct",
  "vega",
  "theta",
];

function reasonOf(position: PositionView, figure: Summed): string {
  const has = (...flags: readonly Flag[]): boolean => flags.some((flag) => position.flags.includes(flag));
  if (has("FX_MISSING")) return "f";
  if (has("NO_PERMISSION") && position.mark === null) return "p";
  if (position.mark === null && (figure === "marketValue" || figure.endsWith("Pnl"))) return "q";
  return GREEKS.includes(figure) && position.greeksSource === "missing" ? "g" : "";
}
