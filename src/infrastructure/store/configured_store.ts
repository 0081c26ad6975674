/** The store that the configuration names, whichever it is. */
import { UsageError } from "../../application/command.ts";
import { updateExtension } from "../../application/extension_steps.ts";
import { migrate, type Migration, migrationStatus, type MigrationTarget, named } from "../../application/migrations.ts";
import type { Clock } from "../../application/ports/clock.ts";
import { type Store, StoreFault } from "../../application/ports/store.ts";
import type { SnapshotCare, StoreCare } from "../../application/ports/store_care.ts";
import type { StoreExtension } from "../../application/ports/store_extension.ts";
import type { Settings } from "../../application/settings.ts";
import { dsnShown, parseDsn } from "../config/dsn.ts";
import { migrationsOf, timescaleSteps } from "./migration_files.ts";
import { PostgresConnection, type PostgresSettings } from "./postgres/connection.ts";
import { PostgresMigrations } from "./postgres/migrations.ts";
import { openPostgresForPruning, openPostgresStore } from "./postgres/store.ts";
import { Timescale } from "./postgres/timescale.ts";
import { SqliteCare } from "./sqlite/care.ts";
import { SqliteMigrations } from "./sqlite/migrations.ts";
import { type OpenedStore, openSqliteForMonitor } from "./sqlite/monitor_store.ts";
import { openSqliteForPruning } from "./sqlite/pruning.ts";
import { openSqliteStore } from "./sqlite/store.ts";

type DatabaseSettings = Settings["database"];
/** Gives the text of one of the program's own files. */
type Embedded = (path: string) => string;

/**
 * Opens it; it must have been migrated.
 *
 * @throws {StoreFault} when it cannot be used
 * @throws {UsageError} when the configuration names none
 */
export async function openConfiguredStore(
  settings: DatabaseSettings,
  embedded: Embedded,
  clock: Clock,
): Promise<Store> {
  const place = placeOf(settings);
  return place.kind === "sqlite"
    ? await openSqliteStore(place.file, migrationsOf("sqlite", embedded))
    : await openPostgresStore(place.settings, migrationsOf("postgresql", embedded), clock);
}

/**
 * Opens it for a monitor that is to run unattended. The embedded store migrates by itself, and when it is damaged is set aside
 * and begun anew, as the notes say. A server's is migrated when told so.
 *
 * @throws {StoreFault} as it is: locked, read-only, full, away, or with tables that are not this program's
 * @throws {UsageError} when the configuration names none
 */
export async function openForMonitor(
  settings: DatabaseSettings,
  embedded: Embedded,
  clock: Clock,
  { autoMigrate, retentionDays }: { readonly autoMigrate: boolean; readonly retentionDays: number },
): Promise<OpenedStore> {
  const place = placeOf(settings);
  const known = migrationsOf(place.kind, embedded);
  if (place.kind === "sqlite") return await openSqliteForMonitor(place.file, known, clock);
  const { target, extension } = migrationsFor(settings, retentionDays, embedded, clock);
  try {
    await bringUpToDate(known, target, autoMigrate);
    const notes = autoMigrate && extension !== null ? await extensionNotes(extension) : [];
    return { store: await openPostgresStore(place.settings, known, clock), notes };
  } finally {
    await target.close();
  }
}

/** History is kept in plain tables just as well: what the extension lacks is a note, and stops nothing. */
async function extensionNotes(extension: StoreExtension): Promise<readonly string[]> {
  try {
    const { state, applied, settled } = await updateExtension(extension);
    return [...applied.map((step) => `${state.description}: ${named(step)} applied`), ...settled];
  } catch (fault) {
    if (fault instanceof StoreFault) return [`${fault.message}; plain tables are used as they are`];
    throw fault;
  }
}

async function bringUpToDate(
  known: readonly Migration[],
  target: MigrationTarget,
  autoMigrate: boolean,
): Promise<void> {
  const { pending } = await migrationStatus(known, target);
  if (pending.length === 0) return;
  if (!autoMigrate) {
    throw new StoreFault(
      "outdated",
      `Cannot use ${target.description}: ${pending.map(named).join(", ")} not applied; ` +
        "run apex migrate, or start with --auto-migrate",
    );
  }
  await migrate(known, target);
}

/** This program's migrations for a store, and what to run them on; closing `target` lets go of everything. */
export interface ConfiguredMigrations {
  readonly known: readonly Migration[];
  readonly target: MigrationTarget;
  /** What the server may add; null for a store without a server. */
  readonly extension: StoreExtension | null;
}

/**
 * @param retentionDays after which a server that can do so by itself drops snapshots
 * @throws {UsageError} when the configuration names no store
 */
export function migrationsFor(
  settings: DatabaseSettings,
  retentionDays: number,
  embedded: Embedded,
  clock: Clock,
): ConfiguredMigrations {
  const place = placeOf(settings);
  const known = migrationsOf(place.kind, embedded);
  if (place.kind === "sqlite") return { known, target: new SqliteMigrations(place.file), extension: null };
  const connection = new PostgresConnection(place.settings, clock);
  const extension = new Timescale(connection, timescaleSteps(embedded), retentionDays);
  return { known, target: new PostgresMigrations(connection), extension };
}

/** @throws {UsageError} when the configuration names another kind of store, or none */
export function embeddedStoreCare(settings: DatabaseSettings, embedded: Embedded): StoreCare {
  const place = placeOf(settings);
  if (place.kind === "sqlite") return new SqliteCare(place.file, migrationsOf("sqlite", embedded));
  throw new UsageError(
    `Cannot look after ${
      dsnShown(place.settings.dsn)
    }: apex db check and backup are for the embedded store (database.dsn: sqlite:FILE); ` +
      "use PostgreSQL's own pg_dump and pg_amcheck",
  );
}

/**
 * The embedded store's snapshots or a server's.
 *
 * @param dryRun nothing will be deleted: the embedded store is opened for reading alone
 * @throws {StoreFault} when it cannot be opened, or its tables are not this program's
 * @throws {UsageError} when the configuration names no store
 */
export async function openSnapshotCare(
  settings: DatabaseSettings,
  embedded: Embedded,
  clock: Clock,
  dryRun: boolean,
): Promise<SnapshotCare> {
  const place = placeOf(settings);
  const known = migrationsOf(place.kind, embedded);
  return place.kind === "sqlite"
    ? await openSqliteForPruning(place.file, known, dryRun)
    : await openPostgresForPruning(place.settings, known, clock);
}

function placeOf({ dsn, ...limits }: DatabaseSettings):
  | { readonly kind: "sqlite"; readonly file: string }
  | { readonly kind: "postgresql"; readonly settings: PostgresSettings } {
  const parsed = dsn === null ? null : parseDsn(dsn);
  if (dsn === null || parsed === null) {
    throw new UsageError("There is no database: set database.dsn to sqlite:FILE or postgresql://user@host:port/name");
  }
  return parsed.kind === "sqlite" ? parsed : { kind: "postgresql", settings: { dsn, ...limits } };
}
