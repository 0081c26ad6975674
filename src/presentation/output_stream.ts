/**
 * Text to standard output without ever holding up the monitor: a slow reader makes blocks wait, and beyond the bound the
 * oldest are left out and counted. A reader that went away ends the output.
 */

/** Where bytes go; rejects when the reader is gone. */
export interface ByteWriter {
  write(bytes: Uint8Array): Promise<number>;
}

export class OutputStream {
  readonly #writer: ByteWriter;
  readonly #bound: number;
  readonly #encoder = new TextEncoder();
  #queue: string[] = [];
  #draining: Promise<void> | null = null;
  #closed: Error | null = null;
  readonly #closedListeners: (() => void)[] = [];
  /** Blocks left out because the reader was too slow. */
  dropped = 0;

  /** @param bound blocks that may wait */
  constructor(writer: ByteWriter, bound: number) {
    this.#writer = writer;
    this.#bound = bound;
  }

  /** Calls once when the reader has gone away. */
  onClosed(listener: () => void): void {
    this.#closedListeners.push(listener);
  }

  write(text: string): void {
    if (this.#closed !== null) return;
    if (this.#queue.length >= this.#bound) {
      this.#queue.shift();
      this.dropped++;
    }
    this.#queue.push(text);
    this.#draining ??= this.#drain();
  }

  /** Resolves when everything queued is written, or the reader is gone. */
  async flush(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
  }

  async #drain(): Promise<void> {
    try {
      for (let text = this.#queue.shift(); text !== undefined; text = this.#queue.shift()) {
        const bytes = this.#encoder.encode(text);
        for (let sent = 0; sent < bytes.length;) sent += await this.#writer.write(bytes.subarray(sent));
      }
    } catch (fault) {
      // A closed pipe is how `apex watch | head` ends, and no failure.
      this.#closed = fault instanceof Error ? fault : new Error(String(fault));
      this.#queue = [];
      for (const listener of this.#closedListeners) listener();
    } finally {
      this.#draining = null;
    }
  }
}
