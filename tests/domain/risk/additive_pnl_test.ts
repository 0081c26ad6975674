/**
 * The P&L adds up over time: over whole sessions to what the position gained in all, and within one from any moment to any
 * other.
 */
import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { BookBuilder } from "../../support/book_builder.ts";

/** Trading days in New York, a weekend between the first two. */
const DAYS = ["2026-11-20", "2026-11-23", "2026-11-24"] as const;
const MULTIPLIER = 100;

const cents = fc.integer({ min: 100, max: 5_000 }).map((each) => each / 100);
const trade = fc.record({
  quantity: fc.integer({ min: -20, max: 20 }).filter((size) => size !== 0),
  price: cents,
  commission: fc.integer({ min: 0, max: 300 }).map((each) => each / 100),
});
const day = fc.record({ trades: fc.array(trade, { maxLength: 5 }), close: cents });
const story = fc.record({
  opening: fc.integer({ min: -30, max: 30 }),
  closeBefore: cents,
  days: fc.tuple(day, day, day),
});

Deno.test("law: the days' P&L adds up to what was gained over all of them", () => {
  fc.assert(fc.property(story, ({ opening, closeBefore, days }) => {
    const book = new BookBuilder({}, Date.parse(`${DAYS[0]}T10:00:00Z`));
    const call = book.option("AAPL 2026-12-18 190 C");
    book.account("DU1", "USD").quote(call, { bid: closeBefore, ask: closeBefore, close: closeBefore });
    book.holds(opening === 0 ? [] : [{ of: call, quantity: opening, at: 10 }], Date.parse("2026-11-16T05:00:00Z"));
    let held = opening;
    let sum = 0;
    let spent = 0;
    let close = closeBefore;
    for (const [i, { trades, close: end }] of days.entries()) {
      book.moveTo(`${DAYS[i]}T14:31:00Z`).quote(call, { close });
      for (const { quantity, price, commission } of trades) {
        held += quantity;
        spent += MULTIPLIER * quantity * price + commission;
        book.fill(call, quantity, price, { commission }).position(call, held, 10).later(5_000);
      }
      book.moveTo(`${DAYS[i]}T20:59:00Z`).quote(call, { bid: end, ask: end });
      // A day on which nothing was held or traded has no row.
      sum += book.assess().portfolio.dailyPnl ?? NaN;
      close = end;
    }
    const gained = MULTIPLIER * (held * close - opening * closeBefore) - spent;
    assert.ok(Math.abs(sum - gained) < 1e-6, `the days add up to ${sum}, gained was ${gained}`);
  }));
});

Deno.test("law: within a session the P&L between two moments is what the position gained between them", () => {
  const moments = fc.array(fc.record({ mark: cents, trade: fc.option(trade) }), { minLength: 2, maxLength: 8 });
  fc.assert(fc.property(fc.integer({ min: -30, max: 30 }), moments, (opening, steps) => {
    const book = new BookBuilder();
    const call = book.option("AAPL 2026-12-18 190 C");
    book.account("DU1", "USD").quote(call, { bid: 10, ask: 10, close: 9 });
    book.holds(opening === 0 ? [] : [{ of: call, quantity: opening, at: 10 }]);
    let held = opening;
    let mark = 10;
    let before = book.assess().portfolio.dailyPnl!;
    for (const step of steps) {
      let gained = MULTIPLIER * held * (step.mark - mark);
      if (step.trade !== null) {
        const { quantity, price, commission } = step.trade;
        held += quantity;
        gained += MULTIPLIER * quantity * (step.mark - price) - commission;
        book.fill(call, quantity, price, { commission }).position(call, held, 10);
      }
      mark = step.mark;
      const now = book.quote(call, { bid: mark, ask: mark }).later(1_000).assess().portfolio.dailyPnl!;
      assert.ok(Math.abs(now - before - gained) < 1e-6, `from ${before} to ${now}, gained was ${gained}`);
      before = now;
    }
  }));
});
