/**
 * Our P&L beside the broker's, leaf by leaf: accuracy = 1 − Σ|ours − theirs| / max(Σ|theirs|, 1 bp of gross market value).
 *
 * The two are paired when they are of the same moment: ours at the turn within `pairWithinMs` of the broker's figure.
 * Daily figures that are the broker's own are not compared with themselves. Kept in columns, NaN for unknown.
 */
import type { LeafIndex } from "../position_book.ts";
import type { EpochMs } from "../time.ts";
import { known } from "./position_view.ts";
import type { PnlCheckView, PnlDisagreement } from "./snapshot.ts";

/** Both sides of one leaf at one turn, in the base currency; NaN is unknown. Mutable, so that one serves all leaves. */
export interface LeafComparison {
  leaf: LeafIndex;
  quantity: number;
  brokerAt: EpochMs;
  brokerQuantity: number | null;
  ourUnrealized: number;
  brokerUnrealized: number;
  /** NaN when the daily figure is not our own. */
  ourDaily: number;
  brokerDaily: number;
  mark: number;
  /** The price that the broker's figure implies. */
  brokerMark: number;
}

/** What a leaf is called in the list of disagreements. */
export interface LeafName {
  readonly position: string;
  readonly account: string;
}

enum Column {
  /** When the broker's figure of the pair arrived; NaN without a pair. */
  pairedAt,
  ourUnrealized,
  brokerUnrealized,
  ourDaily,
  brokerDaily,
  mark,
  brokerMark,
  /** Ours at the turn before. */
  earlierAt,
  earlierQuantity,
  earlierUnrealized,
  earlierDaily,
}
const WIDTH = 11;

const WORST_LISTED = 5;
/** Half a cent: what rounding alone makes. */
const WORTH_LISTING = 0.005;
const ONE_BASIS_POINT = 1e-4;

export class PnlCheck {
  #columns = new Float64Array(0);
  #leaves = 0;

  constructor(readonly pairWithinMs: number) {}

  /**
   * Pairs a leaf when the broker's figure is new and of this moment. Called once a leaf and turn: the broker's figure
   * arrived between the turn before and this one, so the nearer of our two values is of its moment.
   */
  compare(comparison: LeafComparison, now: EpochMs): void {
    const row = this.#row(comparison.leaf);
    this.#pair(row, comparison, now);
    const columns = this.#columns;
    columns[row + Column.earlierAt] = now;
    columns[row + Column.earlierQuantity] = comparison.quantity;
    columns[row + Column.earlierUnrealized] = comparison.ourUnrealized;
    columns[row + Column.earlierDaily] = comparison.ourDaily;
  }

