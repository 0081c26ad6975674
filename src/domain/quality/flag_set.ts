/** Sets of flags as bits, so that they fit a column; and back to words for the snapshot. */
import type { Flag } from "../risk/snapshot.ts";

/** Order in which flags are listed. */
export const FLAGS: readonly Flag[] = [
  "MISSING",
  "STALE",
  "QUIET",
  "ROTATED",
  "CLOSED",
  "CROSSED",
  "ZERO_QUOTE",
  "ONE_SIDED",
  "WIDE",
  "DELAYED",
  "FROZEN",
  "NO_PERMISSION",
  "NO_GREEKS",
  "BAD_GREEKS",
  "FUTURE_TIME",
  "OUTLIER",
  "DATA_MISSING",
  "NO_MARK",
  "FX_MISSING",
  "FILLS_INCOMPLETE",
  "NO_CLOSE",
  "NO_AVG_PRICE",
  "NO_UNDERLYING_PRICE",
  "BETA_DEFAULT",
  "MODEL",
  "TAYLOR",
  "MAGNIFIER_SUSPECT",
  "SPLIT_SUSPECT",
  "UNKNOWN_TYPE",
  "EXPIRED",
  "UNDERLYING_PROXY",
];

/** Bits of `FLAGS`; at most 31, so that they stay small integers. */
export type FlagSet = number;

/** The bit of each flag. */
export const BIT: Readonly<Record<Flag, FlagSet>> = Object.freeze(
  Object.fromEntries(FLAGS.map((flag, i) => [flag, 1 << i])) as Record<Flag, FlagSet>,
);

const listed = new Map<FlagSet, readonly Flag[]>();

/** The flags of a set in their fixed order. The same set gives the same array. */
export function flagList(set: FlagSet): readonly Flag[] {
  let list = listed.get(set);
  if (list === undefined) {
    list = Object.freeze(FLAGS.filter((flag) => (set & BIT[flag]) !== 0));
    listed.set(set, list);
  }
  return list;
}
