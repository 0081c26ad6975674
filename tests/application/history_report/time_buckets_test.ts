import assert from "node:assert/strict";
import { bucketed, bucketText } from "../../../src/application/history_report/time_buckets.ts";
import fc from "../../support/property.ts";

const MINUTE = 60_000;
const at = (time: number): number => time;

Deno.test("rows that fit stand for themselves", () => {
  const { sizeMs, buckets } = bucketed([1, 2, 3], at, 3, "UTC");
  assert.equal(sizeMs, null);
  assert.deepEqual(buckets.map(({ rows }) => rows), [[1], [2], [3]]);
});

Deno.test("buckets are the smallest customary ones that are few enough", () => {
  // 390 minutes from 14:30 to 20:59 UTC: 14 half hours do not fit 10, 7 hours do, half an hour of 14:00 included.
  const minutes = Array.from({ length: 390 }, (_, minute) => Date.UTC(2026, 10, 20, 14, 30) + minute * MINUTE);
  const { sizeMs, buckets } = bucketed(minutes, at, 10, "UTC");
  assert.equal(sizeMs, 60 * MINUTE);
  assert.deepEqual(buckets.map(({ rows }) => rows.length), [30, 60, 60, 60, 60, 60, 60]);
});

Deno.test("days are the zone's, and times without rows make no bucket", () => {
  const hours = [0, 1, 2, 3, 200].map((hour) => Date.UTC(2026, 10, 20, 3) + hour * 60 * MINUTE);
  // 03:00 and 04:00 UTC are the 19th in New York.
  const { buckets } = bucketed(hours, at, 3, "America/New_York");
  assert.deepEqual(buckets.map(({ rows }) => rows.length), [2, 2, 1]);
});

Deno.test("no row is lost, none is twice, and there are never too many buckets", () => {
  const times = fc.array(fc.integer({ min: 0, max: 400 * 86_400_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(fc.property(times, fc.integer({ min: 2, max: 80 }), (unsorted, most) => {
    const sorted = unsorted.toSorted((one, other) => one - other);
    const { buckets } = bucketed(sorted, at, most, "Europe/London");
    assert.ok(buckets.length <= most);
    assert.deepEqual(buckets.flatMap(({ rows }) => rows), sorted);
  }));
});

Deno.test("a bucket's size is said as people say it", () => {
  const sizes = [MINUTE, 15 * MINUTE, 60 * MINUTE, 240 * MINUTE, 1_440 * MINUTE, 7 * 1_440 * MINUTE];
  assert.deepEqual(sizes.map(bucketText), ["minute", "15 minutes", "hour", "4 hours", "day", "7 days"]);
});
