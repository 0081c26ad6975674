/** Every contract seen, numbered in order of sight. Indices stay valid for the life of the program. */
import type { InstrumentIndex } from "./event.ts";
import { type Instrument, instrumentKey } from "./instrument.ts";

export class InstrumentRegistry {
  readonly #instruments: Instrument[] = [];
  readonly #byKey = new Map<string, InstrumentIndex>();
  /** Grows with every contract added and every field changed, so that derived columns know when to be made anew. */
  revision = 0;

  get size(): number {
    return this.#instruments.length;
  }

  /** The index of the contract, made on first sight. A better known version of the same key replaces the fields. */
  add(instrument: Instrument): InstrumentIndex {
    const key = instrumentKey(instrument);
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      const before = this.#instruments[known]!;
      if (before.conId === null && instrument.conId !== null) this.replace(known, instrument);
      return known;
    }
    const index = this.#instruments.length;
    this.#instruments.push(instrument);
    this.#byKey.set(key, index);
    this.revision++;
    return index;
  }

  /** New fields for a known index. Its former key goes on leading to it. */
  replace(index: InstrumentIndex, fields: Instrument): void {
    if (this.#instruments[index] === undefined) {
      throw new RangeError(`Cannot replace instrument ${index}: only ${this.size} are registered`);
    }
    this.#instruments[index] = fields;
    const key = instrumentKey(fields);
    if (!this.#byKey.has(key)) this.#byKey.set(key, index);
    this.revision++;
  }

  /** @throws {RangeError} for an index that was never handed out */
  at(index: InstrumentIndex): Instrument {
    const instrument = this.#instruments[index];
    if (instrument === undefined) {
      throw new RangeError(`Cannot look up instrument ${index}: only ${this.size} are registered`);
    }
    return instrument;
  }

  find(key: string): InstrumentIndex | null {
    return this.#byKey.get(key) ?? null;
  }

  all(): readonly Instrument[] {
    return this.#instruments;
  }
}
