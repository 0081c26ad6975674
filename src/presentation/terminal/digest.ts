/**
 * Which marks the sums carry: one walk over the positions of a snapshot, remembered until another is shown.
 *
 * It adds nothing up. It notes which positions a name's or a bucket's sum had to leave out, and which are stale or
 * modelled, so that the number on screen can say so.
 */
import { LastAnswer } from "../../application/last_answer.ts";
import { contractName } from "../format.ts";
import type { Flag, PositionView, RiskSnapshot } from "../../domain/risk/snapshot.ts";

/** A figure that is summed over positions. */
export type Figure =
  | "marketValue"
  | "dailyPnl"
  | "unrealizedPnl"
  | "exposure"
  | "delta"
  | "dollarDelta"
  | "betaWeightedDelta"
  | "gammaDollars1Pct"
  | "vega"
  | "theta";

const FIGURES: readonly Figure[] = [
  "marketValue",
  "dailyPnl",
  "unrealizedPnl",
  "exposure",
  "delta",
  "dollarDelta",
  "betaWeightedDelta",
  "gammaDollars1Pct",
  "vega",
  "theta",
];
const FROM_GREEKS: ReadonlySet<Figure> = new Set<Figure>(FIGURES.slice(3));

/** What is to be said about the sums over a group of positions, as bits: one for each figure, `STALE`, `MODELLED`. */
export interface GroupMarks {
  bits: number;
}

const BIT = Object.fromEntries(FIGURES.map((figure, index) => [figure, 1 << index])) as Readonly<
  Record<Figure, number>
>;
const LEFT_OUT_BITS = (1 << FIGURES.length) - 1;
const GREEK_BITS = FIGURES.reduce((bits, figure) => FROM_GREEKS.has(figure) ? bits | BIT[figure] : bits, 0);
const STALE = 1 << 20;
const MODELLED = 1 << 21;

/** Whether a sum of the group leaves something out or rests on a stale quote. */
export function isDoubtful(marks: GroupMarks | undefined): boolean {
  return marks !== undefined && (marks.bits & (LEFT_OUT_BITS | STALE)) !== 0;
}

/** Whether a position of the group has a stale quote. */
export function hasStale(marks: GroupMarks): boolean {
  return (marks.bits & STALE) !== 0;
}

/** What is to be said about a sum over these positions. */
export function marksOver(positions: readonly PositionView[]): GroupMarks {
  return { bits: positions.reduce((bits, position) => bits | bitsOf(position), 0) };
}

/** A flag's first position and how many carry it. */
export interface Example {
  readonly position: PositionView;
  count: number;
}

export interface Digest {
  readonly names: ReadonlyMap<string, GroupMarks>;
  readonly buckets: ReadonlyMap<string, GroupMarks>;
  readonly book: GroupMarks;
  readonly examples: ReadonlyMap<Flag, Example>;
  /** Positions that the day's P&L leaves out, whatever else is known of them; null when there are none. */
  readonly withoutDay: Example | null;
  /** Positions under each name, in the snapshot's order. */
  readonly positions: ReadonlyMap<string, readonly PositionView[]>;
}

export function digestOf(snapshot: RiskSnapshot): Digest {
  return last.to([snapshot], () => digested(snapshot));
}

const last = new LastAnswer<Digest>();

/** The first of several marks: `x` left out, `s` stale, `m` modelled; empty when all is well. */
export function markOf(marks: GroupMarks | undefined, figure: Figure): string {
  if (marks === undefined) return "";
  if (marks.bits & BIT[figure]) return "x";
  if (marks.bits & STALE) return "s";
  return marks.bits & MODELLED && FROM_GREEKS.has(figure) ? "m" : "";
}

/** Why a sum leaves a position out, in the order they are looked for. */
const LEFT_OUT: readonly (readonly [Flag, string])[] = [
  ["NO_MARK", "no mark"],
  ["FX_MISSING", "no FX rate"],
  ["DATA_MISSING", "no greeks"],
  ["NO_GREEKS", "no greeks"],
  ["BAD_GREEKS", "bad greeks"],
  ["NO_UNDERLYING_PRICE", "no underlying price"],
  ["UNKNOWN_TYPE", "unknown type"],
  ["EXPIRED", "expired"],
];

