/** What one date is on one exchange: its phases as instants, and whether it is a trading day. */
import type { EpochMs, IsoDate } from "../time.ts";
import { type DayNumber, dayNumber, isoDate, isWeekend, minutesOf } from "./date.ts";
import { type Exchange, exchangeZone } from "./exchange.ts";
import { exchangeHours, type Hours, type Phase, type PhaseHours } from "./hours.ts";
import { type CalendarRow, FIRST_DATE, LAST_DATE } from "./row.ts";
import { instantAt } from "./zone.ts";

/** `early`: closes early, or trades only the session of the evening before; `closed`: a weekday without trading. */
export type DayKind = "open" | "early" | "closed";

export interface TradingDay {
  readonly exchange: Exchange;
  readonly date: IsoDate;
  readonly kind: DayKind;
  /** Start and end of regular trading; null when `closed`. The open may lie on the evening before. */
  readonly open: EpochMs | null;
  readonly close: EpochMs | null;
  /** Lunch: no trading between these; null when there is none. */
  readonly pause: { readonly from: EpochMs; readonly to: EpochMs } | null;
  /** Why the day differs, and the publication that says so; null on a regular day. */
  readonly name: string | null;
  readonly source: string | null;
}

export interface PhaseSpan {
  readonly phase: Phase;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/**
 * The weekdays from `from` to `to`, both included, in order. Weekends are left out.
 *
 * Only dates that the tables hold are returned: a range that reaches beyond 2024–2027 comes back shorter.
 *
 * @throws {RangeError} when either date is unreadable
 */
export function tradingDays(exchange: Exchange, from: IsoDate, to: IsoDate): TradingDay[] {
  const first = Math.max(dayNumber(from), dayNumber(FIRST_DATE));
  const last = Math.min(dayNumber(to), dayNumber(LAST_DATE));
  const days: TradingDay[] = [];
  for (let day = first; day <= last; day++) {
    if (!isWeekend(day)) days.push(tradingDay(exchange, day));
  }
  return days;
}

/** The row that makes the date differ from regular hours, or null. */
export function calendarRow(exchange: Exchange, date: IsoDate): CalendarRow | null {
  return rowsByDate(exchangeHours(exchange)).get(date) ?? null;
}

/** The phases that belong to a date: none on weekends and holidays but for an overnight session that leads into one. */
export function phasesOf(exchange: Exchange, day: DayNumber): PhaseSpan[] {
  if (isWeekend(day)) return [];
  const hours = exchangeHours(exchange);
  const zone = exchangeZone(exchange);
  return phaseHours(hours, rowsByDate(hours).get(isoDate(day)) ?? null).map(({ phase, from, to }) => ({
    phase,
    from: instantAt(zone, day, from),
    to: instantAt(zone, day, to),
  }));
}

/** A date that P&L is counted to: a weekday with a regular session, shortened or not. */
export function isSessionDay(exchange: Exchange, day: DayNumber): boolean {
  if (isWeekend(day)) return false;
  const row = calendarRow(exchange, isoDate(day));
  return row === null || row.closes !== null;
}

function tradingDay(exchange: Exchange, day: DayNumber): TradingDay {
  const row = calendarRow(exchange, isoDate(day));
  const open = phasesOf(exchange, day).filter((span) => span.phase === "open");
  const [morning, afternoon] = open;
  return {
    exchange,
    date: isoDate(day),
    kind: row === null ? "open" : open.length === 0 ? "closed" : "early",
    open: morning?.from ?? null,
    close: open.at(-1)?.to ?? null,
    pause: morning === undefined || afternoon === undefined ? null : { from: morning.to, to: afternoon.from },
    name: row?.name ?? null,
    source: row?.source ?? null,
  };
}

function phaseHours(hours: Hours, row: CalendarRow | null): PhaseHours[] {
  if (row === null) return [...hours.phases];
  if (row.closes !== null) return shortened(hours, minutesOf(row.closes));
  if (row.overnightUntil === null) return [];
  const until = minutesOf(row.overnightUntil);
  return hours.phases.filter(({ from }) => from < 0).map((phase) => ({ ...phase, to: until }));
}

function shortened(hours: Hours, closes: number): PhaseHours[] {
  const phases: PhaseHours[] = [];
  for (const { phase, from, to } of hours.phases) {
    if (phase !== "post" && from < closes) phases.push({ phase, from, to: Math.min(to, closes) });
  }
  if (hours.postAfterEarlyClose > 0) {
    phases.push({ phase: "post", from: closes, to: closes + hours.postAfterEarlyClose });
  }
  return phases;
}

const indexed = new Map<readonly CalendarRow[], ReadonlyMap<IsoDate, CalendarRow>>();

function rowsByDate({ rows }: Hours): ReadonlyMap<IsoDate, CalendarRow> {
  const known = indexed.get(rows);
  if (known !== undefined) return known;
  const made = new Map(rows.map((row) => [row.date, row]));
  indexed.set(rows, made);
  return made;
}
