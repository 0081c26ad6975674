/** PostgreSQL, held to the stores' suite, and to what only a server can do: go away, come back, and ask who you are. */
import assert from "node:assert/strict";
import postgres from "postgres";
import { migrate, migrationStatus } from "../../src/application/migrations.ts";
import type { Settings } from "../../src/application/settings.ts";
import { openForMonitor, openSnapshotCare } from "../../src/infrastructure/store/configured_store.ts";
import { migrationsOf } from "../../src/infrastructure/store/migration_files.ts";
import { PostgresConnection, type PostgresSettings } from "../../src/infrastructure/store/postgres/connection.ts";
import { PostgresMigrations } from "../../src/infrastructure/store/postgres/migrations.ts";
import { openPostgresStore } from "../../src/infrastructure/store/postgres/store.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { pruneReport } from "../../src/presentation/cli/store_care_report.ts";
import { storeSuite, type StoreUnderTest } from "../contract/store_suite.ts";
import { type Row, viewsSuite, type ViewsUnderTest } from "../contract/views_suite.ts";
import { projectText } from "../support/source_tree.ts";
import { breach, execution, NOW, risk } from "../support/stored_history.ts";
import { startPostgres } from "./server.ts";

const MIGRATIONS = migrationsOf("postgresql", projectText);
const TEMPLATE = "migrated";
const server = await startPostgres("unsynced");
const admin = server === null ? null : postgres(server.dsn("postgres"), { max: 1, onnotice: () => {} });
let databases = 0;
if (server !== null) {
  await emptyDatabase(TEMPLATE);
  const target = migrations(TEMPLATE);
  await migrate(MIGRATIONS, target);
  await target.close();
}

storeSuite("PostgreSQL", openMigrated, { ignore: server === null });
viewsSuite("PostgreSQL", openViews, { ignore: server === null, sanitizeOps: false, sanitizeResources: false });

test("the time of each view is a time to the server, which Grafana wants for its axis", async () => {
  const { database, remove } = await openMigrated();
  const reader = postgres(server!.dsn(database), { max: 1 });
  const types = await reader<{ table_name: string; data_type: string }[]>`
    SELECT c.table_name, c.data_type FROM information_schema.columns c JOIN information_schema.views v USING (table_name)
    WHERE c.column_name = 'time' AND v.table_schema = 'public' ORDER BY 1`;
  assert.deepEqual(types.map((row) => row.table_name), [
    "breach_history",
    "daily_results",
    "fills",
    "latest_positions",
    "open_breaches",
    "position_history",
    "realized_by_symbol_daily",
    "risk_daily",
  ]);
  for (const row of types) assert.equal(row.data_type, "timestamp with time zone", row.table_name);
  await reader.end();
  await remove();
});

