/**
 * What an earlier run stored, read at the start and put into the book, so that a monitor whose broker is away shows the last
 * known risk. All of it is stale until its source confirms it: `PositionBook.restore`, `AccountBook.restore`.
 */
import { type Exchange, exchangeOf } from "../domain/calendar/exchange.ts";
import { sessionDate, sessionStart, tradedUntil } from "../domain/calendar/session.ts";
import type { InstrumentIndex, Source } from "../domain/event.ts";
import type { Breach } from "../domain/limits/breach.ts";
import type { Portfolio } from "../domain/portfolio.ts";
import type { RestoredBook } from "../domain/position_book.ts";
import type { Signal } from "../domain/signals/signal.ts";
import type { EpochMs } from "../domain/time.ts";
import { momentWords } from "./moment_words.ts";
import type { Store } from "./ports/store.ts";
import {
  type AccountRecord,
  ALL_ACCOUNTS,
  type BreachRecord,
  type PositionBook,
  type StoredBook,
  type TrailingPeaks,
} from "./ports/store_records.ts";
import type { Settings } from "./settings.ts";

/** What is read. */
export type WarmStore = Pick<
  Store,
  "storedBook" | "lastPositions" | "lastAccounts" | "openBreaches" | "trailingPeaks" | "activeSignals"
>;

export interface WarmStart {
  /** The newest of each source and account that this configuration shows. */
  readonly books: readonly PositionBook[];
  readonly accounts: readonly AccountRecord[];
  readonly breaches: readonly Breach[];
  readonly peaks: TrailingPeaks;
  readonly signals: readonly Signal[];
  /** The brokers' books of when the sessions that run now began. */
  readonly openings: readonly { readonly sessionStart: EpochMs; readonly book: PositionBook }[];
  /** A sentence for the log: what there is, or why there is nothing. */
  readonly note: string;
}

/** Whose book this configuration shows, as long as the broker has not said otherwise. */
export function expectedBook({ env }: Pick<Settings, "env">): StoredBook {
  return env === "demo" ? "simulated" : "real";
}

/**
 * Reads what is worth showing again. What is older than `warmStart.maxAgeMs` is left in the store, for each source and account by
 * itself; a book of the other kind (`demo` shows a simulated one) is never read.
 *
 * @throws {StoreFault} when the store cannot be read
 */
export async function readWarmStart(store: WarmStore, settings: Settings, now: EpochMs): Promise<WarmStart> {
  if (!settings.warmStart.enabled) return nothing("Warm start is switched off: starting without a book");
  const kind = expectedBook(settings);
  const stored = await store.storedBook();
  if (stored !== kind) {
    return nothing(
      stored === null
        ? "History holds no book yet: starting without one"
        : `History holds a ${stored} book, and ${settings.env} shows a ${kind} one: starting without one`,
    );
  }
  const since = now - settings.warmStart.maxAgeMs;
  const shown = (row: { readonly source: Source; readonly account: string }): boolean => isShown(row, settings);
  const books = (await store.lastPositions(since, now)).filter(shown);
  const accounts = (await store.lastAccounts(since)).filter((row) => shown(row) && row.takenAt <= now);
  if (books.length === 0 && accounts.length === 0) {
    const hours = Math.round(settings.warmStart.maxAgeMs / 3_600_000);
    return nothing(`History holds no book of the last ${hours} hours: starting without one`);
  }
  const held = [...books, ...accounts];
  // As limits name an account: with its source where two brokers have one of that name.
  const known = new Set([ALL_ACCOUNTS, ...held.flatMap(({ source, account }) => [account, `${source} ${account}`])]);
  const breaches = (await store.openBreaches()).filter((record) => known.has(record.account) && isPast(record, now));
  const openings = await readOpenings(store, books, settings, now);
  const warm = {
    books,
    accounts,
    breaches: breaches.map(({ breach }) => breach),
    peaks: await store.trailingPeaks(),
    signals: (await store.activeSignals()).filter((signal) => signal.since <= now),
    openings,
  };
  return { ...warm, note: noteOf(warm, settings.display.timeZone) };
}

