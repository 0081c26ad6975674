/** Which columns the positions and the names are shown with: as the width suggests, or a set chosen with `w`. */
import type { PositionColumn, UnderlyingColumn } from "../../application/dashboard_columns.ts";
import type { ViewContext } from "./context.ts";

/** `standard`: what the configuration names, else what the width suggests. */
export type ColumnSet = "standard" | "risk" | "pnl" | "quotes" | "all";

export const COLUMN_SETS: readonly ColumnSet[] = ["standard", "risk", "pnl", "quotes", "all"];

/** How the status row calls a set. */
export const SET_NAMES: Readonly<Record<ColumnSet, string>> = {
  standard: "standard",
  risk: "risk",
  pnl: "P&L",
  quotes: "quotes",
  all: "all",
};

const POSITION_SETS: Readonly<Record<Exclude<ColumnSet, "standard" | "all">, readonly PositionColumn[]>> = {
  risk: ["name", "quantity", "dollar_delta", "gamma", "vega", "theta", "delta", "iv", "dte", "beta_delta", "exposure"],
  pnl: ["name", "quantity", "day_pnl", "unrealized", "mark", "avg", "market_value", "realized", "close"],
  quotes: ["name", "quantity", "mark", "bid", "ask", "age", "last", "close", "source", "iv", "dte"],
};

const UNDERLYING_SETS: Readonly<Record<Exclude<ColumnSet, "standard" | "all">, readonly UnderlyingColumn[]>> = {
  risk: ["name", "dollar_delta", "gamma", "vega", "theta", "delta", "beta_delta", "gross", "beta", "positions"],
  pnl: ["name", "day_pnl", "unrealized", "market_value", "realized", "positions", "spot", "day_pct"],
  quotes: ["name", "spot", "close", "day_pct", "beta", "positions", "day_pnl"],
};

/** Columns of the positions at this width, from the one kept longest to the one given up first. */
export function positionOrder(context: ViewContext, width: number): readonly PositionColumn[] {
  const set = setOf(context, "positions");
  if (set === "standard") return withName(context.look.columns.positions) ?? standardPositions(width);
  return set === "all" ? ALL_POSITIONS : POSITION_SETS[set];
}

/** Columns of the names at this width, from the one kept longest to the one given up first. */
export function underlyingOrder(context: ViewContext, width: number): readonly UnderlyingColumn[] {
  const set = setOf(context, "summary");
  if (set === "standard") return withName(context.look.columns.underlyings) ?? standardUnderlyings(width);
  return set === "all" ? ALL_UNDERLYINGS : UNDERLYING_SETS[set];
}

/** The columns in the order of the screen: the configuration's own where it names them. */
export function inScreenOrder<Row extends { readonly id: string }>(
  columns: readonly Row[],
  configured: readonly string[],
  set: ColumnSet,
): readonly Row[] {
  if (set !== "standard" || configured.length === 0) return columns;
  const named = withName(configured) ?? [];
  return named.flatMap((id) => columns.find((column) => column.id === id) ?? []);
}

export function setOf({ view }: Pick<ViewContext, "view">, table: "summary" | "positions"): ColumnSet {
  return view.tables[table].columns;
}

/** Without its names a table says nothing; null for no choice at all. */
function withName<Word extends string>(words: readonly Word[]): readonly (Word | "name")[] | null {
  if (words.length === 0) return null;
  return words.some((word) => word === "name") ? words : ["name", ...words];
}

function standardPositions(width: number): PositionColumn[] {
  const kept: PositionColumn[] = ["name", "quantity", "day_pnl", "dollar_delta"];
  if (width >= 60) kept.push("mark", "unrealized");
  if (width >= 80) kept.push("gamma", "dte");
  if (width >= 100) kept.push("vega", "theta", "iv");
  if (width >= 120) kept.push("avg", "market_value");
  if (width > 120) kept.push("delta", "bid", "ask", "age", "accounts");
  return kept;
}

const ALL_POSITIONS: readonly PositionColumn[] = [
  ...standardPositions(Infinity),
  "realized",
  "exposure",
  "beta_delta",
  "last",
  "close",
  "source",
];

function standardUnderlyings(width: number): UnderlyingColumn[] {
  const kept: UnderlyingColumn[] = ["name", "day_pnl", "dollar_delta"];
  if (width >= 60) kept.push("gamma", "vega", "theta");
  if (width >= 80) kept.push("unrealized", "spot", "positions");
  if (width >= 104) kept.push("market_value", "delta");
  if (width >= 120) kept.push("day_pct", "beta");
  if (width > 120) kept.push("beta_delta", "gross");
  return kept;
}

const ALL_UNDERLYINGS: readonly UnderlyingColumn[] = [...standardUnderlyings(Infinity), "close", "realized"];
