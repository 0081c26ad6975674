import assert from "node:assert/strict";
import type { AssetType } from "../../../src/domain/instrument.ts";
import { type Mark, type MarkInputs, markPrice } from "../../../src/domain/market/mark.ts";
import { flagList } from "../../../src/domain/quality/flag_set.ts";
import type { Flag, MarkSource } from "../../../src/domain/risk/snapshot.ts";

type Side = "long" | "short";
const BOTH: readonly Side[] = ["long", "short"];
const SETTINGS = { maxSpreadPct: 0.5, wideSpreadFloor: 0.25 };
const NOTHING: MarkInputs = { bid: NaN, ask: NaN, last: NaN, close: NaN, brokerMark: NaN, modelPrice: NaN };

function marked(assetType: AssetType, side: Side, quote: Partial<MarkInputs>): [number, MarkSource, readonly Flag[]] {
  const out: Mark = { price: 0, source: "none", flags: 0 };
  markPrice(assetType, side === "short", { ...NOTHING, ...quote }, SETTINGS, out);
  return [out.price, out.source, flagList(out.flags)];
}

function assertMark(
  assetType: AssetType,
  sides: readonly Side[],
  quote: Partial<MarkInputs>,
  price: number,
  source: MarkSource,
  flags: readonly Flag[] = [],
): void {
  for (const side of sides) assert.deepEqual(marked(assetType, side, quote), [price, source, flags], side);
}

for (const type of ["OPTION", "FUTURE_OPTION", "WARRANT"] as const) {
  Deno.test(`mark: ${type} with both sides is marked at mid, not at its last trade`, () => {
    // (7.00 + 7.50) / 2 = 7.25
    assertMark(type, BOTH, { bid: 7, ask: 7.5, last: 5 }, 7.25, "mid");
  });
}

for (const type of ["STOCK", "FUTURE", "FOREX", "INDEX", "CRYPTO", "FUND", "BOND"] as const) {
  Deno.test(`mark: ${type} is marked at its last trade moved into the quote`, () => {
    assertMark(type, BOTH, { bid: 99, ask: 101, last: 100 }, 100, "last");
    assertMark(type, BOTH, { bid: 99, ask: 101, last: 98 }, 99, "last");
    assertMark(type, BOTH, { bid: 99, ask: 101, last: 105 }, 101, "last");
  });

  Deno.test(`mark: ${type} without a last trade is marked at mid`, () => {
    assertMark(type, BOTH, { bid: 99, ask: 102 }, 100.5, "mid");
  });
}

Deno.test("mark: a spread of exactly half the mid is not yet wide", () => {
  // Mid 4, half of it 2: bid 3, ask 5.
  assertMark("OPTION", BOTH, { bid: 3, ask: 5, brokerMark: 9 }, 4, "mid");
});

Deno.test("mark: a cheap option's spread of 0.25 is not wide, however large a part of its mid", () => {
  // Mid 0.125, half of it 0.0625; but 0.25 is allowed.
  assertMark("OPTION", BOTH, { bid: 0, ask: 0.25, brokerMark: 9 }, 0.125, "mid");
});

Deno.test("mark: a wide option goes by the broker's mark, else the model's price, else mid, and says WIDE", () => {
  // Mid 3, spread 4 > 1.5.
  const wide = { bid: 1, ask: 5, last: 4.5, close: 2 };
  assertMark("OPTION", BOTH, { ...wide, brokerMark: 2.8, modelPrice: 2.9 }, 2.8, "broker", ["WIDE"]);
  assertMark("OPTION", BOTH, { ...wide, modelPrice: 2.9 }, 2.9, "model", ["WIDE"]);
  assertMark("OPTION", BOTH, wide, 3, "mid", ["WIDE"]);
});

Deno.test("mark: an ask without a bid gives a long the last trade within [0, ask], else half the ask", () => {
  assertMark("OPTION", ["long"], { ask: 0.1, last: 0.04 }, 0.04, "last", ["ONE_SIDED"]);
  assertMark("OPTION", ["long"], { ask: 0.1, last: 0.3 }, 0.1, "last", ["ONE_SIDED"]);
  assertMark("OPTION", ["long"], { ask: 0.1 }, 0.05, "mid", ["ONE_SIDED"]);
  assertMark("STOCK", ["long"], { ask: 10, last: 12 }, 10, "last", ["ONE_SIDED"]);
});

Deno.test("mark: an ask without a bid gives a short the ask: what it would cost to buy back", () => {
  assertMark("OPTION", ["short"], { ask: 0.1, last: 0.04 }, 0.1, "mid", ["ONE_SIDED"]);
});

Deno.test("mark: a bid without an ask gives the last trade, at least the bid, else the bid", () => {
  assertMark("OPTION", BOTH, { bid: 2, last: 2.5 }, 2.5, "last", ["ONE_SIDED"]);
  assertMark("OPTION", BOTH, { bid: 2, last: 1.5 }, 2, "last", ["ONE_SIDED"]);
  assertMark("OPTION", BOTH, { bid: 2 }, 2, "mid", ["ONE_SIDED"]);
});

Deno.test("mark: a crossed quote gives the last trade, else the broker's mark, else mid, and says CROSSED", () => {
  for (const type of ["OPTION", "STOCK"] as const) {
    assertMark(type, BOTH, { bid: 11, ask: 10, last: 10.2, brokerMark: 9 }, 10.2, "last", ["CROSSED"]);
    assertMark(type, BOTH, { bid: 11, ask: 10, brokerMark: 9 }, 9, "broker", ["CROSSED"]);
    assertMark(type, BOTH, { bid: 11, ask: 10 }, 10.5, "mid", ["CROSSED"]);
  }
});

Deno.test("mark: a locked quote is not crossed", () => {
  assertMark("OPTION", BOTH, { bid: 10, ask: 10 }, 10, "mid");
});

Deno.test("mark: without a quote the broker's mark counts, then the close, then nothing", () => {
  assertMark("OPTION", BOTH, { brokerMark: 3, close: 2 }, 3, "broker");
  assertMark("OPTION", BOTH, { close: 2 }, 2, "close");
  assertMark("OPTION", BOTH, {}, NaN, "none", ["NO_MARK"]);
  assertMark("STOCK", BOTH, { brokerMark: 3, close: 2 }, 3, "broker");
});

Deno.test("mark: a worthless option, bid 0 and last 0, is not marked at yesterday's close (mistake 3)", () => {
  // Bid 0, ask 0.05: mid 0.025. Bid 0 alone: 0.
  assertMark("OPTION", BOTH, { bid: 0, ask: 0.05, last: 0, close: 1.5 }, 0.025, "mid");
  assertMark("OPTION", BOTH, { bid: 0, last: 0, close: 1.5 }, 0, "last", ["ONE_SIDED"]);
  assertMark("OPTION", BOTH, { bid: 0, close: 1.5 }, 0, "mid", ["ONE_SIDED"]);
});

Deno.test("mark: an unknown kind of contract goes by the broker's price alone", () => {
  assertMark("UNKNOWN", BOTH, { bid: 1, ask: 2, last: 1.5, brokerMark: 7 }, 7, "broker");
});

Deno.test("mark: a price of a spread or a future may be negative", () => {
  assertMark("FUTURE", BOTH, { bid: -38, ask: -37, last: -37.5 }, -37.5, "last");
});
