/** Times as TWS writes them. */
import type { EpochMs } from "../../../domain/time.ts";

const QUARTER_HOUR_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Clocks further apart than this cannot tell a zone. */
const MAX_SKEW_MS = 5 * 60_000;

/**
 * How far TWS's wall clock is ahead of UTC, from the time in its greeting ("20261120 10:30:45 EST"). The zone's name is
 * whatever the machine's language makes of it, so the offset is taken from the digits. Null when they make no sense.
 */
export function serverOffsetMs(connectionTime: string, now: EpochMs): number | null {
  const wall = wallClock(connectionTime);
  if (wall === null) return null;
  const offset = Math.round((wall.ms - now) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  const skew = Math.abs(wall.ms - now - offset);
  return Math.abs(offset) <= 14 * 60 * 60_000 && skew <= MAX_SKEW_MS ? offset : null;
}

/** The start of TWS's current day: how far back executions are reported. */
export function serverMidnight(now: EpochMs, offsetMs: number): EpochMs {
  return Math.floor((now + offsetMs) / DAY_MS) * DAY_MS - offsetMs;
}

/**
 * An execution's time: "20261120  10:30:45" in TWS's own zone, "20261120 10:30:45 US/Eastern" in the zone named, or
 * "20261120-15:30:45" in UTC. Null when it is none of them.
 */
export function executionTime(text: string, offsetMs: number): EpochMs | null {
  const wall = wallClock(text);
  if (wall === null) return null;
  if (wall.utc) return wall.ms;
  return (wall.zone === "" ? null : inZone(wall.ms, wall.zone)) ?? wall.ms - offsetMs;
}

interface WallClock {
  /** The digits read as if they were UTC. */
  readonly ms: number;
  readonly utc: boolean;
  readonly zone: string;
}

function wallClock(text: string): WallClock | null {
  const match = /^(\d{4})(\d{2})(\d{2})(\s+|-)(\d{2}):(\d{2}):(\d{2})\s*(\S*)/.exec(text.trim());
  if (match === null) return null;
  const [, year, month, day, gap, hour, minute, second, zone] = match;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return { ms, utc: gap === "-", zone: zone ?? "" };
}

function inZone(wallMs: number, zone: string): EpochMs | null {
  // "EST" is both a zone of its own (without summer time) and what TWS calls New York in winter: the offset knows better.
  if (!zone.includes("/")) return zone === "UTC" || zone === "GMT" ? wallMs : null;
  try {
    const wall = new Date(wallMs).toISOString().slice(0, 19);
    return Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    // A name that the time-zone database does not have; the caller falls back to TWS's own offset.
    return null;
  }
}
