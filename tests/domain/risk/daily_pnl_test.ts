import assert from "node:assert/strict";
import { BookBuilder, FRIDAY_MIDNIGHT, FRIDAY_MORNING, near } from "../../support/book_builder.ts";

/** 190 calls of AAPL, closed at 6.45 yesterday, now 7.20. */
function withCalls(settings: ConstructorParameters<typeof BookBuilder>[0] = {}, now = FRIDAY_MORNING) {
  const book = new BookBuilder(settings, now);
  const calls = book.option("AAPL 2026-12-18 190 C");
  book.account("DU1", "USD").quote(calls, { bid: 7.1, ask: 7.3, close: 6.45 });
  return { book, calls };
}

Deno.test("daily P&L: held over night it is the move since the previous close", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }]);
  const { dailyPnl, dailyPnlSource } = book.view(calls);
  // 5 × 100 × (7.20 − 6.45) = 375
  near(dailyPnl, 375);
  assert.equal(dailyPnlSource, "own");
});

Deno.test("daily P&L: a short held over night loses what the price gained", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: -5, at: 6 }]);
  near(book.view(calls).dailyPnl, -375);
});

Deno.test("daily P&L: opened today it is measured from the fill, not from yesterday's close (mistake 2)", () => {
  const { book, calls } = withCalls();
  book.holds([]).fill(calls, 5, 7, { commission: 3.25 }).position(calls, 5, 7.0065);
  // 5 × 100 × (7.20 − 7.00) − 3.25 = 96.75. From the close it would be 375.
  near(book.view(calls).dailyPnl, 96.75);
});

Deno.test("daily P&L: opened today it needs no previous close", () => {
  const { book, calls } = withCalls();
  book.quote(calls, { close: NaN }).holds([]).fill(calls, 5, 7).position(calls, 5, 7);
  const view = book.view(calls);
  near(view.dailyPnl, 100);
  assert.equal(view.dailyPnlSource, "own");
  assert(!view.flags.includes("NO_CLOSE"));
});

Deno.test("daily P&L: closed today it keeps what was made and stays listed", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }]);
  book.fill(calls, -5, 8, { commission: 3.25, realizedPnl: 990 }).position(calls, 0);
  book.later(60_000);
  const view = book.view(calls);
  // −5 × 100 × 6.45 + 5 × 100 × 8.00 − 3.25 = 771.75, whatever the price does afterwards.
  near(view.dailyPnl, 771.75);
  near(view.realizedPnl, 990);
  assert.equal(view.quantity, 0);
  near(view.marketValue, 0);
  near(view.unrealizedPnl, 0);
});

Deno.test("daily P&L: opened and closed today it is the round trip less both commissions", () => {
  const { book, calls } = withCalls();
  book.quote(calls, { close: NaN }).holds([]);
  book.fill(calls, 5, 7, { commission: 3 }).position(calls, 5, 7);
  book.fill(calls, -5, 7.5, { commission: 3, realizedPnl: 244 }).position(calls, 0);
  // 5 × 100 × (7.50 − 7.00) − 6 = 244
  near(book.view(calls).dailyPnl, 244);
  near(book.view(calls).realizedPnl, 244);
});

Deno.test("daily P&L: of a partial close, the closed part has its fill and the rest the mark", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }]).fill(calls, -2, 8).position(calls, 3, 6);
  // 3 × 100 × (7.20 − 6.45) + 2 × 100 × (8.00 − 6.45) = 225 + 310 = 535
  near(book.view(calls).dailyPnl, 535);
});

Deno.test("daily P&L: of an addition, the old part counts from the close and the new from its fill", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }]).fill(calls, 3, 7).position(calls, 8, 6.375);
  // 5 × 100 × 0.75 + 3 × 100 × 0.20 = 375 + 60 = 435
  near(book.view(calls).dailyPnl, 435);
});

Deno.test("daily P&L: a reversal through zero closes the old side and opens the new at the fill", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }]).fill(calls, -8, 8).position(calls, -3, 8);
  // 5 × 100 × (8.00 − 6.45) − 3 × 100 × (7.20 − 8.00) = 775 + 240 = 1,015
  near(book.view(calls).dailyPnl, 1_015);
});

