/**
 * What one holding of one account is worth and has earned, in the base currency.
 *
 *   unrealizedPnl = quantity × multiplier × (mark − avgPrice) × fx
 *   dailyPnl      = (Q·m·mark − Q₀·m·close − m·Σ q·price) × fx − Σ commissions, with Q = Q₀ + Σ q
 *
 * NaN means unknown, and `…Reason` is the flag that says why. Quantity 0 is worth 0, whatever the mark.
 */
import type { Instrument } from "../instrument.ts";
import type { FxRates } from "../market/fx_rates.ts";
import { type LeafIndex, type PositionBook, QUANTITY_TOLERANCE } from "../position_book.ts";
import { BIT, type FlagSet } from "../quality/flag_set.ts";
import type { RiskSettings } from "../settings.ts";
import type { FillSums } from "../session_fills.ts";
import { type InstrumentValue, whyNoSpot } from "./instrument_valuation.ts";
import type { DailyPnlSource } from "./snapshot.ts";

/** Mutable and reused: read it before the next turn. */
export interface LeafValue {
  leaf: LeafIndex;
  quantity: number;
  avgPrice: number;
  mark: number;
  marketValue: number;
  /** units × mark × fx, futures included: what gross and net market value add up. FOREX 0. */
  fullMarketValue: number;
  notional: number;
  exposure: number;
  unrealizedPnl: number;
  dailyPnl: number;
  dailyPnlSource: DailyPnlSource;
  realizedPnl: number;
  fxPnl: number;
  brokerUnrealizedPnl: number;
  brokerDailyPnl: number;
  /** Why a number is unknown; 0 when it is known. */
  markReason: FlagSet;
  exposureReason: FlagSet;
  unrealizedReason: FlagSet;
  dailyReason: FlagSet;
  realizedReason: FlagSet;
  fxReason: FlagSet;
  /** Why the daily figure is not our own, when the broker's stands in. */
  dailyFlags: FlagSet;
  /** It is what an earlier run stored. */
  restored: boolean;
  /** What its source said of it is of before: stored, or told by a broker that is away. */
  stale: boolean;
}

export interface ValuationContext {
  readonly positions: PositionBook;
  readonly fx: FxRates;
  readonly base: string | null;
  readonly notionalBasis: RiskSettings["notionalBasis"];
  /** Rate to the base currency of each account's currency, by the account's index in the book; NaN while unknown. */
  readonly accountRates: readonly number[];
  /** Whether each account's source is away, by the account's index in the book. */
  readonly accountsAway: readonly boolean[];
  /** Rate to the base currency at the previous close; NaN when unknown. */
  fxAtClose(currency: string): number;
}

const NO_FILLS: FillSums = { quantity: 0, bought: 0, cost: 0, commissions: new Map(), realized: new Map() };

