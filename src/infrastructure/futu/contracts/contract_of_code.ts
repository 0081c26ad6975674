/**
 * The contract that a code of Futu means: by itself, with what OpenD tells of it, or with the configuration's option roots. Keys
 * are IBKR's for the same contract; what cannot be told is of the unknown type, under its code.
 */
import type { OptionRoot } from "../../../application/settings.ts";
import { parseExpiry, sharedClass, underlyingOfRoot } from "../../../domain/contract_symbols.ts";
import type { Instrument } from "../../../domain/instrument.ts";
import {
  currencyOf,
  type FutuCode,
  futureRoot,
  isFund,
  isShareCode,
  isStandardUsRoot,
  type ListedMarket,
  marketOf,
  type OptionCode,
  parseOptionCode,
} from "./code_forms.ts";
import { futureProduct, isQuotedInCents } from "./future_products.ts";
import { CURRENCY, QOT_MARKET, SECURITY_TYPE, TRD_MARKET, WARRANT_TYPE } from "../wire/codes.ts";
import type { FutuSecurity, FutuStaticInfo } from "../wire/messages.ts";

export type ParsedCode =
  | { readonly kind: "known"; readonly instrument: Instrument }
  /** What the code means depends on what OpenD tells of it. */
  | { readonly kind: "needs-static"; readonly security: FutuSecurity }
  | UnknownContract;

interface UnknownContract {
  readonly kind: "unknown";
  /** Of the unknown type, under its code. */
  readonly instrument: Instrument;
  /** For the log. */
  readonly why: string;
}

/** What a row's code and numbers say, without asking anyone. */
export function parseFutuCode(row: FutuCode): ParsedCode {
  const { code } = row;
  const market = marketOf(row);
  if (code === "") return unknownContract(row, "the row has no code");
  if (market === null) {
    return unknownContract(row, `its market (${row.secMarket ?? row.trdMarket}) is none that APEX knows codes of`);
  }
  if (isFund(row)) {
    return withCurrency(row, market, (currency) => known({ ...BLANK, ...named(code), assetType: "FUND", currency }));
  }
  const isFuture = row.trdMarket === TRD_MARKET.FUTURES;
  if (!isFuture && isShareCode(market, code)) return share(row, market);
  const option = market === "US" ? parseOptionCode(code) : null;
  if (option !== null && isStandardUsRoot(option.root)) return usOption(row, option);
  return { kind: "needs-static", security: { market: QOT_MARKET[market], code } };
}

/** The contract of a row, of which OpenD has told. */
export function toldContract(row: FutuCode, info: FutuStaticInfo): ParsedCode {
  const market = marketOf(row);
  if (market === null) return unknownContract(row, "its market is not known");
  switch (info.basic.secType) {
    case SECURITY_TYPE.EQTY:
    case SECURITY_TYPE.TRUST:
      return share(row, market);
    case SECURITY_TYPE.DRVT:
      return toldOption(row, market, info);
    case SECURITY_TYPE.FUTURE:
      return toldFuture(row, market, info);
    case SECURITY_TYPE.WARRANT:
      return toldWarrant(row, market, info);
    case SECURITY_TYPE.BOND:
      return unknownContract(row, "it is a bond, and what its price is a part of is not told");
    default:
      return unknownContract(row, `it is a security of type ${info.basic.secType}, which APEX does not know`);
  }
}

const EXCHANGES: Readonly<Record<ListedMarket, string>> = {
  US: "SMART",
  HK: "SEHK",
  // Stock Connect, the way by which IBKR trades the mainland's shares: each exchange's main board.
  SH: "SEHKNTL",
  SZ: "SEHKSZSE",
  SG: "SGX",
  JP: "TSEJ",
  AU: "ASX",
  MY: "",
  CA: "TSE",
};

function share(row: FutuCode, market: ListedMarket): ParsedCode {
  return withCurrency(row, market, (currency) => {
    const symbol = shareSymbol(market, row.code);
    return known({
      ...BLANK,
      symbol,
      underlying: symbol,
      assetType: "STOCK",
      currency,
      exchange: shareExchange(market, row.code),
      localSymbol: row.code,
    });
  });
}

/** The boards for young companies are exchanges of their own to IBKR, which knows none of their shares at the main ones. */
function shareExchange(market: ListedMarket, code: string): string {
  if (market === "SH" && /^68[89]/.test(code)) return "SEHKSTAR";
  if (market === "SZ" && /^30[0-2]/.test(code)) return "CHINEXT";
  return EXCHANGES[market];
}

/** As IBKR has it: `BRK B` for BRK.B, `700` for 00700. */
function shareSymbol(market: ListedMarket, code: string): string {
  if (market === "HK") return code.replace(/^0+(?=\d)/, "");
  return market === "US" ? sharedClass(code) : code;
}

const US_OPTION_SHARES = 100;

function usOption(row: FutuCode, option: OptionCode): ParsedCode {
  const symbol = underlyingOfRoot(option.root);
  return withCurrency(row, "US", (currency) => {
    return optionContract(row, option, { symbol, currency, multiplier: US_OPTION_SHARES, exchange: "SMART" });
  });
}

