/**
 * The book by contract: leaves of one instrument added up to a position, with its greeks and exposure.
 *
 * A manual entry for a contract that a broker holds is left out: the broker's row counts, never both. In the `expected`
 * book all are.
 */
import type { InstrumentIndex } from "../event.ts";
import type { Instrument } from "../instrument.ts";
import { type LeafIndex, type PositionBook, QUANTITY_TOLERANCE } from "../position_book.ts";
import { BIT, type FlagSet } from "../quality/flag_set.ts";
import { manualEntryCounts, type ReconciliationSettings } from "../quality/reconciliation.ts";
import type { BetaEstimate } from "./beta.ts";
import { type InstrumentValue, lacksGreeks, whyNoSpot } from "./instrument_valuation.ts";
import { type LeafValue, unvaluedLeaf, type ValuationContext, valueLeaf } from "./leaf_valuation.ts";
import type { DailyPnlSource, ExpiryBucket, UnderlyingView } from "./snapshot.ts";

/**
 * One contract held, in numbers; NaN is unknown and the reason beside it says why. Amounts in the base currency. Mutable and
 * reused: read it before the next turn.
 */
export interface PositionValue {
  readonly index: InstrumentIndex;
  readonly instrument: Instrument;
  readonly value: InstrumentValue;
  /** The broker's numbers of the contract. */
  readonly conIds: readonly number[];
  /** Those that count: without manual ones where a broker holds the contract. */
  leaves: readonly LeafValue[];
  /** Null for what never expires. */
  daysToExpiry: number | null;
  bucket: ExpiryBucket;
  quantity: number;
  avgPrice: number;
  mark: number;
  marketValue: number;
  grossMarketValue: number;
  fullMarketValue: number;
  notional: number;
  exposure: number;
  /** Σ|leaf exposure|: opposite leaves do not cancel. */
  grossExposure: number;
  unrealizedPnl: number;
  dailyPnl: number;
  dailyPnlSource: DailyPnlSource;
  realizedPnl: number;
  fxPnl: number;
  /** Units of the underlying. */
  delta: number;
  dollarDelta: number;
  betaWeightedDelta: number;
  beta: number;
  gamma: number;
  gammaDollars1Pct: number;
  /** In the instrument's currency. */
  vega: number;
  theta: number;
  markReason: FlagSet;
  exposureReason: FlagSet;
  unrealizedReason: FlagSet;
  dailyReason: FlagSet;
  realizedReason: FlagSet;
  fxReason: FlagSet;
  greeksReason: FlagSet;
  dollarReason: FlagSet;
  betaReason: FlagSet;
  flags: FlagSet;
}

/** How a name moves with the reference, and where that number comes from. */
export interface NameBeta {
  readonly beta: number;
  readonly source: UnderlyingView["betaSource"];
  /** What a computed one rests on; null for others. */
  readonly estimate: BetaEstimate | null;
  /** Why the newest attempt to compute one failed; null when it did not or was not made. */
  readonly obstacle: string | null;
}

/** All leaves of one instrument, in the order of sight. */
export interface PositionGroup {
  readonly position: PositionValue;
  readonly leaves: readonly LeafValue[];
  /** The leaves without the manual ones; the same array when there are none. */
  readonly brokerLeaves: readonly LeafValue[];
}

/**
 * Groups the live leaves by instrument; manual ones that count beside no broker are left out. Depends on who holds what
 * alone, not on quantities or quotes.
 */
export function groupLeaves(
  positions: PositionBook,
  instruments: { at(index: InstrumentIndex): Instrument },
  values: { at(index: InstrumentIndex): InstrumentValue },
  manual: ReconciliationSettings["manual"],
): PositionGroup[] {
  const isBroker = (leaf: LeafIndex): boolean => positions.accounts[positions.account[leaf]!]!.source !== "MANUAL";
  const manualCounts = manualEntryCounts(manual, false);
  const groups = new Map<InstrumentIndex, LeafValue[]>();
  for (let leaf = 0; leaf < positions.count; leaf++) {
    if (!positions.isAlive(leaf) || !(manualCounts || isBroker(leaf))) continue;
    const index = positions.instrument[leaf]!;
    const group = groups.get(index);
    if (group === undefined) groups.set(index, [unvaluedLeaf(leaf)]);
    else group.push(unvaluedLeaf(leaf));
  }
  return [...groups].map(([index, leaves]) => ({
    position: unvaluedPosition(index, instruments.at(index), values.at(index)),
    leaves,
    brokerLeaves: leaves.every(({ leaf }) => isBroker(leaf)) ? leaves : leaves.filter(({ leaf }) => isBroker(leaf)),
  }));
}

