/**
 * Brings batches of history into the store, each once and in order, without keeping anybody waiting.
 *
 * What was recorded waits in memory until it is stored. While the store does not take it, it goes to the spool on the disk,
 * and everything later behind it; when the store is back, the spool is written first.
 */
import { rowsIn, withoutStanding } from "./batch_rows.ts";
import type { StoreHealth } from "./health.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { Spool, SpoolSize } from "./ports/spool.ts";
import type { Store, StoreBatch } from "./ports/store.ts";
import { StoreWriting } from "./store_writing.ts";
import { WaitingBatches, type WaitingLimits } from "./waiting_batches.ts";
import { isoInstant } from "../domain/time.ts";

export interface HistoryWriterPorts {
  readonly store: Pick<Store, "description" | "write" | "close">;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly log: Log;
  /** A write that takes longer is given up and repeated later; the store's own limit is to come first. */
  readonly writeLimitMs: number;
  readonly limits?: WaitingLimits;
}

/** A day of minutes, or a few of the largest books' snapshots: some 50 MB. */
const LIMITS: WaitingLimits = { batches: 1_000, rows: 50_000 };
/** Of one write, so that none takes long. */
const MOST_ROWS = 5_000;
/** After the spool failed. */
const SPOOL_PAUSE_MS = 30_000;
const STUMBLE_PAUSE_MS = 1_000;
/** A write that has taken longer than this is worth a word. */
const SLOW_MS = 10_000;
/** Of the time that closing may take: writing, then spooling, then the rest for closing files and connections. */
const WRITING_SHARE = 0.5;
const SPOOLING_SHARE = 0.8;

/** Of one kind of work on the spool: what stands in its way, and when to try again on the monotonic clock. */
class Attempts {
  trouble: string | null = null;
  notBefore = -Infinity;
}

export class HistoryWriter {
  readonly #ports: HistoryWriterPorts;
  readonly #memory: WaitingBatches;
  readonly #writing: StoreWriting;
  readonly #running: Promise<void>;
  #spooled: SpoolSize = { batches: 0, bytes: 0, gaveWay: 0 };
  #spoolKnown = false;
  readonly #appending = new Attempts();
  readonly #draining = new Attempts();
  /** Something newer than what the spool holds was stored. */
  #overtaken = false;
  #inHand = 0;
  #lost = 0;
  #woken = false;
  #wake = (): void => {};
  #closing: Promise<void> | null = null;
  #ended = false;

  constructor(ports: HistoryWriterPorts) {
    this.#ports = ports;
    this.#memory = new WaitingBatches(ports.limits ?? LIMITS);
    this.#writing = new StoreWriting({ ...ports, limitMs: ports.writeLimitMs });
    this.#running = this.#run();
  }

  /** Takes it to be written; returns at once, and throws nothing. */
  record(batch: StoreBatch): void {
    if (this.#ended) {
      this.#lost += rowsIn(batch);
      return;
    }
    this.#memory.push(batch);
    this.#woken = true;
    this.#wake();
  }

  /** Whether anything waits, or the store is away: not the time for other work on it. */
  get backlog(): boolean {
    return this.#waiting > 0 || this.#spooled.batches > 0 || this.#writing.trouble !== null;
  }

