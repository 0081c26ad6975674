/** A long series, thinned to what fits. */
import { DAY_MS, MINUTE_MS } from "../../domain/calendar/date.ts";
import { offsetMs, type ZoneName } from "../../domain/calendar/zone.ts";
import type { EpochMs } from "../../domain/time.ts";

export interface Bucket<Row> {
  /** In order of time, at least one. */
  readonly rows: readonly Row[];
}

export interface Bucketed<Row> {
  /** Null: every row stands for itself. */
  readonly sizeMs: number | null;
  readonly buckets: readonly Bucket<Row>[];
}

const HOUR_MS = 60 * MINUTE_MS;
const SIZES = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4, 8, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 30, 90, 365, 3650].map((days) => days * DAY_MS),
];

/**
 * Rows in the smallest buckets of a customary size of which there are at most `most`; they begin on the zone's full hours and
 * days, and times without a row make none.
 *
 * @param rows oldest first
 */
export function bucketed<Row>(
  rows: readonly Row[],
  timeOf: (row: Row) => EpochMs,
  most: number,
  zone: ZoneName,
): Bucketed<Row> {
  if (rows.length <= most) return { sizeMs: null, buckets: rows.map((row) => ({ rows: [row] })) };
  const local = Float64Array.from(rows, (row) => timeOf(row) + offsetMs(zone, timeOf(row)));
  const sizeMs = SIZES.find((size) => countAt(local, size) <= most) ?? SIZES.at(-1)!;
  const buckets: { rows: Row[] }[] = [];
  let current = Number.NaN;
  rows.forEach((row, at) => {
    const place = Math.floor(local[at]! / sizeMs);
    if (place !== current) buckets.push({ rows: [] });
    current = place;
    buckets.at(-1)!.rows.push(row);
  });
  return { sizeMs, buckets };
}

function countAt(local: Float64Array, size: number): number {
  let count = 0;
  let current = Number.NaN;
  for (const at of local) {
    const place = Math.floor(at / size);
    if (place !== current) count++;
    current = place;
  }
  return count;
}

/** `15 minutes`, `4 hours`, `day`, `7 days`. */
export function bucketText(sizeMs: number): string {
  const [size, unit] = sizeMs >= DAY_MS
    ? [sizeMs / DAY_MS, "day"]
    : sizeMs >= HOUR_MS
    ? [sizeMs / HOUR_MS, "hour"]
    : [sizeMs / MINUTE_MS, "minute"];
  return size === 1 ? unit : `${size} ${unit}s`;
}
