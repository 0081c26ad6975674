import assert from "node:assert/strict";
import { Inbox } from "../../../src/application/inbox.ts";
import { type InstrumentIndex, QuoteField } from "../../../src/domain/event.ts";
import { BookBuilder, near } from "../../support/book_builder.ts";

const { bid, ask, last } = QuoteField;
type Tick = readonly [QuoteField, number];

/** 100 shares at 100.00, quoted 99.9 to 100.1, and a watch over jumps of more than 20 %. */
function held(): { book: BookBuilder; stock: InstrumentIndex } {
  const book = new BookBuilder();
  book.portfolio.quotes.watchJumps({ maxJumpPct: 0.2, wideSpreadFloor: 0.25 });
  const stock = book.stock("AAPL");
  book.account("DU1", "USD").holds([{ of: stock, quantity: 100, at: 90 }]);
  line(book, stock, "live");
  book.quote(stock, { bid: 99.9, ask: 100.1, last: 100 });
  return { book, stock };
}

function line(book: BookBuilder, instrument: InstrumentIndex, status: "live" | "rotated"): void {
  book.apply({ kind: "line", instrument, status, detail: null, at: book.now });
}

const CASES: readonly (readonly [string, readonly Tick[], number, boolean])[] = [
  ["a price within the setting is taken at once", [[last, 119], [ask, 119.1]], 119, false],
  ["a jump waits: the price of before is the mark, and flagged", [[last, 150]], 100, true],
  ["a jump that the next tick contradicts is gone", [[last, 150], [last, 100.05]], 100.05, false],
  ["a jump that the next tick confirms is taken", [[last, 150], [bid, 149], [ask, 151], [last, 150.5]], 150.5, false],
  ["a jump to another price confirms nothing", [[last, 150], [last, 300]], 100, true],
  [
    "the second of two jumps can be confirmed",
    [[last, 150], [last, 300], [last, 301], [ask, 400], [ask, 401]],
    301,
    false,
  ],
  ["a fall is a jump like a rise", [[last, 50]], 100, true],
  ["sides that jump together confirm each other", [[bid, 130], [ask, 131], [last, 130.5]], 130.5, false],
  ["a price that fits what the other sides say is taken at once", [[bid, 149], [ask, 151], [last, 150]], 150, false],
  ["sides that jump apart confirm nothing", [[bid, 1], [ask, 200]], 100, true],
  ["an outlier on one side leaves the other side's ticks alone", [[bid, 130], [ask, 100.2]], 100, true],
  ["a side that goes away takes its outlier with it", [[bid, 130], [bid, NaN]], 100, false],
];

for (const [sentence, ticks, mark, outlier] of CASES) {
  Deno.test(`outlier: ${sentence}`, () => {
    const { book, stock } = held();
    for (const [field, value] of ticks) book.portfolio.tick(stock, field, value, book.now);
    const view = book.view(stock);
    near(view.mark, mark, "the mark");
    assert.equal(view.flags.includes("OUTLIER"), outlier, view.flags.join(" "));
  });
}

Deno.test("outlier: a position with one stays in the totals at its last good price", () => {
  const { book, stock } = held();
  book.quote(stock, { last: 1 });
  const { portfolio } = book.assess();
  near(portfolio.marketValue, 10_000);
  assert.deepEqual(portfolio.excluded.filter(({ total }) => total === "marketValue"), []);
});

Deno.test("outlier: the price held back does not make the quote younger", () => {
  const { book, stock } = held();
  book.later(5_000).quote(stock, { last: 150 });
  assert.equal(book.view(stock).quoteAgeMs, 5_000);
});

Deno.test("outlier: the steps of a cheap option are none", () => {
  const { book } = held();
  const calls = book.option("AAPL 2026-12-18 290 C");
  book.quote(calls, { bid: 0.05, ask: 0.1 }).quote(calls, { bid: 0.1, ask: 0.2 });
  assert.equal(book.portfolio.quotes.isOutlier(calls), false);
  assert.equal(book.portfolio.quotes.value(calls, bid), 0.1);
});

Deno.test("outlier: a line that comes back is not compared with what it said before", () => {
  const { book, stock } = held();
  line(book, stock, "rotated");
  book.later(3_600_000);
  line(book, stock, "live");
  book.quote(stock, { bid: 149, ask: 151, last: 150 });
  near(book.view(stock).mark, 150);
  assert(!book.view(stock).flags.includes("OUTLIER"));
});

Deno.test("outlier: a price held back is forgotten when the line goes", () => {
  const { book, stock } = held();
  book.quote(stock, { last: 150 });
  line(book, stock, "rotated");
  assert(!book.view(stock).flags.includes("OUTLIER"));
});

for (
  const [sentence, ticks, price, outlier] of [
    ["a spike between two good ticks leaves no trace", [150, 100.2], 100.2, false],
    ["a jump confirmed within one turn is taken", [150, 150.5], 150.5, false],
    ["a jump alone in its turn waits", [150], 100, true],
    ["a spike as the newest tick waits", [100.1, 150], 100.1, true],
    ["of many ticks the last two decide", [100.1, 90, 150, 149, 151], 151, false],
  ] as const
) {
  Deno.test(`outlier: conflation hides none: ${sentence}`, () => {
    const { book, stock } = held();
    const inbox = new Inbox(book.portfolio.registry, 1_000);
    for (const value of ticks) inbox.tick(stock, last, value, book.now);
    const { portfolio } = book;
    inbox.drainTo({
      apply: (event) => portfolio.apply(event),
      tick: (...tick) => portfolio.tick(...tick),
      earlierTick: (...tick) => portfolio.tick(...tick),
      brokerTime: (...time) => portfolio.brokerTime(...time),
    });
    near(portfolio.quotes.value(stock, last), price);
    assert.equal(portfolio.quotes.isOutlier(stock), outlier);
  });
}

Deno.test("outlier: an unwatched table takes every price", () => {
  const book = new BookBuilder();
  const stock = book.stock("AAPL");
  book.quote(stock, { last: 100 }).quote(stock, { last: 1_000 });
  assert.equal(book.portfolio.quotes.value(stock, last), 1_000);
});
