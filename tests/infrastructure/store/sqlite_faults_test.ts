/** The embedded store's file in trouble: whose it is, and what is said of one that is locked, full, damaged or read-only. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { migrate } from "../../../src/application/migrations.ts";
import { migrationsOf } from "../../../src/infrastructure/store/migration_files.ts";
import { openForReading, openForWriting } from "../../../src/infrastructure/store/sqlite/connection.ts";
import { SqliteDatabase } from "../../../src/infrastructure/store/sqlite/database.ts";
import { sqliteFault } from "../../../src/infrastructure/store/sqlite/faults.ts";
import { SqliteMigrations } from "../../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../../src/infrastructure/store/sqlite/store.ts";
import { SqlStore } from "../../../src/infrastructure/store/sql_store.ts";
import { projectText } from "../../support/source_tree.ts";
import { execution, NOW, risk } from "../../support/stored_history.ts";

const MIGRATIONS = migrationsOf("sqlite", projectText);
const SHORT_WAIT_MS = 20;

test("the file and what SQLite lays beside it are the owner's alone, also one that was not", async (file) => {
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  await Deno.chmod(file, 0o644);
  const store = await openSqliteStore(file, MIGRATIONS);
  await store.write({ executions: [execution("a.01")] });
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600, path);
  }
  await store.close();
});

test("a file that another process keeps locked is said to be locked, and serves again when it is free", async (file) => {
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const store = await openSqliteStore(file, MIGRATIONS, SHORT_WAIT_MS);
  const other = openForWriting(file);
  other.exec("BEGIN IMMEDIATE");
  const write = { executions: [execution("a.01")] };
  await assert.rejects(store.write(write), { name: "StoreFault", kind: "locked", passing: true });
  // Readers do not wait for writers.
  assert.deepEqual(await store.openBreaches(), []);
  other.exec("ROLLBACK");
  other.close();
  await store.write(write);
  await store.close();
});

test("a full disk is said to be full, keeps nothing of the batch, and what was there before", async (file) => {
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const connection = openForWriting(file);
  const store = new SqlStore(new SqliteDatabase(file, connection));
  await store.write({ executions: [execution("a.01")] });
  const pages = Number(Object.values(connection.prepare("PRAGMA page_count").get() ?? {})[0]);
  connection.exec(`PRAGMA max_page_count = ${pages + 20}`);
  const many = Array.from({ length: 5_000 }, (_, at) => execution(`b${at}.01`));
  await assert.rejects(store.write({ executions: many }), { name: "StoreFault", kind: "full", passing: true });
  const fills = (await Array.fromAsync(store.fills({ account: null, from: 0, to: NOW * 2 }))).flat();
  assert.deepEqual(fills.map((fill) => fill.execution.execId), ["a.01"]);
  connection.exec(`PRAGMA max_page_count = 1000000`);
  await store.write({ executions: many });
  await store.close();
});

test("a file that is no database is said to be damaged, and stays as it is", async (file) => {
  const content = "no database at all\n".repeat(1000);
  await Deno.writeTextFile(file, content);
  const damaged = { name: "StoreFault", kind: "damaged", passing: false, message: /aside.*backup/ };
  await assert.rejects(migrate(MIGRATIONS, new SqliteMigrations(file)), damaged);
  await assert.rejects(openSqliteStore(file, MIGRATIONS), damaged);
  assert.equal(await Deno.readTextFile(file), content);
});

test("a stored document that does not unpack is damage, not a crash", async (file) => {
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const store = await openSqliteStore(file, MIGRATIONS);
  await store.write({ risk: [risk()] });
  const other = new DatabaseSync(file);
  other.exec("UPDATE risk_snapshot_documents SET document = x'00112233'");
  other.close();
  await assert.rejects(store.lastRisk(0), { name: "StoreFault", kind: "damaged" });
  await store.close();
});

test("a connection for reading cannot write, and there is none to a file that is not there", async (file) => {
  assert.equal(openForReading(file), null);
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const store = new SqlStore(new SqliteDatabase(file, openForReading(file)!));
  await assert.rejects(store.write({ executions: [execution("a.01")] }), { name: "StoreFault", kind: "read-only" });
  await store.close();
});

test("a name that cannot be a file is refused with what it must be", async (file) => {
  await Deno.mkdir(file);
  await assert.rejects(migrate(MIGRATIONS, new SqliteMigrations(file)), { name: "StoreFault", kind: "read-only" });
});

test("a file that was not migrated is not used", async (file) => {
  await assert.rejects(openSqliteStore(file, MIGRATIONS), {
    name: "StoreFault",
    kind: "outdated",
    message: /: nothing is stored in it yet; apex watch makes it at its start, apex migrate at once$/,
  });
  await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
});

test("a file of an older program is not used: what is missing is named", async (file) => {
  await migrate(MIGRATIONS.slice(0, 2), new SqliteMigrations(file));
  await assert.rejects(openSqliteStore(file, MIGRATIONS), {
    kind: "outdated",
    message: /: 003_\w+ and what follows it is not applied; run apex migrate$/,
  });
});

Deno.test("each of SQLite's troubles has its kind", () => {
  const kinds: Readonly<Record<string, string>> = {
    "database is locked": "locked",
    "file is not a database": "damaged",
    "database disk image is malformed": "damaged",
    "database or disk is full": "full",
    "attempt to write a readonly database": "read-only",
    "unable to open database file": "read-only",
    "disk I/O error": "away",
    "no such table: daily_pnl": "outdated",
    "NOT NULL constraint failed: daily_pnl.currency": "rejected",
  };
  for (const [words, kind] of Object.entries(kinds)) {
    assert.equal(sqliteFault("Cannot write", new Error(words)).kind, kind, words);
  }
});

function test(what: string, body: (file: string) => Promise<void>): void {
  Deno.test(what, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await body(`${folder}/apex.db`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
