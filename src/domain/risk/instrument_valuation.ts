/**
 * Every instrument's mark, greeks, underlying price and rate at this turn, in columns: what all leaves of it share.
 *
 * NaN means missing. Greeks are per unit of underlying as the broker gives them: delta and gamma per 1.00 of spot, vega
 * per volatility point, theta per calendar day.
 */
import { type InstrumentIndex, QUOTE_FIELDS, QuoteField } from "../event.ts";
import { isOption } from "../instrument.ts";
import type { InstrumentRegistry } from "../instrument_registry.ts";
import type { ContractCalendar } from "../market/contract_calendar.ts";
import type { FxRates } from "../market/fx_rates.ts";
import { type Mark, markPrice } from "../market/mark.ts";
import type { QuoteTable } from "../market/quote_table.ts";
import { BIT, type FlagSet } from "../quality/flag_set.ts";
import { quoteFlags } from "../quality/quote_checks.ts";
import type { QualitySettings } from "../settings.ts";
import type { EpochMs, IsoDate } from "../time.ts";
import type { MarkSource } from "./snapshot.ts";

export interface BrokerMark {
  readonly price: number;
  readonly at: EpochMs;
}

/** What the valuation reads. */
export interface MarketState {
  readonly registry: InstrumentRegistry;
  readonly quotes: QuoteTable;
  readonly calendar: ContractCalendar;
  readonly fx: FxRates;
  /** Prices from the broker's account updates. */
  readonly brokerMarks: ReadonlyMap<InstrumentIndex, BrokerMark>;
  /** Option to the instrument it is written on. */
  readonly underlyings: ReadonlyMap<InstrumentIndex, InstrumentIndex>;
  /** Quotes of the broker cannot be live now. */
  readonly linkDead: boolean;
}

/** One instrument at this turn. Mutable and reused: read it before the next turn. */
export interface InstrumentValue {
  markLong: number;
  markShort: number;
  sourceLong: MarkSource;
  sourceShort: MarkSource;
  /** When the price behind the mark arrived; 0 when never. */
  markAt: EpochMs;
  /** Previous close of the right session, else NaN. */
  close: number;
  closeDate: IsoDate | null;
  /** The underlying's own price; for a linear instrument its mark. */
  spot: number;
  delta: number;
  gamma: number;
  vega: number;
  theta: number;
  impliedVolatility: number;
  /** Base currency for one unit of the instrument's. */
  fx: number;
  expired: boolean;
  option: boolean;
  /** Of the quote and its mark. */
  flags: FlagSet;
  /** Last mark made of a quote, held while the market is closed. */
  held: number;
  heldSource: MarkSource;
}

/** A ratio of two prices this near to 100 or 1/100 looks like pence for pounds. */
const MAGNIFIER_TOLERANCE = 0.05;

export class InstrumentValuation {
  readonly #values: InstrumentValue[] = [];
  readonly #long: Mark = { price: NaN, source: "none", flags: 0 };
  readonly #short: Mark = { price: NaN, source: "none", flags: 0 };

  at(instrument: InstrumentIndex): InstrumentValue {
    const value = this.#values[instrument];
    if (value === undefined) throw new RangeError(`Cannot value instrument ${instrument}: it is not registered`);
    return value;
  }

  get size(): number {
    return this.#values.length;
  }

