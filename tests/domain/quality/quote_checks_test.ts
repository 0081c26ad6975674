import assert from "node:assert/strict";
import { flagList } from "../../../src/domain/quality/flag_set.ts";
import { quoteFlags, type QuoteState } from "../../../src/domain/quality/quote_checks.ts";
import type { Flag } from "../../../src/domain/risk/snapshot.ts";

const NOW = Date.parse("2026-11-20T15:30:00Z");
const STALE_MS = 10_000;
const SETTINGS = { staleSeconds: 10, rotationSeconds: 30 };
/** Two turns of the rotation. */
const ROTATIONS_MS = 60_000;

/** A live option quote without fault. */
const GOOD: QuoteState = {
  isOption: true,
  bid: 7.1,
  ask: 7.3,
  last: 7.2,
  close: 6.45,
  brokerMark: NaN,
  delta: 0.5,
  gamma: 0.02,
  vega: 0.2,
  theta: -0.05,
  line: "live",
  lineSince: NOW - 3_600_000,
  dataType: "live",
  arrivedAt: NOW - 100,
  brokerTime: NOW,
  marketOpen: true,
  outlier: false,
};

function flags(quote: Partial<QuoteState>, linkDead = false): readonly Flag[] {
  return flagList(quoteFlags({ ...GOOD, ...quote }, linkDead, NOW, SETTINGS));
}

const NO_PRICE = { bid: NaN, ask: NaN, last: NaN, close: NaN };

const CASES: readonly (readonly [string, Partial<QuoteState>, readonly Flag[]])[] = [
  ["a good quote has none", {}, []],
  ["no price of any kind is MISSING", NO_PRICE, ["MISSING"]],
  ["a broker's mark alone is a price", { ...NO_PRICE, brokerMark: 7 }, []],
  ["bid above ask is CROSSED", { bid: 8 }, ["CROSSED"]],
  ["bid at ask is not CROSSED", { bid: 7.3 }, []],
  ["one side alone is ONE_SIDED", { bid: NaN }, ["ONE_SIDED"]],
  ["an option's bid of 0 is real", { bid: 0 }, []],
  ["a stock's bid of 0 beside an ask is ZERO_QUOTE", { bid: 0, isOption: false }, ["ZERO_QUOTE"]],
  ["a line silent for longer than the setting is QUIET, not STALE", { arrivedAt: NOW - STALE_MS - 1 }, ["QUIET"]],
  ["a line silent for just the setting is neither", { arrivedAt: NOW - STALE_MS }, []],
  ["a silent line of a closed market is only CLOSED", { arrivedAt: NOW - 1e7, marketOpen: false }, ["CLOSED"]],
  ["a dead line is STALE", { line: "dead" }, ["STALE"]],
  ["a line lent to others is ROTATED", { line: "rotated", lineSince: NOW - ROTATIONS_MS }, ["ROTATED"]],
  ["a line that missed its second turn is STALE too", { line: "rotated", lineSince: NOW - ROTATIONS_MS - 1 }, [
    "STALE",
    "ROTATED",
  ]],
  ["a line lent to others in a closed market misses nothing", { line: "rotated", marketOpen: false }, [
    "ROTATED",
    "CLOSED",
  ]],
  ["a line lent to others that never had a price is MISSING, not old", {
    ...NO_PRICE,
    line: "rotated",
    arrivedAt: 0,
  }, ["MISSING", "ROTATED"]],
  ["a quiet dead line is STALE, not QUIET", { line: "dead", arrivedAt: NOW - 1e6 }, ["STALE"]],
  ["a dead line without a price is both", { ...NO_PRICE, line: "dead", arrivedAt: 0 }, ["MISSING", "STALE"]],
  ["a quiet delayed line tells both", { dataType: "delayed", arrivedAt: NOW - 1e6 }, ["QUIET", "DELAYED"]],
  ["a price that waits to be confirmed is OUTLIER", { outlier: true }, ["OUTLIER"]],
  ["an outlier in a crossed quote tells both", { outlier: true, bid: 8 }, ["CROSSED", "OUTLIER"]],
  ["an ask of 0 below a bid is ZERO_QUOTE and CROSSED", { ask: 0 }, ["CROSSED", "ZERO_QUOTE"]],
  ["a worthless option with both sides at 0 is no fault", { bid: 0, ask: 0 }, []],
  ["an option without any one greek is NO_GREEKS", { theta: NaN }, ["NO_GREEKS"]],
  ["greeks partly absent and partly out of bounds tell both", { delta: NaN, vega: -1 }, ["NO_GREEKS", "BAD_GREEKS"]],
  ["a position without a line has only its price's flags", { line: "none", arrivedAt: 0, dataType: "delayed" }, []],
  ["a line asked for anew and unanswered is STALE: its price is of before", {
    line: "requested",
    arrivedAt: NOW - STALE_MS - 1,
  }, ["STALE"]],
  ["a refused subscription is NO_PERMISSION", { line: "no-permission" }, ["NO_PERMISSION"]],
  ["delayed data is DELAYED", { dataType: "delayed" }, ["DELAYED"]],
  ["frozen data is FROZEN", { dataType: "frozen" }, ["FROZEN"]],
  ["delayed-frozen data is both", { dataType: "delayed-frozen" }, ["DELAYED", "FROZEN"]],
  ["an option without a delta is NO_GREEKS", { delta: NaN }, ["NO_GREEKS"]],
  ["a stock needs no greeks", { delta: NaN, isOption: false }, []],
  ["a delta of −1 is real", { delta: -1 }, []],
  ["a delta a hair beyond 1 is rounding", { delta: 1 + 5e-7 }, []],
  ["a delta beyond 1 is BAD_GREEKS", { delta: 1.001 }, ["BAD_GREEKS"]],
  ["a negative gamma is BAD_GREEKS", { gamma: -0.001 }, ["BAD_GREEKS"]],
  ["a negative vega is BAD_GREEKS", { vega: -0.001 }, ["BAD_GREEKS"]],
  ["a broker's time two seconds ahead is let pass", { brokerTime: NOW + 2_000 }, []],
  ["a broker's time further ahead is FUTURE_TIME", { brokerTime: NOW + 2_001 }, ["FUTURE_TIME"]],
  ["several at once are all told (mistake 4)", { bid: NaN, delta: NaN, dataType: "delayed", marketOpen: false }, [
    "CLOSED",
    "ONE_SIDED",
    "DELAYED",
    "NO_GREEKS",
  ]],
];

