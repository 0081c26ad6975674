/** The embedded store as the doctor finds it. */
import assert from "node:assert/strict";
import type { DatabaseExamination } from "../../../src/application/doctor/database.ts";
import { migrate } from "../../../src/application/migrations.ts";
import { migrationsFor } from "../../../src/infrastructure/store/configured_store.ts";
import { examineStore } from "../../../src/infrastructure/store/store_examination.ts";
import { systemClock } from "../../../src/infrastructure/system_clock.ts";

const LIMITS = { minPoolSize: 1, maxPoolSize: 1, commandTimeoutSec: 30, spoolMaxBytes: 1e6 };
const PROJECT = new URL("../../../", import.meta.url);
const embedded = (path: string) => Deno.readTextFileSync(new URL(path, PROJECT));

async function inFolder(body: (file: string, look: () => Promise<DatabaseExamination>) => Promise<void>) {
  const folder = Deno.makeTempDirSync({ prefix: "apex-examined-" });
  const file = `${folder}/apex.db`;
  try {
    await body(file, () => examineStore({ dsn: `sqlite:${file}`, ...LIMITS }, embedded, systemClock()));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function migrated(file: string, to: number | null): Promise<void> {
  const settings = { dsn: `sqlite:${file}`, ...LIMITS };
  const { known, target } = migrationsFor(settings, 30, embedded, systemClock());
  await migrate(known, target, to);
  await target.close();
}

Deno.test("no database, and a file that is still to be made, are told apart", async () => {
  assert.deepEqual(await examineStore({ dsn: null, ...LIMITS }, embedded, systemClock()), { kind: "none" });
  await inFolder(async (file, look) => {
    assert.deepEqual(await look(), { kind: "not-yet", description: `SQLite ${file}` });
    assert.throws(() => Deno.statSync(file), Deno.errors.NotFound, "looking makes no file");
  });
});

Deno.test("a store says what is applied and what is pending", async () => {
  await inFolder(async (file, look) => {
    await migrated(file, 1);
    const old = await look();
    assert.ok(old.kind === "answered");
    assert.equal(old.applied, 1);
    assert.match(old.version, /^SQLite 3\.\d+/);
    assert.ok(old.pending.length > 0);
    await migrated(file, null);
    const current = await look();
    assert.deepEqual([current.kind, current.kind === "answered" && current.pending.length], ["answered", 0]);
  });
});

Deno.test("a damaged file and one that is no database are faults in words", async () => {
  await inFolder(async (file, look) => {
    Deno.writeTextFileSync(file, "this is no database, and long enough to be taken for one ".repeat(100));
    const seen = await look();
    assert.ok(seen.kind === "fault");
    assert.equal(seen.fault, "damaged");
    assert.match(seen.words, /apex\.db/);
  });
});
