/**
 * How contracts are written as one word: OCC symbols (also IB's local symbols of US options) and Futu codes, and how
 * expiries are written. They are parsed to fields and never kept as text in a key.
 */
import type { Right } from "./instrument.ts";
import type { IsoDate } from "./time.ts";

/** What a coded symbol says. */
export type CodedContract =
  | {
    readonly kind: "option";
    /** The underlying's symbol as IB names it (`SPX` for root SPXW, `BRK B` for BRKB). */
    readonly symbol: string;
    /** The root as written: SPXW, AAPL1. */
    readonly tradingClass: string;
    readonly expiry: IsoDate;
    readonly strike: number;
    readonly right: Right;
    readonly market: Market | null;
  }
  | { readonly kind: "listed"; readonly symbol: string; readonly market: Market }
  /** It has the form of an option's symbol, but names a day that does not exist or a strike of 0. */
  | { readonly kind: "faulty"; readonly reason: string };

/** Hong Kong option roots are the exchange's own codes (`TCH`): they do not name the underlying. */
export type Market = "US" | "HK";

/** Roots whose contracts are written on an index or share with another symbol. */
const UNDERLYING_OF_ROOT: Readonly<Record<string, string>> = {
  SPXW: "SPX",
  NDXP: "NDX",
  RUTW: "RUT",
  VIXW: "VIX",
  BRKB: "BRK B",
  BFB: "BF B",
};

const OPTION = /^(?:(US|HK)\.)?([A-Z][A-Z.]{0,5}\d?)\s{0,5}(\d{2})(\d{2})(\d{2})([CP])(\d{1,8})$/;
const LISTED = /^(US|HK)\.([A-Z0-9][A-Z0-9.]{0,9})$/;

/**
 * The fields of a coded symbol (`AAPL  251219C00150000`, `US.AAPL251219C150000`, `HK.00700`); null for a plain ticker.
 *
 * Both notations give the strike in thousandths. Two digits of a year are of this century.
 */
export function parseContractSymbol(text: string): CodedContract | null {
  const option = OPTION.exec(text);
  if (option === null) return parseListed(text);
  const [, market, root = "", year, month, day, right, thousandths] = option;
  const expiry = `20${year}-${month}-${day}`;
  if (!isDate(expiry)) return { kind: "faulty", reason: `${expiry} is not a date` };
  const strike = Number(thousandths) / 1000;
  if (!(strike > 0)) return { kind: "faulty", reason: "its strike is 0" };
  return {
    kind: "option",
    symbol: underlyingOfRoot(root),
    tradingClass: root,
    expiry,
    strike,
    right: right === "C" ? "C" : "P",
    market: market === "US" || market === "HK" ? market : null,
  };
}

function parseListed(text: string): CodedContract | null {
  const [, market, code = ""] = LISTED.exec(text) ?? [];
  if (market === "US") return { kind: "listed", symbol: sharedClass(code), market };
  if (market !== "HK") return null;
  // Futu pads Hong Kong codes to five digits; IB does not.
  return { kind: "listed", symbol: code.replace(/^0+(?=\d)/, ""), market };
}

/** The symbol that contracts of an option root are written on: `SPX` for SPXW, `AAPL` for the adjusted AAPL1. */
export function underlyingOfRoot(root: string): string {
  return UNDERLYING_OF_ROOT[root] ?? sharedClass(root.replace(/\d$/, ""));
}

/** A class of shares has a blank in IB's symbols (`BRK B`) and a dot elsewhere (`BRK.B`). */
export function sharedClass(symbol: string): string {
  return symbol.replace(/^([A-Z]+)\.([A-Z])$/, "$1 $2");
}

export type Expiry =
  | { readonly kind: "date"; readonly date: IsoDate }
  /** The future of a month, `YYYY-MM`: its day is the contract's to say. */
  | { readonly kind: "month"; readonly month: string };

/** `YYYYMMDD`, `YYYY-MM-DD` or `YYYYMM`; null for anything else and for days that do not exist. */
export function parseExpiry(text: string): Expiry | null {
  const [, year, month, day] = /^(\d{4})-?(\d{2})(?:-?(\d{2}))?$/.exec(text) ?? [];
  if (year === undefined || month === undefined || (text.includes("-") && !/^\d{4}-\d{2}-\d{2}$/.test(text))) {
    return null;
  }
  const date = `${year}-${month}-${day ?? "01"}`;
  if (!isDate(date)) return null;
  return day === undefined ? { kind: "month", month: `${year}-${month}` } : { kind: "date", date };
}

function isDate(text: IsoDate): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}
