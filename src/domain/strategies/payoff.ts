/**
 * What a strategy can make and lose at expiry.
 *
 *   payoff(S) = Σ quantity × multiplier × (value at S − average price)
 *
 * with the value of a call max(0, S − strike), of a put max(0, strike − S), of the underlying S. It is piecewise linear
 * in the underlying's price with corners at the strikes, so its extremes are at price 0, at a strike, or without limit
 * above the last one. Prices below 0 are left out, for futures too. Average prices include the commissions that the
 * broker puts into them.
 */
import type { Instrument } from "../instrument.ts";
import { isAdjusted } from "./group.ts";
import type { Extreme, Payoff, PayoffGap } from "./strategy.ts";

/** A leg as the payoff sees it. */
export interface PayoffLeg {
  readonly instrument: Instrument;
  readonly quantity: number;
  readonly avgPrice: number | null;
}

/** Payoffs smaller than this fraction of the money at stake are rounding. */
const ROUNDING = 1e-9;

export function payoffAtExpiry(legs: readonly PayoffLeg[]): Payoff {
  const gap = payoffGap(legs);
  if (gap !== null) {
    const unknown: Extreme = { kind: "unknown", reason: gap };
    return { maxProfit: unknown, maxLoss: unknown, breakevens: null };
  }
  const corners = [...new Set([0, ...legs.map(({ instrument }) => instrument.strike ?? 0)])].sort((a, b) => a - b);
  const stake = stakeOf(legs);
  const payoffs = corners.map((price) => payoffAt(legs, price, stake));
  const slope = slopeAbove(legs);
  return {
    maxProfit: slope > 0 ? { kind: "unlimited" } : { kind: "amount", amount: Math.max(...payoffs) },
    maxLoss: slope < 0 ? { kind: "unlimited" } : { kind: "amount", amount: 0 - Math.min(...payoffs) },
    breakevens: breakevensOf(corners, payoffs, slope),
  };
}

/** Premium of the options, positive when received; null when an average price is missing. */
export function premiumOf(legs: readonly PayoffLeg[]): number | null {
  let premium = 0;
  for (const { instrument, quantity, avgPrice } of legs) {
    if (instrument.right === null) continue;
    if (!isKnown(avgPrice)) return null;
    premium -= quantity * instrument.multiplier * avgPrice;
  }
  return premium;
}

function payoffGap(legs: readonly PayoffLeg[]): PayoffGap | null {
  if (!legs.every(({ instrument }) => hasKnownTerms(instrument))) return "unknown_terms";
  const options = legs.filter(({ instrument }) => instrument.right !== null);
  const series = new Set(options.map(({ instrument }) => `${instrument.expiry}|${classOf(instrument)}`));
  if (series.size > 1) return "several_expiries";
  return legs.every(({ avgPrice }) => isKnown(avgPrice)) ? null : "no_average_price";
}

function isKnown(price: number | null): price is number {
  return price !== null && Number.isFinite(price);
}

function hasKnownTerms(instrument: Instrument): boolean {
  switch (instrument.assetType) {
    case "OPTION":
    case "FUTURE_OPTION":
      return instrument.strike !== null && instrument.right !== null && !isAdjusted(instrument);
    case "STOCK":
    case "FUTURE":
    case "FOREX":
    case "CRYPTO":
    case "FUND":
    case "INDEX":
      return true;
    case "BOND":
    case "WARRANT":
    case "UNKNOWN":
      return false;
  }
}

function classOf({ tradingClass, symbol }: Instrument): string {
  return tradingClass || symbol;
}

function payoffAt(legs: readonly PayoffLeg[], price: number, stake: number): number {
  let payoff = 0;
  for (const { instrument, quantity, avgPrice } of legs) {
    payoff += quantity * instrument.multiplier * (valueAt(instrument, price) - avgPrice!);
  }
  return Math.abs(payoff) <= ROUNDING * stake ? 0 : payoff;
}

function valueAt({ right, strike }: Instrument, price: number): number {
  if (right === null) return price;
  return Math.max(0, right === "C" ? price - strike! : strike! - price);
}

/** The largest sums that are added up, as a measure of rounding. */
function stakeOf(legs: readonly PayoffLeg[]): number {
  let stake = 0;
  for (const { instrument, quantity, avgPrice } of legs) {
    stake += Math.abs(quantity) * instrument.multiplier * ((instrument.strike ?? 0) + Math.abs(avgPrice!));
  }
  return stake;
}

/** Money per unit of price above the last strike: calls and underlying. */
function slopeAbove(legs: readonly PayoffLeg[]): number {
  let slope = 0;
  let size = 0;
  for (const { instrument, quantity } of legs) {
    if (instrument.right === "P") continue;
    slope += quantity * instrument.multiplier;
    size += Math.abs(quantity) * instrument.multiplier;
  }
  return Math.abs(slope) <= ROUNDING * size ? 0 : slope;
}

/** Where the payoff is 0. Of a stretch of zeros, its ends. */
function breakevensOf(corners: readonly number[], payoffs: readonly number[], slope: number): number[] {
  const found: number[] = [];
  corners.forEach((price, at) => {
    const payoff = payoffs[at]!;
    const isLast = at === corners.length - 1;
    const next = isLast ? payoff + slope : payoffs[at + 1]!;
    if (payoff === 0) {
      const inside = at > 0 && payoffs[at - 1] === 0 && next === 0 && !isLast;
      if (!inside) found.push(price);
    } else if (isLast ? payoff * slope < 0 : payoff * next < 0) {
      const rise = isLast ? slope : (next - payoff) / (corners[at + 1]! - price);
      found.push(price - payoff / rise);
    }
  });
  return found;
}
