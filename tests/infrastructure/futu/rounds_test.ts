import assert from "node:assert/strict";
import { Rounds } from "../../../src/infrastructure/futu/rounds.ts";
import fc from "../../support/property.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

/** An errand that takes `lastsMs`, noting when it ran and when it only looked. */
function errand({ intervalMs = 15_000, isCounted = true, lastsMs = 10, succeeds = (): boolean => true } = {}) {
  const clock = new VirtualClock();
  const ran: number[] = [];
  const looked: number[] = [];
  let open = 0;
  let mostOpen = 0;
  const noting = (times: number[]) => (signal: AbortSignal) =>
    new Promise<boolean>((resolve, reject) => {
      times.push(Math.round(clock.monotonic()));
      mostOpen = Math.max(mostOpen, ++open);
      const cancel = clock.after(lastsMs, () => {
        open--;
        resolve(succeeds());
      });
      signal.addEventListener("abort", () => {
        cancel();
        open--;
        reject(signal.reason);
      });
    });
  const rounds = new Rounds({ clock, intervalMs, isCounted, run: noting(ran), look: noting(looked) });
  return { clock, rounds, ran, looked, mostOpen: () => mostOpen };
}

Deno.test("an errand is run at once, and then at its interval", async () => {
  const { clock, rounds, ran } = errand();
  rounds.start(1);
  await clock.advance(45_000);
  assert.deepEqual(ran, [0, 15_000, 30_000, 45_000]);
});

Deno.test("with more questions than the limit allows in the interval, the interval grows", async () => {
  const { clock, rounds, ran } = errand();
  rounds.start(10);
  await clock.advance(62_000);
  assert.deepEqual(ran, [0, 31_000, 62_000]);
});

Deno.test("a run that takes longer than the interval is followed by the next when it is over", async () => {
  const { clock, rounds, ran, mostOpen } = errand({ lastsMs: 20_000 });
  rounds.start(1);
  await clock.advance(41_000);
  assert.deepEqual(ran, [0, 20_000, 40_000]);
  assert.equal(mostOpen(), 1);
});

Deno.test("what failed is tried again soon, as far apart as its questions ask for", async () => {
  const { clock, rounds, ran } = errand({ succeeds: () => false });
  rounds.start(1);
  await clock.advance(11_000);
  assert.deepEqual(ran, [0, 5_010, 10_020]);
  rounds.start(4);
  await clock.advance(14_000);
  assert.deepEqual(ran.slice(3), [11_000, 23_400]);
});

Deno.test("a run wished for comes soon, several wishes are one, and the interval begins anew", async () => {
  const { clock, rounds, ran } = errand();
  rounds.start(1);
  await clock.advance(10_000);
  rounds.soon();
  rounds.soon();
  await clock.advance(20_000);
  assert.deepEqual(ran, [0, 10_300, 25_300]);
});

Deno.test("looks come at once whatever runs cost, one after the other, and put off no run", async () => {
  const { clock, rounds, ran, looked } = errand();
  rounds.start(10);
  await clock.advance(1_000);
  for (let look = 0; look < 3; look++) {
    rounds.look();
    await clock.advance(1_000);
  }
  await clock.advance(28_000);
  assert.deepEqual(ran, [0, 31_000]);
  // Ten questions that are not counted are 2 s apart.
  assert.deepEqual(looked, [2_000, 4_000]);
});

Deno.test("nothing runs after stop(), and a wish while stopped is none", async () => {
  const { clock, rounds, ran, looked } = errand();
  rounds.start(1);
  await clock.advance(5);
  rounds.stop();
  rounds.soon();
  rounds.look();
  await clock.advance(60_000);
  assert.deepEqual([ran, looked, clock.pendingTimers], [[0], [], 0]);
});

Deno.test("whatever is wished for and however long it takes, runs never overlap and never ask for more than OpenD takes in the long run", async () => {
  const wish = fc.record({ waitMs: fc.integer({ min: 0, max: 8_000 }), isLook: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(wish, { maxLength: 40 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 20_000 }),
      async (wishes, calls, lastsMs) => {
        const { clock, rounds, ran, mostOpen } = errand({ lastsMs, intervalMs: 3_000 });
        rounds.start(calls);
        for (const { waitMs, isLook } of wishes) {
          await clock.advance(waitMs);
          if (isLook) rounds.look();
          else rounds.soon();
        }
        rounds.stop();
        assert.ok(mostOpen() <= 1);
        // Of a limit of 10 in 30 s; what one run has beyond it waits for its turn, and the next run with it.
        ran.forEach((at, index) => {
          const within = ran.slice(index).filter((later) => later < at + 30_000).length;
          assert.ok((within - 1) * calls < 10, `${within} runs of ${calls} questions in 30 s`);
        });
      },
    ),
    { numRuns: 60 },
  );
});
