/**
 * Futures by the root of their code, which is the exchange's own and IBKR's trading class: what IBKR's contract search calls
 * their symbol and exchange.
 */
import type { ListedMarket } from "./code_forms.ts";

export interface FutureProduct {
  readonly symbol: string;
  /** Empty when it is not known. */
  readonly exchange: string;
}

/** Symbols that are not the root. `HHI` and `MCH` are Hong Kong's index of mainland shares. */
const SYMBOLS: { readonly [Market in ListedMarket]?: Readonly<Record<string, string>> } = {
  HK: { HHI: "HHI.HK", MCH: "MCH.HK" },
  US: {
    ...{ "6A": "AUD", "6B": "GBP", "6C": "CAD", "6E": "EUR", "6J": "JPY", "6M": "MXP", "6N": "NZD", "6S": "CHF" },
    ...{ SIL: "SI", VX: "VIX" },
  },
};

const EXCHANGES: { readonly [Market in ListedMarket]?: string } = { HK: "HKFE", SG: "SGX", JP: "OSE.JPN" };

const US_EXCHANGES: Readonly<Record<string, readonly string[]>> = {
  CME: ["ES", "MES", "NQ", "MNQ", "RTY", "M2K", "NKD", "6A", "6B", "6C", "6E", "6J", "6M", "6N", "6S"],
  CBOT: ["YM", "MYM", "ZB", "UB", "ZN", "TN", "ZF", "ZT"],
  NYMEX: ["CL", "MCL", "QM", "NG", "QG", "HO", "RB", "PL", "PA"],
  COMEX: ["GC", "MGC", "SI", "SIL", "HG"],
  CFE: ["VX"],
};

/** Grain and livestock. IBKR's multiplier is in dollars and its prices in cents; what Futu's are in is not published. */
const QUOTED_IN_CENTS = new Set(["ZC", "ZS", "ZW", "KE", "ZL", "ZO", "XC", "XK", "XW", "LE", "GF", "HE"]);

/** A root that is not in the tables goes by its own name. */
export function futureProduct(market: ListedMarket, root: string): FutureProduct {
  const listed = Object.entries(US_EXCHANGES).find(([, roots]) => roots.includes(root))?.[0];
  return {
    symbol: SYMBOLS[market]?.[root] ?? root,
    exchange: (market === "US" ? listed : EXCHANGES[market]) ?? "",
  };
}

export function isQuotedInCents(market: ListedMarket, root: string): boolean {
  return market === "US" && QUOTED_IN_CENTS.has(root);
}
