/** What a session still has to send: messages gathered and written as one, and held while the gateway is frozen. */
import type { ByteStream } from "../../application/ports/network.ts";
import { concatenate } from "./frame.ts";

export class Outbox {
  #chunks: Uint8Array[] = [];

  constructor(readonly stream: ByteStream) {}

  add(...messages: readonly Uint8Array[]): void {
    this.#chunks.push(...messages);
  }

  /** Writes everything gathered, in order. */
  flush(): void {
    if (this.#chunks.length === 0) return;
    const chunks = this.#chunks;
    this.#chunks = [];
    this.stream.write(concatenate(chunks));
  }
}
