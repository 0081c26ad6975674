/** SQLite's errors as the store's, with a remedy. They carry no code in Deno, only SQLite's own words. */
import { StoreFault, type StoreFaultKind } from "../../../application/ports/store.ts";

/** @param attempt what was tried and on which file: `Cannot open the store data/apex.db` */
export function sqliteFault(attempt: string, cause: unknown): StoreFault {
  const words = cause instanceof Error ? cause.message : String(cause);
  const [, kind, explanation] = FAULTS.find(([pattern]) => pattern.test(words)) ??
    // What nobody knows is not blamed on the rows: those would be dropped for it.
    [null, ABOUT_ROWS.test(words) ? "rejected" as const : "away" as const, words];
  return new StoreFault(kind, `${attempt}: ${explanation}`, cause);
}

/** A value that does not go in. */
const ABOUT_ROWS =
  /constraint failed|datatype mismatch|cannot store|string or blob too big|cannot be bound|out of range/i;

const FAULTS: readonly (readonly [RegExp, StoreFaultKind, string])[] = [
  [
    /database( table| schema)? is locked|database is busy/,
    "locked",
    "another process has been writing to it for too long; end a program that hangs on it (another apex, a database browser)",
  ],
  [
    /file is not a database|malformed|disk image|file is encrypted/,
    "damaged",
    "it is damaged or no database of this program; it was left as it is. Move it (with its -wal and -shm) aside and start " +
    "anew, or restore a backup",
  ],
  [
    /database or disk is full|No space left|os error 28/,
    "full",
    "the disk is full; make room, and what waits is written then",
  ],
  [
    /readonly database|read-only|Read-only file system|Permission denied|os error (13|30)\b/i,
    "read-only",
    "it cannot be written; give the user that runs apex write access to the file and its folder",
  ],
  [
    /unable to open database file|Is a directory|Not a directory/,
    "read-only",
    "it cannot be opened or made there; the name must be a file in a folder that the user that runs apex may write",
  ],
  [/disk I\/O error/, "away", "the disk failed to read or write; look at the system's log"],
  [
    /no such (table|column)|has no column/,
    "outdated",
    "its tables are not this program's; run apex migrate",
  ],
];
