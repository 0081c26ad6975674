import assert from "node:assert/strict";
import type { PositionView } from "../../../src/domain/risk/snapshot.ts";
import { signalStrategy } from "../../../src/domain/signals/from_structure.ts";
import type { SignalStrategy } from "../../../src/domain/signals/signal_inputs.ts";
import { positionKey } from "../../../src/domain/signals/contract_words.ts";
import { recogniseStructures } from "../../../src/domain/strategies/recognise.ts";
import { near } from "../../support/book_builder.ts";
import { findings, onlyFinding, optionView, states, stockView, strategyOf } from "../../support/signal_book.ts";

/** Bought at 4.00: 1,600 for four. */
const longCall = (mark: number | null, changes: Partial<PositionView> = {}) =>
  optionView("AAPL 2026-12-18 190 C", { quantity: 4, avg: 4, mark, spot: 187 }, changes);
/** Sold at 6.15: 3,075 for five. */
const shortCall = (mark: number | null) =>
  optionView("TSLA 2026-11-27 420 C", { quantity: -5, avg: 6.15, mark, spot: 398 });

Deno.test("a bought option is stopped at a fraction of what it cost", () => {
  // 4 × 100 × (2.00 − 4.00) = −800 of 1,600 paid: 50 %.
  const found = onlyFinding({ stopLossPct: 0.5 }, { positions: [longCall(2)] });
  assert.equal(found.state, "holding");
  assert.equal(found.rule, "stop_loss");
  assert.equal(found.layer, "position");
  assert.equal(found.severity, "critical");
  near(found.value, 0.5);
  near(found.utilization, 1);
  assert.equal(found.action, "sell 4 to close");
  assert.equal(found.message, "AAPL 18Dec26 190 C has lost 50 % of its cost, the stop is at 50 %");
});

Deno.test("a stop holds at its threshold, is near just inside it and off further in", () => {
  const settings = { stopLossPct: 0.5 };
  // 2.01: 49.75 % lost, within 98 % of 50 % (49 %); 2.05: 48.75 %.
  assert.deepEqual(states(settings, { positions: [longCall(2)] }), ["holding"]);
  assert.deepEqual(states(settings, { positions: [longCall(2.01)] }), ["near"]);
  assert.deepEqual(states(settings, { positions: [longCall(2.05)] }), []);
});

Deno.test("a stop never waits for more than a fraction of the maximum loss", () => {
  // A vertical 5 wide sold for 2.00, ten times: received 2,000, maximum loss 3,000. Twice the premium, 4,000, could never
  // be lost; three quarters of the maximum loss, 2,250, is 1.125 times the premium.
  const legs = [
    optionView("SPY 2026-12-18 650 P", { quantity: -10, avg: 5, mark: 8 }),
    optionView("SPY 2026-12-18 645 P", { quantity: 10, avg: 3, mark: 3.75 }),
  ];
  // −10·100·(8 − 5) + 10·100·(3.75 − 3) = −3,000 + 750 = −2,250.
  const vertical = strategyOf(legs, {
    kind: "vertical",
    name: "Put vertical",
    premium: 2_000,
    maxProfit: 2_000,
    maxLoss: 3_000,
  });
  const settings = { shortPremiumR: 2, stopOfMaxLossPct: 0.75 };
  const found = onlyFinding(settings, { positions: legs, strategies: [vertical] });
  assert.equal(found.state, "holding");
  assert.equal(found.layer, "strategy");
  near(found.value, 1.125);
  near(found.threshold, 1.125);
  assert.equal(found.action, "close the put vertical");
  assert.deepEqual(states({ ...settings, stopOfMaxLossPct: null }, { positions: legs, strategies: [vertical] }), []);
});

Deno.test("without the maximum loss a stop can be raised at its multiple but not judged below it", () => {
  const legs = [
    optionView("SPY 2026-12-18 650 P", { quantity: -10, avg: 5, mark: 8 }),
    optionView("SPY 2026-12-18 645 P", { quantity: 10, avg: 3, mark: 3 }),
  ];
  const unknownLoss = strategyOf(legs, { kind: "vertical", name: "Put vertical", premium: 2_000 });
  const inputs = { positions: legs, strategies: [unknownLoss] };
  // Lost 3,000: 1.5 times the premium.
  assert.deepEqual(states({ shortPremiumR: 1.5, stopOfMaxLossPct: 0.75 }, inputs), ["holding"]);
  assert.deepEqual(states({ shortPremiumR: 2, stopOfMaxLossPct: 0.75 }, inputs), ["unknown"]);
});

