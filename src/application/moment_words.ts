/** An instant in words, where it may be of another day: `2026-11-20 15:58 New York`. */
import { isoDate } from "../domain/calendar/date.ts";
import { localDay, localMinutes } from "../domain/calendar/zone.ts";
import type { EpochMs } from "../domain/time.ts";

/** @param timeZone its IANA name */
export function momentWords(at: EpochMs, timeZone: string): string {
  return `${dayWords(at, timeZone)} ${placeOf(timeZone)}`;
}

/** Without the place: `2026-11-20 15:58`. */
export function dayWords(at: EpochMs, timeZone: string): string {
  const minutes = Math.floor(localMinutes(timeZone, at));
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${isoDate(localDay(timeZone, at))} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function placeOf(timeZone: string): string {
  return timeZone.slice(timeZone.lastIndexOf("/") + 1).replaceAll("_", " ");
}
