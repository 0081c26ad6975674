/**
 * What is wrong with a quote: DOMAIN §6, several flags at once.
 *
 * Flags tell; they take nothing out of a total. What is `MISSING` has no price, and greeks that are absent or out of
 * bounds are not used, so that these are left out by themselves and counted.
 */
import type { LineStatus, MarketDataType } from "../event.ts";
import type { QualitySettings } from "../settings.ts";
import type { EpochMs } from "../time.ts";
import { BIT, type FlagSet } from "./flag_set.ts";

/** One quote as it stands; NaN is missing, a time of 0 is never. */
export interface QuoteState {
  readonly isOption: boolean;
  readonly bid: number;
  readonly ask: number;
  readonly last: number;
  readonly close: number;
  readonly brokerMark: number;
  readonly delta: number;
  readonly gamma: number;
  readonly vega: number;
  readonly theta: number;
  readonly line: LineStatus | "none";
  /** Since when the line is as it is. */
  readonly lineSince: EpochMs;
  readonly dataType: MarketDataType;
  readonly arrivedAt: EpochMs;
  readonly brokerTime: EpochMs;
  /** The market that the instrument trades on is open now. */
  readonly marketOpen: boolean;
  /** A price that jumped waits to be confirmed; the one before it stands here. */
  readonly outlier: boolean;
}

/** How far a broker's time stamp may run ahead of ours. */
const MAX_AHEAD_MS = 2_000;
const MAX_DELTA = 1 + 1e-6;
/** Turns that a line lent to others may miss before its quote is old. */
const MISSED_ROTATIONS = 2;

/** @param linkDead the broker's link is down, silent or not there yet: nothing can be live */
export function quoteFlags(
  quote: QuoteState,
  linkDead: boolean,
  now: EpochMs,
  settings: Pick<QualitySettings, "staleSeconds" | "rotationSeconds">,
): FlagSet {
  let flags = priceFlags(quote) | lineFlags(quote, now);
  if (quote.isOption) flags |= greekFlags(quote);
  return flags | ageFlags(quote, linkDead && (flags & BIT.MISSING) === 0, now, settings);
}

function priceFlags(quote: QuoteState): FlagSet {
  const { bid, ask, last, close, brokerMark } = quote;
  const hasBid = bid === bid;
  const hasAsk = ask === ask;
  if (!hasBid && !hasAsk && last !== last && close !== close && brokerMark !== brokerMark) return BIT.MISSING;
  let flags: FlagSet = quote.outlier ? BIT.OUTLIER : 0;
  if (hasBid && hasAsk) {
    if (bid > ask) flags |= BIT.CROSSED;
    // A worthless option is bid 0; a stock or future is not, and nothing is offered for 0.
    if ((bid === 0 && ask > 0 && !quote.isOption) || (ask === 0 && bid > 0)) flags |= BIT.ZERO_QUOTE;
  } else if (hasBid !== hasAsk) {
    flags |= BIT.ONE_SIDED;
  }
  return flags;
}

/** What kind of data the line brings. */
function lineFlags({ marketOpen, line, dataType, brokerTime }: QuoteState, now: EpochMs): FlagSet {
  let flags: FlagSet = marketOpen ? 0 : BIT.CLOSED;
  if (line === "none") return flags;
  if (line === "no-permission") flags |= BIT.NO_PERMISSION;
  else if (line === "rotated") flags |= BIT.ROTATED;
  if (dataType === "delayed" || dataType === "delayed-frozen") flags |= BIT.DELAYED;
  if (dataType === "frozen" || dataType === "delayed-frozen") flags |= BIT.FROZEN;
  return brokerTime > now + MAX_AHEAD_MS ? flags | BIT.FUTURE_TIME : flags;
}

/**
 * Whether the quote is of before, or only quiet. An option may not trade for minutes: silence on a live line of a live
 * link is no fault. A closed market quotes nothing that could be missed.
 */
function ageFlags(
  { line, lineSince, arrivedAt, marketOpen }: QuoteState,
  pricedOverDeadLink: boolean,
  now: EpochMs,
  { staleSeconds, rotationSeconds }: Pick<QualitySettings, "staleSeconds" | "rotationSeconds">,
): FlagSet {
  if (pricedOverDeadLink || line === "dead") return BIT.STALE;
  if (arrivedAt === 0) return 0;
  const silent = now - arrivedAt > staleSeconds * 1000;
  switch (line) {
    case "live":
      return silent && marketOpen ? BIT.QUIET : 0;
    case "requested":
      // Asked for anew and not answered yet: what is known is of before.
      return silent ? BIT.STALE : 0;
    case "rotated":
      return marketOpen && now - lineSince > MISSED_ROTATIONS * rotationSeconds * 1000 ? BIT.STALE : 0;
    default:
      return 0;
  }
}

function greekFlags({ delta, gamma, vega, theta }: QuoteState): FlagSet {
  const absent = delta !== delta || gamma !== gamma || vega !== vega || theta !== theta;
  const bad = Math.abs(delta) > MAX_DELTA || gamma < 0 || vega < 0;
  return (absent ? BIT.NO_GREEKS : 0) | (bad ? BIT.BAD_GREEKS : 0);
}
