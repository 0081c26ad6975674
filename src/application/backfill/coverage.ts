/** Which stretches of time were read, which are missing, and how far history is complete. */
import type { DayNumber } from "../../domain/calendar/date.ts";
import { isSessionDay } from "../../domain/calendar/trading_day.ts";
import { instantAt, localDay } from "../../domain/calendar/zone.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { SyncWindowRecord } from "../ports/store_records.ts";

/** `from` up to but not including `to`. */
export interface Span {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

type Recorded = Span & Pick<SyncWindowRecord, "status">;

/** The zone of the broker's days. */
const ZONE = "America/New_York";

/** The day at the broker. */
export function brokerDay(at: EpochMs): DayNumber {
  return localDay(ZONE, at);
}

/** Midnight at the broker, as the day begins. */
export function dayStart(day: DayNumber): EpochMs {
  return instantAt(ZONE, day, 0);
}

/** `told`: what the source says and no moment more. `sessions`: days without a session before and after belong to it. */
export type Reach = "told" | "sessions";

/**
 * What DONE windows cover, as spans that do not touch, oldest first. With `sessions`, days without a session before and after a
 * window belong to it: statements are made for business days, and the broker shortens its periods to them.
 */
export function coveredBy(windows: readonly Recorded[], reach: Reach = "sessions"): readonly Span[] {
  const spans = windows.filter(({ status, from, to }) => status === "DONE" && to > from).map(({ from, to }) =>
    reach === "told" ? { from, to } : { from: beforeHolidays(from), to: afterHolidays(to) }
  );
  return united(spans);
}

/** The parts of `wanted` that no span covers, oldest first. */
export function missingOf(wanted: Span, covered: readonly Span[]): readonly Span[] {
  const gaps: Span[] = [];
  let at = wanted.from;
  for (const { from, to } of united(covered)) {
    if (to <= at) continue;
    if (from >= wanted.to) break;
    if (from > at) gaps.push({ from: at, to: from });
    at = Math.max(at, to);
  }
  if (at < wanted.to) gaps.push({ from: at, to: wanted.to });
  return gaps;
}

/** With the days before and after that have no session: a trade on a weekend must fall into some window. */
export function withIdleDays({ from, to }: Span, within: Span): Span {
  return { from: Math.max(within.from, beforeHolidays(from)), to: Math.min(within.to, afterHolidays(to)) };
}

export function isCovered({ from, to }: Span, covered: readonly Span[]): boolean {
  return covered.some((span) => span.from <= from && span.to >= to);
}

/**
 * How far a stream is complete once these windows are on record: the end of what is covered without a hole from `watermark`
 * on, and from the earliest window on where there is no watermark yet. A window that failed covers nothing, so the watermark
 * never passes it. Never earlier than `watermark`; null while nothing is complete.
 */
export function watermarkAfter(
  watermark: EpochMs | null,
  windows: readonly Recorded[],
  reach: Reach = "sessions",
): EpochMs | null {
  const starts = windows.filter(({ from, to }) => to > from).map(({ from }) => from);
  const from = watermark ?? (starts.length === 0 ? null : Math.min(...starts));
  if (from === null) return null;
  const reached = coveredBy(windows, reach).find((span) => span.from <= from && span.to >= from);
  if (reached === undefined) return watermark;
  // What no statement says is not claimed, though nothing was to be read there.
  const told = windows.filter(({ status, to }) => status === "DONE" && to <= reached.to).map(({ to }) => to);
  const end = Math.max(...told);
  return end <= from ? watermark : end;
}

/** The same time as spans that do not touch, oldest first. */
export function united(spans: readonly Span[]): readonly Span[] {
  const sorted = spans.toSorted((a, b) => a.from - b.from);
  const result: { from: EpochMs; to: EpochMs }[] = [];
  for (const { from, to } of sorted) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

/** Longer stretches without a session than this are no holiday. */
const MOST_HOLIDAYS = 5;

function afterHolidays(to: EpochMs): EpochMs {
  let day = brokerDay(to);
  if (dayStart(day) !== to) return to;
  for (let passed = 0; passed < MOST_HOLIDAYS && !isSessionDay("NYSE", day); passed++) day++;
  return dayStart(day);
}

function beforeHolidays(from: EpochMs): EpochMs {
  let day = brokerDay(from);
  if (dayStart(day) !== from) return from;
  for (let passed = 0; passed < MOST_HOLIDAYS && !isSessionDay("NYSE", day - 1); passed++) day--;
  return dayStart(day);
}
