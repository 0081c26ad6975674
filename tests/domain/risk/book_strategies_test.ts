import assert from "node:assert/strict";
import { BookBuilder, near } from "../../support/book_builder.ts";

function vertical(accounts: readonly string[] = ["DU1"]) {
  const book = new BookBuilder();
  const tsla = book.stock("TSLA");
  const low = book.option("TSLA 2026-12-18 400 C");
  const high = book.option("TSLA 2026-12-18 440 C");
  for (const option of [low, high]) book.apply({ kind: "underlying", instrument: option, underlying: tsla });
  for (const account of accounts) book.account(account, "USD");
  book.quote(tsla, { last: 398, close: 396 });
  book.quote(low, { bid: 22.8, ask: 23, close: 22.2, delta: 0.5, gamma: 0.006, vega: 0.4, theta: -0.4 });
  book.quote(high, { bid: 9.6, ask: 9.7, close: 9.45, delta: 0.28, gamma: 0.005, vega: 0.35, theta: -0.35 });
  const each = 20 / accounts.length;
  book.holds(accounts.flatMap((account) => [
    { of: low, quantity: each, at: 24.10, account },
    { of: high, quantity: -each, at: 10.85, account },
  ]));
  return { book, tsla, low, high };
}

Deno.test("strategies: a vertical held in two accounts is one, with its payoff and its legs' sums", () => {
  const { book } = vertical(["DU1", "DU2"]);
  const { strategies, positions } = book.assess();
  assert.equal(strategies.length, 1);
  const [strategy] = strategies;
  assert.deepEqual([strategy!.id, strategy!.side, strategy!.units], ["TSLA Call vertical", "debit", 20]);
  // Paid 24.10 − 10.85 = 13.25 for 40 of width, twenty times, a hundred shares each.
  near(strategy!.maxLoss as number, 26_500);
  near(strategy!.maxProfit as number, (40 - 13.25) * 2_000);
  assert.deepEqual(strategy!.breakevens, [413.25]);
  near(strategy!.premium, -26_500);
  near(strategy!.unrealizedPnl, 2_000 * (22.9 - 24.1) - 2_000 * (9.65 - 10.85));
  near(strategy!.dailyPnl, 2_000 * (22.9 - 22.2) - 2_000 * (9.65 - 9.45));
  near(strategy!.dollarDelta, 2_000 * (0.5 - 0.28) * 398);
  assert.deepEqual(positions.map((row) => row.strategy), ["Call vertical", "Call vertical"]);
});

Deno.test("strategies: follow the holdings within the turn", () => {
  const { book, high } = vertical();
  book.assess();
  book.position(high, 0).later(100);
  const { strategies, positions } = book.assess();
  assert.deepEqual(strategies, []);
  assert.deepEqual(positions.map((row) => row.strategy), [null, null]);
});

Deno.test("strategies: a leg that belongs to two tells the one with its larger part, and each takes its share", () => {
  const { book, tsla } = vertical();
  // 500 shares cover five of the twenty short calls; with fewest uncovered shorts first the rest stays a vertical.
  book.position(tsla, 500, 380);
  const { strategies, positions } = book.assess();
  const short = positions.findIndex((row) => row.strike === 440);
  const used = strategies.flatMap((strategy) => strategy.legs).filter((leg) => leg.position === short);
  near(used.reduce((sum, leg) => sum + leg.quantity, 0), -20, "each contract once");
  assert.equal(positions[short]!.strategy, "Call vertical");
});

Deno.test("strategies: one unknown figure of a leg makes the strategy's unknown", () => {
  const { book, low } = vertical();
  book.quote(low, { delta: NaN, gamma: NaN, vega: NaN, theta: NaN });
  const [strategy] = book.assess().strategies;
  assert.equal(strategy!.dollarDelta, null);
  near(strategy!.unrealizedPnl, 2_000 * (22.9 - 24.1) - 2_000 * (9.65 - 10.85));
});

Deno.test("strategies: expired options belong to none", () => {
  const { book } = vertical();
  book.moveTo("2026-12-18T22:00:00Z");
  assert.deepEqual(book.assess().strategies, []);
});
