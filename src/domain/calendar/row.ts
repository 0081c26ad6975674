/**
 * What a calendar table is made of: the weekdays that differ from an exchange's regular hours.
 *
 * Every row names where it comes from. Weekends are not listed, nor are closures that nobody can know ahead (weather,
 * outages): those that happened since 2024 are.
 */
import type { IsoDate } from "../time.ts";

/** `HH:MM` in the exchange's own zone. */
export type TimeOfDay = string;

export interface CalendarRow {
  readonly date: IsoDate;
  readonly name: string;
  /** When the day's regular session ends early; null when there is none. */
  readonly closes: TimeOfDay | null;
  /** On a holiday: until when the session that began the evening before goes on. It belongs to the next trading day. */
  readonly overnightUntil: TimeOfDay | null;
  /** Publication that says so. */
  readonly source: string;
}

/** The tables hold these dates, both included. Outside them nothing is known. */
export const FIRST_DATE: IsoDate = "2024-01-01";
export const LAST_DATE: IsoDate = "2027-12-31";

export function closed(date: IsoDate, name: string, source: string): CalendarRow {
  return { date, name, closes: null, overnightUntil: null, source };
}

export function early(date: IsoDate, name: string, closes: TimeOfDay, source: string): CalendarRow {
  return { date, name, closes, overnightUntil: null, source };
}

export function overnight(date: IsoDate, name: string, until: TimeOfDay, source: string): CalendarRow {
  return { date, name, closes: null, overnightUntil: until, source };
}
