import assert from "node:assert/strict";
import type { LineStatus, MarketDataType } from "../../../src/domain/event.ts";
import type { CashView, CurrencyView } from "../../../src/domain/risk/snapshot.ts";
import { BookBuilder, near, type Quote } from "../../support/book_builder.ts";

/** Cash in euros whose rate the ledger told 60 s ago, and a pair quoted 2 s ago. */
function quotedBook(quote: Quote, pair = "EUR.USD", ledger = { currency: "EUR", rate: 1.10 }) {
  const book = new BookBuilder();
  const index = book.forex(pair);
  book.account("DU1", "USD").rate(ledger.currency, "USD", ledger.rate);
  book.apply({ kind: "cash", source: "IB", account: "DU1", currency: ledger.currency, amount: 1_000, at: book.now });
  book.apply({ kind: "link", source: "IB", status: "up", detail: "", at: book.now });
  const line = (status: LineStatus, type: MarketDataType = "live") =>
    book.apply(
      { kind: "line", instrument: index, status, detail: null, at: book.now },
      { kind: "market-data-type", instrument: index, type },
    );
  book.later(58_000).quote(index, quote);
  line("live");
  book.later(2_000);
  return { book, index, line };
}

function cashIn(currency: string, book: BookBuilder): CashView {
  const row = book.assess().cash.find((candidate) => candidate.currency === currency);
  assert(row !== undefined, `no cash in ${currency}`);
  return row;
}

Deno.test("quoted rates: the mark of a live pair is the rate, as old as its quote", () => {
  const { book } = quotedBook({ bid: 1.1498, ask: 1.1502 });
  near(cashIn("EUR", book).fxRate, 1.15, "(1.1498 + 1.1502) / 2");
  assert.equal(cashIn("EUR", book).fxAgeMs, 2_000);
});

Deno.test("quoted rates: a pair quoted the other way round is inverted", () => {
  const { book } = quotedBook({ bid: 159.9, ask: 160.1 }, "USD.JPY", { currency: "JPY", rate: 0.0064 });
  near(cashIn("JPY", book).fxRate, 1 / 160);
});

Deno.test("quoted rates: a newer rate of the ledger stands until the pair is quoted again", () => {
  const { book, index } = quotedBook({ bid: 1.1498, ask: 1.1502 });
  near(cashIn("EUR", book).fxRate, 1.15);
  book.later(1_000).rate("EUR", "USD", 1.16);
  near(cashIn("EUR", book).fxRate, 1.16, "the ledger's is 3 s newer");
  book.later(500).quote(index, { ask: 1.1552, bid: 1.1548 });
  near(cashIn("EUR", book).fxRate, 1.155, "(1.1548 + 1.1552) / 2");
  assert.equal(cashIn("EUR", book).fxAgeMs, 0);
});

for (
  const [words, status, type] of [
    ["delayed", "live", "delayed"],
    ["frozen", "live", "frozen"],
    ["dead", "dead", "live"],
    ["rotated", "rotated", "live"],
    ["without permission", "no-permission", "live"],
    ["asked for and not answered yet", "requested", "live"],
  ] as const
) {
  Deno.test(`quoted rates: a pair that is ${words} leaves the ledger's rate`, () => {
    const { book, line } = quotedBook({ bid: 1.1498, ask: 1.1502 });
    line(status, type);
    assert.equal(cashIn("EUR", book).fxRate, 1.1);
    assert.equal(cashIn("EUR", book).fxAgeMs, 60_000);
  });
}

Deno.test("quoted rates: over a dead link a rate only grows older", () => {
  const { book, index } = quotedBook({ bid: 1.1498, ask: 1.1502 });
  book.assess();
  book.apply({ kind: "link", source: "IB", status: "down", detail: "", at: book.now });
  book.later(30_000).quote(index, { bid: 1.2, ask: 1.2 });
  near(cashIn("EUR", book).fxRate, 1.15);
  assert.equal(cashIn("EUR", book).fxAgeMs, 32_000);
});

for (
  const [words, quote] of [
    ["crossed", { bid: 1.16, ask: 1.14 }],
    ["one-sided", { bid: 1.15 }],
    ["without any price but a close", { close: 1.15 }],
  ] as const
) {
  Deno.test(`quoted rates: a pair that is ${words} gives no rate`, () => {
    const { book } = quotedBook(quote);
    assert.equal(cashIn("EUR", book).fxRate, 1.1);
  });
}

Deno.test("quoted rates: positions are valued at the quoted rate, in the turn that brings it", () => {
  const { book, index } = quotedBook({ bid: 1.1498, ask: 1.1502, close: 1.14 });
  const sap = book.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  book.holds([{ of: sap, quantity: 100, at: 200 }]).quote(sap, { last: 206, close: 205 });
  near(book.view(sap).marketValue, 23_690, "100 × 206 × 1.15");
  // 100 × 205 × (1.15 − 1.14)
  const euros = book.assess().byCurrency.find((row): row is CurrencyView => row.currency === "EUR");
  near(euros?.fxPnl ?? null, 205);
  book.quote(index, { bid: 1.1598, ask: 1.1602 });
  near(book.view(sap).marketValue, 23_896, "100 × 206 × 1.16");
});

Deno.test("quoted rates: where no pair is quoted against the base, two against the dollar give both rates", () => {
  const book = new BookBuilder({ baseCurrency: "GBP" });
  const euros = book.forex("EUR.USD");
  const pounds = book.forex("GBP.USD");
  const sap = book.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  book.account("DU1", "GBP").holds([{ of: sap, quantity: 100, at: 200 }]).quote(sap, { last: 206, close: 200 });
  book.quote(euros, { bid: 1.17, ask: 1.17, close: 1.15 }).quote(pounds, { bid: 1.30, ask: 1.30, close: 1.25 });
  for (const instrument of [euros, pounds]) {
    book.apply({ kind: "line", instrument, status: "live", detail: null, at: book.now });
  }
  // Now 1.17 / 1.30 = 0.90, at the close 1.15 / 1.25 = 0.92 pounds a euro.
  near(book.view(sap).marketValue, 18_540, "100 × 206 × 0.90");
  near(book.assess().portfolio.fxPnl, -400, "100 × 200 × (0.90 − 0.92)");
});
