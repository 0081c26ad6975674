/** Bytes into lines, with a bound on the length of one. */

const NEWLINE = 0x0a;

/** A line is longer than allowed: what follows cannot be read. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";
}

export class LineDecoder {
  readonly #most: number;
  readonly #decoder = new TextDecoder();
  #parts: Uint8Array[] = [];
  #length = 0;

  /** @param most bytes of a line, without its end */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * The lines that are complete with these bytes, without their ends. The bytes may be used again afterwards.
   *
   * @throws {LineTooLong} once the bound is passed, whether or not the line's end is there; lines before it are given first
   */
  *push(bytes: Uint8Array): Iterable<string> {
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      this.#keep(bytes.subarray(from, at));
      from = at + 1;
      yield this.#take();
    }
    this.#keep(bytes.subarray(from));
  }

  #keep(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > this.#most) {
      this.#parts = [];
      throw new LineTooLong(`A line of more than ${this.#most} bytes`);
    }
    if (bytes.length > 0) this.#parts.push(bytes.slice());
  }

  #take(): string {
    const whole = new Uint8Array(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      whole.set(part, offset);
      offset += part.length;
    }
    this.#parts = [];
    this.#length = 0;
    return this.#decoder.decode(whole);
  }
}
