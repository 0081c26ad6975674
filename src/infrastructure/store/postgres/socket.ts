/** The way to the server: TCP, and TLS as `sslmode` wants it. */
import { Buffer } from "node:buffer";
import net from "node:net";
import tls from "node:tls";
import type { Clock } from "../../../application/ports/clock.ts";
import { StoreFault } from "../../../application/ports/store.ts";
import type { ConnectionOptions } from "./connection_options.ts";

/** PostgreSQL's request for TLS, answered by one byte: S or N. */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const YES = 0x53;

/**
 * Connects to the first of the hosts that answers.
 *
 * @param limitMs for each host
 */
export async function openSocket(options: ConnectionOptions, clock: Clock, limitMs: number): Promise<net.Socket> {
  let obstacle: unknown = null;
  for (const { host, port } of options.hosts) {
    const plain = net.connect({ host, port });
    const cancel = clock.after(limitMs, () => plain.destroy(new Error(`no answer from ${host}:${port}`)));
    try {
      await happened(plain, "connect");
      return options.sslMode === "disable" ? plain : await secured(plain, host, options);
    } catch (fault) {
      plain.destroy();
      obstacle = fault;
    } finally {
      cancel();
    }
  }
  throw obstacle;
}

async function secured(plain: net.Socket, host: string, options: ConnectionOptions): Promise<net.Socket> {
  plain.write(TLS_REQUEST);
  const answer = await happened(plain, "data");
  // More than the one byte came in the clear, from whoever sits in between.
  if (!(answer instanceof Uint8Array) || answer.length !== 1) {
    throw new Error(`${host} answered the request for TLS oddly`);
  }
  if (answer[0] !== YES) {
    if (options.sslMode === "prefer") return plain;
    throw new StoreFault(
      "refused",
      `Cannot connect to ${host} with sslmode=${options.sslMode}: the server offers no TLS`,
    );
  }
  // A name is sent along; an address must not be. Both are what the certificate is compared with.
  const name = net.isIP(host) === 0 ? { servername: host } : {};
  const secure = tls.connect({ socket: plain, host, ...name, ...verification(options) });
  await happened(secure, "secureConnect");
  return secure;
}

function verification({ sslMode, sslRootCert }: ConnectionOptions): tls.ConnectionOptions {
  if (sslMode !== "verify-full" && sslMode !== "verify-ca") return { rejectUnauthorized: false };
  const trusted = sslRootCert === null ? {} : { ca: [rootCertificate(sslRootCert)] };
  return sslMode === "verify-full"
    ? { ...trusted, rejectUnauthorized: true }
    : { ...trusted, rejectUnauthorized: true, checkServerIdentity: () => undefined };
}

function rootCertificate(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new StoreFault("refused", `Cannot read the certificate ${file}, which sslrootcert names: ${words}`, cause);
  }
}

/** What the event brings; rejects when the socket fails or ends first. */
function happened(socket: net.Socket, event: "connect" | "data" | "secureConnect"): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const ended = () => reject(new Error("the server closed the connection"));
  socket.once(event, resolve).once("error", reject).once("close", ended);
  return promise.finally(() => {
    socket.removeListener(event, resolve).removeListener("error", reject).removeListener("close", ended);
  });
}

/**
 * What the driver sees of a socket. It never learns that the socket closed: postgres 3.4.9 then goes on to write to a
 * socket that is no more, from a callback of its own, where nothing can catch the error, and ends the program (its issues
 * 1154 and 1208). Whoever made the socket watches it, and ends the driver's pool instead.
 */
export function shownToDriver(socket: net.Socket) {
  const shown = {
    get readyState() {
      return socket.readyState;
    },
    on(event: string, listener: (...values: unknown[]) => void) {
      if (event === "data" || event === "drain") socket.on(event, listener);
      return shown;
    },
    once(event: string, listener: (...values: unknown[]) => void) {
      socket.once(event, listener);
      return shown;
    },
    removeListener(event: string, listener: (...values: unknown[]) => void) {
      socket.removeListener(event, listener);
      return shown;
    },
    write: (bytes: Uint8Array, written?: () => void) => socket.writable ? socket.write(bytes, written) : false,
    end: (bytes: Uint8Array) => socket.writable && socket.end(bytes),
    destroy: () => socket.destroy(),
    setKeepAlive: (on: boolean, delayMs: number) => socket.setKeepAlive(on, delayMs),
  };
  return shown;
}
