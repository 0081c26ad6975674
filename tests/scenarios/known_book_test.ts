/**
 * The snapshot of a gateway with known positions, over the whole path: wire, client library, adapter, book, assessment.
 *
 * The market stands still, so that every number can be computed here by hand. Rates: EUR 1.15, GBP 1.30.
 */
import assert from "node:assert/strict";
import { oneSnapshot } from "../../src/application/one_snapshot.ts";
import type { PositionView, RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import type { QuoteTruth } from "../../src/infrastructure/simulator/truth.ts";
import { snapshotSchema } from "../../src/presentation/snapshot_schema.ts";
import { makeWorld, type World } from "../support/world.ts";

const scenario = await Deno.readTextFile(new URL("./known_book.yaml", import.meta.url));
const { world, snapshot } = await takeSnapshot();

async function takeSnapshot(): Promise<{ world: World; snapshot: RiskSnapshot }> {
  const world = await makeWorld({
    scenario,
    settings: (settings) => ({ ...settings, manual: { ...settings.manual, enabled: false } }),
  });
  const pending = oneSnapshot(world.monitor, world.clock, 30_000, new AbortController().signal);
  let missing: string | null | undefined;
  void pending.then((result) => missing = result.missing);
  await world.clock.until(() => missing !== undefined, 31_000, "a complete snapshot");
  const { snapshot } = await pending;
  assert.equal(missing, null);
  await world.stop();
  return { world, snapshot };
}

function position(symbol: string, assetType: string): PositionView {
  const found = snapshot.positions.find((row) => row.symbol === symbol && row.assetType === assetType);
  assert.ok(found !== undefined, `${symbol} ${assetType} is not in the snapshot`);
  return found;
}

function truth(contract: string): QuoteTruth {
  return world.gateway.truth().quotes.find((quote) => quote.contract === contract)!;
}

/** Equal to 1e-6 relative, and to 1e-9 where the number is 0. */
function near(actual: number | null, expected: number, what: string): void {
  assert.ok(actual !== null, `${what} is missing, expected ${expected}`);
  const tolerance = Math.max(Math.abs(expected) * 1e-6, 1e-9);
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} is ${actual}, expected ${expected}`);
}

function nearAll(row: object, expected: Readonly<Record<string, number>>, what: string): void {
  for (const [field, value] of Object.entries(expected)) {
    near((row as Record<string, number | null>)[field] ?? null, value, `${what} ${field}`);
  }
}

Deno.test("known book: the snapshot is complete, simulated, and holds to the published schema", () => {
  assert.equal(snapshot.status, "complete");
  assert.deepEqual(snapshot.statusReasons, []);
  assert.equal(snapshot.simulated, true);
  assert.equal(snapshot.baseCurrency, "USD");
  snapshotSchema.parse(JSON.parse(JSON.stringify(snapshot)));
});

Deno.test("known book: a fractional stock held over night, long in one account and short in the other", () => {
  // Quantity 100.5 − 20. The long side's price is the average; P&L is the sum of the leaves'.
  nearAll(position("AAPL", "STOCK"), {
    quantity: 80.5,
    avgPrice: 150.25,
    mark: 190.12,
    marketValue: 80.5 * 190.12,
    unrealizedPnl: 100.5 * (190.12 - 150.25) - 20 * (190.12 - 185.00),
    dailyPnl: 80.5 * (190.12 - 188.00),
    realizedPnl: 0,
    delta: 80.5,
    exposure: 80.5 * 190.12,
  }, "AAPL");
  const [long, short] = position("AAPL", "STOCK").leaves;
  nearAll(long!, { quantity: 100.5, avgPrice: 150.25, exposure: 100.5 * 190.12, dailyPnl: 100.5 * 2.12 }, "DU1");
  nearAll(short!, { quantity: -20, avgPrice: 185, exposure: -20 * 190.12, dailyPnl: -20 * 2.12 }, "DU2");
  const name = snapshot.byUnderlying.find((row) => row.underlying === "AAPL")!;
  const option = position("AAPL", "OPTION");
  near(name.grossExposure, 120.5 * 190.12 + Math.abs(option.exposure!), "AAPL gross exposure");
  near(name.netExposure, 80.5 * 190.12 + option.exposure!, "AAPL net exposure");
});

Deno.test("known book: an option of which part was sold today", () => {
  const model = truth("AAPL-195C").model!;
  // Opening 10 at close 3.10; sold 4 at 3.40 for 2.60; 6 left at mid 3.60:
  // 100 × (6 × 3.60 − 10 × 3.10 + 4 × 3.40) − 2.60 = 100 × 4.2 − 2.60 = 417.40
  nearAll(position("AAPL", "OPTION"), {
    quantity: 6,
    avgPrice: 2.50,
    mark: 3.60,
    marketValue: 2_160,
    unrealizedPnl: 600 * (3.60 - 2.50),
    dailyPnl: 417.40,
    realizedPnl: 357.40,
    delta: 600 * model.delta,
    gamma: 600 * model.gamma,
    vega: 600 * model.vega,
    theta: 600 * model.theta,
    iv: model.impliedVolatility,
    exposure: 600 * model.delta * 190.12,
    dollarDelta: 600 * model.delta * 190.12,
    gammaDollars1Pct: 600 * model.gamma * 190.12 ** 2 * 0.01,
    notional: 600 * 190.12,
    underlyingPrice: 190.12,
  }, "AAPL call");
  assert.equal(position("AAPL", "OPTION").dailyPnlSource, "own");
});

Deno.test("known book: a position opened today earns from its fill, not from yesterday's close", () => {
  // 50 × (412.40 − 410.10) − 1.00 = 114.00
  nearAll(position("MSFT", "STOCK"), {
    quantity: 50,
    unrealizedPnl: 50 * (412.40 - 410.12),
    dailyPnl: 114.00,
    realizedPnl: 0,
  }, "MSFT");
});

Deno.test("known book: a position closed today keeps what it made", () => {
  // 200 × (181.00 − 180.00) − 1.25 = 198.75
  const row = position("NVDA", "STOCK");
  nearAll(row, { quantity: 0, marketValue: 0, unrealizedPnl: 0, dailyPnl: 198.75, realizedPnl: 2_198.75 }, "NVDA");
  nearAll(row, { exposure: 0, delta: 0 }, "NVDA");
  assert.equal(row.avgPrice, null);
});

Deno.test("known book: a future has exposure and P&L, and no market value", () => {
  const row = position("ES", "FUTURE");
  nearAll(row, {
    quantity: -2,
    multiplier: 50,
    avgPrice: 6_640,
    marketValue: 0,
    unrealizedPnl: -100 * (6_620 - 6_640),
    dailyPnl: -100 * (6_620 - 6_600),
    delta: -100,
    exposure: -100 * 6_620,
  }, "ES");
  // Its session began on the evening before, and executions reach back to midnight only.
  assert.equal(row.dailyPnlSource, "broker");
  assert.ok(row.flags.includes("FILLS_INCOMPLETE"));
});

Deno.test("known book: a future option is measured on its future's price", () => {
  const model = truth("ES-6400P").model!;
  nearAll(position("ES", "FUTURE_OPTION"), {
    quantity: -3,
    avgPrice: 96.50,
    mark: 64.25,
    marketValue: -150 * 64.25,
    unrealizedPnl: -150 * (64.25 - 96.50),
    dailyPnl: -150 * (64.25 - 70.00),
    delta: -150 * model.delta,
    exposure: -150 * model.delta * 6_620,
    gammaDollars1Pct: -150 * model.gamma * 6_620 ** 2 * 0.01,
    vega: -150 * model.vega,
    theta: -150 * model.theta,
  }, "ES put");
});

Deno.test("known book: stocks in euros, and in pounds quoted in pence", () => {
  nearAll(position("SAP", "STOCK"), {
    mark: 206.80,
    marketValue: 100 * 206.80 * 1.15,
    unrealizedPnl: 100 * (206.80 - 200.00) * 1.15,
    dailyPnl: 100 * (206.80 - 208.10) * 1.15,
    exposure: 100 * 206.80 * 1.15,
  }, "SAP");
  nearAll(position("VOD", "STOCK"), {
    bid: 0.7198,
    ask: 0.7202,
    mark: 0.72,
    close: 0.71,
    avgPrice: 0.70,
    marketValue: 10_000 * 0.72 * 1.30,
    unrealizedPnl: 10_000 * (0.72 - 0.70) * 1.30,
    dailyPnl: 10_000 * (0.72 - 0.71) * 1.30,
  }, "VOD");
});

Deno.test("known book: a currency position has P&L, and neither market value nor exposure", () => {
  nearAll(position("EUR.USD", "FOREX"), {
    mark: 1.15,
    marketValue: 0,
    exposure: 0,
    delta: 0,
    unrealizedPnl: 20_000 * (1.15 - 1.13),
    dailyPnl: 20_000 * (1.15 - 1.14),
  }, "EUR.USD");
});

Deno.test("known book: accounts and totals are the sums of their leaves", () => {
  for (const account of snapshot.accounts) {
    const leaves = snapshot.positions.flatMap((row) => row.leaves).filter((leaf) => leaf.account === account.account);
    for (const field of ["unrealizedPnl", "dailyPnl", "realizedPnl"] as const) {
      near(account[field], leaves.reduce((sum, leaf) => sum + leaf[field]!, 0), `${account.account} ${field}`);
    }
    near(account.grossExposure, leaves.reduce((sum, leaf) => sum + Math.abs(leaf.exposure!), 0), account.account);
  }
  const { portfolio } = snapshot;
  for (const field of ["unrealizedPnl", "dailyPnl", "realizedPnl", "delta", "dollarDelta", "marketValue"] as const) {
    near(portfolio[field], snapshot.positions.reduce((sum, row) => sum + row[field]!, 0), field);
  }
  // AAPL stock, call, MSFT, NVDA, ES, its put, SAP, VOD, EUR.USD, as computed above.
  const daily = 80.5 * 2.12 + 417.40 + 114 + 198.75 - 2_000 + 862.5 - 149.5 + 130 + 200;
  near(portfolio.dailyPnl, daily, "the book's day");
  near(portfolio.realizedPnl, 357.40 + 2_198.75, "the book's realized P&L");
  assert.deepEqual(portfolio.excluded, []);
  // SAP in euros and VOD in pounds, each at yesterday's close: 208.10 + 71.00. Nobody holds the pound's pair, but its quote
  // gives the rates.
  near(portfolio.fxPnl, 100 * 208.10 * (1.15 - 1.14) + 10_000 * 0.71 * (1.30 - 1.29), "the book's fx effect");
});

Deno.test("known book: our P&L is the broker's, leaf by leaf and by account", () => {
  assert.equal(snapshot.pnlCheck.leavesCompared, 10);
  assert.ok(snapshot.pnlCheck.unrealizedAccuracy! > 1 - 1e-9);
  assert.ok(snapshot.pnlCheck.dailyAccuracy! > 1 - 1e-9);
  for (const account of snapshot.accounts) {
    near(account.unrealizedPnl, account.brokerUnrealizedPnl!, `${account.account} unrealized`);
    near(account.dailyPnl, account.brokerDailyPnl!, `${account.account} daily`);
    near(account.realizedPnl, account.brokerRealizedPnl!, `${account.account} realized`);
  }
});

Deno.test("known book: cash by currency with its rate, margin by account", () => {
  assert.deepEqual(snapshot.cash.map(({ currency, amount, fxRate }) => ({ currency, amount, fxRate })), [
    { currency: "EUR", amount: 5_000, fxRate: 1.15 },
    { currency: "GBP", amount: 1_000, fxRate: 1.3 },
    { currency: "USD", amount: 150_000, fxRate: 1 },
  ]);
  // The rates are of the pairs' quotes, which came after the account values.
  const quoteAge = position("EUR.USD", "FOREX").quoteAgeMs;
  assert.equal(snapshot.cash.find((row) => row.currency === "EUR")!.fxAgeMs, quoteAge);
  for (const account of world.gateway.truth().accounts) {
    const row = snapshot.accounts.find((candidate) => candidate.account === account.account)!;
    near(row.netLiquidation, account.netLiquidation, `${account.account} net liquidation`);
  }
});