for (const [sentence, quote, expected] of CASES) {
  Deno.test(`quote checks: ${sentence}`, () => assert.deepEqual(flags(quote), expected));
}

Deno.test("quote checks: with the link dead every quote is STALE, and none merely QUIET (mistakes 11 and 19)", () => {
  assert.deepEqual(flags({}, true), ["STALE"]);
  assert.deepEqual(flags({ arrivedAt: NOW - 1e6 }, true), ["STALE"]);
  assert.deepEqual(flags({ marketOpen: false, arrivedAt: NOW - 1e6 }, true), ["STALE", "CLOSED"]);
});

Deno.test("quote checks: with the link dead a broker's mark is STALE without ever having had a line (mistake 19)", () => {
  const marked = { ...NO_PRICE, brokerMark: 7, line: "none", arrivedAt: 0 } as const;
  assert.deepEqual(flags(marked), []);
  assert.deepEqual(flags(marked, true), ["STALE"]);
  assert.deepEqual(flags({ ...marked, brokerMark: NaN }, true), ["MISSING"]);
});

Deno.test("quote checks: a time stamp read in a zone that is ahead is told, whatever else is (mistake 11)", () => {
  for (const hours of [1, 5, 8]) {
    assert.deepEqual(flags({ brokerTime: NOW + hours * 3_600_000, bid: 8 }), ["CROSSED", "FUTURE_TIME"]);
  }
});

Deno.test("quote checks: silence is measured by our clock, so that a stamp in the wrong zone hides none (mistake 11)", () => {
  for (const hours of [-8, 0, 5]) {
    const quote = flags({ brokerTime: NOW + hours * 3_600_000, arrivedAt: NOW - STALE_MS - 1 });
    assert(quote.includes("QUIET"), `${hours} h: ${quote}`);
  }
});

Deno.test("quote checks: a thousand quiet options of a live link are none of them STALE (mistake 11)", () => {
  for (let seconds = 0; seconds < 1_000; seconds++) {
    assert(!flags({ arrivedAt: NOW - seconds * 1000 }).includes("STALE"));
  }
});
