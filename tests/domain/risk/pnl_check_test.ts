import assert from "node:assert/strict";
import { BookBuilder, near } from "../../support/book_builder.ts";

function twoStocks() {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  const tsla = book.stock("TSLA");
  book.account("DU1", "USD").quote(aapl, { last: 187, close: 185 }).quote(tsla, { last: 400, close: 410 });
  book.holds([{ of: aapl, quantity: 100, at: 180 }, { of: tsla, quantity: -10, at: 390 }]);
  return { book, aapl, tsla };
}

Deno.test("P&L check: 1 when ours and theirs agree", () => {
  const { book, aapl, tsla } = twoStocks();
  book.brokerPnl(aapl, { unrealizedPnl: 700, dailyPnl: 200 }).brokerPnl(tsla, { unrealizedPnl: -100, dailyPnl: 100 });
  const { pnlCheck } = book.assess();
  assert.deepEqual(pnlCheck, { unrealizedAccuracy: 1, dailyAccuracy: 1, leavesCompared: 2, worst: [] });
});

Deno.test("P&L check: one less the differences over the broker's figures, without signs, the worst listed first", () => {
  const { book, aapl, tsla } = twoStocks();
  book.brokerPnl(aapl, { unrealizedPnl: 710, dailyPnl: 190 }).brokerPnl(tsla, { unrealizedPnl: -90, dailyPnl: 110 });
  const { pnlCheck } = book.assess();
  // Unrealized: 1 − (10 + 10) / 800; daily: 1 − (10 + 10) / 300. Differences do not cancel.
  near(pnlCheck.unrealizedAccuracy, 1 - 20 / 800);
  near(pnlCheck.dailyAccuracy, 1 - 20 / 300);
  assert.equal(pnlCheck.worst.length, 4);
  assert.deepEqual([pnlCheck.worst[0]?.position, pnlCheck.worst[0]?.figure], ["AAPL", "unrealized"]);
});

Deno.test("P&L check: against a broker's figure near 0 the measure is 1 bp of gross market value", () => {
  const { book, aapl } = twoStocks();
  book.quote(aapl, { last: 180 }).brokerPnl(aapl, { unrealizedPnl: 0.1 });
  // Gross market value 18,000 + 4,000 = 22,000; 1 bp of it 2.20: 1 − 0.10 / 2.20
  near(book.assess().pnlCheck.unrealizedAccuracy, 1 - 0.1 / 2.2);
});

Deno.test("P&L check: a broker's figure older than two seconds is paired with nothing", () => {
  const { book, aapl } = twoStocks();
  book.brokerPnl(aapl, { unrealizedPnl: 700, dailyPnl: 200 }).later(2_001);
  const { pnlCheck } = book.assess();
  assert.deepEqual([pnlCheck.leavesCompared, pnlCheck.unrealizedAccuracy], [0, null]);
});

Deno.test("P&L check: both figures are of the moment of the pairing, whatever ours becomes later", () => {
  const { book, aapl } = twoStocks();
  book.brokerPnl(aapl, { unrealizedPnl: 700 }).assess();
  near(book.later(1_000).quote(aapl, { last: 500 }).assess().pnlCheck.unrealizedAccuracy, 1);
});

Deno.test("P&L check: a figure for another quantity is of before a fill and is not compared", () => {
  const { book, aapl } = twoStocks();
  book.brokerPnl(aapl, { unrealizedPnl: 350, dailyPnl: 100 }, "DU1", 50);
  assert.equal(book.assess().pnlCheck.leavesCompared, 0);
});

Deno.test("P&L check: the broker's own daily figure is not compared with itself", () => {
  const { book, aapl } = twoStocks();
  book.quote(aapl, { close: NaN }).brokerPnl(aapl, { unrealizedPnl: 700, dailyPnl: 123 });
  const { pnlCheck } = book.assess();
  assert.equal(pnlCheck.dailyAccuracy, null);
  near(pnlCheck.unrealizedAccuracy, 1);
});

Deno.test("P&L check: the broker's figures are in the account's currency", () => {
  const book = new BookBuilder();
  const sap = book.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  book.account("DU2", "HKD").rate("EUR", "USD", 1.1).rate("HKD", "USD", 0.125).quote(sap, { last: 202, close: 200 });
  book.holds([{ account: "DU2", of: sap, quantity: 10, at: 200 }]);
  // 10 × 2 × 1.10 = 22 USD = 176 HKD
  book.brokerPnl(sap, { unrealizedPnl: 176 }, "DU2");
  near(book.assess().pnlCheck.unrealizedAccuracy, 1);
});

Deno.test("P&L check: a holding that is gone is compared no more", () => {
  const { book, aapl, tsla } = twoStocks();
  book.brokerPnl(aapl, { unrealizedPnl: 1_000 }).brokerPnl(tsla, { unrealizedPnl: -100 });
  assert.equal(book.assess().pnlCheck.leavesCompared, 2);
  book.holds([{ of: tsla, quantity: -10, at: 390 }]).later(10_000);
  const { pnlCheck } = book.assess();
  assert.equal(pnlCheck.leavesCompared, 1);
  near(pnlCheck.unrealizedAccuracy, 1);
});
