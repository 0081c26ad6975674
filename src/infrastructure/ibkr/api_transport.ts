/**
 * One connection to TWS: the client library's raw `IBApi` with its socket replaced by the network port.
 *
 * Inbound, every frame is checked before the library sees it; what the library cannot read is counted and left out.
 * Outbound, only requests for data pass (`outbound.ts`), sent at once: pacing is the caller's. The library keeps no timer
 * this way, so a connection runs under any clock. An instance serves one connection and is thrown away with it, so that
 * no command of an earlier one can be sent again.
 */
import { IBApi } from "@stoqey/ib/dist/api/api.js";
import { EventName } from "@stoqey/ib/dist/api/data/enum/event-name.js";
import type { Address, ByteStream, Network } from "../../application/ports/network.ts";
import type { OptionComputation } from "./decode/ticks.ts";
import { NONE, readNumber } from "./decode/numbers.ts";
import { FrameReader } from "./framing.ts";
import { controllerOf, type LibraryController, type LibraryDecoder } from "./library_internals.ts";
import { judgeOutbound } from "./outbound.ts";

/** The versions of the protocol that the library speaks. */
export const SERVER_VERSIONS = { from: 100, to: 193 } as const;

/**
 * The library takes fields off the front of an array, which is slow on a long one, and unescapes text in quadratic time:
 * a message beyond these bounds would stall the program. The longest that is of use to us has a few hundred fields.
 */
const MAX_FIELDS = 4_096;
/** Two years of daily bars, weekends of a coin included, at eight fields each. */
const MAX_HISTORY_FIELDS = 8_192;
const MAX_HANDED_ON_BYTES = 256 * 1024;
const MAX_NOTICE_BYTES = 16 * 1024;

/** Unreadable messages in a row of `FAULT_WINDOW_MS` after which the connection is given up. */
const MAX_FAULTS = 200;
const FAULT_WINDOW_MS = 10_000;

/** Message numbers that TWS sends, as far as they need a name here. */
export const InboundMessage = {
  error: 4,
  executionData: 11,
  historicalData: 17,
  position: 61,
  accountSummary: 63,
} as const;

export interface TransportEvents {
  /** The greeting was answered; the session's start has been asked for. */
  onServerVersion(version: number, connectionTime: string): void;
  /** A whole message arrived, readable or not: the link is alive. */
  onMessage(): void;
  onPriceTick(requestId: number, tick: number, price: number | undefined, size: number | undefined): void;
  onComputation(requestId: number, tick: number, computation: OptionComputation): void;
  /** A message of this number could not be read and was left out. */
  onUnreadable(message: number, reason: string): void;
  /** A number field held text; it counts as missing. */
  onBadNumber(message: number, text: string): void;
  /** Something that is not a request for data was kept from the wire. */
  onRefusedOutbound(reason: string): void;
  /** The connection is over; `reason` in words. Called exactly once after a successful `open`. */
  onClosed(reason: string): void;
}

export interface TransportOptions {
  readonly address: Address;
  readonly clientId: number;
  readonly now: () => number;
  readonly events: TransportEvents;
}

export class ApiTransport {
  /** Requests go through this; answers come as its events. */
  readonly api: IBApi;
  readonly #controller: LibraryController;
  readonly #options: TransportOptions;
  readonly #decodeText = new TextDecoder();
  readonly #frames = new FrameReader((frame) => this.#receive(frame));
  #stream: ByteStream | null = null;
  #closed = false;
  #greeted = false;
  #serverVersion: number | null = null;
  #message = -1;
  #faultsSince = 0;
  #faults = 0;

  /** @throws {LibraryChanged} when the installed library is not the one this was written for */
  constructor(options: TransportOptions) {
    this.#options = options;
    const { address, clientId } = options;
    // All four are given: leaving one out makes the library look for it in files and the environment.
    this.api = new IBApi({ host: address.host, port: address.port, clientId, maxReqPerSec: 50 });
    this.#controller = controllerOf(this.api);
    this.#takeHold();
  }

  get serverVersion(): number | null {
    return this.#serverVersion;
  }

  /** Bytes that the system has not taken yet. */
  get backlog(): number {
    return this.#stream?.backlog ?? 0;
  }

