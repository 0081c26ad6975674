/**
 * Where an exchange is in its day, and which session's P&L an instant belongs to.
 *
 * Pure: the same instant gives the same answer whatever the host's clock and zone. Each exchange's four years are laid out
 * once, on first use, as sorted instants; a question is then a binary search.
 */
import type { EpochMs, IsoDate } from "../time.ts";
import { dayNumber, isoDate } from "./date.ts";
import { type Exchange, exchangeZone } from "./exchange.ts";
import { exchangeHours, type Phase } from "./hours.ts";
import { calendarRow, isSessionDay, phasesOf, type PhaseSpan } from "./trading_day.ts";
import { FIRST_DATE, LAST_DATE } from "./row.ts";
import { instantAt, lastAtOrBefore, localDay, localMinutes } from "./zone.ts";

/** `unknown`: outside the dates that the calendar holds. */
export type SessionState = Phase | "closed" | "unknown";

export interface SessionMoment {
  readonly state: SessionState;
  /** When the state changes next; null while unknown. */
  readonly changesAt: EpochMs | null;
}

interface Timeline {
  readonly from: EpochMs;
  readonly until: EpochMs;
  /** `states[i]` holds from `changes[i]` to `changes[i + 1]`. */
  readonly changes: Float64Array;
  readonly states: readonly SessionState[];
  readonly sessionStarts: Float64Array;
  readonly sessionDates: readonly IsoDate[];
}

/** The calendar date on the exchange. Known at any time. */
export function localDate(exchange: Exchange, at: EpochMs): IsoDate {
  return isoDate(localDay(exchangeZone(exchange), at));
}

/** Minutes after midnight on the exchange, fractions included. */
export function localTimeOfDay(exchange: Exchange, at: EpochMs): number {
  return localMinutes(exchangeZone(exchange), at);
}

export function sessionState(exchange: Exchange, at: EpochMs): SessionMoment {
  const { from, until, changes, states } = timeline(exchange);
  if (!(at >= from && at < until)) return { state: "unknown", changesAt: null };
  const index = lastAtOrBefore(changes, at);
  return { state: states[index]!, changesAt: changes[index + 1] ?? until };
}

/**
 * The session that P&L made at this instant is counted to.
 *
 * Stocks and options roll at midnight of the exchange's zone before a trading day. CME futures, their options and FX roll at
 * 17:00 New York before the market opens for the next trade date: on Sunday for Monday, on the eve of a holiday for the day
 * after it. Weekends and holidays never roll.
 *
 * @returns null outside the dates that the calendar holds
 */
export function sessionDate(exchange: Exchange, at: EpochMs): IsoDate | null {
  const { until, sessionStarts, sessionDates } = timeline(exchange);
  if (!(at < until)) return null;
  return sessionDates[lastAtOrBefore(sessionStarts, at)] ?? null;
}

/** When the session of that date begins; null when the date is no session or the calendar does not hold it. */
export function sessionStart(exchange: Exchange, session: IsoDate): EpochMs | null {
  const { sessionStarts, sessionDates } = timeline(exchange);
  const index = sessionIndex(sessionDates, session);
  return sessionDates[index] === session ? sessionStarts[index]! : null;
}

/** The last session before that date, which itself need not be one; null when the calendar does not hold it. */
export function previousSession(exchange: Exchange, session: IsoDate): IsoDate | null {
  if (session > LAST_DATE) return null;
  const { sessionDates } = timeline(exchange);
  return sessionDates[sessionIndex(sessionDates, session) - 1] ?? null;
}

/** The last instant up to `at` at which the exchange traded, in any phase; null outside the dates that the calendar holds. */
export function tradedUntil(exchange: Exchange, at: EpochMs): EpochMs | null {
  const { from, until, changes, states } = timeline(exchange);
  if (!(at >= from && at < until)) return null;
  const index = lastAtOrBefore(changes, at);
  return states[index] === "closed" ? changes[index]! : at;
}

/**
 * When regular trading last began, up to `at`: after a break at noon, when it went on. Null outside the dates that the
 * calendar holds.
 */
export function openedAt(exchange: Exchange, at: EpochMs): EpochMs | null {
  const { from, until, changes, states } = timeline(exchange);
  if (!(at >= from && at < until)) return null;
  for (let index = lastAtOrBefore(changes, at); index >= 0; index--) {
    if (states[index] === "open") return changes[index]!;
  }
  return null;
}

/** Index of the first session on or after the date. */
function sessionIndex(dates: readonly IsoDate[], date: IsoDate): number {
  let low = 0;
  let high = dates.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (dates[middle]! < date) low = middle + 1;
    else high = middle;
  }
  return low;
}

const timelines = new Map<Exchange, Timeline>();

function timeline(exchange: Exchange): Timeline {
  const known = timelines.get(exchange);
  if (known !== undefined) return known;
  const made = layOut(exchange);
  timelines.set(exchange, made);
  return made;
}

function layOut(exchange: Exchange): Timeline {
  const zone = exchangeZone(exchange);
  const first = dayNumber(FIRST_DATE);
  const last = dayNumber(LAST_DATE);
  const from = instantAt(zone, first, 0);
  const until = instantAt(zone, last + 1, 0);
  const spans: PhaseSpan[] = [];
  for (let day = first; day <= last; day++) spans.push(...phasesOf(exchange, day));
  const { changes, states } = alternate(spans, from);
  const { starts, dates } = sessions(exchange, first, last);
  return {
    from,
    until,
    changes: Float64Array.from(changes),
    states,
    sessionStarts: Float64Array.from(starts),
    sessionDates: dates,
  };
}

/** Phases in order of time, with `closed` filling what lies between them. */
function alternate(spans: readonly PhaseSpan[], from: EpochMs): { changes: EpochMs[]; states: SessionState[] } {
  const changes = [from];
  const states: SessionState[] = ["closed"];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    if (changes.at(-1) === span.from) states[states.length - 1] = span.phase;
    else {
      changes.push(span.from);
      states.push(span.phase);
    }
    changes.push(span.to);
    states.push("closed");
  }
  return { changes, states };
}

function sessions(exchange: Exchange, first: number, last: number): { starts: EpochMs[]; dates: IsoDate[] } {
  const zone = exchangeZone(exchange);
  const { rollsAt } = exchangeHours(exchange);
  const starts: EpochMs[] = [];
  const dates: IsoDate[] = [];
  /** First holiday whose overnight session already belongs to the next trading day. */
  let led: number | null = null;
  for (let day = first; day <= last; day++) {
    if (isSessionDay(exchange, day)) {
      starts.push(instantAt(zone, led ?? day, rollsAt));
      dates.push(isoDate(day));
      led = null;
    } else if (rollsAt < 0 && led === null && calendarRow(exchange, isoDate(day))?.overnightUntil != null) {
      led = day;
    }
  }
  return { starts, dates };
}
