import assert from "node:assert/strict";
import type { PortfolioView } from "../../../src/domain/risk/snapshot.ts";
import { BookBuilder, near } from "../../support/book_builder.ts";

type Settings = ConstructorParameters<typeof BookBuilder>[0];

/** AAPL at 187.12; its 190 calls at 7.20 with delta 0.4975, gamma 0.0243, vega 0.2631, theta −0.0925. */
function appleBook(settings: Settings = {}) {
  const book = new BookBuilder(settings);
  const aapl = book.stock("AAPL");
  const calls = book.option("AAPL 2026-12-18 190 C");
  book.account("DU1", "USD").apply({ kind: "underlying", instrument: calls, underlying: aapl });
  book.quote(aapl, { bid: 187.1, ask: 187.14, last: 187.12, close: 185.5 });
  book.quote(calls, { bid: 7.1, ask: 7.3, last: 7.2, close: 6.45, delta: 0.4975, gamma: 0.0243, vega: 0.2631 });
  book.quote(calls, { theta: -0.0925, impliedVolatility: 0.2481, underlyingPrice: 150, modelPrice: 7.2 });
  return { book, aapl, calls };
}

function excluded(portfolio: PortfolioView, total: keyof PortfolioView): string[] {
  return portfolio.excluded.filter((row) => row.total === total).map(({ reason, count }) => `${count} ${reason}`);
}

Deno.test("greeks: a position's are its units times the broker's", () => {
  const { book, calls } = appleBook();
  const view = book.holds([{ of: calls, quantity: 5, at: 6 }]).view(calls);
  near(view.delta, 248.75, "delta: 5 × 100 × 0.4975");
  near(view.gamma, 12.15, "gamma: 5 × 100 × 0.0243");
  near(view.vega, 131.55, "vega: 5 × 100 × 0.2631");
  near(view.theta, -46.25, "theta: 5 × 100 × −0.0925");
  assert.equal(view.greeksSource, "ibkr");
});

Deno.test("dollar delta: rests on the underlying's own mark, not on the option's price nor on an older spot (mistake 5)", () => {
  const { book, calls } = appleBook();
  // 248.75 × 187.12 = 46,546.10. By the option's price it would be 1,791.
  near(book.holds([{ of: calls, quantity: 5, at: 6 }]).view(calls).dollarDelta, 46_546.1);
});

Deno.test("dollar delta: without the underlying's mark the computation's price stands in", () => {
  const { book, aapl, calls } = appleBook();
  book.quote(aapl, { bid: NaN, ask: NaN, last: NaN, close: NaN }).holds([{ of: calls, quantity: 5, at: 6 }]);
  // 248.75 × 150
  near(book.view(calls).dollarDelta, 37_312.5);
});

Deno.test("dollar delta: without any price of the underlying it is unknown, flagged and counted", () => {
  const { book, aapl, calls } = appleBook();
  book.quote(aapl, { bid: NaN, ask: NaN, last: NaN, close: NaN }).quote(calls, { underlyingPrice: NaN });
  const assessment = book.holds([{ of: calls, quantity: 5, at: 6 }]).assess();
  const view = book.view(calls, assessment);
  assert.deepEqual([view.dollarDelta, view.exposure, view.gammaDollars1Pct], [null, null, null]);
  assert(view.flags.includes("NO_UNDERLYING_PRICE"));
  near(view.delta, 248.75);
  assert.equal(assessment.portfolio.grossExposure, null);
  assert.deepEqual(excluded(assessment.portfolio, "grossExposure"), ["1 NO_UNDERLYING_PRICE"]);
});

Deno.test("gamma dollars: the change of dollar delta for 1 % of the underlying", () => {
  const { book, calls } = appleBook();
  // 12.15 × 187.12² × 0.01 = 4,254.2067…; from the option's price it would be 6.30.
  near(book.holds([{ of: calls, quantity: 5, at: 6 }]).view(calls).gammaDollars1Pct, 12.15 * 187.12 * 187.12 * 0.01);
});