test("keeps what was acknowledged when the server crashes in the middle of writes, and is there again after it", async () => {
  const { store, remove } = await openMigrated();
  let acknowledged = 0;
  const writing = (async () => {
    for (let at = 0; at < 400; at++) {
      const batch = {
        executions: [execution(`e${at}.01`, { executedAt: NOW + at })],
        breaches: [breach("opened", NOW + at)],
      };
      // Repeated until it is acknowledged: nobody knows whether a write that failed had arrived.
      for (;;) {
        try {
          await store.write(batch);
          break;
        } catch (fault) {
          assert.ok(fault instanceof Error && "passing" in fault && fault.passing === true, String(fault));
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
      acknowledged++;
    }
  })();
  for (let crash = 0; crash < 3; crash++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await server!.order("crash");
  }
  await writing;
  const fills = (await Array.fromAsync(store.fills({ account: "DU1", from: 0, to: NOW * 2 }))).flat();
  assert.equal(acknowledged, 400);
  assert.equal(fills.length, 400);
  assert.equal((await store.breaches({ account: null, from: 0, to: NOW * 2 })).length, 400);
  await remove();
});

test("says that the server is away, and when it is back goes on by itself", async () => {
  const { store, remove } = await openMigrated();
  await server!.order("stop");
  await assert.rejects(store.write({ executions: [execution("a.01")] }), { name: "StoreFault", kind: "away" });
  await server!.order("start");
  for (let tries = 0;; tries++) {
    try {
      await store.write({ executions: [execution("a.01")] });
      break;
    } catch (fault) {
      if (tries > 50) throw fault;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  await remove();
});

test("gives up a call that hangs after the command time-out, and works on when the hindrance is gone", async () => {
  const { store, database, remove } = await openMigrated({ commandTimeoutSec: 1 });
  const blocker = postgres(server!.dsn(database), { max: 1 });
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const { promise: locked, resolve: isLocked } = Promise.withResolvers<void>();
  const blocking = blocker.begin(async (transaction) => {
    await transaction`LOCK TABLE ib_raw_executions IN ACCESS EXCLUSIVE MODE`;
    isLocked();
    await release;
  });
  await locked;
  await assert.rejects(
    store.write({ executions: [execution("a.01")] }),
    (fault) => fault instanceof Error && "kind" in fault && (fault.kind === "timeout" || fault.kind === "locked"),
  );
  resolve();
  await blocking;
  await blocker.end();
  await store.write({ executions: [execution("a.01")] });
  await remove();
});

test("two programs that migrate at once run each migration once", async () => {
  const name = await newDatabase("template0");
  const targets = [migrations(name), migrations(name)];
  const ran = await Promise.all(targets.map((target) => migrate(MIGRATIONS, target)));
  assert.equal(ran.flat().length, MIGRATIONS.length);
  const { pending, applied } = await migrationStatus(MIGRATIONS, targets[0]!);
  assert.deepEqual([pending.length, applied.length], [0, MIGRATIONS.length]);
  for (const target of targets) await target.close();
});

test("a migration that fails leaves those before it, and none of its own", async () => {
  const name = await newDatabase("template0");
  const target = migrations(name);
  const broken = { ...MIGRATIONS[1]!, sql: "CREATE TABLE half (id BIGINT); SELECT nonsense" };
  await assert.rejects(migrate([MIGRATIONS[0]!, broken], target), {
    name: "StoreFault",
    message: /002_snapshots.*stays as it was/,
  });
  assert.equal((await target.applied()).length, 1);
  await migrate(MIGRATIONS, target);
  await target.close();
});

test("a wrong password and a database that is not there are refused, without showing the password", async () => {
  const refused = async (dsn: string) => {
    try {
      await openPostgresStore(settings(dsn), MIGRATIONS, systemClock());
    } catch (fault) {
      assert.ok(fault instanceof Error && "kind" in fault && fault.kind === "refused", String(fault));
      return fault.message;
    }
    throw new Error("it was let in");
  };
  const wrong = await refused(server!.dsn(TEMPLATE).replace("%2F1", "-wrong"));
  assert.match(wrong, /check user and password/);
  assert.doesNotMatch(wrong, /word-wrong|pass@|pass%40/);
  assert.match(await refused(server!.dsn("nowhere")), /create the database/);
});

test("a database that was not migrated is not used", async () => {
  const name = await newDatabase("template0");
  await assert.rejects(openPostgresStore(settings(server!.dsn(name)), MIGRATIONS, systemClock()), {
    name: "StoreFault",
    kind: "outdated",
    message: /run apex migrate/,
  });
});

test("a monitor is told to migrate a server's database, and does it itself when it may", async () => {
  const name = await newDatabase("template0");
  const database = settings(server!.dsn(name));
  const open = (autoMigrate: boolean) =>
    openForMonitor(limits(database), projectText, systemClock(), { autoMigrate, retentionDays: 30 });
  await assert.rejects(open(false), {
    name: "StoreFault",
    kind: "outdated",
    message: /001_executions.*run apex migrate, or start with --auto-migrate/,
  });
  const migrated = await open(true);
  await migrated.store.claim("real");
  await migrated.store.close();
  const { store, notes } = await open(false);
  assert.deepEqual([await store.storedBook(), notes], ["real", []]);
  await store.close();
});

test("prune counts what would go, and deletes it", async () => {
  const { store, database, remove } = await openMigrated();
  await store.write({ risk: Array.from({ length: 3_000 }, (_, at) => risk({ takenAt: NOW + at })) });
  const care = (dryRun: boolean) =>
    openSnapshotCare(limits(settings(server!.dsn(database))), projectText, systemClock(), dryRun);
  const clock = { now: () => NOW + 86_400_000 + 2_990, after: systemClock().after };
  const dry = await pruneReport({ keepDays: 1, dryRun: true }, await care(true), clock);
  assert.match(dry, /^PostgreSQL .*5,980 rows .* would be deleted\. Nothing was changed\.\n$/);
  assert.equal((await store.riskSeries({ account: null, from: 0, to: NOW * 2 })).length, 3_000);
  const text = await pruneReport({ keepDays: 1, dryRun: false }, await care(false), clock);
  assert.match(text, /5,980 rows .* deleted\.\n$/);
  assert.equal((await store.riskSeries({ account: null, from: 0, to: NOW * 2 })).length, 10);
  await remove();
});

test("sslmode=require encrypts; verify-full wants a certificate that is trusted and of that name; verify-ca any name", async () => {
  const encrypted = async (parameters: string, host = "localhost") => {
    const connection = new PostgresConnection(settings(server!.dsn(TEMPLATE, host) + parameters), systemClock());
    try {
      return await connection.call("Cannot ask", async (sql) => {
        const [row] = await sql<{ ssl: boolean }[]>`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
        return row?.ssl;
      });
    } finally {
      await connection.close();
    }
  };
  const root = `&sslrootcert=${server!.certificateFile}`;
  const refused = { name: "StoreFault", kind: "refused", message: /sslrootcert/ };
  assert.equal(await encrypted("?sslmode=disable"), false);
  assert.equal(await encrypted(""), true);
  assert.equal(await encrypted("?sslmode=require"), true);
  await assert.rejects(encrypted("?sslmode=verify-full"), refused);
  await assert.rejects(encrypted("?sslmode=verify-ca"), refused);
  assert.equal(await encrypted("?sslmode=verify-full" + root), true);
  assert.equal(await encrypted("?sslmode=verify-ca" + root), true);
  assert.equal(await encrypted("?sslmode=verify-ca" + root, "127.0.0.1"), true);
  await assert.rejects(encrypted("?sslmode=verify-full" + root, "127.0.0.1"), refused);
});

Deno.test.afterAll(async () => {
  await admin?.end();
  await server?.stop();
});

function test(what: string, body: () => Promise<void>): void {
  // The server's answers are read, and its crash ends the administrator's connection, across tests.
  const options = { ignore: server === null, sanitizeOps: false, sanitizeResources: false };
  Deno.test({ name: `PostgreSQL: ${what}`, ...options, fn: body });
}

async function openMigrated(own: Partial<PostgresSettings> = {}): Promise<StoreUnderTest & { database: string }> {
  const database = await newDatabase(TEMPLATE);
  const open = () => openPostgresStore({ ...settings(server!.dsn(database)), ...own }, MIGRATIONS, systemClock());
  const store = await open();
  return { store, database, another: open, remove: () => store.close() };
}

/** Decimals as numbers and dates as they are written, as SQLite has them. */
async function openViews(): Promise<ViewsUnderTest> {
  const { store, database, remove } = await openMigrated();
  const asText = (parse: (text: string) => unknown, from: number[]) => ({ to: 25, from, serialize: String, parse });
  const reader = postgres(server!.dsn(database), {
    max: 1,
    types: {
      number: asText(Number, [20, 1700]),
      day: asText((text) => text, [1082]),
      instant: asText((text) => new Date(text).toISOString(), [1184]),
    },
  });
  return {
    store,
    query: async (sql) => (await reader.unsafe<Row[]>(sql)).map((row) => ({ ...row })),
    async remove() {
      await reader.end();
      await remove();
    },
  };
}

async function emptyDatabase(name: string): Promise<void> {
  await admin!.unsafe(`CREATE DATABASE ${name} TEMPLATE template0`);
}

/** Databases go with the server. */
async function newDatabase(template: string): Promise<string> {
  const name = `test${++databases}`;
  for (let tries = 0;; tries++) {
    try {
      await admin!.unsafe(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      return name;
    } catch (fault) {
      // The administrator's own connection fell with a crash.
      if (tries > 20) throw fault;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function migrations(database: string): PostgresMigrations {
  return new PostgresMigrations(new PostgresConnection(settings(server!.dsn(database)), systemClock()));
}

function limits(database: PostgresSettings): Settings["database"] {
  return { ...database, spoolMaxBytes: 0 };
}

function settings(dsn: string): PostgresSettings {
  return { dsn, minPoolSize: 2, maxPoolSize: 4, commandTimeoutSec: 20 };
}
