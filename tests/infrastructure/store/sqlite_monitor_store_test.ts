/** How a monitor comes by its embedded store: new, old, damaged, or held up by what is nobody's damage. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { migrate, type Migration } from "../../../src/application/migrations.ts";
import { migrationsOf } from "../../../src/infrastructure/store/migration_files.ts";
import { openForWriting } from "../../../src/infrastructure/store/sqlite/connection.ts";
import { SqliteMigrations } from "../../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteForMonitor } from "../../../src/infrastructure/store/sqlite/monitor_store.ts";
import { setDamagedAside } from "../../../src/infrastructure/store/sqlite/set_aside.ts";
import { openSqliteStore } from "../../../src/infrastructure/store/sqlite/store.ts";
import { projectText } from "../../support/source_tree.ts";
import { execution, NOW, risk } from "../../support/stored_history.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

const MIGRATIONS = migrationsOf("sqlite", projectText);
const CLOCK = new VirtualClock(NOW);
const ASIDE = "apex.db.damaged-20261120T153000Z";
const SHORT_WAIT_MS = 20;
const PAGE = 4096;

test("a file that is not there is made, and one of an earlier version migrated, without a word", async (file, open) => {
  assert.deepEqual(await open(), { notes: [], fills: 0 });
  await Deno.remove(file);
  await migrate(MIGRATIONS.slice(0, 3), new SqliteMigrations(file));
  assert.deepEqual(await open(), { notes: [], fills: 0 });
  assert.equal((await new SqliteMigrations(file).applied()).length, MIGRATIONS.length);
});

test("a whole file is opened as it is", async (file, open) => {
  await filled(file);
  assert.deepEqual(await open(), { notes: [], fills: 3_000 });
  assert.deepEqual(namesBeside(file), ["apex.db"]);
});

test("a file without a byte is a new one", async (file, open) => {
  await Deno.writeTextFile(file, "");
  assert.deepEqual(await open(), { notes: [], fills: 0 });
  assert.deepEqual(namesBeside(file), ["apex.db"]);
});

const DAMAGE: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>>> = {
  "a damaged header": (bytes) => bytes.fill(0x5a, 0, 100),
  "a damaged schema": (bytes) => bytes.fill(0x5a, 100, PAGE),
  "a damaged page in the middle": (bytes) => bytes.fill(0x5a, 40 * PAGE, 41 * PAGE),
  "half its length": (bytes) => bytes.slice(0, Math.floor(bytes.length / 2)),
  "a tail that is cut off": (bytes) => bytes.slice(0, bytes.length - 10),
  "a text in its place": () => new TextEncoder().encode("my notes, not a database\n".repeat(400)),
};

for (const [what, damage] of Object.entries(DAMAGE)) {
  test(`a file with ${what} is set aside with every byte, and a new store begun`, async (file, open) => {
    await filled(file);
    const bytes = damage(await Deno.readFile(file));
    await Deno.writeFile(file, bytes);
    const { notes, fills } = await open();
    assert.equal(fills, 0);
    assert.match(notes.join("\n"), new RegExp(`damaged.* moved aside to .*${ASIDE}, unchanged.*backup`));
    assert.deepEqual(namesBeside(file), ["apex.db", ASIDE]);
    const aside = `${file.slice(0, -"apex.db".length)}${ASIDE}`;
    assert.deepEqual(await Deno.readFile(aside), bytes);
    assert.equal((await Deno.stat(aside)).mode! & 0o777, 0o600);
    // From now on all is well.
    assert.deepEqual(await open(), { notes: [], fills: 0 });
  });
}

test("a damaged file takes the log beside it along, and replaces nothing that was set aside before", async (file) => {
  const content = ["first", "second", "third"];
  const names: string[] = [];
  for (const text of content) {
    for (const part of ["", "-wal", "-shm"]) await Deno.writeTextFile(`${file}${part}`, `${text}${part}`);
    await Deno.chmod(file, 0o644);
    names.push(setDamagedAside(file, CLOCK));
  }
  assert.deepEqual(names.map((name) => name.slice(name.lastIndexOf("/") + 1)), [ASIDE, `${ASIDE}-2`, `${ASIDE}-3`]);
  for (const [at, name] of names.entries()) {
    for (const part of ["", "-wal", "-shm"]) {
      assert.equal(await Deno.readTextFile(`${name}${part}`), `${content[at]}${part}`);
      assert.equal((await Deno.stat(`${name}${part}`)).mode! & 0o777, 0o600);
    }
  }
  assert.equal(namesBeside(file).includes("apex.db"), false);
});

test("a file that cannot be set aside stays, and the fault says so", async (file) => {
  await Deno.mkdir(file.replace(/apex\.db$/, "data"));
  assert.throws(() => setDamagedAside(file, CLOCK), { name: "StoreFault" });
});

test("a file that another program keeps locked is left where it is", async (file, open) => {
  // Something is to be migrated: a store that is up to date is opened without waiting for anybody.
  await migrate(MIGRATIONS.slice(0, 3), new SqliteMigrations(file));
  const other = openForWriting(file);
  other.exec("BEGIN IMMEDIATE");
  await assert.rejects(open(), { name: "StoreFault", kind: "locked" });
  other.exec("ROLLBACK");
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  other.exec("BEGIN IMMEDIATE");
  assert.deepEqual(await open(), { notes: [], fills: 0 });
  other.exec("ROLLBACK");
  other.close();
  assert.deepEqual(namesBeside(file), ["apex.db"]);
});

test("a file that is newer than the program is left where it is", async (file, open) => {
  await filled(file);
  const connection = new DatabaseSync(file);
  connection.exec("INSERT INTO schema_migrations VALUES (99, 'future', 'abc', 0)");
  connection.close();
  await assert.rejects(open(), { name: "StoreFault", kind: "outdated", message: /newer than the program/ });
  assert.deepEqual(namesBeside(file), ["apex.db"]);
});

test("a file for which the disk has no room is left where it is", async (file) => {
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const large =
    "PRAGMA max_page_count = 80; CREATE TABLE large AS WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 " +
    "FROM s WHERE i < 1000) SELECT randomblob(4000) AS bytes FROM s";
  const next: Migration = { number: MIGRATIONS.length + 1, name: "large", sql: large, checksum: "abc" };
  await assert.rejects(openSqliteForMonitor(file, [...MIGRATIONS, next], CLOCK), { name: "StoreFault", kind: "full" });
  assert.deepEqual(namesBeside(file), ["apex.db"]);
  assert.equal((await new SqliteMigrations(file).applied()).length, MIGRATIONS.length);
});

test("a name that is no file's is a fault and nothing else", async (file, open) => {
  await Deno.mkdir(file);
  await assert.rejects(open(), { name: "StoreFault", kind: "read-only" });
  assert.deepEqual(namesBeside(file), ["apex.db"]);
});

Deno.test({
  name: "a folder that cannot be written is a fault and nothing else",
  // Root may write into any.
  ignore: mayWriteAnywhere(),
  async fn() {
    const folder = await Deno.makeTempDir();
    const file = `${folder}/apex.db`;
    try {
      await filled(file);
      await Deno.chmod(folder, 0o500);
      await assert.rejects(openSqliteForMonitor(file, MIGRATIONS, CLOCK), { name: "StoreFault", kind: "read-only" });
      assert.deepEqual(namesBeside(file), ["apex.db"]);
    } finally {
      await Deno.chmod(folder, 0o700);
      await Deno.remove(folder, { recursive: true });
    }
  },
});

function mayWriteAnywhere(): boolean {
  const folder = Deno.makeTempDirSync();
  Deno.chmodSync(folder, 0o500);
  try {
    return canWrite(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function canWrite(folder: string): boolean {
  try {
    Deno.writeTextFileSync(`${folder}/probe`, "");
    Deno.removeSync(`${folder}/probe`);
    return true;
  } catch {
    return false;
  }
}

async function filled(file: string): Promise<void> {
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const store = await openSqliteStore(file, MIGRATIONS);
  await store.write({
    executions: Array.from({ length: 3_000 }, (_, at) => execution(`e${at}.01`)),
    risk: Array.from({ length: 200 }, (_, at) => risk({ takenAt: NOW + at })),
  });
  await store.close();
}

/** Without the logs, which a reader may leave. */
function namesBeside(file: string): string[] {
  return [...Deno.readDirSync(file.slice(0, file.lastIndexOf("/")))].map(({ name }) => name)
    .filter((name) => !/-(wal|shm)$/.test(name)).sort();
}

function test(
  what: string,
  body: (file: string, open: () => Promise<{ notes: readonly string[]; fills: number }>) => Promise<void>,
): void {
  Deno.test(what, async () => {
    const folder = await Deno.makeTempDir();
    const file = `${folder}/apex.db`;
    try {
      await body(file, async () => {
        const { store, notes } = await openSqliteForMonitor(file, MIGRATIONS, CLOCK, SHORT_WAIT_MS);
        const fills = (await Array.fromAsync(store.fills({ account: null, from: 0, to: NOW * 2 }))).flat();
        await store.close();
        return { notes, fills: fills.length };
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
