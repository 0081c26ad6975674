/** Flags in the order of their gravity, and what each does to the numbers, in words. */
import type { Flag, PositionView, RiskSnapshot } from "../../domain/risk/snapshot.ts";

/** Flags that call for a look; what is merely so (a quiet line, a closed market, a default beta) does not count. */
export const TO_LOOK_AT: readonly Flag[] = [
  "MISSING",
  "STALE",
  "CROSSED",
  "ZERO_QUOTE",
  "NO_PERMISSION",
  "NO_GREEKS",
  "BAD_GREEKS",
  "FUTURE_TIME",
  "OUTLIER",
  "NO_MARK",
  "FX_MISSING",
  "MODEL",
  "UNKNOWN_TYPE",
];

/** Flags that change no number of the position, or nearly every option's alike; alone they make no row of a list. */
const IN_PASSING: ReadonlySet<Flag> = new Set<Flag>(["QUIET", "CLOSED", "TAYLOR"]);

type Effect = string | ((position: PositionView) => string);

const OUT_OF_TOTALS = "out of every total";
const NO_GREEKS = "out of greeks and exposure";

/** The gravest first. */
const EFFECTS: Readonly<Record<Flag, Effect>> = {
  MISSING: (one) => (one.mark === null ? `no price: ${OUT_OF_TOTALS}` : `no quote: ${markedBy(one)}`),
  NO_MARK: OUT_OF_TOTALS,
  FX_MISSING: (one) => `no rate for ${one.currency}: ${OUT_OF_TOTALS}`,
  STALE: (one) => (
    one.leaves.some(({ restored }) => restored)
      ? "from history, not confirmed yet"
      : one.markStale === false
      ? `holds what ${awayIn(one)} said last`
      : one.markSource === "stored"
      ? "at the mark that history stored"
      : "kept at its last good mark"
  ),
  CROSSED: (one) => `bid above ask: ${markedBy(one)}`,
  ZERO_QUOTE: (one) => `a side quotes 0: ${markedBy(one)}`,
  OUTLIER: "a jump that nothing confirmed yet",
  FUTURE_TIME: "its time is ahead of the clock",
  NO_PERMISSION: (one) => `no permission: ${markedBy(one)}`,
  NO_GREEKS,
  DATA_MISSING: NO_GREEKS,
  BAD_GREEKS: `greeks beyond bounds: ${NO_GREEKS}`,
  NO_UNDERLYING_PRICE: "no underlying price: no $delta",
  UNKNOWN_TYPE: "unknown type: no delta",
  MODEL: "greeks from the model",
  WIDE: (one) => `wide spread: ${markedBy(one)}`,
  ONE_SIDED: (one) => `one side only: ${markedBy(one)}`,
  DELAYED: (one) => (
    one.markSource === "broker" ? "at its broker's own price, not live" : "delayed 15 to 20 min, not live"
  ),
  FROZEN: "frozen at the last session's end",
  ROTATED: "lends its line; kept with its age",
  FILLS_INCOMPLETE: (one) => ({
    broker: "day P&L is the broker's own",
    none: "no day P&L: fills not known",
    own: one.realizedPnl === null ? "no realized P&L: not told" : "fills not known from the start",
  }[one.dailyPnlSource]),
  NO_CLOSE: (one) => one.dailyPnl === null ? "no close: out of day P&L" : "no close: day P&L is the broker's",
  NO_AVG_PRICE: "no average price: no unrealized",
  SPLIT_SUSPECT: "price and cost fit a split: check",
  MAGNIFIER_SUSPECT: "price and cost 100 times apart",
  UNDERLYING_PROXY: "underlying's price from a proxy",
  BETA_DEFAULT: (one) => `beta 1.00 used, set betas.${one.underlying}`,
  EXPIRED: "at intrinsic value, no greeks",
  TAYLOR: "shocks by delta, gamma, vega",
  QUIET: "nothing arrived of late; counts",
  CLOSED: "outside its session",
};

const ORDER = Object.keys(EFFECTS) as Flag[];

/** Every flag there is, the gravest first. */
export const FLAGS: readonly Flag[] = ORDER;

const RANK = new Map(ORDER.map((flag, index) => [flag, index]));

/** The position's flags, the gravest first. */
export function gravestFirst(flags: readonly Flag[]): Flag[] {
  return [...flags].sort((a, b) => gravity(a) - gravity(b));
}

/** Place in the order of gravity, 0 the gravest. */
export function gravity(flag: Flag): number {
  return RANK.get(flag) ?? ORDER.length;
}

/** What the flag does to the position's numbers. */
export function effectOf(flag: Flag, position: PositionView): string {
  const effect: Effect | undefined = EFFECTS[flag];
  return typeof effect === "function" ? effect(position) : effect ?? "";
}

/** Whether some flag of the position calls for a look. */
export function isToLookAt({ flags }: Pick<PositionView, "flags">): boolean {
  return flags.some((flag) => TO_LOOK_AT.includes(flag));
}

/** Whether some flag is more than in passing. */
export function isTelling({ flags }: Pick<PositionView, "flags">): boolean {
  return flags.some((flag) => !IN_PASSING.has(flag));
}

/** What every total leaves out that knows nothing of a broker: `a broker that was never read`. Null when all were read. */
export function unreadWords({ portfolio }: Pick<RiskSnapshot, "portfolio">): string | null {
  const unread = Math.max(0, ...portfolio.excluded.map(({ reason, count }) => reason === "SOURCE_UNREAD" ? count : 0));
  if (unread === 0) return null;
  return unread === 1 ? "a broker that was never read" : `${unread} brokers that were never read`;
}

/** Brokers whose part of the position nobody confirms now. */
function awayIn({ leaves }: PositionView): string {
  return [...new Set(leaves.filter(({ stale }) => stale).map(({ source }) => source))].join(" and ");
}

function markedBy({ mark, markSource }: PositionView): string {
  if (mark === null) return OUT_OF_TOTALS;
  return MARKS[markSource];
}

const MARKS: Readonly<Record<PositionView["markSource"], string>> = {
  mid: "marked at its mid",
  last: "marked at its last",
  broker: "broker's mark",
  model: "marked by the model",
  intrinsic: "at intrinsic value",
  close: "marked at its close",
  stored: "at its stored mark",
  none: "kept at its mark",
};
