/**
 * A good choice of strategies in a group too large for the exact search.
 *
 * Strategies that finish four legs at once are taken first, then those that finish three, two and one, each time in
 * list order, narrow before wide, every one with as many units as the free lots allow. None is taken that leaves a
 * short uncovered which could be covered, so the uncovered shorts are the fewest here too; the number of strategies
 * is small, not proven smallest. Only near strikes are tried for structures, which bounds the work to about the number
 * of legs times the number of expiries; pairs that cover a short are tried to the last one.
 */
import {
  type Candidate,
  candidateOf,
  type Choice,
  inListOrder,
  pairCandidates,
  take,
  unitsAllowed,
} from "./candidate.ts";
import type { Coverage } from "./coverage.ts";
import type { GroupLeg } from "./group.ts";
import { quadShape, tripleShape } from "./shape.ts";

/** Strikes tried on each side of a leg. */
const NEAR = 3;
/** Call spreads tried beside a put spread. */
const NEAR_SPREADS = 6;

export function chooseGreedily(legs: readonly GroupLeg[], coverage: Coverage): Choice {
  const taking = new Taking(legs, coverage);
  const candidates = inListOrder(nearCandidates(legs, coverage));
  for (const finished of [4, 3, 2, 1]) {
    for (const candidate of candidates) taking.consider(candidate, finished);
  }
  coverTheRest(legs, coverage, taking);
  return { chosen: taking.chosen, leftLots: taking.free };
}

class Taking {
  readonly chosen: { candidate: Candidate; units: number }[] = [];
  readonly free: number[];
  #fewest: number;

  constructor(legs: readonly GroupLeg[], private readonly coverage: Coverage) {
    this.free = legs.map((leg) => leg.lots);
    this.#fewest = coverage.uncovered(this.free);
  }

  /** Takes the candidate when it finishes at least so many legs and leaves nothing uncovered needlessly. */
  consider(candidate: Candidate, finished: number): void {
    if (candidate.places.length < finished) return;
    const units = unitsAllowed(candidate, this.free);
    if (units === 0 || this.#finishes(candidate, units) < finished) return;
    take(candidate, units, this.free);
    const uncovered = this.coverage.uncovered(this.free);
    if (candidate.uncovered * units + uncovered > this.#fewest) {
      take(candidate, -units, this.free);
      return;
    }
    this.#fewest = uncovered;
    this.chosen.push({ candidate, units });
  }

  #finishes({ places, shape }: Candidate, units: number): number {
    let finished = 0;
    for (let at = 0; at < places.length; at++) {
      if (this.free[places[at]!] === units * shape.ratio[at]!) finished++;
    }
    return finished;
  }
}

/** Pairs of any distance that cover a short still open. */
function coverTheRest(legs: readonly GroupLeg[], coverage: Coverage, taking: Taking): void {
  for (const short of legs.filter((leg) => !leg.covers)) {
    for (const coverer of legs.filter((leg) => leg.covers)) {
      if (taking.free[short.place] === 0) break;
      if (taking.free[coverer.place] === 0) continue;
      const [a, b] = coverer.place < short.place ? [coverer, short] : [short, coverer];
      for (const candidate of pairCandidates(legs, coverage, a, b)) {
        if (candidate.uncovered === 0) taking.consider(candidate, 1);
      }
    }
  }
}

