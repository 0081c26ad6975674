/** The order of names, strategies and contracts in the positions view. */
import type { PositionView } from "../../domain/risk/snapshot.ts";
import type { PositionColumn } from "../../application/dashboard_columns.ts";
import { KeptOrder } from "./kept_order.ts";
import { comparedValues, type SortValue } from "./row_order.ts";
import type { Sort } from "./view_state.ts";

/** What rows of any kind are ordered by; a kind without a figure has null there. */
export interface Ordered {
  /** Kinds keep their places until a column is chosen: what has no strike, then strategies, then single options. */
  readonly rank: number;
  /** Made where rows are otherwise equal, or sorted by it: a large book has more rows than a screen. */
  name(): string;
  readonly quantity: number | null;
  readonly figures: Pick<PositionView, Figure> | null;
  /** Of a contract: what is its own and no sum. */
  readonly position: PositionView | null;
}

type Figure = "marketValue" | "dailyPnl" | "unrealizedPnl" | "dollarDelta" | "gammaDollars1Pct" | "vega" | "theta";

const own = (of: (position: PositionView) => SortValue) => ({ position }: Ordered): SortValue =>
  position === null ? null : of(position);
const sum = (figure: Figure) => ({ figures }: Ordered): SortValue => figures?.[figure] ?? null;

const VALUES: Readonly<Record<PositionColumn, (row: Ordered) => SortValue>> = {
  name: (row) => row.name(),
  quantity: (row) => row.quantity,
  avg: own((one) => one.avgPrice),
  mark: own((one) => one.mark),
  bid: own((one) => one.bid),
  ask: own((one) => one.ask),
  last: own((one) => one.last),
  close: own((one) => one.close),
  age: own((one) => one.quoteAgeMs),
  source: own((one) => one.markSource),
  market_value: sum("marketValue"),
  day_pnl: sum("dailyPnl"),
  unrealized: sum("unrealizedPnl"),
  realized: own((one) => one.realizedPnl),
  exposure: own((one) => one.exposure),
  dollar_delta: sum("dollarDelta"),
  delta: own((one) => one.delta),
  beta_delta: own((one) => one.betaWeightedDelta),
  gamma: sum("gammaDollars1Pct"),
  vega: sum("vega"),
  theta: sum("theta"),
  iv: own((one) => one.iv),
  dte: own((one) => one.daysToExpiry),
  accounts: own((one) => one.leaves.map(({ account }) => account).sort().join(" ")),
};

/** The chosen order; without one |$Delta| first within each rank. Missing values come last either way. */
export function inOrder<Row extends Ordered>(rows: readonly Row[], sort: Sort | null, kept = new KeptOrder()): Row[] {
  const value = sort === null ? undefined : VALUES[sort.column as PositionColumn];
  if (sort === null || value === undefined) return kept.sorted(rows, (a, b) => a.rank - b.rank || byDelta(a, b));
  const valued = rows.map((row) => ({ row, value: value(row) }));
  const compared = kept.sorted(
    valued,
    (a, b) => comparedValues(a.value, b.value, sort.reversed) || byDelta(a.row, b.row),
  );
  return compared.map(({ row }) => row);
}

function byDelta(a: Ordered, b: Ordered): number {
  const left = a.figures?.dollarDelta ?? null;
  const right = b.figures?.dollarDelta ?? null;
  if (left === null || right === null) return left === right ? byName(a, b) : left === null ? 1 : -1;
  return Math.abs(right) - Math.abs(left) || byName(a, b);
}

function byName(one: Ordered, other: Ordered): number {
  const [a, b] = [one.name(), other.name()];
  return a < b ? -1 : a > b ? 1 : 0;
}
