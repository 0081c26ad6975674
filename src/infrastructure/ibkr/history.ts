/**
 * Daily bars of the past, one contract at a time, within IBKR's ration and behind every other request.
 *
 * Indices and futures have traded prices as stocks have; a coin's are added up over its markets and a currency pair has
 * only a middle. A future is asked for as its continuous series first: a single one hardly traded a year ago. Stocks come
 * adjusted for splits. What is asked for survives a lost connection.
 */
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import { SecType } from "@stoqey/ib/dist/api/data/enum/sec-type.js";
import { BarSizeSetting } from "@stoqey/ib/dist/api/historical/bar-size-setting.js";
import { WhatToShow } from "@stoqey/ib/dist/api/historical/what-to-show.js";
import type { Clock } from "../../application/ports/clock.ts";
import type { DailyHistory, HistoryAnswer } from "../../application/ports/history.ts";
import type { InstrumentIndex } from "../../domain/event.ts";
import type { AssetType } from "../../domain/instrument.ts";
import type { DailyClose } from "../../domain/risk/beta.ts";
import { isoInstant } from "../../domain/time.ts";
import type { Contracts, KnownContract } from "./contracts.ts";
import { isoDate } from "./decode/contract.ts";
import { present } from "./decode/numbers.ts";
import { HistoryRation } from "./history_ration.ts";
import { describeMessage, meaningOf } from "./message_codes.ts";
import { Priority } from "./pacing.ts";
import type { Requests } from "./requests.ts";

/** At one time. IBKR allows 50; history is in no hurry. */
const IN_FLIGHT = 4;
/** IBKR's history servers take their time, more so when they ration. */
export const HISTORY_TIMEOUT_MS = 60_000;
const MOST_TRIES = 3;
/** After a request too many. */
export const HOLD_MS = 60_000;
const RETRY_MS = 10 * 60_000;
/** A refused name must not use up the ration of the others. */
const REFUSED_RETRY_MS = 60 * 60_000;
/** "1 Y" gives this many trading days at least; "2 Y" is the longest that is asked for. */
const DAYS_IN_A_YEAR = 250;
/** The library ends a list of bars with one whose date begins so. */
const END = "finished";
const PACING_VIOLATION = /pacing violation/i;

export interface HistoryDependencies {
  readonly requests: Requests;
  readonly contracts: Contracts;
  readonly clock: Clock;
}

interface Job {
  readonly known: KnownContract;
  readonly duration: string;
  readonly answer: (answer: HistoryAnswer) => void;
  /** What to ask for, the best first; the next when one is refused. */
  readonly contracts: Contract[];
  /** Requests that went unanswered. */
  tries: number;
}

interface Flight {
  readonly job: Job;
  readonly closes: DailyClose[];
  readonly cancelTimer: () => void;
}

export class History implements DailyHistory {
  readonly #deps: HistoryDependencies;
  readonly #ration = new HistoryRation();
  #queue: Job[] = [];
  readonly #flights = new Map<number, Flight>();
  #cancelTimer: (() => void) | null = null;

  constructor(deps: HistoryDependencies) {
    this.#deps = deps;
  }

  closes(instrument: InstrumentIndex, days: number, answer: (answer: HistoryAnswer) => void): void {
    const known = this.#deps.contracts.byIndex(instrument);
    const contracts = known === null ? [] : contractsFor(known);
    if (known === null || contracts.length === 0) {
      const reason = known === null || known.details === "pending"
        ? "IBKR has not named the contract yet"
        : "IBKR does not say where the contract trades";
      return answer({ kind: "refused", reason, retryMs: HOLD_MS });
    }
    this.#queue.push({ known, duration: days <= DAYS_IN_A_YEAR ? "1 Y" : "2 Y", answer, contracts, tries: 0 });
    this.#fill();
  }

  connected(): void {
    this.#fill();
  }

