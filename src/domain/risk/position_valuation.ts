/**
 * The book by contract: leaves of one instrument added up to a position, with its greeks and exposure.
 *
 * A manual entry for a contract that a broker holds is left out (`supplement`): the broker's row counts, never both.
 */
import type { InstrumentIndex } from "../event.ts";
import type { Instrument } from "../instrument.ts";
import { type LeafIndex, type PositionBook, QUANTITY_TOLERANCE } from "../position_book.ts";
import { BIT, type FlagSet } from "../quality/flag_set.ts";
import { type InstrumentValue, lacksGreeks, whyNoSpot } from "./instrument_valuation.ts";
import type { LeafValue } from "./leaf_valuation.ts";
import type { DailyPnlSource } from "./snapshot.ts";

/** One contract held, in numbers; NaN is unknown and the reason beside it says why. Amounts in the base currency. */
export interface PositionValue {
  readonly index: InstrumentIndex;
  readonly instrument: Instrument;
  readonly value: InstrumentValue;
  readonly leaves: readonly LeafValue[];
  readonly quantity: number;
  readonly avgPrice: number;
  readonly mark: number;
  readonly marketValue: number;
  readonly grossMarketValue: number;
  readonly fullMarketValue: number;
  readonly notional: number;
  readonly exposure: number;
  /** Σ|leaf exposure|: opposite leaves do not cancel. */
  readonly grossExposure: number;
  readonly unrealizedPnl: number;
  readonly dailyPnl: number;
  readonly dailyPnlSource: DailyPnlSource;
  readonly realizedPnl: number;
  readonly fxPnl: number;
  /** Units of the underlying. */
  readonly delta: number;
  readonly dollarDelta: number;
  readonly betaWeightedDelta: number;
  readonly beta: number;
  readonly gamma: number;
  readonly gammaDollars1Pct: number;
  /** In the instrument's currency. */
  readonly vega: number;
  readonly theta: number;
  readonly markReason: FlagSet;
  readonly exposureReason: FlagSet;
  readonly unrealizedReason: FlagSet;
  readonly dailyReason: FlagSet;
  readonly realizedReason: FlagSet;
  readonly fxReason: FlagSet;
  readonly greeksReason: FlagSet;
  readonly dollarReason: FlagSet;
  readonly betaReason: FlagSet;
  readonly flags: FlagSet;
}

export interface BetaInputs {
  readonly beta: number;
  readonly isDefault: boolean;
  /** Price of the reference in the base currency; NaN when unknown. */
  readonly indexPrice: number;
}

/** Leaves of one instrument in the order of sight. */
export interface PositionGroup {
  readonly instrument: InstrumentIndex;
  readonly leaves: readonly LeafIndex[];
}

/** Groups the live leaves by instrument. */
export function groupLeaves(positions: PositionBook): PositionGroup[] {
  const groups = new Map<InstrumentIndex, LeafIndex[]>();
  for (let leaf = 0; leaf < positions.count; leaf++) {
    if (!positions.isAlive(leaf)) continue;
    const instrument = positions.instrument[leaf]!;
    const group = groups.get(instrument);
    if (group === undefined) groups.set(instrument, [leaf]);
    else group.push(leaf);
  }
  return [...groups].map(([instrument, leaves]) => ({ instrument, leaves }));
}

/** Drops manual leaves where a broker holds the same contract. */
export function countedLeaves(group: PositionGroup, positions: PositionBook): readonly LeafIndex[] {
  if (group.leaves.length === 1) return group.leaves;
  const isManual = (leaf: LeafIndex): boolean => positions.accounts[positions.account[leaf]!]!.source === "MANUAL";
  const brokerHolds = group.leaves.some((leaf) => !isManual(leaf) && positions.quantity[leaf] !== 0);
  return brokerHolds ? group.leaves.filter((leaf) => !isManual(leaf)) : group.leaves;
}

export function valuePosition(
  index: InstrumentIndex,
  instrument: Instrument,
  value: InstrumentValue,
  leaves: readonly LeafValue[],
  beta: BetaInputs,
): PositionValue {
  const sums = sumLeaves(leaves);
  const units = sums.quantity * instrument.multiplier;
  const forex = instrument.assetType === "FOREX";
  const idle = forex || sums.quantity === 0;
  const delta = idle ? 0 : units * value.delta;
  const gamma = idle ? 0 : units * value.gamma;
  const dollarDelta = idle ? 0 : delta * value.spot * value.fx;
  const gammaDollars = idle || gamma === 0 ? 0 : gamma * value.spot * value.spot * 0.01 * value.fx;
  const greeksReason = value.expired ? BIT.EXPIRED : BIT.DATA_MISSING;
  const spotReason = whyNoSpot(value);
  const betaWeightedDelta = idle ? 0 : dollarDelta * beta.beta / beta.indexPrice;
  const missingGreeks = delta !== delta;
  let flags = value.flags | sums.reasons;
  if (!idle) {
    if (!value.expired && lacksGreeks(value)) flags |= BIT.DATA_MISSING;
    if (!missingGreeks && value.spot !== value.spot) flags |= spotReason;
    if (value.fx !== value.fx) flags |= BIT.FX_MISSING;
    if (beta.isDefault) flags |= BIT.BETA_DEFAULT;
    if (value.option && !missingGreeks) flags |= BIT.TAYLOR;
  }
  return {
    ...sums,
    index,
    instrument,
    value,
    leaves,
    mark: sums.quantity < 0 ? value.markShort : value.markLong,
    delta,
    dollarDelta,
    betaWeightedDelta,
    beta: beta.beta,
    gamma,
    gammaDollars1Pct: gammaDollars,
    vega: idle ? 0 : units * value.vega,
    theta: idle ? 0 : units * value.theta,
    greeksReason,
    dollarReason: missingGreeks ? greeksReason : spotReason,
    betaReason: dollarDelta === dollarDelta ? BIT.NO_UNDERLYING_PRICE : missingGreeks ? greeksReason : spotReason,
    flags,
  };
}

