/**
 * What profit and loss are judged on: a strategy as a whole, or the part of a position that belongs to none.
 *
 * The far wing of an iron condor loses nearly all of its premium in a good trade, so a leg has no stop of its own.
 */
import { isOption } from "../instrument.ts";
import type { Flag, PositionView } from "../risk/snapshot.ts";
import { type ContractName, ContractNames } from "./contract_words.ts";
import { isKnown, type SignalLayer } from "./signal_condition.ts";
import type { Bound, SignalInputs, SignalLeg, SignalStrategy } from "./signal_inputs.ts";

export interface Trade {
  /** Stays the same while the trade is held. */
  readonly key: string;
  readonly layer: SignalLayer;
  readonly underlying: string;
  /** `27Nov26 200 C`, `Iron condor`. */
  readonly subject: string;
  /** Signed contracts or shares to close it; null for a strategy, which is closed as a whole. */
  readonly quantity: number | null;
  readonly kind: TradeKind;
  /** Unrealized, base currency; null when missing or stale. */
  readonly pnl: number | null;
  /** What was paid or received for it, base currency, positive; null when it is not known. */
  readonly basis: number | null;
  readonly maxProfit: Bound;
  readonly maxLoss: Bound;
  readonly size: number;
  readonly side: 1 | -1;
  /** An option is part of it. */
  readonly hasOption: boolean;
  /** Of its first option to expire; null when unknown. */
  readonly daysToExpiry: number | null;
  /** Its options have expired and only wait for the broker. */
  readonly expired: boolean;
  /** A mark of it rests on a wide or one-sided quote. */
  readonly quoteDoubtful: boolean;
}

/**
 * Options that were sold for a credit, or bought for a debit; `linear` with stock or futures in it; `even` options that
 * were opened for next to nothing, so that there is no premium to measure against; `unknown` without an average price.
 */
export type TradeKind = "credit" | "debit" | "linear" | "even" | "unknown";

/** Below this share of what the legs cost one by one, a net premium is no measure. */
const NEXT_TO_NOTHING = 0.05;
const ROUNDING = 1e-9;

/** Marks that say nothing of what the trade is worth now. */
const UNUSABLE: readonly Flag[] = ["STALE", "CROSSED", "OUTLIER", "SPLIT_SUSPECT", "MAGNIFIER_SUSPECT"];
const DOUBTFUL: readonly Flag[] = ["WIDE", "ONE_SIDED", "ZERO_QUOTE"];

/**
 * Strategies first, then what is left of the positions. Closed rows, cash and unknown contracts are no trades.
 *
 * @param known names of earlier turns
 */
export function tradesOf(
  { positions, strategies }: Pick<SignalInputs, "positions" | "strategies">,
  known = new ContractNames(),
): Trade[] {
  const names = known.of(positions);
  const taken = strategies.length === 0 ? null : new Float64Array(positions.length);
  const trades: Trade[] = [];
  for (const strategy of strategies) {
    const trade = strategyTrade(strategy, positions, known);
    if (trade === null) continue;
    trades.push(trade);
    for (const { index, quantity } of strategy.legs) taken![index]! += quantity;
  }
  positions.forEach((position, index) => {
    if (position.assetType === "FOREX" || position.assetType === "UNKNOWN") return;
    const left = position.quantity - (taken?.[index] ?? 0);
    if (Math.abs(left) > ROUNDING * Math.abs(position.quantity)) {
      trades.push(positionTrade(position, names[index]!, left));
    }
  });
  return trades;
}

/** Null when it is a single leg, which is better judged as a position. */
function strategyTrade(
  strategy: SignalStrategy,
  positions: readonly PositionView[],
  known: ContractNames,
): Trade | null {
  const { legs } = strategy;
  const first = legs[0];
  if (first === undefined || legs.length < 2 || legs.some(({ index }) => positions[index] === undefined)) return null;
  const sums = sumLegs(legs, positions);
  const premium = finite(strategy.premium);
  const cost = sums.optionsOnly && premium !== null ? -premium : sums.cost;
  return {
    key: known.strategyKey(strategy),
    layer: "strategy",
    underlying: positions[first.index]!.underlying,
    subject: strategy.name,
    quantity: null,
    kind: kindOf(sums.optionsOnly, cost, sums.grossCost),
    pnl: sums.unusable ? null : finite(strategy.unrealizedPnl),
    basis: cost === null ? null : Math.abs(cost),
    maxProfit: strategy.maxProfit,
    maxLoss: strategy.maxLoss,
    size: strategy.units,
    side: first.quantity > 0 ? 1 : -1,
    hasOption: sums.hasOption,
    daysToExpiry: strategy.daysToExpiry,
    expired: sums.expired,
    quoteDoubtful: sums.quoteDoubtful,
  };
}

