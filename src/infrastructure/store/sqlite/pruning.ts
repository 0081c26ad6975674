/** Deletes old snapshots from the embedded store's file and makes it smaller. */
import type { DatabaseSync } from "node:sqlite";
import type { Migration } from "../../../application/migrations.ts";
import { StoreFault } from "../../../application/ports/store.ts";
import type { SnapshotCare } from "../../../application/ports/store_care.ts";
import { countOlder, deleteOldest } from "../retention.ts";
import { giveBackPages, openForReading, openForWriting, shrinks } from "./connection.ts";
import { SqliteDatabase } from "./database.ts";
import { sqliteFault } from "./faults.ts";
import { requireMigrated } from "./store.ts";

/** Empty pages given back at once, between which others may write: 4 MB in some 60 ms. */
const PAGES_AT_ONCE = 1_000;

/**
 * @param dryRun opens it for reading alone; nothing can be written then
 * @throws {StoreFault} when there is no such file, it cannot be opened, or its tables are not this program's
 */
export async function openSqliteForPruning(
  file: string,
  migrations: readonly Migration[],
  dryRun: boolean,
): Promise<SnapshotCare> {
  await requireMigrated(file, migrations);
  const connection = dryRun ? openForReading(file) : openForWriting(file);
  if (connection === null) throw new StoreFault("away", `Cannot prune ${file}: there is no such file`);
  const database = new SqliteDatabase(file, connection);
  return {
    description: database.description,
    shrinks: shrinks(connection),
    bytes: () => sizeOf(file) + sizeOf(`${file}-wal`),
    countOlder: (before) => countOlder(database, before),
    deleteOlder: (before, most) => deleteOldest(database, before, most),
    giveBack: () => giveBack(file, connection),
    close: () => database.close(),
  };
}

/** The file is shorter once the log is in it, which closing sees to unless another program has it open. */
function giveBack(file: string, connection: DatabaseSync): Promise<boolean> {
  return new Promise((resolve, reject) => {
    try {
      const empty = emptyPages(connection);
      giveBackPages(connection, PAGES_AT_ONCE);
      const left = emptyPages(connection);
      resolve(left > 0 && left < empty);
    } catch (fault) {
      reject(sqliteFault(`Cannot give back empty pages of the store ${file}`, fault));
    }
  });
}

function emptyPages(connection: DatabaseSync): number {
  return Number(connection.prepare("PRAGMA freelist_count").get()?.["freelist_count"]);
}

/** 0 when there is no such file. */
function sizeOf(file: string): number {
  try {
    return Deno.statSync(file).size;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return 0;
    throw fault;
  }
}
