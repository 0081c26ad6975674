/** The embedded store, opened. */
import type { DatabaseSync } from "node:sqlite";
import { type Migration, migrationStatus, named } from "../../../application/migrations.ts";
import { type Store, StoreFault } from "../../../application/ports/store.ts";
import { SqlStore } from "../sql_store.ts";
import { giveBackPages, LOCK_WAIT_MS, openForWriting } from "./connection.ts";
import { SqliteDatabase } from "./database.ts";
import { sqliteFault } from "./faults.ts";
import { SqliteMigrations } from "./migrations.ts";

/** Empty pages given back after each pruning: 2 MB in some 30 ms. Those left over are written to again, or wait their turn. */
const PAGES_AT_ONCE = 500;

/**
 * Opens the file, which must have been migrated.
 *
 * @param migrations this program's, to tell whether the tables are the ones it expects
 * @throws {StoreFault} when it cannot be opened, or its tables are not this program's
 */
export async function openSqliteStore(
  file: string,
  migrations: readonly Migration[],
  lockWaitMs = LOCK_WAIT_MS,
): Promise<Store> {
  await requireMigrated(file, migrations, lockWaitMs);
  const connection = openForWriting(file, lockWaitMs);
  return new SqlStore(new SqliteDatabase(file, connection), () => giveBack(file, connection));
}

/** @throws {StoreFault} of kind `outdated` unless every one of this program's migrations is applied */
export async function requireMigrated(
  file: string,
  migrations: readonly Migration[],
  lockWaitMs = LOCK_WAIT_MS,
): Promise<void> {
  const target = new SqliteMigrations(file, lockWaitMs);
  const { pending } = await migrationStatus(migrations, target);
  if (pending[0] !== undefined) {
    const obstacle = pending.length === migrations.length
      ? "nothing is stored in it yet; apex watch makes it at its start, apex migrate at once"
      : `${named(pending[0])} and what follows it is not applied; run apex migrate`;
    throw new StoreFault("outdated", `Cannot use ${target.description}: ${obstacle}`);
  }
}

function giveBack(file: string, connection: DatabaseSync): void {
  try {
    giveBackPages(connection, PAGES_AT_ONCE);
  } catch (fault) {
    throw sqliteFault(`Cannot give back empty pages of the store ${file}`, fault);
  }
}
