import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { DAY_MS, dayNumber, isoDate, isWeekend, weekday } from "../../../src/domain/calendar/date.ts";

/** Every day of the years 1600 to 2400. */
const aDay = fc.integer({ min: Date.UTC(1600, 0, 1) / DAY_MS, max: Date.UTC(2400, 0, 1) / DAY_MS });

Deno.test("day numbers and dates turn into each other as the platform's UTC dates do", () => {
  fc.assert(
    fc.property(aDay, (day) => {
      const there = new Date(day * DAY_MS);
      assert.equal(isoDate(day), there.toISOString().slice(0, 10));
      assert.equal(dayNumber(isoDate(day)), day);
      assert.equal(weekday(day), there.getUTCDay());
    }),
    { numRuns: 2000 },
  );
});

Deno.test("leap days exist in 2024 and 2000, and not in 2026, 2025 or 2100", () => {
  assert.equal(dayNumber("2024-02-29") + 1, dayNumber("2024-03-01"));
  assert.equal(dayNumber("2000-02-29") + 1, dayNumber("2000-03-01"));
  for (const date of ["2026-02-29", "2025-02-29", "2100-02-29"]) assert.throws(() => dayNumber(date), RangeError);
});

Deno.test("a date that does not exist, or is written otherwise, is refused with a sentence", () => {
  const texts = [
    "2026-02-30",
    "20261120",
    "2026-13-01",
    "2026-00-10",
    "2026-11-00",
    "2026/11/20",
    "2026-11-20 ",
    "",
    "2O26-11-20",
  ];
  for (const text of texts) {
    assert.throws(() => dayNumber(text), { name: "RangeError", message: /write YYYY-MM-DD/ }, text);
  }
});

Deno.test("Saturday and Sunday are the weekend", () => {
  const week = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"].map((date) => isWeekend(dayNumber(date)));
  assert.deepEqual(week, [false, true, true, false]);
});

Deno.test("a day number that is none is refused, not written as a date", () => {
  for (const day of [Number.NaN, Number.POSITIVE_INFINITY, 0.5]) assert.throws(() => isoDate(day), RangeError);
});
