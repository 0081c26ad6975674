/**
 * Every instrument's mark, greeks, underlying price and rate at this turn, in columns: what all leaves of it share.
 *
 * NaN means missing. Greeks are per unit of underlying as the broker gives them: delta and gamma per 1.00 of spot, vega
 * per volatility point, theta per calendar day.
 */
import { type InstrumentIndex, QUOTE_FIELDS, QuoteField } from "../event.ts";
import { type AssetType, isOption } from "../instrument.ts";
import type { InstrumentRegistry } from "../instrument_registry.ts";
import type { ContractCalendar } from "../market/contract_calendar.ts";
import type { FxRates } from "../market/fx_rates.ts";
import { type Mark, type MarkInputs, markPrice } from "../market/mark.ts";
import type { QuoteTable } from "../market/quote_table.ts";
import { BIT, type FlagSet } from "../quality/flag_set.ts";
import { quoteFlags, type QuoteState } from "../quality/quote_checks.ts";
import type { QualitySettings } from "../settings.ts";
import type { EpochMs, IsoDate } from "../time.ts";
import type { MarkSource } from "./snapshot.ts";

export interface BrokerMark {
  readonly price: number;
  readonly at: EpochMs;
}

/** Prices of a contract as an earlier run stored them; null where it had none. */
export interface StoredPrice {
  readonly mark: number | null;
  /** When the mark was taken. */
  readonly at: EpochMs;
  readonly close: number | null;
  /** The session that the close ended. */
  readonly closeDate: IsoDate | null;
}

/** What the valuation reads. */
export interface MarketState {
  readonly registry: InstrumentRegistry;
  readonly quotes: QuoteTable;
  readonly calendar: ContractCalendar;
  readonly fx: FxRates;
  /** Prices from the account updates of the broker that quotes. */
  readonly brokerMarks: ReadonlyMap<InstrumentIndex, BrokerMark>;
  /** Prices from the lists of positions of another broker, for what nobody quotes. */
  readonly delayedMarks: ReadonlyMap<InstrumentIndex, BrokerMark>;
  readonly storedPrices: ReadonlyMap<InstrumentIndex, StoredPrice>;
  /** Option to the instrument it is written on. */
  readonly underlyings: ReadonlyMap<InstrumentIndex, InstrumentIndex>;
  /** Options whose underlying stands in for the future that they settle to. */
  readonly onStandIn: ReadonlySet<InstrumentIndex>;
  /** Quotes of the broker cannot be live now. */
  readonly linkDead: boolean;
  /** The delayed prices are of before: their broker is away, or has not confirmed what it holds for too long. */
  readonly delayedDead: boolean;
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
  /** Last mark of the open market made of a quote, held while it is closed. */
  heldLong: number;
  heldShort: number;
  heldSourceLong: MarkSource;
  heldSourceShort: MarkSource;
  heldAt: EpochMs;
  /** Since when an open market gave no quote; 0 while it does. */
  unquotedSince: EpochMs;
}

/** What flags and mark are made of; mutable, since it is read into for every instrument anew. */
type ReadQuote = { -readonly [Field in keyof (QuoteState & MarkInputs)]: (QuoteState & MarkInputs)[Field] } & {
  pricedAt: EpochMs;
  hasTickMark: boolean;
};

/** A ratio of two prices this near to 100 or 1/100 looks like pence for pounds. */
const MAGNIFIER_TOLERANCE = 0.05;
/** How long before our clock's closing time a quote may go away and still be the one to hold: clocks differ. */
const CLOSING_GRACE_MS = 60_000;
/** Flags of a quote that is none to value a holding at once the market is closed. */
const POOR_QUOTE: FlagSet = BIT.ONE_SIDED | BIT.CROSSED | BIT.WIDE;

