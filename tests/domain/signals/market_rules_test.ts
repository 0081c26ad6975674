import assert from "node:assert/strict";
import { PriceWindow } from "../../../src/domain/signals/price_window.ts";
import { near } from "../../support/book_builder.ts";
import { findings, nameView, onlyFinding, optionView, states } from "../../support/signal_book.ts";

const vix = (price: number | null, windowLow: number | null = null) => ({ vix: { price, close: null, windowLow } });
const index = (price: number | null, close: number | null) => ({ index: { price, close } });

Deno.test("the volatility index is judged by its level", () => {
  assert.equal(onlyFinding({ vixLevel: 25 }, vix(25)).state, "holding");
  assert.equal(onlyFinding({ vixLevel: 25 }, vix(24.6)).state, "near");
  assert.deepEqual(states({ vixLevel: 25 }, vix(24.4)), []);
  assert.deepEqual(states({ vixLevel: 25 }, vix(null)), ["unknown"]);
});

Deno.test("a spike is the rise above the lowest price of the window", () => {
  // 19.2 / 16 − 1 = 20 %.
  const found = onlyFinding({ vixSpikePct: 0.2 }, vix(19.2, 16));
  assert.equal(found.state, "holding");
  assert.equal(found.severity, "critical");
  near(found.value, 0.2);
  assert.deepEqual(states({ vixSpikePct: 0.2 }, vix(18, 16)), []);
  assert.deepEqual(states({ vixSpikePct: 0.2 }, vix(18, null)), ["unknown"]);
});

Deno.test("the index has dropped when it is that far below its previous close", () => {
  // 1 − 637 / 650 = 2 %.
  const found = onlyFinding({ indexDropPct: 0.02 }, index(637, 650));
  assert.equal(found.state, "holding");
  assert.equal(found.scope, "SPY");
  near(found.value, 0.02);
  assert.deepEqual(states({ indexDropPct: 0.02 }, index(660, 650)), []);
  assert.deepEqual(states({ indexDropPct: 0.02 }, index(637, null)), ["unknown"]);
});

Deno.test("while the market is closed the index signals stay as they are", () => {
  const settings = { vixLevel: 25, vixSpikePct: 0.2, indexDropPct: 0.02 };
  const inputs = { ...vix(40, 20), ...index(600, 650), marketOpen: false };
  assert.deepEqual(states(settings, inputs), ["unknown", "unknown", "unknown"]);
  assert.deepEqual(states(settings, { ...vix(10, 10), ...index(650, 650), marketOpen: false }), [
    "unknown",
    "unknown",
    "unknown",
  ]);
});

Deno.test("a sector's share counts its names' gross exposure, options by their underlying", () => {
  const sectors = new Map([["AAPL", "Technology"], ["MSFT", "Technology"], ["XOM", "Energy"]]);
  const names = [nameView("AAPL", 300), nameView("MSFT", 200), nameView("XOM", 100), nameView("SPY", 400)];
  // 500 of 1,000.
  const inputs = { sectors, names, grossExposure: 1_000 };
  const found = onlyFinding({ sectorConcentrationPct: 0.4 }, inputs);
  assert.equal(found.scope, "Technology");
  near(found.value, 0.5);
  // (500 − x) / (1,000 − x) = 0.4 at x = 166.67.
  assert.equal(found.action, "reduce by 167");
  assert.deepEqual(states({ sectorConcentrationPct: 0.5 }, inputs), ["holding"]);
  assert.deepEqual(states({ sectorConcentrationPct: 0.6 }, inputs), []);
});

Deno.test("a sector with a name of unknown exposure is unknown, and so is every sector of an unknown book", () => {
  const sectors = new Map([["AAPL", "Technology"], ["MSFT", "Technology"], ["XOM", "Energy"]]);
  const names = [nameView("AAPL", 300), nameView("MSFT", null), nameView("XOM", 600)];
  const found = findings({ sectorConcentrationPct: 0.4 }, { sectors, names, grossExposure: 1_000 });
  assert.deepEqual(found.map(({ id, state }) => [id, state]), [
    ["sector_concentration:Technology", "unknown"],
    ["sector_concentration:Energy", "holding"],
  ]);
  const whole = states({ sectorConcentrationPct: 0.4 }, { sectors, names, grossExposure: null });
  assert.deepEqual(whole, ["unknown", "unknown"]);
});

