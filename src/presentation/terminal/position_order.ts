/** The order of names, strategies and contracts in the positions view. */
import type { PositionView } from "../../domain/risk/snapshot.ts";
import type { Sort } from "./view_state.ts";

/** Figures that rows of any kind are ordered by; a kind without one has null there. */
export interface Ordered {
  /** Kinds keep their places until a column is chosen: what has no strike, then strategies, then single options. */
  readonly rank: number;
  readonly name: string;
  readonly quantity: number | null;
  readonly daysToExpiry: number | null;
  readonly figures: Pick<PositionView, Figure> | null;
}

type Figure = "marketValue" | "dailyPnl" | "unrealizedPnl" | "dollarDelta" | "gammaDollars1Pct" | "vega" | "theta";

const VALUES: Readonly<Record<string, (row: Ordered) => number | null>> = {
  quantity: (row) => row.quantity,
  marketValue: (row) => row.figures?.marketValue ?? null,
  dailyPnl: (row) => row.figures?.dailyPnl ?? null,
  unrealizedPnl: (row) => row.figures?.unrealizedPnl ?? null,
  dollarDelta: (row) => row.figures?.dollarDelta ?? null,
  gammaDollars1Pct: (row) => row.figures?.gammaDollars1Pct ?? null,
  vega: (row) => row.figures?.vega ?? null,
  theta: (row) => row.figures?.theta ?? null,
  daysToExpiry: (row) => row.daysToExpiry,
};

/** Columns that the positions can be sorted by, in the order of the screen. */
export const POSITION_SORTS: readonly string[] = ["name", ...Object.keys(VALUES)];

/** The chosen order; without one |$Delta| first within each rank. Missing values come last either way. */
export function comparison(sort: Sort | null): (a: Ordered, b: Ordered) => number {
  if (sort === null) return (a, b) => a.rank - b.rank || byDelta(a, b);
  const sign = sort.reversed ? -1 : 1;
  const value = VALUES[sort.column];
  if (value === undefined) return (a, b) => sign * compared(a.name, b.name);
  return (a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return left === right ? byDelta(a, b) : left === null ? 1 : -1;
    return sign * (right - left) || byDelta(a, b);
  };
}

function byDelta(a: Ordered, b: Ordered): number {
  const [left, right] = [a.figures?.dollarDelta ?? null, b.figures?.dollarDelta ?? null];
  if (left === null || right === null) return left === right ? compared(a.name, b.name) : left === null ? 1 : -1;
  return Math.abs(right) - Math.abs(left) || compared(a.name, b.name);
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