Deno.test("daily P&L: partial fills add up as one fill at their average would", () => {
  const { book, calls } = withCalls();
  book.holds([]).fill(calls, 1, 6.9).fill(calls, 1, 7).fill(calls, 3, 7.1).position(calls, 5, 7.04);
  // 5 × 100 × 7.20 − 100 × (6.90 + 7.00 + 3 × 7.10) = 3,600 − 3,520 = 80
  near(book.view(calls).dailyPnl, 80);
});

Deno.test("daily P&L: a corrected fill replaces the one it corrects, and its commission goes with it", () => {
  const { book, calls } = withCalls();
  book.holds([]).fill(calls, 5, 7, { execId: "0001.aa.01.01", commission: 3 }).position(calls, 5, 7);
  book.fill(calls, 5, 7.05, { execId: "0001.aa.01.02" });
  // 5 × 100 × (7.20 − 7.05) = 75: the replaced fill's commission of 3 counts no more …
  near(book.view(calls).dailyPnl, 75);
  // … the corrected fill's own does: 75 − 3.50 = 71.50
  book.commission("0001.aa.01.02", 3.5);
  near(book.view(calls).dailyPnl, 71.5);
});

Deno.test("daily P&L: a correction that arrives before what it corrects stays the newest", () => {
  const { book, calls } = withCalls();
  book.holds([]).position(calls, 5, 7.05);
  book.fill(calls, 5, 7.05, { execId: "0001.aa.01.02", commission: 3.5 });
  book.fill(calls, 5, 7, { execId: "0001.aa.01.01", commission: 3 });
  near(book.view(calls).dailyPnl, 71.5);
});

Deno.test("daily P&L: a commission that arrives before its execution counts", () => {
  const { book, calls } = withCalls();
  book.holds([]).commission("0001.aa.01.01", 3.25).fill(calls, 5, 7, { execId: "0001.aa.01.01" });
  // 5 × 100 × 0.20 − 3.25 = 96.75
  near(book.position(calls, 5, 7).view(calls).dailyPnl, 96.75);
});

Deno.test("daily P&L: the commission of a correction that arrives before the correction counts", () => {
  const { book, calls } = withCalls();
  book.holds([]).fill(calls, 5, 7, { execId: "0001.aa.01.01", commission: 3 }).position(calls, 5, 7);
  book.commission("0001.aa.01.02", 3.5).fill(calls, 5, 7.05, { execId: "0001.aa.01.02" });
  near(book.view(calls).dailyPnl, 71.5);
});

Deno.test("daily P&L: executions told again after a reconnection count once", () => {
  const { book, calls } = withCalls();
  book.holds([]).fill(calls, 5, 7, { execId: "0001.aa.01.01", commission: 3 }).position(calls, 5, 7);
  book.fill(calls, 5, 7, { execId: "0001.aa.01.01", commission: 3 });
  near(book.view(calls).dailyPnl, 97);
});

Deno.test("daily P&L: a fill before its position update, or after it, never makes it jump", () => {
  for (const positionFirst of [true, false]) {
    const { book, calls } = withCalls();
    book.holds([{ of: calls, quantity: 5, at: 6 }]);
    const seen: (number | null)[] = [];
    const fill = () => book.fill(calls, 5, 7.2);
    const position = () => book.position(calls, 10, 6.6);
    for (const step of positionFirst ? [position, fill] : [fill, position]) {
      step();
      seen.push(book.view(calls).dailyPnl);
      seen.push(book.later(500).view(calls).dailyPnl);
    }
    seen.push(book.later(10_000).view(calls).dailyPnl);
    // 5 × 100 × 0.75 = 375; a fill at the mark changes nothing.
    for (const dailyPnl of seen) near(dailyPnl, 375, positionFirst ? "position first" : "fill first");
  }
});

Deno.test("daily P&L: a fill stamped by a broker whose clock is behind ours does not make it jump", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }]).later(60_000);
  book.fill(calls, 5, 7.2, { time: book.now - 8_000 }).later(250);
  near(book.view(calls).dailyPnl, 375);
  near(book.position(calls, 10, 6.6).later(250).view(calls).dailyPnl, 375);
});