  /** Connects and sends the greeting. Rejects with the system's error. */
  async open(network: Network, signal: AbortSignal): Promise<void> {
    const { address } = this.#options;
    const stream = await network.connect(address, (opened) => {
      this.#stream = opened;
      return {
        onData: (bytes) => this.#read(bytes),
        onClose: (cause) => this.#end(cause === null ? "the other side closed the connection" : cause.message),
      };
    }, signal);
    if (this.#closed || signal.aborted) return stream.close();
    // Through the library, so that it brings its own state to "connecting".
    this.api.connect();
  }

  /** Ends the connection; `onClosed` follows with this reason. */
  close(reason: string): void {
    this.#end(reason);
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#frames.stop();
    this.api.removeAllListeners();
    this.#stream?.close();
    this.#options.events.onClosed(reason);
  }

  #read(bytes: Uint8Array): void {
    try {
      if (!this.#closed) this.#frames.push(bytes);
    } catch (error) {
      // A wrong length: where the next message starts is unknown.
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  #receive(frame: Uint8Array): void {
    const { events } = this.#options;
    if (this.#serverVersion === null) return this.#receiveVersion(frame);
    events.onMessage();
    this.#message = leadingNumber(frame);
    const obstacle = obstacleIn(frame, this.#message);
    if (obstacle !== null) return this.#fault(obstacle);
    this.#handOn(this.#decodeText.decode(frame));
  }

  #receiveVersion(frame: Uint8Array): void {
    const text = this.#decodeText.decode(frame.subarray(0, 256));
    const [first = "", time = ""] = text.split("\0");
    const version = /^\d+$/.test(first) ? Number(first) : NaN;
    if (!(version >= SERVER_VERSIONS.from && version <= SERVER_VERSIONS.to)) {
      const answer = JSON.stringify(first.slice(0, 40));
      return this.#end(
        `what listens there does not speak the TWS protocol in versions ${SERVER_VERSIONS.from} to ` +
          `${SERVER_VERSIONS.to}: it answered ${answer}`,
      );
    }
    this.#serverVersion = version;
    this.#guard(() => this.#controller.socket.onMessage(`${version}\0${time}\0`));
    this.#options.events.onServerVersion(version, time);
  }

  /**
   * The library decodes and emits its events within this call. Its queue is filled here: its own way there copies the
   * fields three times and emits every message twice more, for listeners that nobody attaches.
   */
  #handOn(text: string): void {
    const { decoder } = this.#controller;
    const fields: (string | undefined)[] = `\0${text}`.split("\0");
    // Before the first NUL and after the last stands nothing: the places of the marks that bound a message.
    fields[0] = undefined;
    fields[fields.length - 1] = undefined;
    decoder.dataQueue = fields;
    this.#guard(() => decoder.process());
  }

  #guard(decode: () => void): void {
    const { decoder } = this.#controller;
    try {
      decode();
    } catch (error) {
      decoder.dataQueue = [];
      decoder.emitQueue = [];
      this.#fault(error instanceof Error ? error.message : String(error));
    }
  }

  #fault(reason: string): void {
    const { events, now } = this.#options;
    events.onUnreadable(this.#message, reason);
    if (now() - this.#faultsSince > FAULT_WINDOW_MS) {
      this.#faultsSince = now();
      this.#faults = 0;
    }
    if (++this.#faults > MAX_FAULTS) this.#end(`${this.#faults} messages within seconds could not be read: ${reason}`);
  }

  #takeHold(): void {
    const { socket, decoder } = this.#controller;
    const client = { write: (bytes: Uint8Array) => this.#write(bytes), end: () => {}, destroy: () => {} };
    socket.connect = () => {
      socket.client = client;
      socket.onConnect();
    };
    socket.client = client;
    const controller = this.#controller;
    controller.rateLimiter = (tokens) => socket.send(tokens);
    controller.emitEvent = (name, ...details) => {
      this.api.emit(name, ...details);
      if (name === EventName.nextValidId) controller.resume();
    };
    readStrictly(decoder, (text) => this.#options.events.onBadNumber(this.#message, text));
    decoder.decodeMsg_TICK_PRICE = () => this.#decodePriceTick(decoder);
    decoder.decodeMsg_TICK_OPTION_COMPUTATION = () => this.#decodeComputation(decoder);
    // The library says by an error without a request id what it could not read.
    this.api.on(EventName.error, (error: Error, code: number) => {
      if (code === LIBRARY_COULD_NOT_READ) this.#fault(error.message.slice(0, 200));
    });
  }

  #write(bytes: Uint8Array): void {
    if (this.#closed || this.#stream === null) return;
    const refusal = judgeOutbound(bytes, !this.#greeted);
    if (refusal !== null) return this.#options.events.onRefusedOutbound(refusal);
    this.#greeted = true;
    this.#stream.write(bytes);
  }

  /** A price with the size behind it, which tells a price of −1 from "none". The library parts the two. */
  #decodePriceTick(decoder: LibraryDecoder): void {
    const version = decoder.readInt();
    const requestId = decoder.readInt();
    const tick = decoder.readInt();
    const price = decoder.readDouble();
    const size = version >= 2 ? decoder.readDecimal() : undefined;
    if (version >= 3) decoder.readStr();
    this.#options.events.onPriceTick(requestId, tick, price, size);
  }

  /** As it stands on the wire: the library takes every −2 for "none", also a theta of −2. */
  #decodeComputation(decoder: LibraryDecoder): void {
    const priceBased = decoder.serverVersion >= PRICE_BASED_VOLATILITY;
    const version = priceBased ? Number.MAX_SAFE_INTEGER : decoder.readInt();
    const requestId = decoder.readInt();
    const tick = decoder.readInt();
    if (priceBased) decoder.readInt();
    const impliedVolatility = decoder.readDouble();
    const delta = decoder.readDouble();
    const priced = version >= 6 || tick === 13 || tick === 83;
    const full = version >= 6;
    this.#options.events.onComputation(requestId, tick, {
      impliedVolatility,
      delta,
      optionPrice: priced ? decoder.readDouble() : undefined,
      pvDividend: priced ? decoder.readDouble() : undefined,
      gamma: full ? decoder.readDouble() : undefined,
      vega: full ? decoder.readDouble() : undefined,
      theta: full ? decoder.readDouble() : undefined,
      underlyingPrice: full ? decoder.readDouble() : undefined,
    });
  }
}

