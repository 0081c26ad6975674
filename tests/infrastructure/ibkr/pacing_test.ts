import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { MAX_QUEUED, Pacer, Priority } from "../../../src/infrastructure/ibkr/pacing.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

/** The most sends that any window of a second holds. */
function busiestSecond(times: readonly number[]): number {
  let busiest = 0;
  let from = 0;
  for (let to = 0; to < times.length; to++) {
    while (times[to]! - times[from]! >= 1_000) from++;
    busiest = Math.max(busiest, to - from + 1);
  }
  return busiest;
}

Deno.test("no second ever sees more than 45 messages, whatever is asked for and when", async () => {
  const burst = fc.record({ waitMs: fc.nat(1_500), count: fc.nat(120), counted: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(fc.array(burst, { maxLength: 12 }), async (bursts) => {
      const clock = new VirtualClock();
      const pacer = new Pacer(clock, 45);
      const times: number[] = [];
      for (const { waitMs, count } of bursts) {
        for (let i = 0; i < count; i++) pacer.submit(i % 5, () => times.push(clock.monotonic()));
        await clock.advance(waitMs);
      }
      await clock.advance(60_000);
      assert.equal(times.length, bursts.reduce((sum, each) => sum + each.count, 0));
      assert.ok(busiestSecond(times) <= 45, `${busiestSecond(times)} in one second`);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a gateway that reads the first tenth of a second late still sees no more than 50 in one second", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock, 45);
  const read: number[] = [];
  for (let i = 0; i < 300; i++) {
    // What is sent in the first 100 ms is read at their end, together.
    pacer.submit(Priority.quotes, () => read.push(Math.max(100, clock.monotonic())));
  }
  await clock.advance(20_000);
  assert.equal(read.length, 300);
  assert.ok(busiestSecond(read) <= 50, `${busiestSecond(read)} in one second`);
});

Deno.test("a setting above IBKR's own limit is not followed", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock, 500);
  const times: number[] = [];
  for (let i = 0; i < 300; i++) pacer.submit(Priority.quotes, () => times.push(clock.monotonic()));
  await clock.advance(20_000);
  assert.equal(times.length, 300);
  assert.ok(busiestSecond(times) <= 50);
});

Deno.test("cancels go before account requests, those before positions, quotes and history", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock, 1);
  const order: string[] = [];
  pacer.submit(Priority.quotes, () => order.push("first"));
  for (const priority of [Priority.history, Priority.quotes, Priority.positions, Priority.account, Priority.cancel]) {
    pacer.submit(priority, () => order.push(Priority[priority]!));
  }
  await clock.advance(10_000);
  assert.deepEqual(order, ["first", "cancel", "account", "positions", "quotes", "history"]);
});

Deno.test("a request that was taken back is never sent, and makes room", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock, 1);
  const sent: number[] = [];
  pacer.submit(Priority.quotes, () => sent.push(1));
  const second = pacer.submit(Priority.quotes, () => sent.push(2));
  pacer.submit(Priority.quotes, () => sent.push(3));
  assert.equal(second?.withdraw(), true);
  assert.equal(second?.withdraw(), false);
  await clock.advance(5_000);
  assert.deepEqual(sent, [1, 3]);
});

Deno.test("the queue has a bound: more is refused rather than kept for ever", () => {
  const pacer = new Pacer(new VirtualClock(), 1);
  let taken = 0;
  for (let i = 0; i < MAX_QUEUED + 100; i++) if (pacer.submit(Priority.quotes, () => {}) !== null) taken++;
  // One was sent at once.
  assert.equal(taken, MAX_QUEUED + 1);
  assert.equal(pacer.refused, 99);
});

Deno.test("nothing is sent while paused, and the pace holds when it goes on", async () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock, 45);
  const times: number[] = [];
  pacer.pause();
  for (let i = 0; i < 200; i++) pacer.submit(Priority.quotes, () => times.push(clock.monotonic()));
  await clock.advance(12_000);
  assert.equal(times.length, 0);
  pacer.resume();
  await clock.advance(10_000);
  assert.equal(times.length, 200);
  assert.ok(busiestSecond(times) <= 45);
});
