/** The worker that keeps the store, as Deno has it. */
import assert from "node:assert/strict";
import { storeWorkerPermissions } from "../../src/supervision/fence.ts";
import type { StoreWorkerFindings } from "./store_worker_process.ts";

const PROCESS = new URL("store_worker_process.ts", import.meta.url).pathname;

Deno.test("main.ts, started as the store's worker, makes the embedded store and keeps it within its fence", async () => {
  const folder = await Deno.makeTempDir();
  const findings = await findingsIn(folder);
  assert.deepEqual(findings.stored, ["a.01"]);
  assert.equal(findings.description, `SQLite ${folder}/data/apex.db`);
  assert.equal(findings.connect, "NotCapable");
  assert.equal(findings.run, "NotCapable");
  // What nobody in the worker caught reaches the one that started it, in words.
  assert.match(findings.thrown, /x is undefined/);
  assert.match(findings.rejected, /nobody waits for this/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the store's worker may reach the database's hosts alone, and write below data alone once compiled", () => {
  const { net, write, run, ffi } = storeWorkerPermissions(["10.0.0.5:5432", "10.0.0.5:5432"], true);
  assert.deepEqual({ net, write, run, ffi }, { net: ["10.0.0.5:5432"], write: ["data"], run: false, ffi: false });
  assert.equal(storeWorkerPermissions([], false).net, false);
});

/** Nothing is printed on standard error, whatever broke: it would go across the screen. */
async function findingsIn(folder: string): Promise<StoreWorkerFindings> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      "--unstable-worker-options",
      "--allow-read",
      `--allow-write=${folder}`,
      "--allow-net=127.0.0.1",
      "--allow-env=APEX_*",
      "--ignore-env",
      PROCESS,
      folder,
    ],
    stdin: "null",
  }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
  return JSON.parse(new TextDecoder().decode(stdout));
}
