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
import { doneRecords, failedRecords, type WindowOutcome } from "./records.ts";
import type { AccountReport, BackfillListener, BackfillReport, SourceReport, WindowFailure } from "./report.ts";
import type { BackfillPlan, BackfillRange, BackfillSource, BackfillWindow, KnownHistory, PastItem } from "./source.ts";
import { WindowReading } from "./window_reading.ts";
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
  readonly accounts: Map<string, AccountTally>;
  readonly remarks: Set<string>;
  /** Accounts whose stream has a window that failed in this run, and why. */
  readonly failedStreams: Map<string, string>;
  done: number;
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
  #executions = 0;
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
    const empty = { source, failures: [], accounts: new Map(), failedStreams: new Map(), done: 0 };
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
    const reading = new WindowReading(tally, this.#job);
    this.#progress(planned, window, 0);
    const failure = await this.#read(planned, window, reading);
    const outcome = { source, window, tally, asked, now: clock.now() };
    if (signal.aborted) await this.#keepRest(reading);
    const result = signal.aborted ? failure : await this.#conclude(outcome, reading, planned, failure);
    this.#count(planned, window, tally, result);
  }

  /** Gives why the window is not complete; null when it is. */
  async #read(planned: Planned, window: BackfillWindow, reading: WindowReading): Promise<Failure | null> {
    const { signal, store } = this.#job;
    const { tally } = reading;
    try {
      const onFraction = (fraction: number) => this.#progress(planned, window, fraction);
      for await (const item of planned.source.read(window, { signal, dryRun: store === null, onFraction })) {
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
        for (let batch = reading.fullBatch(); batch !== null; batch = reading.fullBatch()) {
          await this.#claim(reading.book);
          await this.#write(batch);
          this.#executions += batch.executions.length;
        }
    }
  }

  /** Told to stop in the middle of a window: its rows are good, and the window is read again. */
  async #keepRest(reading: WindowReading): Promise<void> {
    const rest = reading.rest();
    if (rest.executions.length === 0) return;
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
      if (rest.executions.length > 0 || failure === null) await this.#claim(reading.book);
    } catch (fault) {
      return failureOf(fault);
    }
    this.#executions += rest.executions.length;
    if (store === null) return failure;
    if (failure === null) {
      const records = await doneRecords(outcome, known, planned.failedStreams);
      await this.#write({ ...rest, ...records });
      const hole = holeBefore(outcome.tally, records.syncStates);
      if (hole !== null) planned.remarks.add(hole);
      return null;
    }
    for (const account of [...outcome.tally.accounts.keys(), known.scope]) {
      planned.failedStreams.set(account, `${outcome.window.title}: ${failure.reason}`);
    }
    await this.#write({ ...rest, ...await failedRecords(outcome, known, failure.reason) });
    return failure;
  }

  #count(planned: Planned, window: BackfillWindow, tally: WindowTally, failure: Failure | null): void {
    const { listener, log, signal } = this.#job;
    listener.onAccounts([...tally.accounts.keys()]);
    if (failure === null || failure.isRecorded) {
      for (const [account, counted] of tally.accounts) addTo(planned.accounts, account, counted);
    }
    if (signal.aborted) return;
    const { title } = planned.source;
    if (failure === null) {
      planned.done++;
      log.write("INFO", "DATA", `Read ${title}, ${window.title}`, { executions: tally.executions });
    } else {
      this.#failures++;
      planned.failures.push({ window: window.title, reason: failure.reason });
      log.write("ERROR", "DATA", `Cannot read all of ${title}, ${window.title}: ${failure.reason}`);
    }
    const reason = failure?.reason ?? null;
    listener.onWindow({ source: title, window: window.title, executions: tally.executions, failure: reason });
  }

  #progress(planned: Planned, window: BackfillWindow, fraction: number): void {
    this.#job.listener.onProgress({
      source: planned.source.title,
      window: window.title,
      index: this.#index,
      windows: this.#windows,
      fraction,
      executions: this.#executions,
      failures: this.#failures,
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
    for (const [account, tally] of [...planned.accounts].sort(([a], [b]) => a < b ? -1 : 1)) {
      const state = await this.#job.known.state(account, source.dataType);
      accounts.push({ account, ...tally, watermark: state?.watermark ?? null });
    }
    const { title } = source;
    return {
      title,
      planned: plan.windows.length,
      done,
      skipped: plan.skipped,
      failures,
      accounts,
      remarks: [...remarks],
    };
  }
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

function addTo(sums: Map<string, AccountTally>, account: string, added: AccountTally): void {
  const sum = sums.get(account);
  if (sum === undefined) {
    sums.set(account, { ...added });
    return;
  }
  sum.executions += added.executions;
  sum.commissions += added.commissions;
  if (added.first !== null) sum.first = Math.min(sum.first ?? added.first, added.first);
  if (added.last !== null) sum.last = Math.max(sum.last ?? added.last, added.last);
}

function wordsOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