  health(): StoreHealth {
    const { trouble, underWayMs, lastMs } = this.#writing;
    const { description } = this.#ports.store;
    if (trouble !== null) {
      return {
        status: "down",
        detail: `${trouble.fault.message} (since ${isoInstant(trouble.since)}); ${this.#counts()}`,
      };
    }
    if (underWayMs > SLOW_MS) {
      const seconds = Math.round(underWayMs / 1000);
      return { status: "down", detail: `${description}: no answer to a write for ${seconds} s; ${this.#counts()}` };
    }
    const last = lastMs === null ? "nothing written yet" : `last write ${lastMs.toFixed(1)} ms`;
    const detail = [`${description}: ${last}`, this.#counts()].filter((words) => words !== "").join("; ");
    return { status: this.#spooled.batches > 0 || this.#spoolTrouble !== null ? "degraded" : "up", detail };
  }

  /**
   * Writes what waits or, when the store does not take it in half of the time, spools it; then closes both. What is recorded
   * from then on is lost.
   */
  close(withinMs: number): Promise<void> {
    this.#closing ??= this.#close(withinMs);
    return this.#closing;
  }

  async #close(withinMs: number): Promise<void> {
    const { clock, spool, store, log } = this.#ports;
    const began = clock.monotonic();
    const leftMs = (share: number) => Math.max(0, began + withinMs * share - clock.monotonic());
    const cancelHurry = clock.after(leftMs(WRITING_SHARE), () => this.#writing.hurry());
    this.#woken = true;
    this.#wake();
    // `#closing` is set once this function has returned its promise: the loop sees it at its next turn.
    const spooledInTime = await this.#within(leftMs(SPOOLING_SHARE), this.#running);
    cancelHurry();
    this.#ended = true;
    if (!spooledInTime) this.#tellLost("the disk did not answer");
    const closed = await this.#within(leftMs(1), Promise.allSettled([spool.close(), store.close()]));
    if (!closed) log.write("WARN", "DATA", `${store.description} was not closed in time`);
  }

  async #run(): Promise<void> {
    // The first turn is the caller's: whatever it composes comes before the first look at the disk.
    await null;
    while (this.#closing === null) {
      const restMs = await this.#step().catch((fault) => this.#stumbled(fault));
      if (restMs > 0) await this.#rest(restMs);
    }
    await this.#finish().catch((fault) => this.#stumbled(fault));
  }

  /** A mistake of this program must not end the writing, and never the monitor. */
  #stumbled(fault: unknown): number {
    this.#ports.log.write("ERROR", "SYSTEM", `Writing history went wrong and goes on: ${String(fault)}`);
    return STUMBLE_PAUSE_MS;
  }

  /** Does what is next, and says how long there is nothing to do unless something is recorded. */
  async #step(): Promise<number> {
    if ((!this.#spoolKnown || this.#draining.trouble !== null) && !this.#rests(this.#draining)) {
      await this.#measureSpool();
    }
    const { pauseMs } = this.#writing;
    if (pauseMs > 0) return await this.#spoolOldest() ? 0 : pauseMs;
    // A spool that cannot be read keeps nothing else waiting.
    if (this.#spooled.batches > 0 && !this.#rests(this.#draining)) {
      if (this.#memory.crowded) await this.#spoolOldest();
      await this.#writeSpooled();
      return 0;
    }
    return await this.#writeWaiting() ? 0 : this.#draining.trouble === null ? Infinity : SPOOL_PAUSE_MS;
  }

  /** False when nothing waits. */
  async #writeWaiting(): Promise<boolean> {
    const batch = this.#memory.take(MOST_ROWS);
    if (batch === null) return false;
    this.#inHand = 1;
    const fault = await this.#writing.write(batch);
    this.#inHand = 0;
    if (fault !== null) {
      this.#memory.putBack(batch);
      return true;
    }
    if (this.#spooled.batches > 0 || !this.#spoolKnown) this.#overtaken = true;
    // Nothing has to go there any more.
    this.#appending.trouble = null;
    return true;
  }

  async #writeSpooled(): Promise<void> {
    const { spool } = this.#ports;
    await this.#spoolWork(this.#draining, async () => {
      const oldest = await spool.oldest();
      if (oldest !== null) {
        const batch = this.#overtaken ? withoutStanding(oldest.batch) : oldest.batch;
        if (await this.#writing.write(batch) !== null) return;
        await spool.remove(oldest.id);
      }
      this.#spooled = await spool.size();
      if (this.#spooled.batches === 0) this.#overtaken = false;
    });
  }

