/**
 * What a screen tells of the day beside the snapshot: the book's P&L and exposure since the open, the transitions of
 * breaches, and what happened to one row. What this run did not see itself comes from the store, if one is kept. Nobody
 * waits for the store: until it has answered there is less to tell.
 */
import { openedAt, sessionDate, sessionStart } from "../domain/calendar/session.ts";
import { type Instrument, instrumentKey, type KeyFields } from "../domain/instrument.ts";
import type { BreachTransition } from "../domain/limits/breach_transition.ts";
import type { EpochMs } from "../domain/time.ts";
import type { Published } from "./monitor.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { Store } from "./ports/store.ts";
import { ALL_ACCOUNTS, type Fill, type PositionChangeRecord, type StoredBook } from "./ports/store_records.ts";

/** What is read of the store. */
export type DayReads = Pick<Store, "storedBook" | "riskSeries" | "breaches" | "positionChanges" | "fills">;

/** The book at one instant; null: not known then. In the base currency. */
export interface DayPoint {
  readonly at: EpochMs;
  readonly dailyPnl: number | null;
  readonly grossExposure: number | null;
}

/** Whose history is asked for: a limit's breach, one contract, or all contracts of a name. */
export type HistorySubject =
  | { readonly kind: "breach"; readonly id: string }
  | { readonly kind: "contract"; readonly contract: KeyFields }
  | { readonly kind: "name"; readonly underlying: string };

export type HistoryEntry =
  | { readonly kind: "step"; readonly at: EpochMs; readonly transition: BreachTransition }
  | { readonly kind: "change"; readonly at: EpochMs; readonly change: PositionChangeRecord }
  | { readonly kind: "fill"; readonly at: EpochMs; readonly fill: Fill };

/** Newest first. `more`: older entries are left out. */
export type RowHistory =
  | { readonly status: "read"; readonly entries: readonly HistoryEntry[]; readonly more: boolean }
  | { readonly status: "not kept" }
  | { readonly status: "failed"; readonly reason: string };

/** How much of the day before this run is known. */
export type EarlierDay = "not kept" | "reading" | "read" | "failed";

/** Transitions that are remembered; a limit that flutters all day must not fill the memory. */
const MOST_TRANSITIONS = 500;
const MOST_ENTRIES = 100;
const HOUR_MS = 3_600_000;

export interface DayRecordPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Whose book this program shows: the other kind's rows are not its own. */
  readonly book: StoredBook;
  /** Null: no history is kept. */
  readonly store: DayReads | null;
}

export class DayRecord {
  readonly #ports: DayRecordPorts;
  readonly #startedAt: EpochMs;
  /** Oldest first. */
  #transitions: readonly BreachTransition[] = [];
  #points: readonly DayPoint[] = [];
  #earlier: EarlierDay;

  constructor(ports: DayRecordPorts) {
    this.#ports = ports;
    this.#startedAt = ports.clock.now();
    this.#earlier = ports.store === null ? "not kept" : "reading";
  }

  /** Takes one turn of the monitor. */
  observe({ transitions }: Pick<Published, "transitions">): void {
    if (transitions.length > 0) this.#transitions = this.#ofToday([...this.#transitions, ...transitions]);
  }

