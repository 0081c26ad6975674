/** What is wrong with a quote: DOMAIN §6, several flags at once. */
import type { LineStatus, MarketDataType } from "../event.ts";
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
  readonly line: LineStatus | "none";
  readonly dataType: MarketDataType;
  readonly arrivedAt: EpochMs;
  readonly brokerTime: EpochMs;
  /** The market that the instrument trades on is open now. */
  readonly marketOpen: boolean;
}

/** How far a broker's time stamp may run ahead of ours. */
const MAX_AHEAD_MS = 2_000;
const MAX_DELTA = 1 + 1e-6;

/** @param linkDead the broker's link is down or not there yet: nothing can be live */
export function quoteFlags(quote: QuoteState, linkDead: boolean, now: EpochMs, staleMs: number): FlagSet {
  return priceFlags(quote) | lineFlags(quote, linkDead, now, staleMs) | (quote.isOption ? greekFlags(quote) : 0);
}

function priceFlags(quote: QuoteState): FlagSet {
  const { bid, ask, last, close, brokerMark } = quote;
  const hasBid = bid === bid;
  const hasAsk = ask === ask;
  if (!hasBid && !hasAsk && last !== last && close !== close && brokerMark !== brokerMark) return BIT.MISSING;
  let flags: FlagSet = 0;
  if (hasBid && hasAsk) {
    if (bid > ask) flags |= BIT.CROSSED;
    // A worthless option is bid 0; a stock or future is not.
    if (bid === 0 && !quote.isOption && ask > 0) flags |= BIT.ZERO_QUOTE;
  } else if (hasBid !== hasAsk) {
    flags |= BIT.ONE_SIDED;
  }
  return flags;
}

function lineFlags(quote: QuoteState, linkDead: boolean, now: EpochMs, staleMs: number): FlagSet {
  let flags: FlagSet = 0;
  if (!quote.marketOpen) flags |= BIT.CLOSED;
  switch (quote.line) {
    case "none":
      return flags;
    case "no-permission":
      return flags | BIT.NO_PERMISSION;
    case "rotated":
      flags |= BIT.ROTATED;
      break;
    case "dead":
      flags |= BIT.STALE;
      break;
    default:
      break;
  }
  if (quote.dataType === "delayed" || quote.dataType === "delayed-frozen") flags |= BIT.DELAYED;
  if (quote.dataType === "frozen" || quote.dataType === "delayed-frozen") flags |= BIT.FROZEN;
  if (quote.arrivedAt === 0) return flags;
  const silent = now - quote.arrivedAt > staleMs;
  if (linkDead) flags |= BIT.STALE;
  else if (silent && quote.line === "live" && quote.marketOpen) flags |= BIT.QUIET;
  // Asked for anew and not answered yet: what is known is of before.
  else if (silent && quote.line === "requested") flags |= BIT.STALE;
  if (quote.brokerTime > now + MAX_AHEAD_MS) flags |= BIT.FUTURE_TIME;
  return flags;
}

function greekFlags(quote: QuoteState): FlagSet {
  const { delta, gamma, vega } = quote;
  if (delta !== delta) return BIT.NO_GREEKS;
  return Math.abs(delta) > MAX_DELTA || gamma < 0 || vega < 0 ? BIT.BAD_GREEKS : 0;
}
