import assert from "node:assert/strict";
import { BookBuilder, FRIDAY_MIDNIGHT, near } from "../support/book_builder.ts";

function twoStocks(fillsSince: number | null = FRIDAY_MIDNIGHT) {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  const tsla = book.stock("TSLA");
  book.account("DU1", "USD").quote(aapl, { last: 187, close: 185 }).quote(tsla, { last: 400, close: 410 });
  book.holds([{ of: aapl, quantity: 100, at: 180 }, { of: tsla, quantity: -10, at: 390 }], fillsSince);
  return { book, aapl, tsla };
}

const symbols = (book: BookBuilder): string[] => book.assess().positions.map(({ symbol }) => symbol);

Deno.test("positions: a holding that a complete download no longer has is gone (mistake 14)", () => {
  for (const fillsSince of [FRIDAY_MIDNIGHT, null]) {
    const { book, tsla } = twoStocks(fillsSince);
    book.holds([{ of: tsla, quantity: -10, at: 390 }], fillsSince).later(10_000);
    assert.deepEqual(symbols(book), ["TSLA"]);
  }
});

Deno.test("positions: a failed download changes nothing, and the source says so", () => {
  const { book } = twoStocks();
  book.apply({ kind: "positions-failed", source: "IB", reason: "timed out", at: book.now }).later(10_000);
  assert.deepEqual(symbols(book), ["AAPL", "TSLA"]);
  near(book.assess().portfolio.netExposure, 18_700 - 4_000);
  assert.equal(book.portfolio.positions.failure("IB"), "timed out");
});

Deno.test("positions: the next complete download takes the failure back", () => {
  const { book, aapl } = twoStocks();
  book.apply({ kind: "positions-failed", source: "IB", reason: "timed out", at: book.now });
  book.holds([{ of: aapl, quantity: 100, at: 180 }]);
  assert.equal(book.portfolio.positions.failure("IB"), null);
});

Deno.test("positions: a download of one account leaves the others' holdings alone", () => {
  const { book, aapl } = twoStocks();
  book.account("DU2", "USD").apply({
    kind: "positions",
    source: "IB",
    accounts: ["DU2"],
    rows: [{ account: "DU2", instrument: aapl, quantity: 5, avgPrice: 1 }],
    at: book.now,
  });
  assert.equal(book.later(10_000).view(aapl).quantity, 105);
});

Deno.test("positions: one closed today stays until the session rolls, and then leaves", () => {
  const { book, aapl } = twoStocks();
  book.fill(aapl, -100, 190).position(aapl, 0).later(60_000);
  assert.equal(book.view(aapl).quantity, 0);
  // On the weekend it is still Friday's session.
  book.moveTo("2026-11-22T15:00:00Z");
  near(book.view(aapl).dailyPnl, 500, "100 × (190 − 185)");
  book.moveTo("2026-11-23T05:00:00Z");
  assert.deepEqual(symbols(book), ["TSLA"]);
});

Deno.test("positions: one that its fills closed stays, also when the download comes without its row", () => {
  const { book, aapl, tsla } = twoStocks();
  book.fill(aapl, -100, 190).holds([{ of: tsla, quantity: -10, at: 390 }]).later(60_000);
  near(book.view(aapl).dailyPnl, 500);
});

Deno.test("positions: of an exchange without a calendar, one that is closed does not stay for ever (mistake 14)", () => {
  const book = new BookBuilder();
  const bond = book.stock("BUND", { assetType: "BOND", currency: "USD" });
  book.account("DU1", "USD").quote(bond, { last: 99 }).holds([{ of: bond, quantity: 10, at: 98 }]);
  book.fill(bond, -10, 99).position(bond, 0).later(10_000);
  assert.deepEqual(symbols(book), ["BUND"]);
  book.moveTo("2026-11-23T15:00:00Z");
  assert.deepEqual(symbols(book), []);
});

Deno.test("positions: of an exchange without a calendar, the daily figure is the broker's", () => {
  const book = new BookBuilder();
  const bond = book.stock("BUND", { assetType: "BOND", currency: "USD" });
  book.account("DU1", "USD").quote(bond, { last: 99, close: 97 }).holds([{ of: bond, quantity: 10, at: 98 }]);
  book.brokerPnl(bond, { dailyPnl: 20 });
  assert.equal(book.view(bond).dailyPnlSource, "broker");
});

Deno.test("positions: a row that opens and closes within a session leaves nothing behind in the next", () => {
  const { book } = twoStocks();
  const nvda = book.stock("NVDA");
  book.quote(nvda, { last: 150 }).fill(nvda, 10, 149).position(nvda, 10, 149);
  book.fill(nvda, -10, 150).position(nvda, 0).moveTo("2026-11-23T15:00:00Z");
  assert.deepEqual(symbols(book), ["AAPL", "TSLA"]);
});

