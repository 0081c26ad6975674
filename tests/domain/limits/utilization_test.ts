import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { againstLimit, againstRange } from "../../../src/domain/limits/utilization.ts";

const SOFT = 0.8;

Deno.test("a single limit is soft from 80 % and hard only when the value exceeds it", () => {
  // 1,199,999 / 1,500,000 = 0.79999933; 1,200,000 / 1,500,000 = 0.80.
  assert.equal(againstLimit(1_199_999, 1_500_000, SOFT).state, "ok");
  assert.deepEqual(againstLimit(1_200_000, 1_500_000, SOFT), { utilization: 0.8, state: "soft" });
  assert.deepEqual(againstLimit(1_500_000, 1_500_000, SOFT), { utilization: 1, state: "soft" });
  assert.equal(againstLimit(1_500_000.01, 1_500_000, SOFT).state, "hard");
  // 1,620,000 / 1,500,000 = 1.08.
  assert.deepEqual(againstLimit(1_620_000, 1_500_000, SOFT), { utilization: 1.08, state: "hard" });
});

Deno.test("80 % is 80 % however the division rounds", () => {
  // 0.48 / 0.60 is 0.7999999999999999 in floating point; 0.1 + 0.2 against 0.3 is 1.0000000000000002.
  assert.equal(againstLimit(0.48, 0.6, SOFT).state, "soft");
  assert.equal(againstLimit(0.1 + 0.2, 0.3, SOFT).state, "soft");
});

Deno.test("a limit of 0 is a limit: anything above it is hard, without a utilization", () => {
  assert.deepEqual(againstLimit(0, 0, SOFT), { utilization: null, state: "ok" });
  assert.deepEqual(againstLimit(0.01, 0, SOFT), { utilization: null, state: "hard" });
  // What is left of 0.1 + 0.2 − 0.3 in floating point is 5.6e-17, and is nothing.
  assert.equal(againstLimit(0.1 + 0.2 - 0.3, 0, SOFT).state, "ok");
});

Deno.test("a value too many times its limit for a number to hold is hard, with the largest utilization there is", () => {
  assert.deepEqual(againstLimit(1e300, 1e-300, SOFT), { utilization: Number.MAX_VALUE, state: "hard" });
});

Deno.test("a missing value is unknown against any limit", () => {
  for (const value of [null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    assert.deepEqual(againstLimit(value, 100, SOFT), { utilization: null, state: "unknown" });
    assert.deepEqual(againstLimit(value, 0, SOFT), { utilization: null, state: "unknown" });
    assert.deepEqual(againstRange(value, { low: -1, high: 1 }, SOFT), { utilization: null, state: "unknown" });
  }
});

Deno.test("a range that holds 0 is used up towards the side that the value is on", () => {
  const range = { low: -20_000, high: 50_000 };
  // 25,000 / 50,000 = 0.5; −18,000 / −20,000 = 0.9; −20,000.01 is below the low end.
  assert.deepEqual(againstRange(25_000, range, SOFT), { utilization: 0.5, state: "ok" });
  assert.deepEqual(againstRange(-18_000, range, SOFT), { utilization: 0.9, state: "soft" });
  assert.equal(againstRange(-20_000, range, SOFT).state, "soft");
  assert.equal(againstRange(-20_000.01, range, SOFT).state, "hard");
  assert.equal(againstRange(50_000.01, range, SOFT).state, "hard");
  assert.deepEqual(againstRange(0, range, SOFT), { utilization: 0, state: "ok" });
});

Deno.test("a range with an end at 0 lets nothing past that end", () => {
  const shortOnly = { low: -1_000, high: 0 };
  assert.deepEqual(againstRange(1, shortOnly, SOFT), { utilization: null, state: "hard" });
  assert.deepEqual(againstRange(0, shortOnly, SOFT), { utilization: 0, state: "ok" });
  assert.deepEqual(againstRange(-900, shortOnly, SOFT), { utilization: 0.9, state: "soft" });
  assert.deepEqual(againstRange(-1, { low: 0, high: 1_000 }, SOFT), { utilization: null, state: "hard" });
});

Deno.test("a range that does not hold 0 is used up from its middle", () => {
  const range = { low: 100, high: 300 };
  // Middle 200, half-width 100: |200 − 200| / 100 = 0, |285 − 200| / 100 = 0.85, |90 − 200| / 100 = 1.1.
  assert.deepEqual(againstRange(200, range, SOFT), { utilization: 0, state: "ok" });
  assert.deepEqual(againstRange(285, range, SOFT), { utilization: 0.85, state: "soft" });
  assert.deepEqual(againstRange(300, range, SOFT), { utilization: 1, state: "soft" });
  assert.deepEqual(againstRange(90, range, SOFT), { utilization: 1.1, state: "hard" });
  assert.equal(againstRange(0, range, SOFT).state, "hard");
  assert.deepEqual(againstRange(-210, { low: -300, high: -100 }, SOFT).state, "ok");
});

Deno.test("a range whose low is not below its high is refused", () => {
  for (const range of [{ low: 1, high: 1 }, { low: 2, high: 1 }, { low: Number.NaN, high: 1 }]) {
    assert.throws(() => againstRange(0, range, SOFT), { name: "RangeError", message: /low must be below high/ });
  }
});

const amount = fc.double({ min: -1e12, max: 1e12, noNaN: true });
const range = fc.tuple(amount, amount).filter(([a, b]) => Math.abs(a - b) > 1e-6)
  .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));

Deno.test("utilization never falls as a value grows, and never a state either", () => {
  const rank = { ok: 0, soft: 1, hard: 2, unknown: -1 };
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      (a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        for (const limit of [0, 1, 12_345.67, 1e9]) {
          const low = againstLimit(less, limit, SOFT), high = againstLimit(more, limit, SOFT);
          assert.ok((low.utilization ?? 0) <= (high.utilization ?? 0));
          assert.ok(rank[low.state] <= rank[high.state]);
        }
      },
    ),
  );
});

Deno.test("a value is hard exactly when it lies outside its range", () => {
  fc.assert(
    fc.property(range, amount, (bounds, value) => {
      const size = Math.max(Math.abs(bounds.low), Math.abs(bounds.high), 1);
      const edge = Math.min(Math.abs(value - bounds.low), Math.abs(value - bounds.high)) < size * 1e-9;
      fc.pre(!edge);
      const outside = value < bounds.low || value > bounds.high;
      assert.equal(againstRange(value, bounds, SOFT).state === "hard", outside);
    }),
  );
});

Deno.test("a range and its mirror image judge a value and its opposite alike", () => {
  fc.assert(
    fc.property(range, amount, ({ low, high }, value) => {
      assert.deepEqual(
        againstRange(value, { low, high }, SOFT),
        againstRange(-value, { low: -high, high: -low }, SOFT),
      );
    }),
  );
});
