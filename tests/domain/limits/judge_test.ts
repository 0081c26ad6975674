import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { type Judged, judgeLimits, type LimitInputs } from "../../../src/domain/limits/judge.ts";
import type { LimitView } from "../../../src/domain/risk/snapshot.ts";
import { everyLimit, inputs, known, settings } from "./book.ts";

function byId(rows: readonly LimitView[]): Map<string, LimitView> {
  return new Map(rows.map((row) => [row.id, row]));
}

function only(rows: readonly LimitView[]): LimitView {
  assert.equal(rows.length, 1);
  return rows[0]!;
}

Deno.test("a limit that is not set has no row", () => {
  assert.deepEqual(judgeLimits(settings(), inputs({ grossExposure: known(1e12) }), false), []);
});

Deno.test("nothing is judged while starting", () => {
  assert.deepEqual(judgeLimits(everyLimit(), inputs({ grossExposure: known(1e12) }), true), []);
});

Deno.test("each name is judged on its own gross exposure, by its own limit or the default", () => {
  const exposureByUnderlying = new Map([["TSLA", known(1_620_000)], ["AAPL", known(850_000)], ["SPY", known(175_000)]]);
  const rows = byId(judgeLimits(
    settings({ maxPerUnderlyingNotional: { default: 1_000_000, names: new Map([["TSLA", 1_500_000]]) } }),
    inputs({ exposureByUnderlying }),
    false,
  ));
  // 1,620,000 / 1,500,000 = 1.08; 850,000 / 1,000,000 = 0.85; 175,000 / 1,000,000 = 0.175.
  const tsla = rows.get("max_per_underlying_notional:TSLA")!;
  assert.deepEqual([tsla.scope, tsla.utilization, tsla.state], ["TSLA", 1.08, "hard"]);
  assert.equal(rows.get("max_per_underlying_notional:AAPL")!.state, "soft");
  assert.equal(rows.get("max_per_underlying_notional:SPY")!.utilization, 0.175);
  assert.equal(rows.size, 3);
});

Deno.test("without a default only the names with a limit of their own are judged", () => {
  const exposureByUnderlying = new Map([["TSLA", known(1)], ["AAPL", known(1e9)]]);
  const limits = settings({ maxPerUnderlyingNotional: { default: null, names: new Map([["TSLA", 0]]) } });
  const row = only(judgeLimits(limits, inputs({ exposureByUnderlying }), false));
  assert.deepEqual([row.id, row.state, row.utilization], ["max_per_underlying_notional:TSLA", "hard", null]);
});

Deno.test("margin is judged account by account", () => {
  const margins = [
    { account: "DU1", margin: 515_702, netLiquidation: 989_262, stale: false },
    { account: "DU2", margin: 230_082, netLiquidation: 508_296, stale: true },
  ];
  const rows = judgeLimits(settings({ maxMarginUtilization: 0.6 }), inputs({ margins }), false);
  // 515,702 / 989,262 = 0.5213, of 0.60: 0.8689. 230,082 / 508,296 = 0.4527, of 0.60: 0.7544.
  assert.deepEqual(rows.map((row) => row.id), ["max_margin_utilization:DU1", "max_margin_utilization:DU2"]);
  assert.deepEqual(rows.map((row) => row.utilization!.toFixed(4)), ["0.8688", "0.7544"]);
  assert.deepEqual(rows.map((row) => row.state), ["soft", "ok"]);
  assert.deepEqual(rows.map((row) => row.stale), [false, true]);
});

Deno.test("margin to cover without net liquidation is hard, not 0 % used", () => {
  const limits = settings({ maxMarginUtilization: 0.6 });
  for (const netLiquidation of [0, -50_000]) {
    const margins = [{ account: "DU1", margin: 1, netLiquidation, stale: false }];
    const row = only(judgeLimits(limits, inputs({ margins }), false));
    assert.deepEqual([row.state, row.utilization, row.value], ["hard", null, null]);
  }
  const flat = [{ account: "DU1", margin: 0, netLiquidation: 0, stale: false }];
  assert.equal(only(judgeLimits(limits, inputs({ margins: flat }), false)).state, "ok");
});

Deno.test("margin is unknown when either figure is missing, or no account is known", () => {
  const limits = settings({ maxMarginUtilization: 0.6 });
  const cases = [
    [{ account: "DU1", margin: null, netLiquidation: 1_000, stale: false }],
    [{ account: "DU1", margin: 10, netLiquidation: null, stale: false }],
    [{ account: "DU1", margin: Number.NaN, netLiquidation: 1_000, stale: false }],
    [],
  ];
  for (const margins of cases) assert.equal(only(judgeLimits(limits, inputs({ margins }), false)).state, "unknown");
});

Deno.test("a daily loss is judged as a positive number; a gain uses up nothing", () => {
  const limits = settings({ maxDailyLoss: 25_000 });
  // −21,000: 21,000 / 25,000 = 0.84.
  const losing = only(judgeLimits(limits, inputs({ dailyPnl: known(-21_000) }), false));
  assert.deepEqual([losing.value, losing.utilization, losing.state], [21_000, 0.84, "soft"]);
  const winning = only(judgeLimits(limits, inputs({ dailyPnl: known(80_000) }), false));
  assert.deepEqual([winning.value, winning.utilization, winning.state], [0, 0, "ok"]);
});

