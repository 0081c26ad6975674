import assert from "node:assert/strict";
import { limitInputs } from "../../../src/domain/limits/limit_inputs.ts";
import { judgeLimits } from "../../../src/domain/limits/judge.ts";
import { BookBuilder, near, RISK_SETTINGS } from "../../support/book_builder.ts";

function account(book: BookBuilder, name: string) {
  const found = book.assess().accounts.find((view) => view.account === name);
  assert(found !== undefined, `${name} is not among the accounts`);
  return found;
}

Deno.test("accounts: leaves, accounts, positions and the book add up over two accounts and three currencies", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  const sap = book.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  const vod = book.stock("VOD", { currency: "GBP", exchange: "LSE" });
  book.account("DU1", "USD", { netLiquidation: 100_000 }).account("DU2", "EUR", { netLiquidation: 50_000 });
  book.rate("EUR", "USD", 1.1).rate("GBP", "USD", 1.25);
  book.quote(aapl, { last: 187, close: 185 }).quote(sap, { last: 202, close: 200 });
  book.quote(vod, { last: 0.72, close: 0.7 });
  const since = Date.parse("2026-11-19T20:00:00Z");
  book.holds([
    { account: "DU1", of: aapl, quantity: 100, at: 180 },
    { account: "DU2", of: aapl, quantity: 50, at: 181 },
    { account: "DU1", of: sap, quantity: -10, at: 210 },
    { account: "DU2", of: vod, quantity: 1_000, at: 0.65 },
  ], since);
  const { portfolio, positions, byUnderlying } = book.assess();
  const first = account(book, "DU1");
  const second = account(book, "DU2");
  // DU1: 100 × 2 − 10 × 2 × 1.10 = 178. DU2: 50 × 2 + 1,000 × 0.02 × 1.25 = 125.
  near(first.dailyPnl, 178);
  near(second.dailyPnl, 125);
  // DU1: 100 × 7 + 10 × 8 × 1.10 = 788. DU2: 50 × 6 + 1,000 × 0.07 × 1.25 = 387.50.
  near(first.unrealizedPnl, 788);
  near(second.unrealizedPnl, 387.5);
  // DU1: 18,700 + 2,222. DU2: 9,350 + 900.
  near(first.grossExposure, 20_922);
  near(second.grossExposure, 10_250);
  for (const total of ["dailyPnl", "unrealizedPnl", "grossExposure"] as const) {
    const whole = portfolio[total]!;
    near(first[total]! + second[total]!, whole, `${total} by account`);
    near(byUnderlying.reduce((sum, name) => sum + name[total]!, 0), whole, `${total} by name`);
  }
  near(positions.reduce((sum, position) => sum + position.dailyPnl!, 0), portfolio.dailyPnl!);
  near(positions.flatMap(({ leaves }) => leaves).reduce((sum, leaf) => sum + leaf.dailyPnl!, 0), portfolio.dailyPnl!);
  // 100,000 + 50,000 × 1.10
  near(portfolio.netLiquidation, 155_000);
  near(second.own!.netLiquidation, 50_000);
  near(second.netLiquidation, 55_000);
  assert.equal(first.own, undefined);
});

Deno.test("accounts: one of which nothing can be included shows unknown sums, not 0", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  book.account("DU1", "USD").account("DU2", "USD").holds([{ account: "DU1", of: aapl, quantity: 100, at: 180 }]);
  const blind = account(book, "DU1");
  assert.deepEqual([blind.unrealizedPnl, blind.dailyPnl, blind.grossExposure], [null, null, null]);
  const empty = account(book, "DU2");
  assert.deepEqual([empty.unrealizedPnl, empty.dailyPnl, empty.grossExposure, empty.positions], [0, 0, 0, 0]);
});

Deno.test("accounts: two of one name at two brokers do not overwrite each other (mistake 14)", () => {
  const book = new BookBuilder();
  book.account("X1", "USD", { netLiquidation: 10 }, "IB").account("X1", "USD", { netLiquidation: 20 }, "FUTU");
  assert.deepEqual(book.assess().accounts.map((view) => view.netLiquidation), [10, 20]);
});

Deno.test("accounts: without a rate the base amounts are unknown, the own ones stand, and the currency is named", () => {
  const book = new BookBuilder();
  book.account("DU2", "EUR", { netLiquidation: 50_000, maintenanceMargin: 10_000 });
  const view = account(book, "DU2");
  assert.equal(view.netLiquidation, null);
  assert.equal(view.own?.netLiquidation, 50_000);
  near(view.marginUtilization, 0.2);
  assert.equal(book.assess().portfolio.netLiquidation, null);
  assert.deepEqual(book.assess().fxMissing, ["EUR"]);
});

