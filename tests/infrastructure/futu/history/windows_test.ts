import assert from "node:assert/strict";
import { coveredBy, isCovered, type Span } from "../../../../src/application/backfill/coverage.ts";
import { HISTORY_MARKETS, marketDay, marketDayStart } from "../../../../src/application/backfill/market_zone.ts";
import type { BackfillRange } from "../../../../src/application/backfill/source.ts";
import type { SyncWindowRecord } from "../../../../src/application/ports/store_records.ts";
import { DAY_MS, dayNumber, isoDate } from "../../../../src/domain/calendar/date.ts";
import {
  CELL_DAYS,
  MOST_ASKED_DAYS,
  questionTimes,
  type StreamState,
  streamWindows,
} from "../../../../src/infrastructure/futu/history/windows.ts";
import fc from "../../../support/property.ts";

/** Monday 2026-11-30, half past ten in New York, half past eleven at night in Hong Kong. */
const NOW = Date.UTC(2026, 10, 30, 15, 30);
const LAST_DAYS: BackfillRange = { from: null, to: null, days: 30, now: NOW, force: false };
const NOTHING: StreamState = { recorded: [], watermark: null, settledAfterMs: 7 * DAY_MS };

const text = (market: string, { from, to }: Span) =>
  `${isoDate(marketDay(market, from))}..${isoDate(marketDay(market, to - 1))}`;

function spans(range: Partial<BackfillRange>, state: Partial<StreamState> = {}, market = "US"): string[] {
  const { spans } = streamWindows({ ...LAST_DAYS, ...range }, market, { ...NOTHING, ...state });
  return spans.map((span) => text(market, span));
}

function recorded(from: string, to: string, fields: Partial<SyncWindowRecord> = {}, market = "US"): SyncWindowRecord {
  return {
    broker: "FUTU",
    account: "1",
    dataType: "deals",
    market,
    from: marketDayStart(market, dayNumber(from)),
    to: marketDayStart(market, dayNumber(to) + 1),
    status: "DONE",
    error: null,
    rows: 1,
    attempts: 1,
    updatedAt: NOW,
    ...fields,
  };
}

Deno.test("without a range the cells that hold the last days are read whole, the same ones every day", () => {
  // Mondays 84 days apart: 2026-08-03, 2026-10-26, 2027-01-18.
  assert.deepEqual(spans({}), ["2026-10-26..2026-11-30"]);
  assert.deepEqual(spans({ now: NOW + DAY_MS }), ["2026-10-26..2026-12-01"]);
  assert.deepEqual(spans({ days: 37 }), ["2026-08-03..2026-10-25", "2026-10-26..2026-11-30"]);
  assert.equal((dayNumber("2026-10-26") - dayNumber("2026-08-03")) % CELL_DAYS, 0);
});

Deno.test("a range is read from its first day to its last, of the market, and never beyond now", () => {
  assert.deepEqual(spans({ from: "2026-08-05", to: "2026-08-06" }), ["2026-08-05..2026-08-06"]);
  assert.deepEqual(spans({ from: "2026-10-20", to: "2026-10-30" }), [
    "2026-10-20..2026-10-25",
    "2026-10-26..2026-10-30",
  ]);
  const { spans: [today] } = streamWindows({ ...LAST_DAYS, from: "2026-11-30", to: "2026-12-24" }, "HK", NOTHING);
  assert.deepEqual(today, { from: Date.UTC(2026, 10, 29, 16), to: NOW });
  assert.deepEqual(spans({ from: "2026-12-24", to: "2026-12-24" }), []);
});

Deno.test("all since the watermark is read, however long ago that was", () => {
  const watermark = marketDayStart("US", dayNumber("2026-07-10"));
  assert.deepEqual(spans({}, { watermark }), [
    "2026-05-11..2026-08-02",
    "2026-08-03..2026-10-25",
    "2026-10-26..2026-11-30",
  ]);
});

Deno.test("a window is read again until it was read when its rows could no longer change", () => {
  const end = marketDayStart("US", dayNumber("2026-10-26"));
  const fresh = recorded("2026-08-03", "2026-10-25", { updatedAt: end + 6 * DAY_MS });
  const settled = { ...fresh, updatedAt: end + 7 * DAY_MS };
  assert.deepEqual(spans({}, { recorded: [fresh], watermark: end }), [
    "2026-08-03..2026-10-25",
    "2026-10-26..2026-11-30",
  ]);
  assert.deepEqual(spans({}, { recorded: [settled], watermark: end }), ["2026-10-26..2026-11-30"]);
  const { skipped } = streamWindows({ ...LAST_DAYS, days: 60 }, "US", { ...NOTHING, recorded: [settled] });
  assert.equal(skipped, 1);
  assert.deepEqual(spans({ days: 60, force: true }, { recorded: [settled] }), [
    "2026-08-03..2026-10-25",
    "2026-10-26..2026-11-30",
  ]);
});

Deno.test("what failed is read again wherever it lies, unless a range was asked for", () => {
  const failed = recorded("2026-02-16", "2026-05-10", { status: "FAILED" });
  assert.deepEqual(spans({}, { recorded: [failed] }), ["2026-02-16..2026-05-10", "2026-10-26..2026-11-30"]);
  assert.deepEqual(spans({ from: "2026-11-02", to: "2026-11-03" }, { recorded: [failed] }), ["2026-11-02..2026-11-03"]);
});

