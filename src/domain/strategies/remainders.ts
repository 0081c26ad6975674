/**
 * The lots that are still free at some point of the exact search, each such remainder once, with its best choice.
 *
 * A hard group of eight legs passes through tens of thousands of them, so they are rows of typed arrays found by hash,
 * and none is an object.
 */
export class Remainders {
  /** Fewest uncovered shorts of any choice. */
  uncovered: Int32Array;
  /** One more than the strategies and leftovers of the best choice; `UNSOLVED` until it is known. */
  rows: Uint8Array;
  /** How early in the list of kinds they are; larger is earlier. */
  earliness: Float64Array;
  width: Float64Array;
  days: Float64Array;
  /** The best choice's first step: the candidate, or `NO_STEP`; its units; what remains after it. */
  step: Int32Array;
  units: Int32Array;
  next: Int32Array;
  #legs = 0;
  #lots: Int32Array;
  /** Row + 1 by hash; 0 is free. Never more than half full. */
  #slots: Int32Array;
  #count = 0;

  constructor() {
    this.#lots = new Int32Array(0);
    this.#slots = new Int32Array(2 * FIRST_ROWS);
    this.uncovered = new Int32Array(FIRST_ROWS);
    this.rows = new Uint8Array(FIRST_ROWS);
    this.earliness = new Float64Array(FIRST_ROWS);
    this.width = new Float64Array(FIRST_ROWS);
    this.days = new Float64Array(FIRST_ROWS);
    this.step = new Int32Array(FIRST_ROWS);
    this.units = new Int32Array(FIRST_ROWS);
    this.next = new Int32Array(FIRST_ROWS);
  }

  /** Forgets everything, for a group of so many legs: groups are solved one after the other in the same arrays. */
  restart(legs: number): void {
    this.#legs = legs;
    this.#count = 0;
    const lots = this.uncovered.length * legs;
    if (this.#lots.length < lots) this.#lots = new Int32Array(lots);
    // After a hard group clearing its table would cost an easy one more than solving it.
    if (this.#slots.length > KEPT_SLOTS) this.#slots = new Int32Array(2 * FIRST_ROWS);
    else this.#slots.fill(0);
  }

  get count(): number {
    return this.#count;
  }

  /** The row of these free lots; a new one, equal to the `count` before, when they were not met yet. */
  find(free: Int32Array): number {
    if (2 * this.#count === this.#slots.length) this.#grow();
    const mask = this.#slots.length - 1;
    let slot = hash(free, 0, this.#legs) & mask;
    for (let row = this.#slots[slot]!; row !== 0; row = this.#slots[slot]!) {
      if (this.#holds(row - 1, free)) return row - 1;
      slot = (slot + 1) & mask;
    }
    this.#lots.set(free, this.#count * this.#legs);
    this.#slots[slot] = this.#count + 1;
    this.rows[this.#count] = UNSOLVED;
    return this.#count++;
  }

  #holds(row: number, free: Int32Array): boolean {
    const start = row * this.#legs;
    for (let leg = 0; leg < this.#legs; leg++) if (this.#lots[start + leg] !== free[leg]) return false;
    return true;
  }

  #grow(): void {
    const rows = GROWTH * this.#count;
    this.#enlarge(rows);
    this.#slots = new Int32Array(2 * rows);
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.#count; row++) {
      let slot = hash(this.#lots, row * this.#legs, this.#legs) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = row + 1;
    }
  }

  #enlarge(rows: number): void {
    if (rows <= this.uncovered.length) return;
    this.#lots = enlarged(this.#lots, new Int32Array(Math.max(rows * this.#legs, this.#lots.length)));
    this.uncovered = enlarged(this.uncovered, new Int32Array(rows));
    this.rows = enlarged(this.rows, new Uint8Array(rows));
    this.earliness = enlarged(this.earliness, new Float64Array(rows));
    this.width = enlarged(this.width, new Float64Array(rows));
    this.days = enlarged(this.days, new Float64Array(rows));
    this.step = enlarged(this.step, new Int32Array(rows));
    this.units = enlarged(this.units, new Int32Array(rows));
    this.next = enlarged(this.next, new Int32Array(rows));
  }
}

export const UNSOLVED = 0;
export const NO_STEP = -1;

const FIRST_ROWS = 64;
/** Growing copies everything, so each time by much. */
const GROWTH = 4;
const KEPT_SLOTS = 4096;

/** Multiplies and folds at each leg, since the table looks at the low bits only and lots differ in few. */
function hash(lots: Int32Array, start: number, legs: number): number {
  let value = legs;
  for (let leg = start; leg < start + legs; leg++) {
    value = Math.imul(value ^ lots[leg]!, 0x9e3779b1);
    value ^= value >>> 15;
  }
  return value;
}

function enlarged<Numbers extends { set(from: Numbers): void }>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
