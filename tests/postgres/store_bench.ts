/**
 * Upserts into PostgreSQL beside COPY into the same table, which they are to reach half the speed of. Run by
 * `deno task bench:postgres`; prints a line a round.
 */
import { Buffer } from "node:buffer";
import postgres from "postgres";
import { migrate } from "../../src/application/migrations.ts";
import { instrumentKey } from "../../src/domain/instrument.ts";
import { migrationsOf } from "../../src/infrastructure/store/migration_files.ts";
import { PostgresConnection } from "../../src/infrastructure/store/postgres/connection.ts";
import { PostgresMigrations } from "../../src/infrastructure/store/postgres/migrations.ts";
import { openPostgresStore } from "../../src/infrastructure/store/postgres/store.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { manyExecutions } from "../support/many_executions.ts";
import { projectText } from "../support/source_tree.ts";
import { startPostgres } from "./server.ts";

const ROWS = 100_000;
const AT_ONCE = 10_000;
const ROUNDS = 5;

if (import.meta.main) {
  const server = await startPostgres();
  if (server !== null) {
    // In the clear, like the COPY that it is compared with.
    await compare(server.dsn("postgres") + "?sslmode=disable");
    await server.stop();
  }
}

async function compare(dsn: string): Promise<void> {
  const settings = { dsn, minPoolSize: 1, maxPoolSize: 2, commandTimeoutSec: 60 };
  const migrations = migrationsOf("postgresql", projectText);
  const target = new PostgresMigrations(new PostgresConnection(settings, systemClock()));
  await migrate(migrations, target);
  await target.close();
  const store = await openPostgresStore(settings, migrations, systemClock());
  const sql = postgres(dsn, { max: 1, onnotice: () => {} });
  const rows = manyExecutions(ROWS);
  const text = rows.map((row) =>
    [
      row.account,
      row.execId,
      row.execId.slice(0, -3),
      1,
      instrumentKey(row.instrument),
      row.quantity,
      row.price,
      new Date(row.executedAt).toISOString(),
      row.exchange,
      row.orderId,
      "\\N",
      row.origin,
      "\\N",
    ].join("\t")
  ).join("\n") + "\n";
  for (let round = 1; round <= ROUNDS; round++) {
    await sql`TRUNCATE ib_raw_executions`;
    const copied = await rate(async () => {
      const stream = await sql`COPY ib_raw_executions FROM STDIN`.writable();
      await new Promise<void>((resolve, reject) => {
        stream.on("finish", resolve).on("error", reject);
        stream.end(Buffer.from(text));
      });
    });
    await sql`TRUNCATE ib_raw_executions`;
    const write = async (writer: number, writers: number) => {
      for (let from = writer * AT_ONCE; from < ROWS; from += writers * AT_ONCE) {
        await store.write({ executions: rows.slice(from, from + AT_ONCE) });
      }
    };
    const fresh = await rate(() => write(0, 1));
    const again = await rate(() => write(0, 1));
    await sql`TRUNCATE ib_raw_executions`;
    const together = await rate(async () => {
      await Promise.all([write(0, 2), write(1, 2)]);
    });
    const shown = (rows: number) =>
      `${Math.round(rows).toLocaleString("en-US")} (${Math.round(100 * rows / copied)} %)`;
    console.log(
      `COPY ${shown(copied)} rows/s; upsert of new rows ${shown(fresh)}, by two writers ${shown(together)}, ` +
        `of known rows ${shown(again)}`,
    );
  }
  await sql.end();
  await store.close();
}

/** Rows a second. */
async function rate(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return ROWS / (performance.now() - started) * 1000;
}
