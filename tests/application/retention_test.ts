import assert from "node:assert/strict";
import type { LogLevel } from "../../src/application/ports/log.ts";
import { StoreFault } from "../../src/application/ports/store.ts";
import { Retention } from "../../src/application/retention.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

Deno.test("old snapshots go in small batches with a pause between, a minute after the start and then every hour", async () => {
  const { store, clock } = started({ old: 12_000 });
  await clock.advance(59_000);
  assert.equal(store.calls.length, 0);
  await clock.advance(10_000);
  assert.deepEqual(store.calls.map(({ at, most }) => [at, most]), [[60_000, 5_000], [60_250, 5_000], [60_500, 5_000], [
    60_750,
    5_000,
  ]]);
  assert.equal(store.old, 0);
  assert.equal(store.calls[0]!.before, clock.start + 60_000 - 90 * DAY_MS);
  await clock.advance(HOUR_MS);
  assert.equal(store.calls.at(-1)!.at, 60_000 + HOUR_MS);
});

Deno.test("nothing is deleted while batches wait to be written, also in the middle", async () => {
  const { store, clock, busy } = started({ old: 50_000 });
  busy.now = true;
  await clock.advance(2 * HOUR_MS);
  assert.equal(store.calls.length, 0);
  busy.now = false;
  await clock.advance(HOUR_MS - 100_000);
  busy.now = true;
  const { length } = store.calls;
  await clock.advance(HOUR_MS / 2);
  assert.equal(store.calls.length, length);
});

Deno.test("a store that cannot delete is left alone until the next hour, and said so to whoever looks closely", async () => {
  const { store, clock, said } = started({ old: 12_000 });
  store.fails = true;
  await clock.advance(HOUR_MS);
  assert.equal(store.calls.length, 1);
  assert.deepEqual(said, [["DEBUG", "Old snapshots are deleted later: It is locked"]]);
  store.fails = false;
  await clock.advance(HOUR_MS);
  assert.equal(store.old, 0);
  assert.deepEqual(said.at(-1), ["INFO", "Deleted snapshots older than 90 days"]);
});

Deno.test("once stopped it deletes no more", async () => {
  const { retention, store, clock } = started({ old: 1e9 });
  await clock.advance(61_000);
  retention.stop();
  await clock.advance(1_000);
  const { length } = store.calls;
  await clock.advance(3 * HOUR_MS);
  assert.equal(store.calls.length, length);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("stopped before its first minute it never begins", async () => {
  const { retention, store, clock } = started({ old: 1 });
  retention.stop();
  await clock.advance(HOUR_MS);
  assert.deepEqual(store.calls, []);
  assert.equal(clock.pendingTimers, 0);
});

function started({ old }: { old: number }) {
  const clock = new VirtualClock();
  const store = {
    old,
    fails: false,
    calls: [] as { at: number; before: number; most: number }[],
    prune(before: number, most: number): Promise<number> {
      this.calls.push({ at: clock.monotonic(), before, most });
      if (this.fails) return Promise.reject(new StoreFault("locked", "It is locked"));
      const gone = Math.min(most, this.old);
      this.old -= gone;
      return Promise.resolve(gone);
    },
  };
  const busy = { now: false };
  const said: [LogLevel, string][] = [];
  const log = { write: (level: LogLevel, _category: string, message: string) => void said.push([level, message]) };
  const retention = new Retention({ store, clock, log, days: 90, backlog: () => busy.now });
  retention.start();
  return { retention, store, clock, busy, said };
}
