import assert from "node:assert/strict";
import { expiryBucket } from "../../../src/domain/risk/expiry_buckets.ts";
import { BookBuilder, near } from "../../support/book_builder.ts";

Deno.test("expiry buckets: each ends where its name says", () => {
  const days = [0, 1, 7, 8, 30, 31, 90, 91, 5000];
  assert.deepEqual(
    days.map((count) => expiryBucket(count, false)),
    ["0DTE", "1_7D", "1_7D", "8_30D", "8_30D", "31_90D", "31_90D", "90D_PLUS", "90D_PLUS"],
  );
  assert.equal(expiryBucket(null, false), "NO_EXPIRY");
});

Deno.test("expiry buckets: a day past expiry is EXPIRED, not 1_7D (mistake 10)", () => {
  assert.equal(expiryBucket(-1, false), "EXPIRED");
  assert.equal(expiryBucket(0, true), "EXPIRED");
});

Deno.test("days to expiry: a US 0DTE option is alive although it is the next day in Hong Kong (mistake 9)", () => {
  // 20 November, 14:30 in New York, is the 21st, 03:30, in Hong Kong.
  const book = new BookBuilder({}, Date.parse("2026-11-20T19:30:00Z"));
  const call = book.option("AAPL 2026-11-20 190 C");
  book.account("DU1", "USD").quote(call, { bid: 1, ask: 1.1, delta: 0.5, gamma: 0.1, vega: 0.01, theta: -0.5 });
  const view = book.holds([{ of: call, quantity: 1, at: 1 }]).view(call);
  assert.deepEqual([view.daysToExpiry, view.expiryBucket], [0, "0DTE"]);
  assert(!view.flags.includes("EXPIRED"));
  near(view.delta, 50);
});

Deno.test("days to expiry: a Hong Kong option counts Hong Kong's days", () => {
  // 20 November, 14:30 in New York: in Hong Kong it is the 21st already, and the 23rd is two days off.
  const book = new BookBuilder({ baseCurrency: "HKD" }, Date.parse("2026-11-20T19:30:00Z"));
  const call = book.option("700 2026-11-23 500 C", { currency: "HKD", exchange: "SEHK" });
  book.account("DU1", "HKD").holds([{ of: call, quantity: 1, at: 1 }]);
  assert.equal(book.view(call).daysToExpiry, 2);
});

function expiring(right: "C" | "P", quantity = -2) {
  const book = new BookBuilder({}, Date.parse("2026-11-20T20:59:00Z"));
  const aapl = book.stock("AAPL");
  const option = book.option(`AAPL 2026-11-20 190 ${right}`);
  book.account("DU1", "USD").apply({ kind: "underlying", instrument: option, underlying: aapl });
  book.quote(aapl, { bid: 192, ask: 192.1, last: 192.05 });
  book.quote(option, { bid: 2, ask: 2.2, close: 3, delta: 0.9, gamma: 0.1, vega: 0.01, theta: -0.5 });
  book.holds([{ of: option, quantity, at: 4 }, { of: aapl, quantity: 100, at: 180 }]);
  return { book, aapl, option };
}

Deno.test("expired options: from the expiry time on at intrinsic value, without greeks, still listed", () => {
  const { book, option } = expiring("C");
  near(book.view(option).mark, 2.1);
  book.moveTo("2026-11-20T21:00:00Z");
  const assessment = book.assess();
  const view = book.view(option, assessment);
  near(view.mark, 2.05, "192.05 − 190");
  assert.equal(view.markSource, "intrinsic");
  assert.deepEqual([view.delta, view.gamma, view.vega, view.theta], [null, null, null, null]);
  assert.equal(view.expiryBucket, "EXPIRED");
  assert(view.flags.includes("EXPIRED") && !view.flags.includes("DATA_MISSING"));
  near(view.unrealizedPnl, 390, "−2 × 100 × (2.05 − 4)");
  near(view.dailyPnl, 190, "−2 × 100 × (2.05 − 3)");
  near(assessment.portfolio.delta, 100, "the stock alone");
  assert.deepEqual(assessment.portfolio.excluded.filter(({ total }) => total === "delta"), [
    { total: "delta", reason: "EXPIRED", count: 1 },
  ]);
  assert.equal(assessment.missingGreeks, 0);
});

