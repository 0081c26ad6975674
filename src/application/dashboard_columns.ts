/** Columns that the tables of the dashboard can have, by the words that the configuration has for them. */

/** Of the positions, in the order of the screen. */
export const POSITION_COLUMNS = [
  "name",
  "quantity",
  "avg",
  "mark",
  "bid",
  "ask",
  "last",
  "close",
  "age",
  "source",
  "market_value",
  "day_pnl",
  "unrealized",
  "realized",
  "exposure",
  "dollar_delta",
  "delta",
  "beta_delta",
  "gamma",
  "vega",
  "theta",
  "iv",
  "dte",
  "accounts",
] as const;

/** Of the table by underlying, in the order of the screen. */
export const UNDERLYING_COLUMNS = [
  "name",
  "positions",
  "spot",
  "close",
  "day_pct",
  "beta",
  "market_value",
  "day_pnl",
  "unrealized",
  "realized",
  "dollar_delta",
  "delta",
  "gamma",
  "vega",
  "theta",
  "beta_delta",
  "gross",
] as const;

export type PositionColumn = (typeof POSITION_COLUMNS)[number];
export type UnderlyingColumn = (typeof UNDERLYING_COLUMNS)[number];

/** Columns to show instead of those that the width suggests, first to last; empty: those. */
export interface ColumnChoice {
  readonly positions: readonly PositionColumn[];
  readonly underlyings: readonly UnderlyingColumn[];
}
