/** Limits in words and short numbers: how rules are called, how value and bound are written. */
import type { BreachView, LimitView } from "../../domain/risk/snapshot.ts";
import { accountName, type Look, type ViewContext } from "./context.ts";

/** Long name and short name of each rule without a scope. */
const RULES: Readonly<Record<string, readonly [string, string]>> = {
  max_total_gross_notional: ["Gross exposure", "gross"],
  portfolio_delta_range: ["Portfolio delta", "delta"],
  portfolio_gamma_range: ["Portfolio gamma", "gamma"],
  portfolio_vega_range: ["Portfolio vega", "vega"],
  portfolio_theta_range: ["Portfolio theta", "theta"],
  portfolio_dollar_delta_range: ["Dollar delta", "$delta"],
  portfolio_beta_delta_range: ["Beta delta", "beta"],
  max_margin_utilization: ["Margin used", "margin"],
  max_concentration_pct: ["Concentration", "largest"],
  max_scenario_loss: ["Scenario loss", "shock"],
  max_daily_loss: ["Daily loss", "loss"],
  max_drawdown_pct: ["Drawdown", "drawdn"],
  max_value_at_risk: ["Value at risk", "VaR"],
  max_missing_greeks_pct: ["Missing greeks", "nogreek"],
};

type LimitLook = Pick<Look, "format" | "glyphs" | "accounts">;
type Ruled = Pick<LimitView | BreachView, "rule" | "scope">;

/** `TSLA exposure`, `Margin used`, `Margin DU1`. */
export function longLimitName({ rule, scope }: Ruled, look: LimitLook): string {
  if (rule === "max_per_underlying_notional") return `${scope ?? "name"} exposure`;
  const name = RULES[rule]?.[0] ?? rule;
  if (scope === null) return name;
  return rule === "max_margin_utilization" ? `Margin ${accountName(scope, look)}` : `${name} ${scope}`;
}

/** `TSLA`, `margin`, `mgn DU1`. */
export function shortLimitName({ rule, scope }: Ruled, look: LimitLook): string {
  if (rule === "max_per_underlying_notional") return scope ?? "name";
  if (scope !== null && rule === "max_margin_utilization") return `mgn ${accountName(scope, look)}`;
  return RULES[rule]?.[1] ?? rule;
}

/** The value, as short as the panel needs: `1.62M`, `49.8 %`. */
export function limitValue(limit: Pick<LimitView, "unit" | "value">, look: LimitLook): string {
  return limit.unit === "fraction" ? look.format.percent(limit.value, 1) : look.format.short(limit.value, 1_000);
}

/** The bound: `1.50M`, `60 %`, `±50K`; of an uneven range the end that the value is moving towards. */
export function limitBound(limit: LimitView, look: LimitLook): string {
  const { format, glyphs } = look;
  if (limit.limit !== null) {
    if (limit.unit === "fraction") return wholePercent(limit.limit, look);
    return Math.abs(limit.limit) >= 1e6 ? format.short(limit.limit) : format.round(limit.limit);
  }
  if (limit.low === null || limit.high === null) return "--";
  const text = (bound: number): string => limit.unit === "fraction" ? wholePercent(bound, look) : format.round(bound);
  if (limit.low === -limit.high) return glyphs.plusMinus + text(limit.high);
  return text((limit.value ?? 0) < 0 ? limit.low : limit.high);
}

/** What the value rests on: `x` left something out, `s` stale quotes, `m` model numbers. */
export function limitMark(limit: LimitView): string {
  if (limit.partial > 0) return "x";
  if (limit.stale) return "s";
  return limit.modelled ? "m" : "";
}

export const STATE_WORDS = { hard: "HARD", soft: "SOFT", unknown: "UNKN", ok: "ok" } as const;

const STATE_ORDER = { hard: 0, unknown: 1, soft: 2, ok: 3 } as const;

/** Hard, unknown, soft, ok; then the most used first. */
export function worstFirst(limits: readonly LimitView[]): LimitView[] {
  const used = (limit: LimitView): number => limit.utilization ?? (limit.state === "ok" ? -1 : Number.MAX_VALUE);
  return [...limits].sort((a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state] || used(b) - used(a));
}

/** Breaches that nobody has acknowledged: hard, unknown, soft; the newest first. */
export function unacknowledged(context: ViewContext): BreachView[] {
  const open = context.newest.breaches.filter((breach) => breach.state !== "acknowledged");
  return open.sort((a, b) =>
    STATE_ORDER[a.severity] - STATE_ORDER[b.severity] || (a.since < b.since ? 1 : a.since > b.since ? -1 : 0)
  );
}

function wholePercent(fraction: number, look: LimitLook): string {
  const percent = fraction * 100;
  return look.format.percent(fraction, Math.abs(percent - Math.round(percent)) < 1e-9 ? 0 : 1);
}
