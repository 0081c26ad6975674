/** Which days the Flex web service is asked for, and in which pieces. */
import {
  brokerDay,
  coveredBy,
  dayStart,
  isCovered,
  missingOf,
  type Span,
  withIdleDays,
} from "../../../application/backfill/coverage.ts";
import type { BackfillRange } from "../../../application/backfill/source.ts";
import type { SyncWindowRecord } from "../../../application/ports/store_records.ts";
import { type DayNumber, dayNumber, isoDate } from "../../../domain/calendar/date.ts";
import type { EpochMs } from "../../../domain/time.ts";

export interface StatementWindows {
  /** Those that failed before come first. */
  readonly spans: readonly Span[];
  /** Read windows that lie in what was asked for. */
  readonly skipped: number;
}

/**
 * What is missing of the range, at most a quarter of a year at a time: a failure loses little, and a year takes few requests.
 *
 * Without a range the last days are wanted, and everything since the watermark with the day before it, whose statement may
 * have been made too early; what failed is tried again wherever it lies. Today is never asked for: its statement is made
 * after its close.
 */
export function statementWindows(
  range: BackfillRange,
  recorded: readonly SyncWindowRecord[],
  watermark: EpochMs | null,
): StatementWindows {
  const wanted = wantedDays(range, watermark);
  const covered = range.force ? [] : coveredBy(recorded);
  const again = range.from === null && range.to === null
    ? recorded.filter((row) => row.status === "FAILED" && !isCovered(row, covered)).map(({ from, to }) => ({
      from,
      to,
    }))
    : [];
  const gaps = wanted === null ? [] : missingOf(wanted, [...covered, ...again]).map((gap) => withIdleDays(gap, wanted));
  const spans = [
    ...again,
    ...gaps.flatMap((gap) => quarters(gap.from === watermark ? withDayBefore(gap, wanted) : gap)),
  ];
  const skipped = wanted === null || range.force
    ? 0
    : recorded.filter(({ status, from, to }) => status === "DONE" && from < wanted.to && to > wanted.from).length;
  return { spans, skipped };
}

/** Null when nothing is left before today. */
function wantedDays(range: BackfillRange, watermark: EpochMs | null): Span | null {
  const today = brokerDay(range.now);
  const isAsked = range.from !== null || range.to !== null;
  const end = Math.min(range.to === null ? today : dayNumber(range.to) + 1, today);
  const since = watermark === null || isAsked ? Infinity : brokerDay(watermark) - 1;
  const start = range.from === null ? Math.min(end - range.days, since) : dayNumber(range.from);
  return start < end ? { from: dayStart(start), to: dayStart(end) } : null;
}

function withDayBefore({ from, to }: Span, wanted: Span | null): Span {
  return { from: Math.max(wanted?.from ?? from, dayStart(brokerDay(from) - 1)), to };
}

function quarters({ from, to }: Span): Span[] {
  const spans: Span[] = [];
  const end = brokerDay(to);
  for (let day = brokerDay(from); day < end;) {
    const next = Math.min(nextQuarter(day), end);
    spans.push({ from: dayStart(day), to: dayStart(next) });
    day = next;
  }
  return spans;
}

function nextQuarter(day: DayNumber): DayNumber {
  const [year = 0, month = 0] = isoDate(day).split("-").map(Number);
  const first = Math.floor((month - 1) / 3) * 3 + 4;
  return first > 12 ? dayNumber(`${year + 1}-01-01`) : dayNumber(`${year}-${String(first).padStart(2, "0")}-01`);
}
