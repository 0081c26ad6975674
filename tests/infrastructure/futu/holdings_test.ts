import assert from "node:assert/strict";
import type { Instrument } from "../../../src/domain/instrument.ts";
import { holdingsOf, UnreadablePosition, valueDoubt } from "../../../src/infrastructure/futu/holdings.ts";
import type { FutuPosition } from "../../../src/infrastructure/futu/wire/messages.ts";
import { position } from "./scripted_opend.ts";

const indices = new Map<string, number>();

function holdings(rows: readonly FutuPosition[], assetType: Instrument["assetType"] = "STOCK") {
  return holdingsOf("A", rows, ({ code }) => {
    if (!indices.has(code)) indices.set(code, indices.size);
    return { index: indices.get(code)!, instrument: { assetType, currency: "USD" } as Instrument };
  });
}

const sizes = (rows: readonly FutuPosition[]) => holdings(rows).map(({ quantity, avgPrice }) => [quantity, avgPrice]);

Deno.test("a short position is negative, whichever way its size is written", () => {
  assert.deepEqual(sizes([position("A", -5)]), [[-5, 100]]);
  assert.deepEqual(sizes([position("A", 5, { positionSide: 1 })]), [[-5, 100]]);
  assert.deepEqual(sizes([position("A", 5)]), [[5, 100]]);
});

Deno.test("the average price is what was paid; the diluted cost of securities is another number", () => {
  assert.equal(
    holdings([position("A", 5, { averageCostPrice: null, costPrice: 88, dilutedCostPrice: 88 })])[0]?.avgPrice,
    null,
  );
  assert.equal(holdings([position("A", 5, { averageCostPrice: 0, costPrice: 88 })])[0]?.avgPrice, null);
  assert.equal(holdings([position("ES", 1, { averageCostPrice: null, costPrice: 6600 })], "FUTURE")[0]?.avgPrice, 6600);
});

Deno.test("several rows of one contract add up, their prices weighted by size", () => {
  // (100 × 10 + 50 × 16) / 150 = 12.
  const rows = [position("A", 100, { averageCostPrice: 10 }), position("A", 50, { averageCostPrice: 16 })];
  assert.deepEqual(sizes(rows), [[150, 12]]);
  const [held] = holdings(rows);
  assert.deepEqual(held?.pnl, { dailyPnl: 6, unrealizedPnl: 24, realizedPnl: null });
  assert.equal(held?.marketValue, 15_150);
});

Deno.test("a long and a short row of one contract net, and what they earned at a price stays the same", () => {
  // 100 at 10 and −40 at 13: 60 at (1000 − 520) / 60 = 8. At 20: 100·10 − 40·7 = 720 = 60·12.
  const rows = [position("A", 100, { averageCostPrice: 10 }), position("A", -40, { averageCostPrice: 13 })];
  assert.deepEqual(sizes(rows), [[60, 8]]);
  assert.deepEqual(sizes([position("A", 5), position("A", -5)]), [[0, null]]);
});

Deno.test("with one price unknown the average is unknown, unless nothing is held there", () => {
  assert.deepEqual(sizes([position("A", 100), position("A", 50, { averageCostPrice: null })]), [[150, null]]);
  assert.deepEqual(sizes([position("A", 100), position("A", 0, { averageCostPrice: null })]), [[100, 100]]);
});

Deno.test("a row that is listed under two markets counts once", () => {
  const row = position("A", 100);
  assert.deepEqual(sizes([row, row]), [[100, 100]]);
});

Deno.test("the row that sums up a combination is left out where its legs are listed, and is unreadable where they are not", () => {
  for (const comboID of [null, "7"]) {
    const combined = position("A261218C100000/A261218C110000", 1, { positionType: 1, comboID });
    const legs = ["C1", "C2"].map((code, at) => position(code, 1 - 2 * at, { positionType: 2, comboID }));
    assert.deepEqual(sizes([combined, ...legs, position("A", 3)]), [[1, 100], [-1, 100], [3, 100]]);
    assert.throws(() => holdings([combined]), UnreadablePosition);
  }
});