Deno.test("manual entries: add what no broker holds, and count no key twice", () => {
  const { book, aapl } = twoStocks();
  const nvda = book.stock("NVDA");
  book.quote(nvda, { last: 150, close: 149 });
  book.holds(
    [{ account: "MANUAL", of: aapl, quantity: 70, at: 175 }, { account: "MANUAL", of: nvda, quantity: 10, at: 140 }],
    null,
    "MANUAL",
  );
  assert.equal(book.view(aapl).quantity, 100, "the broker's");
  assert.equal(book.view(nvda).quantity, 10);
  near(book.assess().portfolio.grossExposure, 18_700 + 4_000 + 1_500);
});

Deno.test("manual entries: an edit replaces them, and one that is taken out is gone", () => {
  const { book } = twoStocks();
  const nvda = book.stock("NVDA");
  book.quote(nvda, { last: 150 }).holds([{ account: "MANUAL", of: nvda, quantity: 10, at: 140 }], null, "MANUAL");
  book.holds([{ account: "MANUAL", of: nvda, quantity: 15, at: 140 }], null, "MANUAL");
  assert.equal(book.view(nvda).quantity, 15);
  book.apply({ kind: "positions", source: "MANUAL", accounts: ["MANUAL"], rows: [], at: book.now });
  assert.deepEqual(symbols(book), ["AAPL", "TSLA"]);
});

Deno.test("executions: after a gap that the broker's answer does not cover, the daily figure is the broker's", () => {
  const { book, aapl } = twoStocks();
  const lost = book.now;
  book.apply({ kind: "link", source: "IB", status: "down", detail: "", at: lost }).later(3_600_000);
  book.apply({ kind: "executions-complete", source: "IB", since: lost + 60_000, at: book.now });
  book.brokerPnl(aapl, { dailyPnl: 7 });
  assert.equal(book.view(aapl).dailyPnlSource, "broker");
});

Deno.test("executions: after a gap that the answer covers, the daily figure stays our own and counts the missed fills", () => {
  const { book, aapl, tsla } = twoStocks();
  book.apply({ kind: "link", source: "IB", status: "down", detail: "", at: book.now }).later(3_600_000);
  book.fill(aapl, 50, 186, { time: book.now - 600_000 });
  book.holds([{ of: aapl, quantity: 150, at: 182 }, { of: tsla, quantity: -10, at: 390 }]);
  // 100 × 2 + 50 × 1 = 250
  near(book.view(aapl).dailyPnl, 250);
  assert.equal(book.view(aapl).dailyPnlSource, "own");
});

Deno.test("a book that was not read is not flat: no total is known before the first download", () => {
  const book = new BookBuilder();
  book.portfolio.expectedSources.add("IB");
  assert.equal(book.account("DU1", "USD").assess().portfolio.grossExposure, null);
  assert.equal(book.holds([]).assess().portfolio.grossExposure, 0);
});

Deno.test("positions: a quantity that no fill explains leaves the day to the broker until the session rolls", () => {
  const { book, aapl } = twoStocks();
  // An assignment: 100 shares more, and no execution tells at which price.
  book.position(aapl, 200).brokerPnl(aapl, { dailyPnl: 310 });
  near(book.later(1_000).view(aapl).dailyPnl, 200, "100 × (187 − 185): the fill may be on its way");
  const later = book.later(5_000).view(aapl);
  assert.deepEqual([later.dailyPnl, later.dailyPnlSource], [310, "broker"]);
  assert.ok(later.flags.includes("FILLS_INCOMPLETE"));
  book.moveTo("2026-11-23T15:00:00Z").quote(aapl, { close: 187 });
  near(book.view(aapl).dailyPnl, 0, "200 × (187 − 187)");
});

Deno.test("positions: fills that arrive late explain the quantity again", () => {
  const { book, aapl } = twoStocks();
  book.position(aapl, 150).later(10_000);
  book.fill(aapl, 50, 186);
  const row = book.later(5_000).view(aapl);
  near(row.dailyPnl, 250, "100 × (187 − 185) + 50 × (187 − 186)");
  assert.equal(row.dailyPnlSource, "own");
});

Deno.test("positions: a quantity that grows as its average price shrinks looks like a split, and nothing is guessed", () => {
  const { book, aapl } = twoStocks();
  book.later(5_000).assess();
  book.position(aapl, 400, 45).later(5_000);
  const row = book.view(aapl);
  assert.ok(row.flags.includes("SPLIT_SUSPECT"), row.flags.join());
  assert.equal(row.dailyPnl, null);
});
