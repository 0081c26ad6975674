import assert from "node:assert/strict";
import { recogniseStructures } from "../../../src/domain/strategies/recognise.ts";
import { call, DEC, JAN, MAR, position, put, stock, told } from "./legs.ts";

function toldOf(holdings: Parameters<typeof recogniseStructures>[0]): string[] {
  return told(recogniseStructures(holdings));
}

Deno.test("one lot of stock covers one call and no more", () => {
  assert.deepEqual(toldOf([stock(100), call(-3, 110)]), ["1 Covered call: 100, -1 C110", "2 Short call: -2 C110"]);
});

Deno.test("one lot of stock does not cover calls of two strikes", () => {
  const found = recogniseStructures([stock(100), call(-1, 110), call(-1, 120)]);
  assert.deepEqual(told(found), ["1 Covered call: 100, -1 C110", "1 Short call: -1 C120"]);
  assert.equal(found[1]!.uncoveredShorts, 1);
});

Deno.test("shares beyond whole lots are left over, fractions kept", () => {
  assert.deepEqual(toldOf([stock(250.5), call(-3, 110)]), [
    "2 Covered call: 200, -2 C110",
    "50.5 Long stock: 50.5",
    "1 Short call: -1 C110",
  ]);
});

Deno.test("a position is split: six of ten contracts in one strategy, four in another", () => {
  // The puts are all of one lot size; four calls have no wing, but stock.
  const found = toldOf([put(6, 80), put(-6, 90), call(-10, 110), call(6, 120), stock(400)]);
  assert.deepEqual(found, [
    "4 Covered call: 400, -4 C110",
    "6 Iron condor: 6 P80, -6 P90, -6 C110, 6 C120",
  ]);
});

Deno.test("fewer uncovered shorts come before fewer strategies", () => {
  // As a strangle and stock it would be two, with one call and one put uncovered; covered, only the put is.
  assert.deepEqual(toldOf([stock(100), call(-1, 110), put(-1, 90)]), [
    "1 Covered call: 100, -1 C110",
    "1 Short put: -1 P90",
  ]);
});

Deno.test("fewer strategies come before the list's order", () => {
  // Two verticals stand earlier in the list than a butterfly or a box.
  assert.deepEqual(toldOf([call(1, 90), call(-2, 100), call(1, 110)]), ["1 Call butterfly: 1 C90, -2 C100, 1 C110"]);
  assert.deepEqual(toldOf([call(1, 90), call(-1, 100), put(1, 100), put(-1, 90)]), [
    "1 Long box: -1 P90, 1 P100, 1 C90, -1 C100",
  ]);
});

Deno.test("of equally many strategies the earlier kind is taken", () => {
  // The sold call could go with the stock, the call of its own month or the later one.
  assert.deepEqual(toldOf([stock(100), call(-1, 110), call(1, 120)])[0], "1 Covered call: 100, -1 C110");
  assert.deepEqual(
    toldOf([call(-1, 110), call(1, 120), call(1, 110, null, { expiry: JAN })])[0],
    "1 Call vertical: -1 C110, 1 C120",
  );
  assert.deepEqual(toldOf([put(1, 95), put(1, 100), call(1, 100)])[0], "1 Long straddle: 1 P100, 1 C100");
});

Deno.test("of equal choices the one with the strikes closest together is taken", () => {
  assert.deepEqual(toldOf([call(-1, 100), call(1, 105), call(-1, 110), call(1, 115)]), [
    "1 Call vertical: -1 C100, 1 C105",
    "1 Call vertical: -1 C110, 1 C115",
  ]);
});

Deno.test("of equal choices with equal strikes the one with the expiries closest together is taken", () => {
  const found = toldOf([call(-1, 100), call(1, 100, null, { expiry: MAR }), call(1, 100, null, { expiry: JAN })]);
  assert.deepEqual(found, ["1 Call calendar: -1 C100, 1 C100 Jan", "1 Long call: 1 C100 Mar"]);
});

Deno.test("ten against seventeen are ten verticals and seven left over, not a spread of an odd ratio", () => {
  assert.deepEqual(toldOf([call(10, 100), call(-17, 110)]), [
    "10 Call vertical: 10 C100, -10 C110",
    "7 Short call: -7 C110",
  ]);
});

Deno.test("collars take the puts there are, and the other calls stay covered", () => {
  assert.deepEqual(toldOf([stock(800), call(-8, 110), put(5, 95)]), [
    "3 Covered call: 300, -3 C110",
    "5 Collar: 500, 5 P95, -5 C110",
  ]);
});

Deno.test("a put above the call makes no collar", () => {
  assert.deepEqual(toldOf([stock(100), put(1, 110), call(-1, 100)]), [
    "1 Covered call: 100, -1 C100",
    "1 Long put: 1 P110",
  ]);
});

Deno.test("an option without a multiplier covers nothing and is covered by nothing", () => {
  assert.deepEqual(toldOf([stock(100), call(-1, 110, null, { multiplier: 0 })]), [
    "100 Long stock: 100",
    "1 Short call: -1 C110",
  ]);
});

Deno.test("a put of another month makes no collar", () => {
  assert.deepEqual(toldOf([stock(800), call(-8, 280), put(5, 260, null, { expiry: JAN })]), [
    "8 Covered call: 800, -8 C280",
    "5 Long put: 5 P260 Jan",
  ]);
});

