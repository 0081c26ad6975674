/**
 * Cuts the byte stream of a TWS connection into frames: four bytes of length, big-endian, then that many bytes of
 * NUL-ended fields.
 *
 * Lengths are checked here, before the client library sees a byte: it loops for ever on 0xFFFFFFFC and waits for ever on
 * 0x7FFFFFFF. Nothing can be trusted after a wrong length, so the connection must be dropped.
 */

/** The protocol's own bound (0xFFFFFF in IBKR's clients). */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;
const LENGTH_BYTES = 4;

export class FrameFault extends Error {
  override readonly name = "FrameFault";
}

export class FrameReader {
  #buffer = new Uint8Array(4096);
  #start = 0;
  #end = 0;
  #stopped = false;

  constructor(readonly onFrame: (frame: Uint8Array) => void) {}

  /**
   * Takes bytes as they came and hands out every complete frame, the final NUL included. The frame is only valid during
   * the call.
   *
   * @throws {FrameFault} for a length that is not in 1…16 MiB, or a frame that does not end in NUL
   */
  push(bytes: Uint8Array): void {
    this.#append(bytes);
    while (!this.#stopped && this.#end - this.#start >= LENGTH_BYTES) {
      const length = this.#length();
      if (length <= 0 || length > MAX_FRAME_BYTES) {
        throw new FrameFault(`Cannot read the stream from IBKR: a message says it is ${length} bytes long`);
      }
      if (this.#end - this.#start < LENGTH_BYTES + length) return;
      const from = this.#start + LENGTH_BYTES;
      const frame = this.#buffer.subarray(from, from + length);
      if (frame[length - 1] !== 0) {
        throw new FrameFault(`Cannot read the stream from IBKR: a message of ${length} bytes does not end in NUL`);
      }
      this.#start = from + length;
      this.onFrame(frame);
    }
  }

  /** Nothing more is handed out: whoever read the last frame has given the connection up. */
  stop(): void {
    this.#stopped = true;
  }

  /** Signed, as the protocol has it. A view for each frame would cost more than the rest of the framing. */
  #length(): number {
    const at = this.#start;
    const buffer = this.#buffer;
    return buffer[at]! << 24 | buffer[at + 1]! << 16 | buffer[at + 2]! << 8 | buffer[at + 3]!;
  }

  /** Moves what is left to the front when there is no room behind it; grows only for a frame larger than the buffer. */
  #append(bytes: Uint8Array): void {
    const held = this.#end - this.#start;
    const needed = held + bytes.length;
    if (this.#end + bytes.length > this.#buffer.length) {
      const room = needed > this.#buffer.length
        ? new Uint8Array(Math.max(needed, 2 * this.#buffer.length))
        : this.#buffer;
      room.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = room;
      this.#start = 0;
      this.#end = held;
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }
}
