import assert from "node:assert/strict";
import {
  brokerDay,
  coveredBy,
  dayStart,
  missingOf,
  watermarkAfter,
} from "../../../src/application/backfill/coverage.ts";
import { dayNumber, isoDate } from "../../../src/domain/calendar/date.ts";
import fc from "../../support/property.ts";

const at = (date: string) => dayStart(dayNumber(date));
const span = (from: string, to: string) => ({ from: at(from), to: at(to) });
const done = (from: string, to: string) => ({ ...span(from, to), status: "DONE" as const });
const failed = (from: string, to: string) => ({ ...span(from, to), status: "FAILED" as const });
const dates = (spans: readonly { from: number; to: number }[]) =>
  spans.map(({ from, to }) => `${isoDate(brokerDay(from))}..${isoDate(brokerDay(to))}`);
const date = (mark: number | null) => mark === null ? null : isoDate(brokerDay(mark));

Deno.test("windows that touch cover one stretch, and what failed covers nothing", () => {
  const windows = [
    done("2026-10-01", "2026-10-14"),
    failed("2026-10-14", "2026-10-20"),
    done("2026-09-01", "2026-10-01"),
  ];
  assert.deepEqual(dates(coveredBy(windows)), ["2026-09-01..2026-10-14"]);
});

Deno.test("a statement that the broker cut to business days leaves no weekend and no holiday missing", () => {
  // Thanksgiving is Thursday 2026-11-26; 2026-10-31 is a Saturday.
  const covered = coveredBy([done("2026-11-02", "2026-11-26"), done("2026-10-01", "2026-10-31")]);
  assert.deepEqual(dates(covered), ["2026-10-01..2026-11-27"]);
});

Deno.test("a business day between two windows is missing", () => {
  const covered = coveredBy([done("2026-11-02", "2026-11-04"), done("2026-11-05", "2026-11-10")]);
  assert.deepEqual(dates(missingOf(span("2026-11-02", "2026-11-12"), covered)), [
    "2026-11-04..2026-11-05",
    "2026-11-10..2026-11-12",
  ]);
});

Deno.test("the watermark goes to the end of what is complete, not past what failed, and goes on once that is read", () => {
  const windows = [
    done("2026-07-01", "2026-08-03"),
    failed("2026-08-03", "2026-09-01"),
    done("2026-09-01", "2026-10-01"),
  ];
  assert.equal(date(watermarkAfter(null, windows)), "2026-08-03");
  assert.equal(date(watermarkAfter(at("2026-08-03"), windows)), "2026-08-03");
  const repaired = [...windows, done("2026-08-03", "2026-09-01")];
  assert.equal(date(watermarkAfter(at("2026-08-03"), repaired)), "2026-10-01");
});

Deno.test("a range beyond a hole does not move the watermark, an older one does not move it back", () => {
  const mark = at("2026-10-01");
  assert.equal(watermarkAfter(mark, [done("2026-09-01", "2026-10-01"), done("2026-10-06", "2026-11-03")]), mark);
  assert.equal(watermarkAfter(mark, [done("2026-09-01", "2026-10-01"), done("2025-01-01", "2025-04-01")]), mark);
});

Deno.test("the watermark claims no day that no statement covers, holiday or not", () => {
  assert.equal(date(watermarkAfter(null, [done("2026-10-01", "2026-10-31")])), "2026-10-31");
});

Deno.test("nothing is complete while the first window is not", () => {
  assert.equal(watermarkAfter(null, [failed("2026-07-01", "2026-08-03"), done("2026-08-03", "2026-10-01")]), null);
  assert.equal(watermarkAfter(null, []), null);
});

Deno.test("what is covered and what is missing make up the whole, without overlap", () => {
  const day = fc.integer({ min: 20_000, max: 20_060 });
  const window = fc.tuple(day, fc.integer({ min: 1, max: 15 })).map(([from, days]) => ({
    from: dayStart(from),
    to: dayStart(from + days),
    status: "DONE" as const,
  }));
  fc.assert(
    fc.property(fc.array(window, { maxLength: 8 }), day, fc.integer({ min: 1, max: 40 }), (windows, from, days) => {
      const covered = coveredBy(windows);
      const missing = missingOf({ from: dayStart(from), to: dayStart(from + days) }, covered);
      for (let each = from; each < from + days; each++) {
        const noon = dayStart(each) + 12 * 3_600_000;
        const inside = (spans: readonly { from: number; to: number }[]) =>
          spans.filter((other) => other.from <= noon && noon < other.to).length;
        assert.equal(inside(covered) + inside(missing), 1);
      }
    }),
  );
});
