/** Lengths and points of time as people type them. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** Timers count in 32 bits: longer ones would fire at once. */
const LONGEST_MS = 24 * 24 * UNITS["h"]!;

/**
 * Milliseconds of `20s`, `5m`, `500ms`, `1h30m`.
 *
 * @throws {RangeError} when the text is not a length of time above zero, saying what would be
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text) throw new RangeError(remedy(text));
  const milliseconds = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit!] ?? NaN), 0);
  if (!(milliseconds > 0)) throw new RangeError("a length of time must be above zero");
  if (milliseconds > LONGEST_MS) throw new RangeError("a length of time can be 24 days at most");
  return milliseconds;
}

function remedy(text: string): string {
  if (/^\d+(\.\d+)?$/.test(text)) return `${text} has no unit: write ${text}s, ${text}m or ${text}ms`;
  return `write a number with its unit, such as 20s, 5m, 500ms or 1h30m`;
}

/**
 * The instant meant by `2026-11-20T15:30:00Z`, `2026-11-20T15:30-05:00` or `2026-11-20T15:30[America/New_York]`.
 *
 * @returns milliseconds since 1970-01-01T00:00Z
 * @throws {RangeError} when the text is no instant, which without a zone it is not
 */
export function parseInstant(text: string): number {
  try {
    if (text.includes("[")) return Temporal.ZonedDateTime.from(text).epochMilliseconds;
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    throw new RangeError(
      "write a date, a time and a zone, such as 2026-11-20T15:30:00Z or 2026-11-20T10:30[America/New_York]",
    );
  }
}