Deno.test("a long call that expires first covers nothing, one that expires later covers", () => {
  const early = recogniseStructures([call(5, 110), call(-5, 110, null, { expiry: JAN })]);
  assert.deepEqual([early[0]!.name, early[0]!.uncoveredShorts], ["Short call calendar", 5]);
  // The calls of March cover five; five stay uncovered whatever the name.
  const found = recogniseStructures([
    call(-10, 110, null, { expiry: JAN }),
    call(5, 100, null, { expiry: MAR }),
    call(20, 115),
  ]);
  assert.equal(found.reduce((sum, { uncoveredShorts }) => sum + uncoveredShorts, 0), 5);
});

Deno.test("weekly and monthly index options of one day settle apart: no vertical, but cover", () => {
  const spx = { symbol: "SPX", tradingClass: "SPX" };
  const spxw = { symbol: "SPX", tradingClass: "SPXW" };
  const found = recogniseStructures([put(1, 6200, 3, spx), put(-1, 6300, 5, spxw)]);
  assert.deepEqual(found.map(({ name, uncoveredShorts }) => [name, uncoveredShorts]), [["Short put diagonal", 0]]);
  assert.deepEqual(found[0]!.maxLoss, { kind: "unknown", reason: "several_expiries" });
});

Deno.test("adjusted options go only with their own class, and plain shares do not cover them", () => {
  const adjusted = { tradingClass: "XYZ1" };
  assert.deepEqual(toldOf([stock(100), call(-1, 110, null, adjusted), call(1, 120)]), [
    "100 Long stock: 100",
    "1 Short call: -1 C110",
    "1 Long call: 1 C120",
  ]);
  assert.deepEqual(toldOf([call(1, 100, null, adjusted), call(-1, 110, null, adjusted)]), [
    "1 Call vertical: 1 C100, -1 C110",
  ]);
});

Deno.test("options of another multiplier do not go together; shares go with the standard ones", () => {
  assert.deepEqual(toldOf([stock(100), call(-1, 110), call(-1, 110, null, { multiplier: 10 })]), [
    "1 Covered call: 100, -1 C110",
    "1 Short call: -1 C110",
  ]);
});

Deno.test("names and currencies do not mix", () => {
  const other = { symbol: "ABC", underlying: "ABC" };
  assert.deepEqual(toldOf([stock(100), call(-1, 110, null, other)]).length, 2);
  assert.deepEqual(toldOf([stock(100, null, { currency: "EUR" }), call(-1, 110)]).length, 2);
});

Deno.test("one short future covers one put on it", () => {
  const es = {
    symbol: "ES",
    underlying: "ES",
    multiplier: 50,
    assetType: "FUTURE_OPTION",
    tradingClass: "ES",
  } as const;
  const future = position(-1, { ...es, assetType: "FUTURE", expiry: DEC }, { avgPrice: 6642.75 });
  const found = recogniseStructures([future, put(-2, 6400, 96.5, es)]);
  assert.deepEqual(found.map(({ name, units }) => [name, units]), [["Covered put", 1], ["Short put", 1]]);
  // (6,642.75 + 96.50 − 6,400) × 50 = 16,962.50.
  assert.deepEqual(found[0]!.maxProfit, { kind: "amount", amount: 16_962.5 });
});

Deno.test("a future that expires before the option does not cover it", () => {
  const es = {
    symbol: "ES",
    underlying: "ES",
    multiplier: 50,
    assetType: "FUTURE_OPTION",
    tradingClass: "ES",
  } as const;
  const future = position(-1, { ...es, assetType: "FUTURE", expiry: DEC });
  assert.deepEqual(recogniseStructures([future, put(-1, 6400, null, { ...es, expiry: JAN })]).map(({ name }) => name), [
    "Short future",
    "Short put",
  ]);
});

Deno.test("currency, bonds and funds stand alone, and a position of 0 is in nothing", () => {
  const cash = position(20_000, { symbol: "EUR.USD", assetType: "FOREX" }, { avgPrice: 1.1387 });
  assert.deepEqual(toldOf([cash, position(5, { assetType: "BOND" }), call(0, 110)]), [
    "20000 Long currency: 20000",
    "5 Long bond: 5",
  ]);
  assert.deepEqual(recogniseStructures([]), []);
});

Deno.test("a quantity that is no number is refused", () => {
  assert.throws(() => recogniseStructures([call(NaN, 110)]), /Cannot find strategies with NaN XYZ/);
});

Deno.test("a contract bought in one account and sold in another offsets, and is no uncovered short", () => {
  const found = recogniseStructures([call(3, 110, 2), call(-1, 110, 2.5)]);
  assert.deepEqual(told(found), ["1 Offsetting calls: -1 C110, 1 C110", "2 Long call: 2 C110"]);
  // Sold at 2.50, bought at 2: 50 whatever the price.
  assert.deepEqual([found[0]!.maxProfit, found[0]!.maxLoss], [
    { kind: "amount", amount: 50 },
    { kind: "amount", amount: -50 },
  ]);
});

Deno.test("a large group is recognised too: iron condors of several months stay whole", () => {
  const months = [DEC, JAN, MAR];
  const condors = months.flatMap((expiry, at) => [
    put(at + 1, 80, null, { expiry }),
    put(-at - 1, 90, null, { expiry }),
    call(-at - 1, 110, null, { expiry }),
    call(at + 1, 120, null, { expiry }),
  ]);
  const found = recogniseStructures([...condors, stock(100)]);
  assert.deepEqual(found.map(({ units, name }) => `${units} ${name}`), [
    "1 Iron condor",
    "2 Iron condor",
    "3 Iron condor",
    "100 Long stock",
  ]);
});
