import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import type { Instrument } from "../../../src/domain/instrument.ts";
import { EXACT_LEGS, recogniseStructures } from "../../../src/domain/strategies/recognise.ts";
import type { Extreme, Structure } from "../../../src/domain/strategies/strategy.ts";
import { recogniseStrategies, type StrategyLeg } from "../../../src/domain/strategies/value.ts";
import { fewestByBruteForce } from "./brute_force.ts";
import { anyGroup, told } from "./legs.ts";

const LARGE = { minLength: EXACT_LEGS + 1, maxLength: 22 };
const ANY_SIZE = fc.oneof(anyGroup({ maxLength: 6 }, 12, true), anyGroup(LARGE, 12, true));

/** Kinds whose mirror image is a kind too; a covered call the other way round is stock and a call left over. */
const MIRRORED = new Set([
  "collar",
  "vertical",
  "straddle",
  "strangle",
  "butterfly",
  "iron_condor",
  "iron_butterfly",
  "calendar",
  "diagonal",
  "box",
  "conversion",
]);

Deno.test("every contract is used once: the parts of a position add up to it", () => {
  fc.assert(fc.property(ANY_SIZE, (legs) => {
    const used = legs.map(() => 0);
    for (const { legs: parts } of recogniseStructures(legs)) {
      for (const { index, quantity, share } of parts) {
        used[index] = used[index]! + quantity;
        assert.equal(Math.sign(quantity), Math.sign(legs[index]!.quantity));
        assert.equal(share, quantity / legs[index]!.quantity);
      }
    }
    assert.deepEqual(used, legs.map(({ quantity }) => quantity));
  }));
});

Deno.test("the order of the positions does not matter", () => {
  const shuffled = ANY_SIZE.chain((legs) =>
    fc.tuple(fc.constant(legs), fc.shuffledSubarray(legs, { minLength: legs.length, maxLength: legs.length }))
  );
  fc.assert(fc.property(shuffled, ([legs, reordered]) => {
    assert.deepEqual(withoutPlaces(recogniseStructures(reordered)), withoutPlaces(recogniseStructures(legs)));
  }));
});

Deno.test("the strategies of several names are those of each name alone", () => {
  const named = (symbol: string) =>
    anyGroup({ maxLength: 7 }, 12).map((legs) =>
      legs.map((leg) => ({
        ...leg,
        instrument: { ...leg.instrument, symbol, underlying: symbol, tradingClass: symbol },
      }))
    );
  fc.assert(fc.property(named("ABC"), named("DEF"), named("GHI"), (...names) => {
    const alone = names.flatMap((legs) => withoutPlaces(recogniseStructures(legs)));
    assert.deepEqual(withoutPlaces(recogniseStructures(names.flat())), alone);
  }));
});

Deno.test("the same positions give the same strategies, however often they are asked for", () => {
  fc.assert(fc.property(ANY_SIZE, (legs) => {
    assert.deepEqual(recogniseStructures(legs), recogniseStructures(structuredClone(legs)));
  }));
});

Deno.test("uncovered shorts are the fewest that any pairing of shorts with cover leaves, in large groups too", () => {
  fc.assert(fc.property(fc.oneof(anyGroup({ maxLength: 6 }, 5), anyGroup(LARGE, 5)), (legs) => {
    assert.equal(
      uncoveredOf(recogniseStructures(legs)),
      uncoveredByMatching(legs),
      told(recogniseStructures(legs)).join(),
    );
  }));
});

Deno.test("a strategy's own uncovered shorts are those that its legs leave to each other", () => {
  fc.assert(fc.property(anyGroup({ maxLength: 6 }, 5), (legs) => {
    for (const structure of recogniseStructures(legs)) {
      const own = structure.legs.map(({ index, quantity }) => ({ ...legs[index]!, quantity }));
      assert.equal(structure.uncoveredShorts, uncoveredByMatching(own), structure.name);
    }
  }));
});

for (const [legs, largest] of [[3, 25], [4, 8], [5, 4], [6, 3], [7, 2], [8, 1]] as const) {
  Deno.test(`no split of ${legs} positions of up to ${largest} lots has fewer uncovered shorts, then fewer strategies`, () => {
    fc.assert(
      fc.property(anyGroup({ minLength: legs, maxLength: legs }, largest), (holdings) => {
        const structures = recogniseStructures(holdings);
        const found = { uncovered: uncoveredOf(structures), strategies: structures.length };
        assert.deepEqual(found, fewestByBruteForce(holdings), told(structures).join("; "));
      }),
      { numRuns: 60 },
    );
  });
}

Deno.test("a large group has no more strategies than positions", () => {
  fc.assert(fc.property(anyGroup(LARGE, 12), (legs) => {
    // Each strategy settles a position; a remainder of shares or of what is split may add a row, stock's only once.
    assert.ok(recogniseStructures(legs).length <= legs.length + legs.filter(isStock).length);
  }));
});

Deno.test("a strategy held the other way round is its mirror image: what it made it loses, at the same breakevens", () => {
  fc.assert(fc.property(anyGroup({ maxLength: 5 }, 6, true), (legs) => {
    for (const { legs: parts, ...structure } of recogniseStructures(legs)) {
      if (!MIRRORED.has(structure.kind)) continue;
      const reversed = recogniseStructures(
        parts.map(({ index, quantity }) => ({ ...legs[index]!, quantity: -quantity })),
      );
      assert.equal(reversed.length, 1, `${structure.name}: ${told(reversed)}`);
      const mirror = reversed[0]!;
      assert.equal(mirror.kind, structure.kind);
      assert.equal(mirror.units, structure.units);
      if (structure.side !== null) assert.notEqual(mirror.side, structure.side);
      assert.deepEqual(mirror.maxProfit, structure.maxLoss);
      assert.deepEqual(mirror.maxLoss, structure.maxProfit);
      assert.deepEqual(mirror.breakevens, structure.breakevens);
    }
  }));
});