Deno.test("the worst scenario is judged", () => {
  const limits = settings({ maxScenarioLoss: 250_000 });
  const scenarioPnl = [known(124_922), known(-183_760), known(-310_000)];
  // 310,000 / 250,000 = 1.24.
  const row = only(judgeLimits(limits, inputs({ scenarioPnl }), false));
  assert.deepEqual([row.value, row.utilization, row.state], [310_000, 1.24, "hard"]);
});

Deno.test("a missing scenario makes the worst unknown, unless another is already beyond the limit", () => {
  const limits = settings({ maxScenarioLoss: 250_000 });
  const judged = (scenarioPnl: readonly Judged[]) => only(judgeLimits(limits, inputs({ scenarioPnl }), false));
  assert.deepEqual([judged([known(-10), known(null)]).state, judged([known(-10), known(null)]).value], [
    "unknown",
    null,
  ]);
  assert.equal(judged([known(-260_000), known(null)]).state, "hard");
  assert.equal(judged([]).state, "unknown");
});

Deno.test("a partial total is judged, and says how much it leaves out and what it rests on", () => {
  const grossExposure = { value: 4_900_000, partial: 2, stale: true, modelled: true };
  const row = only(judgeLimits(settings({ maxTotalGrossNotional: 6_000_000 }), inputs({ grossExposure }), false));
  // 4,900,000 / 6,000,000 = 0.8167.
  assert.deepEqual([row.state, row.partial, row.stale, row.modelled], ["soft", 2, true, true]);
});

Deno.test("a range's row carries both ends and no single limit", () => {
  const limits = settings({ portfolioDeltaRange: { low: -50_000, high: 40_000 } });
  const row = only(judgeLimits(limits, inputs({ delta: known(-45_000) }), false));
  assert.deepEqual([row.limit, row.low, row.high, row.utilization, row.unit], [null, -50_000, 40_000, 0.9, "shares"]);
});

Deno.test("a range whose low is not below its high is a mistake of the configuration, and is thrown", () => {
  const limits = settings({ portfolioVegaRange: { low: 5, high: 5 } });
  assert.throws(() => judgeLimits(limits, inputs(), false), RangeError);
});

Deno.test("every id is its rule, with the name or account behind it, and is there once", () => {
  const exposureByUnderlying = new Map([["TSLA", known(1)], ["AAPL", known(1)]]);
  const rows = judgeLimits(everyLimit(), inputs({ exposureByUnderlying }), false);
  assert.equal(rows.length, 16);
  assert.equal(new Set(rows.map((row) => row.id)).size, rows.length);
  for (const row of rows) assert.equal(row.id, row.scope === null ? row.rule : `${row.rule}:${row.scope}`);
});

const SINGLE_INPUTS = [
  "grossExposure",
  "delta",
  "gamma",
  "vega",
  "theta",
  "dollarDelta",
  "betaWeightedDelta",
  "concentration",
  "dailyPnl",
  "drawdown",
  "valueAtRisk",
  "missingGreeks",
] as const satisfies readonly (keyof LimitInputs)[];

const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const missing = fc.constantFrom(null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

Deno.test("one missing or NaN input makes its own limit unknown and changes no other", () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: SINGLE_INPUTS.length, maxLength: SINGLE_INPUTS.length }),
      fc.array(value, { minLength: 3, maxLength: 3 }),
      fc.nat({ max: SINGLE_INPUTS.length + 2 }),
      missing,
      (values, exposures, broken, nothing) => {
        const names = ["TSLA", "AAPL", "SPY"];
        const book = (at: number | null) =>
          inputs({
            ...Object.fromEntries(SINGLE_INPUTS.map((key, i) => [key, known(i === at ? nothing : values[i]!)])),
            exposureByUnderlying: new Map(
              names.map((
                name,
                i,
              ) => [name, known(i + SINGLE_INPUTS.length === at ? nothing : Math.abs(exposures[i]!))]),
            ),
          });
        const whole = judgeLimits(everyLimit(), book(null), false);
        const holed = judgeLimits(everyLimit(), book(broken), false);
        const different = whole.filter((row, i) => JSON.stringify(row) !== JSON.stringify(holed[i]));
        assert.equal(holed.length, whole.length);
        assert.equal(different.length, 1);
        assert.equal(holed.filter((row) => row.state === "unknown").length, 1);
        assert.ok(holed.every((row) => row.value === null || Number.isFinite(row.value)));
      },
    ),
  );
});

Deno.test("no input, however broken, puts a number that is none into a row", () => {
  const anything = fc.oneof(value, missing, fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, -0));
  fc.assert(
    fc.property(fc.array(anything, { minLength: 14, maxLength: 14 }), (values) => {
      const book = inputs({
        ...Object.fromEntries(SINGLE_INPUTS.map((key, i) => [key, known(values[i]!)])),
        margins: [{ account: "DU1", margin: values[12]!, netLiquidation: values[13]!, stale: false }],
      });
      for (const row of judgeLimits(everyLimit(), book, false)) {
        assert.ok(row.value === null || Number.isFinite(row.value), row.id);
        assert.ok(row.utilization === null || Number.isFinite(row.utilization), row.id);
      }
    }),
  );
});
