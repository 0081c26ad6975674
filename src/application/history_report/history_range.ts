/** The days that a report is about. */
import { dayNumber, isoDate } from "../../domain/calendar/date.ts";
import { instantAt, localDay, type ZoneName } from "../../domain/calendar/zone.ts";
import type { EpochMs, IsoDate } from "../../domain/time.ts";
import { UsageError } from "../command.ts";

const DEFAULT_DAYS = 30;

/** First and last day, both included, and the instants from which and before which they last in the display zone. */
export interface HistoryRange {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly start: EpochMs;
  readonly end: EpochMs;
}

/**
 * Without a last day it ends today; without a first one it covers 30 days.
 *
 * @throws {UsageError} when it would end before it begins
 */
export function historyRange(
  request: { readonly from: IsoDate | null; readonly to: IsoDate | null },
  zone: ZoneName,
  now: EpochMs,
): HistoryRange {
  const today = isoDate(localDay(zone, now));
  const to = request.to ?? today;
  const from = request.from ?? isoDate(dayNumber(to) - (DEFAULT_DAYS - 1));
  if (from > to) {
    const end = request.to === null ? `today, ${to}` : `--to ${to}`;
    throw new UsageError(`Cannot show history from ${from}: that is after ${end}`);
  }
  return {
    from,
    to,
    start: instantAt(zone, dayNumber(from), 0),
    end: instantAt(zone, dayNumber(to) + 1, 0),
  };
}
