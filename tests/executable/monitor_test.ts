/** The executable as monitor and as simulated gateway, in two processes over TCP. */
import assert from "node:assert/strict";
import type { RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import {
  apex,
  configureBroker,
  ended,
  freePort,
  hasLog,
  smoke,
  start,
  whileRunning,
  withServer,
} from "./executable.ts";

smoke("snapshot prints the simulated book as JSON", async (folder) => {
  await withSimulator(folder, async () => {
    const { code, stdout, stderr } = await apex(folder, "snapshot --format json");
    assert.deepEqual([code, stderr], [0, ""]);
    const snapshot: RiskSnapshot = JSON.parse(stdout);
    assert.equal(snapshot.schema, "apex.snapshot/1");
    assert.equal(snapshot.simulated, true);
    assert.ok(snapshot.positions.length > 0, "positions");
    assert.ok(snapshot.accounts.length > 0, "accounts");
    assert.notEqual(snapshot.portfolio.netLiquidation, null);
  });
});

smoke("snapshot prints a table that says it is simulated", async (folder) => {
  await withSimulator(folder, async () => {
    const { code, stdout } = await apex(folder, "snapshot");
    assert.equal(code, 0);
    assert.match(stdout, /simulated/i);
    assert.ok(!stdout.includes("\x1b"), "no colours in a pipe");
  });
});

smoke("watch --no-dashboard prints plain blocks and stops by itself", async (folder) => {
  await withSimulator(folder, async () => {
    const startedAt = performance.now();
    const { code, stdout, stderr } = await apex(folder, "watch --no-dashboard --for 5s");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /simulated/i);
    assert.ok(!stdout.includes("\x1b"), "no escape sequences");
    const seconds = (performance.now() - startedAt) / 1000;
    assert.ok(seconds >= 5 && seconds < 15, `it took ${seconds.toFixed(1)} s`);
  });
});

smoke("watch --format jsonl prints one snapshot a line, in order", async (folder) => {
  await withSimulator(folder, async () => {
    const { code, stdout } = await apex(folder, "watch --format jsonl --for 5s");
    assert.equal(code, 0);
    const sequences = stdout.trimEnd().split("\n").map((line) => (JSON.parse(line) as RiskSnapshot).sequence);
    assert.ok(sequences.length > 1, `${sequences.length} snapshots`);
    assert.deepEqual(sequences, sequences.toSorted((a, b) => a - b));
  });
});

smoke("the demo needs no configuration and no other process", async (folder) => {
  const { code, stdout } = await apex(folder, "snapshot --env demo --format json");
  assert.equal(code, 0);
  const snapshot: RiskSnapshot = JSON.parse(stdout);
  assert.deepEqual([snapshot.env, snapshot.simulated], ["demo", true]);
});

smoke("SIGTERM stops watch with 0, as a service manager expects", async (folder) => {
  const child = start(folder, "watch --env demo --format text");
  const running = ended(child);
  await whileRunning(running, "the log of a running monitor", () => hasLog(folder) ? true : null);
  child.kill("SIGTERM");
  assert.equal((await running).code, 0);
});

smoke("a snapshot that is interrupted while it waits ends with 130", async (folder) => {
  configureBroker(folder, freePort());
  const child = start(folder, "snapshot --timeout 50s");
  const running = ended(child);
  await whileRunning(running, "the log of a running monitor", () => hasLog(folder) ? true : null);
  child.kill("SIGINT");
  assert.equal((await running).code, 130);
});

/** A simulator in a process of its own, which the folder's configuration names. */
async function withSimulator(folder: string, use: () => Promise<void>): Promise<void> {
  const port = freePort();
  configureBroker(folder, port);
  await withServer(folder, `simulate --port ${port}`, port, use);
}