Deno.test("daily P&L: a new contract's fill before its first position update counts from the fill", () => {
  const { book, calls } = withCalls();
  book.holds([]).fill(calls, 5, 7).later(250);
  near(book.view(calls).dailyPnl, 100);
  near(book.position(calls, 5, 7).later(250).view(calls).dailyPnl, 100);
});

Deno.test("daily P&L: fills of before the program's start are part of it", () => {
  const book = new BookBuilder();
  const calls = book.option("AAPL 2026-12-18 190 C");
  book.account("DU1", "USD").quote(calls, { bid: 7.1, ask: 7.3, close: 6.45 });
  // 3 of the 8 were bought at 09:45 New York; IB answers with positions first or with executions first.
  const time = Date.parse("2026-11-20T14:45:00Z");
  book.fill(calls, 3, 7, { time, commission: 2 }).holds([{ of: calls, quantity: 8, at: 6.4 }]);
  // 5 × 100 × 0.75 + 3 × 100 × 0.20 − 2 = 433
  near(book.view(calls).dailyPnl, 433);
});

Deno.test("daily P&L: fills of an earlier session are not this session's", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }], FRIDAY_MIDNIGHT - 86_400_000);
  book.fill(calls, 5, 1, { time: FRIDAY_MIDNIGHT - 1 });
  near(book.view(calls).dailyPnl, 375);
});

Deno.test("daily P&L: a transfer without a fill is left to the broker's figure once it has settled", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }]).brokerPnl(calls, { dailyPnl: 680 }).position(calls, 9, 6);
  near(book.view(calls).dailyPnl, 375, "a fill may still come");
  const view = book.later(5_000).view(calls);
  near(view.dailyPnl, 680, "what it was paid with is not known");
  assert.equal(view.dailyPnlSource, "broker");
  assert(view.flags.includes("FILLS_INCOMPLETE"));
});

Deno.test("daily P&L: without executions it is the broker's figure, marked as such", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }], null).brokerPnl(calls, { dailyPnl: 360, realizedPnl: 12 });
  const view = book.view(calls);
  near(view.dailyPnl, 360);
  near(view.realizedPnl, 12);
  assert.equal(view.dailyPnlSource, "broker");
  assert(view.flags.includes("FILLS_INCOMPLETE"));
});

Deno.test("daily P&L: without executions and without the broker's figure it is unknown and excluded", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }], null);
  const { portfolio } = book.assess();
  assert.equal(portfolio.dailyPnl, null);
  assert.equal(book.view(calls).dailyPnlSource, "none");
  assert.deepEqual(portfolio.excluded.filter(({ total }) => total === "dailyPnl"), [
    { total: "dailyPnl", reason: "FILLS_INCOMPLETE", count: 1 },
  ]);
});

Deno.test("daily P&L: of a futures session that began the evening before, executions since midnight are not enough", () => {
  const book = new BookBuilder();
  const es = book.future("ES", "2026-12-18", 50);
  book.account("DU1", "USD").quote(es, { bid: 6000, ask: 6000.5, last: 6000.25, close: 5990 });
  book.holds([{ of: es, quantity: 2, at: 5980 }]).brokerPnl(es, { dailyPnl: 1_000 });
  assert.equal(book.view(es).dailyPnlSource, "broker");
  near(book.view(es).dailyPnl, 1_000);
  assert(book.view(es).flags.includes("FILLS_INCOMPLETE"));
});

Deno.test("daily P&L: from the next evening's roll on, a future's is our own", () => {
  const book = new BookBuilder();
  const es = book.future("ES", "2026-12-18", 50);
  // Monday's session begins on Sunday at 17:00 New York (22:00 UTC), while the program runs.
  book.account("DU1", "USD").holds([{ of: es, quantity: 2, at: 5980 }]).moveTo("2026-11-22T23:30:00Z");
  book.quote(es, { bid: 6010, ask: 6010.5, last: 6010.25, close: 6000 });
  const view = book.view(es);
  // 2 × 50 × (6,010.25 − 6,000) = 1,025
  near(view.dailyPnl, 1_025);
  assert.equal(view.dailyPnlSource, "own");
});

