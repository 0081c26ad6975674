import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { migrate } from "../../../src/application/migrations.ts";
import type { DbRequest } from "../../../src/application/command.ts";
import { migrationsOf } from "../../../src/infrastructure/store/migration_files.ts";
import { SqliteCare } from "../../../src/infrastructure/store/sqlite/care.ts";
import type { Clock } from "../../../src/application/ports/clock.ts";
import type { SnapshotCare } from "../../../src/application/ports/store_care.ts";
import { openSqliteForPruning } from "../../../src/infrastructure/store/sqlite/pruning.ts";
import { SqliteMigrations } from "../../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../../src/infrastructure/store/sqlite/store.ts";
import { pruneReport, storeCareReport } from "../../../src/presentation/cli/store_care_report.ts";
import { projectText } from "../../support/source_tree.ts";
import { execution, NOW, risk } from "../../support/stored_history.ts";

const MIGRATIONS = migrationsOf("sqlite", projectText);
const CHECK: DbRequest = { command: "db", action: "check", to: null, keepDays: null, dryRun: false, now: null };

test("a check reads the whole file and tells its size, its state and the rows of each table", async (file, care) => {
  await filled(file, 3);
  const check = await care.check();
  assert.equal(check.rows.get("ib_raw_executions"), 3);
  assert.equal(check.migrations.pending.length, 0);
  assert.ok(check.bytes > 50_000);
  const text = await storeCareReport(CHECK, care);
  assert.match(text, /apex\.db is whole: 0\.\d MB, of which 0\.0 MB free; up to date\.\n/);
  assert.match(text, /\nib_raw_executions +3\n/);
});

test("a file with damaged pages is said to be damaged, finding by finding, and is not changed", async (file, care) => {
  await filled(file, 4_000);
  const bytes = await Deno.readFile(file);
  // A page in the middle, as a failing disk gives it back.
  bytes.fill(0x5a, 40 * 4096, 41 * 4096);
  await Deno.writeFile(file, bytes);
  await assert.rejects(care.check(), {
    name: "StoreFault",
    kind: "damaged",
    message: /Nothing was changed|left as it is/,
  });
  assert.deepEqual(await Deno.readFile(file), bytes);
});

test(
  "a backup holds what the store held, its owner alone can read it, and nothing is left beside it",
  async (file, care) => {
    await filled(file, 5_000);
    const writer = await openSqliteStore(file, MIGRATIONS);
    const copy = `${file}.backup`;
    const backingUp = care.backup(copy);
    await writer.write({ executions: [execution("meanwhile.01")] });
    const size = await backingUp;
    await writer.close();
    assert.equal((await Deno.stat(copy)).size, size);
    assert.equal((await Deno.stat(copy)).mode! & 0o777, 0o600);
    const names = [...Deno.readDirSync(copy.slice(0, copy.lastIndexOf("/")))].map(({ name }) => name);
    assert.deepEqual(names.filter((name) => name.includes("partial")), []);
    const store = await openSqliteStore(copy, MIGRATIONS);
    const fills = (await Array.fromAsync(store.fills({ account: null, from: 0, to: NOW * 2 }))).flat();
    assert.ok(fills.length >= 5_000);
    await store.close();
  },
);

test("a backup never replaces a file", async (file, care) => {
  await filled(file, 1);
  await Deno.writeTextFile(`${file}.backup`, "precious");
  await assert.rejects(care.backup(`${file}.backup`), { name: "StoreFault", message: /there already/ });
  assert.equal(await Deno.readTextFile(`${file}.backup`), "precious");
});

test("what is not there can be neither checked nor backed up", async (file, care) => {
  await assert.rejects(care.check(), { name: "StoreFault", message: /no such file/ });
  await assert.rejects(care.backup(`${file}.backup`), { name: "StoreFault", message: /no such file/ });
  assert.deepEqual([...Deno.readDirSync(file.slice(0, file.lastIndexOf("/")))], []);
});

test("a new file can give free pages back step by step, which cannot be changed later", async (file) => {
  await filled(file, 1);
  const connection = new DatabaseSync(file, { readOnly: true });
  assert.deepEqual(Object.values(connection.prepare("PRAGMA auto_vacuum").get()!), [2]);
  connection.close();
});

test("pruning shortens the file step by step, and what it leaves is whole", async (file, care) => {
  await filledWithRisk(file, 3_000);
  const before = (await Deno.stat(file)).size;
  const again = await openSqliteStore(file, MIGRATIONS);
  while (await again.prune(NOW + 2_990, 500) > 0);
  await again.close();
  const { bytes, rows } = await care.check();
  assert.ok(bytes < before / 2, `${bytes} of ${before}`);
  assert.deepEqual([rows.get("risk_snapshots"), rows.get("risk_snapshot_documents")], [10, 10]);
});

