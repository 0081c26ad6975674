/** Sums that keep score of what they leave out. */
import { exactSum } from "../../domain/history/exact.ts";

export interface KnownSum {
  /** Of what is known; null when nothing is. */
  readonly sum: number | null;
  /** How many were not known. */
  readonly missing: number;
}

export function knownSum(values: readonly (number | null)[]): KnownSum {
  const known = values.filter((value) => value !== null);
  return { sum: known.length === 0 ? null : exactSum(known), missing: values.length - known.length };
}
