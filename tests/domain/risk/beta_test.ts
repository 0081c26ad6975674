import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { type DailyClose, regressBeta } from "../../../src/domain/risk/beta.ts";

/** Consecutive calendar dates from 2026-01-01 on; nothing here minds weekends. */
function series(closes: readonly number[], skip = 0): DailyClose[] {
  return closes.map((close, i) => ({ date: dateAt(i + skip), close }));
}

function dateAt(day: number): string {
  return new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
}

/** Closes that start at 100 and have these returns. */
function grown(returns: readonly number[], start = 100): number[] {
  const closes = [start];
  for (const each of returns) closes.push(closes.at(-1)! * (1 + each));
  return closes;
}

function close(actual: number, expected: number, tolerance = 1e-9): void {
  assert(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

const RULES = { windowDays: 250, minObservations: 3 };

function fitted(result: ReturnType<typeof regressBeta>) {
  if (result.kind !== "fitted") throw new Error(result.reason);
  return result;
}

Deno.test("a beta is the least-squares slope of the name's returns on the reference's", () => {
  // x: 1 %, -2 %, 3 %, 0 %; mean 0.5 %; deviations 0.5, -2.5, 2.5, -0.5; Σ² = 0.25 + 6.25 + 6.25 + 0.25 = 13.
  // y: 2 %, -3 %, 4 %, 1 %; mean 1 %; deviations 1, -4, 3, 0; Σxy = 0.5 + 10 + 7.5 - 0 = 18. Slope 18 / 13.
  const reference = series(grown([0.01, -0.02, 0.03, 0]));
  const name = series(grown([0.02, -0.03, 0.04, 0.01], 7));
  const { beta, observations, from, to } = fitted(regressBeta(name, reference, RULES));
  close(beta, 18 / 13);
  assert.deepEqual([observations, from, to], [4, "2026-01-01", "2026-01-05"]);
});

Deno.test("a day that one of the two missed joins its neighbour on both sides", () => {
  const reference = series(grown([0.01, -0.02, 0.03, 0.01, -0.01]));
  const name = series(grown([0.02, -0.04, 0.06, 0.02, -0.02])).filter((_, i) => i !== 2);
  // Over the two days the reference made 0.98 × 1.03 − 1 = 0.94 %, the name 0.96 × 1.06 − 1 = 1.76 %.
  const { observations } = fitted(regressBeta(name, reference, RULES));
  assert.equal(observations, 4);
  const without = series(grown([0.01, 0.0094, 0.01, -0.01])).map((each, i) => ({
    ...each,
    date: dateAt([0, 1, 3, 4, 5][i]!),
  }));
  const nameWithout = series(grown([0.02, 0.0176, 0.02, -0.02])).map((each, i) => ({
    ...each,
    date: dateAt([0, 1, 3, 4, 5][i]!),
  }));
  close(
    fitted(regressBeta(name, reference, RULES)).beta,
    fitted(regressBeta(nameWithout, without, RULES)).beta,
  );
});

Deno.test("closes that are no prices count as days missed, never as returns", () => {
  const reference = series(grown([0.01, -0.02, 0.03, 0.01, -0.01]));
  const good = series(grown([0.02, -0.04, 0.06, 0.02, -0.02]));
  const clean = regressBeta(good.filter((_, i) => i !== 2), reference, RULES);
  for (const bad of [NaN, 0, -1, Infinity]) {
    const dirty = good.map((each, i) => i === 2 ? { ...each, close: bad } : each);
    assert.deepEqual(regressBeta(dirty, reference, RULES), clean);
  }
});

Deno.test("a return over a long halt is left out", () => {
  const reference = series(grown(Array.from({ length: 30 }, (_, i) => i % 2 === 0 ? 0.01 : -0.01)));
  const name = reference.filter(({ date }) => date <= dateAt(5) || date >= dateAt(20));
  // 5 returns before the halt and 10 after it; the one of 15 days over it is not a daily return.
  assert.equal(fitted(regressBeta(name, reference, RULES)).observations, 15);
});

Deno.test("only the newest returns within the window count", () => {
  const reference = series(grown([0.5, -0.4, 0.01, -0.02, 0.03]));
  const name = series(grown([-0.5, 0.4, 0.02, -0.04, 0.06]));
  const { beta, observations, from } = fitted(regressBeta(name, reference, { windowDays: 3, minObservations: 3 }));
  close(beta, 2);
  assert.deepEqual([observations, from], [3, "2026-01-03"]);
});

Deno.test("too few common days give no beta and say how many there were", () => {
  const reference = series(grown([0.01, -0.02, 0.03]));
  const apart = series(grown([0.01, -0.02, 0.03]), 100);
  assert.deepEqual(regressBeta(apart, reference, RULES), {
    kind: "none",
    reason: "0 common daily returns, at least 3 are needed",
  });
  assert.deepEqual(regressBeta(reference, reference, { windowDays: 250, minObservations: 4 }), {
    kind: "none",
    reason: "3 common daily returns, at least 4 are needed",
  });
});

Deno.test("a reference that did not move gives no beta", () => {
  const still = series([100, 100, 100, 100]);
  assert.deepEqual(regressBeta(series(grown([0.01, 0.02, 0.03])), still, RULES), {
    kind: "none",
    reason: "the reference did not move",
  });
});

const returns = fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 20, maxLength: 60 })
  .filter((each) => Math.max(...each) - Math.min(...each) > 0.01);

Deno.test("a name that makes k times the reference's returns has a beta of k, and the reference has one of 1", () => {
  fc.assert(fc.property(returns, fc.double({ min: -3, max: 3, noNaN: true }), (moves, k) => {
    const reference = series(grown(moves));
    close(fitted(regressBeta(series(grown(moves.map((each) => each * k))), reference, RULES)).beta, k, 1e-6);
    close(fitted(regressBeta(reference, reference, RULES)).beta, 1, 1e-9);
  }));
});

Deno.test("neither the order of the closes nor the unit of the price changes a beta", () => {
  fc.assert(fc.property(returns, fc.double({ min: 0.01, max: 100, noNaN: true }), (moves, unit) => {
    const reference = series(grown(moves));
    const name = series(grown(moves.map((each, i) => each * (1 + (i % 3)))));
    const { beta } = fitted(regressBeta(name, reference, RULES));
    const other = name.map((each) => ({ ...each, close: each.close * unit })).reverse();
    close(fitted(regressBeta(other, [...reference].reverse(), RULES)).beta, beta, 1e-9);
  }));
});
