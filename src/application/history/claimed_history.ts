/**
 * Between the recorder and the writer: a store keeps either a real or a simulated book, so nothing is written before it is
 * known which one this is, and nothing at all into a store that keeps the other.
 *
 * Whose book it is shows once the broker has answered. Until then batches wait here: fills of the day, no more. Then the
 * writer is opened for that kind of book: its spool is a file of that kind alone, and the store that it writes into is a
 * `ClaimingStore`, whose first write claims. So the two are not mixed either while the store is away and batches wait on
 * the disk.
 */
import type { StoreHealth } from "../health.ts";
import type { Log } from "../ports/log.ts";
import { type Store, type StoreBatch, StoreFault } from "../ports/store.ts";
import type { StoredBook } from "../ports/store_records.ts";

/** Takes batches; neither blocks nor throws. */
export interface HistorySink {
  record(batch: StoreBatch): void;
}

export interface HistoryOutlet extends HistorySink {
  health(): StoreHealth;
  /** Waits for what is under way, but no longer than that. */
  close(withinMs: number): Promise<void>;
}

export interface ClaimPorts {
  /**
   * Opens the writer for that kind of book. `refused` is to be called with the reason when the store keeps the other kind;
   * `ClaimingStore` does.
   */
  readonly open: (book: StoredBook, refused: (reason: string) => void) => HistoryOutlet;
  readonly log: Log;
}

export class ClaimedHistory implements HistorySink {
  readonly #ports: ClaimPorts;
  #outlet: HistoryOutlet | null = null;
  #waiting: StoreBatch[] = [];
  #off: string | null = null;
  #unread: string | null = null;

  constructor(ports: ClaimPorts) {
    this.#ports = ports;
  }

  /** Says whose book it is, once. */
  claim(book: StoredBook): void {
    if (this.#outlet !== null || this.#off !== null) return;
    const outlet = this.#ports.open(book, (reason) => this.stop(reason));
    this.#outlet = outlet;
    for (const batch of this.#waiting) outlet.record(batch);
    this.#waiting = [];
  }

  /** The store could not be read at the start: its health says so until the writer knows better. */
  couldNotRead(reason: string): void {
    this.#unread = reason;
  }

  /** Nothing is taken any more from here on; said once. */
  stop(reason: string): void {
    if (this.#off !== null) return;
    this.#off = reason;
    this.#waiting = [];
    this.#ports.log.write("WARN", "SYSTEM", `No history is kept: ${reason}`);
  }

  record(batch: StoreBatch): void {
    if (this.#off !== null) return;
    if (this.#outlet === null) this.#waiting.push(batch);
    else this.#outlet.record(batch);
  }

  health(): StoreHealth {
    if (this.#off !== null) return { status: "off", detail: this.#off };
    if (this.#outlet !== null) return this.#outlet.health();
    if (this.#unread === null) return { status: "up", detail: "waits for the book" };
    return { status: "degraded", detail: `waits for the book; at the start: ${this.#unread}` };
  }

  async close(withinMs: number): Promise<void> {
    await this.#outlet?.close(withinMs);
  }
}

/**
 * A store whose first write claims it for one kind of book. While that cannot be done the write fails as the claim did, and
 * is repeated as any other; refused, every write fails for good, and `refused` hears why.
 */
export class ClaimingStore implements Pick<Store, "description" | "write" | "close"> {
  readonly #store: ClaimableStore;
  readonly #book: StoredBook;
  readonly #refused: (reason: string) => void;
  #claimed = false;

  constructor(store: ClaimableStore, book: StoredBook, refused: (reason: string) => void) {
    this.#store = store;
    this.#book = book;
    this.#refused = refused;
  }

  get description(): string {
    return this.#store.description;
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  async write(batch: StoreBatch): Promise<void> {
    if (!this.#claimed) await this.#claim();
    await this.#store.write(batch);
  }

  async #claim(): Promise<void> {
    try {
      await this.#store.claim(this.#book);
      this.#claimed = true;
    } catch (cause) {
      // A login is refused with the same kind of fault, and is no verdict on whose book the store keeps.
      if (cause instanceof StoreFault && cause.kind === "refused" && await this.#keepsTheOther()) {
        this.#refused(cause.message);
      }
      throw cause;
    }
  }

  async #keepsTheOther(): Promise<boolean> {
    try {
      const kept = await this.#store.storedBook();
      return kept !== null && kept !== this.#book;
    } catch {
      // Nobody can tell now; the next write asks again.
      return false;
    }
  }
}

type ClaimableStore = Pick<Store, "description" | "claim" | "storedBook" | "write" | "close">;
