/** The network port over real TCP. */
import type { Address, ByteStream, ListeningSocket, Network, StreamEvents } from "../../application/ports/network.ts";

const READ_BYTES = 64 * 1024;

export function tcpNetwork(): Network {
  return {
    async connect(address, events, signal) {
      signal?.throwIfAborted();
      const conn = await Deno.connect({ hostname: address.host, port: address.port });
      if (signal?.aborted) {
        conn.close();
        throw signal.reason;
      }
      return serve(conn, events);
    },
    listen(address, accept) {
      // A refused permission throws here, before anything runs, and reaches the caller as a rejection.
      return Promise.resolve().then(() => listen(address, accept));
    },
  };
}

function listen(address: Address, accept: (stream: ByteStream) => StreamEvents): ListeningSocket {
  const listener = Deno.listen({ hostname: address.host, port: address.port });
  let isListening = true;
  const closeListener = (): void => {
    if (isListening) listener.close();
    isListening = false;
  };
  const accepting = (async () => {
    try {
      for await (const conn of listener) serve(conn, accept);
    } catch {
      // Out of file descriptors, say. Nobody waits for this promise: thrown on, it would end the whole program.
      closeListener();
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    close: () => {
      closeListener();
      return accepting;
    },
  };
}

/** Reads until the end and writes in order; the owner hears of the end exactly once. */
function serve(conn: Deno.TcpConn, events: (stream: ByteStream) => StreamEvents): ByteStream {
  conn.setNoDelay(true);
  let queue: Uint8Array[] = [];
  let backlog = 0;
  let writing = false;
  let open = true;
  const stream: ByteStream = {
    get backlog() {
      return backlog;
    },
    write(bytes) {
      if (!open) return;
      queue.push(bytes);
      backlog += bytes.length;
      if (!writing) void drain();
    },
    close: () => end(null),
  };
  const owner = events(stream);

  function end(cause: Error | null): void {
    if (!open) return;
    open = false;
    queue = [];
    backlog = 0;
    conn.close();
    owner.onClose(cause);
  }

  async function drain(): Promise<void> {
    writing = true;
    try {
      while (open && queue.length > 0) {
        const bytes = queue.length === 1 ? queue[0]! : joined(queue);
        queue = [];
        let sent = 0;
        while (open && sent < bytes.length) sent += await conn.write(bytes.subarray(sent));
        if (open) backlog -= bytes.length;
      }
    } catch (error) {
      end(asError(error));
    } finally {
      writing = false;
    }
  }

  void (async () => {
    // One buffer for the whole connection: a new one for each read is megabytes a second under load.
    const buffer = new Uint8Array(READ_BYTES);
    try {
      while (open) {
        const count = await conn.read(buffer);
        if (!open) return;
        if (count === null) return end(null);
        owner.onData(buffer.subarray(0, count));
      }
    } catch (error) {
      end(asError(error));
    }
  })();
  return stream;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
