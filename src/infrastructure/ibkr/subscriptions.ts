/**
 * Market-data lines: who has one, how far each is, and asking again after every kind of loss.
 *
 * A quote keeps its last values while its line is lent to others. A stream that IBKR ended is asked for again when that
 * can help: soon while another session competes, hourly without a permission.
 */
import type { Clock } from "../../application/ports/clock.ts";
import { every } from "../../application/ports/clock.ts";
import type { FeedAnswer, FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import type { InstrumentIndex, LineStatus, MarketDataType } from "../../domain/event.ts";
import type { Contracts, KnownContract } from "./contracts.ts";
import { isDelayed, isModelComputation, isQuote, isTimestamp, type OptionComputation } from "./decode/ticks.ts";
import { farmCarries } from "./farms.ts";
import { type Candidate, planLines } from "./line_plan.ts";
import { describeMessage, meaningOf, type MessageCode } from "./message_codes.ts";
import { Priority, type Queued } from "./pacing.ts";
import { QuoteWriter } from "./quote_writer.ts";
import type { Requests } from "./requests.ts";

const LOOK_EVERY_MS = 1_000;
/** A line that was asked for and said nothing for this long is dead, and asked for again at a slow pace. */
const UNANSWERED_MS = 30_000;
const DEAD_RETRY_MS = 5 * 60_000;
/** Ticks of a farm that is back come within this, else its lines are asked for again. */
const FARM_SETTLE_MS = 5_000;
/** A number that is taken is replaced at once, but not for ever. */
const MAX_REPEATS = 3;
/** A line refused for want of lines (101) waits this long: asking at once would only be refused again. */
const NO_LINE_WAIT_MS = 30_000;
/** Mark price (232; 221 under its older name): the price that TWS's own P&L goes by. */
const GENERIC_TICKS = "221,232";
const NO_GENERIC_TICKS = new Set(["FOREX", "INDEX", "UNKNOWN"]);

const MARKET_DATA_TYPES: Readonly<Record<number, MarketDataType>> = {
  1: "live",
  2: "frozen",
  3: "delayed",
  4: "delayed-frozen",
};

export interface SubscriptionsDependencies {
  readonly sink: FeedSink;
  readonly requests: Requests;
  readonly contracts: Contracts;
  readonly clock: Clock;
  readonly log: Log;
  readonly budget: number;
  readonly rotationMs: number;
  readonly marketDataType: 1 | 2 | 3 | 4;
  /** A line ticks although IBKR's servers are said to be lost. */
  readonly onServersAlive: () => void;
}

interface Line {
  readonly index: InstrumentIndex;
  known: KnownContract;
  requestId: number | null;
  queued: Queued | null;
  status: LineStatus | null;
  detail: string | null;
  type: MarketDataType | null;
  requestedAt: number;
  /** Asked for, and nothing has come since. */
  awaiting: boolean;
  lastTickAt: number;
  lastHeldAt: number;
  /** Not asked for before this; Infinity: not on this connection. */
  retryAt: number;
  repeats: number;
  genericTicks: boolean;
  /** What it was before IBKR's servers were lost. */
  before: { readonly status: LineStatus; readonly detail: string | null } | null;
}

export interface LineProgress {
  readonly wanted: number;
  /** Answered or refused for good; a rotated line has had its turn. */
  readonly settled: number;
  readonly live: number;
}

export class Subscriptions {
  readonly #deps: SubscriptionsDependencies;
  readonly #lines = new Map<InstrumentIndex, Line>();
  readonly #byRequest = new Map<number, Line>();
  /** Most important first: what the monitor asked for, then what only this adapter knows of. */
  #wanted: readonly InstrumentIndex[] = [];
  #budget: number;
  #budgetLoweredAt = 0;
  #nextTurnAt = 0;
  #dirty = false;
  #connected = false;
  #serversDown = false;
  #stopLooking: (() => void) | null = null;
  readonly #settlingFarms = new Set<() => void>();
  readonly #quotes: QuoteWriter;

  constructor(deps: SubscriptionsDependencies) {
    this.#deps = deps;
    this.#budget = deps.budget;
    this.#quotes = new QuoteWriter(deps.sink, deps.clock);
  }

  connected(): void {
    const { requests, clock, marketDataType, budget, rotationMs } = this.#deps;
    this.#connected = true;
    this.#serversDown = false;
    this.#budget = budget;
    // Not kept by TWS over a reconnect, and it counts only for requests after it.
    requests.send(Priority.cancel, (api) => api.reqMarketDataType(marketDataType));
    for (const line of this.#lines.values()) {
      line.retryAt = 0;
      line.repeats = 0;
      line.before = null;
    }
    this.#nextTurnAt = clock.monotonic() + rotationMs;
    this.#stopLooking = every(clock, LOOK_EVERY_MS, () => this.#look());
    this.#plan(false);
  }

  disconnected(reason: string): void {
    this.#connected = false;
    this.#stopLooking?.();
    for (const cancel of this.#settlingFarms) cancel();
    this.#settlingFarms.clear();
    this.#byRequest.clear();
    for (const line of this.#lines.values()) {
      line.requestId = null;
      line.queued = null;
      line.awaiting = false;
      line.before = null;
      if (line.status === "live" || line.status === "requested") this.#mark(line, "dead", reason);
    }
  }

  /** What should have a line, the most important first. */
  want(instruments: readonly InstrumentIndex[]): void {
    const known = new Set(this.#wanted);
    const same = known.size === instruments.length && instruments.every((each) => known.has(each));
    this.#wanted = instruments;
    // Another order alone waits for the next turn: exposures change places all the time, and every swap costs requests.
    if (!same) this.#dirty = true;
  }

  /** Applies what `want` and `onContract` changed; called once for a burst of them. */
  settle(): void {
    if (this.#dirty) this.#plan(false);
  }

  onContract(known: KnownContract): void {
    const line = this.#lines.get(known.index);
    if (line !== undefined) line.known = known;
    this.#dirty = true;
  }

  /** IBKR's servers are gone; the socket is not. */
  serversLost(detail: string): void {
    this.#serversDown = true;
    for (const line of this.#lines.values()) {
      if (line.status !== "live" && line.status !== "requested") continue;
      line.before = { status: line.status, detail: line.detail };
      this.#mark(line, "dead", detail);
    }
  }

  /** 1102: every subscription goes on as it was. */
  serversBack(): void {
    this.#serversDown = false;
    for (const line of this.#lines.values()) {
      if (line.before !== null) this.#mark(line, line.before.status, line.before.detail);
      line.before = null;
    }
  }

  /** 1101: every subscription is gone on IBKR's side. */
  resubscribeAll(): void {
    this.#serversDown = false;
    for (const line of this.#lines.values()) {
      line.before = null;
      line.retryAt = 0;
      if (line.requestId !== null) this.#again(line);
    }
    this.#plan(false);
  }

  /** One line anew, because a person wants it so: also before its time, if it was refused or said nothing. */
  resubscribe(index: InstrumentIndex): FeedAnswer {
    if (!this.#connected) return { done: false, words: "IBKR is not connected" };
    if (this.#serversDown) return { done: false, words: "IBKR's servers are gone: there is nobody to ask" };
    const line = this.#lines.get(index);
    if (line === undefined) {
      return { done: false, words: "it has no line: its contract is not known yet, or not wanted" };
    }
    if (line.known.streaming === null) return { done: false, words: line.detail ?? "IBKR does not stream it" };
    line.repeats = 0;
    line.retryAt = 0;
    if (line.requestId !== null) this.#again(line);
    else this.#plan(false);
    return line.requestId === null
      ? { done: false, words: "all lines are taken: its turn comes when one is free" }
      : { done: true, words: "quotes asked for anew" };
  }

  farmDown(farm: string, detail: string): void {
    for (const line of this.#lines.values()) {
      if (line.status === "live" && farmCarries(farm, line.known.instrument) === true) this.#mark(line, "dead", detail);
    }
  }

  /** Lines of the farm that stay silent are asked for again a little later. */
  farmUp(farm: string): void {
    const { clock } = this.#deps;
    const backAt = clock.monotonic();
    const cancel = clock.after(FARM_SETTLE_MS, () => {
      this.#settlingFarms.delete(cancel);
      for (const line of this.#lines.values()) {
        if (line.requestId === null || line.lastTickAt >= backAt || line.requestedAt >= backAt) continue;
        if (farmCarries(farm, line.known.instrument) !== false) this.#again(line);
      }
    });
    this.#settlingFarms.add(cancel);
  }

  onPriceTick(requestId: number, tick: number, price: number | undefined, size: number | undefined): void {
    const line = this.#byRequest.get(requestId);
    if (line === undefined) return;
    this.#ticked(line, tick, isQuote(tick));
    this.#quotes.price(line.index, line.known.instrument, tick, price, size);
  }

  onSizeTick(requestId: number, tick: number, size: number | undefined): void {
    const line = this.#byRequest.get(requestId);
    if (line === undefined) return;
    this.#ticked(line, tick, false);
    this.#quotes.size(line.index, tick, size);
  }

  onComputation(requestId: number, tick: number, computation: OptionComputation): void {
    const line = this.#byRequest.get(requestId);
    if (line === undefined) return;
    this.#ticked(line, tick, false);
    if (isModelComputation(tick)) this.#quotes.model(line.index, line.known.instrument, computation);
  }

  onTextTick(requestId: number, tick: number, text: string): void {
    const line = this.#byRequest.get(requestId);
    if (line === undefined) return;
    this.#ticked(line, tick, false);
    if (isTimestamp(tick)) this.#quotes.timestamp(line.index, text);
  }

  /** Any other tick: it proves the line alive. */
  onOtherTick(requestId: number, tick: number): void {
    const line = this.#byRequest.get(requestId);
    if (line !== undefined) this.#ticked(line, tick, false);
  }

  onMarketDataType(requestId: number, type: number): void {
    const line = this.#byRequest.get(requestId);
    const known = MARKET_DATA_TYPES[type];
    if (line !== undefined && known !== undefined) this.#setType(line, known);
  }

  progress(): LineProgress {
    let settled = 0;
    let live = 0;
    for (const index of this.#wanted) {
      const line = this.#lines.get(index);
      if (line === undefined || line.status === null || line.awaiting) continue;
      if (line.status === "live") live++;
      if (line.status !== "rotated" || line.lastTickAt > -Infinity) settled++;
    }
    return { wanted: this.#wanted.length, settled, live };
  }

  #look(): void {
    const { clock, rotationMs, budget } = this.#deps;
    const now = clock.monotonic();
    let due = this.#dirty;
    for (const line of this.#lines.values()) {
      if (line.requestId !== null && line.awaiting && now - line.requestedAt > UNANSWERED_MS) {
        this.#release(line);
        line.retryAt = now + DEAD_RETRY_MS;
        this.#mark(line, "dead", `no tick within ${UNANSWERED_MS / 1000} s of asking`);
      }
      if (line.requestId === null && line.retryAt > 0 && line.retryAt <= now) due = true;
    }
    if (this.#budget < budget && now - this.#budgetLoweredAt > meaningOf(101).retryMs!) {
      this.#budget = budget;
      due = true;
    }
    const turnOver = now >= this.#nextTurnAt;
    if (turnOver) this.#nextTurnAt = now + rotationMs;
    if (due || (turnOver && this.#wanted.length > this.#budget)) this.#plan(turnOver);
  }

  /** Gives lines to those who should have one and takes them from the others. */
  #plan(turnOver: boolean): void {
    this.#dirty = false;
    if (!this.#connected) return;
    const now = this.#deps.clock.monotonic();
    const candidates: Candidate[] = [];
    const wanted = new Set<InstrumentIndex>();
    for (const index of this.#wanted) {
      if (wanted.has(index)) continue;
      wanted.add(index);
      const line = this.#lineOf(index);
      if (line === null || line.retryAt > now) continue;
      candidates.push({ index, lastHeldAt: line.lastHeldAt, holds: line.requestId !== null });
    }
    const holders = planLines(candidates, this.#budget, turnOver);
    for (const line of this.#lines.values()) {
      if (line.requestId === null || holders.has(line.index)) continue;
      this.#release(line);
      this.#mark(line, "rotated", null);
      if (!wanted.has(line.index)) this.#lines.delete(line.index);
    }
    for (const { index } of candidates) {
      const line = this.#lines.get(index)!;
      if (line.requestId !== null) continue;
      if (holders.has(index)) this.#request(line);
      else this.#mark(line, "rotated", null);
    }
  }

  /** The line of an instrument that can be streamed; null while its contract is not known well enough. */
  #lineOf(index: InstrumentIndex): Line | null {
    const existing = this.#lines.get(index);
    if (existing !== undefined) return existing;
    const known = this.#deps.contracts.byIndex(index);
    if (known === null || known.details === "pending") return null;
    const line: Line = {
      index,
      known,
      requestId: null,
      queued: null,
      status: null,
      detail: null,
      type: null,
      requestedAt: 0,
      awaiting: false,
      lastTickAt: -Infinity,
      lastHeldAt: -Infinity,
      retryAt: 0,
      repeats: 0,
      genericTicks: !NO_GENERIC_TICKS.has(known.instrument.assetType),
      before: null,
    };
    this.#lines.set(index, line);
    if (known.streaming === null) {
      line.retryAt = Infinity;
      this.#mark(line, "refused", "IBKR names no exchange that this contract could be streamed from");
    }
    return line;
  }

  #request(line: Line): void {
    const { requests, clock } = this.#deps;
    const { streaming } = line.known;
    if (streaming === null) return;
    const id = requests.open({ onMessage: (requestId, code, text) => this.#onMessage(requestId, code, text) });
    const generic = line.genericTicks ? GENERIC_TICKS : "";
    const queued = requests.send(Priority.quotes, (api) => {
      line.queued = null;
      line.requestedAt = clock.monotonic();
      api.reqMktData(id, streaming, generic, false, false);
    });
    if (queued === null) {
      requests.close(id);
      line.retryAt = clock.monotonic() + LOOK_EVERY_MS;
      return;
    }
    line.requestId = id;
    // Sent at once, the call above has run already and the entry can no longer be withdrawn.
    line.queued = queued;
    line.requestedAt = clock.monotonic();
    line.awaiting = true;
    this.#byRequest.set(id, line);
    // A line that was dead, refused or lent stays so until it answers: its last values are no better for being asked.
    if (line.status === null || line.status === "live") this.#mark(line, "requested", null);
  }

  /** Gives the line back; cancels it at TWS when it was asked for there. */
  #release(line: Line, ended = false): void {
    const { requestId: id, queued } = line;
    if (id === null) return;
    const { requests, clock } = this.#deps;
    line.requestId = null;
    line.queued = null;
    line.awaiting = false;
    line.lastHeldAt = clock.monotonic();
    this.#byRequest.delete(id);
    requests.close(id);
    const neverSent = queued !== null && queued.withdraw();
    if (!neverSent && !ended) requests.send(Priority.cancel, (api) => api.cancelMktData(id));
  }

  /** A new request in place of one that is gone or silent. */
  #again(line: Line): void {
    this.#release(line);
    this.#request(line);
  }

  #onMessage(requestId: number, code: number, text: string): void {
    const line = this.#byRequest.get(requestId);
    if (line === undefined) return;
    const meaning = meaningOf(code);
    const detail = describeMessage(code, text);
    switch (meaning.request) {
      case "note":
      case "already-ended":
        return;
      case "delayed":
        line.detail = detail;
        return this.#setType(line, "delayed");
      case "partly-no-permission":
        return this.#mark(line, "no-permission", detail);
      case "no-permission":
        return this.#ended(line, "no-permission", detail, meaning);
      case "competing-session":
        // It was live and will be again: what it last said is stale meanwhile, and not for lack of a subscription.
        return this.#ended(line, "dead", detail, meaning);
      case "no-line-left":
        return this.#noLineLeft(line, detail);
      case "ask-again":
        return this.#repeat(line, detail, meaning);
      case "refused":
        if (code === 321 && line.genericTicks) {
          line.genericTicks = false;
          this.#release(line, true);
          return this.#request(line);
        }
        return this.#ended(line, "refused", detail, meaning);
    }
  }

  #ended(line: Line, status: LineStatus, detail: string, meaning: MessageCode): void {
    this.#release(line, true);
    this.#tell(line, status, detail);
    line.retryAt = meaning.retryMs === null ? Infinity : this.#deps.clock.monotonic() + meaning.retryMs;
    this.#mark(line, status, detail);
    // The line it held is free for another.
    this.#dirty = true;
  }

  /** 101: TWS's own watch lists use lines too, so the number that is left is learnt. */
  #noLineLeft(line: Line, detail: string): void {
    const { log, clock } = this.#deps;
    this.#release(line, true);
    const left = Math.max(1, this.#byRequest.size);
    if (left < this.#budget) {
      this.#budget = left;
      this.#budgetLoweredAt = clock.monotonic();
      log.write("WARN", "DATA", detail, { lines: left });
    }
    line.retryAt = clock.monotonic() + NO_LINE_WAIT_MS;
    this.#mark(line, "rotated", detail);
    this.#dirty = true;
  }

  /** Many lines end for one reason: the log counts what repeats. A line that is asked for again in vain is no news. */
  #tell(line: Line, status: LineStatus, detail: string): void {
    if (line.status === status && line.detail === detail) return;
    const { localSymbol, symbol } = line.known.instrument;
    this.#deps.log.write("WARN", "DATA", `No market data: ${detail}`, { contract: localSymbol || symbol });
  }

  #repeat(line: Line, detail: string, meaning: MessageCode): void {
    if (++line.repeats <= MAX_REPEATS) {
      this.#release(line, true);
      return this.#request(line);
    }
    this.#ended(line, "refused", detail, { ...meaning, retryMs: DEAD_RETRY_MS });
  }

  #ticked(line: Line, tick: number, quote: boolean): void {
    line.lastTickAt = this.#deps.clock.monotonic();
    line.awaiting = false;
    if (isDelayed(tick)) {
      if (line.type === null || line.type === "live") this.#setType(line, "delayed");
    } else if (quote && (line.type === "delayed" || line.type === "delayed-frozen")) {
      this.#setType(line, "live");
    }
    if (this.#serversDown) this.#deps.onServersAlive();
    if (line.status === "live") return;
    // Ticks that need no subscription go on while the quote itself is not permitted.
    if (line.status === "no-permission" && !quote) return;
    line.repeats = 0;
    line.before = null;
    this.#mark(line, "live", line.type === "delayed" || line.type === "delayed-frozen" ? line.detail : null);
  }

  #setType(line: Line, type: MarketDataType): void {
    if (line.type === type) return;
    line.type = type;
    this.#deps.sink.push({ kind: "market-data-type", instrument: line.index, type });
  }

  #mark(line: Line, status: LineStatus, detail: string | null): void {
    if (line.status === status && line.detail === detail) return;
    line.status = status;
    line.detail = detail;
    const { sink, clock } = this.#deps;
    sink.push({ kind: "line", instrument: line.index, status, detail, at: clock.now() });
  }
}