function nearCandidates(legs: readonly GroupLeg[], coverage: Coverage): Candidate[] {
  const underlyings = legs.filter((leg) => leg.role === "U" && leg.lots > 0);
  const options = legs.filter((leg) => leg.role !== "U" && leg.lots > 0);
  const series = [...Map.groupBy(options, (leg) => leg.series).values()].map((members) => ({
    puts: members.filter((leg) => leg.role === "P"),
    calls: members.filter((leg) => leg.role === "C"),
  }));
  const found: Candidate[] = [];
  const pair = (a: GroupLeg, b: GroupLeg) => found.push(...pairCandidates(legs, coverage, a, b));
  const triple = (a: GroupLeg, b: GroupLeg, c: GroupLeg) =>
    found.push(...candidateOf(legs, coverage, tripleShape(a, b, c), [a, b, c]));
  const quad = (a: GroupLeg, b: GroupLeg, c: GroupLeg, d: GroupLeg) =>
    found.push(...candidateOf(legs, coverage, quadShape(a, b, c, d), [a, b, c, d]));

  for (const underlying of underlyings) for (const option of options) pair(underlying, option);
  series.forEach(({ puts, calls }, at) => {
    const putSpreads = nearSpreads(puts);
    const callSpreads = nearSpreads(calls);
    for (const [low, high] of [...putSpreads, ...callSpreads]) pair(low, high);
    for (const strikes of [puts, calls]) forEachButterfly(strikes, triple);
    for (const put of puts) {
      const doubles = nearest(calls.filter((call) => call.sign === put.sign), put.strike);
      for (const call of doubles) pair(put, call);
    }
    for (const underlying of underlyings) {
      for (const put of puts) {
        for (const call of nearest(calls.filter((call) => call.sign !== put.sign), put.strike)) {
          triple(underlying, put, call);
        }
      }
    }
    for (const [low, high] of putSpreads) {
      for (const [lowCall, highCall] of spreadsBeside(low, high, callSpreads)) quad(low, high, lowCall, highCall);
    }
    for (const later of series.slice(at + 1)) {
      for (const [near, far] of [[puts, later.puts], [calls, later.calls]] as const) {
        for (const leg of near) {
          for (const other of nearest(far.filter((candidate) => candidate.sign !== leg.sign), leg.strike, 1)) {
            pair(leg, other);
          }
        }
      }
    }
  });
  return found;
}

/** Opposite legs with at most `NEAR` such strikes between them, the lower strike first. */
function nearSpreads(strikes: readonly GroupLeg[]): (readonly [GroupLeg, GroupLeg])[] {
  const found: (readonly [GroupLeg, GroupLeg])[] = [];
  strikes.forEach((low, at) => {
    const above = strikes.slice(at + 1).filter((high) => high.sign !== low.sign).slice(0, NEAR);
    for (const high of above) found.push([low, high]);
  });
  return found;
}

function forEachButterfly(
  strikes: readonly GroupLeg[],
  triple: (low: GroupLeg, body: GroupLeg, high: GroupLeg) => void,
): void {
  strikes.forEach((body, at) => {
    const below = strikes.slice(0, at).filter((low) => low.sign !== body.sign).slice(-NEAR);
    const above = strikes.slice(at + 1).filter((high) => high.sign !== body.sign).slice(0, NEAR);
    for (const low of below) for (const high of above) triple(low, body, high);
  });
}

/** Call spreads that make a put spread iron or a box: the nearest, and before them those of the same number of lots. */
function spreadsBeside(
  low: GroupLeg,
  high: GroupLeg,
  callSpreads: readonly (readonly [GroupLeg, GroupLeg])[],
): (readonly [GroupLeg, GroupLeg])[] {
  const size = Math.min(low.lots, high.lots);
  const distance = ([call]: readonly [GroupLeg, GroupLeg]) => Math.abs(call.strike - high.strike);
  const differs = ([a, b]: readonly [GroupLeg, GroupLeg]) => Number(Math.min(a.lots, b.lots) !== size);
  return callSpreads.filter(([call, highCall]) => isIron(low, high, call) || isBox(low, high, call, highCall))
    .sort((a, b) => differs(a) - differs(b) || distance(a) - distance(b))
    .slice(0, NEAR_SPREADS);
}

function isIron(low: GroupLeg, high: GroupLeg, call: GroupLeg): boolean {
  return call.sign === high.sign && call.sign !== low.sign && call.strike >= high.strike;
}

function isBox(low: GroupLeg, high: GroupLeg, call: GroupLeg, highCall: GroupLeg): boolean {
  return call.sign !== low.sign && call.strike === low.strike && highCall.strike === high.strike;
}

function nearest(legs: readonly GroupLeg[], strike: number, count = NEAR): GroupLeg[] {
  return [...legs].sort((a, b) => Math.abs(a.strike - strike) - Math.abs(b.strike - strike) || a.place - b.place)
    .slice(0, count);
}
