/** Looking after the embedded store's file. */
import type { MigrationStatus } from "../migrations.ts";

export interface StoreCheck {
  /** `SQLite data/apex.db` */
  readonly description: string;
  /** With what lies beside it. */
  readonly bytes: number;
  /** Of the file, those that hold nothing and will be used again. */
  readonly freeBytes: number;
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
