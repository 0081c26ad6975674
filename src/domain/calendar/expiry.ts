/** How far an expiry is, and when on its date a contract stops living. */
import type { Instrument } from "../instrument.ts";
import type { EpochMs, IsoDate } from "../time.ts";
import { dayNumber, minutesOf, weekday } from "./date.ts";
import { type Exchange, exchangeZone, isIndexFuture } from "./exchange.ts";
import { calendarRow } from "./trading_day.ts";
import { instantAt, localDay } from "./zone.ts";

/** Calendar days on the exchange from now to the expiry: 0 on the day itself, to its midnight; negative after. */
export function daysToExpiry(exchange: Exchange, expiry: IsoDate, at: EpochMs): number {
  return dayNumber(expiry) - localDay(exchangeZone(exchange), at);
}

export type ExpiringContract = Pick<Instrument, "assetType" | "tradingClass" | "underlying" | "expiry">;

/**
 * When the contract expires: the last moment at which it can still gain or lose by the underlying's price.
 *
 * Null for what never expires. On a day that closes early the early close counts. Beyond the dates that the calendar holds
 * the regular time is given: so far away it decides nothing.
 *
 * @throws {RangeError} when the expiry is no date
 */
export function expiryTime(contract: ExpiringContract, exchange: Exchange): EpochMs | null {
  if (contract.expiry === null) return null;
  const minutes = minutesOf(timeOfExpiry(contract, contract.expiry, exchange));
  return instantAt(TIME_ZONES[exchange] ?? exchangeZone(exchange), dayNumber(contract.expiry), minutes);
}

/** The times of CME's contracts are given in New York's, as those of the stocks that they follow. */
const TIME_ZONES: Readonly<Partial<Record<Exchange, string>>> = { CME_EQUITY_INDEX: "America/New_York" };

/** Index options settled at the opening of their expiry date. The others settle at the close. */
const OPENING_SETTLED = new Set(["SPX", "NDX", "RUT", "DJX", "VIX", "VIXW", "RUI", "RLG", "RLV"]);

/** Funds whose options trade a quarter of an hour longer, on the expiry date too (Cboe Rule 5.1, Nasdaq Options 3 §1). */
const LATE_CLOSING_FUNDS = new Set(
  ("DBA DBB DBC DBO DIA EEM EFA FXI IWM IWN IWO IWV IYR KBE KRE LQD MDY MOO OEF QQQ SLX SPY SVXY TLT UNG UUP UVIX UVXY " +
    "VIXM VIXY VXX VXZ XHB XLB XLE XLF XLI XLK XLP XLU XLV XLY XME XRT").split(" "),
);

/** Eurex index contracts settle at midday, by an average of the minutes before. */
const EUREX_TIMES: Readonly<Record<string, string>> = {
  ODAX: "13:00",
  ODX1: "13:00",
  ODX2: "13:00",
  ODX4: "13:00",
  ODX5: "13:00",
  ODXS: "13:00",
  FDAX: "13:00",
  FDXM: "13:00",
  FDXS: "13:00",
  OESX: "12:00",
  FESX: "12:00",
  FSXE: "12:00",
};

function timeOfExpiry(contract: ExpiringContract, expiry: IsoDate, exchange: Exchange): string {
  const early = calendarRow(exchange, expiry)?.closes ?? null;
  switch (exchange) {
    case "NYSE":
    case "NASDAQ":
      return early ?? "16:00";
    case "CBOE_EQUITY_OPTIONS":
      if (LATE_CLOSING_FUNDS.has(contract.underlying)) return early === null ? "16:15" : "13:15";
      return early ?? "16:00";
    case "CBOE_INDEX_OPTIONS":
      if (settlesAtOpening(contract)) return "09:30";
      // Expiring index options stop with the stocks, a quarter of an hour before the others.
      return early === null ? "16:00" : "13:00";
    case "CME_EQUITY_INDEX":
      return cmeTime(contract, expiry, early !== null);
    case "XETRA":
      return EUREX_TIMES[contract.tradingClass] ?? early ?? "17:30";
    case "LSE":
      return early ?? "16:30";
    case "HKEX":
      return early ?? "16:00";
    case "FX":
      return "17:00";
  }
}

/** Without a trading class only the index itself tells; SPX, NDX and RUT have classes of both kinds: the later counts. */
function settlesAtOpening({ tradingClass, underlying }: ExpiringContract): boolean {
  return tradingClass === "" ? underlying === "VIX" : OPENING_SETTLED.has(tradingClass);
}

function cmeTime(contract: ExpiringContract, expiry: IsoDate, closesEarly: boolean): string {
  const { assetType, tradingClass, underlying } = contract;
  // Equity index futures settle at the New York opening of the third Friday.
  const index = isIndexFuture(underlying);
  if (assetType === "FUTURE") return index ? "09:30" : "17:00";
  if (index && tradingClass === underlying && isQuarterly(expiry)) return "09:30";
  return closesEarly ? "13:00" : "16:00";
}

/** The third Friday of March, June, September or December, or the day before it when that is a holiday. */
function isQuarterly(expiry: IsoDate): boolean {
  const month = Number(expiry.slice(5, 7));
  const day = dayNumber(expiry);
  const dayOfMonth = Number(expiry.slice(8, 10));
  const friday = weekday(day) === 5 && dayOfMonth >= 15 && dayOfMonth <= 21;
  const eve = weekday(day) === 4 && dayOfMonth >= 14 && dayOfMonth <= 20;
  return month % 3 === 0 && (friday || eve);
}
