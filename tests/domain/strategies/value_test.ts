import assert from "node:assert/strict";
import { recogniseStructures } from "../../../src/domain/strategies/recognise.ts";
import {
  profitTaken,
  recogniseStrategies,
  type StrategyLeg,
  valueStructure,
} from "../../../src/domain/strategies/value.ts";
import { call, put, stock } from "./legs.ts";

const FIGURES = {
  delta: 400,
  gamma: 20,
  vega: 80,
  theta: -8,
  unrealizedPnl: 1_000,
  dailyPnl: -200,
  marketValue: 6_000,
};

function withFigures(leg: StrategyLeg, scale: number): StrategyLeg {
  const scaled = Object.fromEntries(Object.entries(FIGURES).map(([name, value]) => [name, value * scale]));
  return { ...leg, ...scaled };
}

Deno.test("a strategy's figures are its legs' shares of their positions", () => {
  // All of the bought calls, 6 of the 10 sold ones: 1 × figures − 0.6 × half of them.
  const strategies = recogniseStrategies([withFigures(call(6, 100), 1), withFigures(call(-10, 110), -0.5)]);
  const [vertical, left] = strategies;
  assert.deepEqual(
    [vertical!.netDelta, vertical!.netGamma, vertical!.netVega, vertical!.netTheta],
    [400 - 0.6 * 200, 20 - 0.6 * 10, 80 - 0.6 * 40, -8 + 0.6 * 4],
  );
  assert.deepEqual(
    [vertical!.unrealizedPnl, vertical!.dailyPnl, vertical!.marketValue],
    [1_000 - 0.6 * 500, -200 + 0.6 * 100, 6_000 - 0.6 * 3_000],
  );
  // The other four: 0.4 × −500.
  assert.equal(left!.unrealizedPnl, -200);
  assert.deepEqual(vertical!.missing, []);
});

Deno.test("a missing figure makes that sum unknown, never 0, and is named", () => {
  const bought = withFigures(call(1, 100), 1);
  const sold = { ...withFigures(call(-1, 110), -1), vega: null, dailyPnl: NaN };
  const [vertical] = recogniseStrategies([bought, sold]);
  assert.deepEqual([vertical!.netDelta, vertical!.netVega, vertical!.dailyPnl], [0, null, null]);
  assert.deepEqual(vertical!.missing, [
    { figure: "vega", instrument: sold.instrument },
    { figure: "dailyPnl", instrument: sold.instrument },
  ]);
});

Deno.test("a structure is valued again without being recognised again", () => {
  const legs = [stock(100, 100), call(-1, 110, 2)];
  const [structure] = recogniseStructures(legs);
  const valued = valueStructure(structure!, (index) => ({ ...FIGURES, delta: index === 0 ? 100 : -30 }));
  assert.deepEqual([valued.netDelta, valued.name, valued.units], [70, "Covered call", 1]);
});

Deno.test("early profit of an iron condor is measured against its credit, not against the width of its strikes", () => {
  const [condor] = recogniseStructures([put(1, 90, 1), put(-1, 95, 2), call(-1, 105, 2), call(1, 115, 1)]);
  // Credit (2 − 1) + (2 − 1) = 2 × 100. 90 made of 200 is 45 %; the strikes lie 25 apart.
  assert.equal(profitTaken(condor!, 90), 0.45);
  // A stop can never need more than the wider wing less the credit: (10 − 2) × 100.
  assert.deepEqual(condor!.maxLoss, { kind: "amount", amount: 800 });
});

Deno.test("early profit is unknown where the most that can be made is unlimited, unknown or nothing", () => {
  const [long] = recogniseStructures([call(1, 100, 2)]);
  const [unpriced] = recogniseStructures([put(-1, 100)]);
  const [hopeless] = recogniseStructures([call(1, 100, 12), call(-1, 110, 1)]);
  assert.deepEqual([profitTaken(long!, 50), profitTaken(unpriced!, 50), profitTaken(hopeless!, 50)], [
    null,
    null,
    null,
  ]);
  const [short] = recogniseStructures([put(-1, 100, 2)]);
  assert.deepEqual([profitTaken(short!, null), profitTaken(short!, 50)], [null, 0.25]);
});
