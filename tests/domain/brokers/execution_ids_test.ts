import assert from "node:assert/strict";
import { executionOf } from "../../../src/domain/session_fills.ts";
import { BookBuilder, FRIDAY_MIDNIGHT, near } from "../../support/book_builder.ts";

function heldAtBoth() {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  const tsla = book.stock("TSLA");
  book.account("DU1", "USD").account("F1", "USD", {}, "FUTU");
  book.quote(aapl, { last: 187, close: 185 }).quote(tsla, { last: 400, close: 410 });
  book.holds([{ of: aapl, quantity: 0 }], FRIDAY_MIDNIGHT);
  book.holds([{ account: "F1", of: tsla, quantity: 0 }], FRIDAY_MIDNIGHT, "FUTU");
  return { book, aapl, tsla };
}

Deno.test("execution ids: only IB's end in a revision", () => {
  assert.deepEqual(executionOf("IB", "0000e0d5.01.02"), { root: "0000e0d5.01", revision: 2 });
  assert.deepEqual(executionOf("FUTU", "0000e0d5.01.02"), { root: "0000e0d5.01.02", revision: 0 });
});

Deno.test("execution ids: a number that two brokers gave is two fills, each with its own commission", () => {
  for (const commissionFirst of [false, true]) {
    const { book, aapl, tsla } = heldAtBoth();
    const fills = () => {
      book.fill(aapl, 10, 186, { execId: "77", source: "IB" }, "DU1");
      book.fill(tsla, 5, 402, { execId: "77", source: "FUTU" }, "F1");
    };
    const commissions = () => book.commission("77", 1).commission("77", 3, "USD", null, "FUTU");
    if (commissionFirst) commissions();
    fills();
    if (!commissionFirst) commissions();
    near(book.view(aapl).dailyPnl, 10 * (187 - 186) - 1);
    near(book.view(tsla).dailyPnl, 5 * (400 - 402) - 3);
  }
});

Deno.test("execution ids: two of Futu's that differ by what is a revision at IB are two fills", () => {
  const { book, tsla } = heldAtBoth();
  book.fill(tsla, 5, 402, { execId: "20261120.1", source: "FUTU" }, "F1");
  book.fill(tsla, 5, 403, { execId: "20261120.2", source: "FUTU" }, "F1");
  near(book.view(tsla).dailyPnl, 5 * (400 - 402) + 5 * (400 - 403));
});

Deno.test("execution ids: Futu's corrects a fill by telling it again, and takes it back with quantity 0", () => {
  const { book, tsla } = heldAtBoth();
  const deal = (quantity: number, price: number) =>
    book.fill(tsla, quantity, price, { execId: "9", source: "FUTU" }, "F1");
  deal(5, 402);
  deal(5, 401);
  near(book.view(tsla).dailyPnl, 5 * (400 - 401));
  deal(0, 401);
  near(book.view(tsla).dailyPnl, 0);
});

Deno.test("execution ids: a new session forgets each broker's own", () => {
  const { book, aapl, tsla } = heldAtBoth();
  book.fill(aapl, 10, 186, { execId: "77", source: "IB" }, "DU1").position(aapl, 10, 186);
  book.fill(tsla, 5, 402, { execId: "77", source: "FUTU" }, "F1");
  book.moveTo("2026-11-23T15:30:00Z");
  book.fill(tsla, -5, 420, { execId: "77", source: "FUTU" }, "F1").commission("77", 2, "USD", null, "FUTU");
  assert.equal(book.portfolio.positions.fills(0)?.sums.commissions.size ?? 0, 0, "IB's fill of Friday is over");
});
