import assert from "node:assert/strict";
import {
  isCounted,
  MOST_IN_WINDOW,
  RateLimit,
  WINDOW_MS,
} from "../../../../src/infrastructure/futu/client/rate_limit.ts";
import {
  GET_ACC_LIST,
  GET_FUNDS,
  GET_HISTORY_ORDER_FILL_LIST,
  GET_HISTORY_ORDER_LIST,
  GET_ORDER_FEE,
  GET_ORDER_LIST,
  GET_POSITION_LIST,
} from "../../../../src/infrastructure/futu/wire/messages.ts";
import fc from "../../../support/property.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";
import { HEADER } from "./client_desk.ts";

/** A limit whose questions note when they went and how long they were told to wait. */
function line() {
  const clock = new VirtualClock();
  const limit = new RateLimit(clock);
  const gone: { readonly name: number; readonly at: number }[] = [];
  const waits = new Map<number, number[]>();
  const ask = (name: number, exchange = GET_ORDER_FEE as Parameters<RateLimit["take"]>[0]): () => void => {
    const went = () => gone.push({ name, at: clock.monotonic() });
    if (limit.take(exchange, true)) {
      went();
      return () => {};
    }
    const told: number[] = [];
    waits.set(name, told);
    return limit.wait(exchange, { order: limit.nextOrder(), onTurn: went, onWait: (ms) => told.push(ms) });
  };
  return { clock, limit, gone, waits, ask };
}

Deno.test("history and fees are counted always, funds, positions and orders only when OpenD has to ask Futu anew", () => {
  const filterConditions = { beginTime: "2026-08-01 00:00:00", endTime: "2026-10-30 00:00:00" };
  const header = HEADER;
  assert.equal(isCounted(GET_HISTORY_ORDER_LIST, { header, filterConditions }), true);
  assert.equal(isCounted(GET_HISTORY_ORDER_FILL_LIST, { header, filterConditions }), true);
  assert.equal(isCounted(GET_ORDER_FEE, { header, orderIdExList: [] }), true);
  for (const exchange of [GET_FUNDS, GET_POSITION_LIST, GET_ORDER_LIST]) {
    assert.equal(isCounted(exchange, { header, refreshCache: true }), true);
    assert.equal(isCounted(exchange, { header, refreshCache: false }), false);
    assert.equal(isCounted(exchange, { header, refreshCache: null }), false);
    assert.equal(isCounted(exchange, { header }), false);
  }
  assert.equal(isCounted(GET_ACC_LIST, { userID: "0" }), false);
});

