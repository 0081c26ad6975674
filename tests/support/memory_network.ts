/** The network port in memory: bytes arrive after a latency of the clock given, in order, nothing is lost. */
import type { Clock } from "../../src/application/ports/clock.ts";
import type {
  Address,
  ByteStream,
  ListeningSocket,
  Network,
  StreamEvents,
} from "../../src/application/ports/network.ts";

type Accept = (stream: ByteStream) => StreamEvents;

export class MemoryNetwork implements Network {
  readonly #listeners = new Map<string, Accept>();
  #nextPort = 40_000;
  /** How often somebody tried to connect, refusals included. */
  connects = 0;

  constructor(readonly clock: Clock, readonly latencyMs = 0.2) {}

  connect(address: Address, events: Accept, signal?: AbortSignal): Promise<ByteStream> {
    this.connects++;
    return new Promise((resolve, reject) => {
      this.clock.after(this.latencyMs, () => {
        if (signal?.aborted) return reject(signal.reason);
        const accept = this.#listeners.get(name(address));
        if (accept === undefined) return reject(new Deno.errors.ConnectionRefused("Connection refused (os error 111)"));
        const [near, far] = pair(this.clock, this.latencyMs);
        far.attach(accept(far));
        near.attach(events(near));
        resolve(near);
      });
    });
  }

  listen(address: Address, accept: Accept): Promise<ListeningSocket> {
    const port = address.port === 0 ? this.#nextPort++ : address.port;
    const key = name({ host: address.host, port });
    if (this.#listeners.has(key)) {
      return Promise.reject(new Deno.errors.AddrInUse("Address already in use (os error 98)"));
    }
    this.#listeners.set(key, accept);
    return Promise.resolve({
      port,
      close: () => {
        this.#listeners.delete(key);
        return Promise.resolve();
      },
    });
  }
}

function name(address: Address): string {
  return `${address.host}:${address.port}`;
}

class MemoryStream implements ByteStream {
  peer!: MemoryStream;
  #events: StreamEvents | null = null;
  #open = true;

  constructor(readonly clock: Clock, readonly latencyMs: number) {}

  readonly backlog = 0;

  attach(events: StreamEvents): void {
    this.#events = events;
  }

  write(bytes: Uint8Array): void {
    if (!this.#open) return;
    // A copy, as the system makes one: the writer may use its buffer again.
    const copy = bytes.slice();
    this.clock.after(this.latencyMs, () => this.peer.#receive(copy));
  }

  close(): void {
    if (!this.#open) return;
    this.#end(null);
    this.clock.after(this.latencyMs, () => this.peer.#end(null));
  }

  #receive(bytes: Uint8Array): void {
    if (this.#open) this.#events?.onData(bytes);
  }

  #end(cause: Error | null): void {
    if (!this.#open) return;
    this.#open = false;
    this.#events?.onClose(cause);
  }
}

function pair(clock: Clock, latencyMs: number): [MemoryStream, MemoryStream] {
  const near = new MemoryStream(clock, latencyMs);
  const far = new MemoryStream(clock, latencyMs);
  near.peer = far;
  far.peer = near;
  return [near, far];
}
