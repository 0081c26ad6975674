import assert from "node:assert/strict";
import { historyRange } from "../../../src/application/history_report/history_range.ts";
import { roundTrips, type TripRow, type TripScore } from "../../../src/application/history_report/round_trips.ts";
import { DAY_MS } from "../../../src/domain/calendar/date.ts";
import { daysAgo, DESK_TRADES, FUTU_TRADES, withStore } from "../../support/desk_history.ts";
import type { StoreBatch } from "../../../src/application/ports/store.ts";
import { futuDeal, NOW } from "../../support/stored_history.ts";

Deno.test("a trip goes from nothing to nothing, with averages, costs and how long it was held", async () => {
  const { rows } = await tripsOf();
  const [put] = rows.filter((row) => row.record === "roundTrip");
  assert.deepEqual(
    [put?.direction, put?.quantity, put?.averageOpenPrice, put?.averageClosePrice, put?.heldMs],
    ["short", 5, 6.1, 4.2, 2 * DAY_MS],
  );
  // 5 * 100 * (6.10 - 4.20), twice 3.25.
  assert.deepEqual([put?.gross, put?.commissions, put?.net], [950, 6.5, 943.5]);
});

Deno.test("what is partly closed stands with its result so far, and its lots apart", async () => {
  const { rows } = await tripsOf();
  const open = rows.find((row) => row.record === "openTrip");
  // Opened at 180 and 184, 100 each: 182 on average. 100 * (190 - 180) + 50 * (190 - 184) = 1,300, less 1 + 0.50 + 1.50.
  assert.deepEqual([open?.quantity, open?.averageOpenPrice, open?.gross, open?.net], [150, 182, 1_300, 1_297]);
  const lots = rows.filter((row) => row.record === "openLot");
  assert.deepEqual(lots.map((row) => [row.instrument.symbol, row.quantity, row.commissions]), [
    ["AAPL", 50, 0.5],
    ["SPY", -2, 1.3],
    ["MSFT", 10, null],
  ]);
  assert.equal(lots[0]?.heldMs, NOW - daysAgo(15));
});

Deno.test("lots are those at the end of the range", async () => {
  const { rows } = await tripsOf({ from: "2026-11-01", to: "2026-11-16" });
  const lots = rows.filter((row) => row.record === "openLot").map((row) => `${row.instrument.symbol} ${row.quantity}`);
  // The put and SAP were closed on the 18th, MSFT was bought on the 19th.
  assert.deepEqual(lots, ["AAPL 50", "SPY -2", "SAP 50", "AAPL -5"]);
});

Deno.test("what could not be matched, and costs that are not known, are counted", async () => {
  const { score } = await tripsOf();
  assert.deepEqual(score, { unmatchedFills: 1, withoutCommission: 1, otherCurrency: 0 });
});

Deno.test("the same contract at both brokers is matched apart, a part of an order's fee with each of its deals", async () => {
  const { rows, score } = await tripsOf(undefined, { ...DESK_TRADES, ...FUTU_TRADES });
  const futu = rows.filter((row) => row.source === "FUTU");
  assert.deepEqual(rows.filter((row) => row.source === "IB"), (await tripsOf()).rows);
  const [trip, lot] = futu;
  // 25 at 183 and 35 of 75 at 183.40, sold at 191: 25 * 8 + 35 * 7.60.
  assert.deepEqual([trip?.record, trip?.account, trip?.quantity, trip?.gross], ["openTrip", "FU1", 60, 466]);
  // The cancelled sale closed nothing. 75 of 100 shares pay 2.25, 40 of 75 are left.
  assert.deepEqual([lot?.record, lot?.quantity, lot?.commissions], ["openLot", 40, 1.2]);
  assert.equal(futu.length, 2);
  // The sale's fee was not asked for yet.
  assert.equal(score.withoutCommission, 2);
});

Deno.test("an account that has one number at both brokers is two accounts", async () => {
  const bought = futuDeal("D1", { account: "DU1", quantity: 50, executedAt: daysAgo(4) });
  const { rows } = await tripsOf(undefined, { ...DESK_TRADES, futuDeals: [bought] });
  const lots = rows.filter((row) => row.record === "openLot" && row.instrument.symbol === "AAPL");
  assert.deepEqual(lots.map(({ source, quantity }) => [source, quantity]), [["IB", 50], ["FUTU", 50]]);
});

async function tripsOf(
  days = { from: "2026-10-22", to: "2026-11-20" },
  batch: StoreBatch = DESK_TRADES,
): Promise<{ rows: TripRow[]; score: TripScore }> {
  const rows: TripRow[] = [];
  const score: TripScore = { unmatchedFills: 0, withoutCommission: 0, otherCurrency: 0 };
  await withStore(batch, async (store) => {
    const range = historyRange(days, "America/New_York", NOW);
    for await (const page of roundTrips(store, { account: null, symbol: null }, range, NOW, score)) rows.push(...page);
  });
  return { rows, score };
}