Deno.test("greeks: linear holdings have delta 1 and no missing greeks (mistake 6)", () => {
  const { book, aapl } = appleBook();
  const es = book.future("ES", "2026-12-18", 50);
  book.quote(es, { bid: 6000, ask: 6000.5, last: 6000.25 });
  const { portfolio, positions } = book.holds([
    { of: aapl, quantity: -100, at: 180 },
    { of: es, quantity: 2, at: 5980 },
  ]).assess();
  // −100 + 2 × 50 = 0
  near(portfolio.delta, 0);
  // −100 × 187.12 + 100 × 6,000.25 = 581,313
  near(portfolio.dollarDelta, 581_313);
  assert.deepEqual([portfolio.gamma, portfolio.vega, portfolio.theta], [0, 0, 0]);
  for (const { flags, greeksSource } of positions) {
    assert(!flags.includes("DATA_MISSING"));
    assert.equal(greeksSource, "unit");
  }
});

Deno.test("futures: no market value of their own, but in gross and net market value", () => {
  const { book, aapl } = appleBook();
  const es = book.future("ES", "2026-12-18", 50);
  book.quote(es, { bid: 6000, ask: 6000.5, last: 6000.25 });
  book.holds([{ of: aapl, quantity: 100, at: 180 }, { of: es, quantity: -2, at: 5980 }]);
  const { portfolio } = book.assess();
  near(book.view(es).marketValue, 0);
  near(book.view(es).notional, -600_025);
  near(portfolio.marketValue, 18_712);
  near(portfolio.grossMarketValue, 618_737, "|18,712| + |−600,025|");
  near(portfolio.netMarketValue, -581_313, "18,712 − 600,025");
  // −2 × 50 × (6,000.25 − 5,980) = −2,025
  near(book.view(es).unrealizedPnl, -2_025);
});

Deno.test("futures options: have a market value, and greeks by the one future they are written on", () => {
  const book = new BookBuilder();
  const dec = book.future("ES", "2026-12-18", 50);
  const mar = book.future("ES", "2027-03-19", 50);
  const put = book.option("ES 2027-01-15 5900 P", { assetType: "FUTURE_OPTION", multiplier: 50, exchange: "CME" });
  book.quote(dec, { last: 6000 }).quote(mar, { last: 6050 });
  book.quote(put, { bid: 99, ask: 101, delta: -0.3, gamma: 0.001, vega: 9, theta: -1.5 });
  book.apply({ kind: "underlying", instrument: put, underlying: mar }).account("DU1", "USD");
  const view = book.holds([{ of: put, quantity: -2, at: 110 }]).view(put);
  near(view.marketValue, -10_000, "−2 × 50 × 100");
  near(view.delta, 30, "−2 × 50 × −0.3");
  near(view.dollarDelta, 181_500, "30 × 6,050: March, not December");
  near(view.unrealizedPnl, 1_000, "−2 × 50 × (100 − 110)");
});

Deno.test("FOREX: left out of delta, beta-weighted delta, exposure and market value, and not as excluded (mistake 6)", () => {
  const { book, aapl } = appleBook();
  const euros = book.forex("EUR.USD");
  book.quote(euros, { bid: 1.1, ask: 1.1, last: 1.1 });
  book.holds([{ of: aapl, quantity: 100, at: 180 }, { of: euros, quantity: 1_000_000, at: 1.09 }]);
  const { portfolio } = book.assess();
  near(portfolio.delta, 100);
  near(portfolio.dollarDelta, 18_712);
  near(portfolio.grossExposure, 18_712);
  near(portfolio.marketValue, 18_712);
  near(portfolio.grossMarketValue, 18_712);
  near(portfolio.unrealizedPnl, 700 + 12 + 10_000, "AAPL 100 × 7.12 and 1,000,000 × 0.01");
  assert.deepEqual(excluded(portfolio, "delta"), []);
  assert.deepEqual(excluded(portfolio, "grossExposure"), []);
  near(book.view(euros).notional, 1_100_000);
});