Deno.test("accounts: the base currency is the accounts' common one unless it is set", () => {
  const book = new BookBuilder({ baseCurrency: null });
  assert.equal(book.account("DU1", "EUR").assess().baseCurrency, "EUR");
  assert.equal(book.account("DU2", "USD").assess().baseCurrency, null);
});

Deno.test("accounts: a value that the broker does not repeat stays", () => {
  const book = new BookBuilder();
  book.account("DU1", "USD", { netLiquidation: 100, cash: 5 }).account("DU1", "USD", { netLiquidation: 110 });
  assert.deepEqual([account(book, "DU1").netLiquidation, account(book, "DU1").cash], [110, 5]);
});

Deno.test("margin: maintenance margin over net liquidation; the portfolio shows the worst account", () => {
  const book = new BookBuilder();
  book.account("DU1", "USD", { netLiquidation: 100_000, maintenanceMargin: 20_000, initialMargin: 30_000 });
  book.account("DU2", "USD", { netLiquidation: 50_000, maintenanceMargin: 25_000, initialMargin: 30_000 });
  const { portfolio } = book.assess();
  near(account(book, "DU1").marginUtilization, 0.2);
  near(portfolio.marginUtilization, 0.5);
  assert.equal(portfolio.marginAccount, "DU2");
});

Deno.test("margin: by the initial requirement when the settings say so", () => {
  const book = new BookBuilder({ marginBasis: "initial" });
  book.account("DU1", "USD", { netLiquidation: 100_000, maintenanceMargin: 20_000, initialMargin: 30_000 });
  near(account(book, "DU1").marginUtilization, 0.3);
});

for (const netLiquidation of [0, -1]) {
  Deno.test(`margin: with a net liquidation of ${netLiquidation} it is hard and unknown, not 0 % used (mistake 8)`, () => {
    const book = new BookBuilder();
    book.account("DU1", "USD", { netLiquidation: 100_000, maintenanceMargin: 20_000 });
    book.account("DU2", "USD", { netLiquidation, maintenanceMargin: 500 });
    const assessment = book.assess();
    assert.equal(account(book, "DU2").marginUtilization, null);
    assert.equal(assessment.portfolio.marginUtilization, null, "the worst account has none");
    assert.equal(assessment.portfolio.marginAccount, "DU2");
    const limits = { ...RISK_SETTINGS.limits, maxMarginUtilization: 0.6 };
    const rows = judgeLimits(limits, limitInputs(assessment, "maintenance"), false);
    assert.deepEqual(rows.map(({ id, state, utilization }) => [id, state, utilization]), [
      ["max_margin_utilization:DU1", "ok", 0.2 / 0.6],
      ["max_margin_utilization:DU2", "hard", null],
    ]);
  });
}

Deno.test("margin: an account without its margin is unknown to its limit, not passed over", () => {
  const book = new BookBuilder();
  book.account("DU1", "USD", { netLiquidation: 100_000 });
  const limits = { ...RISK_SETTINGS.limits, maxMarginUtilization: 0.6 };
  const rows = judgeLimits(limits, limitInputs(book.assess(), "maintenance"), false);
  assert.deepEqual(rows.map(({ state }) => state), ["unknown"]);
});

Deno.test("cash: added up by currency over the accounts, with the rate and its age", () => {
  const book = new BookBuilder();
  for (const [name, currency, amount] of [["DU1", "EUR", 100], ["DU2", "EUR", 50], ["DU1", "USD", -7]] as const) {
    book.apply({ kind: "cash", source: "IB", account: name, currency, amount, at: book.now });
  }
  book.rate("EUR", "USD", 1.1).later(900);
  assert.deepEqual(book.assess().cash, [
    { currency: "EUR", amount: 150, fxRate: 1.1, fxAgeMs: 900 },
    { currency: "USD", amount: -7, fxRate: 1, fxAgeMs: 0 },
  ]);
});

Deno.test("drawdown: the fall from the session's highest net liquidation, new with each session", () => {
  const book = new BookBuilder();
  const drawdowns = [100, 120, 90, 114].map((netLiquidation) =>
    book.account("DU1", "USD", { netLiquidation }).assess().drawdown
  );
  // 0; 0; 30 / 120; 6 / 120
  assert.deepEqual(drawdowns, [0, 0, 0.25, 0.05]);
  assert.equal(book.moveTo("2026-11-23T15:00:00Z").assess().drawdown, 0);
});

