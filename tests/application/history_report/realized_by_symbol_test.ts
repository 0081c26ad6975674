import assert from "node:assert/strict";
import { historyRange } from "../../../src/application/history_report/history_range.ts";
import { realizedBySymbol, type SymbolResult } from "../../../src/application/history_report/realized_by_symbol.ts";
import type { StoreBatch } from "../../../src/application/ports/store.ts";
import {
  daysAgo,
  DESK_TRADES,
  FUTU_TRADES,
  MSFT,
  SAP,
  SPY_PUT,
  trades,
  withStore,
} from "../../support/desk_history.ts";
import { AAPL, execution, NOW } from "../../support/stored_history.ts";

Deno.test("lots are closed oldest first, each with its share of both commissions", async () => {
  const aapl = await resultOf(DESK_TRADES, "AAPL");
  // The stock: 100 * (190 - 180) + 50 * (190 - 184) = 1,300; the put: 5 * 100 * (6.10 - 4.20) = 950.
  assert.equal(aapl.realizedPnl, 2_250);
  // 1 + half of the second 1 + 1.50, and twice 3.25.
  assert.equal(aapl.commissions, 9.5);
  assert.equal(aapl.net, 2_240.5);
  // 1,297.50 + 943.50
  assert.equal(aapl.brokerRealizedPnl, 2_241);
  // The put is back at nothing, the stock is not.
  assert.deepEqual([aapl.fills, aapl.lots, aapl.roundTrips], [5, 3, 1]);
});

Deno.test("both brokers' trades of a symbol add up, and fills without the broker's own profit are counted", async () => {
  const aapl = await resultOf({ ...DESK_TRADES, ...FUTU_TRADES }, "AAPL");
  // 2,250 as without Futu, and 25 * (191 - 183) + 35 * (191 - 183.40) = 466.
  assert.equal(aapl.realizedPnl, 2_716);
  assert.deepEqual([aapl.brokerRealizedPnl, aapl.fillsWithoutBroker, aapl.unmatchedFills], [2_241, 3, 0]);
  assert.equal(aapl.lotsWithoutCommission, 2);
});

Deno.test("what was opened before the range is matched, and only what closed in it counts", async () => {
  const aapl = await resultOf(DESK_TRADES, "AAPL", { from: "2026-11-17", to: "2026-11-20" });
  // The purchase of the put alone: 950 - 6.50.
  assert.deepEqual([aapl.realizedPnl, aapl.net, aapl.fills], [950, 943.5, 1]);
});

Deno.test("currencies have rows of their own", async () => {
  const stock = { instrument: AAPL, at: daysAgo(2), cost: 0 };
  const foreign = { ...stock, instrument: { ...AAPL, currency: "EUR" } };
  const batch = trades([
    { ...stock, quantity: 10, price: 100 },
    { ...stock, quantity: -10, price: 101 },
    { ...foreign, quantity: 10, price: 90 },
    { ...foreign, quantity: -10, price: 92 },
  ]);
  const results = await resultsOf(batch);
  assert.deepEqual(results.map((row) => [row.symbol, row.currency, row.net]), [["AAPL", "EUR", 20], [
    "AAPL",
    "USD",
    10,
  ]]);
});

Deno.test("a fill that closed what is older than the stored history is left out, and said to be", async () => {
  const msft = await resultOf(DESK_TRADES, "MSFT");
  assert.deepEqual([msft.realizedPnl, msft.net, msft.unmatchedFills, msft.brokerRealizedPnl], [null, null, 1, 512.2]);
});

Deno.test("after such a fill new purchases and sales are matched with each other alone", async () => {
  const trade = { instrument: MSFT, cost: 1 };
  const msft = await resultOf(
    trades([
      { ...trade, quantity: -40, price: 420, at: daysAgo(5), realized: 512.2 },
      { ...trade, quantity: 10, price: 400, at: daysAgo(4) },
      { ...trade, quantity: -10, price: 405, at: daysAgo(3), realized: 48 },
    ]),
    "MSFT",
  );
  // 10 * (405 - 400)
  assert.deepEqual([msft.realizedPnl, msft.net, msft.lots, msft.unmatchedFills], [50, 48, 1, 1]);
});

Deno.test("a profit of 0 beside a fill that opens does not make it a closing one", async () => {
  const trade = { instrument: MSFT, cost: 0 };
  const msft = await resultOf(
    trades([
      { ...trade, quantity: 10, price: 400, at: daysAgo(4), realized: 0 },
      { ...trade, quantity: -10, price: 405, at: daysAgo(3), realized: 50 },
    ]),
    "MSFT",
  );
  assert.deepEqual([msft.realizedPnl, msft.unmatchedFills], [50, 0]);
});

Deno.test("a commission that is missing or in another currency is counted as left out, not as nothing", async () => {
  const trade = { instrument: SAP, quantity: 50, price: 210, at: daysAgo(3), cost: 3 };
  for (const odd of [{ cost: null }, { cost: 3, costCurrency: "USD" }]) {
    const sap = await resultOf(trades([trade, { ...trade, quantity: -50, price: 212, at: daysAgo(2), ...odd }]), "SAP");
    // 50 * (212 - 210); neither side's cost can be said to be that of the lot.
    assert.deepEqual([sap.realizedPnl, sap.commissions, sap.lotsWithoutCommission], [100, 0, 1]);
  }
});

Deno.test("a contract past its expiry with lots that nothing closes has no result", async () => {
  const spy = await resultOf(DESK_TRADES, "SPY");
  assert.deepEqual([spy.expiredOpen, spy.realizedPnl], [1, null]);
  // Its expiry is stored as a sale at 0 by a statement: 2 * 100 * (3.10 - 0).
  const closed = trades([
    { instrument: SPY_PUT, quantity: -2, price: 3.1, at: daysAgo(12), cost: 1.3 },
    { instrument: SPY_PUT, quantity: 2, price: 0, at: daysAgo(7), cost: 0, realized: 618.7 },
  ]);
  const expired = await resultOf(closed, "SPY");
  assert.deepEqual([expired.expiredOpen, expired.realizedPnl, expired.net], [0, 620, 618.7]);
});

Deno.test("a correction counts instead of what it corrects", async () => {
  const { executions, commissions } = trades([
    { instrument: AAPL, quantity: 10, price: 100, at: daysAgo(4), cost: 0 },
    { instrument: AAPL, quantity: -10, price: 110, at: daysAgo(3), cost: 0 },
  ]);
  const corrected = execution("0002.01.02", { instrument: AAPL, quantity: -10, price: 111, executedAt: daysAgo(3) });
  const aapl = await resultOf({ executions: [...executions, corrected], commissions }, "AAPL");
  // 10 * (111 - 100), and not 100 beside it.
  assert.deepEqual([aapl.realizedPnl, aapl.fills], [110, 2]);
});

async function resultOf(batch: StoreBatch, symbol: string, days = DAYS): Promise<SymbolResult> {
  const found = (await resultsOf(batch, days)).find((row) => row.symbol === symbol);
  assert.ok(found, `no row of ${symbol}`);
  return found;
}

const DAYS = { from: "2026-10-22", to: "2026-11-20" };

async function resultsOf(batch: StoreBatch, days = DAYS): Promise<SymbolResult[]> {
  let results: SymbolResult[] = [];
  await withStore(batch, async (store) => {
    const range = historyRange(days, "America/New_York", NOW);
    results = await realizedBySymbol(store, { account: null, symbol: null }, range);
  });
  return results;
}