export class InstrumentValuation {
  readonly #values: InstrumentValue[] = [];
  /** Rates to the base currency as of this turn. */
  readonly #rates = new Map<string, number>();
  /** One quote at a time, read into the same object. */
  readonly #quote = unread();
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
    this.#rates.clear();
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
    const { registry, quotes, calendar } = market;
    const instrument = registry.at(i);
    const value = this.#values[i]!;
    const quote = this.#quote;
    const accountMark = market.brokerMarks.get(i);
    readQuote(quote, i, quotes, accountMark?.price ?? NaN);
    const phase = calendar.phase(i);
    const { assetType } = instrument;
    const option = isOption(assetType);
    quote.isOption = option;
    quote.marketOpen = calendar.isTrading(i);
    // Options that trade by night are quoted thinly then: outside regular hours only a good quote moves their mark.
    const marksFreely = quote.marketOpen && (!option || phase === "open" || phase === "unknown");

    value.option = option;
    value.expired = calendar.isExpired(i);
    value.fx = instrument.currency === base ? 1 : this.#rate(instrument.currency, base, market);
    value.flags = quoteFlags(quote, market.linkDead, now, settings);
    this.#setGreeks(value, i, assetType, quotes);
    this.#setClose(value, i, quote.close, market);
    this.#setMark(value, assetType, marksFreely, settings, now);
    value.markAt = value.sourceLong === "broker" && !quote.hasTickMark ? accountMark?.at ?? 0 : value.markAt;
    const delayed = market.delayedMarks.size === 0 ? undefined : market.delayedMarks.get(i);
    if (delayed !== undefined) markAsDelayed(value, delayed, market.delayedDead);
    if (quote.arrivedAt === 0) markAsStored(value, market.storedPrices.get(i));
    if (looksMagnified(value.markLong, accountMark?.price ?? NaN)) value.flags |= BIT.MAGNIFIER_SUSPECT;
    if (delayed !== undefined && looksMagnified(value.markLong, delayed.price)) value.flags |= BIT.MAGNIFIER_SUSPECT;
  }

  /** Linear instruments have delta 1; of an unknown kind of contract nothing is known. */
  #setGreeks(value: InstrumentValue, i: InstrumentIndex, assetType: AssetType, quotes: QuoteTable): void {
    const bad = (value.flags & BIT.BAD_GREEKS) !== 0;
    if (assetType === "UNKNOWN") value.flags |= BIT.UNKNOWN_TYPE;
    if (assetType === "UNKNOWN" || bad) {
      setGreeks(value, NaN, NaN, NaN, NaN);
    } else if (value.option) {
      const row = i * QUOTE_FIELDS;
      const columns = quotes.values;
      value.delta = columns[row + QuoteField.delta] ?? NaN;
      value.gamma = columns[row + QuoteField.gamma] ?? NaN;
      value.vega = columns[row + QuoteField.vega] ?? NaN;
      value.theta = columns[row + QuoteField.theta] ?? NaN;
    } else {
      setGreeks(value, 1, 0, 0, 0);
    }
    value.impliedVolatility = value.option ? quotes.value(i, QuoteField.impliedVolatility) : NaN;
  }

  #setMark(
    value: InstrumentValue,
    assetType: AssetType,
    marksFreely: boolean,
    settings: QualitySettings,
    now: EpochMs,
  ): void {
    const quote = this.#quote;
    const long = markPrice(assetType, false, quote, settings, this.#long);
    // Only an ask without a bid is worth something else to a short.
    const short = (long.flags & BIT.ONE_SIDED) === 0 ? long : markPrice(assetType, true, quote, settings, this.#short);
    value.flags |= long.flags & ~BIT.NO_MARK;
    value.markLong = long.price;
    value.sourceLong = long.source;
    value.markShort = short.price;
    value.sourceShort = short.source;
    value.markAt = quote.pricedAt;
    if (marksFreely) keepMark(value, long, now);
    // The quote goes away, or apart, at the close; the mark does not.
    else if (isGoodQuote(long)) keepMark(value, long, now);
    else if (value.heldLong === value.heldLong) restoreMark(value);
  }

  #rate(currency: string, base: string | null, { fx }: MarketState): number {
    let rate = this.#rates.get(currency);
    if (rate === undefined) this.#rates.set(currency, rate = base === null ? NaN : fx.rate(currency, base));
    return rate;
  }

  #setClose(value: InstrumentValue, i: InstrumentIndex, close: number, market: MarketState): void {
    const { calendar, quotes } = market;
    value.close = NaN;
    value.closeDate = null;
    if (close !== close) return this.#setStoredClose(value, i, market);
    value.closeDate = calendar.sessionClosedBefore(i, quotes.closeAt(i));
    // A close of the wrong session is shown with its date and not used.
    if (value.closeDate !== null && value.closeDate === calendar.previousSession(i)) value.close = close;
  }

  /** Until the line tells the close, the stored one of the same session is it. */
  #setStoredClose(value: InstrumentValue, i: InstrumentIndex, { calendar, storedPrices }: MarketState): void {
    const stored = storedPrices.get(i);
    if (stored === undefined || stored.close === null || stored.closeDate === null) return;
    if (stored.closeDate !== calendar.previousSession(i)) return;
    value.close = stored.close;
    value.closeDate = stored.closeDate;
  }

  #placeOnUnderlying(i: InstrumentIndex, market: MarketState): void {
    const value = this.#values[i]!;
    if (!value.option) {
      value.spot = value.markLong;
      return;
    }
    const link = market.underlyings.get(i) ?? underlyingByName(i, market.registry);
    const own = link === null ? NaN : this.#values[link]?.markLong ?? NaN;
    const computed = market.quotes.value(i, QuoteField.underlyingPrice);
    if (market.onStandIn.has(i)) value.flags |= BIT.UNDERLYING_PROXY;
    value.spot = own === own ? own : (value.flags & (BIT.STALE | BIT.ROTATED)) === 0 ? computed : NaN;
    if (value.expired) this.#expire(i, value, market);
  }

  /** From its expiry time on an option is worth its intrinsic value, until the broker removes it. */
  #expire(i: InstrumentIndex, value: InstrumentValue, market: MarketState): void {
    const { strike, right } = market.registry.at(i);
    value.flags |= BIT.EXPIRED;
    setGreeks(value, NaN, NaN, NaN, NaN);
    if (strike === null || right === null || value.spot !== value.spot) return;
    const intrinsic = Math.max(0, right === "C" ? value.spot - strike : strike - value.spot);
    value.markLong = value.markShort = intrinsic;
    value.sourceLong = value.sourceShort = "intrinsic";
  }
}

