import assert from "node:assert/strict";
import { historyRange } from "../../../src/application/history_report/history_range.ts";

const NOW = Date.UTC(2026, 10, 20, 15, 30);

Deno.test("30 days end today unless days are named", () => {
  const { from, to } = historyRange({ from: null, to: null }, "America/New_York", NOW);
  assert.deepEqual([from, to], ["2026-10-22", "2026-11-20"]);
  assert.equal(historyRange({ from: null, to: "2026-03-30" }, "UTC", NOW).from, "2026-03-01");
  assert.equal(historyRange({ from: "2026-11-01", to: null }, "UTC", NOW).to, "2026-11-20");
});

Deno.test("today is the display zone's", () => {
  // 15:30 in London is 00:30 of the next day in Tokyo.
  assert.equal(historyRange({ from: null, to: null }, "Asia/Tokyo", NOW).to, "2026-11-21");
});

Deno.test("days last from midnight to midnight of the zone, whatever its clocks do", () => {
  // New York leaves summer time on 1 November 2026: that day has 25 hours.
  const { start, end } = historyRange({ from: "2026-11-01", to: "2026-11-01" }, "America/New_York", NOW);
  assert.equal(new Date(start).toISOString(), "2026-11-01T04:00:00.000Z");
  assert.equal(new Date(end).toISOString(), "2026-11-02T05:00:00.000Z");
});

Deno.test("a range that ends before it begins is refused, naming both ends", () => {
  assert.throws(() => historyRange({ from: "2026-11-02", to: "2026-11-01" }, "UTC", NOW), {
    name: "UsageError",
    message: "Cannot show history from 2026-11-02: that is after --to 2026-11-01",
  });
});
