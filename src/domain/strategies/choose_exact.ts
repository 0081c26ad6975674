/**
 * The best choice of strategies in a small group.
 *
 * A choice names strategies one after the other, each taking as many units as the lots still free allow, and leaves
 * the rest over. Of all such choices the best has, in this order: the fewest uncovered shorts, the fewest strategies
 * (each leftover leg is one), the earliest kinds (the kinds of the choice in list order, compared one by one), the
 * least distance between strikes and the fewest days between expiries, over all units. What is then still equal is
 * settled by the order of the legs, never by the order in which they came.
 *
 * What the best choice for the remaining lots is does not depend on how they came to remain, so each remainder is
 * solved once.
 */
import { type Candidate, type Choice, everyCandidate, take } from "./candidate.ts";
import type { Coverage } from "./coverage.ts";
import type { GroupLeg } from "./group.ts";
import { NO_STEP, type Remainders, UNSOLVED } from "./remainders.ts";
import { STRATEGY_KINDS } from "./strategy.ts";

/**
 * How many of each kind a choice has, as digits with the first kind in front, so that the larger number is earlier in
 * the list. A choice has at most as many strategies as legs, and 8 × 9^15 is still a safe integer.
 */
const DIGIT = 9;
const EARLINESS = STRATEGY_KINDS.map((_, rank) => DIGIT ** (STRATEGY_KINDS.length - 1 - rank));
const LEFTOVER = EARLINESS[STRATEGY_KINDS.length - 1]!;
/** Sums of strikes are compared as equal within this fraction. */
const ROUNDING = 1e-9;
/** Legs of the largest strategy. */
const MOST_LEGS = 4;

/** `remainders` is room to work in; what an earlier group left there is forgotten. */
export function chooseExactly(legs: readonly GroupLeg[], coverage: Coverage, remainders: Remainders): Choice {
  const candidates = everyCandidate(legs, coverage);
  const free = Int32Array.from(legs, (leg) => leg.lots);
  const search = new Search(candidates, legs, coverage, remainders);
  const chosen = search.choose(free);
  for (const { candidate, units } of chosen) take(candidate, units, free);
  return { chosen, leftLots: [...free] };
}

class Search {
  readonly #remainders: Remainders;
  /** Legs and ratios of the candidates, `MOST_LEGS` places each; a ratio of 0 ends a shorter one. */
  readonly #places: Int32Array;
  readonly #ratios: Int32Array;
  readonly #candidates: readonly Candidate[];
  /** Legs of the largest candidate: no step finishes more. */
  readonly #mostLegs: number;
  readonly #legs: readonly GroupLeg[];
  readonly #coverage: Coverage;

  constructor(
    candidates: readonly Candidate[],
    legs: readonly GroupLeg[],
    coverage: Coverage,
    remainders: Remainders,
  ) {
    this.#candidates = candidates;
    this.#legs = legs;
    this.#coverage = coverage;
    this.#remainders = remainders;
    remainders.restart(legs.length);
    this.#places = new Int32Array(candidates.length * MOST_LEGS);
    this.#ratios = new Int32Array(candidates.length * MOST_LEGS);
    this.#mostLegs = candidates.reduce((most, { places }) => Math.max(most, places.length), 1);
    candidates.forEach(({ places, shape }, at) => {
      this.#places.set(places, at * MOST_LEGS);
      this.#ratios.set(shape.ratio, at * MOST_LEGS);
    });
  }

  choose(free: Int32Array): { candidate: Candidate; units: number }[] {
    const remainders = this.#remainders;
    const chosen: { candidate: Candidate; units: number }[] = [];
    let row = this.#find(free);
    this.#solve(row, free.slice(), this.#candidates.map((_, at) => at));
    for (; remainders.step[row] !== NO_STEP; row = remainders.next[row]!) {
      chosen.push({ candidate: this.#candidates[remainders.step[row]!]!, units: remainders.units[row]! });
    }
    return chosen;
  }

  #find(free: Int32Array): number {
    const before = this.#remainders.count;
    const row = this.#remainders.find(free);
    if (row === before) this.#remainders.uncovered[row] = this.#coverage.uncovered(free);
    return row;
  }

  /** Solves a remainder, whose lots `free` holds on entry and on return; `possible` are the candidates not yet spent. */
  #solve(row: number, free: Int32Array, possible: readonly number[]): void {
    const remainders = this.#remainders;
    const fewest = remainders.uncovered[row]!;
    this.#leaveOver(row, free);
    for (const at of possible) {
      const units = this.#unitsToTake(at, free);
      if (units === 0) continue;
      this.#take(at, units, free);
      const next = this.#find(free);
      // A step that leaves a short uncovered which another choice would cover is never part of the best one.
      if (this.#candidates[at]!.uncovered * units + remainders.uncovered[next]! === fewest) {
        if (remainders.rows[next] === UNSOLVED && this.#mayImprove(row, free)) {
          this.#solve(next, free, this.#stillPossible(possible, free));
        }
        if (remainders.rows[next] !== UNSOLVED) this.#keepBetter(row, at, units, next);
      }
      this.#take(at, -units, free);
    }
    if (remainders.rows[row] === UNSOLVED) {
      throw new Error(
        `Cannot pair ${free.join(", ")} lots: a short that could be covered forms no strategy with its cover`,
      );
    }
  }