  /** Reads what happened today before this run; once, at the start. Resolves also when that fails. */
  async read(): Promise<void> {
    const { store, clock, log } = this.#ports;
    if (store === null) return;
    try {
      const now = clock.now();
      const today = dayStart(now);
      if (await store.storedBook() === this.#ports.book) {
        const range = { account: null, from: today, to: this.#startedAt };
        this.#points = await readPoints(store, trailStart(now), this.#startedAt, this.#ports.book);
        const earlier = (await store.breaches(range)).map(({ transition }) => transition);
        this.#transitions = this.#ofToday([...earlier, ...this.#transitions]);
      }
      this.#earlier = "read";
    } catch (fault) {
      this.#earlier = "failed";
      log.write("WARN", "DATA", `Cannot read what happened today before the start: ${wordsOf(fault)}`);
    }
  }

  /** Of today before this run, since the open if the market has opened; oldest first. */
  get points(): readonly DayPoint[] {
    return this.#points;
  }

  /** Today's, oldest first, and whether those before this run are among them. */
  get transitions(): { readonly list: readonly BreachTransition[]; readonly earlier: EarlierDay } {
    return { list: this.#ofToday(this.#transitions), earlier: this.#earlier };
  }

  /** What happened to a row today. Never rejects. */
  async historyOf(subject: HistorySubject): Promise<RowHistory> {
    const { store, book } = this.#ports;
    if (subject.kind === "breach") return this.#steps(subject.id);
    if (store === null) return { status: "not kept" };
    try {
      if (await store.storedBook() !== book) return { status: "not kept" };
      return newestOf(await readHoldings(store, matching(subject), this.#ports.clock.now()));
    } catch (fault) {
      return { status: "failed", reason: wordsOf(fault) };
    }
  }

  #steps(id: string): RowHistory {
    const steps = this.#transitions.filter((transition) => transition.id === id);
    if (steps.length === 0 && this.#earlier === "not kept") return { status: "not kept" };
    return newestOf(steps.map((transition) => ({ kind: "step", at: transition.at, transition })));
  }

  #ofToday(transitions: readonly BreachTransition[]): readonly BreachTransition[] {
    const since = dayStart(this.#ports.clock.now());
    return transitions.filter(({ at }) => at >= since).slice(-MOST_TRANSITIONS);
  }
}

/** Since the open of the session that runs, else since the day's start: what was before is of another day's P&L. */
export function trailStart(now: EpochMs): EpochMs {
  return Math.max(dayStart(now), openedAt("NYSE", now) ?? 0);
}

/** Begin of New York's session day; a day back where the calendar ends. */
function dayStart(now: EpochMs): EpochMs {
  const session = sessionDate("NYSE", now);
  return (session === null ? null : sessionStart("NYSE", session)) ?? now - 24 * HOUR_MS;
}

/** Points that the sparklines may show: of this kind of book, in one currency, not of the time while it started. */
async function readPoints(store: DayReads, from: EpochMs, to: EpochMs, book: StoredBook): Promise<DayPoint[]> {
  const series = await store.riskSeries({ account: ALL_ACCOUNTS, from, to });
  const currency = series.at(-1)?.baseCurrency;
  return series.filter(({ account, simulated, status, baseCurrency }) =>
    account === ALL_ACCOUNTS && simulated === (book === "simulated") && status !== "starting" && status !== "stale" &&
    baseCurrency === currency
  ).map(({ takenAt, figures }) => ({
    at: takenAt,
    dailyPnl: figures.dailyPnl,
    grossExposure: figures.grossExposure,
  }));
}

async function readHoldings(
  store: DayReads,
  matches: (instrument: Instrument) => boolean,
  now: EpochMs,
): Promise<HistoryEntry[]> {
  // A broker's clock may run ahead of ours.
  const range = { account: null, from: dayStart(now), to: now + HOUR_MS };
  const entries: HistoryEntry[] = (await store.positionChanges(range))
    .filter(({ instrument }) => matches(instrument))
    .map((change) => ({ kind: "change", at: change.changedAt, change }));
  for await (const page of store.fills(range)) {
    for (const fill of page) {
      const { instrument, executedAt } = fill.execution;
      if (matches(instrument)) entries.push({ kind: "fill", at: executedAt, fill });
    }
    // The newest are asked for: a day of thousands of fills needs no more memory than these.
    if (entries.length > 10 * MOST_ENTRIES) {
      entries.sort((a, b) => a.at - b.at).splice(0, entries.length - MOST_ENTRIES - 1);
    }
  }
  return entries;
}

function matching(subject: Exclude<HistorySubject, { readonly kind: "breach" }>): (instrument: Instrument) => boolean {
  if (subject.kind === "name") return ({ underlying }) => underlying === subject.underlying;
  const key = instrumentKey(subject.contract);
  return (instrument) => instrumentKey(instrument) === key;
}

function newestOf(entries: readonly HistoryEntry[]): RowHistory {
  const newest = [...entries].sort((a, b) => b.at - a.at);
  return { status: "read", entries: newest.slice(0, MOST_ENTRIES), more: newest.length > MOST_ENTRIES };
}

function wordsOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
