/** Orders, deals and fees as OpenD tells them, as records of the store. */
import { marketZone } from "../../../application/backfill/market_zone.ts";
import type {
  FutuDealRecord,
  FutuDealStatus,
  FutuFeeRecord,
  FutuOrderRecord,
  OrderWithoutFee,
} from "../../../application/ports/store_records.ts";
import { dayNumber } from "../../../domain/calendar/date.ts";
import { instantAt } from "../../../domain/calendar/zone.ts";
import type { Instrument } from "../../../domain/instrument.ts";
import type { EpochMs } from "../../../domain/time.ts";
import { instantOf } from "../figures.ts";
import { FILL_STATUS, signOfSide } from "../wire/codes.ts";
import type { FutuOrder, FutuOrderFee, FutuOrderFill } from "../wire/messages.ts";

export interface RowPlace {
  readonly account: string;
  /** As Futu names it. */
  readonly market: string;
  readonly instrument: Instrument;
}

export type ReadRow<Row> =
  /** `isByText`: no time stamp came, and the text of its time counts. */
  | { readonly row: Row; readonly isByText: boolean }
  | { readonly lost: string };

/**
 * Trd_Common.OrderType of orders without a limit: market, auction, stop, market if touched, trailing stop, TWAP and VWAP at the
 * market. Their price is a placeholder.
 */
const WITHOUT_LIMIT = new Set([2, 6, 10, 12, 14, 16, 18]);

export function orderRecord(order: FutuOrder, { account, market, instrument }: RowPlace): ReadRow<FutuOrderRecord> {
  const named = `order ${order.orderIDEx}`;
  const sign = signOfSide(order.trdSide);
  const created = timeOf(order.createTimestamp, order.createTime, market);
  if (order.orderIDEx === "") return { lost: "an order has no number" };
  if (sign === null || !Number.isFinite(order.qty)) return { lost: `${named}: its size or side is not readable` };
  if (created === null) return { lost: `${named}: the time it was placed is not readable` };
  const isFilled = order.fillQty !== null && order.fillQty > 0;
  const row = {
    account,
    orderId: order.orderIDEx,
    market,
    instrument,
    quantity: sign * Math.abs(order.qty),
    price: WITHOUT_LIMIT.has(order.orderType) ? null : finite(order.price),
    filledQuantity: finite(order.fillQty),
    averageFillPrice: isFilled ? finite(order.fillAvgPrice) : null,
    orderType: order.orderType,
    status: order.orderStatus,
    createdAt: created.at,
    // Nothing changed yet where no change has a time.
    updatedAt: timeOf(order.updateTimestamp, order.updateTime, market)?.at ?? created.at,
    remark: order.remark === "" ? null : order.remark,
    raw: JSON.stringify(order),
  };
  return { row, isByText: created.isByText };
}

/** Trd_Common.OrderFillStatus of an event contract that paid out: money, and no fill. */
const PAYOUT = 3;

export function isPayout({ status }: Pick<FutuOrderFill, "status">): boolean {
  return status === PAYOUT;
}

const STATUS: Readonly<Record<number, FutuDealStatus>> = {
  [FILL_STATUS.OK]: "OK",
  [FILL_STATUS.CANCELLED]: "CANCELLED",
  [FILL_STATUS.CHANGED]: "CHANGED",
};

export function dealRecord(deal: FutuOrderFill, { account, market, instrument }: RowPlace): ReadRow<FutuDealRecord> {
  const named = `deal ${deal.fillIDEx}`;
  const sign = signOfSide(deal.trdSide);
  const executed = timeOf(deal.createTimestamp, deal.createTime, market);
  // An OpenD that tells no status tells of deals that count.
  const status = STATUS[deal.status ?? FILL_STATUS.OK];
  if (deal.fillIDEx === "") return { lost: "a deal has no number" };
  if (sign === null || !Number.isFinite(deal.qty) || !Number.isFinite(deal.price)) {
    return { lost: `${named}: its size, price or side is not readable` };
  }
  if (status === undefined) return { lost: `${named}: Futu's status ${deal.status} is not known` };
  if (executed === null) return { lost: `${named}: its time is not readable` };
  const row = {
    account,
    dealId: deal.fillIDEx,
    orderId: deal.orderIDEx === "" ? null : deal.orderIDEx,
    market,
    instrument,
    quantity: sign * Math.abs(deal.qty),
    price: deal.price,
    executedAt: executed.at,
    status,
    raw: JSON.stringify(deal),
  };
  return { row, isByText: executed.isByText };
}

/** Null while Futu does not know the fee. */
export function feeRecord(
  { feeAmount, feeList }: FutuOrderFee,
  account: string,
  { orderId, currency }: OrderWithoutFee,
  askedAt: EpochMs,
): FutuFeeRecord | null {
  const amount = finite(feeAmount);
  if (amount === null) return null;
  const items = feeList.length === 0 ? null : JSON.stringify(feeList);
  return { account, orderId, amount, currency, items, updatedAt: askedAt };
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/**
 * By the time stamp, in seconds since the epoch. Without one, as old versions of OpenD leave it out, the text counts, which is
 * in the market's zone: then an hour that clocks show twice is taken for the first.
 */
function timeOf(stamp: number | null, text: string, market: string): { at: EpochMs; isByText: boolean } | null {
  const told = instantOf(stamp);
  if (told !== null) return { at: told, isByText: false };
  const at = textTime(text, market);
  return at === null ? null : { at, isByText: true };
}

/** `2026-11-20 10:30:45.123` of the market; null when it is no time. */
export function textTime(text: string, market: string): EpochMs | null {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text);
  const [, date = "", hour, minute, second] = match ?? [];
  if (match === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) >= 60) return null;
  const minutes = Number(hour) * 60 + Number(minute) + Number(second) / 60;
  try {
    return Math.round(instantAt(marketZone(market), dayNumber(date), minutes));
  } catch (fault) {
    if (fault instanceof RangeError) return null;
    throw fault;
  }
}
