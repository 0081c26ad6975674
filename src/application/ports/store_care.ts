/** Looking after a store: the embedded one's file, and the old snapshots of any. */
import type { EpochMs } from "../../domain/time.ts";
import type { MigrationStatus } from "../migrations.ts";

export interface StoreCheck {
  /** `SQLite data/apex.db` */
  readonly description: string;
  /** With what lies beside it. */
  readonly bytes: number;
  /** Of the file, those that hold nothing and will be used again. */
  readonly freeBytes: number;
  /** Whether deleting rows makes the file smaller, which is settled when a file is made. */
  readonly shrinks: boolean;
  readonly migrations: MigrationStatus;
  /** Rows of each table, by its name. */
  readonly rows: ReadonlyMap<string, number>;
}

export interface StoreCare {
  /**
   * Reads the whole file.
   *
   * @throws {StoreFault} of kind `damaged`, listing what does not fit; also when there is no file, or it cannot be read
   */
  check(): Promise<StoreCheck>;
  /**
   * Copies the store as it is at one instant, while others go on writing, into a new file, and checks the copy. Gives its
   * size in bytes.
   *
   * @throws {StoreFault} when the file is there already, or the copy cannot be made; then no file of that name is left
   */
  backup(file: string): Promise<number>;
}

/** Deletes old snapshots on demand. Every method rejects with a `StoreFault` when the store cannot do it. */
export interface SnapshotCare {
  /** What it is and where, without credentials. */
  readonly description: string;
  /** As `StoreCheck.shrinks`; a server sees to it by itself. */
  readonly shrinks: boolean;
  /** Of the file with what lies beside it, now; null for a server. */
  bytes(): number | null;
  /** Rows of snapshots that were taken before `before`. */
  countOlder(before: EpochMs): Promise<number>;
  /** As `Store.prune`. */
  deleteOlder(before: EpochMs, most: number): Promise<number>;
  /** Returns some of what deleted rows left empty to the file system; true: there is more. */
  giveBack(): Promise<boolean>;
  close(): Promise<void>;
}