  /** Whether one step that leaves `free` can lead to as few strategies as are found already. */
  #mayImprove(row: number, free: Int32Array): boolean {
    const rows = this.#remainders.rows[row]!;
    // Stored rows are one more than there are.
    return rows === UNSOLVED || 1 + Math.ceil(this.#openLegs(free) / this.#mostLegs) <= rows - 1;
  }

  /** Legs that are still to be settled; one with a remainder is left over anyway, and no further row. */
  #openLegs(free: Int32Array): number {
    let open = 0;
    for (const leg of this.#legs) if (free[leg.place]! > 0 && !leg.hasRemainder) open++;
    return open;
  }

  /**
   * As many units as the free lots allow; 0 when they would finish no leg (a ratio of 2 by 3 on 5 and 5 lots). A choice
   * whose strategies can be taken one by one, each the last on one of its legs, is found this way. That this reaches the
   * fewest uncovered shorts is certain, since pairs do; that it reaches the fewest strategies is tested against every
   * split.
   */
  #unitsToTake(at: number, free: Int32Array): number {
    const start = at * MOST_LEGS;
    let units = 0x7fffffff;
    let finishes = false;
    for (let member = start; member < start + MOST_LEGS; member++) {
      const ratio = this.#ratios[member]!;
      if (ratio === 0) break;
      const lots = free[this.#places[member]!]!;
      const allowed = ratio === 1 ? lots : Math.floor(lots / ratio);
      if (allowed > units) continue;
      const isWhole = allowed * ratio === lots;
      finishes = isWhole || (finishes && allowed === units);
      units = allowed;
    }
    return finishes ? units : 0;
  }

  #take(at: number, units: number, free: Int32Array): void {
    const start = at * MOST_LEGS;
    for (let member = start; member < start + MOST_LEGS; member++) {
      const ratio = this.#ratios[member]!;
      if (ratio === 0) break;
      free[this.#places[member]!]! -= units * ratio;
    }
  }

  #stillPossible(candidates: readonly number[], free: Int32Array): number[] {
    return candidates.filter((at) => {
      const start = at * MOST_LEGS;
      for (let member = start; member < start + MOST_LEGS; member++) {
        const ratio = this.#ratios[member]!;
        if (ratio === 0) break;
        if (free[this.#places[member]!]! < ratio) return false;
      }
      return true;
    });
  }

  /** Everything left over, unless some of it could cover a short. */
  #leaveOver(row: number, free: Int32Array): void {
    const remainders = this.#remainders;
    let shorts = 0;
    for (const leg of this.#legs) if (!leg.covers) shorts += free[leg.place]!;
    if (shorts > remainders.uncovered[row]!) return;
    const open = this.#openLegs(free);
    remainders.rows[row] = open + 1;
    remainders.earliness[row] = open * LEFTOVER;
    remainders.width[row] = 0;
    remainders.days[row] = 0;
    remainders.step[row] = NO_STEP;
  }

  /** The first of two equals stays: candidates come in list order. */
  #keepBetter(row: number, at: number, units: number, next: number): void {
    const remainders = this.#remainders;
    const candidate = this.#candidates[at]!;
    const rows = remainders.rows[next]! + 1;
    const earliness = remainders.earliness[next]! + EARLINESS[candidate.rank]!;
    const width = remainders.width[next]! + units * candidate.width;
    const days = remainders.days[next]! + units * candidate.days;
    if (remainders.rows[row] !== UNSOLVED && !this.#isBetter(row, rows, earliness, width, days)) return;
    remainders.rows[row] = rows;
    remainders.earliness[row] = earliness;
    remainders.width[row] = width;
    remainders.days[row] = days;
    remainders.step[row] = at;
    remainders.units[row] = units;
    remainders.next[row] = next;
  }

  #isBetter(row: number, rows: number, earliness: number, width: number, days: number): boolean {
    const remainders = this.#remainders;
    if (rows !== remainders.rows[row]) return rows < remainders.rows[row]!;
    if (earliness !== remainders.earliness[row]) return earliness > remainders.earliness[row]!;
    const kept = remainders.width[row]!;
    if (Math.abs(width - kept) > ROUNDING * kept) return width < kept;
    return days < remainders.days[row]!;
  }
}
