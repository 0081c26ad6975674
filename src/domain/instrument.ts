/**
 * What can be held: the fields that name a contract, and the key made of them.
 */
import type { IsoDate } from "./time.ts";

export type AssetType =
  | "STOCK"
  | "OPTION"
  | "FUTURE"
  | "FUTURE_OPTION"
  | "FOREX"
  | "INDEX"
  | "CRYPTO"
  | "BOND"
  | "FUND"
  | "WARRANT"
  | "UNKNOWN";

export type Right = "C" | "P";

/**
 * A contract as every part of APEX knows it, parsed once at the edge.
 *
 * `symbol` of a derivative is its underlying's; a currency pair is called `EUR.USD` and quoted in dollars. Expiry is the calendar date in the contract's name (OCC symbol); the
 * last trading date is a separate fact. `multiplier` is units of underlying per contract (1 for a stock).
 */
export interface Instrument {
  readonly symbol: string;
  /** Name that exposure is added up under: the stock's symbol, the index (SPX for SPXW), the future's symbol (ES). */
  readonly underlying: string;
  readonly assetType: AssetType;
  /** Null for what never expires. */
  readonly expiry: IsoDate | null;
  readonly strike: number | null;
  readonly right: Right | null;
  readonly currency: string;
  readonly multiplier: number;
  /** SPXW is not SPX; adjusted options have their own. Empty when the source does not know it. */
  readonly tradingClass: string;
  /** Listing or primary exchange as the broker names it; `SMART` for routed contracts. Empty when unknown. */
  readonly exchange: string;
  readonly localSymbol: string;
  /** The broker's contract number; null for a manual entry. Not part of the key. */
  readonly conId: number | null;
  /** Market-data and historical prices are divided by it (London pence: 100). 1 when the broker gives none. */
  readonly priceMagnifier: number;
  /** Smallest price step; null when unknown. */
  readonly minTick: number | null;
}

/** The fields that tell one contract from another. */
export type KeyFields = Pick<
  Instrument,
  "symbol" | "underlying" | "assetType" | "expiry" | "strike" | "right" | "currency" | "multiplier" | "tradingClass"
>;

/**
 * The identity of a contract as text: `symbol|underlying|assetType|expiry|strike|right|currency|multiplier|class`.
 *
 * Two sources that mean the same contract give the same key. The class of a stock or currency pair is left out: brokers
 * repeat market tiers there (`NMS`, `SCM`) that name no other contract.
 */
export function instrumentKey(instrument: KeyFields): string {
  const { symbol, underlying, assetType, expiry, strike, right, currency, multiplier, tradingClass } = instrument;
  const named = expiry !== null || strike !== null;
  return `${symbol}|${underlying}|${assetType}|${expiry ?? ""}|${strike ?? ""}|${
    right ?? ""
  }|${currency}|${multiplier}|${named ? tradingClass : ""}`;
}

export function isOption(assetType: AssetType): boolean {
  return assetType === "OPTION" || assetType === "FUTURE_OPTION" || assetType === "WARRANT";
}

/** Value settles through the account every day, so a position has no market value of its own. */
export function isDailySettled(assetType: AssetType): boolean {
  return assetType === "FUTURE";
}
