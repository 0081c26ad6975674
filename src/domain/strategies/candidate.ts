/** A strategy that a group's legs could form, with what the choice between several weighs. */
import type { Coverage } from "./coverage.ts";
import type { GroupLeg } from "./group.ts";
import { pairShapes, quadShape, rankOf, type Shape, tripleShape } from "./shape.ts";

export interface Candidate {
  readonly shape: Shape;
  /** Place of its kind in the list of kinds. */
  readonly rank: number;
  /** Legs, by their place in the group; `shape.ratio` runs beside them. */
  readonly places: readonly number[];
  /** Uncovered shorts of one unit. */
  readonly uncovered: number;
  /** Distance between its outer strikes. */
  readonly width: number;
  /** Days between its first and last option expiry. */
  readonly days: number;
}

/** A choice within a group: strategies with their units, and the lots that none of them took. */
export interface Choice {
  readonly chosen: readonly { readonly candidate: Candidate; readonly units: number }[];
  /** By place of the leg. */
  readonly leftLots: readonly number[];
}

/** Every strategy that some of these legs could form; for small groups, since it looks at each four of them. */
export function everyCandidate(legs: readonly GroupLeg[], coverage: Coverage): Candidate[] {
  const found: Candidate[] = [];
  legs.forEach((a, i) =>
    legs.slice(i + 1).forEach((b, j) => {
      found.push(...pairCandidates(legs, coverage, a, b));
      const later = legs.slice(i + j + 2);
      later.forEach((c, k) => {
        found.push(...candidateOf(legs, coverage, tripleShape(a, b, c), [a, b, c]));
        for (const d of later.slice(k + 1)) {
          found.push(...candidateOf(legs, coverage, quadShape(a, b, c, d), [a, b, c, d]));
        }
      });
    })
  );
  return inListOrder(found);
}

export function pairCandidates(
  legs: readonly GroupLeg[],
  coverage: Coverage,
  a: GroupLeg,
  b: GroupLeg,
): Candidate[] {
  return pairShapes(a, b).flatMap((shape) => candidateOf(legs, coverage, shape, [a, b]));
}

/** The shape as a candidate; none when there is no shape or a leg has no whole lot. */
export function candidateOf(
  legs: readonly GroupLeg[],
  coverage: Coverage,
  shape: Shape | null,
  members: readonly GroupLeg[],
): Candidate[] {
  if (shape === null || members.some((leg) => leg.lots === 0)) return [];
  const oneUnit = new Array<number>(legs.length).fill(0);
  members.forEach((leg, at) => oneUnit[leg.place] = shape.ratio[at]!);
  const options = members.filter((leg) => leg.role !== "U");
  const strikes = options.map((leg) => leg.strike);
  const first = options[0]!.lasting;
  const last = options[options.length - 1]!.lasting;
  return [{
    shape,
    rank: rankOf(shape.kind),
    places: members.map((leg) => leg.place),
    uncovered: coverage.uncovered(oneUnit),
    width: Math.max(...strikes) - Math.min(...strikes),
    days: first === last ? 0 : Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000),
  }];
}

/** The list's order of kinds, then narrow before wide, then by place: an order that the input's order cannot change. */
export function inListOrder(candidates: Candidate[]): Candidate[] {
  return candidates.sort((a, b) => a.rank - b.rank || a.width - b.width || a.days - b.days || comparePlaces(a, b));
}

/** As many units as the free lots allow. */
export function unitsAllowed({ shape, places }: Candidate, free: ArrayLike<number>): number {
  let units = Infinity;
  for (let at = 0; at < places.length; at++) {
    units = Math.min(units, Math.floor(free[places[at]!]! / shape.ratio[at]!));
  }
  return units;
}

/** Takes a candidate's lots out of the free ones, in place; negative units put them back. */
export function take({ shape, places }: Candidate, units: number, free: { [place: number]: number }): void {
  for (let at = 0; at < places.length; at++) {
    const place = places[at]!;
    free[place] = free[place]! - units * shape.ratio[at]!;
  }
}

function comparePlaces(a: Candidate, b: Candidate): number {
  for (let at = 0; at < Math.min(a.places.length, b.places.length); at++) {
    if (a.places[at] !== b.places[at]) return a.places[at]! - b.places[at]!;
  }
  return a.places.length - b.places.length || ratioWeight(a) - ratioWeight(b);
}

/** Small ratios before large ones: 1 by 2 before 1 by 3 before 2 by 3. */
function ratioWeight({ shape }: Candidate): number {
  return Math.min(...shape.ratio) * 100 + Math.max(...shape.ratio) * 10 + shape.ratio[0]!;
}