/** At least one of the amounts that names and buckets add up is unknown. */
export function isPartial(position: PositionValue): boolean {
  // A sum is NaN when any of its parts is, whatever their signs; opposite infinities make one too.
  const sum = position.grossExposure + position.marketValue + position.unrealizedPnl + position.dailyPnl +
    position.realizedPnl + position.dollarDelta + position.gammaDollars1Pct + position.vega + position.theta;
  return sum - sum !== 0;
}

interface LeafSums {
  quantity: number;
  avgPrice: number;
  marketValue: number;
  grossMarketValue: number;
  fullMarketValue: number;
  notional: number;
  exposure: number;
  grossExposure: number;
  unrealizedPnl: number;
  dailyPnl: number;
  dailyPnlSource: DailyPnlSource;
  realizedPnl: number;
  fxPnl: number;
  markReason: FlagSet;
  exposureReason: FlagSet;
  unrealizedReason: FlagSet;
  dailyReason: FlagSet;
  realizedReason: FlagSet;
  fxReason: FlagSet;
  reasons: FlagSet;
}

/** One unknown leaf makes the position's sum unknown: a part that looks like the whole would be a wrong number. */
function sumLeaves(leaves: readonly LeafValue[]): LeafSums {
  const sums: LeafSums = {
    quantity: 0,
    avgPrice: NaN,
    marketValue: 0,
    grossMarketValue: 0,
    fullMarketValue: 0,
    notional: 0,
    exposure: 0,
    grossExposure: 0,
    unrealizedPnl: 0,
    dailyPnl: 0,
    dailyPnlSource: "own",
    realizedPnl: 0,
    fxPnl: 0,
    markReason: 0,
    exposureReason: 0,
    unrealizedReason: 0,
    dailyReason: 0,
    realizedReason: 0,
    fxReason: 0,
    reasons: 0,
  };
  for (const leaf of leaves) {
    sums.quantity += leaf.quantity;
    sums.marketValue += leaf.marketValue;
    sums.grossMarketValue += Math.abs(leaf.fullMarketValue);
    sums.fullMarketValue += leaf.fullMarketValue;
    sums.notional += leaf.notional;
    sums.exposure += leaf.exposure;
    sums.grossExposure += Math.abs(leaf.exposure);
    sums.unrealizedPnl += leaf.unrealizedPnl;
    sums.dailyPnl += leaf.dailyPnl;
    sums.realizedPnl += leaf.realizedPnl;
    sums.fxPnl += leaf.fxPnl;
    if (leaf.dailyPnlSource === "none") sums.dailyPnlSource = "none";
    else if (leaf.dailyPnlSource === "broker" && sums.dailyPnlSource === "own") sums.dailyPnlSource = "broker";
    sums.markReason ||= leaf.markReason;
    sums.exposureReason ||= leaf.exposureReason;
    sums.unrealizedReason ||= leaf.unrealizedReason;
    sums.dailyReason ||= leaf.dailyReason;
    sums.realizedReason ||= leaf.realizedReason;
    sums.fxReason ||= leaf.fxReason;
    sums.reasons |= leaf.dailyFlags;
  }
  if (Math.abs(sums.quantity) < QUANTITY_TOLERANCE) sums.quantity = 0;
  sums.reasons |= sums.markReason | sums.unrealizedReason | sums.dailyReason | sums.realizedReason;
  sums.avgPrice = averagePrice(leaves, sums.quantity);
  return sums;
}

/** Weighted by quantity over the leaves on the net side; NaN when flat or when one of them is unknown. */
function averagePrice(leaves: readonly LeafValue[], net: number): number {
  if (net === 0) return NaN;
  let quantity = 0;
  let cost = 0;
  for (const leaf of leaves) {
    if (leaf.quantity === 0 || Math.sign(leaf.quantity) !== Math.sign(net)) continue;
    quantity += leaf.quantity;
    cost += leaf.quantity * leaf.avgPrice;
  }
  return cost / quantity;
}
