/** Byte streams over TCP, so that a whole connection can be played in memory under a virtual clock. */

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One open stream. */
export interface ByteStream {
  /** Queues bytes in order; a write after the stream closed is ignored. */
  write(bytes: Uint8Array): void;
  /** Bytes queued and not yet taken by the system: what a slow reader makes grow. */
  readonly backlog: number;
  /** Ends the stream at once. `onClose` of this side follows exactly once. */
  close(): void;
}

/** What the owner of one side of a stream is told. Nothing is called after `onClose`. */
export interface StreamEvents {
  /** The bytes are the stream's own, valid during the call: what is to be kept must be copied. */
  onData(bytes: Uint8Array): void;
  /** The stream ended; `cause` null when either side closed it in order. */
  onClose(cause: Error | null): void;
}

export interface Network {
  /** Rejects with the system's error (refused, not allowed, unreachable). */
  connect(address: Address, events: (stream: ByteStream) => StreamEvents, signal?: AbortSignal): Promise<ByteStream>;
  /** Port 0 picks a free one. */
  listen(address: Address, accept: (stream: ByteStream) => StreamEvents): Promise<ListeningSocket>;
}

export interface ListeningSocket {
  readonly port: number;
  /** Stops accepting; open streams stay. Resolves when the port is free again. */
  close(): Promise<void>;
}