Deno.test("accounts: before the book was read their sums are unknown, not 0", () => {
  const book = new BookBuilder();
  book.portfolio.expectedSources.add("IB");
  const unread = account(book.account("DU1", "USD", { netLiquidation: 5 }), "DU1");
  assert.deepEqual([unread.unrealizedPnl, unread.dailyPnl, unread.realizedPnl, unread.grossExposure], [
    null,
    null,
    null,
    null,
  ]);
  assert.equal(unread.netLiquidation, 5);
  assert.equal(book.assess().byExpiry[0]?.grossExposure, null);
  assert.equal(account(book.holds([]), "DU1").dailyPnl, 0);
});

Deno.test("accounts: one that holds something and of which the broker says nothing makes its margin limit unknown", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  book.account("DU1", "USD", { netLiquidation: 100_000, maintenanceMargin: 10_000 }).quote(aapl, { last: 187 });
  book.holds([{ of: aapl, quantity: 1, at: 180 }, { of: aapl, quantity: 1, at: 180, account: "DU2" }]);
  const { margins } = limitInputs(book.assess(), "maintenance");
  assert.deepEqual(margins.map(({ account, margin }) => [account, margin]), [["DU1", 10_000], ["DU2", null]]);
});

Deno.test("accounts: a book kept by hand alone counts in its contracts' one currency", () => {
  const book = new BookBuilder({ baseCurrency: null });
  const aapl = book.stock("AAPL");
  const call = book.option("AAPL 2026-12-18 190 C");
  book.quote(aapl, { last: 187 }).quote(call, { bid: 7, ask: 7.2, delta: 0.5, gamma: 0.01, vega: 0.2, theta: -0.1 });
  book.holds([{ of: call, quantity: 1, at: 6, account: "MANUAL" }], null, "MANUAL");
  const { baseCurrency, portfolio } = book.assess();
  assert.equal(baseCurrency, "USD");
  // Nobody linked the option: its stock is found by name. 100 × 0.5 × 187.
  near(portfolio.dollarDelta, 9_350);
  book.holds([{ of: book.stock("SAP", { currency: "EUR" }), quantity: 1, at: 1, account: "MANUAL" }], null, "MANUAL");
  book.holds(
    [
      { of: call, quantity: 1, at: 6, account: "MANUAL" },
      { of: book.stock("SAP", { currency: "EUR" }), quantity: 1, at: 1, account: "MANUAL" },
    ],
    null,
    "MANUAL",
  );
  assert.equal(book.assess().baseCurrency, null);
});

Deno.test("accounts: the share of the one looked at adds up with the others' to the book", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  const call = book.option("AAPL 2026-12-18 190 C");
  book.apply({ kind: "underlying", instrument: call, underlying: aapl });
  book.account("DU1", "USD").account("DU2", "USD").quote(aapl, { last: 187, close: 185 });
  book.quote(call, { bid: 7, ask: 7.2, close: 7, delta: 0.5, gamma: 0.01, vega: 0.2, theta: -0.1 });
  book.holds([
    { of: aapl, quantity: 100, at: 180 },
    { of: aapl, quantity: -40, at: 190, account: "DU2" },
    { of: call, quantity: 3, at: 6, account: "DU2" },
  ]);
  const shareOf = (account: string) => {
    const { accounts } = book.engine.assess(book.portfolio, book.now, account);
    assert.deepEqual(accounts.filter((row) => row.book !== undefined).map((row) => row.account), [account]);
    return accounts.find((row) => row.account === account)!.book!;
  };
  const [one, two] = [shareOf("DU1"), shareOf("DU2")];
  near(one.dollarDelta, 18_700);
  // −40 × 187 + 300 × 0.5 × 187
  near(two.dollarDelta, 20_570);
  near(two.byUnderlying[0]!.grossExposure, 7_480 + 28_050);
  near(two.vega, 60);
  assert.deepEqual(two.byExpiry.filter((row) => row.positions > 0).map((row) => row.bucket), ["8_30D", "NO_EXPIRY"]);
  const { portfolio, accounts } = book.assess();
  near(one.marketValue! + two.marketValue!, portfolio.marketValue!);
  assert.equal(one.betaWeightedDelta, null, "without the reference's price");
  assert.ok(accounts.every((row) => row.book === undefined));
});

Deno.test("accounts: the share of one does not take in another broker's account of the same name", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  book.account("A1", "USD").account("A1", "USD", {}, "FUTU").quote(aapl, { last: 100, close: 100 });
  book.holds([{ of: aapl, quantity: 10, at: 90, account: "A1" }]);
  book.holds([{ of: aapl, quantity: 5, at: 90, account: "A1" }], null, "FUTU");
  const shares = book.engine.assess(book.portfolio, book.now, "A1").accounts.map((
    row,
  ) => [row.source, row.book!.marketValue]);
  assert.deepEqual(shares, [["IB", 1_000], ["FUTU", 500]]);
});
