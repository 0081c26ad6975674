/** The newest of more rows than a table should have. */
import type { EpochMs } from "../../../domain/time.ts";

export class NewestRows<Row> {
  readonly #most: number;
  readonly #timeOf: (row: Row) => EpochMs;
  #rows: Row[] = [];
  /** All that were added. */
  count = 0;

  constructor(most: number, timeOf: (row: Row) => EpochMs) {
    this.#most = most;
    this.#timeOf = timeOf;
  }

  add(row: Row): void {
    this.count++;
    this.#rows.push(row);
    if (this.#rows.length >= 4 * this.#most) this.#rows = this.newest();
  }

  /** Oldest first; of one time in the order they were added. */
  newest(): Row[] {
    return this.#rows.toSorted((one, other) => this.#timeOf(one) - this.#timeOf(other)).slice(-this.#most);
  }
}
