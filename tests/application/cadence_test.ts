import assert from "node:assert/strict";
import { Monitor } from "../../src/application/monitor.ts";
import type { Clock } from "../../src/application/ports/clock.ts";
import { demoSettings, MemoryLog } from "../support/world.ts";

const CADENCE_MS = 250;

/** A clock on which each turn takes as long as it is told to, and the delays that were asked of it. */
class SlowTurns {
  readonly delays: number[] = [];
  #elapsed = 0;
  #next: () => void = () => {};
  readonly clock: Clock = {
    now: () => Math.floor(Date.UTC(2026, 10, 20, 15, 30) + this.#elapsed),
    monotonic: () => this.#elapsed,
    after: (ms, call) => {
      this.delays.push(ms);
      this.#next = call;
      return () => {};
    },
  };

  constructor(readonly turnMs: number) {
    const settings = demoSettings();
    const monitor = new Monitor({ ...settings, monitor: { ...settings.monitor, cadenceMs: CADENCE_MS } }, {
      clock: this.clock,
      log: new MemoryLog(),
      prioritise: () => {},
      clockShifted: false,
    });
    monitor.subscribe(() => {
      this.#elapsed += turnMs;
    });
    monitor.start();
  }

  run(): void {
    this.#elapsed += this.delays.at(-1)!;
    this.#next();
  }
}

Deno.test("turns begin a cadence apart, whatever they take", () => {
  const slow = new SlowTurns(40);
  slow.run();
  slow.run();
  // The first at once; then 250 − 40 after the end of the one before.
  assert.deepEqual(slow.delays, [0, 210, 210]);
});

Deno.test("a turn that takes most of the cadence leaves as much time to what arrives as it took", () => {
  const slow = new SlowTurns(200);
  slow.run();
  slow.run();
  assert.deepEqual(slow.delays, [0, 200, 200]);
});
