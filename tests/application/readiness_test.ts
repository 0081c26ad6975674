import assert from "node:assert/strict";
import { isComplete, isPresentable, readiness } from "../../src/application/readiness.ts";
import { BookBuilder } from "../support/book_builder.ts";

function tenStocks(answered: number) {
  const book = new BookBuilder();
  const stocks = Array.from({ length: 10 }, (_, i) => book.stock(`S${i}`));
  book.account("DU1", "USD", { netLiquidation: 1 });
  stocks.forEach((instrument, i) => {
    const status = i < answered ? "live" : "requested";
    book.apply({ kind: "line", instrument, status, detail: null, at: book.now });
  });
  return { book, stocks, hold: () => book.holds(stocks.map((of) => ({ of, quantity: 1, at: 1 }))) };
}

const IB = { source: "IB", tellsExecutions: true } as const;
const FUTU = { source: "FUTU", tellsExecutions: true } as const;

const ready = (book: BookBuilder, hasBroker = true) => readiness(book.portfolio, hasBroker ? [IB] : [], book.now);

Deno.test("readiness: before the positions are read nothing is presentable", () => {
  const { book } = tenStocks(10);
  assert.equal(isPresentable(ready(book), 0.9), false);
  assert.equal(ready(book).positionsKnown, false);
});

Deno.test("readiness: a broker without positions is loaded all the same (mistake 18)", () => {
  const { book } = tenStocks(0);
  book.holds([]);
  assert.deepEqual([ready(book).lines, isPresentable(ready(book), 0.9)], [0, true]);
});

Deno.test("readiness: one bad contract does not hold up the first view (mistake 18)", () => {
  for (const [answered, presentable] of [[8, false], [9, true], [10, true]] as const) {
    const { book, hold } = tenStocks(answered);
    hold();
    assert.equal(isPresentable(ready(book), 0.9), presentable, `${answered} of 10`);
    assert.equal(isComplete(ready(book)), false);
  }
});

Deno.test("readiness: a refused line has answered, and so has one that is lent to others", () => {
  const { book, stocks, hold } = tenStocks(7);
  hold();
  const statuses = ["no-permission", "refused", "rotated"] as const;
  statuses.forEach((status, i) =>
    book.apply({ kind: "line", instrument: stocks[7 + i]!, status, detail: null, at: book.now })
  );
  assert.equal(ready(book).answered, 10);
});

Deno.test("readiness: complete once positions, accounts, P&L, executions and every line are there", () => {
  const { book, stocks, hold } = tenStocks(10);
  hold();
  assert.equal(isComplete(ready(book)), false);
  for (const of of stocks) book.brokerPnl(of, { dailyPnl: 1 });
  assert.equal(isComplete(ready(book)), false);
  const pnl = { dailyPnl: 1, unrealizedPnl: 1, realizedPnl: 1 };
  book.apply({ kind: "account-pnl", source: "IB", account: "DU1", pnl, at: book.now });
  assert.equal(isComplete(ready(book)), true);
});

Deno.test("readiness: without the executions' answer it is not complete", () => {
  const { book, stocks } = tenStocks(10);
  book.holds(stocks.map((of) => ({ of, quantity: 1, at: 1 })), null);
  assert.equal(ready(book).executionsKnown, false);
});

Deno.test("readiness: an option's greeks are waited for a moment, not for ever", () => {
  const book = new BookBuilder();
  const call = book.option("AAPL 2026-12-18 190 C");
  book.account("DU1", "USD", { netLiquidation: 1 }).holds([{ of: call, quantity: 1, at: 1 }]);
  book.apply({ kind: "line", instrument: call, status: "live", detail: null, at: book.now });
  assert.equal(ready(book).awaitingGreeks, 1);
  assert.equal(ready(book.later(3_000)).awaitingGreeks, 0);
});

Deno.test("readiness: the underlying of a held option needs a line too", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  const call = book.option("AAPL 2026-12-18 190 C");
  book.apply({ kind: "underlying", instrument: call, underlying: aapl }).holds([{ of: call, quantity: 1, at: 1 }]);
  assert.equal(ready(book).lines, 2);
});

Deno.test("readiness: of two brokers each has its part, and the account values of one do not stand in for the other's", () => {
  const { book, hold } = tenStocks(10);
  hold();
  const both = () => readiness(book.portfolio, [IB, FUTU], book.now);
  assert.deepEqual(both().brokers, [
    { source: "IB", positionsKnown: true, accountsKnown: true, executionsKnown: true },
    { source: "FUTU", positionsKnown: false, accountsKnown: false, executionsKnown: false },
  ]);
  assert.deepEqual([both().positionsKnown, both().accountsKnown, both().executionsKnown], [false, false, false]);
  assert.equal(isPresentable(both(), 0), false);
  book.account("F1", "USD", { netLiquidation: 1 }, "FUTU").holds([], undefined, "FUTU");
  assert.deepEqual([both().positionsKnown, both().accountsKnown, both().executionsKnown], [true, true, true]);
});

Deno.test("readiness: without IB nobody has lines, and none is waited for", () => {
  const book = new BookBuilder();
  const call = book.option("AAPL 2026-12-18 190 C");
  book.account("F1", "USD", { netLiquidation: 1 }, "FUTU").holds(
    [{ account: "F1", of: call, quantity: 1 }],
    null,
    "FUTU",
  );
  const paper = { ...FUTU, tellsExecutions: false };
  const ready = readiness(book.portfolio, [paper], book.now);
  assert.deepEqual([ready.lines, ready.answered, ready.pnlKnown, isComplete(ready)], [1, 1, true, true]);
  assert.equal(isComplete(readiness(book.portfolio, [FUTU], book.now)), false, "a real account's executions are told");
});

Deno.test("readiness: without a broker everything is known at once", () => {
  const { book, hold } = tenStocks(0);
  hold();
  assert.equal(isPresentable(ready(book, false), 1), true);
});
