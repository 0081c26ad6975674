/**
 * The 44 bytes before each message of OpenD, little endian: `FT`, message number (u32), format (0: Protocol Buffers),
 * version (0), serial number (u32), length of the body (u32), SHA-1 of the body, 8 bytes reserved.
 */
import { createHash } from "node:crypto";

export interface Frame {
  /** Which message it is: 1001 InitConnect, … */
  readonly protoId: number;
  /** A reply repeats the request's; a push has its own. */
  readonly serial: number;
  readonly body: Uint8Array;
}

const HEADER_BYTES = 44;
const HASH_AT = 16;
const HASH_BYTES = 20;
const PROTOBUF = 0;

/** Larger ones are not read: a list of 10,000 positions is about 3 MB. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** The stream is not what OpenD sends, or was damaged on its way: nothing after it can be trusted. */
export class FrameFault extends Error {
  override readonly name = "FrameFault";
}

export function encodeFrame({ protoId, serial, body }: Frame): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x46, 0x54]);
  view.setUint32(2, protoId, true);
  view.setUint8(6, PROTOBUF);
  view.setUint32(8, serial, true);
  view.setUint32(12, body.length, true);
  bytes.set(sha1(body), HASH_AT);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** A waiting buffer is not kept beyond this size once its frames are out. */
const KEPT_BYTES = 64 * 1024;

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  readonly #maxBody: number;
  /** What waits is `#bytes[#from … #to]`. It grows to twice its size at a time, so that small pieces cost no more than large ones. */
  #bytes = new Uint8Array(KEPT_BYTES);
  #from = 0;
  #to = 0;
  #fault: FrameFault | null = null;

  constructor(maxBody = MAX_BODY_BYTES) {
    this.#maxBody = maxBody;
  }

  /** Bytes of a frame that is not complete. */
  get pending(): number {
    return this.#to - this.#from;
  }

  /**
   * The frames that are complete with these bytes. Their bodies are their own. Whoever stops half-way finds the others at the
   * next call.
   *
   * @throws {FrameFault} when the bytes are no frame, one too long, or one whose SHA-1 is wrong; the reader is then done, and
   * every later call throws the same
   */
  *read(bytes: Uint8Array): Generator<Frame> {
    if (this.#fault !== null) throw this.#fault;
    this.#append(bytes);
    try {
      for (let frame = this.#next(); frame !== null; frame = this.#next()) yield frame;
    } catch (error) {
      if (error instanceof FrameFault) this.#end(error);
      throw error;
    }
  }

  #append(bytes: Uint8Array): void {
    if (this.#to + bytes.length > this.#bytes.length) {
      const waiting = this.#bytes.subarray(this.#from, this.#to);
      const needed = waiting.length + bytes.length;
      const roomy = needed <= this.#bytes.length / 2 ? this.#bytes : new Uint8Array(Math.max(KEPT_BYTES, 2 * needed));
      roomy.set(waiting);
      this.#bytes = roomy;
      this.#from = 0;
      this.#to = waiting.length;
    }
    this.#bytes.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  #next(): Frame | null {
    const length = this.#bodyLength();
    if (length === null || this.pending < HEADER_BYTES + length) return null;
    const frame = this.#bytes.slice(this.#from, this.#from + HEADER_BYTES + length);
    this.#from += frame.length;
    if (this.#from === this.#to) this.#clear();
    return checked(frame);
  }

  /** Null while the header is not complete; what of it is there is checked. */
  #bodyLength(): number | null {
    if (this.pending === 0) return null;
    const bytes = this.#bytes.subarray(this.#from, this.#to);
    if (bytes[0] !== 0x46 || (bytes.length > 1 && bytes[1] !== 0x54)) {
      throw new FrameFault("what came is no frame of OpenD: it does not begin with FT");
    }
    if (bytes.length < HEADER_BYTES) return null;
    const view = viewOf(bytes);
    const format = view.getUint8(6);
    if (format !== PROTOBUF) throw new FrameFault(`a frame came in format ${format}; only 0 (protobuf) is read`);
    const length = view.getUint32(12, true);
    if (length > this.#maxBody) {
      throw new FrameFault(`a frame announces ${length} bytes; more than ${this.#maxBody} are not read`);
    }
    return length;
  }

  #clear(): void {
    this.#from = 0;
    this.#to = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(KEPT_BYTES);
  }

  #end(fault: FrameFault): void {
    this.#fault = fault;
    this.#bytes = new Uint8Array(0);
    this.#from = 0;
    this.#to = 0;
  }
}

function checked(frame: Uint8Array): Frame {
  const view = viewOf(frame);
  const protoId = view.getUint32(2, true);
  const body = frame.subarray(HEADER_BYTES);
  const hash = sha1(body);
  for (let at = 0; at < HASH_BYTES; at++) {
    if (frame[HASH_AT + at] !== hash[at]) {
      throw new FrameFault(
        `the SHA-1 of a frame (message ${protoId}) is wrong: it was damaged, or encrypted by an OpenD with an RSA key`,
      );
    }
  }
  return { protoId, serial: view.getUint32(8, true), body };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function sha1(bytes: Uint8Array): Uint8Array {
  return createHash("sha1").update(bytes).digest();
}
