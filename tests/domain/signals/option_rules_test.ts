import assert from "node:assert/strict";
import type { PositionView } from "../../../src/domain/risk/snapshot.ts";
import { near } from "../../support/book_builder.ts";
import { findings, onlyFinding, type OptionFields, optionView, states, stockView } from "../../support/signal_book.ts";

const shortPut = (fields: Partial<OptionFields>, changes: Partial<PositionView> = {}) =>
  optionView("SPY 2026-11-20 655 P", { quantity: -10, spot: 660, dte: 0, ...fields }, changes);
const shortCall = (spot: number | null, dte: number | null = 2, changes: Partial<PositionView> = {}) =>
  optionView("TSLA 2026-11-27 400 C", { quantity: -5, spot, dte }, changes);

Deno.test("the delta of one short option is judged without its sign, long ones not at all", () => {
  // Position delta 183 of −10 × 100: −0.183 each.
  const found = onlyFinding({ shortLegDelta: 0.15 }, { positions: [shortPut({ delta: -0.183 })] });
  assert.equal(found.state, "holding");
  near(found.value, 0.183);
  near(found.utilization, 1.22);
  assert.equal(found.message, "SPY 20Nov26 655 P short-leg delta 0.18 has reached 0.15");
  assert.deepEqual(states({ shortLegDelta: 0.15 }, { positions: [shortPut({ quantity: 10, delta: -0.183 })] }), []);
  assert.deepEqual(states({ shortLegDelta: 0.15 }, { positions: [shortPut({ delta: -0.15 })] }), ["holding"]);
  assert.deepEqual(states({ shortLegDelta: 0.15 }, { positions: [shortPut({ delta: -0.148 })] }), ["near"]);
  assert.deepEqual(states({ shortLegDelta: 0.15 }, { positions: [shortPut({ delta: null })] }), ["unknown"]);
});

Deno.test("a short option in the money may be assigned in its last days", () => {
  const settings = { assignmentDays: 3 };
  // (404 − 400) / 400 = 1 % in the money.
  const found = onlyFinding(settings, { positions: [shortCall(404)] });
  assert.equal(found.severity, "warning");
  assert.equal(found.message, "TSLA 27Nov26 400 C is 1 % in the money with 2 d left: 500 sh may be called away");
  assert.equal(onlyFinding(settings, { positions: [shortCall(404, 0)] }).severity, "critical");
  assert.deepEqual(states(settings, { positions: [shortCall(404, 3)] }), ["holding"]);
  assert.deepEqual(states(settings, { positions: [shortCall(404, 4)] }), []);
  // At the strike it is near; 0.2 % away from it, 399.20, it is out of the money for good.
  assert.deepEqual(states(settings, { positions: [shortCall(400)] }), ["near"]);
  assert.deepEqual(states(settings, { positions: [shortCall(399.1)] }), []);
  assert.deepEqual(states(settings, { positions: [shortCall(null)] }), ["unknown"]);
  assert.deepEqual(states(settings, { positions: [shortCall(null, 30)] }), [], "too far away, whatever the price");
});

Deno.test("nobody is assigned on a European option that settles in cash", () => {
  const settings = { assignmentDays: 3, pinRiskPct: 0.01 };
  const index = optionView("SPX 2026-11-20 6600 C", { quantity: -1, spot: 6620, dte: 0 });
  assert.deepEqual(findings(settings, { positions: [index] }), []);
  const american = optionView("OEX 2026-11-20 3300 C", { quantity: -1, spot: 3310, dte: 0 });
  assert.deepEqual(states(settings, { positions: [american] }), ["holding", "holding"]);
});

Deno.test("a short call in the money may be called away for a dividend before its expiry", () => {
  const on = (date: string) => ({ exDividendDays: 3, exDividends: new Map([["TSLA", ["2026-08-01", date]]]) });
  const positions = [shortCall(404, 7)];
  const found = onlyFinding(on("2026-11-23"), { positions });
  assert.equal(found.rule, "ex_dividend");
  assert.equal(found.value, 3);
  assert.equal(found.action, "buy 5 to close before 23Nov26");
  assert.deepEqual(states(on("2026-11-24"), { positions }), [], "four days away");
  assert.deepEqual(states(on("2026-11-20"), { positions }), [], "on the ex-date the exercise is past");
  assert.deepEqual(states(on("2026-11-23"), { positions: [shortCall(390, 7)] }), [], "out of the money");
  assert.deepEqual(states(on("2026-11-23"), { positions: [shortCall(null, 7)] }), ["unknown"]);
  assert.deepEqual(states({ exDividendDays: 3 }, { positions }), [], "no date is known");
  const put = optionView("TSLA 2026-11-27 410 P", { quantity: -5, spot: 404 });
  assert.deepEqual(states(on("2026-11-23"), { positions: [put] }), [], "a put gains from waiting");
  const expiresBefore = { ...shortCall(404, 1), expiry: "2026-11-21" };
  assert.deepEqual(states(on("2026-11-23"), { positions: [expiresBefore] }), []);
});

Deno.test("a short option near its strike at expiry is a pin", () => {
  const settings = { pinRiskPct: 0.005, pinRiskDays: 1 };
  // |658.275 − 655| / 655 = 0.5 %.
  const found = onlyFinding(settings, { positions: [shortPut({ spot: 658.275 })] });
  assert.equal(found.state, "holding");
  near(found.value, 0.005);
  near(found.utilization, 1);
  assert.deepEqual(states(settings, { positions: [shortPut({ spot: 658.3 })] }), ["near"]);
  assert.deepEqual(states(settings, { positions: [shortPut({ spot: 660 })] }), []);
  assert.deepEqual(states(settings, { positions: [shortPut({ spot: 655, dte: 2 })] }), []);
  assert.deepEqual(states(settings, { positions: [shortPut({ spot: null })] }), ["unknown"]);
});

Deno.test("what expires today is listed, sold options before the others", () => {
  const positions = [
    shortPut({}),
    optionView("SPY 2026-11-20 650 P", { quantity: 10, spot: 660, dte: 0 }),
    stockView("ES", { quantity: 1, avg: 6600, mark: 6600 }, {
      assetType: "FUTURE",
      expiry: "2026-11-20",
      daysToExpiry: 0,
    }),
    optionView("SPY 2026-11-23 650 P", { quantity: -10, spot: 660 }),
    shortPut({}, { expiryBucket: "EXPIRED" }),
    { ...shortPut({}), quantity: 0 },
  ];
  const found = findings({ expiringToday: true }, { positions });
  assert.deepEqual(
    found.map((one) => one.state === "unknown" ? "unknown" : [one.subject, one.severity, one.action]),
    [
      ["20Nov26 655 P", "warning", "buy 10 to close, or let it expire"],
      ["20Nov26 650 P", "info", "sell 10 to close, or let it expire"],
      ["20Nov26 future", "info", "sell 1 to close, or roll"],
    ],
  );
  assert.deepEqual(findings({}, { positions }), []);
});

Deno.test("contracts that differ in class alone have signals of their own", () => {
  const monthly = optionView("SPX 2026-11-20 6600 P", { quantity: -1, delta: -0.4, dte: 0 });
  const weekly = { ...monthly, tradingClass: "SPXW" };
  const found = findings({ shortLegDelta: 0.3 }, { positions: [monthly, weekly] });
  assert.equal(new Set(found.map(({ id }) => id)).size, 2);
});
