/**
 * Sums that keep score of what they left out.
 *
 * A total that had something to include and could include nothing, or nothing but zeros, is unknown, not 0: the gamma of a
 * stock says nothing of that of its options. An expired option is nothing to include. The sum is compensated (Neumaier),
 * so that the order of the positions does not show in its digits.
 */
import { BIT, type FlagSet } from "../quality/flag_set.ts";
import type { Excluded, Flag } from "./snapshot.ts";

export class Total {
  readonly #known: boolean;
  readonly #unreadSources: number;
  #sum = 0;
  #compensation = 0;
  /** Values other than 0. */
  #included = 0;
  #excluded = 0;
  /** Of the excluded, those that are not known to be over. */
  #unknown = 0;
  #reasons: Map<FlagSet, number> | null = null;

  /**
   * @param known false: what is to be added may be missing altogether, so that the total is unknown whatever is added
   * @param unreadSources sources whose part is not known and left out: each counts as one value
   */
  constructor(known = true, unreadSources = 0) {
    this.#known = known;
    this.#unreadSources = unreadSources;
  }

  /** Adds a value, or leaves it out when it is no finite number; `reason` is the one flag that says why. */
  add(value: number, reason: FlagSet = 0): void {
    // Infinity less itself is not 0 either.
    if (value - value !== 0) {
      this.#excluded++;
      if (reason !== BIT.EXPIRED) this.#unknown++;
      this.#reasons ??= new Map();
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
      return;
    }
    if (value === 0) return;
    this.#included++;
    const sum = this.#sum + value;
    this.#compensation += Math.abs(this.#sum) >= Math.abs(value)
      ? (this.#sum - sum) + value
      : (value - sum) + this.#sum;
    this.#sum = sum;
  }

  /** Null when nothing but zeros could be included although there was something; an empty book has a true 0. */
  get value(): number | null {
    if (!this.#known || (this.#included === 0 && this.#unknown + this.#unreadSources > 0)) return null;
    return this.#sum + this.#compensation;
  }

  /** How many values were left out, and sources. */
  get excluded(): number {
    return this.#excluded + this.#unreadSources;
  }

  /** One row a reason, for the snapshot's list. */
  exclusions(total: string): Excluded[] {
    const unread = this.#unreadSources;
    const rows: Excluded[] = unread === 0 ? [] : [{ total, reason: "SOURCE_UNREAD", count: unread }];
    for (const [reason, count] of this.#reasons ?? []) {
      rows.push({ total, reason: FLAG_OF.get(reason) ?? "DATA_MISSING", count });
    }
    return rows;
  }
}

/**
 * Totals side by side that are added to as one: what a position brings is written into `values` and `reasons`, and added by
 * `addAll`. Numbers handed over one by one would each be put on the heap, a thousand bytes a position.
 */
export class TotalRow {
  /** To be added next. */
  readonly values: number[];
  /** Why each of them may be missing; 0 where nothing is written. */
  readonly reasons: FlagSet[];
  readonly #totals: Total[] = [];

  /** @param known and `unreadSources`: see `Total` */
  constructor(width: number, known = true, unreadSources = 0) {
    // NaN makes it an array of plain numbers from the start. Typed arrays of this size are slow to make each turn.
    this.values = new Array<number>(width).fill(NaN);
    this.reasons = new Array<FlagSet>(width).fill(0);
    for (let i = 0; i < width; i++) this.#totals.push(new Total(known, unreadSources));
  }

  /** @param width how many totals from the first on */
  addAll(width = this.values.length): void {
    const { values, reasons } = this;
    for (let i = 0; i < width; i++) this.#totals[i]!.add(values[i]!, reasons[i]!);
  }

  at(place: number): Total {
    return this.#totals[place]!;
  }
}

/** Place of one total in a `TotalTable`: `row × width + column`. */
export type Cell = number;

/**
 * Many totals side by side, each like `Total` but for the list of reasons. In columns, because thousands of small objects
 * are slow to walk through.
 */
export class TotalTable {
  /** To be added next, by `addAll`. */
  readonly values: Float64Array;
  /** Why each of them may be missing; 0 where nothing is written. */
  readonly reasons: Int32Array;
  readonly #width: number;
  #rows = 0;
  /** Sum and compensation of each cell. */
  #sums = new Float64Array(0);
  /** Of each cell: values other than 0 included, values left out, and of those the ones not known to be over. */
  #counts = new Int32Array(0);

  constructor(width: number) {
    this.#width = width;
    this.values = new Float64Array(width);
    this.reasons = new Int32Array(width);
  }

  /** The first cell of a new row. */
  addRow(): Cell {
    const first = this.#rows++ * this.#width;
    const cells = first + this.#width;
    if (cells * 3 > this.#counts.length) {
      const sums = new Float64Array(cells * 4);
      sums.set(this.#sums);
      this.#sums = sums;
      const counts = new Int32Array(cells * 6);
      counts.set(this.#counts);
      this.#counts = counts;
    }
    return first;
  }

  /** Nothing added yet, in any row. */
  clear(): void {
    this.#sums.fill(0);
    this.#counts.fill(0);
  }

  /** Adds what stands in `values` to the row that begins at `first`. */
  addAll(first: Cell): void {
    const { values, reasons } = this;
    for (let i = 0; i < values.length; i++) this.#add(first + i, values[i]!, reasons[i]!);
  }

  #add(cell: Cell, value: number, reason: FlagSet): void {
    if (value - value !== 0) {
      this.#counts[cell * 3 + 1]!++;
      if (reason !== BIT.EXPIRED) this.#counts[cell * 3 + 2]!++;
      return;
    }
    if (value === 0) return;
    this.#counts[cell * 3]!++;
    const before = this.#sums[cell * 2]!;
    const sum = before + value;
    this.#sums[cell * 2 + 1]! += Math.abs(before) >= Math.abs(value) ? (before - sum) + value : (value - sum) + before;
    this.#sums[cell * 2] = sum;
  }

  /** Null when nothing but zeros could be included although there was something. */
  value(cell: Cell): number | null {
    if (this.#counts[cell * 3] === 0 && this.#counts[cell * 3 + 2]! > 0) return null;
    return this.#sums[cell * 2]! + this.#sums[cell * 2 + 1]!;
  }

  excluded(cell: Cell): number {
    return this.#counts[cell * 3 + 1]!;
  }
}

const FLAG_OF: ReadonlyMap<FlagSet, Flag> = new Map(
  (Object.entries(BIT) as [Flag, FlagSet][]).map(([flag, bit]) => [bit, flag]),
);