/** Puts the stored books, accounts and prices into the book, wherever their sources have said nothing yet. */
export function restoreBook(portfolio: Portfolio, { books, accounts, openings }: WarmStart): RestoredBook[] {
  const { registry, positions, storedPrices } = portfolio;
  const restored = books.map(({ source, account, takenAt, positions: held }): RestoredBook => ({
    source,
    account,
    takenAt,
    rows: held.map(({ instrument: fields, quantity, avgPrice, mark, close, closeDate }) => {
      const instrument = registry.add(fields);
      // One contract may be held in several accounts: the newest price counts.
      if ((storedPrices.get(instrument)?.at ?? 0) < takenAt) {
        storedPrices.set(instrument, { mark, at: takenAt, close, closeDate });
      }
      return { instrument, quantity, avgPrice };
    }),
  }));
  for (const book of restored) positions.restore(book);
  for (const { takenAt, ...account } of accounts) {
    // Whoever has said what it holds has said which accounts it has.
    if (positions.downloads(account.source) === 0) portfolio.accounts.restore({ ...account, at: takenAt });
  }
  for (const { sessionStart, book: { source, account, positions: held } } of openings) {
    const quantities = new Map<InstrumentIndex, number>();
    for (const { instrument, quantity } of held) quantities.set(registry.add(instrument), quantity);
    positions.knowOpenings({ source, account, sessionStart, quantities });
  }
  return restored;
}

function nothing(note: string): WarmStart {
  return { books: [], accounts: [], breaches: [], peaks: new Map(), signals: [], openings: [], note };
}

/** The source is read in this run, so that it will confirm what was stored or take it back. */
function isShown(
  { source, account }: { readonly source: Source; readonly account: string },
  settings: Settings,
): boolean {
  if (source === "MANUAL") return settings.manual.enabled;
  const { enabled, accounts } = source === "IB" ? settings.ibkr : settings.futu;
  return enabled && (accounts.length === 0 || accounts.includes(account));
}

/** A clock that was set back, or a demo at another time, must not show what is still to come. */
function isPast({ transition }: BreachRecord, now: EpochMs): boolean {
  return transition.at <= now;
}

/**
 * The brokers' books at the starts of the sessions that run where something is held. A book counts when it was taken within two intervals of the end of
 * trading before that start, or later: then the run that stored it saw the session to its end.
 */
async function readOpenings(
  store: WarmStore,
  books: readonly PositionBook[],
  settings: Settings,
  now: EpochMs,
): Promise<WarmStart["openings"]> {
  const slackMs = 2 * settings.snapshots.positionIntervalSec * 1000;
  const openings: { sessionStart: EpochMs; book: PositionBook }[] = [];
  for (const [start, end] of runningSessions(exchangesOf(books), now)) {
    for (const book of await store.lastPositions(end - slackMs, start)) {
      if (book.source !== "MANUAL" && isShown(book, settings)) openings.push({ sessionStart: start, book });
    }
  }
  return openings;
}

function exchangesOf(books: readonly PositionBook[]): Set<Exchange> {
  const exchanges = new Set<Exchange>();
  for (const { source, positions } of books) {
    if (source === "MANUAL") continue;
    for (const { instrument } of positions) {
      const exchange = exchangeOf(instrument);
      if (exchange !== null) exchanges.add(exchange);
    }
  }
  return exchanges;
}

/** When the running sessions began, and until when there was trading before; of exchanges that begin at once the latest. */
function runningSessions(exchanges: Iterable<Exchange>, now: EpochMs): Map<EpochMs, EpochMs> {
  const sessions = new Map<EpochMs, EpochMs>();
  for (const exchange of exchanges) {
    const date = sessionDate(exchange, now);
    const start = date === null ? null : sessionStart(exchange, date);
    const end = start === null ? null : tradedUntil(exchange, start);
    if (start !== null && end !== null) sessions.set(start, Math.max(end, sessions.get(start) ?? end));
  }
  return sessions;
}

function noteOf({ books, accounts, breaches, signals }: Omit<WarmStart, "note">, timeZone: string): string {
  const held = books.reduce((sum, { positions }) => sum + positions.length, 0);
  const oldest = Math.min(...[...books, ...accounts].map(({ takenAt }) => takenAt));
  return `Restored from history as of ${momentWords(oldest, timeZone)}, stale until confirmed: ` +
    `${counted(held, "holding")}, ${counted(accounts.length, "account")}, ${
      counted(breaches.length, "open breach", "es")
    }, ` +
    counted(signals.length, "signal");
}

function counted(count: number, what: string, plural = "s"): string {
  return `${count} ${what}${count === 1 ? "" : plural}`;
}