  /** False when nothing waits in memory, or the spool does not take it, which then stays there. */
  async #spoolOldest(): Promise<boolean> {
    if (this.#rests(this.#appending) && this.#closing === null) return false;
    const batch = this.#memory.takeOne();
    if (batch === null) return false;
    this.#inHand = 1;
    const done = await this.#spoolWork(this.#appending, async () => {
      await this.#ports.spool.append(batch);
      this.#spooled = await this.#ports.spool.size();
    });
    this.#inHand = 0;
    if (!done) this.#memory.putBack(batch);
    return done;
  }

  async #measureSpool(): Promise<void> {
    await this.#spoolWork(this.#draining, async () => {
      this.#spooled = await this.#ports.spool.size();
      const first = !this.#spoolKnown;
      this.#spoolKnown = true;
      if (!first || this.#spooled.batches === 0) return;
      this.#ports.log.write("INFO", "DATA", "An earlier run left history that is written now", {
        batches: this.#spooled.batches,
      });
    });
  }

  #rests({ notBefore }: Attempts): boolean {
    return this.#ports.clock.monotonic() < notBefore;
  }

  get #spoolTrouble(): string | null {
    return this.#appending.trouble ?? this.#draining.trouble;
  }

  async #spoolWork(attempts: Attempts, work: () => Promise<void>): Promise<boolean> {
    const { clock, log } = this.#ports;
    try {
      await work();
      attempts.trouble = null;
      attempts.notBefore = -Infinity;
      return true;
    } catch (fault) {
      const words = fault instanceof Error ? fault.message : String(fault);
      log.write(this.#spoolTrouble === null ? "ERROR" : "DEBUG", "DATA", words);
      attempts.trouble = words;
      attempts.notBefore = clock.monotonic() + SPOOL_PAUSE_MS;
      return false;
    }
  }

  async #finish(): Promise<void> {
    while (this.#writing.trouble === null && this.#spooled.batches === 0 && await this.#writeWaiting());
    while (await this.#spoolOldest());
    this.#ended = true;
    if (this.#waiting > 0) this.#tellLost(this.#spoolTrouble ?? "the spool did not take it");
  }

  #tellLost(why: string): void {
    this.#lost += this.#memory.rows;
    this.#ports.log.write("ERROR", "DATA", `History was lost at the end: ${why}`, { batches: this.#waiting });
  }

  get #waiting(): number {
    return this.#memory.size + this.#inHand;
  }

  /** What waits and what was lost; empty when nothing is worth a word. */
  #counts(): string {
    const { batches, bytes, gaveWay } = this.#spooled;
    const words: string[] = [];
    const say = (count: number, text: string) => {
      if (count > 0) words.push(text);
    };
    const quiet = this.#writing.trouble === null && batches === 0 && this.#writing.underWayMs <= SLOW_MS;
    say(quiet ? 0 : this.#waiting, `${this.#waiting} ${batchesWord(this.#waiting)} waiting in memory`);
    say(batches, `${batches} ${batchesWord(batches)} (${(bytes / 1e6).toFixed(1)} MB) waiting on the disk`);
    if (this.#spoolTrouble !== null) words.push(this.#spoolTrouble);
    const snapshots = this.#memory.gaveWay;
    say(snapshots + gaveWay, `${snapshots + gaveWay} older snapshots left out for want of room`);
    say(this.#writing.refused, `${this.#writing.refused} rows refused by the store`);
    say(this.#lost, `${this.#lost} rows lost`);
    return words.join("; ");
  }

  #rest(ms: number): Promise<void> {
    if (this.#woken) {
      this.#woken = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const cancel = ms === Infinity ? () => {} : this.#ports.clock.after(ms, () => this.#wake());
      this.#wake = () => {
        cancel();
        this.#woken = false;
        this.#wake = () => {};
        resolve();
      };
    });
  }

  #within(ms: number, work: Promise<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#ports.clock.after(ms, () => resolve(false));
      const done = () => {
        cancel();
        resolve(true);
      };
      work.then(done, done);
    });
  }
}

function batchesWord(count: number): string {
  return count === 1 ? "batch" : "batches";
}