/** Drops manual leaves where a broker holds the same contract. */
function countedLeaves(group: PositionGroup, positions: PositionBook): readonly LeafValue[] {
  const { leaves, brokerLeaves } = group;
  if (brokerLeaves === leaves) return leaves;
  return brokerLeaves.some(({ leaf }) => positions.quantity[leaf] !== 0) ? brokerLeaves : leaves;
}

/**
 * Values the leaves that count and adds them up to the group's position.
 *
 * @param indexPrice price of the beta reference in the base currency; NaN when unknown
 */
export function valuePosition(
  group: PositionGroup,
  context: ValuationContext,
  beta: NameBeta,
  indexPrice: number,
): PositionValue {
  const { position } = group;
  const { instrument, value } = position;
  position.leaves = countedLeaves(group, context.positions);
  for (const leaf of position.leaves) valueLeaf(leaf, instrument, value, context);
  sumLeaves(position);
  setGreeks(position, beta, indexPrice);
  return position;
}

/** Some of a valued position's leaves as a position of their own. */
export function partOf(
  whole: PositionValue,
  leaves: readonly LeafValue[],
  beta: NameBeta,
  indexPrice: number,
): PositionValue {
  const part = unvaluedPosition(whole.index, whole.instrument, whole.value);
  part.daysToExpiry = whole.daysToExpiry;
  part.bucket = whole.bucket;
  part.leaves = leaves;
  sumLeaves(part);
  setGreeks(part, beta, indexPrice);
  return part;
}

function setGreeks(position: PositionValue, { beta, source }: NameBeta, indexPrice: number): void {
  const { instrument, value, quantity } = position;
  const units = quantity * instrument.multiplier;
  const idle = instrument.assetType === "FOREX" || quantity === 0;
  const { spot, fx } = value;
  const delta = idle ? 0 : units * value.delta;
  const gamma = idle ? 0 : units * value.gamma;
  const dollarDelta = idle ? 0 : delta * spot * fx;
  const greeksReason = value.expired ? BIT.EXPIRED : BIT.DATA_MISSING;
  const missingGreeks = delta !== delta;
  const dollarReason = missingGreeks ? greeksReason : whyNoSpot(value);
  position.mark = quantity < 0 ? value.markShort : value.markLong;
  position.delta = delta;
  position.dollarDelta = dollarDelta;
  position.betaWeightedDelta = idle ? 0 : dollarDelta * beta / indexPrice;
  position.beta = beta;
  position.gamma = gamma;
  position.gammaDollars1Pct = idle || gamma === 0 ? 0 : gamma * spot * spot * 0.01 * fx;
  position.vega = idle ? 0 : units * value.vega;
  position.theta = idle ? 0 : units * value.theta;
  position.greeksReason = greeksReason;
  position.dollarReason = dollarReason;
  position.betaReason = dollarDelta === dollarDelta ? BIT.NO_UNDERLYING_PRICE : dollarReason;
  position.flags |= value.flags;
  if (idle) return;
  if (!value.expired && lacksGreeks(value)) position.flags |= BIT.DATA_MISSING;
  if (!missingGreeks && spot !== spot) position.flags |= dollarReason;
  if (fx !== fx) position.flags |= BIT.FX_MISSING;
  if (source === "default") position.flags |= BIT.BETA_DEFAULT;
  if (value.option && !missingGreeks) position.flags |= BIT.TAYLOR;
}

/** At least one of the amounts that names and buckets add up is unknown. */
export function isPartial(position: PositionValue): boolean {
  // A sum is NaN when any of its parts is, whatever their signs; opposite infinities make one too.
  const sum = position.grossExposure + position.marketValue + position.unrealizedPnl + position.dailyPnl +
    position.realizedPnl + position.dollarDelta + position.gammaDollars1Pct + position.vega + position.theta;
  return sum - sum !== 0;
}

