/** One market-data line of a client: sends what changed since it last sent, no oftener than IB conflates. */
import type { EpochMs } from "../../domain/time.ts";
import { decimal } from "./frame.ts";
import type { Listed } from "./listing.ts";
import { isOption, type Market, type Quote } from "./market.ts";
import {
  emptyComputation,
  marketDataType,
  optionComputation,
  tickGeneric,
  tickPrice,
  tickRequestParameters,
  tickSize,
  tickString,
} from "./messages.ts";

/** IB sends a changed quote four times a second; US options ten times. */
const CONFLATION_MS = 250;
const US_OPTION_CONFLATION_MS = 100;

/** Tick numbers of one kind of data; `close` and the like have others when delayed. */
interface TickNumbers {
  readonly bid: number;
  readonly ask: number;
  readonly last: number;
  readonly bidSize: number;
  readonly askSize: number;
  readonly lastSize: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly close: number;
  readonly open: number;
  readonly bidComputation: number;
  readonly askComputation: number;
  readonly lastComputation: number;
  readonly modelComputation: number;
  readonly lastTime: number;
  readonly halted: number;
}

const LIVE: TickNumbers = {
  bid: 1,
  ask: 2,
  last: 4,
  bidSize: 0,
  askSize: 3,
  lastSize: 5,
  high: 6,
  low: 7,
  volume: 8,
  close: 9,
  open: 14,
  bidComputation: 10,
  askComputation: 11,
  lastComputation: 12,
  modelComputation: 13,
  lastTime: 45,
  halted: 49,
};

const DELAYED: TickNumbers = {
  bid: 66,
  ask: 67,
  last: 68,
  bidSize: 69,
  askSize: 70,
  lastSize: 71,
  high: 72,
  low: 73,
  volume: 74,
  close: 75,
  open: 76,
  bidComputation: 80,
  askComputation: 81,
  lastComputation: 82,
  modelComputation: 83,
  lastTime: 88,
  halted: 90,
};

const MARK_PRICE = 37;
const OPTION_IMPLIED_VOLATILITY = 24;

export interface LineOptions {
  readonly id: number;
  readonly listed: Listed;
  /** 1 live, 2 frozen, 3 delayed, 4 delayed and frozen. */
  readonly type: 1 | 2 | 3 | 4;
  readonly genericTicks: readonly number[];
  /** Quote left out: only what needs no subscription is sent. */
  readonly computationsOnly: boolean;
}

