/** Opens the embedded store's file, readable by its owner alone. */
import { DatabaseSync } from "node:sqlite";
import { StoreFault } from "../../../application/ports/store.ts";
import { sqliteFault } from "./faults.ts";

/** How long a statement waits for another process's transaction, which is over in milliseconds unless that process hangs. */
export const LOCK_WAIT_MS = 5_000;

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** Of a new file: the sandbox allows no other vacuum. Of an old one it would be a write, which waits for others. */
const SETTINGS_OF_NEW = "PRAGMA auto_vacuum = INCREMENTAL";

/**
 * Of every connection: a write-ahead log, so that readers and the writer do not wait for each other, emptied at 32 MB, for a
 * backfill writes the same pages many times; sorting in memory, so that no file is made elsewhere.
 */
const SETTINGS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -16384;
  PRAGMA wal_autocheckpoint = 8000;
  PRAGMA journal_size_limit = 67108864;
  SELECT count(*) FROM sqlite_schema;
`;

/**
 * Makes the file and its folder when they are not there.
 *
 * @throws {StoreFault} saying whether it is locked, damaged or cannot be written
 */
export function openForWriting(file: string, lockWaitMs = LOCK_WAIT_MS): DatabaseSync {
  return opened(file, () => {
    makeOwnersFile(file);
    const connection = new DatabaseSync(file, { timeout: lockWaitMs });
    return configured(connection, () => {
      if (pageCount(connection) === 0) connection.exec(SETTINGS_OF_NEW);
      connection.exec(SETTINGS);
    });
  });
}

/**
 * Null when there is no such file.
 *
 * @throws {StoreFault} as `openForWriting`
 */
export function openForReading(file: string, lockWaitMs = LOCK_WAIT_MS): DatabaseSync | null {
  return opened(file, () => {
    const found = statOf(file);
    if (found === null) return null;
    // SQLite opens it, and then speaks of a failing disk.
    if (found.isDirectory) throw new Error("Is a directory");
    const connection = new DatabaseSync(file, { readOnly: true, timeout: lockWaitMs });
    return configured(
      connection,
      () => connection.exec("PRAGMA temp_store = MEMORY; SELECT count(*) FROM sqlite_schema;"),
    );
  });
}

/**
 * Returns up to `pages` empty pages to the file system; the file is shorter after the next checkpoint. Nothing happens in a
 * file that was not made for it.
 */
export function giveBackPages(connection: DatabaseSync, pages: number): void {
  // One page a step, of which exec() takes only one.
  connection.prepare(`PRAGMA incremental_vacuum(${pages})`).all();
}

/** Whether the file was made so that its empty pages can be given back. */
export function shrinks(connection: DatabaseSync): boolean {
  return Number(connection.prepare("PRAGMA auto_vacuum").get()?.["auto_vacuum"]) !== 0;
}

function pageCount(connection: DatabaseSync): number {
  return Number(Object.values(connection.prepare("PRAGMA page_count").get() ?? {})[0]);
}

function configured(connection: DatabaseSync, configure: () => void): DatabaseSync {
  try {
    configure();
    return connection;
  } catch (fault) {
    connection.close();
    throw fault;
  }
}

function opened<Result>(file: string, open: () => Result): Result {
  try {
    return open();
  } catch (fault) {
    if (fault instanceof StoreFault) throw fault;
    throw sqliteFault(`Cannot open the store ${file}`, fault);
  }
}

/** New files beside it get the mode of the database from SQLite; those that a reader of a wider one left are made narrow too. */
function makeOwnersFile(file: string): void {
  if (statOf(file) === null) {
    const slash = file.lastIndexOf("/");
    if (slash > 0) Deno.mkdirSync(file.slice(0, slash), { recursive: true });
    try {
      Deno.openSync(file, { write: true, createNew: true, mode: OWNER_ONLY }).close();
    } catch (fault) {
      // Another process was faster, and made it the same way.
      if (!(fault instanceof Deno.errors.AlreadyExists)) throw fault;
    }
  }
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    const mode = statOf(path)?.mode ?? null;
    if (mode !== null && (mode & OTHERS) !== 0) makeNarrow(path);
  }
}

function makeNarrow(path: string): void {
  try {
    Deno.chmodSync(path, OWNER_ONLY);
  } catch (fault) {
    // The last other process just closed the store, which takes the files beside it away.
    if (!(fault instanceof Deno.errors.NotFound)) throw fault;
  }
}

function statOf(file: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(file);
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return null;
    throw fault;
  }
}
