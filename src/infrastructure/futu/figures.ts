/** Numbers as OpenD sends them. */
import type { EpochMs } from "../../domain/time.ts";

/** Beyond any price or amount: placeholders that brokers write for "none" lie there. */
const UNSET = 1e300;

/** A finite number; null for what is absent, NaN, infinite or a placeholder. */
export function present(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) || Math.abs(value) >= UNSET ? null : value;
}

/** OpenD gives instants as seconds since 1970, with fractions. Null when absent, or nothing that a clock can say. */
export function instantOf(seconds: number | null): EpochMs | null {
  const value = present(seconds);
  return value === null || value <= 0 || value > 1e11 ? null : Math.round(value * 1000);
}