Deno.test("a put sold for more than its strike is judged the same with its maximum loss as without it", () => {
  // 500 × 90 received and 500 × 90 at the most to pay: nothing to lose, unless a mark lies, as here 274 for a strike of 90.
  // 500 × (274 − 90) = 92,000 of 45,000: 2.04 times the premium.
  const put = (mark: number, spot: number | null) =>
    optionView("AAPL 2026-11-20 90 P", { quantity: -5, avg: 90, mark, spot });
  const settings = { shortPremiumR: 2, stopOfMaxLossPct: 0.75 };
  assert.deepEqual(states(settings, { positions: [put(274, 80)] }), ["holding"]);
  assert.deepEqual(states(settings, { positions: [put(274, null)] }), ["holding"]);
  // A mark that can be true loses nothing. Without the underlying's price that is not known.
  assert.deepEqual(states(settings, { positions: [put(89, 80)] }), []);
  assert.deepEqual(states(settings, { positions: [put(89, null)] }), ["unknown"]);
});

Deno.test("the part of the maximum profit made is not known while the maximum profit is not", () => {
  // A back spread for a credit of 10: it makes far more than that if the market falls, so 15 made are no sign to take it.
  const legs = [
    optionView("XYZ 2026-11-27 110 P", { quantity: -1, avg: 0.3, mark: 0.2 }),
    optionView("XYZ 2026-11-27 90 P", { quantity: 2, avg: 0.1, mark: 0.125 }),
  ];
  // −100 · (0.20 − 0.30) + 200 · (0.125 − 0.10) = 10 + 5.
  const spread = (maxProfit: SignalStrategy["maxProfit"]) => ({
    positions: legs,
    strategies: [strategyOf(legs, { kind: "back_spread", name: "Put back spread", premium: 10, maxProfit })],
  });
  assert.deepEqual(states({ earlyProfitPct: 0.5 }, spread(7_010)), []);
  assert.deepEqual(states({ earlyProfitPct: 0.5 }, spread(null)), ["unknown"]);
  // What ends on several dates has no most that arithmetic can tell, now or later: the premium stands in.
  assert.deepEqual(states({ earlyProfitPct: 0.5 }, spread("modelled")), ["holding"]);
});

Deno.test("sold premium is stopped at a multiple of what was received", () => {
  // −500 × (18.45 − 6.15) = −6,150: twice the 3,075 received.
  const found = onlyFinding({ shortPremiumR: 2, stopOfMaxLossPct: 0.75 }, { positions: [shortCall(18.45)] });
  assert.equal(found.state, "holding");
  near(found.value, 2);
  assert.equal(found.unit, "multiple");
  assert.equal(found.action, "buy 5 to close");
  assert.deepEqual(states({ shortPremiumR: 2 }, { positions: [shortCall(18.25)] }), ["near"]);
  assert.deepEqual(states({ shortPremiumR: 2 }, { positions: [shortCall(17)] }), []);
});

Deno.test("a short put sold deep in the money is stopped by what it can lose", () => {
  // Strike 100 sold at 60.00: at the most 40.00 can be lost, so twice 60.00 cannot; three quarters of 40.00 is half of 60.00.
  const put = optionView("XYZ 2026-12-18 100 P", { quantity: -1, avg: 60, mark: 90, spot: 10 });
  const found = onlyFinding({ shortPremiumR: 2, stopOfMaxLossPct: 0.75 }, { positions: [put] });
  near(found.threshold, 0.5);
  near(found.value, 0.5);
});

