/** History across processes: what was recorded while the store was locked survives kill -9, and is stored once. */
import assert from "node:assert/strict";
import { migrate } from "../../../../src/application/migrations.ts";
import { migrationsOf } from "../../../../src/infrastructure/store/migration_files.ts";
import { openForWriting } from "../../../../src/infrastructure/store/sqlite/connection.ts";
import { SqliteMigrations } from "../../../../src/infrastructure/store/sqlite/migrations.ts";
import { projectText } from "../../../support/source_tree.ts";
import { NOW } from "../../../support/stored_history.ts";
import { fill, historyIn } from "./recording_process.ts";

const PROCESS = new URL("recording_process.ts", import.meta.url).pathname;

Deno.test("fills that waited on the disk when apex was killed are stored once and in order by the next start", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/apex.db`;
  await migrate(migrationsOf("sqlite", projectText), new SqliteMigrations(file));
  const other = openForWriting(file);
  other.exec("BEGIN IMMEDIATE");
  const first = await killedWhenWaiting(folder, 0, 25);
  const second = await killedWhenWaiting(folder, 100_000, first + 25);
  assert.ok(second >= first + 25);
  other.exec("ROLLBACK");
  other.close();

  const stored: string[] = [];
  const { promise: allStored, resolve } = Promise.withResolvers<void>();
  const { writer, store } = await historyIn(folder, ({ executions = [] }) => {
    stored.push(...executions.map(({ execId }) => execId));
    if (stored.includes("e999999.01")) resolve();
  });
  writer.record(fill(999_999));
  await allStored;
  const fills = (await Array.fromAsync(store.fills({ account: null, from: 0, to: NOW * 2 }))).flat();
  await writer.close(5_000);

  const at = stored.map((id) => Number(id.slice(1, -3)));
  assert.deepEqual(at, at.toSorted((a, b) => a - b));
  assert.equal(new Set(at).size, at.length);
  // Each process recorded without a gap, so what was acknowledged is the beginning of its series.
  const early = at.filter((number) => number < 100_000);
  assert.ok(early.length >= first, `${early.length} of ${first}`);
  assert.deepEqual(early, early.map((_, index) => index));
  const late = at.filter((number) => number >= 100_000 && number < 999_999);
  assert.deepEqual(late, late.map((_, index) => 100_000 + index));
  assert.ok(early.length + late.length >= second, `${early.length + late.length} of ${second}`);
  assert.equal(fills.length, stored.length);
  await Deno.remove(folder, { recursive: true });
});

/** Records from a process until so many fills wait on the disk, kills it, and gives how many it had said. */
async function killedWhenWaiting(folder: string, from: number, count: number): Promise<number> {
  const args = ["run", "--quiet", "--no-check", "--no-prompt", "--allow-read", `--allow-write=${folder}`];
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args, "--allow-env=APEX_*", PROCESS, folder, String(from)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let waiting = 0;
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    waiting = Math.max(waiting, ...text.split("\n").slice(0, -1).map(Number));
    if (waiting < count) continue;
    try {
      process.kill("SIGKILL");
    } catch (fault) {
      // It was killed for an earlier piece already.
      if (!(fault instanceof TypeError)) throw fault;
    }
  }
  await process.status;
  return waiting;
}