/** Of an option, or of a contract of unknown kind: any of the four is missing. */
export function lacksGreeks({ delta, gamma, vega, theta }: InstrumentValue): boolean {
  return delta !== delta || gamma !== gamma || vega !== vega || theta !== theta;
}

/** Why an amount that rests on the underlying's price is unknown. A linear instrument is its own underlying. */
export function whyNoSpot(value: InstrumentValue): FlagSet {
  if (value.spot === value.spot) return BIT.FX_MISSING;
  return value.option ? BIT.NO_UNDERLYING_PRICE : BIT.NO_MARK;
}

function readQuote(quote: ReadQuote, i: InstrumentIndex, quotes: QuoteTable, accountMark: number): void {
  const columns = quotes.values;
  const row = i * QUOTE_FIELDS;
  const tickMark = columns[row + QuoteField.brokerMark] ?? NaN;
  quote.hasTickMark = tickMark === tickMark;
  quote.bid = columns[row + QuoteField.bid] ?? NaN;
  quote.ask = columns[row + QuoteField.ask] ?? NaN;
  quote.last = columns[row + QuoteField.last] ?? NaN;
  quote.close = columns[row + QuoteField.close] ?? NaN;
  quote.brokerMark = quote.hasTickMark ? tickMark : accountMark;
  quote.modelPrice = columns[row + QuoteField.modelPrice] ?? NaN;
  quote.delta = columns[row + QuoteField.delta] ?? NaN;
  quote.gamma = columns[row + QuoteField.gamma] ?? NaN;
  quote.vega = columns[row + QuoteField.vega] ?? NaN;
  quote.theta = columns[row + QuoteField.theta] ?? NaN;
  quote.line = quotes.line(i);
  quote.dataType = quotes.dataType(i);
  quote.arrivedAt = quotes.arrivedAt(i);
  quote.pricedAt = quotes.pricedAt(i) || quote.arrivedAt;
  quote.brokerTime = quotes.lastBrokerTime(i);
  quote.lineSince = quotes.lineSince(i);
  quote.outlier = quotes.isOutlier(i);
}

