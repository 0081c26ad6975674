/** TimescaleDB's steps, and what its chunks, compression, retention and aggregates do to history. */
import assert from "node:assert/strict";
import type { MigrateRequest } from "../../src/application/command.ts";
import { migrate, type Migration } from "../../src/application/migrations.ts";
import type { Store } from "../../src/application/ports/store.ts";
import { openForMonitor } from "../../src/infrastructure/store/configured_store.ts";
import { migrationsOf, timescaleSteps } from "../../src/infrastructure/store/migration_files.ts";
import { PostgresConnection } from "../../src/infrastructure/store/postgres/connection.ts";
import { PostgresMigrations } from "../../src/infrastructure/store/postgres/migrations.ts";
import { openPostgresStore } from "../../src/infrastructure/store/postgres/store.ts";
import { Timescale } from "../../src/infrastructure/store/postgres/timescale.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { migrationReport } from "../../src/presentation/cli/migration_report.ts";
import { projectText } from "../support/source_tree.ts";
import { AAPL_PUT, account, MINUTE, position, risk } from "../support/stored_history.ts";
import { startTimescale, type TimescaleServer } from "./server.ts";

const MIGRATIONS = migrationsOf("postgresql", projectText);
const STEPS = timescaleSteps(projectText);
const UP: MigrateRequest = { command: "migrate", action: "up", dryRun: false, to: null, now: null };
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Policies go by the server's clock, so rows are dated from the day that it is there. */
const TODAY = Math.floor(Date.now() / DAY) * DAY;
const OLDEST = TODAY - 40 * DAY;

test("steps that follow later lose no row of a database in use, and again they change nothing", async (server) => {
  const plain = new PostgresMigrations(new PostgresConnection(settings(server), systemClock()));
  await migrate(MIGRATIONS, plain);
  await plain.close();
  const store = await opened(server);
  await fill(store);
  const before = await contents(store);
  assert.equal(before.risk.length, 40 * 4);

  assert.match(await report(server, { ...UP, action: "status" }), /TimescaleDB \S+: there, but not enabled/);
  assert.match(await report(server, { ...UP, dryRun: true }), /001_hypertables +would be applied/);
  assert.deepEqual(await server.rows("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'"), []);

  const said = await report(server, UP);
  assert.match(said, /TimescaleDB \S+\nStep +State\n-+ +-+\n001_hypertables +applied\n002_compression +applied\n003_/);
  assert.match(said, /- risk_by_hour filled\n- risk_by_day filled\n- snapshots are dropped after 30 days\n$/);
  assert.deepEqual(await contents(store), before);
  const [tables] = await server.rows(
    "SELECT count(*)::int AS tables FROM timescaledb_information.hypertables " +
      "WHERE hypertable_schema = 'public'",
  );
  assert.equal(tables?.tables, 5);

  const after = await policies(server);
  assert.match(await report(server, UP), /TimescaleDB \S+: up to date\n$/);
  assert.match(
    await report(server, { ...UP, action: "verify" }),
    /TimescaleDB \S+: each step as this program has it\n$/,
  );
  assert.deepEqual(await policies(server), after);
  await store.close();
});

test("a monitor that may migrate makes the hypertables itself, and one that may not says what is to be done", async (server) => {
  const open = (autoMigrate: boolean) =>
    openForMonitor({ ...settings(server), spoolMaxBytes: 0 }, projectText, systemClock(), {
      autoMigrate,
      retentionDays: 30,
    });
  await assert.rejects(open(false), { kind: "outdated", message: /run apex migrate, or start with --auto-migrate/ });
  const { store, notes } = await open(true);
  await store.close();
  assert.match(notes.join("\n"), /TimescaleDB \S+: 001_hypertables applied[^]*snapshots are dropped after 30 days/);
  const again = await open(true);
  assert.deepEqual(again.notes, []);
  await fill(again.store);
  await again.store.close();
});

test("a step that was changed after it was applied is refused, and nothing is changed", async (server) => {
  await report(server, UP);
  const changed = STEPS.map((step) => step.number === 2 ? { ...step, checksum: "f".repeat(64) } : step);
  for (const action of ["up", "status", "verify"] as const) {
    await assert.rejects(report(server, { ...UP, action }, { steps: changed }), {
      name: "StoreFault",
      kind: "outdated",
      message: /002_compression was changed after it was applied/,
    });
  }
});