/** One unknown leaf makes the position's sum unknown: a part that looks like the whole would be a wrong number. */
function sumLeaves(position: PositionValue): void {
  clearSums(position);
  const { leaves } = position;
  let quantity = 0;
  let flags = 0;
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i]!;
    quantity += leaf.quantity;
    position.marketValue += leaf.marketValue;
    position.grossMarketValue += Math.abs(leaf.fullMarketValue);
    position.fullMarketValue += leaf.fullMarketValue;
    position.notional += leaf.notional;
    position.exposure += leaf.exposure;
    position.grossExposure += Math.abs(leaf.exposure);
    position.unrealizedPnl += leaf.unrealizedPnl;
    position.dailyPnl += leaf.dailyPnl;
    position.realizedPnl += leaf.realizedPnl;
    position.fxPnl += leaf.fxPnl;
    if (leaf.dailyPnlSource === "none") position.dailyPnlSource = "none";
    else if (leaf.dailyPnlSource === "broker" && position.dailyPnlSource === "own") position.dailyPnlSource = "broker";
    position.markReason ||= leaf.markReason;
    position.exposureReason ||= leaf.exposureReason;
    position.unrealizedReason ||= leaf.unrealizedReason;
    position.dailyReason ||= leaf.dailyReason;
    position.realizedReason ||= leaf.realizedReason;
    position.fxReason ||= leaf.fxReason;
    flags |= leaf.stale ? leaf.dailyFlags | BIT.STALE : leaf.dailyFlags;
  }
  const { markReason, unrealizedReason, dailyReason, realizedReason } = position;
  position.flags = flags | markReason | unrealizedReason | dailyReason | realizedReason;
  position.quantity = Math.abs(quantity) < QUANTITY_TOLERANCE ? 0 : quantity;
  position.avgPrice = averagePrice(leaves, position.quantity);
}

function clearSums(position: PositionValue): void {
  position.marketValue = 0;
  position.grossMarketValue = 0;
  position.fullMarketValue = 0;
  position.notional = 0;
  position.exposure = 0;
  position.grossExposure = 0;
  position.unrealizedPnl = 0;
  position.dailyPnl = 0;
  position.dailyPnlSource = "own";
  position.realizedPnl = 0;
  position.fxPnl = 0;
  position.markReason = 0;
  position.exposureReason = 0;
  position.unrealizedReason = 0;
  position.dailyReason = 0;
  position.realizedReason = 0;
  position.fxReason = 0;
}

/** Weighted by quantity over the leaves on the net side; NaN when flat or when one of them is unknown. */
function averagePrice(leaves: readonly LeafValue[], net: number): number {
  if (net === 0) return NaN;
  let quantity = 0;
  let cost = 0;
  if (leaves.length === 1) return leaves[0]!.avgPrice;
  for (const leaf of leaves) {
    if (leaf.quantity === 0 || Math.sign(leaf.quantity) !== Math.sign(net)) continue;
    quantity += leaf.quantity;
    cost += leaf.quantity * leaf.avgPrice;
  }
  return cost / quantity;
}

/** A position before its first valuation. */
function unvaluedPosition(index: InstrumentIndex, instrument: Instrument, value: InstrumentValue): PositionValue {
  return {
    index,
    instrument,
    value,
    conIds: Object.freeze(instrument.conId === null ? [] : [instrument.conId]),
    leaves: [],
    daysToExpiry: null,
    bucket: "NO_EXPIRY",
    quantity: NaN,
    avgPrice: NaN,
    mark: NaN,
    marketValue: NaN,
    grossMarketValue: NaN,
    fullMarketValue: NaN,
    notional: NaN,
    exposure: NaN,
    grossExposure: NaN,
    unrealizedPnl: NaN,
    dailyPnl: NaN,
    dailyPnlSource: "none",
    realizedPnl: NaN,
    fxPnl: NaN,
    delta: NaN,
    dollarDelta: NaN,
    betaWeightedDelta: NaN,
    beta: NaN,
    gamma: NaN,
    gammaDollars1Pct: NaN,
    vega: NaN,
    theta: NaN,
    markReason: 0,
    exposureReason: 0,
    unrealizedReason: 0,
    dailyReason: 0,
    realizedReason: 0,
    fxReason: 0,
    greeksReason: 0,
    dollarReason: 0,
    betaReason: 0,
    flags: 0,
  };
}