Deno.test("ten questions go at once, the eleventh when the first is a window old, and it is told how long that is", async () => {
  const { clock, gone, waits, ask } = line();
  for (let name = 1; name <= 11; name++) {
    ask(name);
    await clock.advance(1_000);
  }
  assert.deepEqual(gone.map(({ name }) => name), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  // Asked for at 10 s, goes at 30.5 s.
  assert.deepEqual(waits.get(11), [WINDOW_MS - 10_000]);
  await clock.advance(WINDOW_MS - 11_001);
  assert.equal(gone.length, 10);
  await clock.advance(2);
  assert.deepEqual(gone.at(-1), { name: 11, at: WINDOW_MS });
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("whoever asks in the moment that a place opens does not overtake who waits for it", async () => {
  const { clock, gone, ask } = line();
  for (let name = 1; name <= 10; name++) ask(name);
  // Due at the same time as the turn of the eleventh, and run before it.
  for (let name = 12; name <= 21; name++) clock.after(WINDOW_MS, () => ask(name));
  ask(11);
  await clock.advance(WINDOW_MS + 1);
  assert.deepEqual(gone.slice(10).map(({ name }) => name), [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
});

Deno.test("messages have windows of their own", async () => {
  const { clock, gone, ask } = line();
  for (let name = 1; name <= 10; name++) ask(name, GET_ORDER_FEE);
  for (let name = 11; name <= 20; name++) ask(name, GET_HISTORY_ORDER_LIST);
  await clock.advance(0);
  assert.equal(gone.length, 20);
});

Deno.test("one that withdraws leaves its place to those behind it, and the last leaves no timer", async () => {
  const { clock, gone, ask } = line();
  for (let name = 1; name <= 10; name++) ask(name);
  const withdraw11 = ask(11);
  const withdraw12 = ask(12);
  withdraw11();
  withdraw11();
  await clock.advance(WINDOW_MS);
  assert.deepEqual(gone.slice(10).map(({ name }) => name), [12]);
  withdraw12();
  for (let name = 13; name <= 21; name++) ask(name);
  const last = ask(22);
  assert.equal(clock.pendingTimers, 1);
  last();
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("a refusal closes the message for a full window, also for what is not counted, and tells those in line", async () => {
  const { clock, limit, gone, waits, ask } = line();
  for (let name = 1; name <= 11; name++) ask(name);
  await clock.advance(20_000);
  limit.refused(GET_ORDER_FEE);
  assert.equal(limit.take(GET_ORDER_FEE, false), false);
  assert.equal(limit.take(GET_HISTORY_ORDER_LIST, true), true);
  assert.deepEqual(waits.get(11), [WINDOW_MS, WINDOW_MS]);
  await clock.advance(WINDOW_MS - 1);
  assert.equal(gone.length, 10);
  await clock.advance(1);
  assert.deepEqual(gone.slice(10), [{ name: 11, at: 20_000 + WINDOW_MS }]);
  assert.equal(limit.take(GET_ORDER_FEE, false), true);
});

Deno.test("one that was refused goes before those that came after it", async () => {
  const { clock, limit, gone } = line();
  const went = (name: number) => () => gone.push({ name, at: clock.monotonic() });
  const first = limit.nextOrder();
  assert.ok(limit.take(GET_ORDER_FEE, true));
  limit.refused(GET_ORDER_FEE);
  limit.wait(GET_ORDER_FEE, { order: limit.nextOrder(), onTurn: went(2), onWait: () => {} });
  limit.wait(GET_ORDER_FEE, { order: first, onTurn: went(1), onWait: () => {} });
  await clock.advance(WINDOW_MS);
  assert.deepEqual(gone.map(({ name }) => name), [1, 2]);
});

Deno.test("whatever is asked for when, no 30 s see more than ten of a message arrive, in the order of asking, without delay", async () => {
  const step = fc.record({ afterMs: fc.integer({ min: 0, max: 9_000 }), transitMs: fc.integer({ min: 0, max: 499 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 120 }), async (steps) => {
      const { clock, gone, waits, ask } = line();
      const askedAt: number[] = [];
      for (const [name, { afterMs }] of steps.entries()) {
        await clock.advance(afterMs);
        askedAt.push(clock.monotonic());
        ask(name);
      }
      await clock.advance(WINDOW_MS * (1 + steps.length / MOST_IN_WINDOW));
      assert.deepEqual(gone.map(({ name }) => name), steps.map((_, name) => name));
      const arrivals = gone.map(({ name, at }) => at + steps[name]!.transitMs).sort((a, b) => a - b);
      for (let at = MOST_IN_WINDOW; at < arrivals.length; at++) {
        assert.ok(arrivals[at]! - arrivals[at - MOST_IN_WINDOW]! > 30_000);
      }
      for (const { name, at } of gone) {
        const opens = name < MOST_IN_WINDOW ? 0 : gone[name - MOST_IN_WINDOW]!.at + WINDOW_MS;
        assert.equal(at, Math.max(askedAt[name]!, opens));
        // Nobody withdrew or was refused, so what was foretold came true.
        assert.equal(waits.get(name)?.[0] ?? 0, at - askedAt[name]!);
      }
      assert.equal(clock.pendingTimers, 0);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a clock that moves on between two looks at it, as every real one, holds nothing up", () => {
  let now = 0;
  const timers: (() => void)[] = [];
  const limit = new RateLimit({
    now: () => now,
    monotonic: () => now += 0.001,
    after: (_ms, call) => {
      timers.push(call);
      return () => {};
    },
  });
  for (let asked = 0; asked < MOST_IN_WINDOW; asked++) assert.ok(limit.take(GET_ORDER_FEE, true), `question ${asked}`);
  assert.equal(limit.take(GET_ORDER_FEE, true), false);
  let went = false;
  limit.wait(GET_ORDER_FEE, { order: limit.nextOrder(), onTurn: () => void (went = true), onWait: () => {} });
  now += WINDOW_MS;
  timers.at(-1)!();
  assert.ok(went);
});
