/**
 * Turns what the monitor publishes into rows of history, and hands them to a sink that neither blocks nor throws.
 *
 * Fills, breaches, acknowledgements and changes of holdings go at once, in one batch a turn. Books, accounts, risk and the
 * day's results go at their intervals, by the clock, and at the end of the run. A turn costs a comparison of quantities;
 * nothing here grows with turns.
 *
 * Only what is true is recorded: a source's book and accounts while the source is confirmed, and not while a stored one
 * stands in for it; nothing at all before it is known whose book it is, real or simulated.
 */
import { type BookEvent, QUOTING_BROKER, type Source } from "../domain/event.ts";
import type { AccountId } from "../domain/position_book.ts";
import type { RiskSnapshot } from "../domain/risk/snapshot.ts";
import type { EpochMs } from "../domain/time.ts";
import { brokersRead } from "./brokers.ts";
import { isAccountConfirmed, isSourceConfirmed } from "./history/confirmed.ts";
import { ClockInterval } from "./history/clock_interval.ts";
import type { HistorySink } from "./history/claimed_history.ts";
import { DailyResults } from "./history/daily_results.ts";
import { HeldLeaves } from "./history/held_leaves.ts";
import { PositionChanges } from "./history/position_changes.ts";
import { accountRecords, positionBooks } from "./history/recorded_book.ts";
import { RecordedFills } from "./history/recorded_fills.ts";
import { riskRecords } from "./history/recorded_risk.ts";
import { SignalRows } from "./history/signal_rows.ts";
import { snapshotDocument } from "./history/snapshot_document.ts";
import { type StoredHistory, withChanges } from "./history/stored_history.ts";
import type { Monitor, Published } from "./monitor.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { StoreBatch } from "./ports/store.ts";
import { ALL_ACCOUNTS, type BreachRecord, type StoredBook } from "./ports/store_records.ts";
import type { Settings } from "./settings.ts";

export interface HistoryRecorderPorts {
  readonly monitor: Pick<Monitor, "portfolio" | "last" | "subscribe" | "onEvent" | "onMove" | "signalMemory">;
  readonly settings: Pick<Settings, "snapshots" | "ibkr" | "futu">;
  readonly clock: Clock;
  /** `ClaimedHistory`: it is told whose book it is before anything but the day's fills is recorded. */
  readonly sink: HistorySink & { claim(book: StoredBook): void; stop(reason: string): void };
  readonly log: Log;
}

/** Of as many holdings, rows of books and of results take tens of milliseconds each: then not in the same turn. */
const LARGE_BOOK = 2_000;
/** Limits that judge one account. */
const ACCOUNT_RULES: ReadonlySet<string> = new Set(["max_margin_utilization"]);

export class HistoryRecorder {
  readonly #ports: HistoryRecorderPorts;
  readonly #held: HeldLeaves;
  readonly #fills: RecordedFills;
  readonly #changes: PositionChanges;
  readonly #days: DailyResults;
  readonly #signals = new SignalRows();
  /** Sources that tell the session's fills. */
  readonly #telling: ReadonlySet<Source>;
  readonly #bookInterval: ClockInterval;
  readonly #accountInterval: ClockInterval;
  readonly #riskInterval: ClockInterval;
  /** Accounts whose book was recorded in this run, by their index in the book. */
  readonly #recorded = new Set<number>();
  readonly #release: (() => void)[] = [];
  #claimed: StoredBook | null = null;
  #off = false;
  /** Of a large book the turn before recorded the holdings alone. */
  #postponed = false;
  /** The snapshot of the turn before. */
  #before: RiskSnapshot | null = null;
  #writingRisk: Promise<void> | null = null;