Deno.test("legs of one combination say nothing of another", () => {
  const [one, other] = ["7", "8"].map((comboID) => position("X/Y", 1, { positionType: 1, comboID }));
  const leg = position("C1", 1, { positionType: 2, comboID: "7" });
  assert.equal(holdings([one!, leg]).length, 1);
  assert.throws(() => holdings([one!, other!, leg]), UnreadablePosition);
});

Deno.test("a row that comes again counts once, and rows without a number each for itself", () => {
  const again = position("A", 3, { positionID: "5" });
  assert.deepEqual(sizes([again, again]), [[3, 100]]);
  const unnumbered = position("B", 3, { positionID: "0" });
  assert.deepEqual(sizes([unnumbered, unnumbered]), [[6, 100]]);
});

Deno.test("what was closed today is listed as 0, with its earnings and without a price paid", () => {
  const [closed] = holdings([position("A", 0, { td_plVal: -12.5, realizedPL: -12.5, plVal: 0 })]);
  assert.deepEqual([closed?.quantity, closed?.avgPrice], [0, null]);
  assert.deepEqual(closed?.pnl, { dailyPnl: -12.5, unrealizedPnl: 0, realizedPnl: -12.5 });
});

Deno.test("a contract that cannot be told has a price only where OpenD's value is quantity × price", () => {
  const price = (val: number | null, qty = 5) => {
    const row = position("X", qty, { price: 2, ...(val === null ? { val: NaN } : { val }) });
    return holdings([row], "UNKNOWN")[0]?.price;
  };
  assert.equal(price(10), 2);
  assert.equal(price(10.09), 2, "within 1 %");
  assert.equal(price(10.11), null);
  assert.equal(price(1_000), null, "an option of 100: 5 × 2 would be wrong by that");
  assert.equal(price(0), null);
  assert.equal(price(null), null);
  assert.deepEqual([price(-10, -5), price(10, -5), price(0, 0)], [2, 2, null]);
  assert.equal(
    holdings([position("X", 5, { price: 2, val: 1_000 })])[0]?.price,
    2,
    "a contract that is told has its price",
  );
});

Deno.test("a value that does not fit quantity × price × multiplier is a doubt, unless there is nothing to compare", () => {
  const option = { assetType: "OPTION", currency: "USD", multiplier: 100 } as Instrument;
  const row = (val: number, changes: Partial<FutuPosition> = {}) => position("C", -2, { price: 3, val, ...changes });
  assert.equal(valueDoubt(row(-600), option), null);
  assert.equal(valueDoubt(row(600), option), null, "whichever way a short one is signed");
  assert.equal(valueDoubt(row(-629), option), null, "within 5 %");
  assert.deepEqual(valueDoubt(row(-631), option), { said: 631, ours: 600 });
  assert.deepEqual(valueDoubt(row(-3_000), option), { said: 3_000, ours: 600 });
  for (const nothing of [row(0), row(NaN), row(-6, { price: 0 }), row(-6, { qty: 0 }), row(-6, { currency: 1 })]) {
    assert.equal(valueDoubt(nothing, option), null);
  }
  assert.equal(valueDoubt(row(0.01, { price: 0.00001 }), option), null, "a cent is OpenD's rounding");
  for (const assetType of ["FUTURE", "UNKNOWN"] as const) {
    assert.equal(valueDoubt(row(-6), { ...option, assetType }), null, assetType);
  }
});

Deno.test("placeholders are no numbers", () => {
  const [held] = holdings([
    position("A", 5, { price: 0, td_plVal: NaN, plVal: 1.7976931348623157e308, val: Infinity }),
  ]);
  assert.deepEqual(held, {
    account: "A",
    index: indices.get("A"),
    quantity: 5,
    avgPrice: 100,
    price: null,
    marketValue: null,
    pnl: { dailyPnl: null, unrealizedPnl: null, realizedPnl: null },
    currency: "USD",
  });
});
