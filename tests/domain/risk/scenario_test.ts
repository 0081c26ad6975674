import assert from "node:assert/strict";
import type { Shock } from "../../../src/domain/settings.ts";
import { BookBuilder, near } from "../../support/book_builder.ts";

function shocked(spotShock: number, volShock = 0, days = 0) {
  const shock: Shock = { name: "shock", spotShock, volShock, days };
  const book = new BookBuilder({ shocks: [shock] });
  const aapl = book.stock("AAPL");
  const put = book.option("AAPL 2026-12-18 180 P");
  book.account("DU1", "USD").apply({ kind: "underlying", instrument: put, underlying: aapl });
  book.quote(aapl, { last: 200 });
  book.quote(put, { bid: 3.9, ask: 4.1, delta: -0.25, gamma: 0.01, vega: 0.3, theta: -0.05 });
  return { book, aapl, put };
}

const pnlOf = (book: BookBuilder): number | null => book.assess().scenarios[0]!.pnl;

Deno.test("shocks: a short put loses in a crash; its price is not scaled by the shock (mistake 16)", () => {
  const { book, put } = shocked(-0.1);
  book.holds([{ of: put, quantity: -1, at: 4 }]);
  // Dollar delta −100 × −0.25 × 200 = 5,000; × −10 % = −500.
  // Curvature ½ × −100 × 0.01 × 200² × 0.1² = −200. Together −700. The price scaled would say +40.
  near(pnlOf(book), -700);
});

Deno.test("shocks: stocks and futures move with the shock, currencies do not", () => {
  const { book, aapl } = shocked(-0.1);
  const es = book.future("ES", "2026-12-18", 50);
  const euros = book.forex("EUR.USD");
  book.quote(es, { last: 6000 }).quote(euros, { last: 1.1 });
  book.holds([
    { of: aapl, quantity: 100, at: 190 },
    { of: es, quantity: -1, at: 6000 },
    { of: euros, quantity: 1_000, at: 1 },
  ]);
  // −2,000 + 30,000
  near(pnlOf(book), 28_000);
});

Deno.test("shocks: volatility by the point, time by the calendar day", () => {
  const { book, put } = shocked(0, 0.05, 3);
  book.holds([{ of: put, quantity: -1, at: 4 }]);
  // −100 × 0.3 × 5 points = −150; −100 × −0.05 × 3 days = 15.
  near(pnlOf(book), -135);
});

Deno.test("shocks: an option without greeks is left out and counted", () => {
  const { book, aapl, put } = shocked(-0.1);
  book.quote(put, { delta: NaN }).holds([{ of: put, quantity: -1, at: 4 }, { of: aapl, quantity: 100, at: 190 }]);
  const [scenario] = book.assess().scenarios;
  near(scenario!.pnl, -2_000);
  assert.equal(scenario!.excluded, 1);
});

Deno.test("shocks: an expired option is worth what it is worth", () => {
  const { book, put } = shocked(-0.1);
  book.holds([{ of: put, quantity: -1, at: 4 }]).moveTo("2026-12-18T21:00:01Z");
  assert.equal(pnlOf(book), 0);
});

Deno.test("shocks: of a book that was not read they are unknown", () => {
  const { book } = shocked(-0.1);
  book.portfolio.expectedSources.add("IB");
  assert.equal(pnlOf(book), null);
});