Deno.test("most profit, most loss and breakevens are those of the payoff at every price of a grid", () => {
  fc.assert(fc.property(ANY_SIZE, (legs) => {
    for (const structure of recogniseStructures(legs)) {
      if (structure.maxProfit.kind === "unknown") continue;
      assertPayoff(structure, legs);
    }
  }));
});

Deno.test("figures and premium of the strategies add up to those of the positions", () => {
  const figured = ANY_SIZE.map((legs) => legs.map((leg, at) => ({ ...leg, delta: leg.quantity * (at + 1), vega: at })));
  fc.assert(fc.property(figured, (legs) => {
    const strategies = recogniseStrategies(legs);
    for (const [own, net] of [["delta", "netDelta"], ["vega", "netVega"]] as const) {
      const total = legs.reduce((sum, leg) => sum + leg[own], 0);
      const parts = strategies.reduce((sum, strategy) => sum + strategy[net]!, 0);
      assert.ok(Math.abs(total - parts) <= 1e-9 * (1 + Math.abs(total)) * legs.length, `${total} and ${parts}`);
    }
    const paid = legs.reduce((sum, { instrument, quantity, avgPrice }) => {
      return instrument.right === null ? sum : sum - quantity * instrument.multiplier * avgPrice!;
    }, 0);
    assert.ok(Math.abs(paid - strategies.reduce((sum, { premium }) => sum + premium!, 0)) < 1e-6);
  }));
});

function uncoveredOf(structures: readonly Structure[]): number {
  return structures.reduce((sum, { uncoveredShorts }) => sum + uncoveredShorts, 0);
}

function withoutPlaces(structures: readonly Structure[]) {
  return structures.map(({ legs, ...rest }) => ({ ...rest, legs: legs.map(({ index: _, ...leg }) => leg) }));
}

function isStock({ instrument }: { readonly instrument: Instrument }): boolean {
  return instrument.right === null;
}

/** One short and one cover at a time, found by augmenting paths: nothing of the code under test. */
function uncoveredByMatching(legs: readonly StrategyLeg[]): number {
  const units = legs.flatMap(({ instrument, quantity }) => {
    const lots = Math.floor(Math.abs(quantity) / (instrument.right === null ? 100 : 1));
    return new Array(lots).fill({ instrument, isLong: quantity > 0 });
  }) as { instrument: Instrument; isLong: boolean }[];
  const shorts = units.filter(({ instrument, isLong }) => instrument.right !== null && !isLong);
  const covers = units.filter((unit) => !shorts.includes(unit));
  const takenBy = new Map<number, number>();
  const place = (short: number, tried: Set<number>): boolean =>
    covers.some((cover, at) => {
      if (tried.has(at) || !canCover(cover, shorts[short]!.instrument)) return false;
      tried.add(at);
      const holder = takenBy.get(at);
      if (holder !== undefined && !place(holder, tried)) return false;
      takenBy.set(at, short);
      return true;
    });
  return shorts.filter((_, short) => !place(short, new Set())).length;
}

function canCover(cover: { instrument: Instrument; isLong: boolean }, short: Instrument): boolean {
  const { right, expiry } = cover.instrument;
  if (right === null) return cover.isLong === (short.right === "C");
  return right === short.right && expiry! >= short.expiry!;
}

function assertPayoff(structure: Structure, legs: readonly StrategyLeg[]): void {
  const payoff = (price: number) =>
    structure.legs.reduce((sum, { index, instrument: { right, strike, multiplier }, quantity }) => {
      const value = right === null ? price : Math.max(0, (right === "C" ? 1 : -1) * (price - strike!));
      return sum + quantity * multiplier * (value - legs[index]!.avgPrice!);
    }, 0);
  const grid = Array.from({ length: 401 }, (_, step) => step / 2).map(payoff);
  // Far above every strike the payoff is a straight line: a rise or fall there has no limit.
  const slope = payoff(201) - payoff(200);
  const { maxProfit, maxLoss, breakevens } = structure;
  assertNear(maxProfit, slope > 1e-9 ? null : Math.max(...grid), structure.name);
  assertNear(maxLoss, slope < -1e-9 ? null : -Math.min(...grid), structure.name);
  for (const price of breakevens!) assert.ok(Math.abs(payoff(price)) < 1e-6, `${structure.name} at ${price}`);
  assert.deepEqual(breakevens, [...breakevens!].sort((a, b) => a - b));
  // No change of sign without a breakeven.
  grid.slice(1).forEach((value, at) => {
    if (value * grid[at]! >= -1e-9) return;
    assert.ok(
      breakevens!.some((price) => price >= at / 2 && price <= (at + 1) / 2),
      `${structure.name} near ${at / 2}`,
    );
  });
}

function assertNear(extreme: Extreme, expected: number | null, name: string): void {
  if (expected === null) return assert.equal(extreme.kind, "unlimited", name);
  assert.ok(extreme.kind === "amount" && Math.abs(extreme.amount - expected) < 1e-6, `${name}: ${expected}`);
}
