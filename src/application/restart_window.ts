/** When the broker restarts as a matter of course, so that its silence is announced once and not taken for trouble. */
import { minutesOf, weekday } from "../domain/calendar/date.ts";
import { instantAt, localDay, type ZoneName } from "../domain/calendar/zone.ts";
import type { EpochMs } from "../domain/time.ts";

export interface RestartWindow {
  /** The day on which it begins, 0 Sunday to 6 Saturday; null: every day. */
  readonly weekday: number | null;
  /** Minutes after midnight. */
  readonly from: number;
  /** At or before `from`: on the next day. */
  readonly to: number;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** The window that `23:45-00:45` (every day) or `Sun 00:45-06:00` writes; null when the text is neither. */
export function parseRestartWindow(text: string): RestartWindow | null {
  const parts = /^(?:([A-Z][a-z]{2}) )?((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/.exec(text);
  if (parts === null) return null;
  const [, day, from = "", to = ""] = parts;
  if (day !== undefined && !WEEKDAYS.includes(day)) return null;
  return { weekday: day === undefined ? null : WEEKDAYS.indexOf(day), from: minutesOf(from), to: minutesOf(to) };
}

/** When the window that holds `at` ends, the last of them where several do; null outside of all. */
export function restartWindowEnd(windows: readonly RestartWindow[], zone: ZoneName, at: EpochMs): EpochMs | null {
  const today = localDay(zone, at);
  let latest: EpochMs | null = null;
  for (const window of windows) {
    for (const day of [today - 1, today]) {
      if (window.weekday !== null && weekday(day) !== window.weekday) continue;
      const ends = instantAt(zone, window.to > window.from ? day : day + 1, window.to);
      if (at >= instantAt(zone, day, window.from) && at < ends) latest = Math.max(latest ?? ends, ends);
    }
  }
  return latest;
}
