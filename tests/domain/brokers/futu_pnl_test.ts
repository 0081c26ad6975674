import assert from "node:assert/strict";
import { BookBuilder, FRIDAY_MIDNIGHT, near } from "../../support/book_builder.ts";

function futuStock(fillsSince: number | null, quantity = 200) {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  // An account in Hong Kong dollars that holds a stock in dollars of the United States.
  book.account("F1", "HKD", {}, "FUTU").rate("HKD", "USD", 0.125);
  book.holds([{ account: "F1", of: aapl, quantity, at: 180 }], fillsSince, "FUTU").futuSays(aapl, { price: 187 });
  const leaf = () => book.view(aapl).leaves[0]!;
  return { book, aapl, leaf };
}

Deno.test("Futu's P&L: without fills the day's is its own figure, in the figure's currency and not the account's", () => {
  const { book, aapl, leaf } = futuStock(null);
  book.quote(aapl, { close: 185 }).futuSays(aapl, { dailyPnl: 420, currency: "USD" });
  assert.deepEqual([leaf().dailyPnl, leaf().dailyPnlSource], [420, "broker"]);
  assert(book.view(aapl).flags.includes("FILLS_INCOMPLETE"));
  book.futuSays(aapl, { dailyPnl: 3_360 });
  near(leaf().dailyPnl, 420, "3,360 × 0.125 of the account's currency");
});

Deno.test("Futu's P&L: a figure in a currency of neither the contract nor the account goes by its own rate", () => {
  const { book, aapl, leaf } = futuStock(null);
  book.futuSays(aapl, { dailyPnl: 100, currency: "CNH" });
  assert.equal(leaf().dailyPnl, null);
  near(book.rate("CNH", "USD", 0.14).view(aapl).leaves[0]!.dailyPnl, 14);
});

Deno.test("Futu's P&L: with the session's fills and a close it is ours", () => {
  const { book, aapl, leaf } = futuStock(FRIDAY_MIDNIGHT);
  book.quote(aapl, { close: 185 }).futuSays(aapl, { price: 187, dailyPnl: 999, currency: "USD" });
  near(leaf().dailyPnl, 400, "200 × (187 − 185)");
  assert.deepEqual([leaf().dailyPnlSource, leaf().brokerDailyPnl], ["own", 999]);
});

Deno.test("Futu's P&L: without a close of IB's line its own figure stands in", () => {
  const { book, aapl, leaf } = futuStock(FRIDAY_MIDNIGHT);
  book.futuSays(aapl, { dailyPnl: 420, currency: "USD" });
  assert.deepEqual([leaf().dailyPnl, leaf().dailyPnlSource], [420, "broker"]);
});

Deno.test("Futu's P&L: nothing closed is nothing realized; something closed is unknown unless Futu says it", () => {
  const { book, aapl, leaf } = futuStock(FRIDAY_MIDNIGHT);
  const fill = (quantity: number, execId: string) => book.fill(aapl, quantity, 187, { execId, source: "FUTU" }, "F1");
  assert.equal(leaf().realizedPnl, 0);
  fill(100, "1001");
  assert.equal(leaf().realizedPnl, 0, "bought more");
  fill(-50, "1002");
  assert.equal(leaf().realizedPnl, null, "a part was sold, and fees do not say what it made");
  assert(book.assess().portfolio.excluded.some(({ total }) => total === "realizedPnl"));
  book.futuSays(aapl, { realizedPnl: 350, currency: "USD" });
  assert.equal(leaf().realizedPnl, 350);
});

Deno.test("Futu's P&L: where nothing was closed in the session nothing is realized in it, whatever Futu's figure says", () => {
  const { book, aapl, leaf } = futuStock(FRIDAY_MIDNIGHT);
  // Of futures it is what the position made since it was opened; nothing says that it is the day's.
  book.futuSays(aapl, { realizedPnl: 5_000, currency: "USD" });
  assert.equal(leaf().realizedPnl, 0);
});

Deno.test("Futu's P&L: a short that was opened today realized nothing, one bought back did", () => {
  const { book, aapl, leaf } = futuStock(FRIDAY_MIDNIGHT, 0);
  book.fill(aapl, -10, 187, { execId: "1", source: "FUTU" }, "F1");
  assert.equal(leaf().realizedPnl, 0);
  book.fill(aapl, 4, 186, { execId: "2", source: "FUTU" }, "F1");
  assert.equal(leaf().realizedPnl, null);
});

Deno.test("Futu's P&L: a paper account without executions has Futu's realized figure or none", () => {
  const { book, aapl, leaf } = futuStock(null);
  assert.equal(leaf().realizedPnl, null);
  assert.equal(book.futuSays(aapl, { realizedPnl: 7, currency: "USD" }).view(aapl).leaves[0]!.realizedPnl, 7);
});

Deno.test("Futu's P&L: its figures are shown beside ours and are no part of the check", () => {
  const { book, aapl, leaf } = futuStock(FRIDAY_MIDNIGHT);
  book.account("DU1", "USD").holds([{ of: aapl, quantity: 100, at: 180 }]);
  book.quote(aapl, { last: 187, close: 185 });
  book.brokerPnl(aapl, { unrealizedPnl: 700, dailyPnl: 200 }).assess();
  book.futuSays(aapl, { unrealizedPnl: -1, dailyPnl: -1, currency: "USD" });
  const { pnlCheck } = book.assess();
  assert.deepEqual([pnlCheck.leavesCompared, pnlCheck.unrealizedAccuracy, pnlCheck.dailyAccuracy], [1, 1, 1]);
  const futu = book.view(aapl).leaves.find(({ source }) => source === "FUTU")!;
  assert.deepEqual([futu.brokerUnrealizedPnl, futu.brokerDailyPnl], [-1, -1]);
  assert.notEqual(leaf(), null);
});
