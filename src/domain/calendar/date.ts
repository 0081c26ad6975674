/** Arithmetic on calendar dates, by day number: no zone, no clock. */
import type { EpochMs, IsoDate } from "../time.ts";

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;

/** Whole days since 1970-01-01. */
export type DayNumber = number;

/** @throws {RangeError} when the text is no date of the calendar (`2026-02-30`) */
export function dayNumber(date: IsoDate): DayNumber {
  const at = Date.parse(`${date}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(at) || isoDate(at / DAY_MS) !== date) {
    throw new RangeError(`Cannot read "${date}" as a date: write YYYY-MM-DD, a day that exists`);
  }
  return at / DAY_MS;
}

export function isoDate(day: DayNumber): IsoDate {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** 0 is Sunday, 6 Saturday. 1970-01-01 was a Thursday. */
export function weekday(day: DayNumber): number {
  return (((day + 4) % 7) + 7) % 7;
}

export function isWeekend(day: DayNumber): boolean {
  const name = weekday(day);
  return name === 0 || name === 6;
}

/** Minutes after midnight of `HH:MM`. */
export function minutesOf(time: string): number {
  const match = /^(\d\d):(\d\d)$/.exec(time);
  if (match === null) throw new RangeError(`Cannot read "${time}" as a time of day: write HH:MM`);
  return Number(match[1]) * 60 + Number(match[2]);
}

/** The day number of the UTC date that `at` falls on. */
export function utcDay(at: EpochMs): DayNumber {
  return Math.floor(at / DAY_MS);
}
