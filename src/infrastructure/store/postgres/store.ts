/** PostgreSQL as a store, opened. */
import { type Migration, migrationStatus, named } from "../../../application/migrations.ts";
import type { Clock } from "../../../application/ports/clock.ts";
import { type Store, StoreFault } from "../../../application/ports/store.ts";
import type { SnapshotCare } from "../../../application/ports/store_care.ts";
import { countOlder, deleteOldest } from "../retention.ts";
import { SqlStore } from "../sql_store.ts";
import { PostgresConnection, type PostgresSettings } from "./connection.ts";
import { PostgresDatabase } from "./database.ts";
import { PostgresMigrations } from "./migrations.ts";

/**
 * Connects to a database that was migrated.
 *
 * @param migrations this program's, to tell whether the tables are the ones it expects
 * @throws {StoreFault} when it cannot be reached, refuses, or its tables are not this program's
 */
export async function openPostgresStore(
  settings: PostgresSettings,
  migrations: readonly Migration[],
  clock: Clock,
): Promise<Store> {
  return new SqlStore(await openPostgresDatabase(settings, migrations, clock));
}

/** The server takes the room of deleted rows back by itself. @throws {StoreFault} as `openPostgresStore` */
export async function openPostgresForPruning(
  settings: PostgresSettings,
  migrations: readonly Migration[],
  clock: Clock,
): Promise<SnapshotCare> {
  const database = await openPostgresDatabase(settings, migrations, clock);
  return {
    description: database.description,
    shrinks: true,
    bytes: () => null,
    countOlder: (before) => countOlder(database, before),
    deleteOlder: (before, most) => deleteOldest(database, before, most),
    giveBack: () => Promise.resolve(false),
    close: () => database.close(),
  };
}

async function openPostgresDatabase(
  settings: PostgresSettings,
  migrations: readonly Migration[],
  clock: Clock,
): Promise<PostgresDatabase> {
  const connection = new PostgresConnection(settings, clock);
  try {
    await connection.connect();
    const { pending } = await migrationStatus(migrations, new PostgresMigrations(connection));
    if (pending[0] !== undefined) {
      throw new StoreFault(
        "outdated",
        `Cannot use ${connection.description}: ${
          named(pending[0])
        } and what follows it is not applied; run apex migrate`,
      );
    }
    return new PostgresDatabase(connection);
  } catch (fault) {
    await connection.close();
    throw fault;
  }
}
