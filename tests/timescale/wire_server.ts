/**
 * PostgreSQL's protocol over TCP for a server with a single session: connections take turns, each from its first message until
 * the server is ready for the next query outside a transaction. Whoever hangs up inside one has it rolled back.
 */

/** Answers one message, whole, with everything the server says to it. */
export type Session = (message: Uint8Array) => Promise<Uint8Array>;

export interface WireServer {
  readonly port: number;
  stop(): Promise<void>;
}

const SSL_REQUEST = 80_877_103;
const TERMINATE = 0x58;
const QUERY = 0x51;
const COPY_DONE = 0x63;
const COPY_FAIL = 0x66;
const COPY_IN = 0x47;
/** CopyInResponse: text, about whose columns nothing is said. */
const COPY_IN_RESPONSE = new Uint8Array([COPY_IN, 0, 0, 0, 7, 0, 0, 0]);
/** ReadyForQuery, idle. */
const READY = [0x5a, 0, 0, 0, 5, 0x49];

export function serveSession(session: Session): WireServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Map<Deno.TcpConn, Promise<void>>();
  const turns = new Turns();
  const accepting = (async () => {
    for await (const connection of listener) {
      // An answer comes in pieces, and each would wait for the client to acknowledge the one before.
      connection.setNoDelay();
      const talk = converse(connection, session, turns).finally(() => connections.delete(connection));
      connections.set(connection, talk);
    }
  })();
  return {
    port: listener.addr.port,
    async stop() {
      listener.close();
      await accepting;
      const talks = [...connections];
      for (const [connection] of talks) closed(connection);
      await Promise.all(talks.map(([, talk]) => talk));
    },
  };
}

async function converse(connection: Deno.Conn, session: Session, turns: Turns): Promise<void> {
  let release: (() => void) | null = null;
  try {
    for await (const message of requests(connection)) {
      if (message[0] === TERMINATE) break;
      release ??= await turns.next();
      const answer = withoutCopyIn(await session(message));
      if (isReady(answer)) {
        release();
        release = null;
      }
      await sent(connection, answer);
    }
  } catch (fault) {
    if (!isHangUp(fault)) throw fault;
  }
  if (release !== null) {
    await session(query("ROLLBACK"));
    release();
  }
  closed(connection);
}

/** The session reads a COPY's rows at once with the COPY, so the invitation to send them is given here. */
async function* requests(connection: Deno.Conn): AsyncGenerator<Uint8Array> {
  let copy: Uint8Array | null = null;
  for await (const message of messages(connection)) {
    if (copy !== null) {
      copy = joined(copy, message);
      if (message[0] === COPY_DONE || message[0] === COPY_FAIL) {
        yield copy;
        copy = null;
      }
    } else if (isCopyFromStdin(message)) {
      copy = message;
      await sent(connection, COPY_IN_RESPONSE);
    } else yield message;
  }
}

function isCopyFromStdin(message: Uint8Array): boolean {
  return message[0] === QUERY && /^COPY .* FROM STDIN\0$/is.test(new TextDecoder().decode(message.subarray(5)));
}

function withoutCopyIn(answer: Uint8Array): Uint8Array {
  if (answer[0] !== COPY_IN) return answer;
  return answer.subarray(1 + new DataView(answer.buffer, answer.byteOffset).getUint32(1));
}

/** The first has no type; a request for encryption is declined. */
async function* messages(connection: Deno.Conn): AsyncGenerator<Uint8Array> {
  let buffer = new Uint8Array(0);
  let started = false;
  for await (const chunk of connection.readable) {
    buffer = joined(buffer, chunk);
    for (;;) {
      const header = started ? 1 : 0;
      if (buffer.length < header + 4) break;
      const view = new DataView(buffer.buffer, buffer.byteOffset);
      const length = header + view.getUint32(header);
      if (buffer.length < length) break;
      const message = buffer.slice(0, length);
      buffer = buffer.slice(length);
      if (!started && length === 8 && view.getUint32(4) === SSL_REQUEST) {
        await sent(connection, new TextEncoder().encode("N"));
        continue;
      }
      started = true;
      yield message;
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

async function sent(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function isReady(answer: Uint8Array): boolean {
  const end = answer.subarray(-READY.length);
  return READY.every((byte, at) => byte === end[at]);
}

function query(sql: string): Uint8Array {
  const text = new TextEncoder().encode(sql);
  const message = new Uint8Array(text.length + 6);
  message[0] = "Q".charCodeAt(0);
  new DataView(message.buffer).setUint32(1, text.length + 5);
  message.set(text, 5);
  return message;
}

function isHangUp(fault: unknown): boolean {
  return fault instanceof Deno.errors.ConnectionReset || fault instanceof Deno.errors.BrokenPipe ||
    fault instanceof Deno.errors.BadResource || fault instanceof Deno.errors.Interrupted;
}

function closed(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (fault) {
    if (!(fault instanceof Deno.errors.BadResource)) throw fault;
  }
}

/** One after the other, in the order in which they asked. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn, to what ends it. */
  async next(): Promise<() => void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    return resolve;
  }
}
