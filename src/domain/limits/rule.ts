/** The limits that can be set, by the keys they have in the configuration. */
export type LimitRule =
  | "max_total_gross_notional"
  | "max_per_underlying_notional"
  | RangeRule
  | "max_margin_utilization"
  | "max_concentration_pct"
  | "max_scenario_loss"
  | "max_daily_loss"
  | "max_drawdown_pct"
  | "max_value_at_risk"
  | "max_missing_greeks_pct";

export type RangeRule =
  | "portfolio_delta_range"
  | "portfolio_gamma_range"
  | "portfolio_vega_range"
  | "portfolio_theta_range"
  | "portfolio_dollar_delta_range"
  | "portfolio_beta_delta_range";

/** `rule`, or `rule:scope` where a limit is judged for each name or account. */
export function limitId(rule: LimitRule, scope: string | null): string {
  return scope === null ? rule : `${rule}:${scope}`;
}
