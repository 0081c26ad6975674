/** What was held, what the accounts said, and the risk, at an instant. */
import type { AccountRecord, PositionBook, PositionRecord, RiskRecord } from "../../application/ports/store_records.ts";
import { column, type Table } from "./table.ts";

/** One row a book, so that an empty one is known as well, and which is the newest. */
export const POSITION_BOOKS: Table<PositionBook> = {
  name: "position_books",
  key: ["account_id", "source", "snapshot_time"],
  columns: [
    column("account_id", "text", (row) => row.account),
    column("source", "text", (row) => row.source),
    column("snapshot_time", "time", (row) => row.takenAt),
    column("positions", "integer", (row) => row.positions.length),
  ],
};

export const POSITION_SNAPSHOTS: Table<
  { readonly book: PositionBook; readonly instrumentKey: string; readonly position: PositionRecord }
> = {
  name: "position_snapshots",
  key: ["account_id", "source", "snapshot_time", "instrument_key"],
  columns: [
    column("account_id", "text", (row) => row.book.account),
    column("source", "text", (row) => row.book.source),
    column("snapshot_time", "time", (row) => row.book.takenAt),
    column("instrument_key", "text", (row) => row.instrumentKey),
    column("quantity", "decimal", (row) => row.position.quantity),
    column("avg_price", "decimal", (row) => row.position.avgPrice),
    column("mark", "decimal", (row) => row.position.mark),
    column("close", "decimal", (row) => row.position.close),
    column("close_date", "date", (row) => row.position.closeDate),
    column("market_value", "measure", (row) => row.position.marketValue),
    column("unrealized_pnl", "measure", (row) => row.position.unrealizedPnl),
    column("daily_pnl", "measure", (row) => row.position.dailyPnl),
  ],
};

export const ACCOUNT_SNAPSHOTS: Table<AccountRecord> = {
  name: "account_snapshots",
  key: ["account_id", "source", "snapshot_time"],
  columns: [
    column("account_id", "text", (row) => row.account),
    column("source", "text", (row) => row.source),
    column("snapshot_time", "time", (row) => row.takenAt),
    column("currency", "text", (row) => row.currency),
    column("net_liquidation", "decimal", (row) => row.values.netLiquidation),
    column("cash", "decimal", (row) => row.values.cash),
    column("maintenance_margin", "decimal", (row) => row.values.maintenanceMargin),
    column("initial_margin", "decimal", (row) => row.values.initialMargin),
    column("excess_liquidity", "decimal", (row) => row.values.excessLiquidity),
    column("buying_power", "decimal", (row) => row.values.buyingPower),
    column("equity_with_loan", "decimal", (row) => row.values.equityWithLoan),
    column("gross_position_value", "decimal", (row) => row.values.grossPositionValue),
    column("broker_daily_pnl", "decimal", (row) => row.brokerPnl.dailyPnl),
    column("broker_unrealized_pnl", "decimal", (row) => row.brokerPnl.unrealizedPnl),
    column("broker_realized_pnl", "decimal", (row) => row.brokerPnl.realizedPnl),
    column("cash_by_currency", "json", (row) => JSON.stringify(row.cash)),
  ],
};

export const RISK_SNAPSHOTS: Table<RiskRecord> = {
  name: "risk_snapshots",
  key: ["account_id", "source", "snapshot_time"],
  columns: [
    column("account_id", "text", (row) => row.account),
    column("source", "text", (row) => row.source),
    column("snapshot_time", "time", (row) => row.takenAt),
    column("status", "text", (row) => row.status),
    column("simulated", "flag", (row) => Number(row.simulated)),
    column("base_currency", "text", (row) => row.baseCurrency),
    column("unrealized_pnl", "measure", (row) => row.figures.unrealizedPnl),
    column("daily_pnl", "measure", (row) => row.figures.dailyPnl),
    column("realized_pnl", "measure", (row) => row.figures.realizedPnl),
    column("fx_pnl", "measure", (row) => row.figures.fxPnl),
    column("market_value", "measure", (row) => row.figures.marketValue),
    column("gross_exposure", "measure", (row) => row.figures.grossExposure),
    column("net_exposure", "measure", (row) => row.figures.netExposure),
    column("delta", "measure", (row) => row.figures.delta),
    column("dollar_delta", "measure", (row) => row.figures.dollarDelta),
    column("beta_weighted_delta", "measure", (row) => row.figures.betaWeightedDelta),
    column("gamma_dollars_1pct", "measure", (row) => row.figures.gammaDollars1Pct),
    column("vega", "measure", (row) => row.figures.vega),
    column("theta", "measure", (row) => row.figures.theta),
    column("net_liquidation", "measure", (row) => row.figures.netLiquidation),
    column("margin_utilization", "measure", (row) => row.figures.marginUtilization),
  ],
};

/** Apart from the figures, which a chart reads a hundred thousand of. */
export const RISK_DOCUMENTS: Table<{ readonly record: RiskRecord; readonly compressed: Uint8Array }> = {
  name: "risk_snapshot_documents",
  key: ["account_id", "source", "snapshot_time"],
  columns: [
    column("account_id", "text", (row) => row.record.account),
    column("source", "text", (row) => row.record.source),
    column("snapshot_time", "time", (row) => row.record.takenAt),
    column("document", "bytes", (row) => row.compressed),
  ],
};
