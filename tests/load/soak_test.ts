import assert from "node:assert/strict";
import { runLoad } from "./load_run.ts";
import { simulatorInWorker } from "./simulator_peers.ts";

/** On an idle machine it is a tenth of this; a shared one must not fail the suite. */
const CORES = 0.9;

Deno.test("20,000 ticks a second from TWS lose nothing but older quotes, and take less than a core", async () => {
  const report = await runLoad({
    book: { positions: 60, underlyings: 3, ticksPerSecond: 20_000 },
    seconds: 3,
    seed: 1,
    simulator: simulatorInWorker(),
    startSeconds: 30,
  });
  assert.equal(report.positions, 60);
  assert.ok(report.ticksSent > 30_000, `only ${report.ticksSent} ticks were sent: the machine is too busy to tell`);
  assert.equal(report.valuesReceived, report.valuesSent, "each value on the wire reaches the inbox");
  assert.deepEqual(report.differences, [], "the last quotes are the simulator's");
  assert.ok(report.latency.count > 0, "snapshots showed what was sent");
  assert.ok(report.threadCores < CORES, `${report.threadCores} of a core`);
});
