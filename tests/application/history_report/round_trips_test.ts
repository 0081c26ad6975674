import assert from "node:assert/strict";
import { historyRange } from "../../../src/application/history_report/history_range.ts";
import { roundTrips, type TripRow, type TripScore } from "../../../src/application/history_report/round_trips.ts";
import { DAY_MS } from "../../../src/domain/calendar/date.ts";
import { daysAgo, DESK_TRADES, withStore } from "../../support/desk_history.ts";
import { NOW } from "../../support/stored_history.ts";

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

async function tripsOf(
  days = { from: "2026-10-22", to: "2026-11-20" },
): Promise<{ rows: TripRow[]; score: TripScore }> {
  const rows: TripRow[] = [];
  const score: TripScore = { unmatchedFills: 0, withoutCommission: 0, otherCurrency: 0 };
  await withStore(DESK_TRADES, async (store) => {
    const range = historyRange(days, "America/New_York", NOW);
    for await (const page of roundTrips(store, { account: null, symbol: null }, range, NOW, score)) rows.push(...page);
  });
  return { rows, score };
}
