/** The settings that change what a number means. Read from the configuration, fixed for the life of the program. */

import type { SignalSettings } from "./signals/signal_settings.ts";

/** Both ends in the unit of what they bound; `low < high`. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A missing member is off (null); 0 is a limit. Money in the base currency, losses positive. */
export interface LimitSettings {
  readonly maxTotalGrossNotional: number | null;
  /** `default` applies to every name without an entry of its own; null: such names have no limit. */
  readonly maxPerUnderlyingNotional: { readonly default: number | null; readonly names: ReadonlyMap<string, number> };
  /** In units of the underlyings (shares). */
  readonly portfolioDeltaRange: Range | null;
  readonly portfolioGammaRange: Range | null;
  readonly portfolioVegaRange: Range | null;
  readonly portfolioThetaRange: Range | null;
  readonly portfolioDollarDeltaRange: Range | null;
  readonly portfolioBetaDeltaRange: Range | null;
  /** Fraction: 0.60 is 60 %. */
  readonly maxMarginUtilization: number | null;
  /** Fraction of gross exposure in one name. */
  readonly maxConcentrationPct: number | null;
  readonly maxScenarioLoss: number | null;
  readonly maxDailyLoss: number | null;
  /** Fraction of the session's peak net liquidation. */
  readonly maxDrawdownPct: number | null;
  readonly maxValueAtRisk: number | null;
  /** Fraction of option positions without greeks. */
  readonly maxMissingGreeksPct: number | null;
  /** Utilization from which a limit is soft (0.80). */
  readonly softBreachThreshold: number;
  readonly debounceSeconds: { readonly soft: number; readonly hard: number };
  readonly escalateAfterMinutes: number;
}

/** Market data quality. */
export interface QualitySettings {
  readonly staleSeconds: number;
  /** Fraction of mid above which a spread is wide, unless it is at most `wideSpreadFloor` in price. */
  readonly maxSpreadPct: number;
  readonly wideSpreadFloor: number;
  /** Fraction: a jump beyond it in one tick waits for the next tick's confirmation. */
  readonly maxJumpPct: number;
  /** How long lines keep their turn when there are more instruments than lines. */
  readonly rotationSeconds: number;
}

export interface Shock {
  readonly name: string;
  /** −0.05: every underlying falls 5 %. */
  readonly spotShock: number;
  /** Absolute, in volatility: 0.05 is five points. */
  readonly volShock: number;
  /** Calendar days forward. */
  readonly days: number;
}

/** What the beta reference is listed in: a fund of its name may be listed elsewhere too. */
export const REFERENCE_CURRENCY = "USD";

/** How each name's beta to the reference is found. */
export interface BetaSettings {
  readonly reference: string;
  readonly betas: ReadonlyMap<string, number>;
  /** `config`: those of `betas` alone; `both`: those first, then computed ones; `history`: computed ones first. */
  readonly source: "config" | "history" | "both";
}

export interface RiskSettings {
  readonly signals: SignalSettings;
  /** Sector of each underlying; a name without one belongs to none. */
  readonly sectors: ReadonlyMap<string, string>;
  /** Null: the accounts' common currency. */
  readonly baseCurrency: string | null;
  readonly notionalBasis: "delta" | "market_value" | "notional";
  readonly marginBasis: "maintenance" | "initial";
  readonly limits: LimitSettings;
  readonly quality: QualitySettings;
  readonly beta: BetaSettings;
  readonly shocks: readonly Shock[];
  readonly pnlCheck: { readonly minAccuracy: number; readonly pairWithinMs: number };
  readonly reconciliation: {
    readonly manual: "supplement" | "expected";
    readonly quantityDriftThreshold: number;
    readonly staleThresholdSec: number;
  };
}
