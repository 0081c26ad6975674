/** Batches that wait in memory, oldest first, within a bound. */
import { isEmpty, merged, rowsIn } from "./batch_rows.ts";
import type { StoreBatch } from "./ports/store.ts";

export interface WaitingLimits {
  readonly batches: number;
  /** As `rowsIn` counts them. */
  readonly rows: number;
}

interface Waiting {
  readonly batch: StoreBatch;
  readonly rows: number;
}

/**
 * At the bound snapshots give way, and are counted: the oldest risk snapshot first, then books and account figures, as long
 * as a newer one of the same account and source follows; then the newest risk snapshots. Whatever else waits stays, if need
 * be beyond the bound.
 */
export class WaitingBatches {
  readonly #limits: WaitingLimits;
  #waiting: Waiting[] = [];
  #rows = 0;
  #gaveWay = 0;

  constructor(limits: WaitingLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Snapshots that gave way. */
  get gaveWay(): number {
    return this.#gaveWay;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Half of what may wait does. */
  get crowded(): boolean {
    return this.#rows > this.#limits.rows / 2 || this.size > this.#limits.batches / 2;
  }

  push(batch: StoreBatch): void {
    if (isEmpty(batch)) return;
    this.#waiting.push(this.#counted(batch));
    this.#makeRoom();
  }

  /** It was taken, and could not be stored. */
  putBack(batch: StoreBatch): void {
    this.#waiting.unshift(this.#counted(batch));
    this.#makeRoom();
  }

  /** The oldest alone; null: none waits. */
  takeOne(): StoreBatch | null {
    const taken = this.#waiting.shift();
    if (taken === undefined) return null;
    this.#rows -= taken.rows;
    return taken.batch;
  }

  /** The oldest, put together with those that follow as long as they have no more than `mostRows`. */
  take(mostRows: number): StoreBatch | null {
    let rows = 0;
    const count = this.#waiting.findIndex((waiting, at) => (rows += waiting.rows) > mostRows && at > 0);
    const taken = this.#waiting.splice(0, count < 0 ? this.#waiting.length : count);
    if (taken.length === 0) return null;
    this.#rows -= taken.reduce((sum, waiting) => sum + waiting.rows, 0);
    return merged(taken.map(({ batch }) => batch));
  }

  #counted(batch: StoreBatch): Waiting {
    const rows = rowsIn(batch);
    this.#rows += rows;
    return { batch, rows };
  }

  #makeRoom(): void {
    while (this.#rows > this.#limits.rows && this.#dropSnapshot());
    if (this.size <= this.#limits.batches) return;
    // Half of them at once: one by one, each would be copied again and again.
    const older = this.#waiting.splice(0, this.size >> 1);
    const batch = merged(older.map((waiting) => waiting.batch));
    this.#waiting.unshift({ batch, rows: older.reduce((sum, { rows }) => sum + rows, 0) });
  }

  #dropSnapshot(): boolean {
    return this.#dropFollowed("risk") || this.#dropFollowed("positions") || this.#dropFollowed("accounts") ||
      this.#dropRisk();
  }

  #dropRisk(): boolean {
    const at = this.#waiting.findIndex(({ batch }) => (batch.risk?.length ?? 0) > 0);
    const batch = this.#waiting[at]?.batch;
    if (batch === undefined) return false;
    this.#replace(at, { ...batch, risk: batch.risk?.slice(1) ?? [] });
    return true;
  }

  /** The oldest one that is not its account's newest. */
  #dropFollowed(kind: "risk" | "positions" | "accounts"): boolean {
    const newest = new Map<string, object>();
    for (const { batch } of this.#waiting) {
      for (const snapshot of batch[kind] ?? []) newest.set(`${snapshot.source} ${snapshot.account}`, snapshot);
    }
    for (const [at, { batch }] of this.#waiting.entries()) {
      const followed = (batch[kind] ?? []).findIndex((row) => newest.get(`${row.source} ${row.account}`) !== row);
      if (followed < 0) continue;
      this.#replace(at, { ...batch, [kind]: (batch[kind] ?? []).filter((_row, index) => index !== followed) });
      return true;
    }
    return false;
  }

  #replace(at: number, batch: StoreBatch): void {
    this.#gaveWay++;
    this.#rows -= this.#waiting[at]?.rows ?? 0;
    this.#waiting.splice(at, 1, ...(isEmpty(batch) ? [] : [this.#counted(batch)]));
  }
}