for (
  const [basis, option, stock] of [
    ["delta", 46_546.1, 18_712],
    ["market_value", 3_600, 18_712],
    ["notional", 93_560, 18_712],
  ] as const
) {
  Deno.test(`exposure: by ${basis}`, () => {
    const { book, aapl, calls } = appleBook({ notionalBasis: basis });
    book.holds([{ of: calls, quantity: 5, at: 6 }, { of: aapl, quantity: -100, at: 180 }]);
    // Delta: 248.75 × 187.12. Market value: 500 × 7.20. Notional: 500 × 187.12. The stock: 100 × 187.12 each time.
    near(book.view(calls).exposure, option);
    near(book.view(aapl).exposure, -stock);
    const { portfolio } = book.assess();
    near(portfolio.grossExposure, option + stock);
    near(portfolio.netExposure, option - stock);
  });
}

Deno.test("exposure: long stock against short calls of one name does not net in its gross (mistake 7)", () => {
  const { book, aapl, calls } = appleBook();
  book.holds([{ of: aapl, quantity: 249, at: 180 }, { of: calls, quantity: -5, at: 6 }]);
  const name = book.name("AAPL");
  // 249 × 187.12 + 248.75 × 187.12 = 93,138.98; net 0.25 × 187.12 = 46.78
  near(name.grossExposure, 93_138.98);
  near(name.netExposure, 46.78);
});

Deno.test("exposure: the legs of a straddle do not net in its gross (mistake 7)", () => {
  const { book, aapl, calls } = appleBook();
  const puts = book.option("AAPL 2026-12-18 190 P");
  book.apply({ kind: "underlying", instrument: puts, underlying: aapl });
  book.quote(puts, { bid: 9, ask: 9.2, delta: -0.4975, gamma: 0.0243, vega: 0.26, theta: -0.09 });
  book.holds([{ of: calls, quantity: -5, at: 6 }, { of: puts, quantity: -5, at: 9 }]);
  near(book.name("AAPL").grossExposure, 2 * 46_546.1);
  near(book.name("AAPL").netExposure, 0);
});

Deno.test("exposure: opposite signs in two accounts net in the position and not in gross exposure", () => {
  const { book, aapl } = appleBook();
  book.account("DU2", "USD").holds([
    { account: "DU1", of: aapl, quantity: 300, at: 180 },
    { account: "DU2", of: aapl, quantity: -100, at: 190 },
  ]);
  const assessment = book.assess();
  const view = book.view(aapl, assessment);
  assert.equal(view.quantity, 200);
  near(view.avgPrice, 180, "the average price of the net side alone");
  near(view.exposure, 37_424, "200 × 187.12");
  near(view.delta, 200);
  near(assessment.portfolio.grossExposure, 74_848, "(300 + 100) × 187.12");
  near(assessment.portfolio.netExposure, 37_424);
  near(assessment.portfolio.grossMarketValue, 74_848);
  near(view.unrealizedPnl, 2_424, "300 × 7.12 − 100 × −2.88 = 2,136 + 288");
});

Deno.test("positions: merging 100 @ 10 with 100 @ 20 makes 200 @ 15 (mistake 14)", () => {
  const { book, aapl } = appleBook();
  book.account("DU2", "USD").holds([
    { account: "DU1", of: aapl, quantity: 100, at: 10 },
    { account: "DU2", of: aapl, quantity: 100, at: 20 },
  ]);
  const view = book.view(aapl);
  assert.equal(view.quantity, 200);
  near(view.avgPrice, 15);
  assert.equal(view.leaves.length, 2);
});

Deno.test("positions: two accounts that cancel out leave no average price and the sum of their P&L", () => {
  const { book, aapl } = appleBook();
  book.account("DU2", "USD").holds([
    { account: "DU1", of: aapl, quantity: 100, at: 180 },
    { account: "DU2", of: aapl, quantity: -100, at: 190 },
  ]);
  const view = book.view(aapl);
  assert.deepEqual([view.quantity, view.avgPrice, view.delta], [0, null, 0]);
  near(view.unrealizedPnl, 1_000, "100 × 7.12 − 100 × −2.88");
});

