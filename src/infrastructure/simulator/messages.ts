/** Messages to the client, field by field as TWS lays them out at server version 178. */
import { ascii, decimal, double, type Field, frame, UNSET } from "./frame.ts";
import { compact, type Listed } from "./listing.ts";
import type { Computation } from "./market.ts";
import type { OrderSpec } from "./scenario.ts";
import { hoursText } from "./trading_hours.ts";

/** Version of the protocol announced and spoken: the last that stands before funds' and protobuf's additions. */
export const SERVER_VERSION = 178;

export function greeting(time: string): Uint8Array {
  return frame([SERVER_VERSION, time]);
}

export function nextValidId(orderId: number): Uint8Array {
  return frame([9, 1, orderId]);
}

export function managedAccounts(accounts: readonly string[]): Uint8Array {
  return frame([15, 1, `${accounts.join(",")},`]);
}

/** `id` −1: about the connection as a whole. */
export function error(id: number, code: number, text: string): Uint8Array {
  return frame([4, 2, id, code, ascii(text), ""]);
}

export function currentTime(seconds: number): Uint8Array {
  return frame([49, 1, seconds]);
}

export function tickPrice(id: number, type: number, price: number, size: number, attributes = 0): Uint8Array {
  return frame([1, 6, id, type, double(price), decimal(size), attributes]);
}

export function tickSize(id: number, type: number, size: number): Uint8Array {
  return frame([2, 6, id, type, decimal(size)]);
}

export function tickGeneric(id: number, type: number, value: number): Uint8Array {
  return frame([45, 6, id, type, double(value)]);
}

export function tickString(id: number, type: number, value: string): Uint8Array {
  return frame([46, 6, id, type, value]);
}

export function tickRequestParameters(id: number, listed: Listed): Uint8Array {
  return frame([81, id, double(listed.spec.minTick), "9c0001", 3]);
}

export function tickSnapshotEnd(id: number): Uint8Array {
  return frame([57, 1, id]);
}

export function marketDataType(id: number, type: number): Uint8Array {
  return frame([58, 1, id, type]);
}

/** An option's computation; `attributes` 1: from prices, 0: from returns. */
export function optionComputation(id: number, type: number, value: Computation): Uint8Array {
  return frame([
    21,
    id,
    type,
    1,
    double(value.impliedVolatility),
    double(value.delta),
    double(value.price),
    "0.0",
    double(value.gamma),
    double(value.vega),
    double(value.theta),
    double(value.underlyingPrice),
  ]);
}

/** A computation of which IB knows nothing yet: its −1 and −2, or the unset double in every place. */
export function emptyComputation(id: number, type: number, unset: boolean): Uint8Array {
  const values = unset ? Array(8).fill(UNSET) : ["-1.0", "-2.0", "-1.0", "-1.0", "-2.0", "-2.0", "-2.0", "-1.0"];
  return frame([21, id, type, 1, ...values]);
}

export function position(account: string, listed: Listed, quantity: number, averageCost: number): Uint8Array {
  // Only stocks carry an exchange here, and it is the primary one.
  const exchange = listed.spec.type === "STK" ? listed.spec.primaryExchange : "";
  return frame([
    61,
    3,
    account,
    ...contractFields(listed, "", exchange),
    decimal(quantity),
    double(averageCost),
  ]);
}

export function positionEnd(): Uint8Array {
  return frame([62, 1]);
}

export function positionMulti(
  id: number,
  account: string,
  model: string,
  listed: Listed,
  quantity: number,
  averageCost: number,
): Uint8Array {
  const exchange = listed.spec.type === "STK" ? listed.spec.primaryExchange : "";
  const contract = contractFields(listed, "", exchange);
  return frame([71, 1, id, account, ...contract, decimal(quantity), double(averageCost), model]);
}

export function positionMultiEnd(id: number): Uint8Array {
  return frame([72, 1, id]);
}