test("verify fails while steps are pending or the retention is another, and migrate puts it right", async (server) => {
  await report(server, UP, { steps: STEPS.slice(0, 1) });
  const pending = { name: "StoreFault", message: /TimescaleDB .*002_compression, 003_risk_aggregates not applied/ };
  await assert.rejects(report(server, { ...UP, action: "verify" }), pending);
  await report(server, UP);
  const other = { retentionDays: 60 };
  await assert.rejects(report(server, { ...UP, action: "verify" }, other), {
    message: /not dropped after 60 days yet/,
  });
  assert.match(await report(server, UP, other), /TimescaleDB \S+\n- snapshots are dropped after 60 days\n$/);
  const dropped = (await policies(server)).filter(({ proc_name }) => proc_name === "policy_retention");
  assert.deepEqual(dropped.map(({ config }) => Object(config).drop_after), new Array(5).fill("60 days"));
});

test("a user who may not enable it is told who may, and the tables stay plain", async (server) => {
  const plain = new PostgresMigrations(new PostgresConnection(settings(server), systemClock()));
  await migrate(MIGRATIONS, plain);
  await plain.close();
  await server.rows("CREATE ROLE weak");
  await server.rows("GRANT SELECT ON schema_migrations TO weak");
  await server.rows("SET ROLE weak");
  assert.match(
    await report(server, UP),
    /TimescaleDB \S+: not enabled: permission denied.*; let a superuser run CREATE EXTENSION .*; plain tables until then\n$/,
  );
  await server.rows("RESET ROLE");
  assert.match(await report(server, UP), /003_risk_aggregates +applied/);
});

test("risk by the hour and by the day tells the last, lowest and highest figure, and how many views were whole", async (server) => {
  await report(server, UP);
  const store = await opened(server);
  const at = (minutes: number, dailyPnl: number | null, status: "complete" | "degraded" | "starting" = "complete") =>
    risk({ takenAt: TODAY - DAY + minutes * MINUTE, status, figures: { ...risk().figures, dailyPnl } });
  await store.write({
    // Before the first whole view; two in the first hour; one without the figure, and one more, in the second.
    risk: [at(0, -99, "starting"), at(5, 10), at(55, -4), at(61, null, "degraded"), at(119, 7)],
  });
  const hours = (await server.rows(
    "SELECT hour, snapshots::int, complete_snapshots::int AS whole, daily_pnl AS last, lowest_daily_pnl AS low, " +
      "highest_daily_pnl AS high FROM risk_by_hour ORDER BY hour",
  )).map((row) => [Number(row.hour) - (TODAY - DAY), row.snapshots, row.whole, row.last, row.low, row.high]);
  assert.deepEqual(hours, [[0, 2, 2, -4, -4, 10], [HOUR, 2, 1, 7, 7, 7]]);

  const byDay = "SELECT snapshots::int, daily_pnl AS last, lowest_daily_pnl AS low, highest_daily_pnl AS high FROM ";
  const day = [{ snapshots: 4, last: 7, low: -4, high: 10 }];
  assert.deepEqual(await server.rows(`${byDay} risk_by_day`), day);
  await server.rows("CALL refresh_continuous_aggregate('risk_by_day', NULL, NULL)");
  const [stored] = await server.rows(
    "SELECT format('%I.%I', materialization_hypertable_schema, " +
      "materialization_hypertable_name) AS name FROM timescaledb_information.continuous_aggregates " +
      "WHERE view_name = 'risk_by_day'",
  );
  assert.deepEqual(await server.rows(`${byDay} ${stored?.name}`), day);
  await store.close();
});

test("compressed days read as before, and take late rows, corrections, books written again and deletions", async (server) => {
  await report(server, UP, { retentionDays: 365 });
  const store = await opened(server);
  await fill(store);
  const before = await contents(store);
  await run(server, "policy_compression");
  const [compressed] = await server.rows(
    "SELECT count(*)::int AS chunks FROM timescaledb_information.chunks WHERE is_compressed",
  );
  assert.ok(Number(compressed?.chunks) > 3 * 30, `${compressed?.chunks} chunks`);
  assert.deepEqual(await contents(store), before);

  const corrected = risk({ takenAt: OLDEST, figures: { ...risk().figures, dailyPnl: 12.5 } });
  const late = risk({ takenAt: OLDEST + MINUTE });
  const book = {
    account: "DU1",
    source: "IB",
    takenAt: OLDEST,
    positions: [position({ instrument: AAPL_PUT, quantity: -7 })],
  } as const;
  await store.write({ risk: [corrected, late], positions: [book], accounts: [account({ takenAt: OLDEST + MINUTE })] });
  const points = await store.riskSeries({ account: null, from: OLDEST, to: OLDEST + HOUR });
  assert.deepEqual(points.map(({ figures }) => figures.dailyPnl), [12.5, late.figures.dailyPnl]);
  assert.deepEqual(await store.lastPositions(0, OLDEST), [book]);

  const until = OLDEST + 2 * DAY;
  for (let rows = 1; rows > 0;) rows = await store.prune(until, 10);
  const kept = await contents(store);
  assert.deepEqual(kept.risk, before.risk.filter(({ takenAt }) => takenAt >= until));
  assert.deepEqual(await store.lastPositions(0, until - 1), []);
  await store.close();
});

