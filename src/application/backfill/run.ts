/**
 * Reads past trades from every source, window by window, into the store.
 *
 * Rows are written as they come, and the row that calls a window done in the batch of its last rows: killed anywhere, the next
 * run reads that window again, and rows that are there already change nothing. A window that fails is recorded with its reason
 * and the others go on.
 */
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { type Store, type StoreBatch, StoreFault } from "../ports/store.ts";
import type { StoredBook, SyncStateRecord } from "../ports/store_records.ts";
import { isoDate } from "../../domain/calendar/date.ts";
import type { EpochMs } from "../../domain/time.ts";
import { brokerDay, type Span } from "./coverage.ts";
import { doneRecords, failedRecords, type SyncBatch, type WindowOutcome } from "./records.ts";
import type { AccountReport, BackfillListener, BackfillReport, SourceReport, WindowFailure } from "./report.ts";
import {
  type BackfillPlan,
  type BackfillRange,
  type BackfillSource,
  type BackfillWindow,
  IB_PLACE,
  type KnownHistory,
  type PastItem,
} from "./source.ts";
import { doneStreamRecords, failedStreamRecords } from "./stream_records.ts";
import { rowsIn, type WantedRows, WindowReading } from "./window_reading.ts";
import { type AccountTally, WindowTally } from "./window_tally.ts";

/** A store that is busy or away is tried again after each of these. */
const RETRIES_MS = [500, 1_000, 2_000, 4_000, 8_000];

export interface BackfillJob {
  readonly sources: readonly BackfillSource[];
  /** What is written to; null: nothing is, in a dry run. */
  readonly store: Pick<Store, "write" | "claim"> | null;
  readonly known: KnownHistory;
  /** Whose book the store keeps, as a dry run found it. */
  readonly storedBook: StoredBook | null;
  /** Rows of other accounts are left aside; null: all are read. */
  readonly account: string | null;
  readonly range: BackfillRange;
  /** The range that was asked for, in time; null: none was. */
  readonly asked: Span | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly listener: BackfillListener;
  readonly signal: AbortSignal;
}

/** @throws {StoreFault} when the store cannot be written to: what was written before stays */
export function runBackfill(job: BackfillJob): Promise<BackfillReport> {
  return new Run(job).run();
}

interface Planned {
  readonly source: BackfillSource;
  readonly plan: BackfillPlan;
  readonly failures: WindowFailure[];
  /** What was read of each account, and of each of its markets where the source knows any. */
  readonly parts: Map<string, PartTally>;
  readonly remarks: Set<string>;
  /** Streams with a window that failed in this run, and why; by account where the source knows no streams. */
  readonly failedStreams: Map<string, string>;
  done: number;
}

interface PartTally {
  readonly account: string;
  readonly market: string | null;
  readonly tally: AccountTally;
  /** Data types of which it is known how far they are complete. */
  readonly dataTypes: Set<string>;
}

/** The store keeps another kind of book: no window of this source can be stored, and none is recorded there. */
class OtherBook extends Error {}

interface Failure {
  readonly reason: string;
  /** The store holds what was read of the window, and that it failed. */
  readonly isRecorded: boolean;
}

class Run {
  readonly #job: BackfillJob;
  #claimed: StoredBook | null = null;
  #windows = 0;
  #index = 0;
  #rows = 0;
  #failures = 0;

  constructor(job: BackfillJob) {
    this.#job = job;
  }