export function accountSummary(id: number, account: string, tag: string, value: string, currency: string): Uint8Array {
  return frame([63, 1, id, account, tag, value, currency]);
}

export function accountSummaryEnd(id: number): Uint8Array {
  return frame([64, 1, id]);
}

export function accountValue(tag: string, value: string, currency: string, account: string): Uint8Array {
  return frame([6, 2, tag, value, currency, account]);
}

export function accountUpdateTime(time: string): Uint8Array {
  return frame([8, 1, time]);
}

export function accountDownloadEnd(account: string): Uint8Array {
  return frame([54, 1, account]);
}

export function accountUpdateMulti(
  id: number,
  account: string,
  model: string,
  tag: string,
  value: string,
  currency: string,
): Uint8Array {
  return frame([73, 1, id, account, model, tag, value, currency]);
}

export function accountUpdateMultiEnd(id: number): Uint8Array {
  return frame([74, 1, id]);
}

/** Money in the contract's currency. */
export interface PortfolioRow {
  readonly account: string;
  readonly listed: Listed;
  readonly quantity: number;
  readonly marketPrice: number;
  readonly marketValue: number;
  readonly averageCost: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
}

export function portfolioValue(row: PortfolioRow): Uint8Array {
  const { conId, symbol, secType, lastTradeDate, strike, right, multiplier, currency, localSymbol, tradingClass } =
    fieldsOf(row.listed, "0");
  return frame([
    7,
    8,
    conId,
    symbol,
    secType,
    lastTradeDate,
    strike,
    right,
    multiplier,
    row.listed.spec.primaryExchange,
    currency,
    localSymbol,
    tradingClass,
    decimal(row.quantity),
    double(row.marketPrice),
    double(row.marketValue),
    double(row.averageCost),
    double(row.unrealizedPnl),
    double(row.realizedPnl),
    row.account,
  ]);
}

export function pnl(id: number, daily: number, unrealized: number, realized: number): Uint8Array {
  return frame([94, id, double(daily), double(unrealized), double(realized)]);
}

export function pnlSingle(
  id: number,
  quantity: number,
  daily: number,
  unrealized: number,
  realized: number,
  value: number,
): Uint8Array {
  return frame([95, id, decimal(quantity), double(daily), double(unrealized), double(realized), double(value)]);
}

/** A trade as the client hears of it. */
export interface ExecutionRow {
  readonly account: string;
  readonly listed: Listed;
  /** The row stands for a combination: security type BAG, no contract number of its own. */
  readonly combo: boolean;
  readonly execId: string;
  /** `YYYYMMDD HH:MM:SS` and the zone of the exchange. */
  readonly time: string;
  /** Signed: negative sold. */
  readonly quantity: number;
  readonly price: number;
  readonly orderId: number;
  readonly clientId: number;
  readonly permId: number;
  readonly exchange: string;
}

/** `id` −1: told unasked. */
export function executionDetails(id: number, row: ExecutionRow): Uint8Array {
  const { listed } = row;
  const contract = row.combo
    ? [28812380, listed.spec.symbol, "BAG", "", "0.0", "?", "", row.exchange, listed.spec.currency, "", "COMB"]
    : contractFields(listed, "?", row.exchange);
  const shares = decimal(Math.abs(row.quantity));
  return frame([
    11,
    id,
    row.orderId,
    ...contract,
    row.execId,
    row.time,
    row.account,
    row.exchange,
    row.quantity < 0 ? "SLD" : "BOT",
    shares,
    double(row.price),
    row.permId,
    row.clientId,
    0,
    shares,
    double(row.price),
    "",
    "",
    "",
    "",
    2,
    0,
  ]);
}

export function executionDetailsEnd(id: number): Uint8Array {
  return frame([55, 1, id]);
}

/** `realized` null: the trade opened, and IB sends its unset double. */
export function commissionReport(
  execId: string,
  commission: number,
  currency: string,
  realized: number | null,
): Uint8Array {
  return frame([59, 1, execId, double(commission), currency, realized === null ? UNSET : double(realized), UNSET, ""]);
}

