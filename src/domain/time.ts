/**
 * Points in time and calendar dates, as plain values.
 *
 * The domain never reads a clock; whoever calls it passes the time in.
 */

/** Milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = number;

/** A calendar date without a zone, `YYYY-MM-DD`. Compares correctly as text. */
export type IsoDate = string;

/** ISO 8601 in UTC with milliseconds, the form every file, log line and snapshot uses. */
export function isoInstant(at: EpochMs): string {
  return new Date(at).toISOString();
}
