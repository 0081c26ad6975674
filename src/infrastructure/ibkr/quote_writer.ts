/** Writes decoded ticks into the quote columns. Allocates nothing: this runs for every tick. */
import type { Clock } from "../../application/ports/clock.ts";
import { type InstrumentIndex, QuoteField, type QuoteTicks } from "../../domain/event.ts";
import {
  decodeComputation,
  decodePrice,
  decodeSize,
  type Greeks,
  type OptionComputation,
  PRICE_TICKS,
  type PriceContext,
  SIZE_TICKS,
} from "./decode/ticks.ts";

export class QuoteWriter {
  /** Filled anew by each computation. */
  readonly #greeks: Greeks = {
    impliedVolatility: NaN,
    delta: NaN,
    gamma: NaN,
    vega: NaN,
    theta: NaN,
    underlyingPrice: NaN,
    modelPrice: NaN,
  };

  constructor(readonly sink: QuoteTicks, readonly clock: Clock) {}

  /** `tick`, `price` and `size` as they stand on the wire; apart, so that no object is made for each tick. */
  price(
    index: InstrumentIndex,
    context: PriceContext,
    tick: number,
    price: number | undefined,
    size: number | undefined,
  ): void {
    const field = PRICE_TICKS.get(tick);
    if (field === undefined) return;
    const at = this.clock.now();
    this.sink.tick(index, field, decodePrice(field, price, size, context), at);
    if (field === QuoteField.bid) this.sink.tick(index, QuoteField.bidSize, decodeSize(size), at);
    else if (field === QuoteField.ask) this.sink.tick(index, QuoteField.askSize, decodeSize(size), at);
  }

  size(index: InstrumentIndex, tick: number, size: number | undefined): void {
    const field = SIZE_TICKS.get(tick);
    if (field !== undefined) this.sink.tick(index, field, decodeSize(size), this.clock.now());
  }

  /** The option model's computation: greeks come from it and from no other. */
  model(index: InstrumentIndex, context: PriceContext, computation: OptionComputation): void {
    const { sink } = this;
    const greeks = this.#greeks;
    const at = this.clock.now();
    decodeComputation(computation, context.priceMagnifier, greeks);
    sink.tick(index, QuoteField.impliedVolatility, greeks.impliedVolatility, at);
    sink.tick(index, QuoteField.delta, greeks.delta, at);
    sink.tick(index, QuoteField.gamma, greeks.gamma, at);
    sink.tick(index, QuoteField.vega, greeks.vega, at);
    sink.tick(index, QuoteField.theta, greeks.theta, at);
    sink.tick(index, QuoteField.underlyingPrice, greeks.underlyingPrice, at);
    sink.tick(index, QuoteField.modelPrice, greeks.modelPrice, at);
  }

  /** Seconds since 1970, as text. */
  timestamp(index: InstrumentIndex, text: string): void {
    const seconds = Number(text);
    if (seconds > 0 && Number.isFinite(seconds)) this.sink.brokerTime(index, seconds * 1000);
  }
}
