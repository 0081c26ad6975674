import assert from "node:assert/strict";
import { dailySeries } from "../../../src/application/history_report/daily_results.ts";
import { DESK_DAYS } from "../../support/desk_history.ts";
import { dailyPnl } from "../../support/stored_history.ts";

Deno.test("the running total and the fall from its best leave a day out whose result is not known", () => {
  const [book] = dailySeries(DESK_DAYS);
  // 1,000; 1,000 - 400; not known; 600 + 250; 850 + 600.
  assert.deepEqual(book?.days.map((day) => day.cumulativePnl), [1_000, 600, null, 850, 1_450]);
  assert.deepEqual(book?.days.map((day) => day.drawdown), [0, 400, null, 150, 0]);
});

Deno.test("the fall is a share of the equity before the range and the best since", () => {
  const [book] = dailySeries(DESK_DAYS);
  // 1,001,000 at the end of the first day, less its 1,000; 400 / (1,000,000 + 1,000).
  assert.equal(book?.days[1]?.drawdownPct, 400 / 1_001_000);
  assert.deepEqual(book?.summary.deepest, {
    drawdown: 400,
    drawdownPct: 400 / 1_001_000,
    peakDate: "2026-11-16",
    troughDate: "2026-11-17",
    recoveredDate: "2026-11-20",
  });
});

Deno.test("ours less the broker's is known where both are", () => {
  const [book] = dailySeries(DESK_DAYS);
  // 1,000 - 990; -400 + 400; -; 250 - 240.50; -.
  assert.deepEqual(book?.days.map((day) => day.difference), [10, 0, null, 9.5, null]);
  assert.deepEqual(book?.totals.difference, { sum: 19.5, missing: 2 });
});

Deno.test("totals count the days that they leave out", () => {
  const { totals, summary } = dailySeries(DESK_DAYS)[0]!;
  assert.deepEqual(totals.dailyPnl, { sum: 1_450, missing: 1 });
  assert.deepEqual(totals.fxPnl, { sum: -12.5, missing: 4 });
  assert.equal(totals.partialDays, 1);
  assert.deepEqual([summary.winDays, summary.lossDays, summary.flatDays, summary.unknownDays], [3, 1, 0, 1]);
  assert.deepEqual(summary.best, { date: "2026-11-16", pnl: 1_000 });
  assert.deepEqual(summary.worst, { date: "2026-11-17", pnl: -400 });
});

Deno.test("a sum of nothing known is not 0", () => {
  const { totals, summary } = dailySeries([dailyPnl("2026-11-20", { dailyPnl: null })])[0]!;
  assert.deepEqual(totals.dailyPnl, { sum: null, missing: 1 });
  assert.deepEqual([summary.best, summary.worst, summary.deepest], [null, null, null]);
});

Deno.test("accounts, sources and currencies are never added up", () => {
  const series = dailySeries([
    dailyPnl("2026-11-19"),
    dailyPnl("2026-11-20", { currency: "EUR" }),
    dailyPnl("2026-11-20", { source: "MANUAL" }),
    dailyPnl("2026-11-20", { account: "DU2" }),
  ]);
  assert.deepEqual(series.map(({ account, source, currency }) => `${account} ${source} ${currency}`), [
    "DU1 IB USD",
    "DU1 IB EUR",
    "DU1 MANUAL USD",
    "DU2 IB USD",
  ]);
});
