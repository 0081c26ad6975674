/**
 * Dates and times as statements write them: `20261120;103045`, `2026-11-20 10:30:45`, with and without a zone behind them.
 *
 * The zone of a statement is New York's unless its query was set otherwise; it is written only when the query asks for it.
 */
import { dayNumber, MINUTE_MS } from "../../../domain/calendar/date.ts";
import { instantAt, offsetMs, type ZoneName } from "../../../domain/calendar/zone.ts";
import type { EpochMs, IsoDate } from "../../../domain/time.ts";

export const STATEMENT_ZONE: ZoneName = "America/New_York";

export interface StatementTime {
  readonly at: EpochMs;
  /** No zone stood behind it: it was read in the zone that the reader was told. */
  readonly zoneAssumed: boolean;
}

const HOUR_MS = 60 * MINUTE_MS;
const DATE = /^(\d{4})-?(\d{2})-?(\d{2})$/;
const TIME = /^(\d{4}-?\d{2}-?\d{2})[;, T]?\s*(\d{2}):?(\d{2}):?(\d{2})(?:\s+(\S+))?$/;

/** Names that statements write, to the zone whose clocks they mean and, where they say so, its offset in hours. */
const ZONES: Readonly<Record<string, { readonly zone: ZoneName; readonly hours: number | null }>> = {
  EST: { zone: STATEMENT_ZONE, hours: -5 },
  EDT: { zone: STATEMENT_ZONE, hours: -4 },
  ET: { zone: STATEMENT_ZONE, hours: null },
  "US/Eastern": { zone: STATEMENT_ZONE, hours: null },
  UTC: { zone: "UTC", hours: 0 },
  GMT: { zone: "UTC", hours: 0 },
  Z: { zone: "UTC", hours: 0 },
};

/**
 * The instant that a statement's text names; null when it names none: a date alone, another order of day and month, a day
 * or hour that does not exist, a zone that is not known.
 *
 * Of a time that clocks show twice in autumn, `EST` says the second and `EDT` the first; without either it is the first.
 */
export function readStatementTime(text: string, zone: ZoneName = STATEMENT_ZONE): StatementTime | null {
  const [, date = "", hour, minute, second, name] = TIME.exec(text.trim()) ?? [];
  const day = readStatementDate(date);
  if (day === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const named = name === undefined ? { zone, hours: null } : namedZone(name);
  if (named === null) return null;
  const minutes = Number(hour) * 60 + Number(minute) + Number(second) / 60;
  const first = Math.round(instantAt(named.zone, dayNumber(day), minutes));
  return { at: secondOf(first, named.zone, named.hours), zoneAssumed: name === undefined };
}

/** `20261120` or `2026-11-20`; null for anything else, among it dates with slashes, whose order nobody can tell. */
export function readStatementDate(text: string): IsoDate | null {
  const [, year, month, day] = DATE.exec(text.trim()) ?? [];
  if (year === undefined) return null;
  const date = `${year}-${month}-${day}`;
  try {
    dayNumber(date);
    return date;
  } catch (fault) {
    if (fault instanceof RangeError) return null;
    throw fault;
  }
}

/** An hour later, when the clocks show the same there and the offset is the one that was written. */
function secondOf(first: EpochMs, zone: ZoneName, hours: number | null): EpochMs {
  const change = offsetMs(zone, first) - offsetMs(zone, first + HOUR_MS);
  return change === HOUR_MS && hours !== null && offsetMs(zone, first + HOUR_MS) === hours * HOUR_MS
    ? first + HOUR_MS
    : first;
}

function namedZone(name: string): { zone: ZoneName; hours: number | null } | null {
  const known = ZONES[name];
  if (known !== undefined) return known;
  if (!name.includes("/")) return null;
  try {
    offsetMs(name, 0);
    return { zone: name, hours: null };
  } catch (fault) {
    if (fault instanceof RangeError) return null;
    throw fault;
  }
}
