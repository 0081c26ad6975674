import assert from "node:assert/strict";
import { deepestDrawdown, drawdownSeries } from "../../../src/domain/history/drawdown.ts";
import { exactSum, fromUnits, toUnits } from "../../../src/domain/history/exact.ts";
import { matchFifo } from "../../../src/domain/history/fifo.ts";
import { realizedByDay } from "../../../src/domain/history/realized_series.ts";
import fc from "../../support/property.ts";

const HOUR = 3_600_000;

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function days(...pnls: readonly number[]) {
  return pnls.map((pnl, index) => ({ date: `2026-11-${String(index + 2).padStart(2, "0")}`, pnl }));
}

Deno.test("realized profit is of the day on which the lot was closed", () => {
  const start = Date.UTC(2026, 10, 19, 15);
  const { lots } = matchFifo([
    { execId: "a", at: start, quantity: 10, price: 10, commission: 1 },
    { execId: "b", at: start + HOUR, quantity: -4, price: 11, commission: 1 },
    { execId: "c", at: start + 24 * HOUR, quantity: -3, price: 12, commission: 1 },
    { execId: "d", at: start + 25 * HOUR, quantity: -3, price: 9, commission: null },
  ], 1);
  assert.deepEqual(realizedByDay(lots, dayOf), [
    // 4 × 1 = 4, less 0.40 of the purchase and 1.
    { date: "2026-11-19", gross: 4, commissions: 1.4, net: 2.6, lots: 1, withoutCommission: 0 },
    // 3 × 2 − 3 × 1 = 3, less 0.30 and 1; what the last sale cost is not known.
    { date: "2026-11-20", gross: 3, commissions: 1.3, net: 1.7, lots: 2, withoutCommission: 1 },
  ]);
  assert.deepEqual(realizedByDay([], dayOf), []);
});

Deno.test("drawdown is what was lost from the best, and 0 at a new best", () => {
  const series = drawdownSeries(days(100, -30, -50, 90, 20), 900);
  assert.deepEqual(series.map(({ cumulative, peak, drawdown }) => [cumulative, peak, drawdown]), [
    [100, 100, 0],
    [70, 100, 30],
    [20, 100, 80],
    [110, 110, 0],
    [130, 130, 0],
  ]);
  // 80 of 900 + 100.
  assert.equal(series[2]!.drawdownPct, 0.08);
  assert.deepEqual(deepestDrawdown(series), {
    drawdown: 80,
    drawdownPct: 0.08,
    peakDate: "2026-11-02",
    troughDate: "2026-11-04",
    recoveredDate: "2026-11-05",
  });
});

Deno.test("a loss from the first day is a drawdown from the start, and one that lasts has no recovery", () => {
  const series = drawdownSeries(days(-10, 5, -20), null);
  assert.deepEqual(series.map(({ drawdown, drawdownPct }) => [drawdown, drawdownPct]), [[10, null], [5, null], [
    25,
    null,
  ]]);
  assert.deepEqual(deepestDrawdown(series), {
    drawdown: 25,
    drawdownPct: null,
    peakDate: null,
    troughDate: "2026-11-04",
    recoveredDate: null,
  });
});

Deno.test("a series that never falls has no deepest drawdown, and an empty one no points", () => {
  assert.equal(deepestDrawdown(drawdownSeries(days(1, 0, 2), 100)), null);
  assert.equal(deepestDrawdown(drawdownSeries([], 100)), null);
});

Deno.test("without equity above zero there is no fraction", () => {
  assert.equal(drawdownSeries(days(-10), 0)[0]!.drawdownPct, null);
  assert.equal(drawdownSeries(days(-10), -5)[0]!.drawdownPct, null);
});

Deno.test("a day whose profit is not known is refused, not taken for 0", () => {
  assert.throws(() => drawdownSeries(days(1, NaN), null), RangeError);
});

Deno.test("a drawdown is never below 0 nor above what was ever lost", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 25 }), (pnls) => {
    const lost = -pnls.filter((pnl) => pnl < 0).reduce((sum, pnl) => sum + pnl, 0);
    for (const { drawdown, peak, cumulative } of drawdownSeries(days(...pnls), null)) {
      assert.ok(drawdown >= 0 && drawdown <= lost);
      assert.equal(drawdown, peak - cumulative);
    }
  }));
});

Deno.test("a number survives exact units as it is written", () => {
  fc.assert(fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 8 }), (digits, places) => {
    const value = digits / 10 ** places;
    assert.equal(fromUnits(toUnits(value, 10), 10), value === 0 ? 0 : value);
  }));
  assert.equal(toUnits(0.1, 10), 1_000_000_000n);
  assert.equal(toUnits(-6.15, 2), -615n);
  assert.equal(toUnits(1.5e-7, 10), 1500n);
  assert.equal(toUnits(0.30000000000000004, 10), 3_000_000_000n);
  assert.equal(toUnits(1e-11, 10), 0n);
  for (const value of [NaN, Infinity, 1e21]) assert.throws(() => toUnits(value, 10), RangeError);
  // As doubles, a tenth ten times over is 0.9999999999999999.
  assert.equal(exactSum(Array.from({ length: 10 }, () => 0.1)), 1);
});