/** Why the day's P&L of a position is missing. Without a close or fills it would be IB's own figure. */
const WITHOUT_DAY: readonly (readonly [Flag, string])[] = [
  ["NO_MARK", "no mark"],
  ["FX_MISSING", "no FX rate"],
  ["NO_CLOSE", "no close"],
  ["FILLS_INCOMPLETE", "no fills"],
];

/**
 * The first position that the day's P&L leaves out, and why; null when there is none, and when `leftOut` names it
 * already.
 */
export function dayLeftOut({ withoutDay, examples }: Digest): LeftOut | null {
  if (withoutDay === null || leftOut(examples).some(({ example }) => example.position === withoutDay.position)) {
    return null;
  }
  const { flags, leaves } = withoutDay.position;
  const why = WITHOUT_DAY.find(([flag]) => flags.includes(flag))?.[1];
  const whose = leaves.some(({ source }) => source === "FUTU") ? "its broker's" : "IB's";
  return { example: withoutDay, reason: why === undefined ? "not known yet" : `${why}, nor ${whose} figure` };
}

export interface LeftOut {
  readonly example: Example;
  readonly reason: string;
}

/** The first position that a sum leaves out for each reason; none named twice. */
export function leftOut(examples: ReadonlyMap<Flag, Example>): readonly LeftOut[] {
  const told: LeftOut[] = [];
  for (const [flag, reason] of LEFT_OUT) {
    const example = examples.get(flag);
    if (example === undefined) continue;
    if (told.some((one) => one.reason === reason || one.example.position === example.position)) continue;
    told.push({ example, reason });
  }
  return told;
}

/** `NVDA 27Nov26 200 C and 2 more`. */
export function named(example: Example): string {
  const more = example.count > 1 ? ` and ${example.count - 1} more` : "";
  return contractName(example.position) + more;
}

function digested(snapshot: RiskSnapshot): Digest {
  const names = new Map<string, GroupMarks>();
  const buckets = new Map<string, GroupMarks>();
  const book: GroupMarks = { bits: 0 };
  const examples = new Map<Flag, Example>();
  const positions = new Map<string, PositionView[]>();
  let withoutDay: Example | null = null;
  for (const position of snapshot.positions) {
    const bits = bitsOf(position);
    book.bits |= bits;
    if ((bits & BIT.dailyPnl) !== 0) {
      if (withoutDay === null) withoutDay = { position, count: 1 };
      else withoutDay.count++;
    }
    add(names, position.underlying, bits);
    add(buckets, position.expiryBucket, bits);
    for (const flag of position.flags) {
      const example = examples.get(flag);
      if (example === undefined) examples.set(flag, { position, count: 1 });
      else example.count++;
    }
    const under = positions.get(position.underlying);
    if (under === undefined) positions.set(position.underlying, [position]);
    else under.push(position);
  }
  return { names, buckets, book, examples, withoutDay, positions };
}

function bitsOf(position: PositionView): number {
  let bits = 0;
  // A row closed today has nothing to mark.
  if (position.quantity !== 0) {
    if (position.marketValue === null) bits |= BIT.marketValue;
    if (position.dailyPnl === null) bits |= BIT.dailyPnl;
    if (position.unrealizedPnl === null) bits |= BIT.unrealizedPnl;
    if (position.exposure === null) bits |= BIT.exposure;
    if (position.delta === null) bits |= BIT.delta;
    if (position.dollarDelta === null) bits |= BIT.dollarDelta;
    if (position.betaWeightedDelta === null) bits |= BIT.betaWeightedDelta;
    if (position.gammaDollars1Pct === null) bits |= BIT.gammaDollars1Pct;
    if (position.vega === null) bits |= BIT.vega;
    if (position.theta === null) bits |= BIT.theta;
    // A currency pair is left out of exposure and greeks by design, not by a fault.
    if (position.assetType === "FOREX") bits &= ~GREEK_BITS;
  }
  if (position.greeksSource === "model") bits |= MODELLED;
  for (const flag of position.flags) {
    if (flag === "STALE") bits |= STALE;
    else if (flag === "MODEL") bits |= MODELLED;
  }
  return bits;
}

function add(groups: Map<string, GroupMarks>, key: string, bits: number): void {
  const marks = groups.get(key);
  if (marks === undefined) groups.set(key, { bits });
  else marks.bits |= bits;
}
