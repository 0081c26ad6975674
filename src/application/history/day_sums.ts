/** Sums of what leaves earned in one session. */
import type { DailyPnlRecord } from "../ports/store_records.ts";
import type { LeafResult } from "./leaf_result.ts";

const FIELDS = ["dailyPnl", "realizedPnl", "fxPnl", "commissions"] as const;
type Field = typeof FIELDS[number];

export class DaySums {
  readonly #sums: Record<Field, number> = { dailyPnl: 0, realizedPnl: 0, fxPnl: 0, commissions: 0 };
  readonly #known: Record<Field, number> = { dailyPnl: 0, realizedPnl: 0, fxPnl: 0, commissions: 0 };
  #leaves = 0;

  add(result: LeafResult): this {
    this.#leaves++;
    for (const field of FIELDS) {
      if (Number.isNaN(result[field])) continue;
      this.#sums[field] += result[field];
      this.#known[field]++;
    }
    return this;
  }

  addAll(other: DaySums): this {
    this.#leaves += other.#leaves;
    for (const field of FIELDS) {
      this.#sums[field] += other.#sums[field];
      this.#known[field] += other.#known[field];
    }
    return this;
  }

  /** Leaves that are unknown are left out; null when all are. */
  get values(): Pick<DailyPnlRecord, Field | "excluded"> {
    const value = (field: Field): number | null => this.#known[field] === 0 ? null : this.#sums[field];
    return {
      dailyPnl: value("dailyPnl"),
      realizedPnl: value("realizedPnl"),
      fxPnl: value("fxPnl"),
      commissions: value("commissions"),
      excluded: this.#leaves - this.#known.dailyPnl,
    };
  }
}
