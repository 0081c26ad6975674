import assert from "node:assert/strict";
import type { PositionView } from "../../../src/domain/risk/snapshot.ts";
import { signalStrategy } from "../../../src/domain/signals/from_structure.ts";
import { SignalEngine } from "../../../src/domain/signals/signal_engine.ts";
import { recogniseStructures } from "../../../src/domain/strategies/recognise.ts";
import { near } from "../../support/book_builder.ts";
import { inputsOf, NOW, optionView } from "../../support/signal_book.ts";
import { SIGNALS_OFF } from "../../support/signal_settings.ts";

/** A put vertical sold for 2.00 in euros, five wide; amounts in dollars at 1.15. */
function legs(spot: number | null): PositionView[] {
  const rate = 1.15;
  return [
    optionView("SAP 2026-12-18 200 P", { quantity: -1, avg: 5, mark: 4, spot }),
    optionView("SAP 2026-12-18 195 P", { quantity: 1, avg: 3, mark: 2.5, spot }),
  ].map((view) => ({
    ...view,
    currency: "EUR",
    marketValue: view.marketValue! * rate,
    unrealizedPnl: view.unrealizedPnl! * rate,
    notional: view.notional === null ? null : view.notional * rate,
  }));
}

function vertical(positions: PositionView[], base: string | null) {
  const holdings = positions.map((view) => ({
    instrument: { ...view, conId: null, priceMagnifier: 1, minTick: null },
    quantity: view.quantity,
    avgPrice: view.avgPrice,
  }));
  const [structure] = recogniseStructures(holdings);
  const strategy = signalStrategy(structure!, positions, base);
  assert(strategy !== null);
  return strategy;
}

Deno.test("a strategy's premium and bounds are brought to the base currency with its P&L", () => {
  const strategy = vertical(legs(206), "USD");
  // Received 200 euros, at the most 300 to lose; made 100 × (1.00 − 0.50) = 50: all × 1.15.
  near(strategy.premium, 230);
  near(strategy.maxLoss as number, 345);
  near(strategy.maxProfit as number, 230);
  near(strategy.unrealizedPnl, 57.5);
  assert.equal(strategy.daysToExpiry, 28);
});

Deno.test("without a rate premium and bounds are missing, never taken at one", () => {
  for (const strategy of [vertical(legs(null), "USD"), vertical(legs(206), null)]) {
    assert.deepEqual([strategy.premium, strategy.maxLoss, strategy.maxProfit], [null, null, null]);
  }
});

Deno.test("the rules are asked again once their time has come, or the clock was set back", () => {
  const engine = new SignalEngine({ ...SIGNALS_OFF, expiringToday: true, debounceSeconds: 0, judgeEveryMs: 1_000 });
  const expiring = inputsOf({ positions: [optionView("SPY 2026-11-20 655 P", { quantity: -1, dte: 0 })] });
  const turn = (inputs: typeof expiring, ms: number) => engine.turn(inputs, NOW + ms).map(({ kind }) => kind);
  assert.deepEqual(turn(inputsOf({}), 0), []);
  assert.deepEqual(turn(expiring, 999), []);
  assert.deepEqual(turn(expiring, 1_000), ["raised"]);
  assert.deepEqual(turn(inputsOf({}), 1_500), []);
  assert.deepEqual(turn(inputsOf({}), -60_000), ["cleared"]);
});
