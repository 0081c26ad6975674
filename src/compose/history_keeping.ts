/** The history that a running monitor keeps: the store in its worker, what is recorded, and what an earlier run left. */
import type { DayReads } from "../application/day_record.ts";
import { ClaimedHistory, ClaimingStore } from "../application/history/claimed_history.ts";
import { HistoryRecorder } from "../application/history_recorder.ts";
import { HistoryWriter } from "../application/history_writer.ts";
import { writeLeftBehind } from "../application/left_behind.ts";
import type { Monitor } from "../application/monitor.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Log } from "../application/ports/log.ts";
import type { Store } from "../application/ports/store.ts";
import type { StoredBook } from "../application/ports/store_records.ts";
import { Retention } from "../application/retention.ts";
import type { Settings } from "../application/settings.ts";
import { expectedBook, readWarmStart } from "../application/warm_start.ts";
import { databaseHosts } from "../infrastructure/config/hosts.ts";
import { FileSpool } from "../infrastructure/store/spool/file_spool.ts";
import { StoreClient } from "../infrastructure/store/worker/store_client.ts";
import { storeDescription } from "../infrastructure/store/worker/store_description.ts";

const SPOOL_FOLDER = "data/spool";
/** A monitor without its past is better than one that waits for it. */
const RESTORE_WITHIN_MS = 3_000;
/** Of it, for what an earlier run left on the disk. */
const WRITE_LEFT_WITHIN_MS = 2_000;
/** What waits is written or spooled by then; whoever stops a program does not wait longer. */
const CLOSE_WITHIN_MS = 8_000;
/** Daily results that an earlier run may have left unfinished: over the longest weekend. */
const DAYS_BACK = 7;
const DAY_MS = 86_400_000;

export interface HistoryKeeping {
  /** For reading; what was written last may not be there yet. */
  readonly reads: DayReads;
  /**
   * Puts what an earlier run stored into the book, unless the store takes too long or the program is to end. Before the
   * sources are connected.
   */
  restore(): Promise<void>;
  /** Records the last of it and closes the store. After the sources were told to stop, nothing more is recorded. */
  close(): Promise<void>;
}

/** Everything that keeping history takes. */
export interface HistoryNeeds {
  readonly monitor: Monitor;
  readonly settings: Settings;
  readonly autoMigrate: boolean;
  readonly host: CommandHost;
  readonly clock: Clock;
  readonly log: Log;
}

/** Begins to record. Before the monitor's first turn. */
export function keepHistory(needs: HistoryNeeds): HistoryKeeping {
  const { monitor, settings, autoMigrate, host, clock, log } = needs;
  const { database } = settings;
  const limitMs = 2 * database.commandTimeoutSec * 1000;
  const store = new StoreClient(storeDescription(database.dsn), {
    start: () => host.startStoreWorker(databaseHosts(database)),
    work: { settings: database, autoMigrate, retentionDays: settings.snapshots.retentionDays },
    clock,
    log,
    limitMs,
  });
  const history = new ClaimedHistory({ open: (book, refused) => writerFor(book, refused, store, needs), log });
  const recorder = new HistoryRecorder({ monitor, settings, clock, sink: history, log });
  const retention = new Retention({
    store,
    clock,
    log,
    days: settings.snapshots.retentionDays,
    backlog: () => history.health().status !== "up",
  });
  monitor.databaseHealth = () => history.health();
  recorder.start();
  retention.start();
  return {
    reads: store,
    async restore() {
      const obstacle = await restoreWithin(store, recorder, needs);
      if (obstacle !== null) history.couldNotRead(obstacle);
    },
    async close() {
      // A store that has been asked something answers within its own limits, and these are longer.
      const cancelEnd = clock.after(CLOSE_WITHIN_MS, () => store.end());
      retention.stop();
      await recorder.stop();
      await history.close(CLOSE_WITHIN_MS);
      await store.close().catch((fault) => log.write("DEBUG", "DATA", String(fault)));
      cancelEnd();
    },
  };
}