Deno.test("daily P&L: a close that arrived in the session before is not used in the next", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }]);
  // Monday in New York; no newer close has come. Friday's quote still carries Thursday's close.
  book.moveTo("2026-11-23T14:45:00Z").brokerPnl(calls, { dailyPnl: 40 });
  const view = book.view(calls);
  near(view.dailyPnl, 40);
  assert.equal(view.dailyPnlSource, "broker");
  assert.equal(view.closeDate, "2026-11-19");
  assert(view.flags.includes("NO_CLOSE"));
  // Friday's close comes: 5 × 100 × (7.20 − 7.00) = 100
  near(book.quote(calls, { close: 7 }).view(calls).dailyPnl, 100);
  assert.equal(book.view(calls).closeDate, "2026-11-20");
});

Deno.test("daily P&L: weekends and holidays do not roll the session", () => {
  // Thanksgiving is 2026-11-26; on the 27th the session before is Wednesday's.
  const { book, calls } = withCalls({}, Date.parse("2026-11-25T15:00:00Z"));
  book.holds([{ of: calls, quantity: 5, at: 6 }], Date.parse("2026-11-25T05:00:00Z"));
  book.moveTo("2026-11-26T15:00:00Z");
  near(book.view(calls).dailyPnl, 375);
  assert.equal(book.view(calls).closeDate, "2026-11-24");
  book.moveTo("2026-11-27T15:00:00Z").quote(calls, { close: 7.2 });
  near(book.view(calls).dailyPnl, 0);
  assert.equal(book.view(calls).closeDate, "2026-11-25");
});

Deno.test("daily P&L: a commission in another currency is converted", () => {
  const { book, calls } = withCalls();
  book.rate("EUR", "USD", 1.1).holds([]);
  book.fill(calls, 5, 7, { commission: 10, currency: "EUR" }).position(calls, 5, 7);
  // 100 − 10 × 1.10 = 89
  near(book.view(calls).dailyPnl, 89);
});

Deno.test("daily P&L: a commission without a rate is never taken at 1: the broker's figure, or nothing", () => {
  const { book, calls } = withCalls();
  book.holds([]).fill(calls, 5, 7, { commission: 10, currency: "EUR" }).position(calls, 5, 7);
  assert.equal(book.view(calls).dailyPnl, null);
  assert(book.view(calls).flags.includes("FX_MISSING"));
  book.brokerPnl(calls, { dailyPnl: 88 });
  const view = book.view(calls);
  near(view.dailyPnl, 88);
  assert.equal(view.dailyPnlSource, "broker");
  assert(view.flags.includes("FX_MISSING"));
});

Deno.test("daily P&L: in another currency it is converted at the rate of now, the rate's own effect beside it", () => {
  const book = new BookBuilder();
  const sap = book.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  const pair = book.forex("EUR.USD");
  book.account("DU1", "USD").rate("EUR", "USD", 1.1).quote(pair, { bid: 1.1, ask: 1.1, last: 1.1, close: 1.08 });
  book.quote(sap, { bid: 202, ask: 202, last: 202, close: 200 });
  book.holds([{ of: sap, quantity: 10, at: 190 }], Date.parse("2026-11-19T23:00:00Z"));
  const view = book.view(sap);
  // 10 × (202 − 200) × 1.10 = 22
  near(view.dailyPnl, 22);
  // 10 × 200 × (1.10 − 1.08) = 40, and not part of the 22
  near(book.assess().portfolio.fxPnl, 40);
});

Deno.test("daily P&L: without a rate an amount is left out, flagged and counted, never taken at 1", () => {
  const book = new BookBuilder();
  const sap = book.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  book.account("DU1", "USD").quote(sap, { bid: 202, ask: 202, last: 202, close: 200 });
  book.holds([{ of: sap, quantity: 10, at: 190 }], Date.parse("2026-11-19T23:00:00Z"));
  const assessment = book.assess();
  const view = book.view(sap, assessment);
  assert.deepEqual([view.dailyPnl, view.unrealizedPnl, view.marketValue, view.exposure], [null, null, null, null]);
  assert(view.flags.includes("FX_MISSING"));
  assert.deepEqual(assessment.fxMissing, ["EUR"]);
  for (const total of ["dailyPnl", "unrealizedPnl", "marketValue", "grossExposure"]) {
    const row = assessment.portfolio.excluded.find((excluded) => excluded.total === total);
    assert.deepEqual(row, { total, reason: "FX_MISSING", count: 1 }, total);
  }
});

