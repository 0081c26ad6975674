/**
 * Who gets a market-data line when there are more instruments than lines: the first of the list always, the rest in turn.
 */
import type { InstrumentIndex } from "../../domain/event.ts";

/** Of the lines, one in this many goes round among the instruments that have none of their own. */
const ONE_IN = 5;

export interface Candidate {
  readonly index: InstrumentIndex;
  /** When it last gave its line up; −Infinity when it never had one. */
  readonly lastHeldAt: number;
  readonly holds: boolean;
}

/**
 * The instruments that should hold a line now.
 *
 * @param candidates the most important first; none twice
 * @param budget how many lines there are
 * @param turnOver true when those whose turn it was must make room for the next
 */
export function planLines(candidates: readonly Candidate[], budget: number, turnOver: boolean): Set<InstrumentIndex> {
  if (candidates.length <= budget) return new Set(candidates.map((each) => each.index));
  if (budget <= 0) return new Set();
  const rotating = Math.max(1, Math.floor(budget / ONE_IN));
  const chosen = new Set(candidates.slice(0, budget - rotating).map((each) => each.index));
  const rest = candidates.slice(budget - rotating);
  const staying = turnOver ? [] : rest.filter((each) => each.holds);
  // Longest without a line first; sort() is stable, so equals keep their order of importance.
  const waiting = rest.filter((each) => !each.holds).sort((a, b) => a.lastHeldAt - b.lastHeldAt);
  // When fewer wait than there are turns, some of those that hold a line keep it.
  const keeping = turnOver ? rest.filter((each) => each.holds) : [];
  for (const each of [...staying, ...waiting, ...keeping]) {
    if (chosen.size >= budget) break;
    chosen.add(each.index);
  }
  return chosen;
}