/** Values one leaf into `out`. */
export function valueLeaf(
  out: LeafValue,
  instrument: Instrument,
  value: InstrumentValue,
  context: ValuationContext,
): void {
  const { positions } = context;
  const { leaf } = out;
  const quantity = positions.quantity[leaf]!;
  const avgPrice = positions.avgPrice[leaf]!;
  const mark = quantity < 0 ? value.markShort : value.markLong;
  const units = quantity * instrument.multiplier;
  const flat = quantity === 0;
  const forex = instrument.assetType === "FOREX";
  const future = instrument.assetType === "FUTURE";

  const markReason = flat ? 0 : mark !== mark ? BIT.NO_MARK : value.fx !== value.fx ? BIT.FX_MISSING : 0;
  const worth = flat ? 0 : units * mark * value.fx;
  const dollarDelta = flat || forex ? 0 : units * value.delta * value.spot * value.fx;
  const deltaReason = dollarDelta === dollarDelta
    ? 0
    : value.delta !== value.delta
    ? (value.expired ? BIT.EXPIRED : BIT.DATA_MISSING)
    : whyNoSpot(value);
  const notional = flat ? 0 : value.option ? units * value.spot * value.fx : worth;
  const unrealizedPnl = flat ? 0 : units * (mark - avgPrice) * value.fx;

  const figures = positions.brokerFigures(leaf);
  const account = positions.account[leaf]!;
  const figuresFx = figures === null ? NaN : rateOfFigures(figures.currency, account, instrument, value, context);
  const fills = positions.fills(leaf)?.sums ?? NO_FILLS;
  const complete = positions.fillsComplete(leaf);
  const own = complete ? ownDailyPnl(leaf, instrument, value, fills, context) : NaN;
  const brokerDaily = (figures?.pnl.dailyPnl ?? NaN) * figuresFx;
  const dailyPnl = own === own ? own : brokerDaily;
  const rateEffect = fxPnl(leaf, instrument, value, context);
  const dailyGap = own === own ? 0 : whyNotOwn(positions.openingQuantity[leaf]!, value, markReason, complete);
  const told = (figures?.pnl.realizedPnl ?? NaN) * figuresFx;
  const realized = complete ? realizedByFills(leaf, fills, told, context) : told;
  out.quantity = quantity;
  out.avgPrice = avgPrice;
  out.mark = mark;
  out.marketValue = future || forex ? 0 : worth;
  out.fullMarketValue = forex ? 0 : worth;
  out.notional = notional;
  out.exposure = exposureOf(context.notionalBasis, forex, dollarDelta, worth, notional);
  out.unrealizedPnl = unrealizedPnl;
  out.dailyPnl = dailyPnl;
  out.dailyPnlSource = own === own ? "own" : dailyPnl === dailyPnl ? "broker" : "none";
  out.realizedPnl = realized;
  out.fxPnl = rateEffect;
  out.brokerUnrealizedPnl = (figures?.pnl.unrealizedPnl ?? NaN) * figuresFx;
  out.brokerDailyPnl = brokerDaily;
  out.markReason = markReason;
  out.exposureReason = out.exposure === out.exposure
    ? 0
    : context.notionalBasis === "delta"
    ? deltaReason
    : context.notionalBasis === "notional" && value.option
    ? whyNoSpot(value)
    : markReason;
  out.unrealizedReason = flat ? 0 : markReason !== 0 ? markReason : avgPrice !== avgPrice ? BIT.NO_AVG_PRICE : 0;
  out.dailyReason = dailyPnl === dailyPnl ? 0 : dailyGap;
  out.realizedReason = realized === realized ? 0 : whyNotRealized(complete, leaf, positions);
  out.fxReason = rateEffect === rateEffect ? 0 : whyNoRateEffect(positions.openingKnown(leaf), value);
  out.restored = positions.isRestored(leaf);
  // What has no price is in no total, as of whenever it is.
  out.stale = out.restored || (context.accountsAway[account] === true && (value.flags & BIT.MISSING) === 0);
  out.dailyFlags = dailyGap | (positions.explanation(leaf) === "split" ? BIT.SPLIT_SUSPECT : 0);
}

/** The broker's figures of a holding are in the account's currency unless they say otherwise. */
function rateOfFigures(
  currency: string | null,
  account: number,
  instrument: Instrument,
  value: InstrumentValue,
  { accountRates, fx, base }: ValuationContext,
): number {
  if (currency === null) return accountRates[account] ?? NaN;
  if (currency === instrument.currency) return value.fx;
  return base === null ? NaN : fx.rate(currency, base);
}

/**
 * What the session's fills realized, all of them known. IB's commission reports say it. Of another broker, whose fees do not,
 * it is 0 as long as nothing was closed, whatever its figure counts; else that figure, or unknown.
 *
 * @param told the broker's own figure in the base currency; NaN without one
 */
function realizedByFills(leaf: LeafIndex, fills: FillSums, told: number, context: ValuationContext): number {
  const { positions, fx, base } = context;
  if (!hasUntoldProfits(leaf, positions)) return amountIn(base, fills.realized, fx);
  const sold = fills.bought - fills.quantity;
  const opening = settled(positions.openingQuantity[leaf]!);
  const onlyOpened = (opening >= 0 && settled(sold) === 0) || (opening <= 0 && settled(fills.bought) === 0);
  return onlyOpened ? 0 : told;
}

function whyNotRealized(complete: boolean, leaf: LeafIndex, positions: PositionBook): FlagSet {
  return complete && !hasUntoldProfits(leaf, positions) ? BIT.FX_MISSING : BIT.FILLS_INCOMPLETE;
}