Deno.test("positions: fractions that cancel but for binary arithmetic are flat", () => {
  const { book, aapl } = appleBook();
  book.account("DU2", "USD").account("DU3", "USD").holds([
    { account: "DU1", of: aapl, quantity: 0.1, at: 180 },
    { account: "DU2", of: aapl, quantity: 0.2, at: 180 },
    { account: "DU3", of: aapl, quantity: -0.3, at: 180 },
  ]);
  const view = book.view(aapl);
  assert.deepEqual([view.quantity, view.avgPrice, view.delta, view.dollarDelta], [0, null, 0, 0]);
});

Deno.test("greeks: an option without them is unknown, flagged, counted, and silences no other (mistakes 4 and 8)", () => {
  const { book, aapl, calls } = appleBook();
  const mute = book.option("AAPL 2027-01-15 200 C");
  book.quote(mute, { bid: 5, ask: 5.2, close: 5 }).apply({ kind: "underlying", instrument: mute, underlying: aapl });
  const assessment = book.holds([{ of: calls, quantity: 5, at: 6 }, { of: mute, quantity: 1, at: 5 }]).assess();
  const { portfolio } = assessment;
  near(portfolio.delta, 248.75);
  near(portfolio.vega, 131.55);
  for (const total of ["delta", "gamma", "vega", "theta", "dollarDelta", "grossExposure"] as const) {
    assert.deepEqual(excluded(portfolio, total), ["1 DATA_MISSING"], total);
  }
  const view = book.view(mute, assessment);
  assert.deepEqual([view.delta, view.vega, view.exposure], [null, null, null]);
  assert(view.flags.includes("DATA_MISSING") && view.flags.includes("NO_GREEKS"));
  near(assessment.missingGreeks, 0.5);
});

Deno.test("greeks: vega alone missing is left out of vega with its own reason", () => {
  const { book, calls } = appleBook();
  book.quote(calls, { vega: NaN });
  const assessment = book.holds([{ of: calls, quantity: 5, at: 6 }]).assess();
  near(assessment.portfolio.delta, 248.75);
  assert.equal(assessment.portfolio.vega, null);
  assert.deepEqual(excluded(assessment.portfolio, "vega"), ["1 DATA_MISSING"]);
  assert(book.view(calls, assessment).flags.includes("DATA_MISSING"));
});

Deno.test("greeks: outside their bounds they are as good as missing, and say BAD_GREEKS", () => {
  for (const bad of [{ delta: 1.01 }, { delta: -1.01 }, { gamma: -0.01 }, { vega: -0.01 }]) {
    const { book, calls } = appleBook();
    const view = book.quote(calls, bad).holds([{ of: calls, quantity: 5, at: 6 }]).view(calls);
    assert.deepEqual([view.delta, view.gamma, view.vega, view.theta], [null, null, null, null]);
    assert(view.flags.includes("BAD_GREEKS") && view.flags.includes("DATA_MISSING"));
  }
});

Deno.test("greeks: a delta of −1 is real", () => {
  const { book, aapl } = appleBook();
  const puts = book.option("AAPL 2026-12-18 300 P");
  book.apply({ kind: "underlying", instrument: puts, underlying: aapl });
  book.quote(puts, { bid: 112, ask: 114, delta: -1, gamma: 0, vega: 0, theta: 0 });
  near(book.holds([{ of: puts, quantity: 1, at: 100 }]).view(puts).delta, -100);
});

