/** How good the quotes of the book are at this turn, counted. */
import type { Portfolio } from "../portfolio.ts";
import { BIT, FLAGS, type FlagSet } from "../quality/flag_set.ts";
import type { EpochMs } from "../time.ts";
import type { PositionValue } from "./position_valuation.ts";
import type { Flag, RiskSnapshot } from "./snapshot.ts";

/** Flags under which a quote is not live. */
const NOT_LIVE: FlagSet = BIT.STALE | BIT.MISSING | BIT.DELAYED | BIT.FROZEN | BIT.NO_PERMISSION | BIT.ROTATED;

/** Counts a position at a time. */
export class QualityCount {
  readonly #portfolio: Portfolio;
  readonly #now: EpochMs;
  readonly #counts = new Int32Array(FLAGS.length);
  #positions = 0;
  #live = 0;
  #oldest = -1;
  deadLines = 0;
  /** Every flag that some position carries. */
  anyFlags: FlagSet = 0;

  constructor(portfolio: Portfolio, now: EpochMs) {
    this.#portfolio = portfolio;
    this.#now = now;
  }

  add({ index, flags }: PositionValue): void {
    const { quotes } = this.#portfolio;
    this.#positions++;
    this.anyFlags |= flags;
    // One round a flag that is set: its lowest bit, taken off.
    for (let rest = flags; rest !== 0; rest &= rest - 1) this.#counts[31 - Math.clz32(rest & -rest)]!++;
    const line = quotes.line(index);
    if (line === "dead") this.deadLines++;
    if (line !== "live" || (flags & NOT_LIVE) !== 0) return;
    this.#live++;
    this.#oldest = Math.max(this.#oldest, this.#now - quotes.arrivedAt(index));
  }

  get view(): RiskSnapshot["quality"] {
    return { quotes: this.#positions, live: this.#live, flags: named(this.#counts) };
  }

  /** Milliseconds; null without a live quote. */
  get oldestLiveMs(): number | null {
    return this.#oldest < 0 ? null : this.#oldest;
  }
}

/** Lines asked for or answering, of everything known. */
export function linesUsed({ quotes, registry }: Portfolio): number {
  let used = 0;
  for (let i = 0; i < registry.size; i++) {
    const line = quotes.line(i);
    if (line === "live" || line === "requested") used++;
  }
  return used;
}

function named(counts: Int32Array): Partial<Record<Flag, number>> {
  const flags: Partial<Record<Flag, number>> = {};
  counts.forEach((count, i) => {
    if (count > 0) flags[FLAGS[i]!] = count;
  });
  return flags;
}
