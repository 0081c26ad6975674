/** What is kept for ever: the lives of breaches, results by day, changes of holdings, and how far history was read. */
import type {
  BreachRecord,
  DailyPnlRecord,
  PositionChangeRecord,
  SyncStateRecord,
  SyncWindowRecord,
} from "../../application/ports/store_records.ts";
import type { Peak } from "../../domain/signals/trailing_peaks.ts";
import type { Signal } from "../../domain/signals/signal.ts";
import { signalJson } from "./signal_json.ts";
import { column, type Table } from "./table.ts";

export const RISK_SIGNALS: Table<BreachRecord> = {
  name: "risk_signals",
  key: ["account_id", "breach_id", "signal_time", "transition"],
  columns: [
    column("account_id", "text", (row) => row.account),
    column("breach_id", "text", (row) => row.transition.id),
    column("signal_time", "time", (row) => row.transition.at),
    column("transition", "text", (row) => row.transition.kind),
    column("rule", "text", (row) => row.transition.rule),
    column("scope", "text", (row) => row.transition.scope),
    column("from_state", "text", (row) => row.transition.from),
    column("to_state", "text", (row) => row.transition.to),
    column("severity", "text", (row) => row.transition.severity),
    column("value", "measure", (row) => row.transition.value),
    column("limit_value", "measure", (row) => row.transition.limit),
    column("utilization", "measure", (row) => row.transition.utilization),
    column("message", "text", (row) => row.transition.message),
    column("unit", "text", (row) => row.breach.limit.unit),
    column("seen_value", "measure", (row) => row.breach.limit.value),
    column("seen_limit", "measure", (row) => row.breach.limit.limit),
    column("seen_low", "measure", (row) => row.breach.limit.low),
    column("seen_high", "measure", (row) => row.breach.limit.high),
    column("seen_utilization", "measure", (row) => row.breach.limit.utilization),
    column("seen_state", "text", (row) => row.breach.limit.state),
    column("seen_partial", "integer", (row) => row.breach.limit.partial),
    column("seen_stale", "flag", (row) => Number(row.breach.limit.stale)),
    column("seen_modelled", "flag", (row) => Number(row.breach.limit.modelled)),
    column("breach_severity", "text", (row) => row.breach.severity),
    column("breach_state", "text", (row) => row.breach.state),
    column("opened_at", "time", (row) => row.breach.openedAt),
    column("since", "time", (row) => row.breach.since),
    column("unacknowledged_since", "time", (row) => row.breach.unacknowledgedSince),
    column("acknowledged_at", "time", (row) => row.breach.acknowledgement?.at ?? null),
    column("acknowledged_by", "text", (row) => row.breach.acknowledgement?.by ?? null),
    column("acknowledgement_note", "text", (row) => row.breach.acknowledgement?.note ?? null),
  ],
};

export const TRAILING_PEAKS: Table<{ readonly account: string; readonly trade: string; readonly peak: Peak }> = {
  name: "trailing_peaks",
  key: ["account_id", "trade_key"],
  columns: [
    column("account_id", "text", (row) => row.account),
    column("trade_key", "text", (row) => row.trade),
    column("profit", "measure", (row) => row.peak.profit),
    column("size", "decimal", (row) => row.peak.size),
    column("side", "integer", (row) => row.peak.side),
  ],
};

export const ACTIVE_SIGNALS: Table<{ readonly account: string; readonly signal: Signal }> = {
  name: "active_signals",
  key: ["account_id", "signal_id"],
  columns: [
    column("account_id", "text", (row) => row.account),
    column("signal_id", "text", (row) => row.signal.condition.id),
    column("state", "json", (row) => signalJson(row.signal)),
  ],
};

export const DAILY_PNL: Table<DailyPnlRecord> = {
  name: "daily_pnl",
  key: ["account_id", "source", "trade_date"],
  newest: "updated_at",
  columns: [
    column("account_id", "text", (row) => row.account),
    column("source", "text", (row) => row.source),
    column("trade_date", "date", (row) => row.tradeDate),
    column("currency", "text", (row) => row.currency),
    column("daily_pnl", "decimal", (row) => row.dailyPnl),
    column("unrealized_pnl", "decimal", (row) => row.unrealizedPnl),
    column("realized_pnl", "decimal", (row) => row.realizedPnl),
    column("fx_pnl", "decimal", (row) => row.fxPnl),
    column("commissions", "decimal", (row) => row.commissions),
    column("net_liquidation", "decimal", (row) => row.netLiquidation),
    column("broker_daily_pnl", "decimal", (row) => row.brokerDailyPnl),
    column("broker_realized_pnl", "decimal", (row) => row.brokerRealizedPnl),
    column("excluded", "integer", (row) => row.excluded),
    column("updated_at", "time", (row) => row.updatedAt),
  ],
};

export const POSITION_CHANGES: Table<{ readonly instrumentKey: string; readonly record: PositionChangeRecord }> = {
  name: "position_changes",
  key: ["account_id", "source", "instrument_key", "changed_at"],
  columns: [
    column("account_id", "text", (row) => row.record.account),
    column("source", "text", (row) => row.record.source),
    column("instrument_key", "text", (row) => row.instrumentKey),
    column("changed_at", "time", (row) => row.record.changedAt),
    column("quantity_before", "decimal", (row) => row.record.quantityBefore),
    column("quantity_after", "decimal", (row) => row.record.quantityAfter),
    column("avg_price_before", "decimal", (row) => row.record.avgPriceBefore),
    column("avg_price_after", "decimal", (row) => row.record.avgPriceAfter),
    column("cause", "text", (row) => row.record.cause),
    column("explanation", "text", (row) => row.record.explanation),
  ],
};

export const SYNC_STATE: Table<SyncStateRecord> = {
  name: "sync_state",
  key: ["broker", "account_id", "data_type", "market"],
  columns: [
    column("broker", "text", (row) => row.broker),
    column("account_id", "text", (row) => row.account),
    column("data_type", "text", (row) => row.dataType),
    column("market", "text", (row) => row.market),
    column("watermark", "time", (row) => row.watermark, "highest"),
    column("status", "text", (row) => row.status),
    column("error", "text", (row) => row.error),
    column("updated_at", "time", (row) => row.updatedAt),
  ],
};

export const SYNC_WINDOWS: Table<SyncWindowRecord> = {
  name: "sync_windows",
  key: ["broker", "account_id", "data_type", "market", "window_from"],
  columns: [
    column("broker", "text", (row) => row.broker),
    column("account_id", "text", (row) => row.account),
    column("data_type", "text", (row) => row.dataType),
    column("market", "text", (row) => row.market),
    column("window_from", "time", (row) => row.from),
    column("window_to", "time", (row) => row.to),
    column("status", "text", (row) => row.status),
    column("error", "text", (row) => row.error),
    column("row_count", "integer", (row) => row.rows),
    column("attempts", "integer", (row) => row.attempts),
    column("updated_at", "time", (row) => row.updatedAt),
  ],
};
