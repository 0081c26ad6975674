/** Writes a batch into a store that may reject a part of it, hang or be away, and keeps count of how that went. */
import { kindsIn, merged, rowByRow } from "./batch_rows.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import { type Store, type StoreBatch, StoreFault } from "./ports/store.ts";

export interface StoreWritingPorts {
  readonly store: Pick<Store, "description" | "write">;
  readonly clock: Clock;
  readonly log: Log;
  /** A write that takes longer is given up and repeated later. */
  readonly limitMs: number;
}

/** Why the store does not take anything, and since when. */
export interface StoreTrouble {
  readonly fault: StoreFault;
  readonly since: number;
}

interface Refused {
  readonly part: StoreBatch;
  readonly fault: StoreFault;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export class StoreWriting {
  readonly #ports: StoreWritingPorts;
  /** Null while the store takes what it is given. */
  trouble: StoreTrouble | null = null;
  /** Of the last write that succeeded; null before it. */
  lastMs: number | null = null;
  /** Rows that the store refused for what they are. */
  refused = 0;
  /** When the write that is under way began, on the monotonic clock. */
  #since: number | null = null;
  #failures = 0;
  #notBefore = -Infinity;
  #cutShort: (() => void) | null = null;
  #hurried = false;

  constructor(ports: StoreWritingPorts) {
    this.#ports = ports;
  }

  /** How long to leave the store alone after a failure; 0: it may be tried. */
  get pauseMs(): number {
    return Math.max(0, this.#notBefore - this.#ports.clock.monotonic());
  }

  /** How long the write that is under way has taken; 0 when there is none. */
  get underWayMs(): number {
    return this.#since === null ? 0 : this.#ports.clock.monotonic() - this.#since;
  }

  /** Gives up the write that is under way, and waits for none from now on. */
  hurry(): void {
    this.#hurried = true;
    this.#cutShort?.();
  }

  /**
   * Null when it is stored, but for rows that the store refuses, which are told in the log and counted. Else nothing or a
   * part may be stored, and the same batch is to be written again.
   */
  async write(batch: StoreBatch): Promise<StoreFault | null> {
    const { clock } = this.#ports;
    const since = this.#since = clock.monotonic();
    const refused: Refused[] = [];
    const first = await this.#attempt(batch);
    const fault = first?.kind === "rejected" ? await this.#storeRest(rowByRow(batch), first, refused) : first;
    this.#since = null;
    if (fault !== null) this.#failed(fault);
    else this.#succeeded(clock.monotonic() - since, refused);
    return fault;
  }

  /** Halves what was rejected until what cannot be stored stands alone. */
  async #storeRest(parts: readonly StoreBatch[], rejected: StoreFault, refused: Refused[]): Promise<StoreFault | null> {
    const [only] = parts;
    if (parts.length <= 1) {
      if (only !== undefined) refused.push({ part: only, fault: rejected });
      return null;
    }
    const middle = parts.length >> 1;
    for (const half of [parts.slice(0, middle), parts.slice(middle)]) {
      const fault = await this.#attempt(merged(half));
      const left = fault?.kind === "rejected" ? await this.#storeRest(half, fault, refused) : fault;
      if (left !== null) return left;
    }
    return null;
  }

  #attempt(batch: StoreBatch): Promise<StoreFault | null> {
    const { store, clock, limitMs } = this.#ports;
    return new Promise((resolve) => {
      const giveUp = (why: string) =>
        resolve(new StoreFault("timeout", `Cannot write to ${store.description}: ${why}`));
      if (this.#hurried) return giveUp("apex is ending");
      const cancel = clock.after(limitMs, () => giveUp(`it did not answer within ${Math.round(limitMs / 1000)} s`));
      this.#cutShort = () => giveUp("it did not answer before apex had to end");
      // Within the chain, so that what is thrown before the first await is a fault as well.
      Promise.resolve().then(() => store.write(batch)).then(() => null, asFault).then((outcome) => {
        cancel();
        resolve(outcome);
      });
    });
  }

  #failed(fault: StoreFault): void {
    const { clock, log } = this.#ports;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    const news = this.trouble?.fault.kind !== fault.kind;
    this.#failures++;
    this.#notBefore = clock.monotonic() + pauseMs;
    this.trouble = { fault, since: this.trouble?.since ?? clock.now() };
    log.write(news ? "WARN" : "DEBUG", "DATA", `History is not stored: ${fault.message}`, {
      kind: fault.kind,
      pauseMs,
    });
  }

  #succeeded(tookMs: number, refused: readonly Refused[]): void {
    const { store, log } = this.#ports;
    if (this.trouble !== null) log.write("INFO", "DATA", `${store.description} takes history again`);
    this.trouble = null;
    this.#failures = 0;
    this.#notBefore = -Infinity;
    this.lastMs = tookMs;
    this.refused += refused.length;
    for (const { part, fault } of refused) {
      log.write("ERROR", "DATA", `A row of history cannot be stored and is left out: ${fault.message}`, {
        rows: kindsIn(part).join(", "),
      });
    }
  }
}

/** What is no fault of the store is taken for one that passes: nothing is lost for a mistake of the program's. */
function asFault(thrown: unknown): StoreFault {
  if (thrown instanceof StoreFault) return thrown;
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return new StoreFault("away", `Cannot write to the store: ${words}`, thrown);
}