Deno.test("earnings are told from some days before to the day itself", () => {
  const on = (...dates: string[]) => ({ earningsDays: 7, earnings: new Map([["NVDA", dates]]) });
  const inputs = { names: [nameView("NVDA", 100), nameView("AAPL", 100)] };
  const found = onlyFinding(on("2026-11-27", "2027-02-24"), inputs);
  assert.equal(found.value, 7);
  assert.equal(found.message, "NVDA reports earnings on 27Nov26, in 7 d");
  assert.equal(onlyFinding(on("2026-11-20"), inputs).message, "NVDA reports earnings today");
  assert.deepEqual(states(on("2026-11-28"), inputs), []);
  assert.deepEqual(states(on("2026-11-19"), inputs), []);
});

Deno.test("dates are counted in New York, whatever the hour in UTC", () => {
  const settings = { earningsDays: 0, earnings: new Map([["NVDA", ["2026-11-20"]]]) };
  const inputs = { names: [nameView("NVDA", 100)] };
  assert.equal(findings(settings, inputs, Date.parse("2026-11-21T04:59:00Z")).length, 1, "23:59 on the 20th");
  assert.equal(findings(settings, inputs, Date.parse("2026-11-21T05:01:00Z")).length, 0, "00:01 on the 21st");
});

Deno.test("the window forgets what is older than it and holds a bounded number of prices", () => {
  const window = new PriceWindow(30 * 60_000);
  window.add(15, 0);
  window.add(18, 60_000);
  assert.equal(window.low(), 15);
  window.add(null, 10 * 60_000);
  assert.equal(window.low(), 15, "a missing price is no price");
  window.add(20, 31 * 60_000);
  assert.equal(window.low(), 18);
  window.add(null, 3 * 3_600_000);
  assert.equal(window.low(), null);
});

Deno.test("a call and a put of one strike whose deltas do not add up are told", () => {
  const pair = (callDelta: number | null, putDelta: number | null) => [
    optionView("SPY 2026-12-18 660 C", { quantity: -2, delta: callDelta }),
    optionView("SPY 2026-12-18 660 P", { quantity: 3, delta: putDelta }),
  ];
  const settings = { greeksTolerance: 0.15 };
  // 0.55 − (−0.47) = 1.02.
  assert.deepEqual(states(settings, { positions: pair(0.55, -0.47) }), []);
  // 0.55 − (−0.70) = 1.25: 0.25 away from 1.
  const found = onlyFinding(settings, { positions: pair(0.55, -0.7) });
  assert.equal(found.rule, "greeks_parity");
  near(found.value, 0.25);
  assert.equal(found.subject, "18Dec26 660 C/P");
  const [call, put] = pair(0.55, -0.7);
  assert.deepEqual(states(settings, { positions: [call!, { ...put!, tradingClass: "SPYW" }] }), [], "other contracts");
});

Deno.test("greeks with the wrong sign or beyond their bounds are told, missing ones are unknown", () => {
  const settings = { greeksTolerance: 0.15 };
  const call = (delta: number | null, more = {}, changes = {}) => ({
    positions: [optionView("SPY 2026-12-18 660 C", { quantity: -2, delta, ...more }, changes)],
  });
  assert.deepEqual(states(settings, call(0.5)), []);
  assert.equal(onlyFinding(settings, call(-0.5)).message, "SPY 18Dec26 660 C has a delta of -0.50, which no call has");
  assert.equal(onlyFinding(settings, call(1.2)).rule, "greeks_bounds");
  assert.equal(onlyFinding(settings, call(0.5, { gamma: -0.01 })).message, "SPY 18Dec26 660 C has a negative gamma");
  assert.equal(onlyFinding(settings, call(0.5, { vega: -0.1 })).message, "SPY 18Dec26 660 C has a negative vega");
  assert.deepEqual(states(settings, call(null)), ["unknown"]);
  assert.deepEqual(states(settings, call(null, {}, { flags: ["BAD_GREEKS"] })), ["holding"]);
  assert.deepEqual(states({}, call(-0.5)), []);
});
