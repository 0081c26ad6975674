/**
 * The fewest uncovered shorts, and with them the fewest strategies, of a small group, by trying every split of every
 * quantity between every strategy. It shares the list of shapes with the code under test, and nothing of the choice.
 */
import { everyCandidate } from "../../../src/domain/strategies/candidate.ts";
import { Coverage } from "../../../src/domain/strategies/coverage.ts";
import { groupHoldings } from "../../../src/domain/strategies/group.ts";
import type { Holding } from "../../../src/domain/strategies/strategy.ts";

export interface Fewest {
  readonly uncovered: number;
  readonly strategies: number;
}

export function fewestByBruteForce(holdings: readonly Holding[]): Fewest {
  const { groups, apart } = groupHoldings(holdings);
  let uncovered = 0;
  let strategies = apart.length;
  for (const legs of groups) {
    const candidates = everyCandidate(legs, new Coverage(legs));
    const known = new Map<string, Fewest>();
    const search = (from: number, free: readonly number[]): Fewest => {
      if (from === candidates.length) {
        const left = legs.filter((leg) => free[leg.place]! > 0 || leg.hasRemainder).length;
        const shorts = legs.reduce((sum, leg) => leg.covers ? sum : sum + free[leg.place]!, 0);
        return { uncovered: shorts, strategies: left };
      }
      const key = `${from}:${free}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      const { places, shape, uncovered } = candidates[from]!;
      let best = search(from + 1, free);
      for (let units = 1; places.every((place, at) => free[place]! >= units * shape.ratio[at]!); units++) {
        const rest = [...free];
        places.forEach((place, at) => rest[place] = rest[place]! - units * shape.ratio[at]!);
        const after = search(from + 1, rest);
        const all = { uncovered: after.uncovered + uncovered * units, strategies: after.strategies + 1 };
        const isBetter = all.uncovered - best.uncovered || all.strategies - best.strategies;
        if (isBetter < 0) best = all;
      }
      known.set(key, best);
      return best;
    };
    const fewest = search(0, legs.map((leg) => leg.lots));
    uncovered += fewest.uncovered;
    strategies += fewest.strategies;
  }
  return { uncovered, strategies };
}
