/** A look at what a store has on record of earlier backfills, which leaves the store and its folder as they were. */
import { DatabaseSync } from "node:sqlite";
import { knownFrom, knownIn, type RecordedHistory } from "../../application/backfill/known_history.ts";
import type { KnownHistory } from "../../application/backfill/source.ts";
import type { Clock } from "../../application/ports/clock.ts";
import { StoreFault } from "../../application/ports/store.ts";
import type { StoredBook } from "../../application/ports/store_records.ts";
import type { Settings } from "../../application/settings.ts";
import { parseDsn } from "../config/dsn.ts";
import { SYNC_WINDOWS } from "./audit_tables.ts";
import { openConfiguredStore } from "./configured_store.ts";
import { Cells, columnsOf, select } from "./query.ts";
import { syncWindowFrom } from "./read_records.ts";
import { SqlStore } from "./sql_store.ts";
import { LOCK_WAIT_MS } from "./sqlite/connection.ts";
import { SqliteDatabase } from "./sqlite/database.ts";
import { sqliteFault } from "./sqlite/faults.ts";

export interface StoreGlance {
  /** Whose book it keeps; null for nobody's yet. */
  readonly book: StoredBook | null;
  /** Why nothing could be read, where there may be something; null: all was. */
  readonly obstacle: string | null;
  /** @param account the one that was asked for; null: every one */
  known(account: string | null): KnownHistory;
  close(): Promise<void>;
}

const NOTHING: RecordedHistory = { states: [], windows: [] };

/** What stands in the way is said in the result: a look is never worth an error. */
export async function glanceAtStore(
  settings: Settings["database"],
  embedded: (path: string) => string,
  clock: Clock,
): Promise<StoreGlance> {
  const parsed = settings.dsn === null ? null : parseDsn(settings.dsn);
  try {
    if (parsed?.kind === "sqlite") return await glanceAtFile(parsed.file);
    return await glanceAtServer(settings, embedded, clock);
  } catch (fault) {
    if (!(fault instanceof StoreFault)) throw fault;
    return glance(NOTHING, null, fault.message);
  }
}

async function glanceAtFile(file: string): Promise<StoreGlance> {
  if (!isThere(file)) return glance(NOTHING, null, null);
  const database = new SqliteDatabase(file, openedForLooking(file));
  const store = new SqlStore(database);
  try {
    return glance(await recorded(store, database), await store.storedBook(), null);
  } finally {
    await store.close();
  }
}

/**
 * A connection that only reads leaves the log's files behind; one that may write takes them away again when it is the last.
 * Where they lie already, another process has the store open or a crash left them, and reading leaves them as they are.
 */
function openedForLooking(file: string): DatabaseSync {
  try {
    const readOnly = isThere(`${file}-wal`);
    const connection = new DatabaseSync(file, { readOnly, timeout: LOCK_WAIT_MS });
    connection.exec("PRAGMA query_only = ON");
    return connection;
  } catch (fault) {
    throw sqliteFault(`Cannot look into the store ${file}`, fault);
  }
}

async function recorded(store: SqlStore, database: SqliteDatabase): Promise<RecordedHistory> {
  const output = columnsOf(SYNC_WINDOWS, "t");
  const cells = new Cells(output);
  const rows = await database.read(select(output)`FROM sync_windows t ORDER BY t.window_from`);
  return {
    states: await store.syncStates(),
    windows: rows.map((row) => syncWindowFrom(cells.at(row))),
  };
}

/** A server keeps no files here, so the store is opened as ever. */
async function glanceAtServer(
  settings: Settings["database"],
  embedded: (path: string) => string,
  clock: Clock,
): Promise<StoreGlance> {
  const store = await openConfiguredStore(settings, embedded, clock);
  return {
    book: await store.storedBook(),
    obstacle: null,
    known: (account) => knownIn(store, account),
    close: () => store.close(),
  };
}

function glance(recorded: RecordedHistory, book: StoredBook | null, obstacle: string | null): StoreGlance {
  return { book, obstacle, known: (account) => knownFrom(recorded, account), close: () => Promise.resolve() };
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return false;
    throw fault;
  }
}