  constructor(ports: HistoryRecorderPorts) {
    this.#ports = ports;
    const { monitor, settings: { snapshots } } = ports;
    const { portfolio } = monitor;
    this.#held = new HeldLeaves(portfolio);
    this.#fills = new RecordedFills(portfolio.registry);
    this.#changes = new PositionChanges(portfolio);
    this.#days = new DailyResults(portfolio, this.#held);
    this.#telling = new Set(
      brokersRead(ports.settings).flatMap(({ source, tellsExecutions }) => tellsExecutions ? [source] : []),
    );
    this.#bookInterval = new ClockInterval(snapshots.positionIntervalSec);
    this.#accountInterval = new ClockInterval(snapshots.accountIntervalSec);
    this.#riskInterval = new ClockInterval(snapshots.riskIntervalSec);
  }

  /**
   * What an earlier run stored, before the sources are connected: the first confirmed book is compared with it, and days that
   * it knew more of are left as they are. Without it the first book is no change.
   */
  expect(stored: StoredHistory): void {
    const books = withChanges(stored);
    this.#changes.expect(books);
    this.#days.expect(books, stored.days ?? []);
  }

  /** Begins to listen. Before the monitor's first turn, so that no event is missed. */
  start(): void {
    const { monitor } = this.#ports;
    this.#release.push(
      monitor.onMove((now) => this.#guard(() => this.#beforeMove(now))),
      monitor.onEvent((event) => this.#guard(() => this.#note(event))),
      monitor.subscribe((published) => this.#guard(() => this.#observe(published))),
    );
  }

  /** Records everything as of the last turn, whatever the intervals. Resolves when the sink has it. */
  async capture(): Promise<void> {
    const snapshot = this.#ports.monitor.last;
    if (snapshot === null || this.#off || this.#claimed === null) return;
    await this.#writingRisk;
    this.#guard(() => {
      const takenAt = takenAtOf(snapshot);
      this.#record({ positionChanges: this.#changes.flush(takenAt), dailyPnl: this.#dayRows(snapshot) });
      this.#recordSignals();
      this.#recordBooks(snapshot, this.#confirmedAccounts());
      this.#record({ accounts: accountRecords(this.#ports.monitor.portfolio, takenAt) });
      if (snapshot.status !== "starting") this.#recordRisk(snapshot);
    });
    await this.#writingRisk;
  }

  /** Listens no more, and records the last turn where that is configured. */
  async stop(): Promise<void> {
    for (const release of this.#release.splice(0)) release();
    if (this.#ports.settings.snapshots.captureOnShutdown) await this.capture();
    await this.#writingRisk;
  }

  #beforeMove(now: EpochMs): void {
    const last = this.#ports.monitor.last;
    if (last !== null) this.#record({ dailyPnl: this.#days.beforeMove(now, last, this.#sources()) });
  }

  #note(event: BookEvent): void {
    this.#fills.note(event);
    this.#changes.note(event);
    this.#days.note(event);
  }

  #observe({ snapshot, steps, signalTransitions }: Published): void {
    const now = takenAtOf(snapshot);
    const fills = this.#fills.take();
    const positionChanges = this.#changes.observe(now);
    this.#record({ ...fills, positionChanges, breaches: steps.map(breachRecord) });
    if (this.#isClaimed(snapshot)) {
      this.#observeDay(snapshot);
      this.#recordDue(snapshot, now);
      if (signalTransitions.some(({ kind }) => kind === "acknowledged")) this.#recordSignals();
    }
    this.#before = snapshot;
  }

  /**
   * A book is known once every source that belongs to it was read: by then a simulator has said that it is one. A simulator
   * in place of the real broker, later, is no part of the real book.
   */
  #isClaimed(snapshot: RiskSnapshot): boolean {
    const book: StoredBook = snapshot.simulated ? "simulated" : "real";
    if (this.#claimed === null) {
      if (!this.#ports.monitor.portfolio.bookKnown) return false;
      this.#claimed = book;
      this.#ports.sink.claim(book);
    } else if (this.#claimed !== book) {
      this.#turnOff(`the book was ${this.#claimed} and has become ${book}; start anew to record it elsewhere`);
      return false;
    }
    return true;
  }

  #observeDay(snapshot: RiskSnapshot): void {
    this.#days.afterTurn(this.#before);
    const { status, baseCurrency } = snapshot;
    if (status === "starting" || baseCurrency === null) return;
    for (const source of this.#sources()) {
      if (!this.#days.hasBegun(source) && this.#isDayKnown(source)) this.#days.begin(source);
    }
  }

  /** All holdings, their fills from the day's start where the source tells them and, as far as they come, their prices. */
  #isDayKnown(source: Source): boolean {
    const { portfolio } = this.#ports.monitor;
    if (!isSourceConfirmed(portfolio, source)) return false;
    return !this.#telling.has(source) || portfolio.positions.fillsSince(source) !== null;
  }

  #recordDue(snapshot: RiskSnapshot, now: EpochMs): void {
    const { portfolio } = this.#ports.monitor;
    const confirmed = this.#confirmedAccounts();
    const booksDue = this.#bookInterval.due(now);
    if (booksDue) {
      this.#recordBooks(snapshot, confirmed);
      if (snapshot.status !== "starting") this.#recordSignals();
    } else if (confirmed.length > this.#recorded.size || confirmed.some((index) => !this.#recorded.has(index))) {
      // The first true word on an account, for whoever starts after a crash.
      this.#recordBooks(snapshot, confirmed.filter((index) => !this.#recorded.has(index)));
    }
    // Never twice in a row: books may be due each turn.
    this.#postponed = booksDue && !this.#postponed && this.#held.all().length >= LARGE_BOOK;
    if (this.#postponed) return;
    if (this.#accountInterval.due(now)) {
      this.#record({ accounts: accountRecords(portfolio, now) });
      this.#record({ dailyPnl: this.#dayRows(snapshot) });
    }
    // Before the first view there is no risk to tell of; one that is still being written takes the place of the next.
    if (snapshot.status === "starting" || this.#writingRisk !== null) return;
    if (this.#riskInterval.due(now)) this.#recordRisk(snapshot);
  }

  /**
   * While a source is away its marks are of before: its rows and the book's stay as they are. So do all rows while the broker
   * is away that quotes everybody's holdings.
   */
  #dayRows(snapshot: RiskSnapshot) {
    const sources = this.#sources();
    const confirmed = sources.filter((source) => isSourceConfirmed(this.#ports.monitor.portfolio, source));
    if (sources.includes(QUOTING_BROKER) && !confirmed.includes(QUOTING_BROKER)) return [];
    return this.#days.rows(snapshot, confirmed, confirmed.length === sources.length);
  }

  #recordBooks(snapshot: RiskSnapshot, accounts: readonly number[]): void {
    if (accounts.length === 0) return;
    const { portfolio } = this.#ports.monitor;
    const ids = accounts.map((index) => portfolio.positions.accounts[index]!);
    for (const index of accounts) this.#recorded.add(index);
    this.#record({ positions: positionBooks(ids, this.#held.seenIn(snapshot), portfolio, takenAtOf(snapshot)) });
  }

  #recordSignals(): void {
    this.#record(this.#signals.changed(this.#ports.monitor.signalMemory()));
  }

  #recordRisk(snapshot: RiskSnapshot): void {
    const written = snapshotDocument(snapshot, this.#ports.clock)
      .then((document) => this.#record({ risk: riskRecords(snapshot, document) }))
      .catch((fault) => this.#fail(fault))
      .finally(() => this.#writingRisk = null);
    this.#writingRisk = written;
  }

  /** By their index in the book. */
  #confirmedAccounts(): number[] {
    const { portfolio } = this.#ports.monitor;
    const confirmed = ({ source, account }: AccountId) => isAccountConfirmed(portfolio, source, account);
    return portfolio.positions.accounts.flatMap((id, index) => confirmed(id) ? [index] : []);
  }

  #sources(): Source[] {
    const { expectedSources, positions } = this.#ports.monitor.portfolio;
    return [...new Set([...expectedSources, ...positions.accounts.map(({ source }) => source)])];
  }

  #record(batch: StoreBatch): void {
    const rows = Object.entries(batch).filter(([name, each]) => name === "activeSignals" || !isEmptyList(each));
    if (!this.#off && rows.length > 0) this.#ports.sink.record(Object.fromEntries(rows));
  }

  /** History is an extra: a fault in here must not take the monitor along. */
  #guard(work: () => void): void {
    if (this.#off) return;
    try {
      work();
    } catch (fault) {
      this.#fail(fault);
    }
  }

  #fail(fault: unknown): void {
    const { log } = this.#ports;
    log.write(
      "ERROR",
      "SYSTEM",
      `Cannot record history: ${fault instanceof Error ? fault.stack ?? fault.message : fault}`,
    );
    this.#turnOff("recording failed; the log says why");
  }

  #turnOff(reason: string): void {
    this.#off = true;
    this.#ports.sink.stop(reason);
  }
}

function takenAtOf({ asOf }: RiskSnapshot): EpochMs {
  return Date.parse(asOf);
}

/** Of signals that stand, none is a statement; of all else it is nothing to record. */
function isEmptyList(rows: unknown): boolean {
  return Array.isArray(rows) && rows.length === 0;
}

function breachRecord({ transition, breach }: Published["steps"][number]): BreachRecord {
  const judgesAccount = ACCOUNT_RULES.has(transition.rule) && transition.scope !== null;
  return { account: judgesAccount ? transition.scope : ALL_ACCOUNTS, transition, breach };
}
