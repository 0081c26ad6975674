/** Limits and inputs to vary in tests: a small book, quiet unless told otherwise. */
import { NO_LIMITS } from "../../support/book_builder.ts";
import type { Judged, LimitInputs } from "../../../src/domain/limits/judge.ts";
import type { LimitSettings } from "../../../src/domain/settings.ts";

export function known(value: number | null): Judged {
  return { value, partial: 0, stale: false, modelled: false };
}

/** Everything off. */
export function settings(set: Partial<LimitSettings> = {}): LimitSettings {
  return { ...NO_LIMITS, ...set };
}

/** Every limit set, at the figures of the demo book where it has them. */
export function everyLimit(): LimitSettings {
  return settings({
    maxTotalGrossNotional: 6_000_000,
    maxPerUnderlyingNotional: { default: 1_000_000, names: new Map([["TSLA", 1_500_000]]) },
    portfolioDeltaRange: { low: -50_000, high: 50_000 },
    portfolioGammaRange: { low: -5_000, high: 5_000 },
    portfolioVegaRange: { low: -15_000, high: 15_000 },
    portfolioThetaRange: { low: -10_000, high: 10_000 },
    portfolioDollarDeltaRange: { low: -3_000_000, high: 3_000_000 },
    portfolioBetaDeltaRange: { low: -10_000, high: 10_000 },
    maxMarginUtilization: 0.6,
    maxConcentrationPct: 0.5,
    maxScenarioLoss: 250_000,
    maxDailyLoss: 25_000,
    maxDrawdownPct: 0.1,
    maxValueAtRisk: 100_000,
    maxMissingGreeksPct: 0.1,
  });
}

export function inputs(set: Partial<LimitInputs> = {}): LimitInputs {
  return {
    grossExposure: known(0),
    exposureByUnderlying: new Map(),
    delta: known(0),
    gamma: known(0),
    vega: known(0),
    theta: known(0),
    dollarDelta: known(0),
    betaWeightedDelta: known(0),
    margins: [{ account: "DU1", margin: 0, netLiquidation: 1_000_000, stale: false }],
    concentration: known(0),
    scenarioPnl: [known(0)],
    dailyPnl: known(0),
    drawdown: known(0),
    valueAtRisk: known(0),
    missingGreeks: known(0),
    ...set,
  };
}