Deno.test("expired options: out of the money they are worth nothing", () => {
  const { book, option } = expiring("P");
  const view = book.moveTo("2026-11-20T21:00:00Z").view(option);
  assert.deepEqual([view.mark, view.markSource], [0, "intrinsic"]);
  near(view.unrealizedPnl, 800, "−2 × 100 × (0 − 4)");
});

Deno.test("expired options: a name that holds nothing else has no exposure, and its limit is not unknown", () => {
  const { book, option, aapl } = expiring("P");
  book.position(aapl, 0).moveTo("2026-11-20T21:00:10Z");
  book.position(option, -2, 4);
  const assessment = book.assess();
  assert.equal(book.name("AAPL", assessment).grossExposure, 0);
  assert.equal(assessment.portfolio.grossExposure, 0);
  assert.equal(assessment.portfolio.delta, 0);
});

Deno.test("expired options: index options settled at the opening expire at 09:30, the weeklies at 16:00", () => {
  const book = new BookBuilder({}, Date.parse("2026-11-20T15:00:00Z"));
  const am = book.option("SPX 2026-11-20 6000 C", { tradingClass: "SPX" });
  const pm = book.option("SPX 2026-11-20 6000 C", { tradingClass: "SPXW", localSymbol: "SPXW" });
  book.account("DU1", "USD").holds([{ of: am, quantity: 1, at: 1 }, { of: pm, quantity: 1, at: 1 }]);
  assert.equal(book.view(am).expiryBucket, "EXPIRED");
  assert.equal(book.view(pm).expiryBucket, "0DTE");
  assert.notEqual(am, pm, "SPX and SPXW of one date and strike are two contracts");
});

Deno.test("expiry ladder: every bucket in order, counting positions once, and adding up to the book", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  book.account("DU1", "USD").quote(aapl, { last: 100 });
  const options = ["2026-11-19", "2026-11-20", "2026-11-25", "2026-12-18", "2027-01-15", "2027-12-17"].map((expiry) => {
    const option = book.option(`AAPL ${expiry} 100 C`);
    book.apply({ kind: "underlying", instrument: option, underlying: aapl });
    book.quote(option, { bid: 5, ask: 5.2, close: 5, delta: 0.5, gamma: 0.02, vega: 0.1, theta: -0.1 });
    return option;
  });
  book.holds([...options, aapl].map((of) => ({ of, quantity: 1, at: 5 })));
  const { byExpiry, portfolio } = book.assess();
  assert.deepEqual(byExpiry.map(({ bucket, positions }) => [bucket, positions]), [
    ["EXPIRED", 1],
    ["0DTE", 1],
    ["1_7D", 1],
    ["8_30D", 1],
    ["31_90D", 1],
    ["90D_PLUS", 1],
    ["NO_EXPIRY", 1],
  ]);
  for (const total of ["delta", "gamma", "vega", "theta", "grossExposure", "dollarDelta"] as const) {
    near(byExpiry.reduce((sum, row) => sum + (row[total] ?? 0), 0), portfolio[total]!, total);
  }
  assert.equal(byExpiry[0]?.excluded, 1);
});

Deno.test("a name's price is its next future's once the one before has expired, also while that is still registered", () => {
  const book = new BookBuilder();
  const december = book.future("ES", "2026-12-18", 50, { localSymbol: "ESZ6" });
  const march = book.future("ES", "2027-03-19", 50, { localSymbol: "ESH7" });
  book.account("DU1", "USD").quote(december, { last: 6600 }).quote(march, { last: 6650 });
  book.holds([{ of: december, quantity: 1, at: 6500 }, { of: march, quantity: 1, at: 6500 }]);
  assert.equal(book.name("ES").price, 6600);
  book.moveTo("2026-12-21T15:00:00Z").quote(march, { last: 6700 });
  book.holds([{ of: march, quantity: 1, at: 6500 }], Date.parse("2026-12-20T05:00:00Z")).later(10_000);
  assert.equal(book.name("ES").price, 6700);
});