test("a book written again opens no more of a compressed history than the rows around it", async (server) => {
  await report(server, UP, { retentionDays: 365 });
  const store = await opened(server);
  await fill(store);
  await run(server, "policy_compression");
  // Far fewer than there are: one batch of rows for each table's account, source and day.
  await server.rows("SET timescaledb.max_tuples_decompressed_per_dml_transaction = 12");
  const book = { account: "DU1", source: "IB", takenAt: OLDEST, positions: [position()] } as const;
  await store.write({ positions: [book] });
  await store.write({ positions: [{ ...book, takenAt: TODAY }] });
  assert.deepEqual(await store.lastPositions(0, OLDEST), [book]);
  await server.rows("RESET timescaledb.max_tuples_decompressed_per_dml_transaction");
  await store.close();
});

test("retention drops the days that are over, keeps the rest and the aggregates, and leaves nothing for prune", async (server) => {
  await report(server, UP);
  const store = await opened(server);
  await fill(store);
  const before = await contents(store);
  await server.rows("CALL refresh_continuous_aggregate('risk_by_day', NULL, NULL)");
  await run(server, "policy_retention");
  const cutoff = TODAY - 30 * DAY;
  const kept = await contents(store);
  assert.deepEqual(kept.risk, before.risk.filter(({ takenAt }) => takenAt >= cutoff));
  assert.deepEqual(kept.books, before.books);
  assert.deepEqual(await store.lastPositions(0, cutoff - 1), []);
  assert.equal(await store.prune(cutoff, 1_000), 0);
  const [days] = await server.rows("SELECT count(*)::int AS days, sum(snapshots)::int AS snapshots FROM risk_by_day");
  assert.deepEqual(days, { days: 40, snapshots: before.risk.length });
  await store.close();
});

/** Each on a server of its own, without the extension enabled. */
function test(what: string, body: (server: TimescaleServer) => Promise<void>): void {
  Deno.test(`TimescaleDB: ${what}`, async () => {
    const server = await startTimescale();
    try {
      await body(server);
    } finally {
      await server.stop();
    }
  });
}

function settings({ dsn }: TimescaleServer) {
  return { dsn, minPoolSize: 1, maxPoolSize: 1, commandTimeoutSec: 60 };
}

async function report(
  server: TimescaleServer,
  request: MigrateRequest,
  own: { readonly steps?: readonly Migration[]; readonly retentionDays?: number } = {},
): Promise<string> {
  const connection = new PostgresConnection(settings(server), systemClock());
  const extension = new Timescale(connection, own.steps ?? STEPS, own.retentionDays ?? 30);
  try {
    return await migrationReport(request, MIGRATIONS, new PostgresMigrations(connection), extension);
  } finally {
    await connection.close();
  }
}

async function opened(server: TimescaleServer): Promise<Store> {
  return await openPostgresStore(settings(server), MIGRATIONS, systemClock());
}

/** Forty days up to yesterday, four snapshots each: a book of two positions, an account, risk. */
async function fill(store: Store): Promise<void> {
  const times = Array.from({ length: 160 }, (_, at) => OLDEST + at * DAY / 4);
  await store.write({
    positions: times.map((takenAt) => ({
      account: "DU1",
      source: "IB",
      takenAt,
      positions: [position({ instrument: AAPL_PUT, quantity: -5 }), position({ mark: 180 + takenAt % 7 })],
    })),
    accounts: times.map((takenAt) => account({ takenAt })),
    risk: times.map((takenAt, at) => risk({ takenAt, figures: { ...risk().figures, dailyPnl: at } })),
  });
}

async function contents(store: Store) {
  return {
    risk: await store.riskSeries({ account: null, from: 0, to: TODAY + DAY }),
    last: await store.lastRisk(0),
    books: await store.lastPositions(0),
    accounts: await store.lastAccounts(0),
  };
}

async function policies(server: TimescaleServer) {
  return await server.rows(
    "SELECT job_id, proc_name, hypertable_name, config FROM timescaledb_information.jobs ORDER BY 1",
  );
}

/** No background worker does it there. */
async function run(server: TimescaleServer, policy: string): Promise<void> {
  for (const { job_id, proc_name } of await policies(server)) {
    if (proc_name === policy) await server.rows(`CALL run_job(${job_id})`);
  }
}
