/**
 * How a name moves with the reference: the least-squares slope of its daily returns on the reference's.
 *
 *   beta = Σ(x − mean x)(y − mean y) / Σ(x − mean x)²      x: returns of the reference, y: of the name
 *
 * Returns are simple ones between dates on which both closed, so a day that either market missed joins its neighbour on
 * both sides. They are in each one's own currency: the exchange rate is a risk of its own.
 */
import type { EpochMs, IsoDate } from "../time.ts";

/** What one day ended at, in the instrument's currency. */
export interface DailyClose {
  readonly date: IsoDate;
  readonly close: number;
}

export interface BetaRules {
  /** The newest so many returns count (trading days). */
  readonly windowDays: number;
  /** Fewer returns than this give no beta. */
  readonly minObservations: number;
}

/** A beta and what it rests on. */
export interface BetaEstimate {
  readonly beta: number;
  /** Symbol of the reference. */
  readonly reference: string;
  /** At most so many returns were taken (trading days). */
  readonly windowDays: number;
  /** Returns that it rests on. */
  readonly observations: number;
  /** Dates of the first and the last close. */
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** When the history was read. */
  readonly computedAt: EpochMs;
}

export type Regression =
  | {
    readonly kind: "fitted";
    readonly beta: number;
    readonly observations: number;
    readonly from: IsoDate;
    readonly to: IsoDate;
  }
  /** `reason`: why not, in words for the screen. */
  | { readonly kind: "none"; readonly reason: string };

/** A return over more days than this is a halt or a hole in the data, not a day: it is left out. */
const LONGEST_GAP_DAYS = 10;
const DAY_MS = 86_400_000;

/**
 * The beta of two series of closes. Closes that are missing, not finite or not above 0 count as days missed; the order
 * does not matter, and of several closes for one date the last given counts.
 */
export function regressBeta(
  name: readonly DailyClose[],
  reference: readonly DailyClose[],
  { windowDays, minObservations }: BetaRules,
): Regression {
  const returns = commonReturns(name, reference).slice(-windowDays);
  if (returns.length < minObservations) {
    return { kind: "none", reason: `${returns.length} common daily returns, at least ${minObservations} are needed` };
  }
  const meanX = mean(returns.map(({ x }) => x));
  const meanY = mean(returns.map(({ y }) => y));
  let together = 0;
  let alone = 0;
  for (const { x, y } of returns) {
    together += (x - meanX) * (y - meanY);
    alone += (x - meanX) * (x - meanX);
  }
  // Rounding leaves a remainder of the order of 1e-32 where the reference never moved.
  if (!(alone > returns.length * 1e-24)) return { kind: "none", reason: "the reference did not move" };
  const beta = together / alone;
  if (!Number.isFinite(beta)) return { kind: "none", reason: "the returns are too large to be prices" };
  return { kind: "fitted", beta, observations: returns.length, from: returns[0]!.from, to: returns.at(-1)!.to };
}

interface CommonReturn {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly x: number;
  readonly y: number;
}

function commonReturns(name: readonly DailyClose[], reference: readonly DailyClose[]): CommonReturn[] {
  const names = byDate(name);
  const references = byDate(reference);
  const dates = [...names.keys()].filter((date) => references.has(date)).sort();
  const returns: CommonReturn[] = [];
  for (let i = 1; i < dates.length; i++) {
    const from = dates[i - 1]!;
    const to = dates[i]!;
    if ((Date.parse(to) - Date.parse(from)) / DAY_MS > LONGEST_GAP_DAYS) continue;
    returns.push({
      from,
      to,
      x: references.get(to)! / references.get(from)! - 1,
      y: names.get(to)! / names.get(from)! - 1,
    });
  }
  return returns;
}

function byDate(closes: readonly DailyClose[]): Map<IsoDate, number> {
  const known = new Map<IsoDate, number>();
  for (const { date, close } of closes) if (Number.isFinite(close) && close > 0) known.set(date, close);
  return known;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
