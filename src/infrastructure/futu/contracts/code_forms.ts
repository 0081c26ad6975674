/**
 * What a code of Futu says by itself: the market that it is of, the currency, and whether its form leaves open what it is. On
 * the wire codes have no market before them (`AAPL`, `00700`, `AAPL251219C150000`); the row's numbers give it.
 *
 * Hong Kong's numbers are those of HKEX's stock code allocation plan, the mainland's those of its two exchanges.
 */
import { parseExpiry } from "../../../domain/contract_symbols.ts";
import type { Right } from "../../../domain/instrument.ts";
import type { IsoDate } from "../../../domain/time.ts";
import { CURRENCY, SEC_MARKET, TRD_MARKET } from "../wire/codes.ts";

/** What positions, orders and deals say of their contract. A deal has no currency: its order's is the one. */
export interface FutuCode {
  readonly code: string;
  readonly secMarket: number | null;
  readonly trdMarket: number | null;
  readonly currency: number | null;
}

/** Where a security is listed, as far as APEX knows its codes. */
export type ListedMarket = keyof typeof SEC_MARKET;

/** Markets of accounts that hold funds, which have no exchange. */
const FUND_MARKETS: Readonly<Record<number, ListedMarket>> = { 113: "HK", 123: "US", 124: "SG", 125: "MY", 126: "JP" };
/** Futures of paper accounts. */
const PAPER_FUTURES: Readonly<Record<number, ListedMarket>> = { 10: "HK", 11: "US", 12: "SG", 13: "JP" };

export function isFund({ trdMarket }: FutuCode): boolean {
  return FUND_MARKETS[trdMarket ?? 0] !== undefined;
}

/** Null for a market whose codes APEX does not know (currencies, coins, events), and where the row does not say. */
export function marketOf({ code, secMarket, trdMarket }: FutuCode): ListedMarket | null {
  const named = Object.entries(SEC_MARKET).find(([, number]) => number === secMarket)?.[0];
  if (named !== undefined) return named as ListedMarket;
  // 0 is the published word for an unknown market.
  if ((secMarket ?? 0) !== 0) return null;
  const traded = trdMarket ?? 0;
  if (traded === TRD_MARKET.CN || traded === TRD_MARKET.HKCC) return mainlandMarket(code);
  const sameName = Object.keys(SEC_MARKET).find((name) => TRD_MARKET[name] === traded);
  return (sameName as ListedMarket | undefined) ?? FUND_MARKETS[traded] ?? PAPER_FUTURES[traded] ?? null;
}

/** The two exchanges share no numbers. */
function mainlandMarket(code: string): ListedMarket | null {
  if (!/^\d{6}$/.test(code)) return null;
  return /^[569]/.test(code) ? "SH" : /^[0-3]/.test(code) ? "SZ" : null;
}

export interface OptionCode {
  /** As written, without dots: IBKR's trading class. */
  readonly root: string;
  readonly expiry: IsoDate;
  readonly strike: number;
  readonly right: Right;
}

const OPTION = /^\.?([A-Z][A-Z0-9.]*?)(\d{6})([CP])(\d{1,9})$/;

/** `SPXW251219P6500000`: root, date, right, strike in thousandths. Null for another form, and for a day that does not exist. */
export function parseOptionCode(code: string): OptionCode | null {
  const [, root = "", date = "", right, thousandths = ""] = OPTION.exec(code) ?? [];
  const expiry = parseExpiry(`20${date}`);
  const strike = Number(thousandths) / 1000;
  if (root === "" || expiry?.kind !== "date" || !(strike > 0)) return null;
  return { root: root.replaceAll(".", ""), expiry: expiry.date, strike, right: right === "C" ? "C" : "P" };
}

/** Contracts of a root with a digit were adjusted, or are small ones: the code does not say what they deliver. */
export function isStandardUsRoot(root: string): boolean {
  return /^[A-Z]{1,6}$/.test(root);
}

/** `ES2512`, `NK2252512`: the root before year and month; `ESmain` is whichever month is the main one. Null for other forms. */
export function futureRoot(code: string): string | null {
  return /^([A-Z0-9]+?)(?:\d{4}|main|current|next)$/.exec(code)?.[1] ?? null;
}

/** Codes that are of a share or an exchange-traded fund and of nothing else; IBKR makes no difference between the two. */
export function isShareCode(market: ListedMarket, code: string): boolean {
  switch (market) {
    case "HK":
      return isHongKongShare(code);
    case "US":
      // Nasdaq's fifth letter W is a warrant's.
      return /^[A-Z]{1,5}(\.[A-Z])?$/.test(code) && !/^[A-Z]{4}W$/.test(code);
    case "SH":
      return /^(60|68|51|56|58)\d{4}$/.test(code);
    case "SZ":
      return /^(00|30|15|16)\d{4}$/.test(code);
    case "SG":
      // Structured warrants have four letters and end with W.
      return /^[A-Z0-9]{3,4}$/.test(code) && !/^[A-Z0-9]{3}W$/.test(code);
    case "JP":
      return /^\d{3}[0-9A-Z]$/.test(code);
    case "AU":
      return /^(?=.*[A-Z])[A-Z0-9]{3}$|^[A-Z]{4}$/.test(code);
    case "CA":
      return /^[A-Z]{1,5}(\.[A-Z]{1,2})?$/.test(code);
    case "MY":
      return /^\d{4}$/.test(code);
  }
}

/** Not debt (04000 to 06029), rights and other counters of a while (02900 to 02999), warrants and bull and bear contracts. */
function isHongKongShare(code: string): boolean {
  if (!/^\d{5}$/.test(code)) return false;
  const number = Number(code);
  return number > 0 && number < 2_900 || number >= 3_000 && number < 4_000 || number >= 6_030 && number < 10_000 ||
    number >= 80_000 && number < 84_000;
}

/** The row's currency; that of its market where the row has none and the market leaves no doubt. Null when it cannot be told. */
export function currencyOf(row: FutuCode, market: ListedMarket | null): string | null {
  if ((row.currency ?? 0) !== 0) return CURRENCY[row.currency!] ?? null;
  if (market === null || isFund(row)) return null;
  switch (market) {
    case "US":
      return "USD";
    case "HK":
      return hongKongCurrency(row.code);
    case "SH":
    case "SZ":
      // Shares for foreigners are in dollars (900…) and Hong Kong dollars (200…).
      return /^(900|200)/.test(row.code) ? null : "CNH";
    case "JP":
      return "JPY";
    case "AU":
      return "AUD";
    case "MY":
      return "MYR";
    case "SG":
    case "CA":
      return null;
  }
}

/** Counters in renminbi begin with 8. Funds have their counters in dollars among 09000 to 09599 and 09800 to 09849. */
function hongKongCurrency(code: string): string | null {
  const number = /^\d{5}$/.test(code) ? Number(code) : null;
  if (number === null) return parseOptionCode(code) === null ? futureCurrency(code) : "HKD";
  if (number >= 80_000 && number < 90_000) return "CNH";
  return number >= 9_000 && number < 9_600 || number >= 9_800 && number < 9_850 ? null : "HKD";
}

/** Of the other futures of Hong Kong some are in dollars and some in renminbi. */
function futureCurrency(code: string): string | null {
  return ["HSI", "MHI", "HHI", "MCH"].includes(futureRoot(code) ?? "") ? "HKD" : null;
}
