import assert from "node:assert/strict";
import type { Settings } from "../../src/application/settings.ts";
import { failureOf } from "../../src/supervision/failure.ts";
import type { Outcome, StopSignal, ToWorker, Work } from "../../src/supervision/protocol.ts";
import { supervise, type WorkerEvents } from "../../src/supervision/supervisor.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

const SECOND = 1000;

Deno.test("the request is posted only once the worker is ready", () => {
  const { posted, worker } = supervised();
  assert.deepEqual(posted, []);
  worker.onMessage({ kind: "ready" });
  assert.deepEqual(posted, [{ kind: "run", work: WORK }]);
});

Deno.test("the end that the worker reports is the outcome, and signals are no longer listened to", async () => {
  const run = supervised();
  run.worker.onMessage({ kind: "concluded", conclusion: "limit" });
  assert.deepEqual(await run.outcome, { kind: "concluded", conclusion: "limit" });
  assert.deepEqual([run.listening(), run.terminated(), run.clock.pendingTimers], [false, true, 0]);
});

Deno.test("a command that fails ends as failed, with its own error", async () => {
  const run = supervised();
  const failure = failureOf(new Error("no such scenario"));
  run.worker.onMessage({ kind: "failed", failure, escaped: false });
  assert.deepEqual(await run.outcome, { kind: "failed", failure, escaped: false });
});

Deno.test("an error that nobody in the worker caught loses the worker", async () => {
  const run = supervised();
  run.worker.onMessage({ kind: "failed", failure: failureOf(new Error("boom")), escaped: true });
  const outcome = await run.outcome;
  assert.equal(outcome.kind, "worker-lost");
  assert.match(outcome.kind === "worker-lost" ? outcome.failure.message : "", /boom/);
});

Deno.test("a worker that never says anything is lost after the time-out", async () => {
  const run = supervised();
  await run.clock.advance(9 * SECOND);
  assert.equal(run.ended(), null);
  await run.clock.advance(2 * SECOND);
  assert.equal(run.ended()?.kind, "worker-lost");
});

Deno.test("a worker that counts no work yet lives as long as it is heard from", async () => {
  const run = supervised();
  for (let second = 0; second < 60; second++) {
    run.worker.onMessage({ kind: "heartbeat", finished: 0 });
    await run.clock.advance(SECOND);
  }
  assert.equal(run.ended(), null);
});

Deno.test("a worker whose heart beats but that finishes nothing any more is lost", async () => {
  const run = supervised();
  run.worker.onMessage({ kind: "heartbeat", finished: 7 });
  for (let second = 0; second < 12; second++) {
    run.worker.onMessage({ kind: "heartbeat", finished: 7 });
    await run.clock.advance(SECOND);
  }
  assert.equal(run.ended()?.kind, "worker-lost");
});

Deno.test("a machine that slept for an hour does not cost the worker its life", async () => {
  const clock = new SleepyClock();
  const run = supervised(clock);
  run.worker.onMessage({ kind: "heartbeat", finished: 7 });
  await clock.advance(5 * SECOND);
  clock.sleep(3600 * SECOND);
  await clock.advance(4 * SECOND);
  assert.equal(run.ended(), null);
  await clock.advance(8 * SECOND);
  assert.equal(run.ended()?.kind, "worker-lost");
});

Deno.test("the first signal asks the command to stop, and a second one ends it as it is", async () => {
  const run = supervised();
  run.signal("SIGINT");
  assert.deepEqual(run.posted, [{ kind: "stop", signal: "SIGINT" }]);
  assert.equal(run.ended(), null);
  await run.clock.advance(SECOND);
  run.signal("SIGINT");
  assert.deepEqual(await run.outcome, { kind: "cut-short" });
});

Deno.test("one Ctrl+C that arrives twice, as under a task runner, is one", async () => {
  const run = supervised();
  run.signal("SIGINT");
  await run.clock.advance(20);
  run.signal("SIGINT");
  await run.clock.advance(20);
  assert.equal(run.ended(), null);
  assert.equal(run.posted.length, 1);
});

Deno.test("a command that does not stop when asked is ended after a while", async () => {
  const run = supervised();
  run.signal("SIGTERM");
  for (let second = 0; second < 11; second++) {
    run.worker.onMessage({ kind: "heartbeat", finished: second + 1 });
    await run.clock.advance(SECOND);
  }
  const outcome = run.ended();
  assert.match(outcome?.kind === "worker-lost" ? outcome.failure.message : "", /did not stop within 10 s of SIGTERM/);
});

Deno.test("a change of the terminal's size is handed on", () => {
  const run = supervised();
  run.resize();
  assert.deepEqual(run.posted, [{ kind: "resized" }]);
});

Deno.test("a worker that cannot be started rejects, and leaves no timer", async () => {
  const clock = new VirtualClock();
  const refused = new Error("refused");
  const ports = {
    clock,
    startWorker: () => {
      throw refused;
    },
    listen: () => () => {},
  };
  await assert.rejects(supervise(WORK, ports), refused);
  assert.equal(clock.pendingTimers, 0);
});

const WORK: Work = {
  request: { command: "self-test", attempt: "hang", target: null },
  settings: {} as Settings,
  notes: [],
};

/** A clock whose owner can be suspended: the time goes on, and no timer fires meanwhile. */
class SleepyClock extends VirtualClock {
  #slept = 0;

  override monotonic(): number {
    return super.monotonic() + this.#slept;
  }

  sleep(ms: number): void {
    this.#slept += ms;
  }
}

function supervised(clock: VirtualClock = new VirtualClock()) {
  const posted: ToWorker[] = [];
  const workers: WorkerEvents[] = [];
  const listeners: { stop(signal: StopSignal): void; resize(): void }[] = [];
  const ends: Outcome[] = [];
  let terminated = false;
  const outcome = supervise(WORK, {
    clock,
    startWorker(events) {
      workers.push(events);
      return { post: (message) => posted.push(message), terminate: () => terminated = true };
    },
    listen(stop, resize) {
      listeners.push({ stop, resize });
      return () => listeners.pop();
    },
  });
  outcome.then((how) => ends.push(how));
  return {
    posted,
    outcome,
    clock,
    worker: workers[0]!,
    ended: () => ends[0] ?? null,
    listening: () => listeners.length > 0,
    terminated: () => terminated,
    signal: (signal: StopSignal) => listeners[0]!.stop(signal),
    resize: () => listeners[0]!.resize(),
  };
}
