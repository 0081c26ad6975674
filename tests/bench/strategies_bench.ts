/**
 * Budgets: 1,000 positions in 250 small groups recognised within 10 ms (done again only for names whose positions
 * change); the figures of their strategies summed within 0.2 ms, which is done each turn.
 */
import { recogniseStructures } from "../../src/domain/strategies/recognise.ts";
import { figuresOfStructure, type StrategyLeg } from "../../src/domain/strategies/value.ts";
import { call, JAN, MAR, put, stock } from "../domain/strategies/legs.ts";

const FIGURES = { delta: 40, gamma: 2, vega: 8, theta: -1, unrealizedPnl: 100, dailyPnl: -20, marketValue: 600 };
const EXPIRIES = ["2026-11-27", "2026-12-18", JAN, MAR];

/** The books that traders have: few legs a name, in matching sizes. */
function usualNames(count: number): StrategyLeg[][] {
  return Array.from({ length: count }, (_, at) => {
    const size = 1 + at % 9;
    const named = { symbol: `U${at}` };
    const kinds = [
      [put(size, 80, 1, named), put(-size, 90, 2, named), call(-size, 110, 2, named), call(size, 120, 1, named)],
      [stock(size * 100, 100, named), call(-size, 110, 2, named), put(size, 95, 1, { ...named, expiry: JAN })],
      [put(-size, 90, 2, named), call(-size, 110, 2, named), call(size, 120, 1, named), stock(150, 90, named)],
      [call(-size, 110, 2, named), call(size, 110, 3, { ...named, expiry: JAN }), put(-3, 90, 2, named)],
      [1, -1, -2, 2, 3].map((sign, strike) => put(sign * size, 80 + 5 * strike, 2, named)),
    ];
    return kinds[at % kinds.length]!;
  });
}

/** Legs without any plan: what is worst for the search. `spread` is how many strikes they lie on. */
function planlessName(legs: number, symbol: string): StrategyLeg[] {
  return Array.from({ length: legs }, (_, at) => {
    const option = at % 2 === 0 ? call : put;
    const quantity = (1 + at * 7 % 23) * (at * 5 % 3 === 0 ? -1 : 1);
    return option(quantity, 80 + 5 * Math.floor(at / 8), 2, { symbol, expiry: EXPIRIES[at * 3 % 4]! });
  });
}

const names = usualNames(260);
const book = names.flat().slice(0, 1_000).map((leg) => ({ ...leg, ...FIGURES }));
const structures = recogniseStructures(book);
const planless8 = planlessName(8, "P");
const planlessNames = Array.from({ length: 50 }, (_, at) => planlessName(15, `P${at}`)).flat();
const planless141 = planlessName(141, "P");

Deno.bench(`recognise ${book.length} positions, most groups small (budget 10 ms)`, () => {
  recogniseStructures(book);
});

Deno.bench(`sum the figures of ${structures.length} strategies of 1,000 positions (budget 0.2 ms)`, () => {
  for (const structure of structures) figuresOfStructure(structure, (index) => book[index]!);
});

Deno.bench("recognise one name of 8 legs without a plan, exactly", () => {
  recogniseStructures(planless8);
});

Deno.bench("recognise 50 names of 15 legs without a plan", () => {
  recogniseStructures(planlessNames);
});

Deno.bench("recognise one name of 141 legs without a plan", () => {
  recogniseStructures(planless141);
});
