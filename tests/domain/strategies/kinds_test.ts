import assert from "node:assert/strict";
import { recogniseStructures } from "../../../src/domain/strategies/recognise.ts";
import type { StrategyKind, StrategySide, Structure } from "../../../src/domain/strategies/strategy.ts";
import { call, DEC, JAN, put, stock, told } from "./legs.ts";

function only(structures: readonly Structure[]): Structure {
  assert.equal(structures.length, 1, told(structures).join("; "));
  return structures[0]!;
}

function assertIs(structure: Structure, kind: StrategyKind, side: StrategySide, units: number): void {
  assert.deepEqual([structure.kind, structure.side, structure.units], [kind, side, units]);
}

/** Amounts, or the word for what is none. */
function extremes({ maxProfit, maxLoss }: Structure): (number | string)[] {
  return [maxProfit, maxLoss].map((extreme) => {
    return extreme.kind === "amount" ? Number(extreme.amount.toFixed(6)) : extreme.kind;
  });
}

Deno.test("a covered call makes at most strike less cost plus premium, and loses down to a price of 0", () => {
  const found = only(recogniseStructures([stock(800, 228.4), call(-8, 280, 3.84)]));
  assertIs(found, "covered_call", null, 8);
  assert.equal(found.name, "Covered call");
  // 800 × (280 − 228.40) + 8 × 100 × 3.84 = 41,280 + 3,072 = 44,352; 800 × 228.40 − 3,072 = 179,648.
  assert.deepEqual(extremes(found), [44_352, 179_648]);
  // 228.40 − 3.84 = 224.56.
  assert.deepEqual(found.breakevens!.map((price) => price.toFixed(6)), ["224.560000"]);
  assert.equal(found.uncoveredShorts, 0);
  assert.equal(found.premium!.toFixed(6), "3072.000000");
});

Deno.test("a covered put makes at most cost less strike plus premium, and loses without limit", () => {
  const found = only(recogniseStructures([stock(-200, 101), put(-2, 95, 2)]));
  assertIs(found, "covered_put", null, 2);
  // 200 × (101 − 95) + 2 × 100 × 2 = 1,200 + 400; even at 101 + 2 = 103.
  assert.deepEqual(extremes(found), [1_600, "unlimited"]);
  assert.deepEqual(found.breakevens, [103]);
  assert.equal(found.uncoveredShorts, 0);
});

Deno.test("a collar is bounded on both sides by its strikes", () => {
  const found = only(recogniseStructures([stock(100, 100), put(1, 95, 2), call(-1, 110, 1.5)]));
  assertIs(found, "collar", "long", 1);
  // Net premium −0.50: up (110 − 100 − 0.5) × 100 = 950, down (100 − 95 + 0.5) × 100 = 550, even at 100.50.
  assert.deepEqual(extremes(found), [950, 550]);
  assert.deepEqual(found.breakevens, [100.5]);
});

Deno.test("short stock with a short put below a long call is a short collar", () => {
  const found = only(recogniseStructures([stock(-100, 100), put(-1, 95, 2), call(1, 110, 1.5)]));
  assertIs(found, "collar", "short", 1);
  // Premium +0.50: down (100 + 0.5 − 95) × 100 = 550, up (110 − 100 − 0.5) × 100 = 950.
  assert.deepEqual(extremes(found), [550, 950]);
  assert.equal(found.uncoveredShorts, 0);
});

Deno.test("a call bought below a call sold is a debit vertical", () => {
  const found = only(recogniseStructures([call(20, 400, 24.1), call(-20, 440, 10.85)]));
  assertIs(found, "vertical", "debit", 20);
  assert.equal(found.name, "Call vertical");
  // Debit 24.10 − 10.85 = 13.25: loss 13.25 × 2,000 = 26,500; profit (40 − 13.25) × 2,000 = 53,500; even at 413.25.
  assert.deepEqual(extremes(found), [53_500, 26_500]);
  assert.deepEqual(found.breakevens, [413.25]);
});

Deno.test("a put sold above a put bought is a credit vertical", () => {
  const found = only(recogniseStructures([put(-10, 655, 1.07), put(10, 650, 0.34)]));
  assertIs(found, "vertical", "credit", 10);
  // Credit 0.73: profit 730; loss (5 − 0.73) × 1,000 = 4,270; even at 655 − 0.73 = 654.27.
  assert.deepEqual(extremes(found), [730, 4_270]);
  assert.deepEqual(found.breakevens!.map((price) => price.toFixed(6)), ["654.270000"]);
});

Deno.test("puts and calls name their verticals credit or debit the other way round", () => {
  const side = (legs: Parameters<typeof recogniseStructures>[0]) => only(recogniseStructures(legs)).side;
  assert.equal(side([call(-1, 100), call(1, 110)]), "credit");
  assert.equal(side([put(1, 110), put(-1, 100)]), "debit");
});

