/** What TimescaleDB does by itself from time to time: it drops old chunks and brings the aggregates up to date. */
import type { PostgresConnection, Sql } from "./connection.ts";
import { MIGRATION_LIMIT_MS, takeMigrationLock } from "./migrations.ts";

const HYPERTABLES = [
  "position_books",
  "position_snapshots",
  "account_snapshots",
  "risk_snapshots",
  "risk_snapshot_documents",
];
const AGGREGATES = ["risk_by_hour", "risk_by_day"];
/**
 * Rows may come late by as much (a spool that waited) and still count in the aggregates. Never as far back as rows are deleted,
 * which would take them out of the aggregates too; never less than the two whole days that a refresh wants.
 */
const REFRESH_DAYS = { most: 7, least: 3 } as const;

interface Aggregate {
  readonly name: string;
  readonly filled: boolean;
}

export class TimescalePolicies {
  readonly #connection: PostgresConnection;
  readonly #retentionDays: number;

  constructor(connection: PostgresConnection, retentionDays: number) {
    this.#connection = connection;
    this.#retentionDays = retentionDays;
  }

  async unsettled(): Promise<readonly string[]> {
    return await this.#connection.call("Cannot read the policies of", async (sql) => {
      const [kept, refreshed] = [await this.#notKept(sql), await notRefreshed(sql)];
      return [
        ...(kept.length === 0 ? [] : [`snapshots are not dropped after ${this.#retentionDays} days yet`]),
        ...refreshed.map(({ name }) => `${name} is not brought up to date yet`),
      ];
    });
  }

  async settle(): Promise<readonly string[]> {
    // First, so that they know what is then dropped.
    const filled = await this.#connection.call("Cannot fill the aggregates of", async (sql) => {
      const aggregates = await notRefreshed(sql);
      for (const aggregate of aggregates) await this.#fill(sql, aggregate);
      return aggregates.map(({ name }) => `${name} filled`);
    }, MIGRATION_LIMIT_MS);
    const kept = await this.applyRetention(this.#retentionDays);
    return kept ? [...filled, `snapshots are dropped after ${this.#retentionDays} days`] : filled;
  }

  /** Drops chunks once all that is in them is older. Gives whether that was different before. */
  async applyRetention(days: number): Promise<boolean> {
    return await this.#connection.call(
      "Cannot set the retention of",
      async (sql) =>
        await sql.begin(async (transaction) => {
          await takeMigrationLock(transaction);
          const different = await this.#notKept(transaction, days);
          for (const name of different) {
            await transaction.unsafe(`SELECT remove_retention_policy('${name}', if_exists => true)`);
            await transaction.unsafe(`SELECT add_retention_policy('${name}', make_interval(days => ${days}))`);
          }
          return different.length > 0;
        }),
      MIGRATION_LIMIT_MS,
    );
  }

  async #notKept(sql: Pick<Sql, "unsafe">, days = this.#retentionDays): Promise<readonly string[]> {
    const rows = await sql.unsafe<{ name: string }[]>(`
      SELECT h.hypertable_name AS name FROM timescaledb_information.hypertables h
      WHERE h.hypertable_schema = current_schema() AND h.hypertable_name IN (${quoted(HYPERTABLES)}) AND NOT EXISTS (
        SELECT 1 FROM timescaledb_information.jobs j
        WHERE j.hypertable_schema = h.hypertable_schema AND j.hypertable_name = h.hypertable_name
          AND j.proc_name = 'policy_retention' AND (j.config->>'drop_after')::interval = make_interval(days => ${days}))
      ORDER BY 1
    `);
    return rows.map(({ name }) => name);
  }

  /**
   * All of history the first time: the policy looks back a few days, and what lies before them would never be seen again. Later
   * (somebody removed the policy) only as far as there are rows, or what is gone from the rows would go from the aggregate.
   */
  async #fill(sql: Sql, { name, filled }: Aggregate): Promise<void> {
    const days = Math.min(REFRESH_DAYS.most, Math.max(REFRESH_DAYS.least, this.#retentionDays - 1));
    const from = filled ? `now() - make_interval(days => ${days})` : "NULL";
    // A refresh makes transactions of its own, so it cannot be in one.
    const session = await sql.reserve();
    try {
      const [{ usual } = { usual: "0" }] = await session.unsafe<{ usual: string }[]>(
        "SELECT current_setting('statement_timeout') AS usual",
      );
      await session.unsafe(`SET statement_timeout = ${MIGRATION_LIMIT_MS}`);
      await session.unsafe(`CALL refresh_continuous_aggregate('${name}', ${from}, now() - INTERVAL '1 hour')`);
      await session.unsafe(
        `SELECT add_continuous_aggregate_policy('${name}', start_offset => make_interval(days => ${days}),
          end_offset => INTERVAL '1 hour', schedule_interval => INTERVAL '1 hour', if_not_exists => true)`,
      );
      await session.unsafe(`SET statement_timeout = '${usual}'`);
    } finally {
      session.release();
    }
  }
}

/** A policy stands for the first filling: it is added after it. */
async function notRefreshed(sql: Pick<Sql, "unsafe">): Promise<readonly Aggregate[]> {
  return await sql.unsafe<Aggregate[]>(`
    SELECT a.view_name AS name, EXISTS (
      SELECT 1 FROM timescaledb_information.chunks c
      WHERE c.hypertable_schema = a.materialization_hypertable_schema
        AND c.hypertable_name = a.materialization_hypertable_name) AS filled
    FROM timescaledb_information.continuous_aggregates a
    WHERE a.view_schema = current_schema() AND a.view_name IN (${quoted(AGGREGATES)}) AND NOT EXISTS (
      SELECT 1 FROM timescaledb_information.jobs j
      WHERE j.proc_name = 'policy_refresh_continuous_aggregate'
        AND (j.hypertable_schema, j.hypertable_name) IN (
          (a.view_schema, a.view_name), (a.materialization_hypertable_schema, a.materialization_hypertable_name)))
    ORDER BY a.view_name DESC
  `);
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}