  /** Values all instruments as of `now`. The calendar must have been moved there before. */
  update(market: MarketState, settings: QualitySettings, base: string | null, now: EpochMs): void {
    const { registry } = market;
    while (this.#values.length < registry.size) this.#values.push(unvalued());
    for (let i = 0; i < registry.size; i++) this.#valueOne(i, market, settings, base, now);
    // Underlyings are marked by now, in whatever order they were registered.
    for (let i = 0; i < registry.size; i++) this.#placeOnUnderlying(i, market);
  }

  #valueOne(
    i: InstrumentIndex,
    market: MarketState,
    settings: QualitySettings,
    base: string | null,
    now: EpochMs,
  ): void {
    const { registry, quotes, calendar, fx } = market;
    const instrument = registry.at(i);
    const value = this.#values[i]!;
    const row = i * QUOTE_FIELDS;
    const columns = quotes.values;
    const column = (field: QuoteField): number => columns[row + field] ?? NaN;
    const option = isOption(instrument.assetType);
    const accountMark = market.brokerMarks.get(i);
    const tickMark = column(QuoteField.brokerMark);
    const brokerMark = tickMark === tickMark ? tickMark : accountMark?.price ?? NaN;
    const close = column(QuoteField.close);
    const inputs = {
      bid: column(QuoteField.bid),
      ask: column(QuoteField.ask),
      last: column(QuoteField.last),
      close,
      brokerMark,
      modelPrice: column(QuoteField.modelPrice),
    };
    const phase = calendar.phase(i);
    const marketOpen = phase === "open" || phase === "unknown" || (!option && (phase === "pre" || phase === "post"));

    value.option = option;
    value.expired = calendar.isExpired(i);
    value.fx = base === null ? NaN : instrument.currency === base ? 1 : fx.rate(instrument.currency, base);
    value.delta = option ? column(QuoteField.delta) : 1;
    value.gamma = option ? column(QuoteField.gamma) : 0;
    value.vega = option ? column(QuoteField.vega) : 0;
    value.theta = option ? column(QuoteField.theta) : 0;
    value.impliedVolatility = option ? column(QuoteField.impliedVolatility) : NaN;
    value.flags = quoteFlags({
      ...inputs,
      isOption: option,
      delta: value.delta,
      gamma: value.gamma,
      vega: value.vega,
      line: quotes.line(i),
      dataType: quotes.dataType(i),
      arrivedAt: quotes.arrivedAt(i),
      brokerTime: quotes.lastBrokerTime(i),
      marketOpen,
    }, { dead: market.linkDead, now, staleMs: settings.staleSeconds * 1000 });
    if ((value.flags & BIT.BAD_GREEKS) !== 0) {
      value.delta =
        value.gamma =
        value.vega =
        value.theta =
          NaN;
    }
    if (instrument.assetType === "UNKNOWN") value.flags |= BIT.UNKNOWN_TYPE;

    this.#setClose(value, i, close, market);
    const long = markPrice(instrument.assetType, false, inputs, settings, this.#long);
    const short = markPrice(instrument.assetType, true, inputs, settings, this.#short);
    value.flags |= long.flags & ~BIT.NO_MARK;
    value.markAt = long.source === "broker" && tickMark !== tickMark
      ? accountMark?.at ?? 0
      : quotes.pricedAt(i) || quotes.arrivedAt(i);
    value.markLong = long.price;
    value.sourceLong = long.source;
    value.markShort = short.price;
    value.sourceShort = short.source;
    if (long.source === "mid" || long.source === "last") {
      value.held = long.price;
      value.heldSource = long.source;
    } else if (!marketOpen && value.held === value.held) {
      // The quote goes away at the close; the mark does not.
      value.markLong = value.markShort = value.held;
      value.sourceLong = value.sourceShort = value.heldSource;
    }
    if (looksMagnified(value.markLong, accountMark?.price ?? NaN)) value.flags |= BIT.MAGNIFIER_SUSPECT;
  }

  #setClose(value: InstrumentValue, i: InstrumentIndex, close: number, market: MarketState): void {
    const { calendar, quotes } = market;
    value.close = NaN;
    value.closeDate = null;
    if (close !== close) return;
    value.closeDate = calendar.sessionClosedBefore(i, quotes.closeAt(i));
    // A close of the wrong session is shown with its date and not used.
    if (value.closeDate !== null && value.closeDate === calendar.previousSession(i)) value.close = close;
  }

  #placeOnUnderlying(i: InstrumentIndex, market: MarketState): void {
    const value = this.#values[i]!;
    if (!value.option) {
      value.spot = value.markLong;
      return;
    }
    const link = market.underlyings.get(i);
    const own = link === undefined ? NaN : this.#values[link]?.markLong ?? NaN;
    const computed = market.quotes.value(i, QuoteField.underlyingPrice);
    value.spot = own === own ? own : (value.flags & (BIT.STALE | BIT.ROTATED)) === 0 ? computed : NaN;
    if (value.expired) this.#expire(i, value, market);
  }

  /** From its expiry time on an option is worth its intrinsic value, until the broker removes it. */
  #expire(i: InstrumentIndex, value: InstrumentValue, market: MarketState): void {
    const { strike, right } = market.registry.at(i);
    value.flags |= BIT.EXPIRED;
    value.delta =
      value.gamma =
      value.vega =
      value.theta =
        NaN;
    if (strike === null || right === null || value.spot !== value.spot) return;
    const intrinsic = Math.max(0, right === "C" ? value.spot - strike : strike - value.spot);
    value.markLong = value.markShort = intrinsic;
    value.sourceLong = value.sourceShort = "intrinsic";
  }
}

function looksMagnified(mark: number, accountPrice: number): boolean {
  const ratio = mark / accountPrice;
  return Math.abs(ratio / 100 - 1) < MAGNIFIER_TOLERANCE || Math.abs(ratio * 100 - 1) < MAGNIFIER_TOLERANCE;
}

function unvalued(): InstrumentValue {
  return {
    markLong: NaN,
    markShort: NaN,
    sourceLong: "none",
    sourceShort: "none",
    markAt: 0,
    close: NaN,
    closeDate: null,
    spot: NaN,
    delta: NaN,
    gamma: NaN,
    vega: NaN,
    theta: NaN,
    impliedVolatility: NaN,
    fx: NaN,
    expired: false,
    option: false,
    flags: 0,
    held: NaN,
    heldSource: "none",
  };
}
