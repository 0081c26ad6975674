/**
 * Local time of named zones, independent of the host's own zone.
 *
 * A zone's offset changes are read from the platform's time-zone database once and kept as a sorted table; a look-up is
 * then a comparison or two, cheap enough to be asked for every exchange on every turn.
 */
import type { EpochMs } from "../time.ts";
import { DAY_MS, type DayNumber, MINUTE_MS } from "./date.ts";

/** A name of the IANA time-zone database. */
export type ZoneName = string;

interface OffsetTable {
  /** When each offset begins; ascending, the first at −∞. */
  readonly starts: Float64Array;
  readonly offsets: Float64Array;
  /** Where the last look-up ended: the next one is nearly always there. */
  last: number;
}

/** Offset changes are tabulated between these; before and after, the nearest offset holds. */
const TABLE_FROM = Date.UTC(1990, 0, 1);
const TABLE_UNTIL = Date.UTC(2100, 0, 1);

const tables = new Map<ZoneName, OffsetTable>();

/** What to add to UTC to get local time, in milliseconds. */
export function offsetMs(zone: ZoneName, at: EpochMs): number {
  const table = tables.get(zone) ?? tabulate(zone);
  const { starts, offsets } = table;
  if (!(at >= starts[table.last]! && !(at >= starts[table.last + 1]!))) table.last = lastAtOrBefore(starts, at);
  return offsets[table.last]!;
}

/** The calendar day in the zone. */
export function localDay(zone: ZoneName, at: EpochMs): DayNumber {
  return Math.floor((at + offsetMs(zone, at)) / DAY_MS);
}

/** Minutes after local midnight, with the fraction of a minute. */
export function localMinutes(zone: ZoneName, at: EpochMs): number {
  const local = at + offsetMs(zone, at);
  return (local - Math.floor(local / DAY_MS) * DAY_MS) / MINUTE_MS;
}

/**
 * The instant at which the zone's clocks show `minutes` after midnight of `day`; minutes may be negative or beyond a day.
 * A time that clocks skip gives the instant as far after the change; of one that they show twice, the first.
 */
export function instantAt(zone: ZoneName, day: DayNumber, minutes: number): EpochMs {
  const local = day * DAY_MS + minutes * MINUTE_MS;
  const before = offsetMs(zone, local - DAY_MS);
  const first = local - before;
  if (offsetMs(zone, first) === before) return first;
  const second = local - offsetMs(zone, first);
  return offsetMs(zone, second) === before ? first : second;
}

/** Index of the last entry at or before `at`, in ascending `sorted`; −1 when all are later. */
export function lastAtOrBefore(sorted: Float64Array, at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function tabulate(zone: ZoneName): OffsetTable {
  let moment = Temporal.Instant.fromEpochMilliseconds(TABLE_FROM).toZonedDateTimeISO(zone);
  const starts = [-Infinity];
  const offsets = [moment.offsetNanoseconds / 1e6];
  for (;;) {
    const next = moment.getTimeZoneTransition("next");
    if (next === null || next.epochMilliseconds >= TABLE_UNTIL) break;
    starts.push(next.epochMilliseconds);
    offsets.push(next.offsetNanoseconds / 1e6);
    moment = next;
  }
  const table = { starts: Float64Array.from(starts), offsets: Float64Array.from(offsets), last: 0 };
  tables.set(zone, table);
  return table;
}
