/** The migrations that are part of the program. */
import { createHash } from "node:crypto";
import type { Migration } from "../../application/migrations.ts";

export type Dialect = "sqlite" | "postgresql";

/**
 * The files of migrations/sqlite/ and migrations/postgresql/, which have the same numbers and names: inside the executable
 * files can be read but not listed.
 */
export const MIGRATION_FILES: readonly string[] = [
  "001_executions.sql",
  "002_snapshots.sql",
  "003_breaches.sql",
  "004_daily_results.sql",
  "005_sync_state.sql",
  "006_book_and_signals.sql",
  "007_views.sql",
  "008_futu.sql",
];

/** The files of migrations/timescaledb/, for a PostgreSQL that has the extension. */
export const TIMESCALE_FILES: readonly string[] = [
  "001_hypertables.sql",
  "002_compression.sql",
  "003_risk_aggregates.sql",
];

/** @param embedded gives the text of one of the program's own files */
export function migrationsOf(dialect: Dialect, embedded: (path: string) => string): readonly Migration[] {
  return read(dialect, MIGRATION_FILES, embedded);
}

/** @param embedded as for `migrationsOf` */
export function timescaleSteps(embedded: (path: string) => string): readonly Migration[] {
  return read("timescaledb", TIMESCALE_FILES, embedded);
}

function read(folder: string, files: readonly string[], embedded: (path: string) => string): readonly Migration[] {
  return files.map((file) => {
    const sql = embedded(`migrations/${folder}/${file}`);
    return { number: Number(file.slice(0, 3)), name: file.slice(4, -4), sql, checksum: sha256(sql) };
  });
}

/** Of the text with one kind of line end, so that a checkout on another system is the same migration. */
function sha256(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}