Deno.test("one call bought against two sold higher is a ratio spread, with one of them uncovered", () => {
  const found = only(recogniseStructures([call(5, 100, 4), call(-10, 110, 1.5)]));
  assertIs(found, "ratio_spread", null, 5);
  assert.equal(found.name, "Call ratio spread");
  // Debit 4 − 2 × 1.5 = 1 a unit: at 110 it makes (10 − 1) × 500 = 4,500; above it one call a unit is open.
  assert.deepEqual(extremes(found), [4_500, "unlimited"]);
  // 100 + 1; 110 + 9.
  assert.deepEqual(found.breakevens, [101, 119]);
  assert.equal(found.uncoveredShorts, 5);
});

Deno.test("one put sold against two bought lower is a back spread", () => {
  const found = only(recogniseStructures([put(-3, 100, 5), put(6, 90, 2)]));
  assertIs(found, "back_spread", null, 3);
  // Credit 5 − 4 = 1 a unit. At 90: (1 − 10) × 300 = −2,700; at 0: (1 − 100 + 2 × 90) × 300 = 24,300.
  assert.deepEqual(extremes(found), [24_300, 2_700]);
  // 90 − 9; 100 − 1.
  assert.deepEqual(found.breakevens, [81, 99]);
  assert.equal(found.uncoveredShorts, 0);
});

Deno.test("a put and a call of one strike are a straddle", () => {
  const found = only(recogniseStructures([put(4, 100, 3), call(4, 100, 3.5)]));
  assertIs(found, "straddle", "long", 4);
  // Debit 6.50: loss 2,600 at 100; even at 93.50 and 106.50; unlimited above.
  assert.deepEqual(extremes(found), ["unlimited", 2_600]);
  assert.deepEqual(found.breakevens, [93.5, 106.5]);
});

Deno.test("a put sold below a call sold is a short strangle, both uncovered", () => {
  const found = only(recogniseStructures([put(-10, 165, 4.1), call(-10, 195, 6.7)]));
  assertIs(found, "strangle", "short", 10);
  assert.equal(found.name, "Short strangle");
  // Credit 10.80 × 1,000; even at 165 − 10.80 and 195 + 10.80.
  assert.deepEqual(extremes(found), [10_800, "unlimited"]);
  assert.deepEqual(found.breakevens!.map((price) => price.toFixed(6)), ["154.200000", "205.800000"]);
  assert.equal(found.uncoveredShorts, 20);
});

Deno.test("a strangle whose strikes cross is named guts", () => {
  assert.equal(only(recogniseStructures([put(1, 105), call(1, 95)])).name, "Long guts");
});

Deno.test("one, two and one calls are a butterfly", () => {
  const found = only(recogniseStructures([call(2, 90, 12), call(-4, 100, 5), call(2, 110, 1)]));
  assertIs(found, "butterfly", "long", 2);
  assert.equal(found.name, "Call butterfly");
  // Debit 12 − 10 + 1 = 3: profit at 100 (10 − 3) × 200 = 1,400; loss 600; even at 93 and 107.
  assert.deepEqual(extremes(found), [1_400, 600]);
  assert.deepEqual(found.breakevens, [93, 107]);
});

Deno.test("a butterfly with wings of two widths says so", () => {
  const found = only(recogniseStructures([put(-1, 80, 1), put(2, 95, 3), put(-1, 100, 5)]));
  assertIs(found, "butterfly", "short", 1);
  assert.equal(found.name, "Short broken-wing put butterfly");
  // 1 − 6 + 5 = 0 a unit. At 95: −(100 − 95) = −5; at 80 and below: 2 × 15 − 20 = +10; even from 100 up, and at 90.
  assert.deepEqual(extremes(found), [1_000, 500]);
  assert.deepEqual(found.breakevens, [90, 100]);
});

Deno.test("an iron condor is one strategy and not two verticals; it risks its wider wing less the credit", () => {
  const found = only(
    recogniseStructures([put(2, 6200, 61.3), put(-2, 6350, 88.4), call(-2, 6850, 52.1), call(2, 7000, 21.6)]),
  );
  assertIs(found, "iron_condor", "credit", 2);
  assert.equal(found.name, "Iron condor");
  // Credit 88.40 − 61.30 + 52.10 − 21.60 = 57.60: profit 11,520; loss (150 − 57.60) × 200 = 18,480.
  assert.deepEqual(extremes(found), [11_520, 18_480]);
  // 6,350 − 57.60 and 6,850 + 57.60.
  assert.deepEqual(found.breakevens!.map((price) => price.toFixed(6)), ["6292.400000", "6907.600000"]);
  assert.deepEqual(found.legs.map(({ quantity }) => quantity), [2, -2, -2, 2]);
});

Deno.test("an iron condor that was bought is a reverse one", () => {
  const found = only(recogniseStructures([put(-1, 85, 0.5), put(1, 95, 2), call(1, 105, 2.2), call(-1, 110, 0.9)]));
  assertIs(found, "iron_condor", "debit", 1);
  assert.equal(found.name, "Reverse iron condor");
  // Debit 2 − 0.5 + 2.2 − 0.9 = 2.80: best below 85, (10 − 2.8) × 100 = 720.
  assert.deepEqual(extremes(found), [720, 280]);
});

