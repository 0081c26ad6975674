/** Framing of the TWS protocol: a 32-bit big-endian length, then fields that each end in a zero byte. */

/** What IB sends for a number that it does not have. */
export const UNSET = "1.7976931348623157E308";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export type Field = string | number;

/** One message, ready for the wire. Numbers are written as integers; use `double()` for the rest. */
export function frame(fields: readonly Field[]): Uint8Array {
  const body = encoder.encode(fields.join("\0") + "\0");
  const bytes = new Uint8Array(body.length + 4);
  new DataView(bytes.buffer).setUint32(0, body.length);
  bytes.set(body, 4);
  return bytes;
}

/**
 * A double as the gateway, a Java program, writes it: `12.0`, `1.0E7`, `1.0E-4`. NaN and infinity stand for "none" and
 * become IB's sentinel.
 */
export function double(value: number): string {
  if (!Number.isFinite(value)) return UNSET;
  if (value === 0) return "0.0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : `${value}`;
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  return `${mantissa.includes(".") ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

/** A size or position: a decimal without an exponent or trailing zeros. */
export function decimal(value: number): string {
  if (Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(8).replace(/0+$/, "");
}

/** Text for fields that TWS sends in seven bits: anything else as `\uXXXX`. */
export function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Chunks joined, so that a batch of messages is one write. */
export function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const joined = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

/** Longest message a client may send. TWS's own clients stay far below. */
const LONGEST_REQUEST = 1 << 20;

/** Cuts what a client sends into messages, the greeting apart. */
export class RequestReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #greeted = false;

  push(bytes: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? bytes.slice() : concatenate([this.#bytes, bytes]);
  }

  /**
   * The next message, or null when more bytes are needed. The first one is the client's greeting, `v100..178`, which
   * follows the four bytes `API\0`.
   *
   * @throws {RangeError} when the stream cannot be the protocol: no greeting, or a length nobody sends
   */
  next(): string | null {
    const prefix = this.#greeted ? 0 : 4;
    if (!this.#greeted && this.#bytes.length >= 4 && decoder.decode(this.#bytes.subarray(0, 4)) !== "API\0") {
      throw new RangeError("Cannot talk to a client that does not greet with API and a version range");
    }
    if (this.#bytes.length < prefix + 4) return null;
    const length = new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getUint32(prefix);
    if (length > LONGEST_REQUEST) {
      throw new RangeError(`Cannot read a request of ${length} bytes: the longest allowed is ${LONGEST_REQUEST}`);
    }
    if (this.#bytes.length < prefix + 4 + length) return null;
    const message = decoder.decode(this.#bytes.subarray(prefix + 4, prefix + 4 + length));
    this.#bytes = this.#bytes.subarray(prefix + 4 + length);
    this.#greeted = true;
    return message;
  }
}
