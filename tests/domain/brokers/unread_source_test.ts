import assert from "node:assert/strict";
import { limitInputs } from "../../../src/domain/limits/limit_inputs.ts";
import { judgeLimits } from "../../../src/domain/limits/judge.ts";
import { limitMessage } from "../../../src/domain/limits/limit_text.ts";
import { scenarioGrid } from "../../../src/domain/risk/scenario_grid.ts";
import type { PortfolioView } from "../../../src/domain/risk/snapshot.ts";
import { Total } from "../../../src/domain/risk/totals.ts";
import { BookBuilder, near, RISK_SETTINGS } from "../../support/book_builder.ts";
import fc from "../../support/property.ts";

/** IB holds 100 AAPL and a call; Futu is part of the book and silent. */
function halfRead(startOver = true) {
  const book = new BookBuilder({ shocks: [{ name: "down", spotShock: -0.1, volShock: 0, days: 0 }] });
  const aapl = book.stock("AAPL");
  const call = book.option("AAPL 2026-12-18 190 C");
  book.portfolio.expectedSources.add("IB").add("FUTU");
  book.portfolio.startOver = startOver;
  book.account("DU1", "USD", { netLiquidation: 100_000, maintenanceMargin: 10_000 });
  book.quote(aapl, { last: 187, close: 185 });
  book.quote(call, { bid: 7.1, ask: 7.3, close: 6.5, delta: 0.5, gamma: 0.02, vega: 0.3, theta: -0.1 });
  book.holds([{ of: aapl, quantity: 100, at: 180 }, { of: call, quantity: 1, at: 6 }]);
  return { book, aapl, call };
}

const unread = ({ excluded }: PortfolioView): string[] =>
  excluded.filter(({ reason }) => reason === "SOURCE_UNREAD").map(({ total, count }) => `${count} ${total}`);

Deno.test("an unread source: while the start waits for it no total is known", () => {
  const { portfolio, accounts } = halfRead(false).book.assess();
  assert.deepEqual([portfolio.grossExposure, portfolio.dailyPnl, portfolio.netLiquidation], [null, null, null]);
  assert.deepEqual(unread(portfolio), []);
  assert.equal(accounts[0]!.grossExposure, null);
});

Deno.test("an unread source: after the start the totals are the others', and every one of them says so", () => {
  const { portfolio, scenarios, byExpiry, byCurrency, unreadSources } = halfRead().book.assess();
  near(portfolio.netMarketValue, 18_700 + 720);
  near(portfolio.dailyPnl, 200 + 70);
  near(portfolio.vega, 30);
  near(portfolio.netLiquidation, 100_000);
  assert.deepEqual(unreadSources, ["FUTU"]);
  const totals = [
    ...["unrealizedPnl", "dailyPnl", "realizedPnl", "fxPnl", "marketValue", "grossMarketValue", "netMarketValue"],
    ...["grossExposure", "netExposure", "delta", "dollarDelta", "betaWeightedDelta", "gamma", "gammaDollars1Pct"],
    ...["vega", "theta", "nearTermGammaDollars1Pct", "nearTermVega", "netLiquidation", "marginUtilization"],
  ];
  assert.deepEqual(unread(portfolio), totals.map((total) => `1 ${total}`));
  assert.deepEqual(scenarios.map(({ excluded }) => excluded), [1]);
  assert(byExpiry.every(({ excluded }) => excluded === 1));
  assert.deepEqual(byCurrency.map(({ excluded }) => excluded), [1]);
});

Deno.test("an unread source: a sum of zeros beside it is unknown, not 0", () => {
  const { portfolio, byExpiry } = halfRead().book.assess();
  // Nothing of IB's was realized today, and nothing expires within a week: Futu's may.
  assert.deepEqual([portfolio.realizedPnl, portfolio.nearTermGammaDollars1Pct], [null, null]);
  assert.equal(byExpiry.find(({ bucket }) => bucket === "0DTE")!.delta, null);
  assert.equal(new Total(true, 1).value, null);
  assert.equal(new Total(true, 0).value, 0);
});

Deno.test("an unread source: an account that was read is known whole, one of the unread source not at all", () => {
  const { book } = halfRead();
  book.account("F1", "USD", { netLiquidation: 5_000, maintenanceMargin: 100 }, "FUTU");
  const [ib, futu] = book.assess().accounts;
  near(ib!.dailyPnl, 270);
  assert.equal(ib!.realizedPnl, 0);
  assert.deepEqual([futu!.dailyPnl, futu!.grossExposure, futu!.netLiquidation], [null, null, 5_000]);
  const { portfolio } = book.assess();
  near(portfolio.netLiquidation, 105_000);
  assert(!unread(portfolio).includes("1 netLiquidation"), "its values are known");
});

Deno.test("an unread source: a holder of which no values are known makes the sum of net liquidations unknown", () => {
  const { book, aapl } = halfRead();
  book.holds([{ account: "F1", of: aapl, quantity: 10, at: 180 }], null, "FUTU");
  assert.equal(book.assess().portfolio.netLiquidation, null);
  near(book.account("F1", "USD", { netLiquidation: 5_000 }, "FUTU").assess().portfolio.netLiquidation, 105_000);
});

Deno.test("an unread source: the account shown has its own share, unknown where its source was not read", () => {
  const { book } = halfRead();
  book.account("DU1", "USD", { netLiquidation: 1 }, "FUTU");
  const { accounts } = book.engine.assess(book.portfolio, book.now, "DU1");
  // One name at two brokers: each has its own share.
  near(accounts[0]!.book!.marketValue, 19_420);
  assert.equal(accounts[1]!.book!.marketValue, null);
});

