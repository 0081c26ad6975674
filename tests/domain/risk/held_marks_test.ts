import assert from "node:assert/strict";
import { BookBuilder, near, type Quote } from "../../support/book_builder.ts";

const AFTER_THE_CLOSE = "2026-11-20T21:00:05Z";
const GONE: Quote = { bid: NaN, ask: NaN };

function openBook(quote: Quote, quantity = 5) {
  const book = new BookBuilder();
  const calls = book.option("AAPL 2026-12-18 190 C");
  book.account("DU1", "USD").quote(calls, { close: 6.45, ...quote }).holds([{ of: calls, quantity, at: 6 }]);
  return { book, calls, before: book.view(calls) };
}

for (
  const [what, quote] of [
    ["both sides go away", GONE],
    ["only the ask stays", { bid: NaN }],
    ["only the bid stays", { ask: NaN, bid: 0 }],
    ["the quote becomes wide", { bid: 0.05, ask: 40 }],
    ["the quote crosses", { bid: 9, ask: 1, last: 3 }],
    ["the broker's mark moves", { ...GONE, brokerMark: 9 }],
  ] as const
) {
  Deno.test(`off hours: an option's mark and P&L stay when ${what} after 16:00 New York (mistake 1)`, () => {
    for (const quantity of [5, -5]) {
      const { book, calls, before } = openBook({ bid: 7.1, ask: 7.3 }, quantity);
      const after = book.moveTo(AFTER_THE_CLOSE).quote(calls, quote).view(calls);
      assert.deepEqual([after.mark, after.markSource], [before.mark, "mid"]);
      near(after.dailyPnl, before.dailyPnl!);
      near(after.unrealizedPnl, before.unrealizedPnl!);
    }
  });
}

Deno.test("off hours: the held mark tells the age of its own price, not of the message that took it away", () => {
  const { book, calls } = openBook({ bid: 7.1, ask: 7.3 });
  const quotedAt = book.now;
  book.moveTo(AFTER_THE_CLOSE).quote(calls, GONE);
  assert.equal(book.view(calls).quoteAgeMs, book.now - quotedAt);
});

Deno.test("off hours: a short's mark of an ask without a bid stays its own", () => {
  const { book, calls } = openBook({ ask: 0.1 }, -5);
  near(book.view(calls).mark, 0.1);
  near(book.moveTo(AFTER_THE_CLOSE).quote(calls, GONE).view(calls).mark, 0.1);
});

Deno.test("off hours: a good quote of a session outside regular hours is still followed", () => {
  const { book, calls } = openBook({ bid: 7.1, ask: 7.3 });
  near(book.moveTo(AFTER_THE_CLOSE).quote(calls, { bid: 7.2, ask: 7.4 }).view(calls).mark, 7.3);
});

Deno.test("off hours: without a mark of before, the broker's price counts, then the close", () => {
  const book = new BookBuilder({}, Date.parse("2026-11-20T23:00:00Z"));
  const calls = book.option("AAPL 2026-12-18 190 C");
  book.account("DU1", "USD").quote(calls, { close: 6.45 }).holds([{ of: calls, quantity: 5, at: 6 }]);
  assert.equal(book.view(calls).markSource, "close");
  near(book.quote(calls, { brokerMark: 7 }).view(calls).mark, 7);
});

Deno.test("off hours: a half day and a holiday are not taken for open (mistake 1)", () => {
  // 2026-11-27 closes at 13:00 New York, 18:00 UTC; 2026-11-26 is Thanksgiving.
  for (const at of ["2026-11-27T18:00:05Z", "2026-11-26T15:00:00Z"]) {
    const book = new BookBuilder({}, Date.parse("2026-11-25T15:00:00Z"));
    const calls = book.option("AAPL 2026-12-18 190 C");
    book.account("DU1", "USD").quote(calls, { bid: 7.1, ask: 7.3 }).holds([{ of: calls, quantity: 5, at: 6 }]);
    book.assess();
    const view = book.moveTo(at).quote(calls, { ...GONE, close: 5 }).view(calls);
    near(view.mark, 7.2);
    assert(view.flags.includes("CLOSED"));
  }
});

