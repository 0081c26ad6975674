/** Arithmetic on calendar dates, by day number: no zone, no clock. */
import type { IsoDate } from "../time.ts";

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;

/** Whole days since 1970-01-01. */
export type DayNumber = number;

/**
 * Days since 1970-01-01 of a date of the Gregorian calendar, by counting years from March, so that a leap day ends its year.
 *
 * @throws {RangeError} when the text is no date of the calendar (`2026-02-30`)
 * @see Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil
 */
export function dayNumber(date: IsoDate): DayNumber {
  const year = digits(date, 0, 4);
  const month = digits(date, 5, 2);
  const dayOfMonth = digits(date, 8, 2);
  const written = date.length === 10 && date.charCodeAt(4) === DASH && date.charCodeAt(7) === DASH;
  if (
    !written || !(year >= 0 && month >= 1 && month <= 12 && dayOfMonth >= 1 && dayOfMonth <= daysInMonth(year, month))
  ) {
    throw new RangeError(`Cannot read "${date}" as a date: write YYYY-MM-DD, a day that exists`);
  }
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_OF_ERA + dayOfEra - EPOCH;
}

/**
 * The inverse of `dayNumber`, for the years 0 to 9999.
 *
 * @throws {RangeError} when `day` is not a whole number, as when an instant was NaN
 */
export function isoDate(day: DayNumber): IsoDate {
  if (!Number.isInteger(day)) throw new RangeError(`Cannot write day ${day} as a date: it must be a whole number`);
  const era = Math.floor((day + EPOCH) / DAYS_OF_ERA);
  const dayOfEra = day + EPOCH - era * DAYS_OF_ERA;
  const leap = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leap) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, "0")}-${TWO[month]}-${TWO[dayOfMonth]}`;
}

const DASH = 45;
const DAYS_OF_ERA = 146_097;
/** From 0000-03-01 to 1970-01-01. */
const EPOCH = 719_468;
const TWO = Array.from({ length: 32 }, (_, value) => String(value).padStart(2, "0"));
const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The number that `count` digits write, or NaN. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let index = from; index < from + count; index++) {
    const digit = text.charCodeAt(index) - 48;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : NaN;
  }
  return value;
}

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : MONTH_DAYS[month]!;
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