Deno.test("early profit of an iron condor is measured against its premium, not its width", () => {
  // Received 1.50; wings 5 wide on each side. Made 0.75: half of the premium, 15 % of one width.
  const legs = [
    optionView("SPY 2026-12-18 640 P", { quantity: 1, avg: 1, mark: 0.5 }),
    optionView("SPY 2026-12-18 645 P", { quantity: -1, avg: 1.75, mark: 0.8 }),
    optionView("SPY 2026-12-18 675 C", { quantity: -1, avg: 1.75, mark: 0.85 }),
    optionView("SPY 2026-12-18 680 C", { quantity: 1, avg: 1, mark: 0.4 }),
  ];
  // 100 × (−0.50 + 0.95 + 0.90 − 0.60) = 75.
  const condor = strategyOf(legs, {
    kind: "iron_condor",
    name: "Iron condor",
    premium: 150,
    maxProfit: 150,
    maxLoss: 350,
  });
  const found = onlyFinding({ earlyProfitPct: 0.5 }, { positions: legs, strategies: [condor] });
  assert.equal(found.state, "holding");
  near(found.value, 0.5);
  assert.equal(found.action, "take profit: close the iron condor");
});

Deno.test("a recognised strategy is judged as a whole and its legs are not", () => {
  const legs = [
    optionView("SPY 2026-12-18 640 P", { quantity: 1, avg: 1, mark: 0.2, spot: 660 }),
    optionView("SPY 2026-12-18 645 P", { quantity: -1, avg: 1.75, mark: 0.5, spot: 660 }),
    optionView("SPY 2026-12-18 675 C", { quantity: -1, avg: 1.75, mark: 0.5, spot: 660 }),
    optionView("SPY 2026-12-18 680 C", { quantity: 1, avg: 1, mark: 0.2, spot: 660 }),
  ];
  const holdings = legs.map((view) => ({
    instrument: { ...view, conId: null, priceMagnifier: 1, minTick: null },
    quantity: view.quantity,
    avgPrice: view.avgPrice,
  }));
  const strategies = recogniseStructures(holdings)
    .map((structure) => signalStrategy(structure, legs, "USD"))
    .filter((strategy) => strategy !== null);
  // 100 × (−0.80 + 1.25 + 1.25 − 0.80) = 90 of 150: 60 %. The long legs alone have lost 80 % of their cost.
  const found = onlyFinding({ stopLossPct: 0.5, earlyProfitPct: 0.5 }, { positions: legs, strategies });
  assert.equal(found.rule, "early_profit");
  assert.equal(found.subject, "Iron condor");
  near(found.value, 0.6);
});

Deno.test("what a strategy leaves of a position is judged as a position", () => {
  // Five short calls at a loss; a vertical takes two of them: three are left, 3 × 100 × 12.30 = 3,690 lost of 1,845.
  const legs = [shortCall(18.45), optionView("TSLA 2026-11-27 430 C", { quantity: 2, avg: 4, mark: 4 })];
  const vertical = {
    ...strategyOf(legs, { kind: "vertical", name: "Call vertical", premium: 430, maxLoss: 1_570, maxProfit: 430 }),
    legs: [{ index: 0, quantity: -2 }, { index: 1, quantity: 2 }],
    unrealizedPnl: 0,
  };
  const found = onlyFinding({ shortPremiumR: 2 }, { positions: legs, strategies: [vertical] });
  assert.equal(found.layer, "position");
  assert.equal(found.action, "buy 3 to close");
  near(found.value, 2);
});

Deno.test("taking profit does not wait beyond what a debit strategy can make", () => {
  // A vertical 5 wide bought for 3.00 makes 2.00 at the most; doubling its cost is out of reach, 80 % of 2.00 is 53.3 %.
  const legs = [
    optionView("AAPL 2026-12-18 185 C", { quantity: 1, avg: 6, mark: 8 }),
    optionView("AAPL 2026-12-18 190 C", { quantity: -1, avg: 3, mark: 3.4 }),
  ];
  // 100 × (2.00 − 0.40) = 160 of 300.
  const vertical = strategyOf(legs, {
    kind: "vertical",
    name: "Call vertical",
    premium: -300,
    maxProfit: 200,
    maxLoss: 300,
  });
  const found = onlyFinding({ takeProfitPct: 1, takeProfitOfMaxPct: 0.8 }, { positions: legs, strategies: [vertical] });
  assert.equal(found.state, "holding");
  near(found.threshold, 160 / 300);
  near(found.value, 160 / 300);
});

