/** A quick look at the configured database, which changes nothing in it. */
import { DatabaseSync } from "node:sqlite";
import type { DatabaseExamination } from "../../application/doctor/database.ts";
import { migrationStatus } from "../../application/migrations.ts";
import type { Clock } from "../../application/ports/clock.ts";
import { StoreFault } from "../../application/ports/store.ts";
import type { Settings } from "../../application/settings.ts";
import { parseDsn } from "../config/dsn.ts";
import { migrationsOf } from "./migration_files.ts";
import { PostgresConnection, type PostgresSettings } from "./postgres/connection.ts";
import { PostgresMigrations } from "./postgres/migrations.ts";
import { SqliteMigrations } from "./sqlite/migrations.ts";
import { requireSound } from "./sqlite/quick_check.ts";

/** Whoever looks does not wait as long as whoever writes. */
const LOCK_WAIT_MS = 1_000;
const MOST_SECONDS = 5;

type Embedded = (path: string) => string;

export async function examineStore(
  { dsn, ...limits }: Settings["database"],
  embedded: Embedded,
  clock: Clock,
): Promise<DatabaseExamination> {
  const parsed = dsn === null ? null : parseDsn(dsn);
  if (dsn === null || parsed === null) return { kind: "none" };
  try {
    return parsed.kind === "sqlite"
      ? await examineFile(parsed.file, embedded)
      : await examineServer({ dsn, ...limits }, embedded, clock);
  } catch (fault) {
    if (fault instanceof StoreFault) return { kind: "fault", fault: fault.kind, words: fault.message };
    throw fault;
  }
}

async function examineFile(file: string, embedded: Embedded): Promise<DatabaseExamination> {
  const target = new SqliteMigrations(file, LOCK_WAIT_MS);
  if (!isThere(file)) return { kind: "not-yet", description: target.description };
  requireSound(file, LOCK_WAIT_MS);
  const { applied, pending } = await migrationStatus(migrationsOf("sqlite", embedded), target);
  return {
    kind: "answered",
    description: target.description,
    version: `SQLite ${ownVersion()}`,
    majorVersion: null,
    applied: applied.length,
    pending,
  };
}

function ownVersion(): string {
  const memory = new DatabaseSync(":memory:");
  try {
    return String(memory.prepare("SELECT sqlite_version() AS version").get()?.["version"]);
  } finally {
    memory.close();
  }
}

async function examineServer(
  settings: PostgresSettings,
  embedded: Embedded,
  clock: Clock,
): Promise<DatabaseExamination> {
  const connection = new PostgresConnection({
    ...settings,
    minPoolSize: 1,
    maxPoolSize: 1,
    commandTimeoutSec: Math.min(settings.commandTimeoutSec, MOST_SECONDS),
  }, clock);
  const target = new PostgresMigrations(connection);
  try {
    const version = await connection.call("Cannot connect to", async (sql) => {
      const [row] = await sql.unsafe<{ server_version: string }[]>("SHOW server_version");
      return row?.server_version ?? "";
    });
    const { applied, pending } = await migrationStatus(migrationsOf("postgresql", embedded), target);
    return {
      kind: "answered",
      description: connection.description,
      version: `PostgreSQL ${version}`,
      majorVersion: Number.parseInt(version, 10),
      applied: applied.length,
      pending,
    };
  } finally {
    await target.close();
  }
}

/** An empty file is none yet. */
function isThere(file: string): boolean {
  try {
    return Deno.statSync(file).size > 0;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return false;
    return true;
  }
}
