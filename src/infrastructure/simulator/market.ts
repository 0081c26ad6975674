/** The simulated market: prices that walk, options that follow their underlying, and the quotes made of them. */
import type { Random } from "../../application/ports/clock.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Listed } from "./listing.ts";
import { type OptionValue, optionValue } from "./pricer.ts";
import { normal } from "./random.ts";
import type { Scenario } from "./scenario.ts";

/** Top of the book in the main unit of the currency; −1 where there is none, as IB says it. */
export interface Quote {
  readonly bid: number;
  readonly bidSize: number;
  readonly ask: number;
  readonly askSize: number;
  readonly last: number;
  readonly lastSize: number;
  /** Seconds since the epoch of the last trade. */
  readonly lastTime: number;
  readonly volume: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** An option's value at one implied volatility, as a computation message carries it. */
export interface Computation extends OptionValue {
  readonly impliedVolatility: number;
  readonly underlyingPrice: number;
}

const YEAR_MS = 365 * 24 * 3_600_000;
/** Trading seconds in a year: what a walk's yearly volatility is spread over. */
const TRADING_YEAR_MS = 252 * 6.5 * 3_600_000;

interface State {
  readonly listed: Listed;
  readonly dependents: State[];
  /** Unrounded price of walking contracts. */
  price: number;
  impliedVolatility: number;
  value: OptionValue | null;
  quote: Quote;
  /** Grows with each change, so that a line knows whether it has something to send. */
  revision: number;
}

export class Market {
  readonly #states: State[];
  readonly #walkers: State[];
  /** Currency pairs by `EUR.USD`. */
  readonly #pairs: ReadonlyMap<string, Listed>;

