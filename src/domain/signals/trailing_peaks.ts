/**
 * The highest profit of each trade since it is held: what a trailing stop measures from.
 *
 * Plain values, so that they can be stored and given back after a restart.
 */
import type { Trade } from "./trade.ts";

export interface Peak {
  /** Base currency, for `size` of the trade. */
  readonly profit: number;
  /** Contracts, shares or units, above 0. */
  readonly size: number;
  readonly side: 1 | -1;
}

/**
 * Peaks after this turn. Selling part of a trade takes that part of its peak along; adding to it changes nothing, as what
 * was added has made nothing yet. Going through zero to the other side begins anew. A trade that is gone is forgotten.
 *
 * An unknown profit, or one at a doubtful mark, raises no peak.
 */
export function raisePeaks(peaks: ReadonlyMap<string, Peak>, trades: readonly Trade[]): ReadonlyMap<string, Peak> {
  const raised = new Map<string, Peak>();
  for (const trade of trades) {
    const peak = raisedPeak(peaks.get(trade.key), trade);
    if (peak !== null) raised.set(trade.key, peak);
  }
  return raised;
}

function raisedPeak(before: Peak | undefined, trade: Trade): Peak | null {
  const { pnl, size, side, quoteDoubtful } = trade;
  const profit = pnl === null || quoteDoubtful ? Number.NEGATIVE_INFINITY : pnl;
  if (before === undefined || before.side !== side) return profit > 0 ? { profit, size, side } : null;
  const kept = size < before.size ? before.profit * size / before.size : before.profit;
  if (size === before.size && profit <= kept) return before;
  return { profit: Math.max(kept, profit), size, side };
}