Deno.test("daily P&L: of a position closed today, a missing rate is still named", () => {
  const book = new BookBuilder();
  const sap = book.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  book.account("DU1", "USD").quote(sap, { bid: 202, ask: 202, last: 202, close: 200 });
  book.holds([{ of: sap, quantity: 10, at: 190 }], Date.parse("2026-11-19T23:00:00Z"));
  book.fill(sap, -10, 203).position(sap, 0);
  assert.equal(book.view(sap).dailyPnl, null);
  assert.deepEqual(book.assess().fxMissing, ["EUR"]);
});

Deno.test("daily P&L: a manual entry counts as held since the close", () => {
  const { book, calls } = withCalls();
  book.holds([{ account: "MANUAL", of: calls, quantity: 2, at: 6 }], null, "MANUAL");
  // 2 × 100 × 0.75 = 150
  near(book.view(calls).dailyPnl, 150);
  assert.equal(book.view(calls).dailyPnlSource, "own");
});

Deno.test("daily P&L: fractional shares earn their fraction", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  book.account("DU1", "USD").quote(aapl, { bid: 187, ask: 187.1, last: 187.05, close: 185.05 });
  book.holds([{ of: aapl, quantity: 0.5, at: 180 }]);
  near(book.view(aapl).dailyPnl, 1);
  near(book.view(aapl).unrealizedPnl, 3.525);
});

Deno.test("realized P&L: comes from the commission reports of this session, in their currency", () => {
  const { book, calls } = withCalls();
  book.rate("EUR", "USD", 1.1).holds([{ of: calls, quantity: 5, at: 6 }]);
  book.fill(calls, -1, 8, { commission: 1, realizedPnl: 199 });
  book.fill(calls, -1, 8, { commission: 1, currency: "EUR", realizedPnl: 100 }).position(calls, 3, 6);
  // 199 + 100 × 1.10 = 309
  near(book.view(calls).realizedPnl, 309);
  near(book.assess().portfolio.realizedPnl, 309);
});

Deno.test("realized P&L: starts from 0 when the session rolls", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6 }]).fill(calls, -1, 8, { commission: 1, realizedPnl: 199 });
  book.position(calls, 4, 6).moveTo("2026-11-23T14:45:00Z");
  near(book.view(calls).realizedPnl, 0);
});

Deno.test("unrealized P&L: quantity × multiplier × (mark − average price), long and short", () => {
  const { book, calls } = withCalls();
  book.holds([{ of: calls, quantity: 5, at: 6.1235 }]);
  // 5 × 100 × (7.20 − 6.1235) = 538.25
  near(book.view(calls).unrealizedPnl, 538.25);
  near(book.position(calls, -5, 6.1235).view(calls).unrealizedPnl, -538.25);
});

Deno.test("unrealized P&L: without an average price it is unknown, with the reason", () => {
  const { book, calls } = withCalls();
  const { portfolio } = book.holds([{ of: calls, quantity: 5 }]).assess();
  assert.equal(portfolio.unrealizedPnl, null);
  assert(portfolio.excluded.some(({ total, reason }) => total === "unrealizedPnl" && reason === "NO_AVG_PRICE"));
  assert(portfolio.dailyPnl !== null);
});

Deno.test("fx P&L: is unknown, not 0, while what was held at the close is not known", () => {
  const book = new BookBuilder();
  const sap = book.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  book.account("DU1", "USD").rate("EUR", "USD", 1.1).quote(sap, { bid: 202, ask: 202, last: 202, close: 200 });
  const { portfolio } = book.holds([{ of: sap, quantity: 10, at: 190 }], null).assess();
  assert.equal(portfolio.fxPnl, null);
  assert(portfolio.excluded.some(({ total, reason }) => total === "fxPnl" && reason === "FILLS_INCOMPLETE"));
});
