/**
 * What a strategy is: several contracts that a trader holds and names as one, with its payoff at expiry.
 *
 * Recognition depends on contracts, quantities and average prices alone, so its outcome may be kept until one of them
 * changes; the figures that move with the market are summed anew each turn by `valueStructure()`.
 */
import type { Instrument } from "../instrument.ts";

/** In the order that decides between choices which are otherwise equal: the earlier kind is preferred. */
export const STRATEGY_KINDS = [
  "covered_call",
  "covered_put",
  "collar",
  "vertical",
  "ratio_spread",
  "back_spread",
  "straddle",
  "strangle",
  "butterfly",
  "iron_condor",
  "iron_butterfly",
  "calendar",
  "diagonal",
  "box",
  "conversion",
  "leftover",
] as const;

export type StrategyKind = typeof STRATEGY_KINDS[number];

/**
 * Which way round it is held, told from strikes, expiries and signs, never from prices. Verticals and iron structures
 * are sold for a credit or bought for a debit; straddles, strangles, butterflies, calendars and diagonals (by the far
 * leg), boxes, collars (by the underlying) and leftovers are long or short; null for the rest.
 */
export type StrategySide = "long" | "short" | "credit" | "debit" | null;

/** A position as recognition sees it. `quantity` is signed, fractions allowed; `avgPrice` per unit, null when unknown. */
export interface Holding {
  readonly instrument: Instrument;
  readonly quantity: number;
  readonly avgPrice: number | null;
}

/** The part of a position that belongs to one strategy. */
export interface StructureLeg {
  /** Place of the position in the list that was given. */
  readonly index: number;
  readonly instrument: Instrument;
  /** Signed; shares for a stock, contracts otherwise. */
  readonly quantity: number;
  /** `quantity` as a fraction of the whole position, above 0 and at most 1. */
  readonly share: number;
}

/**
 * The most a strategy can make or lose at expiry, in the instruments' currency.
 *
 * A loss is a positive number. An amount below 0 means that even the best outcome loses (as a profit), or that even
 * the worst one gains (as a loss).
 */
export type Extreme =
  | { readonly kind: "amount"; readonly amount: number }
  | { readonly kind: "unlimited" }
  | { readonly kind: "unknown"; readonly reason: PayoffGap };

/** Why a payoff at expiry cannot be told. */
export type PayoffGap =
  /** The far leg's value at the near expiry is a model's, not arithmetic. */
  | "several_expiries"
  | "no_average_price"
  /** An adjusted option delivers something else than its underlying; a warrant or bond pays by terms not known here. */
  | "unknown_terms";

export interface Payoff {
  readonly maxProfit: Extreme;
  readonly maxLoss: Extreme;
  /** Prices of the underlying at expiry where nothing is won or lost, ascending; null when not known. */
  readonly breakevens: readonly number[] | null;
}

/** A recognised strategy without the figures that move with the market. */
export interface Structure extends Payoff {
  readonly kind: StrategyKind;
  /** As a trader says it: `Iron condor`, `Call vertical`, `Short strangle`. */
  readonly name: string;
  readonly side: StrategySide;
  /** How many times the strategy is held: contracts of a leftover, shares where stock is left over. Above 0. */
  readonly units: number;
  /** Underlying first, then by expiry, puts before calls, strikes ascending. */
  readonly legs: readonly StructureLeg[];
  /** Short options of these legs that nothing in the same strategy covers; see `coverage.ts`. */
  readonly uncoveredShorts: number;
  /**
   * Net premium of the option legs at their average prices, in the instruments' currency: positive when received,
   * negative when paid. Null when an average price is missing.
   */
  readonly premium: number | null;
}