  async run(): Promise<BackfillReport> {
    const { clock, sources, store, signal } = this.#job;
    const startedAt = clock.monotonic();
    const planned: Planned[] = [];
    for (const source of sources) planned.push(await this.#planned(source));
    this.#windows = planned.reduce((sum, { plan }) => sum + plan.windows.length, 0);
    for (const each of planned) {
      for (const window of each.plan.windows) {
        if (signal.aborted) break;
        this.#index++;
        await this.#window(each, window);
      }
    }
    const reports: SourceReport[] = [];
    for (const each of planned) reports.push(await this.#report(each));
    return {
      sources: reports,
      dryRun: store === null,
      interrupted: signal.aborted,
      elapsedMs: clock.monotonic() - startedAt,
    };
  }

  async #planned(source: BackfillSource): Promise<Planned> {
    const { range, known, signal } = this.#job;
    const empty = { source, failures: [], parts: new Map(), failedStreams: new Map(), done: 0 };
    try {
      const plan = await source.plan(range, known);
      return { ...empty, plan, remarks: new Set(plan.remarks) };
    } catch (fault) {
      if (fault instanceof StoreFault) throw fault;
      const plan: BackfillPlan = { windows: [], skipped: 0, remarks: [] };
      if (signal.aborted) return { ...empty, plan, remarks: new Set() };
      const failure = { window: source.title, reason: wordsOf(fault) };
      this.#failures++;
      this.#job.log.write("ERROR", "DATA", `Cannot plan ${source.title}: ${failure.reason}`);
      return { ...empty, plan, failures: [failure], remarks: new Set() };
    }
  }

  async #window(planned: Planned, window: BackfillWindow): Promise<void> {
    const { source } = planned;
    const { signal, asked, clock } = this.#job;
    const tally = new WindowTally();
    const reading = new WindowReading(tally, this.#wanted(window));
    this.#progress(planned, window, 0);
    const failure = await this.#read(planned, window, reading);
    const outcome = { source, window, tally, asked, now: clock.now() };
    if (signal.aborted) await this.#keepRest(reading);
    const result = signal.aborted ? failure : await this.#conclude(outcome, reading, planned, failure);
    this.#count(planned, window, tally, result);
  }

  /** A window of one stream was planned within what was asked for. */
  #wanted({ stream, from }: BackfillWindow): WantedRows {
    if (stream === undefined) return this.#job;
    return { account: stream.account, asked: null, counted: { from, to: stream.until } };
  }

