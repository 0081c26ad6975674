/** Migrates PostgreSQL. An advisory lock, which ends with the transaction, keeps two programs apart. */
import { type AppliedMigration, type Migration, type MigrationTarget, named } from "../../../application/migrations.ts";
import type { PostgresConnection, Sql, Transaction } from "./connection.ts";
import { postgresFault } from "./faults.ts";

/** "apex" in ASCII; every APEX of a database asks for the same. */
const LOCK = 0x61706578;
/** Another program's migration is waited for this long; one of our own may take this long. */
const LIMIT_MS = 3_600_000;

const RECORD = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    version BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
  )
`;

export class PostgresMigrations implements MigrationTarget {
  readonly #connection: PostgresConnection;

  /** @param connection which `close` closes */
  constructor(connection: PostgresConnection) {
    this.#connection = connection;
  }

  get description(): string {
    return this.#connection.description;
  }

  async applied(): Promise<readonly AppliedMigration[]> {
    return await this.#connection.call("Cannot read the migrations of", recorded);
  }

  async applyNext(choose: (applied: readonly AppliedMigration[]) => Migration | null): Promise<Migration | null> {
    return await this.#connection.call("Cannot migrate", async (sql) => {
      return await sql.begin(async (transaction) => {
        await transaction.unsafe(
          `SET LOCAL statement_timeout = ${LIMIT_MS}; SET LOCAL lock_timeout = ${LIMIT_MS}; ` +
            "SET LOCAL idle_in_transaction_session_timeout = 0",
        );
        await transaction.unsafe(`SELECT pg_advisory_xact_lock(${LOCK})`);
        const migration = choose(await recorded(transaction));
        if (migration !== null) await this.#apply(transaction, migration);
        return migration;
      });
    }, LIMIT_MS);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #apply(transaction: Transaction, migration: Migration): Promise<void> {
    const { number, name, checksum, sql } = migration;
    try {
      await transaction.unsafe(sql);
    } catch (fault) {
      throw postgresFault(`Cannot apply ${named(migration)} to ${this.description}, which stays as it was`, fault);
    }
    await transaction.unsafe(RECORD);
    await transaction.unsafe("INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)", [
      number,
      name,
      checksum,
    ]);
  }
}

async function recorded(sql: Sql | Transaction): Promise<AppliedMigration[]> {
  const [table] = await sql.unsafe<{ found: boolean }[]>(
    "SELECT to_regclass('schema_migrations') IS NOT NULL AS found",
  );
  if (table?.found !== true) return [];
  const rows = await sql.unsafe<{ version: string; name: string; checksum: string }[]>(
    "SELECT version, name, checksum FROM schema_migrations ORDER BY version",
  );
  return rows.map(({ version, name, checksum }) => ({ number: Number(version), name, checksum }));
}