Deno.test("an unknown kind of contract is listed at the broker's price, without a delta", () => {
  const book = new BookBuilder();
  const thing = book.stock("THING", { assetType: "UNKNOWN" });
  book.account("DU1", "USD").quote(thing, { bid: 1, ask: 3, last: 2, brokerMark: 2.5 });
  const assessment = book.holds([{ of: thing, quantity: 10, at: 2 }]).assess();
  const view = book.view(thing, assessment);
  assert.deepEqual([view.mark, view.markSource, view.delta, view.greeksSource], [2.5, "broker", null, "missing"]);
  near(view.marketValue, 25);
  assert(view.flags.includes("UNKNOWN_TYPE") && view.flags.includes("DATA_MISSING"));
  assert.deepEqual(excluded(assessment.portfolio, "delta"), ["1 DATA_MISSING"]);
});

Deno.test("without any price a position stays listed, is counted, and is never valued at its cost", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  const assessment = book.account("DU1", "USD").holds([{ of: aapl, quantity: 100, at: 180 }]).assess();
  const view = book.view(aapl, assessment);
  assert.deepEqual([view.mark, view.markSource, view.marketValue, view.unrealizedPnl], [null, "none", null, null]);
  assert(view.flags.includes("NO_MARK") && view.flags.includes("MISSING"));
  for (const total of ["marketValue", "unrealizedPnl", "grossMarketValue", "grossExposure"] as const) {
    assert.equal(assessment.portfolio[total], null, total);
    assert.deepEqual(excluded(assessment.portfolio, total), ["1 NO_MARK"], total);
  }
});

Deno.test("beta-weighted delta: by the underlying's price over the reference's, in shares of the reference", () => {
  const { book, calls } = appleBook({ beta: { reference: "SPY", betas: new Map([["AAPL", 1.2]]), source: "both" } });
  const spy = book.stock("SPY");
  book.quote(spy, { bid: 599.9, ask: 600.1, last: 600 });
  const view = book.holds([{ of: calls, quantity: 5, at: 6 }]).view(calls);
  // 248.75 × 1.2 × 187.12 / 600 = 93.0922
  near(view.betaWeightedDelta, 93.0922);
  assert(!view.flags.includes("BETA_DEFAULT"));
});

Deno.test("beta-weighted delta: the reference is the one in dollars, whichever of its name was seen first", () => {
  const book = new BookBuilder({
    baseCurrency: "USD",
    beta: { reference: "SPY", betas: new Map([["AAPL", 1]]), source: "both" },
  });
  // The same fund in Sydney, which another broker holds.
  const sydney = book.stock("SPY", { currency: "AUD", exchange: "ASX" });
  const spy = book.stock("SPY");
  const aapl = book.stock("AAPL");
  book.account("DU1", "USD").rate("AUD", "USD", 0.65).quote(sydney, { last: 905 }).quote(spy, { last: 600 });
  book.quote(aapl, { last: 187 });
  near(book.holds([{ of: aapl, quantity: 600, at: 180 }]).view(aapl).betaWeightedDelta, 187);
});

Deno.test("dollar delta: an option that nobody linked rests on the share in its own currency, whichever was seen first", () => {
  const book = new BookBuilder({ baseCurrency: "USD" });
  const melbourne = book.stock("BHP", { currency: "AUD", exchange: "ASX" });
  const bhp = book.stock("BHP");
  const calls = book.option("BHP 2026-12-18 60 C");
  book.account("DU1", "USD").rate("AUD", "USD", 0.65).quote(melbourne, { last: 90 }).quote(bhp, { last: 58 });
  book.quote(calls, { bid: 2, ask: 2.1, delta: 0.5, gamma: 0.01, vega: 0.1, theta: -0.01 });
  const assessment = book.holds([{ of: calls, quantity: 2, at: 2 }]).assess();
  // 2 × 100 × 0.5 × 58
  near(book.view(calls, assessment).dollarDelta, 5_800);
  near(assessment.byUnderlying[0]!.price, 58);
});

