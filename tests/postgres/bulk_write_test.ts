/** Batches that are large enough for COPY: what it takes in a hurry must be what single rows would have become. */
import assert from "node:assert/strict";
import postgres from "postgres";
import { migrate } from "../../src/application/migrations.ts";
import type { Store } from "../../src/application/ports/store.ts";
import type { ExecutionRecord } from "../../src/application/ports/store_records.ts";
import { migrationsOf } from "../../src/infrastructure/store/migration_files.ts";
import { PostgresConnection } from "../../src/infrastructure/store/postgres/connection.ts";
import { PostgresMigrations } from "../../src/infrastructure/store/postgres/migrations.ts";
import { openPostgresStore } from "../../src/infrastructure/store/postgres/store.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { projectText } from "../support/source_tree.ts";
import { AAPL_PUT, execution, NOW, position, risk } from "../support/stored_history.ts";
import { startPostgres } from "./server.ts";

const COUNT = 2_000;
const MIGRATIONS = migrationsOf("postgresql", projectText);
const server = await startPostgres();
const settings = { dsn: server?.dsn("postgres") ?? "", minPoolSize: 1, maxPoolSize: 4, commandTimeoutSec: 60 };
if (server !== null) {
  const target = new PostgresMigrations(new PostgresConnection(settings, systemClock()));
  await migrate(MIGRATIONS, target);
  await target.close();
}

test("gives back texts, numbers, times, JSON and bytes as they were written", async (store) => {
  const texts = [
    'it\'s "quoted"',
    "back\\slash \\N \\.",
    "tab\tand\nlines\r\n",
    "中文 – ü",
    "NULL",
    "",
    "{a,b}",
    "\\x41",
  ];
  const executions = many((at) => ({
    price: (at - 1_000) / 7,
    quantity: at % 2 === 0 ? 1e-7 : -1e15,
    executedAt: NOW + at + (at % 1000) / 1000,
    orderRef: texts[at % texts.length]!,
    exchange: at % 3 === 0 ? null : "ISLAND",
    raw: JSON.stringify({ text: texts[at % texts.length], at }),
  }));
  const positions = executions.map(({ price }, at) =>
    position({ instrument: { ...AAPL_PUT, strike: at + 0.5, conId: at }, mark: price, close: null, closeDate: null })
  );
  const snapshots = Array.from(
    { length: COUNT },
    (_, at) => risk({ takenAt: NOW + at, document: JSON.stringify({ at }) }),
  );
  await store.write({
    executions,
    positions: [{ account: "DU1", source: "IB", takenAt: NOW, positions }],
    risk: snapshots,
  });
  const read = await stored(store);
  // JSONB keeps what the text says, not in which order.
  const parsed = (rows: readonly ExecutionRecord[]) => rows.map((row) => ({ ...row, raw: JSON.parse(row.raw!) }));
  assert.deepEqual(parsed(read), parsed(executions));
  const [book] = await store.lastPositions(0);
  const byStrike = (a: { instrument: { strike: number | null } }, b: typeof a) =>
    a.instrument.strike! - b.instrument.strike!;
  assert.deepEqual(book?.positions.toSorted(byStrike), positions);
  assert.deepEqual(await store.lastRisk(0), snapshots.slice(-1));
});

test("lays rows over those that are known, also when only one is", async (store) => {
  await store.write({ executions: [execution("e0001.01", { price: 1, orderRef: "hedge", origin: "STATEMENT" })] });
  await store.write({ executions: many(() => ({ price: 2, orderRef: null })) });
  const read = await stored(store);
  assert.equal(read.length, COUNT);
  assert.deepEqual(read.filter(({ orderRef }) => orderRef === "hedge").map(({ execId, price }) => [execId, price]), [
    ["e0001.01", 2],
  ]);
  assert.ok(read.every(({ price, origin }) => price === 2 && origin === "API"));
});

test("lets later rows of a batch win over earlier ones of the same key", async (store) => {
  await store.write({ executions: [...many(() => ({ price: 1, orderRef: "first" })), ...many(() => ({ price: 2 }))] });
  const read = await stored(store);
  assert.equal(read.length, COUNT);
  assert.ok(read.every(({ price, orderRef }) => price === 2 && orderRef === "first"));
});

test("stores each row once when two write the same at once", async (store) => {
  const other = await openPostgresStore(settings, MIGRATIONS, systemClock());
  const executions = many(() => ({}));
  await Promise.all([store, other, store].map((into) => into.write({ executions })));
  await other.close();
  assert.equal((await stored(store)).length, COUNT);
});

test("stores nothing of a batch with a value that does not go in, and says so at once", async (store) => {
  const contract = { ...AAPL_PUT, conId: 700 };
  const executions = many((at) => at === COUNT - 1 ? { raw: "{half" } : { instrument: contract });
  await assert.rejects(store.write({ executions }), { name: "StoreFault", kind: "rejected", message: /json/ });
  assert.deepEqual(await stored(store), []);
  await store.write({ executions: executions.slice(0, -1) });
  assert.equal((await stored(store)).length, COUNT - 1);
});

test("leaves rows alone that say what is known already", async (store, sql) => {
  const executions = many((at) => ({ orderRef: at % 2 === 0 ? "hedge" : null }));
  const versions = () => sql`SELECT max(xmin::text::bigint)::text AS newest FROM ib_raw_executions`;
  await store.write({ executions });
  const before = await versions();
  await store.write({ executions });
  await store.write({ executions: executions.map((row) => ({ ...row, orderRef: null })) });
  assert.deepEqual(await versions(), before);
  await store.write({ executions: executions.slice(0, 1).map((row) => ({ ...row, price: 3 })) });
  assert.notDeepEqual(await versions(), before);
});

Deno.test.afterAll(() => server?.stop());

function test(what: string, body: (store: Store, sql: postgres.Sql) => Promise<void>): void {
  Deno.test({
    name: `PostgreSQL, large batches: ${what}`,
    ignore: server === null,
    async fn() {
      const sql = postgres(settings.dsn, { max: 1, onnotice: () => {} });
      const store = await openPostgresStore(settings, MIGRATIONS, systemClock());
      try {
        await sql`TRUNCATE instruments, ib_raw_executions, position_books, position_snapshots, risk_snapshots,
          risk_snapshot_documents`;
        await body(store, sql);
      } finally {
        await store.close();
        await sql.end();
      }
    },
  });
}

function many(fields: (at: number) => Partial<ExecutionRecord>): ExecutionRecord[] {
  return Array.from(
    { length: COUNT },
    (_, at) => execution(`e${String(at).padStart(4, "0")}.01`, { executedAt: NOW + at, ...fields(at) }),
  );
}

async function stored(store: Store): Promise<readonly ExecutionRecord[]> {
  const pages = await Array.fromAsync(store.fills({ account: "DU1", from: 0, to: NOW * 2 }));
  return pages.flat().map((fill) => fill.execution);
}
