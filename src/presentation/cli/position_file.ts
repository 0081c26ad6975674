/** `apex snapshot --format csv`: the positions, as RFC 4180 has it. Missing is empty, never 0. */
import type { PositionView, RiskSnapshot } from "../../domain/risk/snapshot.ts";
import type { Cell, Column } from "./history/column.ts";
import { fileRows } from "./history/file_rows.ts";

/** Fields of a position that are one number or word, in the order of `docs/snapshot.schema.json`. */
const FIELDS = [
  "symbol",
  "underlying",
  "assetType",
  "expiry",
  "strike",
  "right",
  "currency",
  "multiplier",
  "tradingClass",
  "exchange",
  "localSymbol",
  "quantity",
  "avgPrice",
  "bid",
  "ask",
  "last",
  "close",
  "closeDate",
  "mark",
  "markSource",
  "quoteAgeMs",
  "marketValue",
  "notional",
  "exposure",
  "unrealizedPnl",
  "dailyPnl",
  "dailyPnlSource",
  "realizedPnl",
  "iv",
  "delta",
  "dollarDelta",
  "betaWeightedDelta",
  "gamma",
  "gammaDollars1Pct",
  "vega",
  "theta",
  "greeksSource",
  "underlyingPrice",
  "daysToExpiry",
  "expiryBucket",
  "strategy",
] as const satisfies readonly (keyof PositionView)[];

export async function positionRows({ asOf, baseCurrency, positions }: RiskSnapshot): Promise<string> {
  const of = (key: string, value: (row: PositionView) => Cell): Column<PositionView> => ({ key, value });
  const columns = [
    of("asOf", () => asOf),
    of("accounts", (row) => row.leaves.map(({ account }) => account).join(" ")),
    ...FIELDS.map((field) => of(field, (row) => row[field])),
    of("baseCurrency", () => baseCurrency),
    of("flags", (row) => row.flags.join(" ")),
  ];
  return (await Array.fromAsync(fileRows(columns, [positions], "csv"))).join("");
}
