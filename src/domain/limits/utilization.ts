/** How far along its limit a value is, and what state that makes. */
import type { LimitState } from "../risk/snapshot.ts";
import type { Range } from "../settings.ts";

export interface Standing {
  /** 1 is the limit itself; null when the value is missing or the bound it counts against is 0. */
  readonly utilization: number | null;
  readonly state: LimitState;
}

export const UNKNOWN: Standing = { utilization: null, state: "unknown" };

/** Relative room for floating point: 0.48 of 0.60 is 0.7999999999999999, and is 80 %. */
const ROUNDING = 1e-12;
/** Against a bound of 0 the room is absolute: a sum that should be 0 is off by its rounding, and is not beyond it. */
const NOTHING = 1e-9;

/**
 * A limit from one side: `utilization = value / limit`.
 *
 * Soft from `softThreshold` (a fraction of the limit), hard when the value exceeds the limit. A limit of 0 is a limit: any
 * value above it is hard, and there is no utilization.
 */
export function againstLimit(value: number | null, limit: number, softThreshold: number): Standing {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  if (limit <= 0) return { utilization: null, state: value > limit + NOTHING ? "hard" : "ok" };
  return standing(value / limit, softThreshold);
}

/**
 * A limit from both sides. Holding 0: `v / high` above 0, `v / low` below. Not holding 0: from the middle,
 * `|v − middle| / half-width`.
 *
 * @throws {RangeError} when low is not below high
 */
export function againstRange(value: number | null, range: Range, softThreshold: number): Standing {
  const { low, high } = range;
  if (!(low < high)) {
    throw new RangeError(`Cannot judge against a range from ${low} to ${high}: low must be below high`);
  }
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  if (low <= 0 && high >= 0) {
    if (value === 0) return { utilization: 0, state: "ok" };
    return againstLimit(Math.abs(value), value > 0 ? high : -low, softThreshold);
  }
  return standing(Math.abs(value - (low + high) / 2) / ((high - low) / 2), softThreshold);
}

function standing(ratio: number, softThreshold: number): Standing {
  // A tiny limit can take the ratio beyond what a number holds; it is then as far out as one gets.
  const utilization = Math.max(-Number.MAX_VALUE, Math.min(ratio, Number.MAX_VALUE));
  if (utilization > 1 + ROUNDING) return { utilization, state: "hard" };
  return { utilization, state: utilization >= softThreshold * (1 - ROUNDING) ? "soft" : "ok" };
}
