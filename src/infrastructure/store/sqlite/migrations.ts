/** Migrates the embedded store. SQLite's write lock keeps two programs apart. */
import type { DatabaseSync } from "node:sqlite";
import { type AppliedMigration, type Migration, type MigrationTarget, named } from "../../../application/migrations.ts";
import { StoreFault } from "../../../application/ports/store.ts";
import { LOCK_WAIT_MS, openForReading, openForWriting } from "./connection.ts";
import { inTransaction } from "./database.ts";
import { sqliteFault } from "./faults.ts";

const RECORD = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at INTEGER NOT NULL
  ) STRICT
`;

export class SqliteMigrations implements MigrationTarget {
  readonly description: string;
  readonly #file: string;
  readonly #lockWaitMs: number;

  /** The file need not exist: it is made by the first migration that is applied. */
  constructor(file: string, lockWaitMs = LOCK_WAIT_MS) {
    this.description = `SQLite ${file}`;
    this.#file = file;
    this.#lockWaitMs = lockWaitMs;
  }

  applied(): Promise<readonly AppliedMigration[]> {
    return this.#attempt("Cannot read the migrations of", () => {
      const connection = openForReading(this.#file, this.#lockWaitMs);
      if (connection === null) return [];
      try {
        return recorded(connection);
      } finally {
        connection.close();
      }
    });
  }

  applyNext(choose: (applied: readonly AppliedMigration[]) => Migration | null): Promise<Migration | null> {
    return this.#attempt("Cannot migrate", () => {
      const connection = openForWriting(this.#file, this.#lockWaitMs);
      let migration: Migration | null = null;
      try {
        inTransaction(connection, () => {
          migration = choose(recorded(connection));
          if (migration === null) return "rollback";
          this.#apply(connection, migration);
          return "commit";
        });
        return migration;
      } finally {
        connection.close();
      }
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #apply(connection: DatabaseSync, migration: Migration): void {
    const { number, name, checksum, sql } = migration;
    try {
      connection.exec(sql);
    } catch (fault) {
      throw sqliteFault(`Cannot apply ${named(migration)} to ${this.description}, which stays as it was`, fault);
    }
    connection.exec(RECORD);
    connection.prepare(
      "INSERT INTO schema_migrations VALUES (?, ?, ?, CAST(unixepoch('subsec') * 1000000 AS INTEGER))",
    ).run(number, name, checksum);
  }

  #attempt<Result>(attempt: string, work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      try {
        resolve(work());
      } catch (fault) {
        const own = fault instanceof StoreFault || fault instanceof RangeError;
        reject(own ? fault : sqliteFault(`${attempt} ${this.description}`, fault));
      }
    });
  }
}

function recorded(connection: DatabaseSync): AppliedMigration[] {
  const table = connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'");
  if (table.get() === undefined) return [];
  return connection.prepare("SELECT version, name, checksum FROM schema_migrations ORDER BY version").all()
    .map(({ version, name, checksum }) => ({
      number: Number(version),
      name: String(name),
      checksum: String(checksum),
    }));
}
