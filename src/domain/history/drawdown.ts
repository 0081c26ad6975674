/** How far a running profit fell from its best. */
import type { IsoDate } from "../time.ts";
import { fromUnits, QUANTITY_PLACES, toUnits } from "./exact.ts";

/** Profit or loss of one day, in one currency. */
export interface PnlPoint {
  readonly date: IsoDate;
  readonly pnl: number;
}

export interface DrawdownPoint {
  readonly date: IsoDate;
  /** Σ pnl up to and with this day. */
  readonly cumulative: number;
  /** The best `cumulative` so far; 0 at the start, so that a loss from the first day counts. */
  readonly peak: number;
  /** peak − cumulative: a loss, so positive; 0 at a new best. */
  readonly drawdown: number;
  /** drawdown ÷ (starting equity + peak), a fraction; null without a starting equity, or when that sum is not above 0. */
  readonly drawdownPct: number | null;
}

/** The deepest fall of a series. */
export interface DeepestDrawdown {
  readonly drawdown: number;
  readonly drawdownPct: number | null;
  /** The last day at the best before it; null when that was the start. */
  readonly peakDate: IsoDate | null;
  readonly troughDate: IsoDate;
  /** The first day at or above that best again; null when it has not come back. */
  readonly recoveredDate: IsoDate | null;
}

/**
 * One point a day, in the order given.
 *
 * @param startingEquity before the first day, in the same currency; null when it is not known
 * @throws {RangeError} for a pnl that is not finite: a day that is not known must be left out by whoever knows why
 */
export function drawdownSeries(points: readonly PnlPoint[], startingEquity: number | null): DrawdownPoint[] {
  let cumulative = 0n;
  let peak = 0n;
  return points.map(({ date, pnl }) => {
    cumulative += toUnits(pnl, QUANTITY_PLACES);
    if (cumulative > peak) peak = cumulative;
    const drawdown = fromUnits(peak - cumulative, QUANTITY_PLACES);
    const best = fromUnits(peak, QUANTITY_PLACES);
    const equity = startingEquity === null ? null : startingEquity + best;
    return {
      date,
      cumulative: fromUnits(cumulative, QUANTITY_PLACES),
      peak: best,
      drawdown,
      drawdownPct: equity === null || !(equity > 0) ? null : drawdown / equity,
    };
  });
}

/** By amount; of equal ones the first. Null when the series never fell. */
export function deepestDrawdown(series: readonly DrawdownPoint[]): DeepestDrawdown | null {
  let trough = -1;
  for (let index = 0; index < series.length; index++) {
    if (series[index]!.drawdown > (series[trough]?.drawdown ?? 0)) trough = index;
  }
  const deepest = series[trough];
  if (deepest === undefined) return null;
  const peakDate = series.slice(0, trough).findLast((point) => point.drawdown === 0 && point.peak > 0)?.date ?? null;
  const recovered = series.slice(trough + 1).find((point) => point.cumulative >= deepest.peak);
  return {
    drawdown: deepest.drawdown,
    drawdownPct: deepest.drawdownPct,
    peakDate,
    troughDate: deepest.date,
    recoveredDate: recovered?.date ?? null,
  };
}
