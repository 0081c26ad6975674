/** The lowest price of the last minutes, in a bounded number of slots. */
import type { EpochMs } from "../time.ts";

/** A price leaves the window up to one slot late. */
const SLOTS = 120;

interface Slot {
  readonly number: number;
  readonly low: number;
}

export class PriceWindow {
  readonly #slotMs: number;
  /** Oldest first, at most `SLOTS + 1`. */
  #slots: Slot[] = [];

  /** @param windowMs above 0 */
  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS;
  }

  /** Takes a price as of now; a missing one only lets time pass. */
  add(price: number | null, at: EpochMs): void {
    const number = Math.floor(at / this.#slotMs);
    this.#slots = this.#slots.filter((slot) => slot.number >= number - SLOTS && slot.number <= number);
    if (price === null || !Number.isFinite(price)) return;
    const newest = this.#slots.at(-1);
    if (newest?.number === number) this.#slots.pop();
    const low = newest?.number === number ? Math.min(newest.low, price) : price;
    this.#slots.push({ number, low });
  }

  /** Null before the first price. */
  low(): number | null {
    return this.#slots.reduce<number | null>((low, slot) => low === null ? slot.low : Math.min(low, slot.low), null);
  }
}