Deno.test("beta-weighted delta: converts both prices to the base currency", () => {
  const book = new BookBuilder({
    baseCurrency: "EUR",
    beta: { reference: "SPY", betas: new Map([["SAP", 0.9]]), source: "both" },
  });
  const sap = book.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  const spy = book.stock("SPY");
  book.account("DU1", "EUR").rate("USD", "EUR", 0.8).quote(sap, { last: 200 }).quote(spy, { last: 600 });
  // 10 × 0.9 × 200 EUR / (600 × 0.8 EUR) = 3.75
  near(book.holds([{ of: sap, quantity: 10, at: 190 }]).view(sap).betaWeightedDelta, 3.75);
});

Deno.test("beta-weighted delta: a name without a beta counts with 1 and says so; the reference itself does not", () => {
  const { book, aapl } = appleBook();
  const spy = book.stock("SPY");
  book.quote(spy, { last: 600 }).holds([{ of: aapl, quantity: 100, at: 180 }, { of: spy, quantity: 10, at: 590 }]);
  near(book.view(aapl).betaWeightedDelta, 18_712 / 600);
  assert(book.view(aapl).flags.includes("BETA_DEFAULT"));
  near(book.view(spy).betaWeightedDelta, 10);
  assert(!book.view(spy).flags.includes("BETA_DEFAULT"));
  assert.equal(book.name("AAPL").betaSource, "default");
});

Deno.test("beta-weighted delta: without the reference's price it is unknown, and the rest is not", () => {
  const { book, aapl } = appleBook();
  const { portfolio } = book.holds([{ of: aapl, quantity: 100, at: 180 }]).assess();
  assert.equal(portfolio.betaWeightedDelta, null);
  near(portfolio.dollarDelta, 18_712);
});

Deno.test("concentration: the largest name's gross over the book's, the net version beside it", () => {
  const { book, aapl, calls } = appleBook();
  const tsla = book.stock("TSLA");
  book.quote(tsla, { last: 400 });
  book.holds([{ of: aapl, quantity: 249, at: 180 }, { of: calls, quantity: -5, at: 6 }, {
    of: tsla,
    quantity: -100,
    at: 390,
  }]);
  const { concentration } = book.assess().portfolio;
  // AAPL gross 93,138.98, TSLA 40,000: 93,138.98 / 133,138.98; net TSLA 40,000 against AAPL's 46.78.
  assert.deepEqual([concentration.underlying, concentration.netUnderlying], ["AAPL", "TSLA"]);
  near(concentration.pct, 93_138.98 / 133_138.98);
  near(concentration.netPct, 40_000 / 133_138.98);
});

Deno.test("concentration: of an empty book it is 0, of an unknown one unknown", () => {
  const { book, aapl } = appleBook();
  assert.equal(book.holds([]).assess().portfolio.concentration.pct, 0);
  book.quote(aapl, { bid: NaN, ask: NaN, last: NaN, close: NaN }).position(aapl, 100, 180);
  assert.equal(book.assess().portfolio.concentration.pct, null);
});

Deno.test("near-term sums: gamma dollars up to 7 days, vega up to 30, net and without what has expired", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  book.account("DU1", "USD").quote(aapl, { last: 100 });
  const expiries = ["2026-11-19", "2026-11-20", "2026-11-27", "2026-11-28", "2026-12-20", "2026-12-21"];
  const options = expiries.map((expiry) => book.option(`AAPL ${expiry} 100 C`));
  for (const option of options) {
    book.apply({ kind: "underlying", instrument: option, underlying: aapl });
    book.quote(option, { bid: 5, ask: 5.2, delta: 0.5, gamma: 0.02, vega: 0.1, theta: -0.1 });
  }
  const { portfolio } = book.holds(options.map((of, i) => ({ of, quantity: i === 2 ? -3 : 1, at: 5 }))).assess();
  // Per contract: gamma dollars 100 × 0.02 × 100² × 0.01 = 200; vega 100 × 0.1 = 10.
  // Up to 7 days: the 20th (+1) and the 27th (−3): −400. Up to 30: those and the 28th and 20 December: 1 − 3 + 1 + 1 = 0.
  near(portfolio.nearTermGammaDollars1Pct, -400);
  near(portfolio.nearTermVega, 0);
});
