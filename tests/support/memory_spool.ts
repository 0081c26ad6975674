/** A spool without a disk, which can be made to fail. */
import { snapshotsAlone } from "../../src/application/batch_rows.ts";
import type { Spool, SpooledBatch, SpoolSize } from "../../src/application/ports/spool.ts";
import { type StoreBatch, StoreFault } from "../../src/application/ports/store.ts";

export class MemorySpool implements Spool {
  readonly waiting: SpooledBatch[] = [];
  /** Takes nothing more. */
  full = false;
  /** Does nothing at all. */
  broken = false;
  closed = false;
  #lastId = 0;
  #gaveWay = 0;

  constructor(readonly mostBatches = Infinity) {}

  append(batch: StoreBatch): Promise<void> {
    return this.#attempt(() => {
      if (this.full) throw new StoreFault("full", "Cannot write to the spool: the disk is full");
      while (this.waiting.length >= this.mostBatches) {
        const at = this.waiting.findIndex((spooled) => snapshotsAlone(spooled.batch) > 0);
        if (at < 0) throw new StoreFault("full", "Cannot write to the spool: it is full");
        this.#gaveWay += snapshotsAlone(this.waiting[at]!.batch);
        this.waiting.splice(at, 1);
      }
      this.waiting.push({ id: ++this.#lastId, batch });
    });
  }

  oldest(): Promise<SpooledBatch | null> {
    return this.#attempt(() => this.waiting[0] ?? null);
  }

  remove(id: number): Promise<void> {
    return this.#attempt(() => {
      const at = this.waiting.findIndex((spooled) => spooled.id === id);
      if (at >= 0) this.waiting.splice(at, 1);
    });
  }

  size(): Promise<SpoolSize> {
    return this.#attempt(() => ({
      batches: this.waiting.length,
      bytes: 1_000 * this.waiting.length,
      gaveWay: this.#gaveWay,
    }));
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  #attempt<Result>(work: () => Result): Promise<Result> {
    return Promise.resolve().then(() => {
      if (this.broken) throw new StoreFault("away", "Cannot use the spool: the disk failed");
      return work();
    });
  }
}
