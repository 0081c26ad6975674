/**
 * Which stretches of time Futu is asked for, and in which words.
 *
 * OpenD answers for 90 days at most, by times that it writes in the market's own zone. Time is cut into cells of twelve weeks,
 * the same ones on every run, and a question reaches a day beyond its window on either side: 86 days.
 */
import { coveredBy, missingOf, type Span, united } from "../../../application/backfill/coverage.ts";
import { marketDay, marketDayStart } from "../../../application/backfill/market_zone.ts";
import type { BackfillRange } from "../../../application/backfill/source.ts";
import type { SyncWindowRecord } from "../../../application/ports/store_records.ts";
import { type DayNumber, dayNumber, isoDate } from "../../../domain/calendar/date.ts";
import type { EpochMs } from "../../../domain/time.ts";

/** OpenD refuses longer questions. */
export const MOST_ASKED_DAYS = 90;
export const CELL_DAYS = 84;
/** 1970-01-05, a Monday. */
const FIRST_CELL: DayNumber = 4;

export interface StreamWindows {
  /** Oldest first. */
  readonly spans: readonly Span[];
  /** Read windows that lie in what was asked for, and are read for good. */
  readonly skipped: number;
}

export interface StreamState {
  readonly recorded: readonly SyncWindowRecord[];
  readonly watermark: EpochMs | null;
  /** How long after its end a window's rows may still change: until it was read later than that, it is read again. */
  readonly settledAfterMs: number;
}

/**
 * What is to be read of one account in one market, in pieces of a cell at most that do not overlap.
 *
 * Without a range: the cells of the last days, all since the watermark, and whatever failed or was read before its rows were
 * final. Whole cells, since a question for twelve weeks costs as much as one for a day. With a range: its days, of the market.
 */
export function streamWindows(range: BackfillRange, market: string, state: StreamState): StreamWindows {
  const { recorded, watermark, settledAfterMs } = state;
  const settled = range.force ? [] : recorded.filter((row) => isSettled(row, settledAfterMs));
  const wanted = range.from === null && range.to === null
    ? united([sinceLast(range, market, watermark), ...unfinished(recorded, settledAfterMs, range.now)])
    : askedDays(range, market);
  const covered = coveredBy(settled, "told");
  const spans = wanted.flatMap((span) => missingOf(span, covered)).flatMap((span) => cells(span, market));
  const skipped = settled.filter((row) => wanted.some((span) => row.from < span.to && row.to > span.from)).length;
  return { spans, skipped };
}

/** The text bounds of a question for all of the span, whatever its rows' texts are. */
export function questionTimes(
  { from, to }: Span,
  market: string,
): { readonly beginTime: string; readonly endTime: string } {
  return {
    beginTime: `${isoDate(marketDay(market, from) - 1)} 00:00:00`,
    endTime: `${isoDate(marketDay(market, to - 1) + 1)} 23:59:59`,
  };
}

function isSettled({ status, from, to, updatedAt }: SyncWindowRecord, settledAfterMs: number): boolean {
  return status === "DONE" && to > from && updatedAt >= to + settledAfterMs;
}

function sinceLast({ days, now }: BackfillRange, market: string, watermark: EpochMs | null): Span {
  const last = marketDay(market, now) + 1 - days;
  const first = watermark === null ? last : Math.min(last, marketDay(market, watermark));
  return { from: marketDayStart(market, cellOf(first)), to: now };
}

function unfinished(recorded: readonly SyncWindowRecord[], settledAfterMs: number, now: EpochMs): Span[] {
  return recorded
    .filter((row) => row.to > row.from && row.from < now && !isSettled(row, settledAfterMs))
    .map(({ from, to }) => ({ from, to: Math.min(to, now) }));
}

/** Never beyond now. */
function askedDays({ from, to, days, now }: BackfillRange, market: string): Span[] {
  const last = to === null ? marketDay(market, now) : dayNumber(to);
  const first = from === null ? last + 1 - days : dayNumber(from);
  const span = { from: marketDayStart(market, first), to: Math.min(marketDayStart(market, last + 1), now) };
  return span.from < span.to ? [span] : [];
}

function cells({ from, to }: Span, market: string): Span[] {
  const spans: Span[] = [];
  for (let at = from; at < to;) {
    const end = Math.min(to, marketDayStart(market, cellOf(marketDay(market, at)) + CELL_DAYS));
    spans.push({ from: at, to: end });
    at = end;
  }
  return spans;
}

function cellOf(day: DayNumber): DayNumber {
  return FIRST_CELL + Math.floor((day - FIRST_CELL) / CELL_DAYS) * CELL_DAYS;
}
