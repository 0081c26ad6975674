/** Deletes snapshots that are older than they are kept, a few at a time, while nothing waits to be written. */
import { type Clock, every } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { Store } from "./ports/store.ts";

export interface RetentionPorts {
  readonly store: Pick<Store, "prune">;
  readonly clock: Clock;
  readonly log: Log;
  /** Days of snapshots that are kept. */
  readonly days: number;
  /** Whether batches wait to be written: they come first. */
  backlog(): boolean;
}

const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;
/** Of one transaction, which others wait for. */
const MOST_ROWS = 5_000;
/** Between two transactions. */
const PAUSE_MS = 250;
const DAY_MS = 86_400_000;

export class Retention {
  readonly #ports: RetentionPorts;
  #cancel = (): void => {};
  #stopped = false;
  #running = false;

  constructor(ports: RetentionPorts) {
    this.#ports = ports;
  }

  /** A minute from now, then every hour. */
  start(): void {
    const { clock } = this.#ports;
    this.#cancel = clock.after(FIRST_MS, () => {
      this.#cancel = every(clock, EVERY_MS, () => void this.#prune());
      void this.#prune();
    });
  }

  /** A deletion that is under way comes to its end; no other begins. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #prune(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    const { store, clock, log, days } = this.#ports;
    const before = clock.now() - days * DAY_MS;
    let deleted = 0;
    try {
      while (!this.#stopped && !this.#ports.backlog()) {
        const gone = await store.prune(before, MOST_ROWS);
        deleted += gone;
        if (gone === 0) break;
        await new Promise<void>((resolve) => void clock.after(PAUSE_MS, resolve));
      }
    } catch (fault) {
      // The writer says what is the matter with the store; here it only has to be tried again later.
      const words = fault instanceof Error ? fault.message : String(fault);
      log.write("DEBUG", "DATA", `Old snapshots are deleted later: ${words}`);
    }
    if (deleted > 0) log.write("INFO", "DATA", `Deleted snapshots older than ${days} days`, { rows: deleted });
    this.#running = false;
  }
}
