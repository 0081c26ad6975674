/**
 * What the simulated gateway puts on the wire, counted from the bytes themselves, and probes between them.
 *
 * The tally does not ask the simulator what it meant to send: it reads the frames that leave, as an eavesdropper would.
 */
import type { ByteStream, Network, StreamEvents } from "../../src/application/ports/network.ts";
import { tickPrice } from "../../src/infrastructure/simulator/messages.ts";
import { double } from "../../src/infrastructure/simulator/frame.ts";
import { PROBE_TICK } from "./load_book.ts";

const TICK_PRICE = 1;
const TICK_SIZE = 2;
const COMPUTATION = 21;
const TICK_GENERIC = 45;
const TICK_STRING = 46;
const REQUEST_PARAMETERS = 81;
const LAST = 4;

const LENGTH_BYTES = 4;
const SIXTH_FIELD = 6;

export interface WireCount {
  /** Market-data messages. */
  readonly ticks: number;
  /** Quote fields that these must fill: a price with its size two, a model computation seven. */
  readonly values: number;
  readonly bytes: number;
}

export class WireTally {
  ticks = 0;
  values = 0;
  bytes = 0;
  /** When each probe was written, in milliseconds since 1970; the probe's number is its price. */
  readonly probesSentAt: number[] = [];
  #probe: { readonly stream: ByteStream; readonly requestId: number } | null = null;

  /** The network with every accepted stream counted. */
  around(network: Network): Network {
    return {
      connect: (address, events, signal) => network.connect(address, events, signal),
      listen: (address, accept) => network.listen(address, (stream) => this.#counted(stream, accept)),
    };
  }

  count(): WireCount {
    return { ticks: this.ticks, values: this.values, bytes: this.bytes };
  }

  /** Sends the next probe behind whatever waits already; nothing before the probe's line was asked for. */
  sendProbe(): void {
    if (this.#probe === null) return;
    const { stream, requestId } = this.#probe;
    this.probesSentAt.push(performance.timeOrigin + performance.now());
    stream.write(tickPrice(requestId, LAST, this.probesSentAt.length, 1));
  }

  #counted(stream: ByteStream, accept: (stream: ByteStream) => StreamEvents): StreamEvents {
    const counted: ByteStream = {
      get backlog() {
        return stream.backlog;
      },
      write: (bytes) => {
        this.#read(counted, bytes);
        stream.write(bytes);
      },
      close: () => stream.close(),
    };
    return accept(counted);
  }

  /** The gateway writes whole messages. */
  #read(stream: ByteStream, bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const length = view.getUint32(at);
      this.#message(stream, bytes.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length));
      at += LENGTH_BYTES + length;
    }
  }

  #message(stream: ByteStream, frame: Uint8Array): void {
    const fields = firstFields(frame);
    const message = fields[0]!;
    switch (message) {
      case TICK_PRICE:
      case TICK_SIZE:
        this.ticks++;
        this.values += message === TICK_PRICE ? valuesOfPrice(fields[3]!) : valuesOfSize(fields[3]!);
        return;
      case COMPUTATION:
        this.ticks++;
        this.values += fields[2] === 13 ? 7 : 0;
        return;
      case TICK_GENERIC:
      case TICK_STRING:
        this.ticks++;
        return;
      case REQUEST_PARAMETERS:
        if (new TextDecoder().decode(frame).split("\0")[2] === double(PROBE_TICK)) {
          this.#probe = { stream, requestId: fields[1]! };
        }
    }
  }
}

/** Bid and ask come with their sizes; last, close and the mark without. */
function valuesOfPrice(tick: number): number {
  if (tick === 1 || tick === 2) return 2;
  return tick === LAST || tick === 9 || tick === 37 ? 1 : 0;
}

function valuesOfSize(tick: number): number {
  return tick === 0 || tick === 3 ? 1 : 0;
}

/** The first fields as whole numbers; what is none comes out as NaN. */
function firstFields(frame: Uint8Array): number[] {
  const fields: number[] = [];
  let value = 0;
  for (let at = 0; at < frame.length && fields.length < SIXTH_FIELD; at++) {
    const byte = frame[at]!;
    if (byte === 0) {
      fields.push(value);
      value = 0;
    } else {
      value = byte >= 0x30 && byte <= 0x39 ? value * 10 + byte - 0x30 : NaN;
    }
  }
  return fields;
}
