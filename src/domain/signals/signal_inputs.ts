/** What the rules look at. The domain fetches none of it: whoever asks brings it along. */
import type { PositionView, UnderlyingView } from "../risk/snapshot.ts";
import type { Peak } from "./trailing_peaks.ts";

/**
 * The most a strategy can make or lose, in the base currency, a loss positive; null when a number for it is missing.
 * `modelled`: it ends on several dates, and what its far leg is worth on the near one no arithmetic tells.
 */
export type Bound = number | "unlimited" | "modelled" | null;

/** A strategy of several legs as the rules need it. Amounts in the base currency. */
export interface SignalStrategy {
  /** `iron_condor`: part of the signal's id, so it must not change with the market. */
  readonly kind: string;
  /** `Iron condor` */
  readonly name: string;
  /**
   * At least one; the parts of positions that no strategy takes are judged as positions. The same array from turn to turn,
   * while the strategy is held as it is.
   */
  readonly legs: readonly SignalLeg[];
  /** How many times it is held, above 0. */
  readonly units: number;
  readonly unrealizedPnl: number | null;
  /** Of the option legs: positive when received, negative when paid. */
  readonly premium: number | null;
  readonly maxProfit: Bound;
  readonly maxLoss: Bound;
  /** Of the leg that expires first; null when it is not known, or nothing expires. */
  readonly daysToExpiry: number | null;
}

export interface SignalLeg {
  /** Place of the position in `SignalInputs.positions`. */
  readonly index: number;
  /** Signed part of the position's quantity. */
  readonly quantity: number;
}

/** A name as the snapshot lists it. */
export type SignalName = Pick<UnderlyingView, "underlying" | "positions" | "grossExposure">;

/** An index's price and its previous close, in points; null when missing. */
export interface IndexQuote {
  readonly price: number | null;
  readonly close: number | null;
}

export interface SignalInputs {
  readonly positions: readonly PositionView[];
  readonly strategies: readonly SignalStrategy[];
  readonly names: readonly SignalName[];
  /** Gross exposure of the book in the base currency. */
  readonly grossExposure: number | null;
  /** Sector of each underlying; a name without one belongs to none. */
  readonly sectors: ReadonlyMap<string, string>;
  readonly index: IndexQuote;
  /** The volatility index, with its lowest price of the window. */
  readonly vix: IndexQuote & { readonly windowLow: number | null };
  /** The US market trades (before and after hours included). While it does not, index signals stay as they are. */
  readonly marketOpen: boolean;
  /** Highest profits, by the trade's key. */
  readonly peaks: ReadonlyMap<string, Peak>;
}