  constructor(
    readonly contracts: readonly Listed[],
    readonly settings: Scenario["market"],
    readonly random: Random,
    now: EpochMs,
  ) {
    this.#states = contracts.map((listed) => ({
      listed,
      dependents: [],
      price: listed.spec.last ?? 0,
      impliedVolatility: listed.spec.impliedVolatility ?? 0,
      value: null,
      quote: NO_QUOTE,
      revision: 0,
    }));
    for (const state of this.#states) {
      if (isOption(state.listed)) this.#states[state.listed.underlying!.index]!.dependents.push(state);
    }
    this.#walkers = this.#states.filter((state) => !isOption(state.listed));
    const pairs = contracts.filter(({ spec }) => spec.type === "CASH");
    this.#pairs = new Map(pairs.map((listed) => [`${listed.spec.symbol}.${listed.spec.currency}`, listed]));
    for (const state of this.#walkers) this.#open(state, now);
    for (const state of this.#states) if (isOption(state.listed)) this.#open(state, now);
  }

  /** Lets `elapsedMs` go by: some prices move, and their options with them. */
  step(now: EpochMs, elapsedMs: number): void {
    const common = normal(this.random);
    for (const state of this.#walkers) {
      const { volatility, activity, correlation } = state.listed.spec;
      const own = normal(this.random);
      const chance = this.random();
      if (volatility * activity * this.settings.speed === 0) continue;
      const perStep = activity * elapsedMs / 1000;
      if (chance >= perStep) continue;
      // Fewer, larger moves: the walk keeps its yearly volatility whatever its activity.
      const spanMs = elapsedMs * this.settings.speed / Math.min(1, perStep);
      const draw = correlation * common + Math.sqrt(1 - correlation * correlation) * own;
      this.#move(state, state.price * Math.exp(volatility * Math.sqrt(spanMs / TRADING_YEAR_MS) * draw), now);
    }
  }

  /** Moves a price at once. An option's lasts until its underlying moves: options are repriced from there. */
  setPrice(listed: Listed, price: number, now: EpochMs): void {
    this.#move(this.#state(listed), price, now);
  }

  /** Shifts implied volatility of an option, or of every option on a contract. */
  shiftVolatility(listed: Listed, change: number, now: EpochMs): void {
    const state = this.#state(listed);
    for (const option of isOption(listed) ? [state] : state.dependents) {
      option.impliedVolatility = Math.max(0.01, option.impliedVolatility + change);
      this.#reprice(option, now);
    }
  }

  /** Puts bid and ask where the load generator sent them. No revision: lines must not send it a second time. */
  setQuote(listed: Listed, bid: number, ask: number): void {
    const state = this.#state(listed);
    state.quote = { ...state.quote, bid, ask };
  }

  price(listed: Listed): number {
    return this.#state(listed).price;
  }

  quote(listed: Listed): Quote {
    return this.#state(listed).quote;
  }

  revision(listed: Listed): number {
    return this.#state(listed).revision;
  }

  /** Value and greeks at the model's volatility; null for what is not an option. */
  model(listed: Listed): Computation | null {
    const state = this.#state(listed);
    return state.value === null ? null : this.#computation(state, state.value, state.impliedVolatility);
  }

  /** The computation that belongs to a price other than the model's: volatility shifted by what the price implies. */
  computation(listed: Listed, price: number, now: EpochMs): Computation | null {
    const state = this.#state(listed);
    if (state.value === null) return null;
    const { price: theory, vega } = state.value;
    const shift = vega > 1e-6 ? (price - theory) / vega / 100 : 0;
    const impliedVolatility = Math.max(0.01, state.impliedVolatility + shift);
    return this.#computation(state, this.#value(state, impliedVolatility, now), impliedVolatility);
  }

  /** What the broker marks the contract at: TWS's rule of the last inside the market, the middle for options. */
  mark(listed: Listed): number {
    const { bid, ask, last, close } = this.quote(listed);
    const model = this.#state(listed).value?.price;
    if (bid >= 0 && ask > 0 && bid <= ask) {
      const middle = (bid + ask) / 2;
      if (!isOption(listed)) return last > 0 ? Math.min(Math.max(last, bid), ask) : middle;
      return ask - bid <= Math.max(0.5 * middle, 0.25) ? middle : model ?? middle;
    }
    if (last > 0) return last;
    return model ?? (close > 0 ? close : this.price(listed));
  }

  /** Middle of the rate between two currencies: units of `to` for one of `from`; null when no pair leads there. */
  rate(from: string, to: string): number | null {
    if (from === to) return 1;
    const pair = (base: string, quote: string): number | null => {
      const listed = this.#pairs.get(`${base}.${quote}`);
      return listed === undefined ? null : this.mark(listed);
    };
    const direct = pair(from, to);
    if (direct !== null) return direct;
    const inverse = pair(to, from);
    if (inverse !== null) return 1 / inverse;
    if (from === "USD" || to === "USD") return null;
    const first = this.rate(from, "USD");
    const second = this.rate("USD", to);
    return first === null || second === null ? null : first * second;
  }

  #state(listed: Listed): State {
    return this.#states[listed.index]!;
  }

  #open(state: State, now: EpochMs): void {
    const { spec } = state.listed;
    const close = spec.close ?? this.#modelClose(state, now) ?? state.price;
    state.quote = { ...NO_QUOTE, close: roundTo(close, spec.minTick) };
    if (isOption(state.listed)) this.#reprice(state, now);
    else this.#requote(state, state.price, now, true);
    const { last, bid, ask } = state.quote;
    const first = last > 0 ? last : (bid + ask) / 2;
    state.quote = { ...state.quote, open: first, high: first, low: first };
  }

  /** Where an option closed: at its underlying's close, a day longer to run, the same volatility. */
  #modelClose(state: State, now: EpochMs): number | null {
    const { underlying, spec } = state.listed;
    if (!isOption(state.listed) || underlying === null) return null;
    const close = this.#state(underlying).quote.close;
    return optionValue({
      underlying: close,
      strike: spec.strike!,
      years: this.#years(state, now - 24 * 3_600_000),
      volatility: state.impliedVolatility,
      ...this.#carry(state),
      right: spec.right!,
    }).price;
  }

  #move(state: State, price: number, now: EpochMs): void {
    state.price = price;
    this.#requote(state, price, now, true);
    for (const option of state.dependents) this.#reprice(option, now);
  }

  #reprice(state: State, now: EpochMs): void {
    state.value = this.#value(state, state.impliedVolatility, now);
    state.price = state.value.price;
    // Options trade seldom: the last price follows only now and then, and always at the start.
    const trades = state.quote.last <= 0 || this.random() < 0.05;
    this.#requote(state, state.price, now, trades);
  }

  #value(state: State, volatility: number, now: EpochMs): OptionValue {
    const { spec, underlying } = state.listed;
    return optionValue({
      underlying: this.#state(underlying!).price,
      strike: spec.strike!,
      years: this.#years(state, now),
      volatility,
      ...this.#carry(state),
      right: spec.right!,
    });
  }

  #years(state: State, now: EpochMs): number {
    return (state.listed.expiresAt! - now) / YEAR_MS;
  }

  #carry(state: State): { rate: number; dividendYield: number } {
    const { rate } = this.settings;
    const { spec, underlying } = state.listed;
    return { rate, dividendYield: spec.type === "FOP" ? rate : underlying!.spec.dividendYield };
  }

  #computation(state: State, value: OptionValue, impliedVolatility: number): Computation {
    return { ...value, impliedVolatility, underlyingPrice: this.#state(state.listed.underlying!).price };
  }

  #requote(state: State, price: number, now: EpochMs, traded: boolean): void {
    const { type, minTick, spread, fixedQuote } = state.listed.spec;
    const before = state.quote;
    const hasBook = type !== "IND";
    const trades = type !== "CASH";
    const bid = Math.max(isOption(state.listed) ? 0 : minTick, floorTo(price - spread / 2, minTick));
    const ask = Math.max(minTick, ceilTo(price + spread / 2, minTick));
    const last = traded && trades ? Math.max(minTick, roundTo(price, minTick)) : before.last;
    const size = () => 1 + Math.floor(this.random() * 9);
    const lastSize = traded && trades ? size() : before.lastSize;
    const middle = trades ? last : (bid + ask) / 2;
    state.quote = {
      bid: hasBook ? fixedQuote.bid ?? roundTo(bid, minTick) : -1,
      bidSize: hasBook && (fixedQuote.bid ?? bid) > 0 ? size() : 0,
      ask: hasBook ? fixedQuote.ask ?? roundTo(ask, minTick) : -1,
      askSize: hasBook && (fixedQuote.ask ?? ask) > 0 ? size() : 0,
      last: fixedQuote.last ?? last,
      lastSize,
      lastTime: traded && trades ? Math.floor(now / 1000) : before.lastTime,
      volume: before.volume + (traded && trades ? lastSize : 0),
      open: before.open,
      high: Math.max(before.high, middle),
      low: before.low > 0 ? Math.min(before.low, middle) : middle,
      close: before.close,
    };
    state.revision++;
  }
}

const NO_QUOTE: Quote = {
  bid: -1,
  bidSize: 0,
  ask: -1,
  askSize: 0,
  last: -1,
  lastSize: 0,
  lastTime: 0,
  volume: 0,
  open: -1,
  high: -1,
  low: -1,
  close: -1,
};

/** Whether a contract is priced from another one. */
export function isOption(listed: Listed): boolean {
  return listed.spec.type === "OPT" || listed.spec.type === "FOP";
}

function roundTo(value: number, tick: number): number {
  return clean(Math.round(value / tick) * tick);
}

function floorTo(value: number, tick: number): number {
  return clean(Math.floor(value / tick + 1e-9) * tick);
}

function ceilTo(value: number, tick: number): number {
  return clean(Math.ceil(value / tick - 1e-9) * tick);
}

/** Multiples of a decimal tick without the noise of binary fractions. */
function clean(value: number): number {
  return Math.round(value * 1e8) / 1e8;
}