export function contractDetails(id: number, listed: Listed, loginTimeZone: string, from: string): Uint8Array {
  const { spec, underlying, expiry } = listed;
  const secIds = spec.isin === null ? [0] : [1, "ISIN", spec.isin];
  const [trading, liquid] = hoursText(spec.hours, from);
  return frame([
    10,
    id,
    spec.symbol,
    spec.type,
    lastTradeText(listed, loginTimeZone),
    double(spec.strike ?? 0),
    spec.right ?? "",
    spec.exchange,
    spec.currency,
    listed.localSymbol,
    spec.type === "STK" ? "NMS" : listed.tradingClass,
    listed.tradingClass,
    listed.conId,
    double(spec.minTick),
    listed.multiplierText,
    "ACTIVETIM,AD,ADJUST,ALERT,ALGO,ALLOC,AVGCOST,BASKET,COND,DAY,GTC,LMT,MKT,STP,TRAIL,WHATIF",
    spec.validExchanges.join(","),
    spec.priceMagnifier,
    underlying?.conId ?? 0,
    ascii(spec.longName),
    spec.primaryExchange,
    expiry === null ? "" : compact(expiry).slice(0, 6),
    "",
    "",
    "",
    spec.timeZone,
    trading,
    liquid,
    "",
    0,
    ...secIds,
    spec.type === "CASH" ? 4 : 1,
    underlying?.spec.symbol ?? "",
    underlying?.spec.type ?? "",
    spec.validExchanges.map(() => 26).join(","),
    expiry === null ? "" : compact(expiry),
    spec.type === "STK" ? "COMMON" : "",
    spec.type === "STK" ? "0.0001" : "1",
    spec.type === "STK" ? "0.0001" : "1",
    spec.type === "STK" ? "100" : "1",
  ]);
}

export function contractDetailsEnd(id: number): Uint8Array {
  return frame([52, 1, id]);
}

/**
 * The last trade date of contract details: the date alone for standard monthly options, else date and time in the zone
 * of the login, which can be another day (`20261128 05:00:00 Asia/Hong_Kong` for a Friday in New York).
 */
function lastTradeText(listed: Listed, loginTimeZone: string): string {
  const { expiresAt, expiry, lastTradeDate, spec } = listed;
  if (expiresAt === null || expiry === null) return "";
  const day = Temporal.PlainDate.from(expiry);
  const monthly = spec.type === "OPT" && day.dayOfWeek === 5 && day.day >= 15 && day.day <= 21;
  if (monthly) return lastTradeDate;
  const at = Temporal.Instant.fromEpochMilliseconds(expiresAt).toZonedDateTimeISO(loginTimeZone);
  return `${compact(at.toPlainDate().toString())} ${
    at.toPlainTime().toString({ smallestUnit: "second" })
  } ${loginTimeZone}`;
}

/**
 * A plain working order. Combinations, conditions, scales, hedges and algorithms are not simulated: their counts are 0,
 * their names empty, and the fields that would follow are left out, as TWS does.
 */