  /** Gives why the window is not complete; null when it is. */
  async #read(planned: Planned, window: BackfillWindow, reading: WindowReading): Promise<Failure | null> {
    const { signal, store } = this.#job;
    const { tally } = reading;
    try {
      let done = 0;
      const reports = {
        onFraction: (fraction: number) => this.#progress(planned, window, done = fraction),
        onWaiting: (words: string | null) => this.#progress(planned, window, done, words),
      };
      for await (const item of planned.source.read(window, { signal, dryRun: store === null, ...reports })) {
        await this.#take(item, reading, planned);
        if (signal.aborted) return null;
      }
      if (tally.incomplete !== null) return { reason: tally.incomplete, isRecorded: true };
      return this.#untold(window, tally);
    } catch (fault) {
      return failureOf(fault);
    }
  }

  /** A window of days whose source does not say what it covers cannot be called done. */
  #untold(window: BackfillWindow, tally: WindowTally): Failure | null {
    if (window.to === 0 || tally.commonSpan !== null) return null;
    if (this.#job.account === null) return { reason: "it does not say which days it covers", isRecorded: true };
    // Nothing is recorded of an account that may not exist.
    return { reason: "it says nothing of the account that was asked for: check --account", isRecorded: false };
  }

  async #take(item: PastItem, reading: WindowReading, planned: Planned): Promise<void> {
    switch (item.kind) {
      case "book":
        reading.book = item.book;
        return;
      case "lost":
        return reading.tally.lost(item.reason);
      case "remark":
        planned.remarks.add(item.words);
        return;
      case "covers":
        return reading.covers(item);
      case "fills":
        reading.add(item.fills);
        return await this.#writeFull(reading);
      case "orders":
        reading.addOrders(item.orders);
        return await this.#writeFull(reading);
      case "deals":
        reading.addDeals(item.deals);
        return await this.#writeFull(reading);
      case "fees":
        reading.addFees(item.fees);
        return await this.#writeFull(reading);
    }
  }

  async #writeFull(reading: WindowReading): Promise<void> {
    for (let batch = reading.fullBatch(); batch !== null; batch = reading.fullBatch()) {
      await this.#claim(reading.book);
      await this.#write(batch);
      this.#rows += rowsIn(batch);
    }
  }

  /** Told to stop in the middle of a window: its rows are good, and the window is read again. */
  async #keepRest(reading: WindowReading): Promise<void> {
    const rest = reading.rest();
    if (rowsIn(rest) === 0) return;
    try {
      await this.#claim(reading.book);
    } catch (fault) {
      if (fault instanceof OtherBook) return;
      throw fault;
    }
    await this.#write(rest);
  }

  /** Writes the last rows with what is said about the window. Gives why it failed, which this can bring about. */
  async #conclude(
    outcome: WindowOutcome,
    reading: WindowReading,
    planned: Planned,
    failure: Failure | null,
  ): Promise<Failure | null> {
    if (failure !== null && !failure.isRecorded) return failure;
    const { known, store } = this.#job;
    const rest = reading.rest();
    try {
      if (rowsIn(rest) > 0 || failure === null) await this.#claim(reading.book);
    } catch (fault) {
      return failureOf(fault);
    }
    this.#rows += rowsIn(rest);
    if (store === null) return failure;
    if (failure === null) {
      const records = await this.#done(outcome, planned);
      await this.#write({ ...rest, ...records });
      const hole = outcome.window.stream === undefined ? holeBefore(outcome.tally, records.syncStates) : null;
      if (hole !== null) planned.remarks.add(hole);
      return null;
    }
    const { window: { title, stream }, tally } = outcome;
    const streams = stream === undefined ? [...tally.accounts.keys(), known.scope] : [streamName(outcome.window)];
    for (const name of streams) planned.failedStreams.set(name, `${title}: ${failure.reason}`);
    const records = stream === undefined
      ? await failedRecords(outcome, known, failure.reason)
      : await failedStreamRecords({ ...outcome, stream }, known, failure.reason);
    await this.#write({ ...rest, ...records });
    return failure;
  }

  async #done(outcome: WindowOutcome, { failedStreams }: Planned): Promise<SyncBatch> {
    const { known } = this.#job;
    const { window } = outcome;
    if (window.stream === undefined) return await doneRecords(outcome, known, failedStreams);
    const failedBefore = failedStreams.get(streamName(window)) ?? null;
    return await doneStreamRecords({ ...outcome, stream: window.stream }, known, failedBefore);
  }

  #count(planned: Planned, window: BackfillWindow, tally: WindowTally, failure: Failure | null): void {
    const { listener, log, signal } = this.#job;
    listener.onAccounts([...tally.accounts.keys()]);
    if (failure === null || failure.isRecorded) {
      for (const [account, counted] of tally.accounts) addTo(planned.parts, account, window, counted);
    }
    if (signal.aborted) return;
    const { title } = planned.source;
    if (failure === null) {
      planned.done++;
      log.write("INFO", "DATA", `Read ${title}, ${window.title}`, {
        [`${window.stream?.rows ?? "execution"}s`]: tally.rows,
      });
    } else {
      this.#failures++;
      planned.failures.push({ window: window.title, reason: failure.reason });
      log.write("ERROR", "DATA", `Cannot read all of ${title}, ${window.title}: ${failure.reason}`);
    }
    const reason = failure?.reason ?? null;
    const kind = window.stream === undefined ? {} : { rows: window.stream.rows };
    listener.onWindow({ source: title, window: window.title, executions: tally.rows, ...kind, failure: reason });
  }

  #progress(planned: Planned, window: BackfillWindow, fraction: number, waiting: string | null = null): void {
    this.#job.listener.onProgress({
      source: planned.source.title,
      window: window.title,
      index: this.#index,
      windows: this.#windows,
      fraction,
      executions: this.#rows,
      failures: this.#failures,
      ...(waiting === null ? {} : { waiting }),
    });
  }

  /** @throws {OtherBook} when the store keeps a real book and this one is simulated, or the other way round */
  async #claim(book: StoredBook): Promise<void> {
    const { store, storedBook } = this.#job;
    if (this.#claimed === book) return;
    if (store === null) {
      if (storedBook !== null && storedBook !== book) {
        throw new OtherBook(`The store holds a ${storedBook} book, and this one is ${book}: it would be refused`);
      }
    } else {
      await store.claim(book).catch((fault) => {
        throw fault instanceof StoreFault && fault.kind === "refused" ? new OtherBook(fault.message) : fault;
      });
    }
    this.#claimed = book;
  }

  async #write(batch: StoreBatch): Promise<void> {
    const { store, clock, signal } = this.#job;
    if (store === null) return;
    for (let tries = 0;; tries++) {
      try {
        return await store.write(batch);
      } catch (fault) {
        const waitMs = RETRIES_MS[tries];
        if (!(fault instanceof StoreFault) || !fault.passing || waitMs === undefined || signal.aborted) throw fault;
        await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
      }
    }
  }

  async #report(planned: Planned): Promise<SourceReport> {
    const { source, plan, done, failures, remarks } = planned;
    const accounts: AccountReport[] = [];
    for (const [, part] of [...planned.parts].sort(([a], [b]) => a < b ? -1 : 1)) {
      accounts.push(await this.#partReport(source, part));
    }
    const { title, broker } = source;
    return {
      title,
      broker,
      planned: plan.windows.length,
      done,
      skipped: plan.skipped,
      failures,
      accounts,
      remarks: [...remarks],
    };
  }

  async #partReport({ broker, dataType }: BackfillSource, part: PartTally): Promise<AccountReport> {
    const { known } = this.#job;
    const { account, market, tally: { orders, deals, fees, ...tally } } = part;
    if (market === null) {
      const state = await known.state(account, dataType);
      return { account, ...tally, watermark: state?.watermark ?? null };
    }
    const marks: EpochMs[] = [];
    for (const type of part.dataTypes) {
      marks.push((await known.state(account, type, { ...IB_PLACE, broker, market }))?.watermark ?? -Infinity);
    }
    const least = Math.min(...marks);
    const watermark = Number.isFinite(least) ? least : null;
    return { account, market, ...tally, futu: { orders, deals, fees }, watermark };
  }
}

