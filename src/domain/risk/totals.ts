/**
 * Sums that keep score of what they left out.
 *
 * A total that had something to include and could include nothing is unknown, not 0; an expired option is nothing to
 * include. The sum is compensated
 * (Neumaier), so that the order of the positions does not show in its digits.
 */
import { BIT, type FlagSet } from "../quality/flag_set.ts";
import type { Excluded, Flag } from "./snapshot.ts";

export class Total {
  #sum = 0;
  #compensation = 0;
  #included = 0;
  #excluded = 0;
  /** Of the excluded, those that are not known to be over. */
  #unknown = 0;
  #reasons: Map<FlagSet, number> | null = null;

  /** Adds a value, or leaves it out when it is no finite number; `reason` is the one flag that says why. */
  add(value: number, reason: FlagSet = 0): void {
    // Infinity less itself is not 0 either.
    if (value - value !== 0) {
      this.#excluded++;
      if (reason !== BIT.EXPIRED) this.#unknown++;
      this.#reasons ??= new Map();
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
      return;
    }
    this.#included++;
    if (value === 0) return;
    const sum = this.#sum + value;
    this.#compensation += Math.abs(this.#sum) >= Math.abs(value)
      ? (this.#sum - sum) + value
      : (value - sum) + this.#sum;
    this.#sum = sum;
  }

  clear(): void {
    this.#sum = 0;
    this.#compensation = 0;
    this.#included = 0;
    this.#excluded = 0;
    this.#unknown = 0;
    this.#reasons = null;
  }

  /** Null when nothing could be included although there was something; an empty book has a true 0. */
  get value(): number | null {
    if (this.#included === 0 && this.#unknown > 0) return null;
    return this.#sum + this.#compensation;
  }

  /** How many values were left out. */
  get excluded(): number {
    return this.#excluded;
  }

  /** One row a reason, for the snapshot's list. */
  exclusions(total: string): Excluded[] {
    if (this.#reasons === null) return [];
    return [...this.#reasons].map(([reason, count]) => ({
      total,
      reason: FLAG_OF.get(reason) ?? "DATA_MISSING",
      count,
    }));
  }
}

const FLAG_OF: ReadonlyMap<FlagSet, Flag> = new Map(
  (Object.entries(BIT) as [Flag, FlagSet][]).map(([flag, bit]) => [bit, flag]),
);
