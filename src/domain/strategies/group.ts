/**
 * Which positions can form a strategy together: options that deliver the same thing, with their underlying.
 *
 * SPX and SPXW deliver the same and go together; an adjusted class (AAPL1) and a mini of another multiplier do not.
 */
import type { Instrument } from "../instrument.ts";
import type { Holding } from "./strategy.ts";

export interface GroupLeg {
  /** Place within the group, in canonical order. */
  readonly place: number;
  /** Place in the list that was given. */
  readonly index: number;
  readonly role: "U" | "C" | "P";
  readonly sign: 1 | -1;
  /** Whole contracts, or whole lots of underlying that cover one contract. */
  readonly lots: number;
  /** Something short of a lot is there besides, which is left over in any case. */
  readonly hasRemainder: boolean;
  /** Shares or contracts in a lot. */
  readonly lotSize: number;
  /** 0 for the underlying. */
  readonly strike: number;
  /** Expiry and trading class: options of one series settle at one price. Empty for the underlying. */
  readonly series: string;
  /** The last day it is there; compares as text. Stock outlasts everything. */
  readonly lasting: string;
  /** A long option, or the underlying: it can cover a short option. */
  readonly covers: boolean;
}

export interface Groups {
  readonly groups: readonly (readonly GroupLeg[])[];
  /** Places of the positions that can be part of no strategy. */
  readonly apart: readonly number[];
}

/** A lot may be short of whole by what adding fractions loses. */
const ROUNDING = 1e-9;
const FOR_EVER = "9999-12-31";

/**
 * Sorts positions into groups; positions of quantity 0 are in none.
 *
 * @throws {RangeError} when a quantity is not finite
 */
export function groupHoldings(holdings: readonly Holding[]): Groups {
  const options = new Map<string, number[]>();
  const underlyings: number[] = [];
  const apart: number[] = [];
  holdings.forEach(({ instrument, quantity }, index) => {
    if (!Number.isFinite(quantity)) {
      throw new RangeError(`Cannot find strategies with ${quantity} ${instrument.symbol}: a quantity must be finite`);
    }
    if (quantity === 0) return;
    // Without a multiplier nobody knows how much a contract covers.
    if (!(instrument.multiplier > 0)) apart.push(index);
    else if (isListedOption(instrument)) append(options, deliverable(instrument), index);
    else if (instrument.assetType === "STOCK" || instrument.assetType === "FUTURE") underlyings.push(index);
    else apart.push(index);
  });
  const standard = standardDeliverables(holdings, options);
  for (const index of underlyings) {
    const key = standard.get(underlyingOf(holdings[index]!.instrument));
    if (key === undefined) apart.push(index);
    else options.get(key)!.push(index);
  }
  return { groups: [...options.values()].map((indices) => groupOf(holdings, indices)), apart };
}

/** An adjusted class is the symbol and a digit: its contracts deliver what the adjustment says, not plain shares. */
export function isAdjusted(instrument: Instrument): boolean {
  const { assetType, symbol, tradingClass } = instrument;
  if (assetType !== "OPTION" || tradingClass.length < 2) return false;
  const root = symbol.replaceAll(/[ .]/g, "");
  return tradingClass.slice(0, -1) === root && /\d$/.test(tradingClass);
}

function isListedOption(instrument: Instrument): boolean {
  const { assetType, expiry, strike, right } = instrument;
  return (assetType === "OPTION" || assetType === "FUTURE_OPTION") && expiry !== null && strike !== null &&
    right !== null;
}

function deliverable(instrument: Instrument): string {
  return `${underlyingOf(instrument)}|${instrument.multiplier}|${
    isAdjusted(instrument) ? instrument.tradingClass : ""
  }`;
}

/** Options are on stock, futures options on futures: a VIX future covers no VIX option. */
function underlyingOf({ assetType, underlying, currency }: Instrument): string {
  const onFuture = assetType === "FUTURE" || assetType === "FUTURE_OPTION";
  return `${underlying}|${currency}|${onFuture ? "future" : "stock"}`;
}

/** The group that the underlying itself goes to: not adjusted, and of the largest multiplier when there are minis. */
function standardDeliverables(
  holdings: readonly Holding[],
  options: ReadonlyMap<string, readonly number[]>,
): Map<string, string> {
  const found = new Map<string, { readonly key: string; readonly multiplier: number }>();
  for (const [key, [first]] of options) {
    const { instrument } = holdings[first!]!;
    if (isAdjusted(instrument)) continue;
    const underlying = underlyingOf(instrument);
    const best = found.get(underlying);
    if (best === undefined || instrument.multiplier > best.multiplier) {
      found.set(underlying, { key, multiplier: instrument.multiplier });
    }
  }
  return new Map([...found].map(([underlying, { key }]) => [underlying, key]));
}

function groupOf(holdings: readonly Holding[], indices: readonly number[]): GroupLeg[] {
  // Options came first, so the first one tells how much underlying a contract delivers.
  const { multiplier } = holdings[indices[0]!]!.instrument;
  const legs = indices.map((index) => legOf(holdings[index]!, index, multiplier));
  legs.sort((a, b) => canonicalOrder(a, b) || compareHoldings(holdings[a.index]!, holdings[b.index]!));
  return legs.map((leg, place) => ({ ...leg, place }));
}

function legOf({ instrument, quantity }: Holding, index: number, optionMultiplier: number): GroupLeg {
  const { expiry, strike, right } = instrument;
  const isUnderlying = instrument.assetType === "STOCK" || instrument.assetType === "FUTURE";
  const lotSize = isUnderlying ? optionMultiplier / instrument.multiplier : 1;
  const lots = Math.floor(Math.abs(quantity) / lotSize + ROUNDING);
  return {
    place: 0,
    index,
    role: isUnderlying ? "U" : right!,
    sign: quantity > 0 ? 1 : -1,
    lots,
    hasRemainder: Math.abs(quantity) / lotSize - lots > ROUNDING,
    lotSize,
    strike: isUnderlying ? 0 : strike!,
    series: isUnderlying ? "" : `${expiry}|${instrument.tradingClass || instrument.symbol}`,
    lasting: expiry ?? FOR_EVER,
    covers: isUnderlying || quantity > 0,
  };
}

/** Underlying first, then by expiry, puts before calls, strikes ascending. */
function canonicalOrder(a: GroupLeg, b: GroupLeg): number {
  return Number(b.role === "U") - Number(a.role === "U") || compareText(a.lasting, b.lasting) ||
    compareText(a.series, b.series) || compareText(b.role, a.role) || a.strike - b.strike;
}

/** Parts of one contract that are listed apart: any fixed order will do, as long as it is not the list's. */
function compareHoldings(a: Holding, b: Holding): number {
  return compareText(a.instrument.exchange, b.instrument.exchange) || a.quantity - b.quantity ||
    (a.avgPrice ?? 0) - (b.avgPrice ?? 0);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function append(lists: Map<string, number[]>, key: string, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
