/**
 * Our P&L beside the broker's, leaf by leaf: accuracy = 1 − Σ|ours − theirs| / max(Σ|theirs|, 1 bp of gross market value).
 *
 * The two are paired when they are of the same moment: ours at the turn within `pairWithinMs` of the broker's figure.
 * Daily figures that are the broker's own are not compared with themselves.
 */
import type { LeafIndex } from "../position_book.ts";
import type { EpochMs } from "../time.ts";
import type { PnlCheckView, PnlDisagreement } from "./snapshot.ts";

interface Pair {
  at: EpochMs;
  position: string;
  account: string;
  mark: number;
  brokerMark: number;
  unrealized: readonly [ours: number, broker: number] | null;
  daily: readonly [ours: number, broker: number] | null;
}

/** Both sides of one leaf at one turn, in the base currency; NaN is unknown. */
export interface LeafComparison {
  readonly leaf: LeafIndex;
  readonly position: string;
  readonly account: string;
  readonly quantity: number;
  readonly brokerAt: EpochMs;
  readonly brokerQuantity: number | null;
  readonly ourUnrealized: number;
  readonly brokerUnrealized: number;
  /** NaN when the daily figure is not our own. */
  readonly ourDaily: number;
  readonly brokerDaily: number;
  readonly mark: number;
  readonly brokerMark: number;
}

const WORST_LISTED = 5;
const ONE_BASIS_POINT = 1e-4;

/** Ours at the turn before. */
interface Earlier {
  readonly at: EpochMs;
  readonly quantity: number;
  readonly unrealized: number;
  readonly daily: number;
}

export class PnlCheck {
  readonly #pairs = new Map<LeafIndex, Pair>();
  readonly #earlier = new Map<LeafIndex, Earlier>();

  constructor(readonly pairWithinMs: number) {}

  /**
   * Pairs a leaf when the broker's figure is new and of this moment. Called once a leaf and turn: the broker's figure
   * arrived between the turn before and this one, so the nearer of our two values is of its moment.
   */
  compare(comparison: LeafComparison, now: EpochMs): void {
    const { leaf, quantity, ourUnrealized, ourDaily } = comparison;
    const earlier = this.#earlier.get(leaf);
    const usable = earlier !== undefined && now - earlier.at <= this.pairWithinMs && earlier.quantity === quantity;
    this.#pair(comparison, usable ? earlier : null, now);
    this.#earlier.set(leaf, { at: now, quantity, unrealized: ourUnrealized, daily: ourDaily });
  }

  #pair(comparison: LeafComparison, earlier: Earlier | null, now: EpochMs): void {
    const { leaf, brokerAt, quantity, brokerQuantity, brokerUnrealized, brokerDaily } = comparison;
    const known = this.#pairs.get(leaf);
    if (known !== undefined && known.at >= brokerAt) return;
    if (now - brokerAt > this.pairWithinMs || brokerAt > now + this.pairWithinMs) return;
    // A figure for another quantity is of before or after a fill.
    if (brokerQuantity !== null && Math.abs(brokerQuantity - quantity) > 1e-9) return;
    this.#pairs.set(leaf, {
      at: brokerAt,
      position: comparison.position,
      account: comparison.account,
      mark: comparison.mark,
      brokerMark: comparison.brokerMark,
      unrealized: both(nearer(comparison.ourUnrealized, earlier?.unrealized, brokerUnrealized), brokerUnrealized),
      daily: both(nearer(comparison.ourDaily, earlier?.daily, brokerDaily), brokerDaily),
    });
  }

  /** Forgets the leaves that are gone. */
  retain(isAlive: (leaf: LeafIndex) => boolean): void {
    for (const leaf of this.#pairs.keys()) if (!isAlive(leaf)) this.#pairs.delete(leaf);
    for (const leaf of this.#earlier.keys()) if (!isAlive(leaf)) this.#earlier.delete(leaf);
  }

  view(grossMarketValue: number | null): PnlCheckView {
    const floor = (grossMarketValue ?? 0) * ONE_BASIS_POINT;
    const pairs = [...this.#pairs.values()];
    return {
      unrealizedAccuracy: accuracy(pairs.map((pair) => pair.unrealized), floor),
      dailyAccuracy: accuracy(pairs.map((pair) => pair.daily), floor),
      leavesCompared: pairs.filter((pair) => pair.unrealized !== null || pair.daily !== null).length,
      worst: worst(pairs),
    };
  }
}

function nearer(now: number, before: number | undefined, broker: number): number {
  return before !== undefined && Math.abs(before - broker) < Math.abs(now - broker) ? before : now;
}

function both(ours: number, broker: number): readonly [number, number] | null {
  return Number.isFinite(ours) && Number.isFinite(broker) ? [ours, broker] : null;
}

function accuracy(figures: readonly (readonly [number, number] | null)[], floor: number): number | null {
  let difference = 0;
  let total = 0;
  let compared = 0;
  for (const figure of figures) {
    if (figure === null) continue;
    compared++;
    difference += Math.abs(figure[0] - figure[1]);
    total += Math.abs(figure[1]);
  }
  if (compared === 0) return null;
  const scale = Math.max(total, floor);
  if (scale === 0) return difference === 0 ? 1 : 0;
  return 1 - difference / scale;
}

function worst(pairs: readonly Pair[]): PnlDisagreement[] {
  const disagreements: PnlDisagreement[] = [];
  for (const pair of pairs) {
    for (const figure of ["unrealized", "daily"] as const) {
      const values = pair[figure];
      if (values === null || Math.abs(values[0] - values[1]) < 0.005) continue;
      disagreements.push({
        position: pair.position,
        account: pair.account,
        figure,
        ours: values[0],
        broker: values[1],
        mark: Number.isFinite(pair.mark) ? pair.mark : null,
        brokerMark: Number.isFinite(pair.brokerMark) ? pair.brokerMark : null,
      });
    }
  }
  return disagreements.sort((a, b) => Math.abs(b.ours - b.broker) - Math.abs(a.ours - a.broker)).slice(0, WORST_LISTED);
}