function toldOption(row: FutuCode, market: ListedMarket, { basic, optionExData: terms }: FutuStaticInfo): ParsedCode {
  const option = parseOptionCode(row.code);
  if (option === null || terms === null) return unknownContract(row, "it is an option whose terms are not told");
  if (basic.lotSize <= 0) return unknownContract(row, "it is an option whose multiplier is not told");
  // One of the two would be another contract's.
  if (Math.abs(terms.strikePrice - option.strike) > 0.0005 || !terms.strikeTime.startsWith(option.expiry)) {
    return unknownContract(
      row,
      `OpenD tells of a strike of ${terms.strikePrice} on ${terms.strikeTime}, and its code of another`,
    );
  }
  return withCurrency(row, market, (currency) => {
    return optionContract(row, option, {
      ...underlyingOf(market, option.root, terms.owner.code),
      currency,
      multiplier: basic.lotSize,
    });
  });
}

/** By the configuration, for where OpenD does not tell. */
export function configuredOption(row: FutuCode, optionRoots: ReadonlyMap<string, OptionRoot>): ParsedCode | null {
  const option = parseOptionCode(row.code);
  const configured = option === null ? undefined : optionRoots.get(option.root);
  if (option === null || configured === undefined || marketOf(row) !== "HK") return null;
  const { underlying: symbol, multiplier } = configured;
  const exchange = /^\d+$/.test(symbol) ? EXCHANGES.HK : futureProduct("HK", option.root).exchange;
  return withCurrency(row, "HK", (currency) => optionContract(row, option, { symbol, currency, multiplier, exchange }));
}

/** Futu numbers the indices of Hong Kong from 800000; IBKR gives their options the symbol of their futures. */
function underlyingOf(market: ListedMarket, root: string, owner: string): { symbol: string; exchange: string } {
  if (market === "HK" && /^8\d{5}$/.test(owner)) return futureProduct(market, root);
  return { symbol: shareSymbol(market, owner.replace(/^\./, "")), exchange: EXCHANGES[market] };
}

function optionContract(
  row: FutuCode,
  { root, expiry, strike, right }: OptionCode,
  terms: Pick<Instrument, "symbol" | "currency" | "multiplier" | "exchange">,
): ParsedCode {
  return known({
    ...BLANK,
    ...terms,
    underlying: terms.symbol,
    assetType: "OPTION",
    expiry,
    strike,
    right,
    tradingClass: root,
    localSymbol: row.code,
  });
}

function toldFuture(row: FutuCode, market: ListedMarket, { basic, futureExData: terms }: FutuStaticInfo): ParsedCode {
  const root = futureRoot(row.code);
  if (root === null || terms === null) return unknownContract(row, "it is a future whose terms are not told");
  const expiry = parseExpiry(terms.lastTradeTime.slice(0, "YYYY-MM-DD".length));
  if (terms.isMainContract || expiry?.kind !== "date") {
    return unknownContract(
      row,
      "its code stands for whichever month is the main one, and OpenD does not tell which that is",
    );
  }
  if (basic.lotSize <= 0) return unknownContract(row, "it is a future whose multiplier is not told");
  if (isQuotedInCents(market, root)) {
    return unknownContract(
      row,
      "it is quoted in cents by some and in dollars by others, and which of the two is not told",
    );
  }
  const { symbol, exchange } = futureProduct(market, root);
  return withCurrency(row, market, (currency) =>
    known({
      ...BLANK,
      symbol,
      underlying: symbol,
      assetType: "FUTURE",
      expiry: expiry.date,
      currency,
      multiplier: basic.lotSize,
      tradingClass: root,
      exchange,
      localSymbol: row.code,
    }));
}

/**
 * Strike and expiry of a warrant are not told. It goes by its own code, not by its underlying's symbol, for without them all
 * warrants on a share would be one contract.
 */
function toldWarrant(row: FutuCode, market: ListedMarket, { warrantExData: terms }: FutuStaticInfo): ParsedCode {
  if (terms === null) return unknownContract(row, "it is a warrant whose terms are not told");
  const { BUY, BULL, SELL, BEAR } = WARRANT_TYPE;
  const right = terms.type === BUY || terms.type === BULL
    ? "C"
    : terms.type === SELL || terms.type === BEAR
    ? "P"
    : null;
  return withCurrency(row, market, (currency) =>
    known({
      ...BLANK,
      symbol: row.code,
      underlying: shareSymbol(market, terms.owner.code),
      assetType: "WARRANT",
      right,
      currency,
      exchange: EXCHANGES[market],
      localSymbol: row.code,
    }));
}

const BLANK = {
  expiry: null,
  strike: null,
  right: null,
  multiplier: 1,
  tradingClass: "",
  exchange: "",
  conId: null,
  priceMagnifier: 1,
  minTick: null,
} as const;

function named(code: string): Pick<Instrument, "symbol" | "underlying" | "localSymbol"> {
  return { symbol: code, underlying: code, localSymbol: code };
}

function withCurrency(row: FutuCode, market: ListedMarket, make: (currency: string) => ParsedCode): ParsedCode {
  const currency = currencyOf(row, market);
  return currency === null ? unknownContract(row, "the currency that it trades in is not told") : make(currency);
}

function known(instrument: Instrument): ParsedCode {
  return { kind: "known", instrument };
}

/** The currency is empty when it cannot be told. */
export function unknownContract(row: FutuCode, why: string): UnknownContract {
  const currency = CURRENCY[row.currency ?? 0] ?? currencyOf(row, marketOf(row)) ?? "";
  return {
    kind: "unknown",
    instrument: { ...BLANK, ...named(row.code), assetType: "UNKNOWN", currency },
    why: `${row.code}: ${why}`,
  };
}