Deno.test("an unread source: limits are judged on the rest and say how much they leave out", () => {
  const { book } = halfRead();
  const limits = {
    ...RISK_SETTINGS.limits,
    maxTotalGrossNotional: 50_000,
    maxPerUnderlyingNotional: { default: 100_000, names: new Map() },
    maxMarginUtilization: 0.6,
    maxScenarioLoss: 100_000,
    maxDrawdownPct: 0.5,
    maxConcentrationPct: 1,
  };
  const rows = judgeLimits(limits, limitInputs(book.assess(), "maintenance"), false);
  assert.deepEqual(rows.map(({ id, state, partial }) => [id, state, partial]), [
    ["max_total_gross_notional", "ok", 1],
    ["max_per_underlying_notional:AAPL", "ok", 1],
    ["max_margin_utilization:DU1", "ok", 0],
    ["max_margin_utilization:FUTU", "unknown", 0],
    ["max_concentration_pct", "soft", 1],
    ["max_scenario_loss", "ok", 1],
    ["max_drawdown_pct", "ok", 1],
  ]);
  assert.equal(limitMessage(rows[0]!), "Gross exposure 28.1 K is 56 % of its 50.0 K limit, 1 left out");
});

Deno.test("an unread source: a grid of moves counts it, one account's does not", () => {
  const { book } = halfRead();
  const wanted = {
    spots: [-0.1],
    vols: [{ kind: "points", value: 0 }],
    days: [0],
    byBeta: false,
    includes: null,
  } as const;
  const cells = (account: string | null) =>
    scenarioGrid(book.assess(), { ...wanted, account, bookKnown: true }).cells.map(({ excluded }) => excluded);
  assert.deepEqual([cells(null), cells("DU1")], [[1], [0]]);
});

Deno.test("an unread source: when it is read after all the totals are whole", () => {
  const { book, aapl } = halfRead();
  book.account("F1", "USD", { netLiquidation: 5_000 }, "FUTU").holds(
    [{ account: "F1", of: aapl, quantity: 10, at: 180 }],
    null,
    "FUTU",
  );
  const { portfolio } = book.assess();
  near(portfolio.netMarketValue, 19_420 + 1_870);
  assert.deepEqual(unread(portfolio), []);
  assert.equal(portfolio.realizedPnl === null, true, "Futu's fills are not known");
});

Deno.test("an unread source: where nothing at all was read nothing is known", () => {
  for (const sources of [["IB"], ["FUTU"], ["IB", "FUTU"]] as const) {
    const book = new BookBuilder();
    for (const source of sources) book.portfolio.expectedSources.add(source);
    book.portfolio.startOver = true;
    const aapl = book.stock("AAPL");
    book.quote(aapl, { last: 187 }).holds([{ account: "hand", of: aapl, quantity: 1, at: 1 }], null, "MANUAL");
    const { portfolio } = book.assess();
    assert.deepEqual([portfolio.grossExposure, portfolio.dailyPnl], [null, null], sources.join());
    assert.deepEqual(unread(portfolio), [], "there is no total that could say what it leaves out");
  }
});

Deno.test("an unread source: whichever it is, the rule is the same", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  book.portfolio.expectedSources.add("IB").add("FUTU");
  book.portfolio.startOver = true;
  book.account("F1", "USD", { netLiquidation: 5_000 }, "FUTU");
  book.holds([{ account: "F1", of: aapl, quantity: 10, at: 180 }], null, "FUTU").futuSays(aapl, { price: 187 });
  const { portfolio, unreadSources } = book.assess();
  near(portfolio.netMarketValue, 1_870);
  assert.deepEqual(unreadSources, ["IB"]);
  assert(unread(portfolio).includes("1 netMarketValue"));
});

Deno.test("an unread source: what an earlier run stored of it is its part until it is read", () => {
  const { book, aapl } = halfRead();
  const rows = [{ instrument: aapl, quantity: 10, avgPrice: 180 }];
  book.portfolio.positions.restore({ source: "FUTU", account: "F1", takenAt: book.now - 3_600_000, rows });
  const { portfolio, unreadSources } = book.assess();
  near(portfolio.netMarketValue, 19_420 + 1_870);
  assert.deepEqual([unreadSources, unread(portfolio)], [[], []]);
});

Deno.test("an unread source: no total is other than the read book's own (property)", () => {
  const holding = fc.record({ quantity: fc.integer({ min: -50, max: 50 }), at: fc.integer({ min: 1, max: 300 }) });
  fc.assert(fc.property(holding, holding, fc.boolean(), (shares, calls, quoted) => {
    const assessed = (futu: boolean) => {
      const { book, aapl, call } = halfRead();
      if (!futu) book.portfolio.expectedSources.delete("FUTU");
      if (!quoted) book.quote(call, { bid: NaN, ask: NaN, delta: NaN });
      return book.holds([{ of: aapl, ...shares }, { of: call, ...calls }]).assess().portfolio;
    };
    const { excluded: alone, concentration: _, ...read } = assessed(false);
    const { excluded, concentration: __, ...totals } = assessed(true);
    for (const [name, value] of Object.entries(totals)) {
      if (value === null) assert([null, 0].includes(read[name as keyof typeof read] as null), name);
      else assert.equal(value, read[name as keyof typeof read], name);
    }
    assert.deepEqual(excluded.filter(({ reason }) => reason !== "SOURCE_UNREAD"), alone);
  }));
});