/** Tells a window's stream from others of the source. */
function streamName({ dataType, stream }: BackfillWindow): string {
  return `${stream?.account} ${stream?.market} ${dataType}`;
}

/** A source that goes back only so far leaves out what happened since the last run. */
function holeBefore(tally: WindowTally, states: readonly SyncStateRecord[]): string | null {
  for (const { account, watermark } of states) {
    const from = tally.accounts.has(account) ? tally.spanOf(account)?.from ?? null : null;
    if (from === null || watermark === null || watermark >= from) continue;
    return `Complete only until ${dateOf(watermark)}: what was traded from then to ${dateOf(from)} is not stored. ` +
      "A statement that covers these days fills the hole.";
  }
  return null;
}

function dateOf(at: EpochMs): string {
  return isoDate(brokerDay(at));
}

/** @throws what is a fault of the store, with which the run ends */
function failureOf(fault: unknown): Failure {
  if (fault instanceof StoreFault) throw fault;
  return { reason: wordsOf(fault), isRecorded: !(fault instanceof OtherBook) };
}

function addTo(parts: Map<string, PartTally>, account: string, window: BackfillWindow, added: AccountTally): void {
  const market = window.stream?.market ?? null;
  const name = market === null ? account : `${account} ${market}`;
  let part = parts.get(name);
  if (part === undefined) {
    const tally = { executions: 0, commissions: 0, orders: 0, deals: 0, fees: 0, first: null, last: null };
    part = { account, market, tally, dataTypes: new Set() };
    parts.set(name, part);
  }
  // What is read without bounds in time has no moment up to which it is complete.
  if (window.to > 0) part.dataTypes.add(window.dataType);
  const sum = part.tally;
  sum.executions += added.executions;
  sum.commissions += added.commissions;
  sum.orders += added.orders;
  sum.deals += added.deals;
  sum.fees += added.fees;
  if (added.first !== null) sum.first = Math.min(sum.first ?? added.first, added.first);
  if (added.last !== null) sum.last = Math.max(sum.last ?? added.last, added.last);
}

function wordsOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
