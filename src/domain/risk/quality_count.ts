/** How good the quotes of the book are at this turn, counted. */
import type { Portfolio } from "../portfolio.ts";
import { BIT, FLAGS, type FlagSet } from "../quality/flag_set.ts";
import type { EpochMs } from "../time.ts";
import type { PositionValue } from "./position_valuation.ts";
import type { Flag, RiskSnapshot } from "./snapshot.ts";

export interface QualityCount {
  readonly view: RiskSnapshot["quality"];
  /** Milliseconds; null without a live quote. */
  readonly oldestLiveMs: number | null;
  readonly linesUsed: number;
  readonly deadLines: number;
  /** Every flag that some position carries. */
  readonly anyFlags: FlagSet;
}

/** Flags under which a quote is not live. */
const NOT_LIVE: FlagSet = BIT.STALE | BIT.MISSING | BIT.DELAYED | BIT.FROZEN | BIT.NO_PERMISSION | BIT.ROTATED;

export function countQuality(positions: readonly PositionValue[], portfolio: Portfolio, now: EpochMs): QualityCount {
  const { quotes, registry } = portfolio;
  const counts = new Int32Array(FLAGS.length);
  let live = 0;
  let oldest = -1;
  let deadLines = 0;
  let anyFlags: FlagSet = 0;
  for (const { index, flags } of positions) {
    anyFlags |= flags;
    // One round a flag that is set: its lowest bit, taken off.
    for (let rest = flags; rest !== 0; rest &= rest - 1) counts[31 - Math.clz32(rest & -rest)]!++;
    const line = quotes.line(index);
    if (line === "dead") deadLines++;
    if (line !== "live" || (flags & NOT_LIVE) !== 0) continue;
    live++;
    oldest = Math.max(oldest, now - quotes.arrivedAt(index));
  }
  let linesUsed = 0;
  for (let i = 0; i < registry.size; i++) {
    const line = quotes.line(i);
    if (line === "live" || line === "requested") linesUsed++;
  }
  const view = { quotes: positions.length, live, flags: named(counts) };
  return { view, oldestLiveMs: oldest < 0 ? null : oldest, linesUsed, deadLines, anyFlags };
}

function named(counts: Int32Array): Partial<Record<Flag, number>> {
  const flags: Partial<Record<Flag, number>> = {};
  counts.forEach((count, i) => {
    if (count > 0) flags[FLAGS[i]!] = count;
  });
  return flags;
}