Deno.test("a day with a change of the clocks belongs to its window from midnight to midnight", () => {
  // New York's day of 2026-11-01 has 25 hours, that of 2026-03-08 has 23.
  const [autumn] = streamWindows({ ...LAST_DAYS, from: "2026-11-01", to: "2026-11-01" }, "US", NOTHING).spans;
  assert.deepEqual(autumn, { from: Date.UTC(2026, 10, 1, 4), to: Date.UTC(2026, 10, 2, 5) });
  const [spring] = streamWindows({ ...LAST_DAYS, from: "2026-03-08", to: "2026-03-08" }, "US", NOTHING).spans;
  assert.deepEqual(spring, { from: Date.UTC(2026, 2, 8, 5), to: Date.UTC(2026, 2, 9, 4) });
  assert.deepEqual(questionTimes(autumn!, "US"), { beginTime: "2026-10-31 00:00:00", endTime: "2026-11-02 23:59:59" });
});

Deno.test("the words of a question are the market's own days, with a day more on either side", () => {
  const day = { from: Date.UTC(2026, 10, 19, 16), to: Date.UTC(2026, 10, 20, 16) };
  assert.deepEqual(questionTimes(day, "HK"), { beginTime: "2026-11-19 00:00:00", endTime: "2026-11-21 23:59:59" });
  assert.deepEqual(questionTimes(day, "US"), { beginTime: "2026-11-18 00:00:00", endTime: "2026-11-21 23:59:59" });
});

const HISTORY = dayNumber("2024-01-01");
const YEARS = 1_100;
const market = fc.constantFrom(...HISTORY_MARKETS);
const date = fc.nat(YEARS).map((day) => isoDate(HISTORY + day));
const range: fc.Arbitrary<BackfillRange> = fc.oneof(
  fc.record({ from: fc.constant(null), to: fc.constant(null), days: fc.integer({ min: 1, max: 800 }) }),
  fc.tuple(date, date).map(([a, b]) => ({ from: a < b ? a : b, to: a < b ? b : a, days: 30 })),
  date.map((from) => ({ from, to: null, days: 30 })),
).chain((asked) =>
  fc.record({ now: fc.nat(YEARS * DAY_MS).map((ms) => HISTORY * DAY_MS + ms), force: fc.boolean() })
    .map((rest) => ({ ...asked, ...rest }))
);
const state = fc.record({
  recorded: fc.array(
    fc.record({
      first: fc.nat(YEARS),
      days: fc.integer({ min: 1, max: 120 }),
      status: fc.constantFrom("DONE" as const, "FAILED" as const),
      readAfter: fc.integer({ min: 0, max: 200 }),
    }),
    { maxLength: 6 },
  ),
  settledAfterMs: fc.constantFrom(7 * DAY_MS, 90 * DAY_MS),
  mark: fc.option(fc.nat(YEARS)),
});

Deno.test("law: any range is covered, no question is longer than OpenD takes, and no two windows claim the same moment", () => {
  fc.assert(fc.property(market, range, state, (market, range, { recorded: rows, settledAfterMs, mark }) => {
    const windows = rows.map(({ first, days, status, readAfter }) => {
      const from = isoDate(HISTORY + first);
      const row = recorded(from, isoDate(HISTORY + first + days - 1), { status }, market);
      return { ...row, updatedAt: row.to + readAfter * DAY_MS };
    });
    const watermark = mark === null ? null : marketDayStart(market, HISTORY + mark);
    const { spans } = streamWindows(range, market, { recorded: windows, watermark, settledAfterMs });
    for (const [at, span] of spans.entries()) {
      assert.ok(span.from < span.to && span.to <= range.now, "forwards, and not beyond now");
      assert.ok(at === 0 || spans[at - 1]!.to <= span.from, "in order, without overlap");
      const { beginTime, endTime } = questionTimes(span, market);
      const asked = dayNumber(endTime.slice(0, 10)) - dayNumber(beginTime.slice(0, 10)) + 1;
      assert.ok(asked <= MOST_ASKED_DAYS, `${asked} days`);
      assert.ok(asked <= CELL_DAYS + 2);
    }
    const settled = windows.filter((row) => row.status === "DONE" && row.updatedAt >= row.to + settledAfterMs);
    const known = range.force ? [] : coveredBy(settled, "told");
    const wanted = wantedSpan(range, market);
    if (wanted.from >= wanted.to) return;
    const read = coveredBy([...known, ...spans].map((span) => ({ ...span, status: "DONE" as const })), "told");
    assert.ok(isCovered(wanted, read), `${text(market, wanted)} is not covered`);
    // Together with what is known, nothing is read twice.
    for (const span of spans) assert.ok(!known.some(({ from, to }) => span.from < to && span.to > from));
  }));
});

/** The days that were asked for, in the market's zone. */
function wantedSpan({ from, to, days, now }: BackfillRange, market: string): Span {
  const last = to === null ? marketDay(market, now) : dayNumber(to);
  const first = from === null ? last + 1 - days : dayNumber(from);
  return { from: marketDayStart(market, first), to: Math.min(marketDayStart(market, last + 1), now) };
}
