import assert from "node:assert/strict";
import type { BookEvent, InstrumentIndex } from "../../../src/domain/event.ts";
import type { Flag } from "../../../src/domain/risk/snapshot.ts";
import { BookBuilder, near, type Quote } from "../../support/book_builder.ts";

const GOOD: Quote = {
  bid: 7.1,
  ask: 7.3,
  last: 7.2,
  delta: 0.5,
  gamma: 0.02,
  vega: 0.2,
  theta: -0.05,
  underlyingPrice: 190,
};

/** One call, quoted well an hour ago unless `quote` says otherwise, and what the events did to its line since. */
function bookWith(quote: Quote, events: (instrument: InstrumentIndex, at: number) => readonly BookEvent[] = () => []) {
  const book = new BookBuilder();
  const calls = book.option("AAPL 2026-12-18 190 C");
  book.account("DU1", "USD").holds([{ of: calls, quantity: 5, at: 6 }]);
  book.apply({ kind: "line", instrument: calls, status: "live", detail: null, at: book.now });
  book.quote(calls, { ...GOOD, ...quote });
  book.apply(...events(calls, book.now)).later(3_600_000);
  return { book, calls, assessment: book.assess() };
}

const line =
  (status: "dead" | "rotated" | "no-permission") => (instrument: InstrumentIndex, at: number): BookEvent[] => [
    { kind: "line", instrument, status, detail: null, at },
  ];
const dataType = (type: "delayed" | "frozen") => (instrument: InstrumentIndex): BookEvent[] => [
  { kind: "market-data-type", instrument, type },
];

/** Flag, how it comes about, and whether the quote still counts as live. */
const COUNTED: readonly (readonly [Flag, Quote, Parameters<typeof bookWith>[1], boolean])[] = [
  ["QUIET", {}, undefined, true],
  ["STALE", {}, line("dead"), false],
  ["ROTATED", {}, line("rotated"), false],
  ["NO_PERMISSION", {}, line("no-permission"), false],
  ["DELAYED", {}, dataType("delayed"), false],
  ["FROZEN", {}, dataType("frozen"), false],
  ["CROSSED", { bid: 7.4 }, undefined, true],
  ["ONE_SIDED", { bid: NaN }, undefined, true],
  ["WIDE", { bid: 1, ask: 13.4 }, undefined, true],
];

for (const [flag, quote, events, live] of COUNTED) {
  Deno.test(`quality: what is ${flag} stays in every total, is counted, and is ${live ? "" : "not "}live`, () => {
    const { book, calls, assessment } = bookWith(quote, events);
    assert(book.view(calls, assessment).flags.includes(flag), book.view(calls, assessment).flags.join(" "));
    near(assessment.portfolio.marketValue, 3_600);
    near(assessment.portfolio.delta, 250);
    const values = assessment.portfolio.excluded.filter(({ total }) => total === "marketValue" || total === "delta");
    assert.deepEqual(values, []);
    assert.deepEqual([assessment.quality.flags[flag], assessment.quality.live], [1, live ? 1 : 0]);
  });
}

Deno.test("quality: what is MISSING is left out and counted, never valued at cost (mistake 4)", () => {
  const { book, calls, assessment } = bookWith(Object.fromEntries(Object.keys(GOOD).map((name) => [name, NaN])));
  const { flags, mark, marketValue } = book.view(calls, assessment);
  assert.deepEqual([mark, marketValue], [null, null]);
  for (const flag of ["MISSING", "NO_MARK", "NO_GREEKS", "DATA_MISSING"] as const) assert(flags.includes(flag), flag);
  const count = (total: string) => assessment.portfolio.excluded.find((each) => each.total === total)?.count;
  assert.deepEqual([count("marketValue"), count("delta"), count("vega")], [1, 1, 1]);
  assert.equal(assessment.quality.flags.MISSING, 1);
});

for (const [flag, quote] of [["NO_GREEKS", { delta: NaN }], ["BAD_GREEKS", { delta: 1.5 }]] as const) {
  Deno.test(`quality: a position with ${flag} stays in the values and is left out of the greeks`, () => {
    const { book, calls, assessment } = bookWith(quote);
    const { flags, delta, greeksSource } = book.view(calls, assessment);
    assert(flags.includes(flag) && flags.includes("DATA_MISSING"), flags.join(" "));
    assert.deepEqual([delta, greeksSource], [null, "missing"]);
    near(assessment.portfolio.marketValue, 3_600);
    assert.equal(assessment.portfolio.excluded.find(({ total }) => total === "delta")?.count, 1);
  });
}

Deno.test("quality: a worthless option with bid and last at 0 is worth its mid, not yesterday's close (mistake 3)", () => {
  const { book, calls, assessment } = bookWith({ bid: 0, ask: 0.05, last: 0, close: 4.2 });
  near(book.view(calls, assessment).mark, 0.025);
  assert(!book.view(calls, assessment).flags.includes("ZERO_QUOTE"));
});
