/**
 * Which marks the sums carry: one walk over the positions of a snapshot, remembered for as long as the snapshot lives.
 *
 * It adds nothing up. It notes which positions a name's or a bucket's sum had to leave out, and which are stale or
 * modelled, so that the number on screen can say so.
 */
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

/** What is to be said about the sums over a group of positions. */
export interface GroupMarks {
  readonly leftOut: Set<Figure>;
  stale: boolean;
  modelled: boolean;
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
  /** Positions under each name, in the snapshot's order. */
  readonly positions: ReadonlyMap<string, readonly PositionView[]>;
}

const known = new WeakMap<RiskSnapshot, Digest>();

export function digestOf(snapshot: RiskSnapshot): Digest {
  let digest = known.get(snapshot);
  if (digest === undefined) {
    digest = digested(snapshot);
    known.set(snapshot, digest);
  }
  return digest;
}

/** The first of several marks: `x` left out, `s` stale, `m` modelled; empty when all is well. */
export function markOf(marks: GroupMarks | undefined, figure: Figure): string {
  if (marks === undefined) return "";
  if (marks.leftOut.has(figure)) return "x";
  if (marks.stale) return "s";
  return marks.modelled && FROM_GREEKS.has(figure) ? "m" : "";
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
  ["NO_CLOSE", "no close"],
];

/** The first position that a sum leaves out, and why; null when none is flagged. */
export function firstLeftOut(
  examples: ReadonlyMap<Flag, Example>,
): { readonly example: Example; readonly reason: string } | null {
  for (const [flag, reason] of LEFT_OUT) {
    const example = examples.get(flag);
    if (example !== undefined) return { example, reason };
  }
  return null;
}

/** `NVDA 27Nov26 200 C and 2 more`. */
export function named(example: Example): string {
  const more = example.count > 1 ? ` and ${example.count - 1} more` : "";
  return contractName(example.position) + more;
}

function digested(snapshot: RiskSnapshot): Digest {
  const names = new Map<string, GroupMarks>();
  const buckets = new Map<string, GroupMarks>();
  const book = noMarks();
  const examples = new Map<Flag, Example>();
  const positions = new Map<string, PositionView[]>();
  for (const position of snapshot.positions) {
    const groups = [book, group(names, position.underlying), group(buckets, position.expiryBucket)];
    for (const marks of groups) note(marks, position);
    for (const flag of position.flags) {
      const example = examples.get(flag);
      if (example === undefined) examples.set(flag, { position, count: 1 });
      else example.count++;
    }
    const under = positions.get(position.underlying);
    if (under === undefined) positions.set(position.underlying, [position]);
    else under.push(position);
  }
  return { names, buckets, book, examples, positions };
}

function note(marks: GroupMarks, position: PositionView): void {
  // A row closed today has nothing to mark; a currency pair is left out of greeks by design, not by a fault.
  if (position.quantity !== 0) {
    for (const figure of FIGURES) {
      if (position[figure] !== null || (position.assetType === "FOREX" && FROM_GREEKS.has(figure))) continue;
      marks.leftOut.add(figure);
    }
  }
  if (position.flags.includes("STALE")) marks.stale = true;
  if (position.greeksSource === "model" || position.flags.includes("MODEL")) marks.modelled = true;
}

function group(groups: Map<string, GroupMarks>, key: string): GroupMarks {
  let marks = groups.get(key);
  if (marks === undefined) {
    marks = noMarks();
    groups.set(key, marks);
  }
  return marks;
}

function noMarks(): GroupMarks {
  return { leftOut: new Set(), stale: false, modelled: false };
}