function writerFor(book: StoredBook, refused: (reason: string) => void, store: Store, needs: HistoryNeeds) {
  const { settings: { database }, clock, log } = needs;
  const claiming = new ClaimingStore(store, book, refused);
  return new HistoryWriter({
    store: {
      get description() {
        return store.description;
      },
      write: (batch) => claiming.write(batch),
      close: () => store.close(),
    },
    spool: spoolFor(book, needs),
    clock,
    log,
    writeLimitMs: 2 * database.commandTimeoutSec * 1000,
  });
}

/** That kind of book's alone: what waits on the disk is not mixed either. */
function spoolFor(book: StoredBook, { settings: { database }, log }: HistoryNeeds): FileSpool {
  return new FileSpool({
    folder: SPOOL_FOLDER,
    database: `${storeDescription(database.dsn)} ${book}`,
    maxBytes: database.spoolMaxBytes,
    log,
  });
}

/** Why the store could not be read; null when it was, or when nobody needs it any more. */
async function restoreWithin(store: Store, recorder: HistoryRecorder, needs: HistoryNeeds): Promise<string | null> {
  const { host: { signal }, clock, log } = needs;
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const cancel = clock.after(RESTORE_WITHIN_MS, () => resolve("late"));
  const onAbort = () => resolve("late");
  signal.addEventListener("abort", onAbort);
  let given = false;
  try {
    const outcome = await Promise.race([restore(store, recorder, needs, () => given), late]);
    if (outcome !== "late" || signal.aborted) return null;
    log.write("WARN", "SYSTEM", `Starting without history: ${store.description} took too long to read`);
    return `${store.description} took too long to read`;
  } catch (fault) {
    const words = fault instanceof Error ? fault.message : String(fault);
    log.write("WARN", "SYSTEM", `Starting without what an earlier run stored: ${words}`);
    return words;
  } finally {
    given = true;
    cancel();
    signal.removeEventListener("abort", onAbort);
  }
}

/** @param isOver whether it comes too late to be put into the book */
async function restore(
  store: Store,
  recorder: HistoryRecorder,
  needs: HistoryNeeds,
  isOver: () => boolean,
): Promise<void> {
  const { monitor, settings, clock } = needs;
  await writeLeft(store, needs, isOver);
  const now = clock.now();
  const warm = await readWarmStart(store, settings, now);
  const oldest = Math.min(now, ...warm.books.map(({ takenAt }) => takenAt));
  const changes = await store.positionChanges({ account: null, from: oldest, to: now + 1 });
  const days = await store.dailyPnl({
    account: null,
    from: isoDay(now - DAYS_BACK * DAY_MS),
    to: isoDay(now + DAY_MS),
  });
  if (isOver()) return;
  monitor.restore(warm);
  recorder.expect({ books: warm.books, changes, days });
}

/** The spool is closed by then: the run's writer opens it anew. */
async function writeLeft(store: Store, needs: HistoryNeeds, isOver: () => boolean): Promise<void> {
  const { settings, clock, log } = needs;
  const book = expectedBook(settings);
  const kept = await store.storedBook();
  if (kept !== null && kept !== book) return;
  const spool = spoolFor(book, needs);
  const { promise: enough, resolve: stop } = Promise.withResolvers<null>();
  const cancel = clock.after(WRITE_LEFT_WITHIN_MS, () => stop(null));
  let stopped = false;
  try {
    const written = await Promise.race([writeLeftBehind(spool, store, book, () => stopped || isOver()), enough]);
    if (written === null) {
      log.write("INFO", "DATA", "Not all that an earlier run left could be written before the start");
    } else if (written > 0) {
      log.write("INFO", "DATA", "Wrote the history that an earlier run left", { batches: written });
    }
  } catch (fault) {
    // The writer tries again, and tells what stands in the way.
    log.write("DEBUG", "DATA", `What an earlier run left is written later: ${String(fault)}`);
  } finally {
    stopped = true;
    cancel();
    await spool.close();
  }
}

function isoDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