Deno.test("in regular hours a quote that goes away is not held: the broker's price counts", () => {
  const { book, calls } = openBook({ bid: 7.1, ask: 7.3, brokerMark: 7.15 });
  const view = book.later(1_000).quote(calls, GONE).view(calls);
  assert.deepEqual([view.mark, view.markSource], [7.15, "broker"]);
});

Deno.test("stocks go on being marked at their trades before the opening and after the close", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  book.account("DU1", "USD").quote(aapl, { bid: 187, ask: 187.1, last: 187.05 });
  book.holds([{ of: aapl, quantity: 1, at: 180 }]).assess();
  near(
    book.moveTo("2026-11-20T23:00:00Z").quote(aapl, { bid: 188, ask: 188.2, last: 188.1 }).view(aapl).mark,
    188.1,
  );
  near(book.moveTo("2026-11-21T12:00:00Z").quote(aapl, GONE).view(aapl).mark, 188.1);
});

Deno.test("a position without a data subscription is marked by the account update's price, with its age", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  book.account("DU1", "USD").holds([{ of: aapl, quantity: 100, at: 180 }]);
  book.apply(
    { kind: "line", instrument: aapl, status: "no-permission", detail: "354", at: book.now },
    { kind: "broker-mark", source: "IB", instrument: aapl, price: 187, at: book.now },
  );
  const view = book.later(4_000).view(aapl);
  assert.deepEqual([view.mark, view.markSource, view.quoteAgeMs], [187, "broker", 4_000]);
  assert(view.flags.includes("NO_PERMISSION"));
  assert(!view.flags.includes("NO_MARK"));
});

Deno.test("a mark a hundred times the account's price is flagged as pence for pounds, not guessed away", () => {
  const book = new BookBuilder({ baseCurrency: "GBP" });
  const vod = book.stock("VOD", { currency: "GBP", exchange: "LSE" });
  book.account("DU1", "GBP").quote(vod, { bid: 71, ask: 71.2, last: 71.1 });
  book.holds([{ of: vod, quantity: 100, at: 0.7 }]);
  book.apply({ kind: "broker-mark", source: "IB", instrument: vod, price: 0.711, at: book.now });
  const view = book.view(vod);
  assert(view.flags.includes("MAGNIFIER_SUSPECT"));
  near(view.mark, 71.1);
});

Deno.test("index options trade overnight and in the curb session: neither closed nor held at the last quote", () => {
  const book = new BookBuilder({}, Date.parse("2026-11-20T20:00:00Z"));
  const spx = book.option("SPX 2026-12-18 6400 P", { tradingClass: "SPXW", exchange: "CBOE" });
  const aapl = book.option("AAPL 2026-12-18 190 C");
  book.account("DU1", "USD").holds([{ of: spx, quantity: 1, at: 60 }, { of: aapl, quantity: 1, at: 6 }]);
  const closedAt = (at: string) => {
    book.moveTo(at);
    return [book.view(spx), book.view(aapl)].map((row) => row.flags.includes("CLOSED"));
  };
  assert.deepEqual(closedAt("2026-11-20T20:00:00Z"), [false, false], "15:00 in New York");
  assert.deepEqual(closedAt("2026-11-20T21:30:00Z"), [false, true], "16:30: the curb session");
  assert.deepEqual(closedAt("2026-11-21T15:00:00Z"), [true, true], "Saturday");
  assert.deepEqual(closedAt("2026-11-23T08:00:00Z"), [false, true], "03:00 on Monday: overnight");
});

Deno.test("an index option's mark follows good quotes by night, and does not jump when they go away", () => {
  const book = new BookBuilder({}, Date.parse("2026-11-20T20:00:00Z"));
  const spx = book.option("SPX 2026-12-18 6400 P", { tradingClass: "SPXW", exchange: "CBOE" });
  book.account("DU1", "USD").holds([{ of: spx, quantity: 1, at: 60 }]);
  book.quote(spx, { bid: 64, ask: 64.5, close: 70 }).assess();
  book.moveTo("2026-11-20T21:30:00Z").quote(spx, { bid: 65, ask: 65.5 });
  near(book.view(spx).mark, 65.25, "the curb session's quote");
  book.later(60_000).quote(spx, { bid: NaN, ask: NaN });
  near(book.view(spx).mark, 65.25, "neither yesterday's close nor nothing");
});