Deno.test("an iron condor whose inner strikes meet is an iron butterfly", () => {
  const found = only(recogniseStructures([put(1, 90, 1), put(-1, 100, 4), call(-1, 100, 4.5), call(1, 110, 1.5)]));
  assertIs(found, "iron_butterfly", "credit", 1);
  // Credit 6: profit 600; loss (10 − 6) × 100.
  assert.deepEqual(extremes(found), [600, 400]);
  assert.deepEqual(found.breakevens, [94, 106]);
});

Deno.test("one strike in two expiries is a calendar, whose payoff at the near expiry is not arithmetic", () => {
  const found = only(recogniseStructures([call(-3, 100, 2), call(3, 100, 4, { expiry: JAN })]));
  assertIs(found, "calendar", "long", 3);
  assert.equal(found.name, "Call calendar");
  const unknown = { kind: "unknown", reason: "several_expiries" };
  assert.deepEqual([found.maxProfit, found.maxLoss, found.breakevens], [unknown, unknown, null]);
  assert.equal(found.uncoveredShorts, 0);
  // 3 × 100 × (2 − 4), paid.
  assert.equal(found.premium, -600);
});

Deno.test("a calendar sold far and bought near leaves its far leg uncovered", () => {
  const found = only(recogniseStructures([put(3, 100), put(-3, 100, null, { expiry: JAN })]));
  assertIs(found, "calendar", "short", 3);
  assert.equal(found.uncoveredShorts, 3);
});

Deno.test("two strikes in two expiries are a diagonal", () => {
  const found = only(recogniseStructures([call(-3, 110), call(3, 100, null, { expiry: JAN })]));
  assertIs(found, "diagonal", "long", 3);
  assert.equal(found.name, "Call diagonal");
});

Deno.test("a box is worth the distance between its strikes at any price", () => {
  const found = only(recogniseStructures([call(1, 90, 12), call(-1, 110, 2), put(1, 110, 11), put(-1, 90, 1.5)]));
  assertIs(found, "box", "long", 1);
  // Debit 12 − 2 + 11 − 1.5 = 19.50 for 20: 50 are made, whatever happens, so the loss is less than none.
  assert.deepEqual(extremes(found), [50, -50]);
  assert.deepEqual(found.breakevens, []);
});

Deno.test("stock, put and call of one strike are a conversion, and a reversal the other way round", () => {
  const conversion = only(recogniseStructures([stock(100, 100), put(1, 105, 7), call(-1, 105, 2.5)]));
  assertIs(conversion, "conversion", null, 1);
  assert.equal(conversion.name, "Conversion");
  // 105 is sure: 105 − 100 − 7 + 2.5 = 0.50.
  assert.deepEqual(extremes(conversion), [50, -50]);
  const reversal = only(recogniseStructures([stock(-100, 100), put(-1, 105, 7), call(1, 105, 2.5)]));
  assert.equal(reversal.name, "Reversal");
  assert.deepEqual(extremes(reversal), [-50, 50]);
});

Deno.test("what forms nothing is left over under its own name", () => {
  const found = recogniseStructures([stock(-50, 20), put(-1, 15, 1), call(2, 25, null, { expiry: JAN })]);
  assert.deepEqual(told(found), ["50 Short stock: -50", "1 Short put: -1 P15", "2 Long call: 2 C25 Jan"]);
  assert.deepEqual(extremes(found[0]!), [1_000, "unlimited"]);
  // A cash-secured put is uncovered: 100 × (15 − 1).
  assert.deepEqual([...extremes(found[1]!), found[1]!.uncoveredShorts], [100, 1_400, 1]);
});

Deno.test("without an average price the payoff is unknown and says why", () => {
  const found = only(recogniseStructures([call(1, 100, 3), call(-1, 110)]));
  assert.deepEqual(found.maxLoss, { kind: "unknown", reason: "no_average_price" });
  assert.deepEqual([found.breakevens, found.premium], [null, null]);
  assert.deepEqual(only(recogniseStructures([put(-1, 100, NaN)])).maxLoss, {
    kind: "unknown",
    reason: "no_average_price",
  });
});

Deno.test("the payoff of an adjusted option is unknown: it delivers no plain shares", () => {
  const found = only(recogniseStructures([call(1, 100, 3, { tradingClass: "XYZ1" })]));
  assert.deepEqual(found.maxLoss, { kind: "unknown", reason: "unknown_terms" });
});

Deno.test("a stretch without profit or loss gives its ends as breakevens", () => {
  // Paid nothing: 0 up to 100, then rising to 10 at 110.
  const found = only(recogniseStructures([call(1, 100, 2), call(-1, 110, 2)]));
  assert.deepEqual([extremes(found), found.breakevens], [[1_000, 0], [0, 100]]);
  assert.equal(found.legs[0]!.instrument.expiry, DEC);
});
