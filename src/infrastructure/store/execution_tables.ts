/** Contracts, executions and what they cost. */
import type { CommissionRecord, ExecutionRecord } from "../../application/ports/store_records.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { column, type Table } from "./table.ts";

export const INSTRUMENTS: Table<{ readonly key: string; readonly instrument: Instrument }> = {
  name: "instruments",
  key: ["instrument_key"],
  columns: [
    column("instrument_key", "text", (row) => row.key),
    column("symbol", "text", (row) => row.instrument.symbol),
    column("underlying", "text", (row) => row.instrument.underlying),
    column("asset_type", "text", (row) => row.instrument.assetType),
    column("expiry", "date", (row) => row.instrument.expiry),
    column("strike", "decimal", (row) => row.instrument.strike),
    column("option_right", "text", (row) => row.instrument.right),
    column("currency", "text", (row) => row.instrument.currency),
    column("multiplier", "decimal", (row) => row.instrument.multiplier),
    column("trading_class", "text", (row) => row.instrument.tradingClass, "keep-told"),
    column("exchange", "text", (row) => row.instrument.exchange, "keep-told"),
    column("local_symbol", "text", (row) => row.instrument.localSymbol, "keep-told"),
    column("con_id", "integer", (row) => row.instrument.conId, "keep-known"),
    // Only contract details tell it; everybody else says 1.
    column("price_magnifier", "decimal", (row) => row.instrument.priceMagnifier, "highest"),
    column("min_tick", "decimal", (row) => row.instrument.minTick, "keep-known"),
  ],
};

export const EXECUTIONS: Table<{ readonly instrumentKey: string; readonly record: ExecutionRecord }> = {
  name: "ib_raw_executions",
  key: ["account_id", "exec_id"],
  columns: [
    column("account_id", "text", (row) => row.record.account),
    column("exec_id", "text", (row) => row.record.execId),
    column("exec_root", "text", (row) => correctionOf(row.record.execId).root),
    column("correction", "integer", (row) => correctionOf(row.record.execId).number),
    column("instrument_key", "text", (row) => row.instrumentKey),
    column("quantity", "decimal", (row) => row.record.quantity),
    column("price", "decimal", (row) => row.record.price),
    column("executed_at", "time", (row) => row.record.executedAt),
    column("exchange", "text", (row) => row.record.exchange, "keep-known"),
    column("order_id", "text", (row) => row.record.orderId, "keep-known"),
    column("order_ref", "text", (row) => row.record.orderRef, "keep-known"),
    column("origin", "text", (row) => row.record.origin),
    column("raw", "json", (row) => row.record.raw, "keep-known"),
  ],
};

export const COMMISSIONS: Table<CommissionRecord> = {
  name: "ib_raw_commissions",
  key: ["account_id", "exec_id"],
  columns: [
    column("account_id", "text", (row) => row.account),
    column("exec_id", "text", (row) => row.execId),
    column("amount", "decimal", (row) => row.amount),
    column("currency", "text", (row) => row.currency),
    column("realized_pnl", "decimal", (row) => row.realizedPnl, "keep-known"),
    column("origin", "text", (row) => row.origin),
    column("raw", "json", (row) => row.raw, "keep-known"),
  ],
};

/** What an execution and its corrections share, and the number in the last part of the id; an id without one is its own root. */
export function correctionOf(execId: string): { readonly root: string; readonly number: number } {
  const dot = execId.lastIndexOf(".");
  const last = execId.slice(dot + 1);
  return dot > 0 && /^\d{1,9}$/.test(last)
    ? { root: execId.slice(0, dot), number: Number(last) }
    : { root: execId, number: 0 };
}