export class QuoteLine {
  readonly #options: LineOptions;
  readonly #numbers: TickNumbers;
  readonly #intervalMs: number;
  #sent: Quote | null = null;
  #sentMark = -1;
  #revision = -1;
  #dueAt = 0;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#numbers = options.type >= 3 ? DELAYED : LIVE;
    this.#intervalMs = options.listed.spec.type === "OPT" && options.listed.spec.currency === "USD"
      ? US_OPTION_CONFLATION_MS
      : CONFLATION_MS;
  }

  get id(): number {
    return this.#options.id;
  }

  get listed(): Listed {
    return this.#options.listed;
  }

  /** Forgets what was sent, so that the next look sends everything again. */
  refresh(): void {
    this.#sent = null;
    this.#revision = -1;
    this.#dueAt = 0;
  }

  /** Ticks since the last look; nothing when it is too soon or nothing changed. `elapsed` is the monotonic time. */
  flush(market: Market, elapsed: number, now: EpochMs): Uint8Array[] {
    if (elapsed < this.#dueAt) return [];
    const revision = market.revision(this.listed);
    if (revision === this.#revision) return [];
    // A late look does not shift the ones to come: the rate stays what it is.
    this.#dueAt = elapsed - this.#dueAt < this.#intervalMs
      ? this.#dueAt + this.#intervalMs
      : elapsed + this.#intervalMs;
    this.#revision = revision;
    const out: Uint8Array[] = [];
    const first = this.#sent === null;
    if (first) this.#begin(out);
    if (!this.#options.computationsOnly) this.#ticks(out, market);
    if (isOption(this.listed)) this.#computations(out, market, now);
    this.#sent = market.quote(this.listed);
    return out;
  }

  #begin(out: Uint8Array[]): void {
    const { id, listed, type } = this.#options;
    out.push(tickRequestParameters(id, listed), marketDataType(id, type));
  }

  #ticks(out: Uint8Array[], market: Market): void {
    const { id, listed, genericTicks } = this.#options;
    const { priceMagnifier, type } = listed.spec;
    const numbers = this.#numbers;
    const quote = market.quote(listed);
    const sent = this.#sent;
    const side = (price: "bid" | "ask" | "last", size: "bidSize" | "askSize" | "lastSize") => {
      if (sent === null && quote[price] < 0 && listed.spec.fixedQuote[price] === undefined) return;
      if (sent === null || quote[price] !== sent[price]) {
        // "Can execute automatically" stands on the sides of a live book.
        const attributes = price !== "last" && numbers === LIVE && quote[size] > 0 ? 1 : 0;
        out.push(tickPrice(id, numbers[price], magnified(quote[price], priceMagnifier), quote[size], attributes));
        if (sent === null || quote[size] !== sent[size]) out.push(tickSize(id, numbers[size], quote[size]));
      } else if (quote[size] !== sent[size]) {
        out.push(tickSize(id, numbers[size], quote[size]));
      }
    };
    if (type !== "IND") {
      side("bid", "bidSize");
      side("ask", "askSize");
    }
    if (type !== "CASH") {
      side("last", "lastSize");
      if (quote.lastTime > 0 && quote.lastTime !== sent?.lastTime) {
        out.push(tickString(id, numbers.lastTime, String(quote.lastTime)));
      }
      if (quote.volume !== sent?.volume) out.push(tickSize(id, numbers.volume, quote.volume));
    }
    for (const name of ["high", "low", "close", "open"] as const) {
      if (quote[name] > 0 && quote[name] !== sent?.[name]) {
        out.push(tickPrice(id, numbers[name], magnified(quote[name], priceMagnifier), 0));
      }
    }
    if (sent === null && type !== "IND") out.push(tickGeneric(id, numbers.halted, 0));
    if (genericTicks.includes(221) || genericTicks.includes(232)) {
      const mark = market.mark(listed);
      if (sent === null || mark !== this.#sentMark) {
        out.push(tickPrice(id, MARK_PRICE, magnified(mark, priceMagnifier), 0));
      }
      this.#sentMark = mark;
    }
  }

  #computations(out: Uint8Array[], market: Market, now: EpochMs): void {
    const { id, listed, genericTicks } = this.#options;
    const { greeks } = listed.spec;
    const numbers = this.#numbers;
    if (greeks === "none") return;
    if (greeks !== "live") {
      if (this.#sent === null) out.push(emptyComputation(id, numbers.modelComputation, greeks === "unset"));
      return;
    }
    const quote = market.quote(listed);
    const at = (number: number, price: number) => {
      const value = price > 0 ? market.computation(listed, price, now) : null;
      if (value !== null) out.push(optionComputation(id, number, { ...value, price }));
    };
    if (!this.#options.computationsOnly) {
      at(numbers.bidComputation, quote.bid);
      at(numbers.askComputation, quote.ask);
      at(numbers.lastComputation, quote.last);
    }
    const model = market.model(listed);
    if (model === null) return;
    out.push(optionComputation(id, numbers.modelComputation, model));
    if (genericTicks.includes(106)) out.push(tickGeneric(id, OPTION_IMPLIED_VOLATILITY, model.impliedVolatility));
  }
}

/** A price as the exchange quotes it: in pence where the currency is pounds. IB's −1 stays what it is. */
function magnified(price: number, magnifier: number): number {
  return price < 0 ? price : Number(decimal(price * magnifier));
}
