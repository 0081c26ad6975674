/** Thresholds of the signals. Read from the configuration, fixed for the life of the program. */
import type { IsoDate } from "../time.ts";

/** A rule whose threshold is null is off. Fractions are fractions (0.50 is 50 %), losses positive, days calendar days. */
export interface SignalSettings {
  /** The rules are asked at most this often; a turn between costs nothing. */
  readonly judgeEveryMs: number;
  /** How long a condition must have held before it becomes a signal. */
  readonly debounceSeconds: number;
  /** How long a signal that cleared is still listed. */
  readonly keepClearedMinutes: number;
  /** Loss as a fraction of the premium paid. */
  readonly stopLossPct: number | null;
  /** A stop never waits for more than this fraction of the maximum loss, whatever the other stops say; null: it may. */
  readonly stopOfMaxLossPct: number | null;
  /** Profit as a fraction of the premium paid. */
  readonly takeProfitPct: number | null;
  /** Taking profit never waits for more than this fraction of the maximum profit; null: it may. */
  readonly takeProfitOfMaxPct: number | null;
  /** Loss of stock, futures and of strategies that hold some, as a fraction of what they cost. */
  readonly linearStopLossPct: number | null;
  readonly linearTakeProfitPct: number | null;
  /** Fraction of the highest profit that was given back. */
  readonly trailingStopPct: number | null;
  /** The trailing stop begins once the profit has reached this fraction of the cost, or of the premium received. */
  readonly trailingActivationPct: number;
  /** Loss as a multiple of the premium received. */
  readonly shortPremiumR: number | null;
  /** Profit as a fraction of the maximum profit of what was sold: the premium received, unless the strategy can make more. */
  readonly earlyProfitPct: number | null;
  readonly dteExitDays: number | null;
  /** Size of the delta of one short option, 0 to 1. */
  readonly shortLegDelta: number | null;
  /** Days to expiry from which a short option in the money may be assigned. */
  readonly assignmentDays: number | null;
  /** Days to the ex-dividend date from which a short call in the money may be assigned. */
  readonly exDividendDays: number | null;
  /** Distance of the underlying from the strike of a short option, as a fraction of the strike. */
  readonly pinRiskPct: number | null;
  /** Days to expiry up to which that distance counts. */
  readonly pinRiskDays: number;
  readonly expiringToday: boolean;
  readonly earningsDays: number | null;
  /** Symbol of the volatility index. */
  readonly vixSymbol: string;
  /** Index points. */
  readonly vixLevel: number | null;
  /** Rise above the lowest of the window, as a fraction. */
  readonly vixSpikePct: number | null;
  readonly vixWindowMinutes: number;
  /** Symbol of the index, or of its fund. */
  readonly indexSymbol: string;
  /** Fall below the previous close, as a fraction. */
  readonly indexDropPct: number | null;
  /** Share of gross exposure in one sector. */
  readonly sectorConcentrationPct: number | null;
  /** How far the deltas of a call and a put of one strike may be from adding up. */
  readonly greeksTolerance: number | null;
  /** By underlying. */
  readonly earnings: ReadonlyMap<string, readonly IsoDate[]>;
  readonly exDividends: ReadonlyMap<string, readonly IsoDate[]>;
}

/** Symbols of the indices that some rule needs; null where every rule on them is off. */
export interface IndicesWatched {
  readonly volatility: string | null;
  /** An index, or a fund on one. */
  readonly broad: string | null;
}

export function indicesWatched(
  { vixLevel, vixSpikePct, vixSymbol, indexDropPct, indexSymbol }: SignalSettings,
): IndicesWatched {
  return {
    volatility: vixLevel === null && vixSpikePct === null ? null : vixSymbol,
    broad: indexDropPct === null ? null : indexSymbol,
  };
}
