/**
 * Finds the strategies in a list of positions.
 *
 * Every contract is used once: the quantities of a position's parts add up to the position. A position may be split
 * between strategies; one lot of stock (as many shares as a contract delivers) covers one call. What belongs to no
 * strategy is listed as a leftover. The choice minimises uncovered shorts, then the number of strategies with each
 * leftover position counted as one, then follows the order of `STRATEGY_KINDS`.
 */
import type { Candidate, Choice } from "./candidate.ts";
import { chooseExactly } from "./choose_exact.ts";
import { chooseGreedily } from "./choose_greedily.ts";
import { Coverage } from "./coverage.ts";
import { groupHoldings, type GroupLeg } from "./group.ts";
import { payoffAtExpiry, premiumOf } from "./payoff.ts";
import { Remainders } from "./remainders.ts";
import { rankOf } from "./shape.ts";
import type { Holding, StrategyKind, StrategySide, Structure, StructureLeg } from "./strategy.ts";

/** Legs of the largest group whose best choice is searched for; a larger one gets a good, deterministic choice. */
export const EXACT_LEGS = 8;

/** What splitting a quantity loses; less than this is nothing left. */
const ROUNDING = 1e-9;

/** What a strategy is apart from its legs. */
interface Label {
  readonly kind: StrategyKind;
  readonly side: StrategySide;
  readonly name: string;
  readonly units: number;
  readonly uncoveredShorts: number;
}

/**
 * The strategies of these positions, grouped by underlying, currency and deliverable; the same for any order of the
 * positions but for `index`. Pass one account's positions for its own strategies, the net book's for the book's, and
 * the options of one future at a time where several futures of a name are held. Leave expired options out: they would
 * be taken for cover of each other.
 *
 * Sorted by underlying, then kind, then legs. Positions of quantity 0 are in none.
 *
 * @throws {RangeError} when a quantity is not finite
 */
export function recogniseStructures(holdings: readonly Holding[]): Structure[] {
  const { groups, apart } = groupHoldings(holdings);
  const remainders = new Remainders();
  const structures = [
    ...groups.flatMap((legs) => structuresOf(holdings, legs, remainders)),
    ...apart.map((index) => leftover(holdings, index, holdings[index]!.quantity)),
  ];
  return structures.sort(compareStructures);
}

function structuresOf(
  holdings: readonly Holding[],
  legs: readonly GroupLeg[],
  remainders: Remainders,
): Structure[] {
  const { chosen, leftLots } = choose(legs, remainders);
  const left = legs.map((leg) => holdings[leg.index]!.quantity);
  const structures = chosen.map(({ candidate, units }) => {
    const parts = candidate.places.map((place, at) => {
      const leg = legs[place]!;
      const quantity = leg.sign * units * candidate.shape.ratio[at]! * leg.lotSize;
      left[place] = left[place]! - quantity;
      return partOf(holdings, leg.index, quantity);
    });
    return structure(holdings, labelOf(candidate, units), parts);
  });
  for (const leg of legs) {
    const isLeft = leftLots[leg.place]! > 0 || leg.hasRemainder;
    if (isLeft && Math.abs(left[leg.place]!) > ROUNDING) {
      structures.push(leftover(holdings, leg.index, left[leg.place]!));
    }
  }
  return structures;
}

function choose(legs: readonly GroupLeg[], remainders: Remainders): Choice {
  if (legs.length === 1) return { chosen: [], leftLots: [legs[0]!.lots] };
  const coverage = new Coverage(legs);
  return legs.length <= EXACT_LEGS ? chooseExactly(legs, coverage, remainders) : chooseGreedily(legs, coverage);
}

function labelOf({ shape, uncovered }: Candidate, units: number): Label {
  return { kind: shape.kind, side: shape.side, name: shape.name, units, uncoveredShorts: uncovered * units };
}

function leftover(holdings: readonly Holding[], index: number, quantity: number): Structure {
  const side = quantity > 0 ? "long" : "short";
  const { right } = holdings[index]!.instrument;
  const units = Math.abs(quantity);
  const label: Label = {
    kind: "leftover",
    side,
    name: `${quantity > 0 ? "Long" : "Short"} ${commonName(holdings[index]!)}`,
    units,
    uncoveredShorts: right !== null && quantity < 0 ? units : 0,
  };
  return structure(holdings, label, [partOf(holdings, index, quantity)]);
}

function commonName({ instrument }: Holding): string {
  if (instrument.right !== null) return instrument.right === "C" ? "call" : "put";
  switch (instrument.assetType) {
    case "STOCK":
      return "stock";
    case "FUTURE":
      return "future";
    case "FOREX":
      return "currency";
    case "CRYPTO":
      return "crypto";
    case "INDEX":
      return "index";
    case "BOND":
      return "bond";
    case "FUND":
      return "fund";
    case "WARRANT":
      return "warrant";
    case "OPTION":
    case "FUTURE_OPTION":
      return "option";
    case "UNKNOWN":
      return "position";
  }
}

function partOf(holdings: readonly Holding[], index: number, quantity: number): StructureLeg {
  const { instrument, quantity: whole } = holdings[index]!;
  return { index, instrument, quantity, share: quantity / whole };
}

function structure(holdings: readonly Holding[], label: Label, legs: readonly StructureLeg[]): Structure {
  const priced = legs.map(({ index, instrument, quantity }) => {
    return { instrument, quantity, avgPrice: holdings[index]!.avgPrice };
  });
  return { ...label, legs, premium: premiumOf(priced), ...payoffAtExpiry(priced) };
}

function compareStructures(a: Structure, b: Structure): number {
  return compareText(a.legs[0]!.instrument.underlying, b.legs[0]!.instrument.underlying) ||
    compareText(a.legs[0]!.instrument.currency, b.legs[0]!.instrument.currency) ||
    rankOf(a.kind) - rankOf(b.kind) || compareLegs(a.legs, b.legs);
}

function compareLegs(a: readonly StructureLeg[], b: readonly StructureLeg[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compareLeg(a[at]!, b[at]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareLeg(a: StructureLeg, b: StructureLeg): number {
  return compareText(a.instrument.expiry ?? "", b.instrument.expiry ?? "") ||
    compareText(b.instrument.right ?? "", a.instrument.right ?? "") ||
    (a.instrument.strike ?? 0) - (b.instrument.strike ?? 0) ||
    compareText(a.instrument.tradingClass, b.instrument.tradingClass) || a.quantity - b.quantity;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