function setGreeks(value: InstrumentValue, delta: number, gamma: number, vega: number, theta: number): void {
  value.delta = delta;
  value.gamma = gamma;
  value.vega = vega;
  value.theta = theta;
}

/** Bid and ask that make a mark of their own, or a last trade within them. */
function isGoodQuote(mark: Mark): boolean {
  return (mark.source === "mid" || mark.source === "last") && (mark.flags & POOR_QUOTE) === 0;
}

/** Remembers a mark that rests on a quote, for the hours without one. */
function keepMark(value: InstrumentValue, mark: Mark, now: EpochMs): void {
  const quoted = mark.source === "mid" || mark.source === "last" || (mark.flags & BIT.WIDE) !== 0;
  if (quoted) {
    value.heldLong = value.markLong;
    value.heldShort = value.markShort;
    value.heldSourceLong = value.sourceLong;
    value.heldSourceShort = value.sourceShort;
    value.heldAt = value.markAt;
    value.unquotedSince = 0;
  } else if (value.unquotedSince === 0) {
    value.unquotedSince = now;
  } else if (now - value.unquotedSince > CLOSING_GRACE_MS) {
    // Nobody quotes it in the open market: the broker's price goes on at the close.
    value.heldLong = value.heldShort = NaN;
  }
}

function restoreMark(value: InstrumentValue): void {
  value.markLong = value.heldLong;
  value.markShort = value.heldShort;
  value.sourceLong = value.heldSourceLong;
  value.sourceShort = value.heldSourceShort;
  value.markAt = value.heldAt;
}

/** What nobody quotes is marked by the price that a broker without lines here puts beside its holding, before a close. */
function markAsDelayed(value: InstrumentValue, { price, at }: BrokerMark, isDead: boolean): void {
  if (value.sourceLong !== "none" && value.sourceLong !== "close") return;
  value.markLong = value.markShort = price;
  value.sourceLong = value.sourceShort = "broker";
  value.markAt = at;
  value.flags = (value.flags & ~BIT.MISSING) | BIT.DELAYED | (isDead ? BIT.STALE : 0);
}

/**
 * A line of which nothing came yet leaves the mark that an earlier run stored the best there is, before a close. It is always
 * stale, and shows its age.
 */
function markAsStored(value: InstrumentValue, stored: StoredPrice | undefined): void {
  if (stored === undefined || stored.mark === null) return;
  if (value.sourceLong !== "none" && value.sourceLong !== "close") return;
  value.markLong = value.markShort = stored.mark;
  value.sourceLong = value.sourceShort = "stored";
  value.markAt = stored.at;
  value.flags = (value.flags & ~BIT.MISSING) | BIT.STALE;
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
    heldLong: NaN,
    heldShort: NaN,
    heldSourceLong: "none",
    heldSourceShort: "none",
    heldAt: 0,
    unquotedSince: 0,
  };
}

function unread(): ReadQuote {
  return {
    isOption: false,
    bid: NaN,
    ask: NaN,
    last: NaN,
    close: NaN,
    brokerMark: NaN,
    modelPrice: NaN,
    delta: NaN,
    gamma: NaN,
    vega: NaN,
    theta: NaN,
    line: "none",
    lineSince: 0,
    dataType: "live",
    arrivedAt: 0,
    pricedAt: 0,
    brokerTime: 0,
    marketOpen: false,
    outlier: false,
    hasTickMark: false,
  };
}

/**
 * What nobody linked (an entry kept by hand) is measured on the stock or index of its name and currency. An option on a
 * future needs to be told which future: null.
 */
function underlyingByName(i: InstrumentIndex, registry: InstrumentRegistry): InstrumentIndex | null {
  const { assetType, underlying, currency } = registry.at(i);
  if (assetType === "FUTURE_OPTION") return null;
  const index = registry.priceOf(underlying, currency);
  return index !== null && registry.at(index).currency === currency ? index : null;
}
