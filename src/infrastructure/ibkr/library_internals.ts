/**
 * The private parts of `@stoqey/ib` that the transport takes hold of, and the check that the pinned version still has
 * them. Checked on every connection: an upgrade that moves them must fail at once and in words, not misread a book.
 */
import type { IBApi } from "@stoqey/ib/dist/api/api.js";
import type { EventName } from "@stoqey/ib/dist/api/data/enum/event-name.js";

/** What the library calls a socket's connection; ours sends through the network port. */
export interface LibraryClient {
  write(bytes: Uint8Array): void;
  end(): void;
  destroy(): void;
}

export interface LibrarySocket {
  client: LibraryClient;
  connect(clientId?: number): void;
  onConnect(): void;
  onMessage(text: string): void;
  send(tokens: readonly unknown[]): void;
}

export interface LibraryDecoder {
  readonly serverVersion: number;
  dataQueue: (string | undefined)[];
  emitQueue: unknown[];
  readStr(): string;
  readInt(): number;
  readIntOrUndefined(): number | undefined;
  readDouble(): number | undefined;
  readDoubleOrUndefined(): number | undefined;
  readDecimal(): number | undefined;
  decodeMsg_TICK_PRICE(): void;
  decodeMsg_TICK_OPTION_COMPUTATION(): void;
  /** Decodes what is queued, each message between two `undefined`. */
  process(): void;
}

export interface LibraryController {
  readonly socket: LibrarySocket;
  readonly decoder: LibraryDecoder;
  rateLimiter: (tokens: readonly unknown[]) => void;
  /** Hands an event to the library's user. */
  emitEvent: (name: EventName, ...details: readonly unknown[]) => void;
  /** Lets requests out that waited for the session's start. */
  resume(): void;
}

export class LibraryChanged extends Error {
  override readonly name = "LibraryChanged";
  constructor(readonly missing: readonly string[]) {
    super(
      `Cannot use @stoqey/ib: it no longer has ${missing.join(", ")}. ` +
        "Pin the version that APEX was built for (1.6.10), or adapt src/infrastructure/ibkr/library_internals.ts",
    );
  }
}

const SOCKET = ["connect", "onConnect", "onMessage", "send"];
const DECODER = [
  "readStr",
  "readInt",
  "readIntOrUndefined",
  "readDouble",
  "readDoubleOrUndefined",
  "readDecimal",
  "decodeMsg_TICK_PRICE",
  "decodeMsg_TICK_OPTION_COMPUTATION",
  "process",
];

/** @throws {LibraryChanged} when a part is missing */
export function controllerOf(api: IBApi): LibraryController {
  const controller: unknown = Reflect.get(api, "controller");
  const missing: string[] = [];
  if (!isController(controller, missing)) throw new LibraryChanged(missing);
  return controller;
}

function isController(controller: unknown, missing: string[]): controller is LibraryController {
  const socket = member(controller, "socket");
  const decoder = member(controller, "decoder");
  requireFunctions(socket, "controller.socket", SOCKET, missing);
  requireFunctions(decoder, "controller.decoder", DECODER, missing);
  requireFunctions(controller, "controller", ["rateLimiter", "emitEvent", "resume"], missing);
  if (!Array.isArray(member(decoder, "dataQueue"))) missing.push("controller.decoder.dataQueue");
  if (!Array.isArray(member(decoder, "emitQueue"))) missing.push("controller.decoder.emitQueue");
  return missing.length === 0;
}

function requireFunctions(part: unknown, name: string, functions: readonly string[], missing: string[]): void {
  for (const each of functions) {
    if (typeof member(part, each) !== "function") missing.push(`${name}.${each}()`);
  }
}

function member(part: unknown, name: string): unknown {
  return typeof part === "object" && part !== null ? Reflect.get(part, name) : undefined;
}
