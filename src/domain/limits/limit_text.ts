/**
 * Limits in words: "TSLA exposure 1.62 M is 108 % of its 1.50 M limit".
 *
 * The text travels in snapshots, log lines and alerts, so it is made once, here, and is the same everywhere.
 */
import type { LimitView } from "../risk/snapshot.ts";
import type { LimitRule } from "./rule.ts";

const LABELS: Readonly<Record<LimitRule, string>> = {
  max_total_gross_notional: "Gross exposure",
  max_per_underlying_notional: "Exposure",
  portfolio_delta_range: "Portfolio delta",
  portfolio_gamma_range: "Portfolio gamma",
  portfolio_vega_range: "Portfolio vega",
  portfolio_theta_range: "Portfolio theta",
  portfolio_dollar_delta_range: "Dollar delta",
  portfolio_beta_delta_range: "Beta delta",
  max_margin_utilization: "Margin used",
  max_concentration_pct: "Largest name",
  max_scenario_loss: "Scenario loss",
  max_daily_loss: "Daily loss",
  max_drawdown_pct: "Drawdown",
  max_value_at_risk: "Value at risk",
  max_missing_greeks_pct: "Missing greeks",
};

/** What a limit is called on screens: "TSLA exposure", "Margin used". The account of a margin limit is not part of it. */
export function limitLabel(rule: string, scope: string | null): string {
  if (rule === "max_per_underlying_notional" && scope !== null) return `${scope} exposure`;
  return Object.hasOwn(LABELS, rule) ? LABELS[rule as LimitRule] : rule;
}

/** How the limit stands, as a sentence without a full stop. */
export function limitMessage(limit: LimitView): string {
  const label = limitLabel(limit.rule, limit.scope);
  const of = limit.rule === "max_margin_utilization" && limit.scope !== null ? ` of ${limit.scope}` : "";
  const bound = boundText(limit);
  if (limit.state === "unknown") return `${label}${of} cannot be judged against its ${bound}: an input is missing`;
  if (limit.value === null) return `${label}${of} has no net liquidation left to set against its ${bound}`;
  const value = amountText(limit.value, limit.unit);
  if (limit.utilization === null) return `${label} ${value}${of} is ${beside(limit)} its ${bound}`;
  const left = limit.partial > 0 ? `, ${limit.partial} left out` : "";
  return `${label} ${value}${of} is ${shareText(limit.utilization)} of its ${bound}${left}`;
}

/** "1.50 M limit", "-50.0 K to 50.0 K range". */
export function boundText(limit: LimitView): string {
  if (limit.limit !== null) return `${amountText(limit.limit, limit.unit)} limit`;
  return `${amountText(limit.low ?? 0, limit.unit)} to ${amountText(limit.high ?? 0, limit.unit)} range`;
}

function beside(limit: LimitView): string {
  return limit.state === "hard" ? "beyond" : "within";
}

/** A share of the limit in whole percent; just over it is never rounded to 100. */
export function shareText(utilization: number): string {
  const percent = utilization * 100;
  if (percent > 100 && percent < 100.5) return percent < 100.05 ? "just over 100 %" : `${percent.toFixed(1)} %`;
  return `${Math.round(percent)} %`;
}

export function amountText(value: number, unit: LimitView["unit"]): string {
  return unit === "fraction" ? `${(value * 100).toFixed(1)} %` : shortNumber(value);
}

const SCALES = [
  { from: 999_995_000, divisor: 1e9, digits: 2, suffix: " B" },
  { from: 999_950, divisor: 1e6, digits: 2, suffix: " M" },
  { from: 999.5, divisor: 1e3, digits: 1, suffix: " K" },
] as const;

/** Three or four figures and a scale: 1.62 M, 25.4 K, 850. */
function shortNumber(value: number): string {
  const size = Math.abs(value);
  for (const { from, divisor, digits, suffix } of SCALES) {
    if (size >= from) return (value / divisor).toFixed(digits) + suffix;
  }
  if (value === 0) return "0";
  return size >= 10 ? value.toFixed(0) : value.toFixed(2);
}