  #pair(row: number, comparison: LeafComparison, now: EpochMs): void {
    const { brokerAt, quantity, brokerQuantity, brokerUnrealized, brokerDaily } = comparison;
    const columns = this.#columns;
    if (columns[row + Column.pairedAt]! >= brokerAt) return;
    if (now - brokerAt > this.pairWithinMs || brokerAt > now + this.pairWithinMs) return;
    // A figure for another quantity is of before or after a fill.
    if (brokerQuantity !== null && Math.abs(brokerQuantity - quantity) > 1e-9) return;
    const usable = now - columns[row + Column.earlierAt]! <= this.pairWithinMs &&
      columns[row + Column.earlierQuantity] === quantity;
    const earlierUnrealized = usable ? columns[row + Column.earlierUnrealized]! : NaN;
    const earlierDaily = usable ? columns[row + Column.earlierDaily]! : NaN;
    columns[row + Column.pairedAt] = brokerAt;
    columns[row + Column.ourUnrealized] = nearer(comparison.ourUnrealized, earlierUnrealized, brokerUnrealized);
    columns[row + Column.brokerUnrealized] = brokerUnrealized;
    columns[row + Column.ourDaily] = nearer(comparison.ourDaily, earlierDaily, brokerDaily);
    columns[row + Column.brokerDaily] = brokerDaily;
    columns[row + Column.mark] = comparison.mark;
    columns[row + Column.brokerMark] = comparison.brokerMark;
  }

  /** Forgets the leaves that are gone. */
  retain(isAlive: (leaf: LeafIndex) => boolean): void {
    for (let leaf = 0; leaf < this.#leaves; leaf++) {
      if (!isAlive(leaf)) this.#columns.fill(NaN, leaf * WIDTH, (leaf + 1) * WIDTH);
    }
  }

  view(grossMarketValue: number | null, nameOf: (leaf: LeafIndex) => LeafName): PnlCheckView {
    const floor = (grossMarketValue ?? 0) * ONE_BASIS_POINT;
    return {
      unrealizedAccuracy: this.#accuracy(Column.ourUnrealized, Column.brokerUnrealized, floor),
      dailyAccuracy: this.#accuracy(Column.ourDaily, Column.brokerDaily, floor),
      leavesCompared: this.#leavesCompared(),
      worst: this.#worst(nameOf),
    };
  }

  #accuracy(ours: Column, brokers: Column, floor: number): number | null {
    let difference = 0;
    let total = 0;
    let compared = 0;
    for (let row = 0; row < this.#leaves * WIDTH; row += WIDTH) {
      const gap = this.#gap(row, ours, brokers);
      if (gap !== gap) continue;
      compared++;
      difference += gap;
      total += Math.abs(this.#columns[row + brokers]!);
    }
    if (compared === 0) return null;
    const scale = Math.max(total, floor);
    if (scale === 0) return difference === 0 ? 1 : 0;
    return 1 - difference / scale;
  }

  #leavesCompared(): number {
    let count = 0;
    for (let row = 0; row < this.#leaves * WIDTH; row += WIDTH) {
      const unrealized = this.#gap(row, Column.ourUnrealized, Column.brokerUnrealized);
      const daily = this.#gap(row, Column.ourDaily, Column.brokerDaily);
      if (unrealized === unrealized || daily === daily) count++;
    }
    return count;
  }

  /** The largest gaps first, of either figure. */
  #worst(nameOf: (leaf: LeafIndex) => LeafName): PnlDisagreement[] {
    const found: { readonly row: number; readonly daily: boolean; readonly gap: number }[] = [];
    for (let row = 0; row < this.#leaves * WIDTH; row += WIDTH) {
      for (let figure = 0; figure < 2; figure++) {
        const daily = figure === 1;
        const gap = daily
          ? this.#gap(row, Column.ourDaily, Column.brokerDaily)
          : this.#gap(row, Column.ourUnrealized, Column.brokerUnrealized);
        const smallest = found.length < WORST_LISTED ? WORTH_LISTING : found[WORST_LISTED - 1]!.gap;
        if (!(gap >= WORTH_LISTING) || (found.length === WORST_LISTED && gap <= smallest)) continue;
        const place = found.findIndex((other) => other.gap < gap);
        found.splice(place < 0 ? found.length : place, 0, { row, daily, gap });
        found.length = Math.min(found.length, WORST_LISTED);
      }
    }
    return found.map(({ row, daily }): PnlDisagreement => ({
      ...nameOf(row / WIDTH),
      figure: daily ? "daily" : "unrealized",
      ours: this.#columns[row + (daily ? Column.ourDaily : Column.ourUnrealized)]!,
      broker: this.#columns[row + (daily ? Column.brokerDaily : Column.brokerUnrealized)]!,
      mark: known(this.#columns[row + Column.mark]!),
      brokerMark: known(this.#columns[row + Column.brokerMark]!),
    }));
  }

  /** |ours − theirs|; NaN when either is unknown. */
  #gap(row: number, ours: Column, brokers: Column): number {
    return Math.abs(this.#columns[row + ours]! - this.#columns[row + brokers]!);
  }

  #row(leaf: LeafIndex): number {
    if (leaf >= this.#leaves) {
      const needed = (leaf + 1) * WIDTH;
      if (needed > this.#columns.length) {
        const longer = new Float64Array(Math.max(64 * WIDTH, needed, this.#columns.length * 2)).fill(NaN);
        longer.set(this.#columns);
        this.#columns = longer;
      }
      this.#leaves = leaf + 1;
    }
    return leaf * WIDTH;
  }
}

function nearer(now: number, before: number, broker: number): number {
  return Math.abs(before - broker) < Math.abs(now - broker) ? before : now;
}