Deno.test("stock has stops of its own", () => {
  // 100 × (140.40 − 175.50) = −3,510 of 17,550: 20 %.
  const held = stockView("AAPL", { quantity: 100, avg: 175.5, mark: 140.4 });
  assert.deepEqual(states({ stopLossPct: 0.1 }, { positions: [held] }), []);
  near(onlyFinding({ linearStopLossPct: 0.2 }, { positions: [held] }).value, 0.2);
  // Short 100 at 100.00, now 130.00: 30 % of the proceeds are lost.
  const short = stockView("GME", { quantity: -100, avg: 100, mark: 130 });
  const found = onlyFinding({ linearStopLossPct: 0.2, stopOfMaxLossPct: 0.75 }, { positions: [short] });
  near(found.value, 0.3);
  assert.equal(found.action, "buy 100 to close");
});

Deno.test("a trailing stop measures what was given back of the highest profit", () => {
  // Highest 1,000 on a cost of 1,600 (62.5 %); now 4 × 100 × (5.50 − 4.00) = 600: 40 % given back.
  const held = longCall(5.5);
  const peaks = new Map([[positionKey(held), { profit: 1_000, size: 4, side: 1 as const }]]);
  const found = onlyFinding({ trailingStopPct: 0.4 }, { positions: [held], peaks });
  assert.equal(found.state, "holding");
  near(found.value, 0.4);
  assert.equal(found.severity, "warning");
  // 1,000 is 62.5 % of the cost: not yet worth protecting from 70 % on.
  assert.deepEqual(states({ trailingStopPct: 0.4, trailingActivationPct: 0.7 }, { positions: [held], peaks }), []);
  assert.deepEqual(states({ trailingStopPct: 0.4 }, { positions: [held] }), [], "no profit has been seen yet");
});

Deno.test("the days-to-expiry exit holds from its day to the last", () => {
  const held = (dte: number | null) => optionView("NVDA 2026-11-27 200 C", { quantity: 2, dte });
  const found = onlyFinding({ dteExitDays: 7 }, { positions: [held(7)] });
  assert.equal(found.action, "close or roll");
  near(found.utilization, 1);
  near(onlyFinding({ dteExitDays: 7 }, { positions: [held(0)] }).utilization, 2);
  assert.match(
    onlyFinding({ dteExitDays: 7 }, { positions: [held(0)] }).message,
    / expires today, the exit is at 7 d$/,
  );
  assert.deepEqual(states({ dteExitDays: 7 }, { positions: [held(8)] }), []);
  assert.deepEqual(states({ dteExitDays: 7 }, { positions: [held(-1)] }), []);
  assert.deepEqual(states({ dteExitDays: 7 }, { positions: [held(null)] }), ["unknown"]);
});

Deno.test("a trade opened for next to nothing has no premium to measure against", () => {
  const legs = [
    optionView("AAPL 2026-12-18 180 P", { quantity: -1, avg: 3, mark: 6 }),
    optionView("AAPL 2026-12-18 200 C", { quantity: 1, avg: 2.95, mark: 1 }),
  ];
  // Received 5 on 595: the loss of 495 is 99 times the premium and says nothing.
  const reversal = strategyOf(legs, { kind: "diagonal", name: "Risk reversal", premium: 5 });
  assert.deepEqual(states({ shortPremiumR: 2, stopLossPct: 0.5 }, { positions: legs, strategies: [reversal] }), []);
});

Deno.test("a profit at a stale or crossed quote is not known", () => {
  for (const flag of ["STALE", "CROSSED", "OUTLIER"] as const) {
    const held = longCall(0.5, { flags: [flag] });
    assert.deepEqual(states({ stopLossPct: 0.5 }, { positions: [held] }), ["unknown"], flag);
  }
  assert.deepEqual(states({ stopLossPct: 0.5 }, { positions: [longCall(0.5, { flags: ["QUIET", "WIDE"] })] }), [
    "holding",
  ]);
});

Deno.test("closed rows, cash and expired options have no trade to stop", () => {
  const closed = { ...longCall(1), quantity: 0 };
  const cash = stockView("EUR.USD", { quantity: 20_000, avg: 1.5, mark: 1 }, { assetType: "FOREX" });
  const expired = longCall(0, { expiryBucket: "EXPIRED" });
  const settings = { stopLossPct: 0.5, linearStopLossPct: 0.1, dteExitDays: 100 };
  assert.deepEqual(findings(settings, { positions: [closed, cash, expired] }), []);
});