  disconnected(): void {
    const unanswered = [...this.#flights.values()];
    for (const flight of unanswered) flight.cancelTimer();
    this.#flights.clear();
    this.#queue.unshift(...unanswered.map(({ job }) => job));
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  onBar(requestId: number, date: string, close: number | undefined): void {
    const flight = this.#flights.get(requestId);
    if (flight === undefined) return;
    if (date.startsWith(END)) return this.#finish(requestId, flight);
    const day = isoDate(date);
    const price = present(close);
    if (day === null || price === null || price <= 0 || day >= this.#today()) return;
    flight.closes.push({ date: day, close: price / flight.job.known.instrument.priceMagnifier });
  }

  /**
   * Bars of today, by the calendar of UTC, may not be finished and are left out: wherever an exchange is, a session that
   * still runs has that date or a later one.
   */
  #today(): string {
    return isoInstant(this.#deps.clock.now()).slice(0, 10);
  }

  #finish(requestId: number, { job, closes }: Flight): void {
    this.#land(requestId);
    if (closes.length === 0) this.#refuse(job, "IBKR has no daily history of it", null);
    else job.answer({ kind: "closes", closes });
    this.#fill();
  }

  /** As many as the ration allows; the first of the queue that may go. */
  #fill(): void {
    const { requests, clock } = this.#deps;
    while (requests.connected && this.#flights.size < IN_FLIGHT && this.#queue.length > 0) {
      const now = clock.monotonic();
      let shortest = Infinity;
      const next = this.#queue.findIndex((job) => {
        const wait = this.#ration.waitMs(identityOf(job), now);
        shortest = Math.min(shortest, wait);
        return wait === 0;
      });
      if (next < 0) return this.#fillIn(shortest);
      this.#send(this.#queue.splice(next, 1)[0]!);
    }
  }

  #fillIn(ms: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#deps.clock.after(ms, () => {
      this.#cancelTimer = null;
      this.#fill();
    });
  }

  #send(job: Job): void {
    const { requests, clock } = this.#deps;
    const id = requests.open({ onMessage: (requestId, code, text) => this.#onMessage(requestId, code, text) });
    const cancelTimer = clock.after(HISTORY_TIMEOUT_MS, () => this.#onSilence(id));
    this.#flights.set(id, { job, closes: [], cancelTimer });
    this.#ration.count(identityOf(job), clock.monotonic());
    const contract = job.contracts[0]!;
    const what = whatToShow(job.known.instrument.assetType);
    const taken = requests.send(Priority.history, (api) => {
      api.reqHistoricalData(id, contract, "", job.duration, BarSizeSetting.DAYS_ONE, what, 1, 1, false);
    });
    if (taken !== null) return;
    this.#land(id);
    job.answer({ kind: "refused", reason: "the queue of requests is full", retryMs: RETRY_MS });
  }

  #onSilence(requestId: number): void {
    const flight = this.#land(requestId);
    if (flight === null) return;
    this.#deps.requests.send(Priority.cancel, (api) => api.cancelHistoricalData(requestId));
    this.#tryAgain(flight.job, `IBKR did not answer within ${HISTORY_TIMEOUT_MS / 1000} s`);
    this.#fill();
  }

  #onMessage(requestId: number, code: number, text: string): void {
    const { request, retryMs } = meaningOf(code);
    if (request === "note" || request === "delayed" || request === "partly-no-permission") return;
    const flight = this.#land(requestId);
    if (flight === null) return;
    const { job } = flight;
    const words = describeMessage(code, text);
    if (PACING_VIOLATION.test(text)) {
      this.#ration.hold(HOLD_MS, this.#deps.clock.monotonic());
      this.#tryAgain(job, words);
    } else if (request === "ask-again" || request === "already-ended" || request === "no-line-left") {
      this.#tryAgain(job, words);
    } else if (job.contracts.length > 1) {
      job.contracts.shift();
      this.#queue.unshift(job);
    } else {
      this.#refuse(job, words, retryMs === null ? null : Math.max(retryMs, REFUSED_RETRY_MS));
    }
    this.#fill();
  }

  #tryAgain(job: Job, reason: string): void {
    if (++job.tries >= MOST_TRIES) this.#refuse(job, reason, RETRY_MS);
    else this.#queue.push(job);
  }

  #refuse(job: Job, reason: string, retryMs: number | null): void {
    job.answer({ kind: "refused", reason, retryMs });
  }

  #land(requestId: number): Flight | null {
    const flight = this.#flights.get(requestId);
    if (flight === undefined) return null;
    flight.cancelTimer();
    this.#flights.delete(requestId);
    this.#deps.requests.close(requestId);
    return flight;
  }
}

/** Two requests with the same text are identical to IBKR. */
function identityOf({ contracts, duration, known }: Job): string {
  const { secType, conId } = contracts[0]!;
  return `${known.index} ${secType ?? ""} ${conId ?? ""} ${duration}`;
}

function whatToShow(assetType: AssetType): WhatToShow {
  if (assetType === "CRYPTO") return WhatToShow.AGGTRADES;
  return assetType === "FOREX" ? WhatToShow.MIDPOINT : WhatToShow.TRADES;
}

function contractsFor({ instrument, streaming }: KnownContract): Contract[] {
  if (streaming === null) return [];
  if (instrument.assetType !== "FUTURE") return [streaming];
  const { symbol, exchange, currency, multiplier, tradingClass } = streaming;
  const continuous: Contract = {
    secType: SecType.CONTFUT,
    ...(symbol === undefined ? {} : { symbol }),
    ...(exchange === undefined ? {} : { exchange }),
    ...(currency === undefined ? {} : { currency }),
    // ES and MES differ by it alone in some listings; a weekly future's class has no continuous series of its own.
    ...(multiplier === undefined ? {} : { multiplier }),
    ...(tradingClass === undefined || /\d/.test(tradingClass) ? {} : { tradingClass }),
  };
  return symbol === undefined ? [streaming] : [continuous, streaming];
}
