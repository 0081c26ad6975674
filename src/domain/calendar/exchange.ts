/** The exchanges whose calendars APEX knows, and which of them an instrument trades by. */
import type { Instrument } from "../instrument.ts";
import type { ZoneName } from "./zone.ts";

/** `FX` is the spot market, with New York's day. */
export type Exchange =
  | "NYSE"
  | "NASDAQ"
  | "CBOE_EQUITY_OPTIONS"
  | "CBOE_INDEX_OPTIONS"
  | "CME_EQUITY_INDEX"
  | "XETRA"
  | "LSE"
  | "HKEX"
  | "FX";

export const EXCHANGES: readonly Exchange[] = [
  "NYSE",
  "NASDAQ",
  "CBOE_EQUITY_OPTIONS",
  "CBOE_INDEX_OPTIONS",
  "CME_EQUITY_INDEX",
  "XETRA",
  "LSE",
  "HKEX",
  "FX",
];

const ZONES: Readonly<Record<Exchange, ZoneName>> = {
  NYSE: "America/New_York",
  NASDAQ: "America/New_York",
  CBOE_EQUITY_OPTIONS: "America/New_York",
  CBOE_INDEX_OPTIONS: "America/New_York",
  CME_EQUITY_INDEX: "America/Chicago",
  XETRA: "Europe/Berlin",
  LSE: "Europe/London",
  HKEX: "Asia/Hong_Kong",
  FX: "America/New_York",
};

/** The zone whose dates and times the exchange's rules speak of. */
export function exchangeZone(exchange: Exchange): ZoneName {
  return ZONES[exchange];
}

export type Listing = Pick<Instrument, "assetType" | "exchange" | "currency" | "tradingClass" | "underlying">;

/** Indices whose options trade on Cboe (Nasdaq's among them keep the same hours). */
const US_INDICES = new Set(
  ["SPX", "XSP", "NANOS", "NDX", "XND", "RUT", "MRUT", "DJX", "VIX", "OEX", "XEO", "RUI", "RLG", "RLV", "VIXW"],
);

/** Of US options only these trade overnight and in the curb session (Cboe's global trading hours). */
const AROUND_THE_CLOCK = new Set(["SPX", "XSP", "VIX"]);

/**
 * Whether the contract trades in its exchange's `pre` and `post` phases: options do not, but for Cboe's three indices;
 * everything else does.
 */
export function tradesOutsideRegularHours({ assetType, underlying }: Listing): boolean {
  return assetType !== "OPTION" && assetType !== "WARRANT" || AROUND_THE_CLOCK.has(underlying);
}

/** CME products that do not keep Globex's hours. */
const CME_DAY_PRODUCTS = new Set(["LE", "GF", "HE", "DC", "CB", "CSC", "DY", "NF", "GDK", "LBR", "GSCI"]);
/** Equity index futures of CME and, with the same hours, of the Chicago Board of Trade. */
const INDEX_FUTURES = new Set(["ES", "MES", "NQ", "MNQ", "RTY", "M2K", "EMD", "SMC", "YM", "MYM"]);

/** A US equity index future, by the name its exposure is added up under. */
export function isIndexFuture(underlying: string): boolean {
  return INDEX_FUTURES.has(underlying);
}

const US_STOCK_EXCHANGES = new Set([
  "SMART",
  "",
  "NYSE",
  "AMEX",
  "ARCA",
  "BATS",
  "BEX",
  "IEX",
  "ISLAND",
  "DRCTEDGE",
  "PINK",
  "VALUE",
  "CBOE",
  "CHX",
  "PSX",
  "BYX",
  "EDGEA",
  "NYSENAT",
  "LTSE",
  "MEMX",
  "PEARL",
  "OVERNIGHT",
  "IBEOS",
]);
const NASDAQ_NAMES = new Set(["NASDAQ", "ISLAND"]);
const XETRA_NAMES = new Set(["IBIS", "IBIS2", "XETRA", "FWB", "FWB2", "TGATE", "DTB", "EUREX"]);
const LSE_NAMES = new Set(["LSE", "LSEETF", "LSEIOB1", "ICEEU", "ICEEUSOFT"]);
const HKEX_NAMES = new Set(["SEHK", "HKEX", "HKFE", "HKMEX"]);

/**
 * The calendar an instrument trades by; null when APEX has none for it. Never a guess by similarity.
 *
 * A contract routed by `SMART`, or without an exchange, goes by its currency: USD, EUR, GBP and HKD name one market each.
 */
export function exchangeOf(instrument: Listing): Exchange | null {
  const venue = instrument.exchange.toUpperCase();
  switch (instrument.assetType) {
    case "FOREX":
      return "FX";
    case "FUTURE":
    case "FUTURE_OPTION":
      return futuresExchange(venue, instrument.underlying);
    case "STOCK":
    case "OPTION":
    case "INDEX":
    case "FUND":
    case "WARRANT":
      return securitiesExchange(venue, instrument);
    case "CRYPTO":
    case "BOND":
    case "UNKNOWN":
      return null;
  }
}

function futuresExchange(venue: string, underlying: string): Exchange | null {
  if (venue === "CME" || venue === "GLOBEX") return CME_DAY_PRODUCTS.has(underlying) ? null : "CME_EQUITY_INDEX";
  // Positions of futures come without an exchange until their contract is resolved.
  if (venue === "CBOT" || venue === "ECBOT" || routed(venue)) {
    return isIndexFuture(underlying) ? "CME_EQUITY_INDEX" : null;
  }
  return europeanOrAsian(venue);
}

function securitiesExchange(venue: string, instrument: Listing): Exchange | null {
  const named = europeanOrAsian(venue);
  if (named !== null) return named;
  switch (instrument.currency) {
    case "USD":
      return usExchange(venue, instrument);
    case "EUR":
      return routed(venue) ? "XETRA" : null;
    case "GBP":
      return routed(venue) ? "LSE" : null;
    case "HKD":
      return routed(venue) ? "HKEX" : null;
    default:
      return null;
  }
}

function usExchange(venue: string, instrument: Listing): Exchange | null {
  if (instrument.assetType === "OPTION") {
    return US_INDICES.has(instrument.underlying) ? "CBOE_INDEX_OPTIONS" : "CBOE_EQUITY_OPTIONS";
  }
  if (instrument.assetType === "INDEX") return "NYSE";
  if (NASDAQ_NAMES.has(venue) || venue.startsWith("NASDAQ.")) return "NASDAQ";
  return US_STOCK_EXCHANGES.has(venue) || venue.startsWith("PINK") ? "NYSE" : null;
}

function europeanOrAsian(venue: string): Exchange | null {
  if (XETRA_NAMES.has(venue)) return "XETRA";
  if (LSE_NAMES.has(venue)) return "LSE";
  return HKEX_NAMES.has(venue) ? "HKEX" : null;
}

function routed(venue: string): boolean {
  return venue === "" || venue === "SMART";
}
