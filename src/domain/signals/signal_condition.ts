/**
 * What a rule finds at one instant, before any debounce.
 *
 * A rule that finds nothing lists nothing, and that is what clears its signal. A rule that cannot tell, because a number
 * is missing, lists the id alone as `unknown`: such a condition neither raises a signal nor clears one.
 */

export type SignalRule =
  | "stop_loss"
  | "take_profit"
  | "trailing_stop"
  | "short_premium_r"
  | "early_profit"
  | "dte_exit"
  | "short_leg_delta"
  | "assignment_risk"
  | "ex_dividend"
  | "pin_risk"
  | "expiring_today"
  | "earnings"
  | "vix_level"
  | "vix_spike"
  | "index_drop"
  | "sector_concentration"
  | "greeks_bounds"
  | "greeks_parity";

export type SignalLayer = "position" | "strategy" | "portfolio";
export type SignalSeverity = "info" | "warning" | "critical";
export type SignalUnit = "fraction" | "multiple" | "days" | "delta" | "points";

/** A condition whose inputs are there. */
export interface KnownCondition {
  /** `near`: back within the threshold, but not by enough to clear what was raised. */
  readonly state: "holding" | "near";
  /** Rule and what it is about; one id for each contract, strategy, name or sector. */
  readonly id: string;
  readonly rule: SignalRule;
  readonly layer: SignalLayer;
  /** The name, index or sector; null for the whole book. */
  readonly scope: string | null;
  /** The contract or strategy within the scope: `27Nov26 200 C`, `Iron condor`; null when it is about all of it. */
  readonly subject: string | null;
  readonly severity: SignalSeverity;
  readonly unit: SignalUnit;
  /** Null where the condition is a fact without a size. */
  readonly value: number | null;
  readonly threshold: number | null;
  /** How far along its threshold the value is, 1 at it; null without one or against a threshold of 0. */
  readonly utilization: number | null;
  /** The smallest step out, in a few words. Nothing carries it out. */
  readonly action: string;
  /** A sentence without a full stop. */
  readonly message: string;
}

export type SignalCondition = KnownCondition | { readonly state: "unknown"; readonly id: string };

export type Judgement = "holding" | "near" | "off" | "unknown";

/** Values this far from a threshold count as back inside it. */
const BACK_INSIDE = 0.98;
/** 0.1 × 3 is meant to be 0.3. */
const ROUNDING = 1e-9;

/** Holds from the threshold upwards; `threshold` above 0. */
export function atLeast(value: number | null, threshold: number): Judgement {
  if (!isKnown(value)) return "unknown";
  if (value >= threshold - threshold * ROUNDING) return "holding";
  return value >= threshold * BACK_INSIDE ? "near" : "off";
}

/** Holds from the threshold downwards; `threshold` above 0. */
export function atMost(value: number | null, threshold: number): Judgement {
  if (!isKnown(value)) return "unknown";
  if (value <= threshold + threshold * ROUNDING) return "holding";
  return value <= threshold / BACK_INSIDE ? "near" : "off";
}

/** The same for whole days, which need no hysteresis; days that are past do not count. */
export function withinDays(days: number | null, threshold: number): Judgement {
  if (!isKnown(days)) return "unknown";
  return days >= 0 && days <= threshold ? "holding" : "off";
}

/** All must hold. A part that is off settles it, whatever is missing elsewhere. */
export function both(a: Judgement, b: Judgement): Judgement {
  if (a === "off" || b === "off") return "off";
  if (a === "unknown" || b === "unknown") return "unknown";
  return a === "near" || b === "near" ? "near" : "holding";
}

/** A missing number is null, or NaN or infinite where something slipped through: none of them says anything. */
export function isKnown(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

/** Of a rule whose value rises to its threshold. */
export function risingUse(value: number | null, threshold: number): number | null {
  return isKnown(value) && threshold > 0 ? value / threshold : null;
}

/** Of a rule whose value falls to its threshold: 1 at it, 2 at nothing left. */
export function fallingUse(value: number | null, threshold: number): number | null {
  return isKnown(value) && threshold > 0 ? 2 - value / threshold : null;
}

/**
 * Begins a finding, whose id is the rule and `about`: the contract, strategy, name or sector. Null when there is nothing to add:
 * the condition is off, or it cannot be told and stands in the list as `unknown`.
 */
export function tell(
  found: SignalCondition[],
  judgement: Judgement,
  rule: SignalRule,
  about: string,
): Pick<KnownCondition, "state" | "id" | "rule"> | null {
  if (judgement === "off") return null;
  const id = `${rule}:${about}`;
  if (judgement !== "unknown") return { state: judgement, id, rule };
  found.push({ state: "unknown", id });
  return null;
}