/** Its broker does not say of a fill what it realized. */
function hasUntoldProfits(leaf: LeafIndex, positions: PositionBook): boolean {
  return positions.accounts[positions.account[leaf]!]!.source === "FUTU";
}

function whyNoRateEffect(openingKnown: boolean, value: InstrumentValue): FlagSet {
  if (!openingKnown) return BIT.FILLS_INCOMPLETE;
  return value.close !== value.close ? BIT.NO_CLOSE : BIT.FX_MISSING;
}

/** A leaf before its first valuation. */
export function unvaluedLeaf(leaf: LeafIndex): LeafValue {
  return {
    leaf,
    quantity: NaN,
    avgPrice: NaN,
    mark: NaN,
    marketValue: NaN,
    fullMarketValue: NaN,
    notional: NaN,
    exposure: NaN,
    unrealizedPnl: NaN,
    dailyPnl: NaN,
    dailyPnlSource: "none",
    realizedPnl: NaN,
    fxPnl: NaN,
    brokerUnrealizedPnl: NaN,
    brokerDailyPnl: NaN,
    markReason: 0,
    exposureReason: 0,
    unrealizedReason: 0,
    dailyReason: 0,
    realizedReason: 0,
    fxReason: 0,
    dailyFlags: 0,
    restored: false,
    stale: false,
  };
}

/** Why a daily figure of our own cannot be had; the last resort is a commission in a currency without a rate. */
function whyNotOwn(opening: number, value: InstrumentValue, markReason: FlagSet, complete: boolean): FlagSet {
  if (markReason !== 0) return markReason;
  if (!complete) return BIT.FILLS_INCOMPLETE;
  return value.fx === value.fx && opening !== 0 && value.close !== value.close ? BIT.NO_CLOSE : BIT.FX_MISSING;
}

/** NaN when the mark, the close or a rate that it needs is missing. */
function ownDailyPnl(
  leaf: LeafIndex,
  instrument: Instrument,
  value: InstrumentValue,
  fills: FillSums,
  context: ValuationContext,
): number {
  const { positions, fx, base } = context;
  const opening = settled(positions.openingQuantity[leaf]!);
  // What is held by the fills' account: a fill and its position update may be a moment apart.
  const held = settled(opening + fills.quantity);
  const mark = held < 0 ? value.markShort : value.markLong;
  const now = held === 0 ? 0 : held * mark;
  const before = opening === 0 ? 0 : opening * value.close;
  const commissions = amountIn(base, fills.commissions, fx);
  const change = instrument.multiplier * (now - before - fills.cost);
  return (change === 0 ? 0 : change * value.fx) - commissions;
}

/** The effect of the rate's change on what was held at the previous close; NaN when that, or a rate, is not known. */
function fxPnl(leaf: LeafIndex, instrument: Instrument, value: InstrumentValue, context: ValuationContext): number {
  const { positions, base } = context;
  // A future's value was settled in cash, and a currency position is its own effect of the rate.
  if (instrument.currency === base || instrument.assetType === "FUTURE" || instrument.assetType === "FOREX") return 0;
  if (!positions.openingKnown(leaf)) return NaN;
  const opening = settled(positions.openingQuantity[leaf]!);
  if (opening === 0) return 0;
  return opening * instrument.multiplier * value.close * (value.fx - context.fxAtClose(instrument.currency));
}

function exposureOf(
  basis: RiskSettings["notionalBasis"],
  forex: boolean,
  dollarDelta: number,
  worth: number,
  notional: number,
): number {
  if (forex) return 0;
  return basis === "delta" ? dollarDelta : basis === "market_value" ? worth : notional;
}

/** Sums amounts of several currencies; NaN when a rate is missing. An empty set is a true 0. */
function amountIn(base: string | null, amounts: ReadonlyMap<string, number>, fx: FxRates): number {
  let sum = 0;
  if (amounts.size === 0) return 0;
  for (const [currency, amount] of amounts) {
    if (amount !== 0) sum += base === null ? NaN : amount * fx.rate(currency, base);
  }
  return sum;
}

/** A remainder of adding fractions is no holding. */
function settled(quantity: number): number {
  return Math.abs(quantity) < QUANTITY_TOLERANCE ? 0 : quantity;
}
