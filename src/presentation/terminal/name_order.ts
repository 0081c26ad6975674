/** The order of the names. */
import type { UnderlyingColumn } from "../../application/dashboard_columns.ts";
import type { ViewContext } from "./context.ts";
import type { NameRow } from "./name_rows.ts";
import { comparedValues, type SortValue } from "./row_order.ts";
import type { Sort } from "./view_state.ts";

/** The day's move of a price against its close; null when either is missing. */
export function dayMove(row: { readonly price: number | null; readonly close: number | null }): number | null {
  return row.price === null || row.close === null || row.close <= 0 ? null : row.price / row.close - 1;
}

/** Views 1 and 3 show the same names, each in its own order. */
export function sortOf({ view }: ViewContext): Sort | null {
  return view.tables[view.active === "risk" ? "risk" : "summary"].sort;
}

/** |$Delta| first, or by the chosen column; by name where that decides nothing. */
export function nameOrder(context: ViewContext): (a: NameRow, b: NameRow) => number {
  const sort = sortOf(context);
  const byName = (a: NameRow, b: NameRow): number => a.label < b.label ? -1 : a.label > b.label ? 1 : 0;
  const value = sort === null ? undefined : VALUES[sort.column as UnderlyingColumn];
  if (sort !== null && value !== undefined) {
    return (a, b) => comparedValues(value(a), value(b), sort.reversed) || byName(a, b);
  }
  const size = (row: NameRow) => magnitude(row.sums.dollarDelta);
  return (a, b) => comparedValues(size(a), size(b), false) || byName(a, b);
}

const sum = (figure: keyof NameRow["sums"]) => ({ sums }: NameRow): SortValue => sums[figure];

const VALUES: Readonly<Record<UnderlyingColumn, (row: NameRow) => SortValue>> = {
  name: (row) => row.label,
  positions: (row) => row.positions,
  spot: (row) => row.price,
  close: (row) => row.close,
  day_pct: dayMove,
  beta: (row) => row.beta,
  market_value: sum("marketValue"),
  day_pnl: sum("dailyPnl"),
  unrealized: sum("unrealizedPnl"),
  realized: (row) => row.realizedPnl,
  dollar_delta: sum("dollarDelta"),
  delta: sum("delta"),
  gamma: sum("gammaDollars1Pct"),
  vega: sum("vega"),
  theta: sum("theta"),
  beta_delta: sum("betaWeightedDelta"),
  gross: (row) => row.grossExposure,
};

function magnitude(value: number | null): number | null {
  return value === null ? null : Math.abs(value);
}
