/** The embedded store, at the sizes that a backfill and a chart ask of it. */
import { migrate } from "../../src/application/migrations.ts";
import type { ExecutionRecord } from "../../src/application/ports/store_records.ts";
import { migrationsOf } from "../../src/infrastructure/store/migration_files.ts";
import { SqliteMigrations } from "../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../src/infrastructure/store/sqlite/store.ts";
import { projectText } from "../support/source_tree.ts";
import { NOW, risk } from "../support/stored_history.ts";
import { manyExecutions } from "../support/many_executions.ts";

const ROWS = 100_000;
const AT_ONCE = 10_000;
const MIGRATIONS = migrationsOf("sqlite", projectText);
/** A year of trading minutes: 252 days of 390. */
const MINUTES = 252 * 390;

for (const [what, again] of [["new", false], ["known", true]] as const) {
  Deno.bench({
    name: `SQLite: upsert ${ROWS} executions, ${what} ones (aim 333 ms)`,
    group: "upsert",
    n: 5,
    warmup: 1,
    fn: async (bench) => {
      const rows = manyExecutions(ROWS);
      await withStore(async (store) => {
        if (again) await inPortions(store, rows);
        bench.start();
        await inPortions(store, rows);
        bench.end();
      });
    },
  });
}

Deno.bench({
  name: `SQLite: read ${MINUTES} risk rows for a plot (budget 2,000 ms)`,
  n: 3,
  warmup: 1,
  fn: async (bench) => {
    await withStore(async (store) => {
      // As large, compressed, as a small book's.
      const document = JSON.stringify({ positions: Array.from({ length: 40 }, (_, at) => ({ at, value: at * 1.1 })) });
      for (let from = 0; from < MINUTES; from += AT_ONCE) {
        const count = Math.min(AT_ONCE, MINUTES - from);
        const at = (minute: number) => risk({ takenAt: NOW + (from + minute) * 60_000, document });
        await store.write({ risk: Array.from({ length: count }, (_, minute) => at(minute)) });
      }
      bench.start();
      const series = await store.riskSeries({ account: "ALL", from: NOW, to: NOW + MINUTES * 60_000 });
      bench.end();
      if (series.length !== MINUTES) throw new Error(`${series.length} rows instead of ${MINUTES}`);
    });
  },
});

type SqliteStore = Awaited<ReturnType<typeof openSqliteStore>>;

async function inPortions(store: SqliteStore, rows: readonly ExecutionRecord[]): Promise<void> {
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    await store.write({ executions: rows.slice(from, from + AT_ONCE) });
  }
}

async function withStore(body: (store: SqliteStore) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/apex.db`;
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const store = await openSqliteStore(file, MIGRATIONS);
  try {
    await body(store);
  } finally {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
}
