/**
 * How many short options nothing covers.
 *
 * One contract covers one contract. A short call is covered by a long call of the same underlying and deliverable that
 * expires on the same day or later, whatever its strike (the strike only moves where the loss is bounded), or by one
 * lot of long underlying. A short put is covered by a long put that expires on the same day or later, or by one lot of
 * short underlying. Cash covers nothing: a cash-secured put is uncovered. A short option is not covered by one that
 * expires before it.
 */
import type { GroupLeg } from "./group.ts";

export class Coverage {
  readonly #calls: readonly GroupLeg[];
  readonly #puts: readonly GroupLeg[];

  constructor(legs: readonly GroupLeg[]) {
    this.#calls = coverersFirst(legs.filter((leg) => leg.role === "C" || (leg.role === "U" && leg.sign > 0)));
    this.#puts = coverersFirst(legs.filter((leg) => leg.role === "P" || (leg.role === "U" && leg.sign < 0)));
  }

  /** Uncovered shorts when `lots[leg.place]` contracts of each leg are held; the fewest that any pairing leaves. */
  uncovered(lots: ArrayLike<number>): number {
    return unpaired(this.#calls, lots) + unpaired(this.#puts, lots);
  }
}

/** Latest expiry first, and on one day what covers before what is to be covered. */
function coverersFirst(legs: readonly GroupLeg[]): GroupLeg[] {
  return [...legs].sort((a, b) =>
    a.lasting === b.lasting ? Number(b.covers) - Number(a.covers) : a.lasting < b.lasting ? 1 : -1
  );
}

/**
 * Going back in time, whatever lasts long enough for one short lasts long enough for every later one in the walk, so
 * pairing each short with any coverer at hand leaves the fewest without.
 */
function unpaired(legs: readonly GroupLeg[], lots: ArrayLike<number>): number {
  let free = 0;
  let uncovered = 0;
  for (const leg of legs) {
    const held = lots[leg.place]!;
    if (leg.covers) free += held;
    else {
      const paired = Math.min(free, held);
      free -= paired;
      uncovered += held - paired;
    }
  }
  return uncovered;
}
