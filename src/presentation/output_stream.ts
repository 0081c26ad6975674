/**
 * Text to standard output without ever holding up the monitor: a slow reader makes blocks wait, and beyond the bound the
 * oldest are left out and counted. A reader that went away ends the output; so does a full disk, which is an error.
 */

import { type Clock, every } from "../application/ports/clock.ts";

/** How often to look whether the reader still takes something. */
const LOOK_MS = 500;

/** Where bytes go; rejects with `BrokenPipe` when the reader is gone. */
export interface ByteWriter {
  write(bytes: Uint8Array): Promise<number>;
}

/** What was to be shown could not be written, and nobody who read it is to blame. */
export class OutputFailed extends Error {
  override readonly name = "OutputFailed";
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot write all of it to standard output: ${reason}`, { cause });
  }
}

/** Null when `fault` only says that the reader has enough, as `| head` does. */
export function outputFailure(fault: unknown): OutputFailed | null {
  return fault instanceof Deno.errors.BrokenPipe ? null : new OutputFailed(fault);
}

export class OutputStream {
  readonly #writer: ByteWriter;
  readonly #bound: number;
  readonly #encoder = new TextEncoder();
  #queue: string[] = [];
  #draining: Promise<void> | null = null;
  #closed = false;
  #failure: OutputFailed | null = null;
  readonly #closedListeners: (() => void)[] = [];
  /** Blocks and parts of blocks that the reader took. */
  taken = 0;
  /** Blocks left out because the reader was too slow. */
  dropped = 0;

  /** @param bound blocks that may wait */
  constructor(writer: ByteWriter, bound: number) {
    this.#writer = writer;
    this.#bound = bound;
  }

  /** Calls once when nothing more can be written. */
  onClosed(listener: () => void): void {
    this.#closedListeners.push(listener);
  }

  write(text: string): void {
    if (this.#closed) return;
    if (this.#queue.length >= this.#bound) {
      this.#queue.shift();
      this.dropped++;
    }
    this.#queue.push(text);
    this.#draining ??= this.#drain();
  }

  /**
   * Resolves when everything queued is written, or the reader is gone.
   *
   * @throws {OutputFailed} when something could not be written for another reason
   */
  async flush(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
    if (this.#failure !== null) throw this.#failure;
  }

  /**
   * Like `flush`, but does not wait for ever for a reader that stands still (a pager, a stopped program).
   *
   * @param onTaken called while the reader goes on taking
   * @throws {OutputFailed} also when it took nothing for `patienceMs`
   */
  async finish(clock: Clock, patienceMs: number, onTaken: () => void): Promise<void> {
    let taken = this.taken;
    let takenAt = clock.monotonic();
    const { promise: gaveUp, reject: giveUp } = Promise.withResolvers<never>();
    const stop = every(clock, LOOK_MS, () => {
      const now = clock.monotonic();
      if (this.taken > taken) {
        taken = this.taken;
        takenAt = now;
        onTaken();
      } else if (now - takenAt >= patienceMs) {
        giveUp(new OutputFailed(`its reader took nothing for ${Math.round((now - takenAt) / 1000)} s`));
      }
    });
    try {
      await Promise.race([this.flush(), gaveUp]);
    } finally {
      stop();
    }
  }

  async #drain(): Promise<void> {
    try {
      for (let text = this.#queue.shift(); text !== undefined; text = this.#queue.shift()) {
        const bytes = this.#encoder.encode(text);
        for (let sent = 0; sent < bytes.length; this.taken++) {
          sent += await this.#writer.write(bytes.subarray(sent));
        }
      }
    } catch (fault) {
      this.#closed = true;
      this.#failure = outputFailure(fault);
      this.#queue = [];
      for (const listener of this.#closedListeners) listener();
    } finally {
      this.#draining = null;
    }
  }
}