/** What the legs say together, in one pass: a book has thousands of them. */
function sumLegs(legs: readonly SignalLeg[], positions: readonly PositionView[]) {
  let cost: number | null = 0;
  let grossCost: number | null = 0;
  let [optionsOnly, hasOption, expired, unusable, quoteDoubtful] = [true, false, false, false, false];
  for (const { index, quantity } of legs) {
    const view = positions[index]!;
    const legCost = times(costOf(view), quantity / view.quantity);
    cost = cost === null || legCost === null ? null : cost + legCost;
    grossCost = grossCost === null || legCost === null ? null : grossCost + Math.abs(legCost);
    const option = isOption(view.assetType);
    optionsOnly &&= option;
    hasOption ||= option;
    expired ||= option && view.expiryBucket === "EXPIRED";
    unusable ||= hasAny(view, UNUSABLE);
    quoteDoubtful ||= hasAny(view, DOUBTFUL);
  }
  return { cost, grossCost, optionsOnly, hasOption, expired, unusable, quoteDoubtful };
}

/** @param quantity signed, the part of the position that is judged; not 0 */
function positionTrade(position: PositionView, name: ContractName, quantity: number): Trade {
  const share = quantity / position.quantity;
  const option = isOption(position.assetType);
  const cost = times(costOf(position), share);
  const basis = cost === null ? null : Math.abs(cost);
  const { maxProfit, maxLoss } = boundsOf(position, quantity, basis);
  return {
    key: name.key,
    layer: "position",
    underlying: position.underlying,
    subject: name.words,
    quantity,
    kind: kindOf(option, cost, basis),
    pnl: hasAny(position, UNUSABLE) ? null : times(position.unrealizedPnl, share),
    basis,
    maxProfit,
    maxLoss,
    size: Math.abs(quantity),
    side: quantity > 0 ? 1 : -1,
    hasOption: option,
    daysToExpiry: position.daysToExpiry,
    expired: option && position.expiryBucket === "EXPIRED",
    quoteDoubtful: hasAny(position, DOUBTFUL),
  };
}

/**
 * What the position cost in the base currency, negative when it was received: value now less what was made of it since.
 * A future's value is settled every day, so its full value stands in.
 */
function costOf({ assetType, notional, marketValue, unrealizedPnl }: PositionView): number | null {
  const value = assetType === "FUTURE" ? notional : marketValue;
  return isKnown(value) && isKnown(unrealizedPnl) ? value - unrealizedPnl : null;
}

function kindOf(optionsOnly: boolean, cost: number | null, gross: number | null): TradeKind {
  if (cost === null || gross === null) return "unknown";
  if (Math.abs(cost) <= NEXT_TO_NOTHING * gross || cost === 0) return "even";
  if (!optionsOnly) return "linear";
  return cost < 0 ? "credit" : "debit";
}

/** The most that one contract can make or lose. A price does not fall below 0. */
function boundsOf(
  position: PositionView,
  quantity: number,
  basis: number | null,
): { readonly maxProfit: Bound; readonly maxLoss: Bound } {
  const { assetType, right, strike, notional, underlyingPrice } = position;
  if (!isOption(assetType)) return { maxProfit: "unlimited", maxLoss: quantity > 0 ? basis : "unlimited" };
  if (quantity > 0 && right === "C") return { maxProfit: "unlimited", maxLoss: basis };
  if (right === "C") return { maxProfit: basis, maxLoss: "unlimited" };
  // Notional is units × underlying price in the base currency: with the strike for the price it is what a put can pay.
  const share = quantity / position.quantity;
  const atStrike = strike === null || !isKnown(notional) || !isKnown(underlyingPrice) || underlyingPrice <= 0
    ? null
    : Math.abs(notional * share) * strike / underlyingPrice;
  const beyondPremium = atStrike === null || basis === null ? null : atStrike - basis;
  return quantity > 0 ? { maxProfit: beyondPremium, maxLoss: basis } : { maxProfit: basis, maxLoss: beyondPremium };
}

function hasAny({ flags }: PositionView, among: readonly Flag[]): boolean {
  for (let i = 0; i < flags.length; i++) if (among.includes(flags[i]!)) return true;
  return false;
}

function finite(value: number | null): number | null {
  return isKnown(value) ? value : null;
}

function times(value: number | null, factor: number): number | null {
  return isKnown(value) ? value * factor : null;
}
