/**
 * Market-data ticks to quote fields. NaN is the columns' mark for "missing"; a number that comes out of here is real and
 * in the instrument's currency, the price magnifier taken off.
 */
import { QuoteField } from "../../../domain/event.ts";
import type { AssetType } from "../../../domain/instrument.ts";
import { isOption } from "../../../domain/instrument.ts";
import { present } from "./numbers.ts";

/** IBKR's tick numbers of prices, live and delayed, to the field they fill. */
export const PRICE_TICKS: ReadonlyMap<number, QuoteField> = new Map([
  [1, QuoteField.bid],
  [2, QuoteField.ask],
  [4, QuoteField.last],
  [9, QuoteField.close],
  [37, QuoteField.brokerMark],
  [66, QuoteField.bid],
  [67, QuoteField.ask],
  [68, QuoteField.last],
  [75, QuoteField.close],
]);

/** A bid, ask or last, live or delayed: what a subscription pays for. */
export function isQuote(tick: number): boolean {
  return tick === 1 || tick === 2 || tick === 4 || (tick >= 66 && tick <= 68);
}

export const SIZE_TICKS: ReadonlyMap<number, QuoteField> = new Map([
  [0, QuoteField.bidSize],
  [3, QuoteField.askSize],
  [69, QuoteField.bidSize],
  [70, QuoteField.askSize],
]);

/** The option model's own computation, live and delayed. Those of bid, ask and last (10–12, 80–82) are not used. */
export function isModelComputation(tick: number): boolean {
  return tick === 13 || tick === 83;
}

/** Time of the last trade, as text in seconds since 1970. */
export function isTimestamp(tick: number): boolean {
  return tick === 45 || tick === 88;
}

export function isDelayed(tick: number): boolean {
  return (tick >= 66 && tick <= 76) || (tick >= 80 && tick <= 83) || tick === 88 || tick === 90 || tick === 103 ||
    tick === 104;
}

/** What the meaning of a price depends on. */
export interface PriceContext {
  readonly assetType: AssetType;
  readonly priceMagnifier: number;
}

/**
 * A price tick in the instrument's currency; NaN when it says "no price".
 *
 * −1 with nothing behind it is IBKR's "none"; only a future can really trade at −1, and then there is a size. An ask of 0
 * is "none", a bid of 0 is real. A last of 0 is real for an option (worthless), a close of 0 is "none" for all but
 * futures: a close that may be unknown must not turn into a day's profit.
 */
export function decodePrice(
  field: QuoteField,
  price: number | undefined,
  size: number | undefined,
  context: PriceContext,
): number {
  const value = present(price);
  if (value === null) return NaN;
  const mayBeNegative = context.assetType === "FUTURE";
  if (value === -1 && !(mayBeNegative && (present(size) ?? 0) > 0)) return NaN;
  if (value < 0 && !mayBeNegative) return NaN;
  if (value === 0 && !zeroIsReal(field, context.assetType)) return NaN;
  return value / context.priceMagnifier;
}

function zeroIsReal(field: QuoteField, assetType: AssetType): boolean {
  switch (field) {
    case QuoteField.bid:
      return true;
    case QuoteField.ask:
      return false;
    case QuoteField.close:
      return assetType === "FUTURE";
    default:
      return isOption(assetType) || assetType === "FUTURE";
  }
}

/** A size; NaN when missing or below 0. */
export function decodeSize(size: number | undefined): number {
  const value = present(size);
  return value === null || value < 0 ? NaN : value;
}

/** An option computation as it stands on the wire; undefined where the field was empty, unset or no number. */
export interface OptionComputation {
  readonly impliedVolatility: number | undefined;
  readonly delta: number | undefined;
  readonly optionPrice: number | undefined;
  readonly pvDividend: number | undefined;
  readonly gamma: number | undefined;
  readonly vega: number | undefined;
  readonly theta: number | undefined;
  readonly underlyingPrice: number | undefined;
}

export interface Greeks {
  impliedVolatility: number;
  delta: number;
  gamma: number;
  vega: number;
  theta: number;
  underlyingPrice: number;
  modelPrice: number;
}

/**
 * Greeks of a model computation, written into `into`. "Not computed" is −1 for volatility, price and underlying price
 * and −2 for delta; −2 for gamma, vega and theta only when delta is −2 too, since a theta of −2.00 is an ordinary one. A
 * delta of −1 is a real delta.
 */
export function decodeComputation(raw: OptionComputation, priceMagnifier: number, into: Greeks): void {
  const computed = raw.delta !== -2;
  into.impliedVolatility = unlessMinusOne(raw.impliedVolatility);
  into.delta = computed ? orNaN(raw.delta) : NaN;
  into.gamma = computed || raw.gamma !== -2 ? orNaN(raw.gamma) : NaN;
  into.vega = computed || raw.vega !== -2 ? orNaN(raw.vega) : NaN;
  into.theta = computed || raw.theta !== -2 ? orNaN(raw.theta) : NaN;
  into.underlyingPrice = unlessMinusOne(raw.underlyingPrice) / priceMagnifier;
  into.modelPrice = unlessMinusOne(raw.optionPrice) / priceMagnifier;
}

function orNaN(value: number | undefined): number {
  return present(value) ?? NaN;
}

function unlessMinusOne(value: number | undefined): number {
  return value === -1 ? NaN : orNaN(value);
}