const DAY = 86_400_000;

test("prune says what would go and changes nothing, then deletes it and makes the file smaller", async (file, care) => {
  await filledWithRisk(file, 3_000);
  const before = await Deno.readFile(file);
  const dry = await pruneReport({ keepDays: 7, dryRun: true }, await pruning(file, true), at(NOW + 7 * DAY + 2_990));
  assert.match(
    dry,
    /5,980 rows of snapshots from before 2026-11-20T15:30Z \(7 days are kept\) would be deleted from .*MB/,
  );
  assert.deepEqual(await Deno.readFile(file), before);
  const text = await pruneReport({ keepDays: 1, dryRun: false }, await pruning(file, false), at(NOW + DAY + 2_990));
  assert.match(text, /5,980 rows .* \(1 day is kept\) deleted; \d+\.\d MB before, 0\.\d MB after\.\n$/);
  const { bytes, freeBytes, rows, shrinks } = await care.check();
  assert.ok(bytes < before.length / 5, `${bytes} of ${before.length}`);
  assert.deepEqual([freeBytes, shrinks, rows.get("risk_snapshots")], [0, true, 10]);
  const again = await pruneReport({ keepDays: 1, dryRun: false }, await pruning(file, false), at(NOW + DAY + 2_990));
  assert.match(again, /: 0 rows of snapshots/);
});

test("prune while another process writes takes nothing of its rows", async (file) => {
  await filledWithRisk(file, 2_000);
  const writer = await openSqliteStore(file, MIGRATIONS);
  const pruned = pruneReport({ keepDays: 1, dryRun: false }, await pruning(file, false), at(NOW + DAY + 2_000));
  for (let more = 0; more < 5; more++) await writer.write({ risk: [risk({ takenAt: NOW + DAY + more })] });
  assert.match(await pruned, /4,000 rows/);
  assert.equal((await writer.riskSeries({ account: null, from: 0, to: NOW * 2 })).length, 5);
  await writer.close();
});

test(
  "a file that was not made to shrink says so when it is checked and pruned, and is pruned nevertheless",
  async (file, care) => {
    const old = new DatabaseSync(file);
    old.exec("PRAGMA auto_vacuum = NONE; CREATE TABLE first (id INTEGER); DROP TABLE first");
    old.close();
    await filledWithRisk(file, 1_000);
    assert.equal((await care.check()).shrinks, false);
    assert.match(await storeCareReport(CHECK, care), /keeps its size.*VACUUM'/);
    const text = await pruneReport({ keepDays: 1, dryRun: false }, await pruning(file, false), at(NOW + 2 * DAY));
    assert.match(text, /2,000 rows .* deleted.*\n.*keeps its size.*VACUUM'/);
  },
);

test("prune makes no file, and leaves one of an earlier version alone", async (file) => {
  await assert.rejects(pruning(file, false), {
    name: "StoreFault",
    kind: "outdated",
    message: /nothing is stored in it yet/,
  });
  await assert.rejects(pruning(file, true), { name: "StoreFault", kind: "outdated" });
  await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
});

/** The time stands still; pauses end at once. */
function at(now: number): Pick<Clock, "now" | "after"> {
  return {
    now: () => now,
    after(_ms, call) {
      queueMicrotask(call);
      return () => {};
    },
  };
}

function pruning(file: string, dryRun: boolean): Promise<SnapshotCare> {
  return openSqliteForPruning(file, MIGRATIONS, dryRun);
}

async function filledWithRisk(file: string, count: number): Promise<void> {
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const store = await openSqliteStore(file, MIGRATIONS);
  const document = Array.from({ length: 400 }, (_, at) => Math.sin(at)).join(" ");
  await store.write({ risk: Array.from({ length: count }, (_, at) => risk({ takenAt: NOW + at, document })) });
  await store.close();
}

async function filled(file: string, count: number): Promise<void> {
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const store = await openSqliteStore(file, MIGRATIONS);
  await store.write({ executions: Array.from({ length: count }, (_, at) => execution(`e${at}.01`)) });
  await store.close();
}

function test(what: string, body: (file: string, care: SqliteCare) => Promise<void>): void {
  Deno.test(what, async () => {
    const folder = await Deno.makeTempDir();
    const file = `${folder}/apex.db`;
    try {
      await body(file, new SqliteCare(file, MIGRATIONS));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