/** The library's own code for an unknown message number, left-over fields and an underrun. */
const LIBRARY_COULD_NOT_READ = 505;
/** Server version from which option computations carry an attribute instead of a version. */
const PRICE_BASED_VOLATILITY = 156;

class NotANumber extends Error {
  override readonly name = "NotANumber";
}

/**
 * Replaces the library's number readers, which take "12abc" for 12 and an empty field for 0. A price or amount that is no
 * number becomes missing; a whole number (ids, versions, counts) that is none makes the message unreadable, since what
 * it would be attached to is unknown.
 */
function readStrictly(decoder: LibraryDecoder, onBadNumber: (text: string) => void): void {
  const double = (): number | undefined => {
    const text = decoder.readStr();
    const value = readNumber(text);
    if (value === undefined) onBadNumber(text.slice(0, 40));
    return value ?? undefined;
  };
  const whole = (whenEmpty: number | undefined): number | undefined => {
    const text = decoder.readStr();
    if (text === "" || text === NONE) return whenEmpty;
    const value = Number(text);
    if (!Number.isFinite(value)) {
      onBadNumber(text.slice(0, 40));
      throw new NotANumber(`${JSON.stringify(text.slice(0, 40))} stands where a whole number belongs`);
    }
    return Math.trunc(value);
  };
  decoder.readDouble = double;
  decoder.readDoubleOrUndefined = double;
  decoder.readDecimal = double;
  decoder.readInt = () => whole(0) ?? 0;
  decoder.readIntOrUndefined = () => {
    const value = whole(undefined);
    return value === 2147483647 ? undefined : value;
  };
}

/** The message number at the front of a frame; −1 when there is none. */
function leadingNumber(frame: Uint8Array): number {
  let number = 0;
  for (let i = 0; i < frame.length && i < 10; i++) {
    const byte = frame[i]!;
    if (byte === 0) return i > 0 ? number : -1;
    if (byte < 0x30 || byte > 0x39) return -1;
    number = number * 10 + (byte - 0x30);
  }
  return -1;
}

/** Why a frame must not be handed to the library; null when it may. */
function obstacleIn(frame: Uint8Array, message: number): string | null {
  if (message < 0) return "it does not start with a message number";
  if (frame.length > MAX_HANDED_ON_BYTES) return `it is ${frame.length} bytes long`;
  if (message === InboundMessage.error && frame.length > MAX_NOTICE_BYTES) return `it is ${frame.length} bytes long`;
  // A short frame cannot hold too many fields: no tick is counted through.
  if (frame.length <= MAX_FIELDS) return null;
  let fields = 0;
  for (let at = frame.indexOf(0); at >= 0; at = frame.indexOf(0, at + 1)) fields++;
  const most = message === InboundMessage.historicalData ? MAX_HISTORY_FIELDS : MAX_FIELDS;
  return fields > most ? `it has ${fields} fields` : null;
}
