/** Where batches wait on the disk while the store is away. */
import type { StoreBatch } from "./store.ts";

export interface SpooledBatch {
  /** Grows with each batch. */
  readonly id: number;
  readonly batch: StoreBatch;
}

export interface SpoolSize {
  readonly batches: number;
  readonly bytes: number;
  /** Snapshots that gave way since the spool was opened. */
  readonly gaveWay: number;
}

/**
 * A bounded queue in files of its own. It outlives the process: what an earlier one left is there at the next start. At the
 * bound, the oldest batches that hold nothing but snapshots give way, and are counted; fills, breaches, results and changes
 * never do: when nothing else is left to give way, `append` rejects.
 */
export interface Spool {
  /** On the disk, power loss or not, when it resolves. @throws {StoreFault} of kind `full` at the bound, or as the disk does */
  append(batch: StoreBatch): Promise<void>;
  /** The oldest that waits; null: none does. */
  oldest(): Promise<SpooledBatch | null>;
  /** It was stored. Unknown ids change nothing. A few may be there again after the process was killed. */
  remove(id: number): Promise<void>;
  size(): Promise<SpoolSize>;
  close(): Promise<void>;
}
