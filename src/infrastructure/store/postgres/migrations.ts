/** Migrates PostgreSQL. An advisory lock, which ends with the transaction, keeps two programs apart. */
import { type AppliedMigration, type Migration, type MigrationTarget, named } from "../../../application/migrations.ts";
import type { PostgresConnection, Sql, Transaction } from "./connection.ts";
import { postgresFault } from "./faults.ts";

/** "apex" in ASCII; every APEX of a database asks for the same. */
const LOCK = 0x61706578;
/** Another program's migration is waited for this long; one of our own may take this long. */
export const MIGRATION_LIMIT_MS = 3_600_000;

export class PostgresMigrations implements MigrationTarget {
  readonly #connection: PostgresConnection;
  readonly #record: string;

  /**
   * @param connection which `close` closes
   * @param record the table of what was applied
   */
  constructor(connection: PostgresConnection, record = "schema_migrations") {
    this.#connection = connection;
    this.#record = record;
  }

  get description(): string {
    return this.#connection.description;
  }

  async applied(): Promise<readonly AppliedMigration[]> {
    return await this.#connection.call("Cannot read the migrations of", (sql) => recorded(sql, this.#record));
  }

  async applyNext(choose: (applied: readonly AppliedMigration[]) => Migration | null): Promise<Migration | null> {
    return await this.#connection.call("Cannot migrate", async (sql) => {
      return await sql.begin(async (transaction) => {
        await takeMigrationLock(transaction);
        const migration = choose(await recorded(transaction, this.#record));
        if (migration !== null) await this.#apply(transaction, migration);
        return migration;
      });
    }, MIGRATION_LIMIT_MS);
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
    await transaction.unsafe(recordTable(this.#record));
    await transaction.unsafe(`INSERT INTO ${this.#record} (version, name, checksum) VALUES ($1, $2, $3)`, [
      number,
      name,
      checksum,
    ]);
  }
}

/** Until the transaction ends, no other program migrates this database; and it may take as long as a migration may. */
export async function takeMigrationLock(transaction: Transaction): Promise<void> {
  await transaction.unsafe(
    `SET LOCAL statement_timeout = ${MIGRATION_LIMIT_MS}; SET LOCAL lock_timeout = ${MIGRATION_LIMIT_MS}; ` +
      "SET LOCAL idle_in_transaction_session_timeout = 0",
  );
  await transaction.unsafe(`SELECT pg_advisory_xact_lock(${LOCK})`);
}

function recordTable(name: string): string {
  return `
    CREATE TABLE IF NOT EXISTS ${name} (
      version BIGINT PRIMARY KEY,
      name TEXT NOT NULL,
      checksum TEXT NOT NULL,
      applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
  `;
}

async function recorded(sql: Sql | Transaction, record: string): Promise<AppliedMigration[]> {
  const [table] = await sql.unsafe<{ found: boolean }[]>(`SELECT to_regclass('${record}') IS NOT NULL AS found`);
  if (table?.found !== true) return [];
  const rows = await sql.unsafe<{ version: string; name: string; checksum: string }[]>(
    `SELECT version, name, checksum FROM ${record} ORDER BY version`,
  );
  return rows.map(({ version, name, checksum }) => ({ number: Number(version), name, checksum }));
}