export function openOrder(order: OrderSpec, listed: Listed, permId: number): Uint8Array {
  const contract = [order.orderId, ...contractFields(listed, "?", listed.spec.exchange)];
  const price = order.limitPrice === null ? "0.0" : double(order.limitPrice);
  const terms = [order.action, decimal(order.quantity), order.orderType, price, "0.0", order.timeInForce];
  const owner = ["", order.account, "", 0, "", order.clientId, permId]; // group, account, open or close, origin, reference
  const timing = [0, 0, "0.0", "", ""]; // outside regular hours, hidden, discretionary amount, good after, allocation
  const advisor = ["", "", "", "", "", "", ""]; // group, method, percentage, model, good till, rule 80A, offset
  const shortSale = ["", 0, "", -1]; // settling firm, slot, location, exemption
  const auction = [0, "", "", "", "", "", ""]; // strategy, starting, reference, delta, range low and high, display size
  const flags = [0, 0, 0, "", 3, 0, 0, "", 0, 0]; // block … all or none, minimum, group type … cap, parent, trigger
  const volatility = ["", 0, "None", "", 0, "", "", "", "?", 0, 0, "", 0, 0]; // with TWS's "None" for delta neutral
  const trailing = [UNSET, UNSET, "", "", ""]; // stop, percent, basis points and their type, legs in words
  const counts = [0, 0, 0, "", "", "", ""]; // legs, their prices, routing; scale sizes and increment; hedge
  const clearing = [0, "", "IB", 0, 0, "", 0, 0]; // routing opt-out, account, intent, not held, neutral … what-if
  const margins = Array<string>(9).fill(UNSET);
  const commission = ["", "", "", "", "", 0, 0, 0]; // three amounts, currency, warning, randomised twice, conditions
  const adjusted = ["None", UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, 0];
  const rest = ["", "", "", "", 0, 0, 0, 0, "", "", 0]; // soft dollars, cash … price management, duration, systems, parent
  const pegged = ["", "", "", "", ""];
  return frame([
    5,
    ...contract,
    ...terms,
    ...owner,
    ...timing,
    ...advisor,
    ...shortSale,
    ...auction,
    ...flags,
    ...volatility,
    ...trailing,
    ...counts,
    ...clearing,
    order.status,
    ...margins,
    ...commission,
    ...adjusted,
    ...rest,
    ...pegged,
  ]);
}

export function orderStatus(order: OrderSpec, permId: number): Uint8Array {
  return frame([
    3,
    order.orderId,
    order.status,
    decimal(order.filled),
    decimal(order.quantity - order.filled),
    order.filled > 0 && order.limitPrice !== null ? double(order.limitPrice) : "0.0",
    permId,
    0,
    "0.0",
    order.clientId,
    "",
    "0.0",
  ]);
}

/**
 * Daily bars, oldest first. The simulated past knows closes alone: a bar opens where the one before closed.
 *
 * @param now the end of the span, as `20261120 10:30:45 US/Eastern`
 */
export function historicalBars(
  id: number,
  { spec }: Listed,
  now: string,
  closes: readonly { readonly date: string; readonly close: number }[],
): Uint8Array {
  const bars = closes.flatMap(({ date, close }, i) => {
    const prices = [closes[i - 1]?.close ?? close, close].map((price) => price * spec.priceMagnifier);
    const [open = 0, last = 0] = prices;
    const [high, low] = [Math.max(open, last), Math.min(open, last)];
    const volume = spec.type === "IND" || spec.type === "CASH" ? 0 : 1_000;
    return [compact(date), double(open), double(high), double(low), double(last), decimal(volume), double(last), 100];
  });
  return frame([17, id, now, now, closes.length, ...bars]);
}

export function openOrderEnd(): Uint8Array {
  return frame([53, 1]);
}

export function completedOrdersEnd(): Uint8Array {
  return frame([102]);
}

/** `noRight` is what stands for "no right", which differs by message: nothing, `0` or `?`. */
function contractFields(listed: Listed, noRight: string, exchange: string): Field[] {
  const { conId, symbol, secType, lastTradeDate, strike, right, multiplier, currency, localSymbol, tradingClass } =
    fieldsOf(listed, noRight);
  return [
    conId,
    symbol,
    secType,
    lastTradeDate,
    strike,
    right,
    multiplier,
    exchange,
    currency,
    localSymbol,
    tradingClass,
  ];
}

function fieldsOf(listed: Listed, noRight: string) {
  const { spec } = listed;
  return {
    conId: listed.conId,
    symbol: spec.symbol,
    secType: spec.type,
    lastTradeDate: listed.lastTradeDate,
    strike: double(spec.strike ?? 0),
    right: spec.right ?? noRight,
    multiplier: listed.multiplierText,
    currency: spec.currency,
    localSymbol: listed.localSymbol,
    tradingClass: listed.tradingClass,
  };
}
