/** What Futu reports: orders as they were last, deals, and what an order cost. */
import type { FutuDealRecord, FutuFeeRecord, FutuOrderRecord } from "../../application/ports/store_records.ts";
import { column, type Table } from "./table.ts";

export const FUTU_ORDERS: Table<{ readonly instrumentKey: string; readonly record: FutuOrderRecord }> = {
  name: "futu_raw_orders",
  key: ["account_id", "order_id"],
  newest: "updated_at",
  columns: [
    column("account_id", "text", (row) => row.record.account),
    column("order_id", "text", (row) => row.record.orderId),
    column("market", "text", (row) => row.record.market, "keep-told"),
    column("instrument_key", "text", (row) => row.instrumentKey),
    column("quantity", "decimal", (row) => row.record.quantity),
    column("price", "decimal", (row) => row.record.price),
    column("filled_quantity", "decimal", (row) => row.record.filledQuantity, "keep-known"),
    column("average_fill_price", "decimal", (row) => row.record.averageFillPrice, "keep-known"),
    column("order_type", "integer", (row) => row.record.orderType),
    column("order_status", "integer", (row) => row.record.status),
    column("created_at", "time", (row) => row.record.createdAt),
    column("updated_at", "time", (row) => row.record.updatedAt),
    column("remark", "text", (row) => row.record.remark, "keep-known"),
    column("raw", "json", (row) => row.record.raw, "keep-known"),
  ],
};

export const FUTU_DEALS: Table<{ readonly instrumentKey: string; readonly record: FutuDealRecord }> = {
  name: "futu_raw_deals",
  key: ["account_id", "deal_id"],
  // A push that comes again does not bring a cancelled deal back.
  newest: "cancelled",
  columns: [
    column("account_id", "text", (row) => row.record.account),
    column("deal_id", "text", (row) => row.record.dealId),
    column("order_id", "text", (row) => row.record.orderId, "keep-known"),
    column("market", "text", (row) => row.record.market, "keep-told"),
    column("instrument_key", "text", (row) => row.instrumentKey),
    column("quantity", "decimal", (row) => row.record.quantity),
    column("price", "decimal", (row) => row.record.price),
    column("executed_at", "time", (row) => row.record.executedAt),
    column("deal_status", "text", (row) => row.record.status),
    column("cancelled", "flag", (row) => Number(row.record.status === "CANCELLED")),
    column("raw", "json", (row) => row.record.raw, "keep-known"),
  ],
};

export const FUTU_FEES: Table<FutuFeeRecord> = {
  name: "futu_raw_fees",
  key: ["account_id", "order_id"],
  newest: "updated_at",
  columns: [
    column("account_id", "text", (row) => row.account),
    column("order_id", "text", (row) => row.orderId),
    column("amount", "decimal", (row) => row.amount),
    column("currency", "text", (row) => row.currency),
    column("items", "json", (row) => row.items, "keep-known"),
    column("updated_at", "time", (row) => row.updatedAt),
  ],
};
