/** Every limit that is set, judged on the book's numbers of one instant. */
import type { LimitView } from "../risk/snapshot.ts";
import type { LimitSettings, Range } from "../settings.ts";
import { limitId, type LimitRule, type RangeRule } from "./rule.ts";
import { againstLimit, againstRange, type Standing, UNKNOWN } from "./utilization.ts";

/** A number of the book with what it rests on. */
export interface Judged {
  /** Null, or not finite, when it could not be computed. */
  readonly value: number | null;
  /** How many positions it leaves out. */
  readonly partial: number;
  /** It rests on stale quotes. */
  readonly stale: boolean;
  /** It rests on model numbers. */
  readonly modelled: boolean;
}

/** Margin of one account, in that account's currency: only the ratio counts. */
export interface AccountMargin {
  readonly account: string;
  /** Maintenance or initial margin, whichever the settings judge. */
  readonly margin: number | null;
  readonly netLiquidation: number | null;
  readonly stale: boolean;
}

/** What limits are judged on. Money in the base currency. */
export interface LimitInputs {
  readonly grossExposure: Judged;
  /** Gross exposure of every name held. A name that is missing has no position; one that is null is unknown. */
  readonly exposureByUnderlying: ReadonlyMap<string, Judged>;
  /** In units of the underlyings. */
  readonly delta: Judged;
  readonly gamma: Judged;
  readonly vega: Judged;
  readonly theta: Judged;
  readonly dollarDelta: Judged;
  readonly betaWeightedDelta: Judged;
  /** Every account. Empty: none is known, so a margin limit cannot be judged. */
  readonly margins: readonly AccountMargin[];
  /** Largest name's share of gross exposure, a fraction. */
  readonly concentration: Judged;
  /** P&L of each scenario, signed: a loss is negative. */
  readonly scenarioPnl: readonly Judged[];
  /** Signed. */
  readonly dailyPnl: Judged;
  /** Fall from the session's peak net liquidation, a fraction; 0 at the peak. */
  readonly drawdown: Judged;
  /** A loss, so positive. */
  readonly valueAtRisk: Judged;
  /** Fraction of option positions without greeks. */
  readonly missingGreeks: Judged;
}

type Unit = LimitView["unit"];

/**
 * One row for each limit that is set, in the configuration's order; none for what is unset.
 *
 * A missing input makes its own row `unknown` and touches no other. Nothing is judged while starting: the list is empty, and
 * breaches are to be left as they are (hand `recordBreaches` null).
 *
 * @throws {RangeError} when a range's low is not below its high
 */
export function judgeLimits(settings: LimitSettings, inputs: LimitInputs, starting: boolean): LimitView[] {
  if (starting) return [];
  const rows = [
    single(settings, "max_total_gross_notional", settings.maxTotalGrossNotional, inputs.grossExposure, "money"),
    ...underlyings(settings, inputs.exposureByUnderlying),
    range(settings, "portfolio_delta_range", settings.portfolioDeltaRange, inputs.delta, "shares"),
    range(settings, "portfolio_gamma_range", settings.portfolioGammaRange, inputs.gamma, "number"),
    range(settings, "portfolio_vega_range", settings.portfolioVegaRange, inputs.vega, "money"),
    range(settings, "portfolio_theta_range", settings.portfolioThetaRange, inputs.theta, "money"),
    range(settings, "portfolio_dollar_delta_range", settings.portfolioDollarDeltaRange, inputs.dollarDelta, "money"),
    range(settings, "portfolio_beta_delta_range", settings.portfolioBetaDeltaRange, inputs.betaWeightedDelta, "shares"),
    ...margins(settings, inputs.margins),
    single(settings, "max_concentration_pct", settings.maxConcentrationPct, inputs.concentration, "fraction"),
    scenario(settings, inputs.scenarioPnl),
    single(settings, "max_daily_loss", settings.maxDailyLoss, lossOf(inputs.dailyPnl), "money"),
    single(settings, "max_drawdown_pct", settings.maxDrawdownPct, inputs.drawdown, "fraction"),
    single(settings, "max_value_at_risk", settings.maxValueAtRisk, inputs.valueAtRisk, "money"),
    single(settings, "max_missing_greeks_pct", settings.maxMissingGreeksPct, inputs.missingGreeks, "fraction"),
  ];
  return rows.filter((row) => row !== null);
}

function single(
  settings: LimitSettings,
  rule: LimitRule,
  limit: number | null,
  judged: Judged,
  unit: Unit,
  scope: string | null = null,
): LimitView | null {
  if (limit === null) return null;
  const standing = againstLimit(judged.value, limit, settings.softBreachThreshold);
  return row(rule, scope, judged, unit, { limit, low: null, high: null }, standing);
}

function range(
  settings: LimitSettings,
  rule: RangeRule,
  bounds: Range | null,
  judged: Judged,
  unit: Unit,
): LimitView | null {
  if (bounds === null) return null;
  const standing = againstRange(judged.value, bounds, settings.softBreachThreshold);
  return row(rule, null, judged, unit, { limit: null, low: bounds.low, high: bounds.high }, standing);
}

function underlyings(settings: LimitSettings, exposures: ReadonlyMap<string, Judged>): (LimitView | null)[] {
  const { default: fallback, names } = settings.maxPerUnderlyingNotional;
  return Array.from(
    exposures,
    ([name, judged]) =>
      single(settings, "max_per_underlying_notional", names.get(name) ?? fallback, judged, "money", name),
  );
}

function margins(settings: LimitSettings, accounts: readonly AccountMargin[]): LimitView[] {
  const limit = settings.maxMarginUtilization;
  if (limit === null) return [];
  const none = { account: null, margin: null, netLiquidation: null, stale: false };
  return (accounts.length === 0 ? [none] : accounts).map((account) => marginRow(settings, limit, account));
}

/** Without net liquidation there is no ratio, and margin to cover: that is hard, not 0 % used. */
function marginRow(
  settings: LimitSettings,
  limit: number,
  { account, margin, netLiquidation, stale }: Omit<AccountMargin, "account"> & { account: string | null },
): LimitView {
  const known = isNumber(margin) && isNumber(netLiquidation);
  const ruined = known && netLiquidation <= 0 && margin > 0;
  const value = !known || ruined ? null : netLiquidation > 0 ? Math.min(margin / netLiquidation, Number.MAX_VALUE) : 0;
  const standing: Standing = ruined
    ? { utilization: null, state: "hard" }
    : againstLimit(value, limit, settings.softBreachThreshold);
  const judged = { value, partial: 0, stale, modelled: false };
  return row("max_margin_utilization", account, judged, "fraction", { limit, low: null, high: null }, standing);
}

/** The worst scenario. One that is missing could be worse, so short of a hard loss the worst is then unknown. */
function scenario(settings: LimitSettings, pnl: readonly Judged[]): LimitView | null {
  const limit = settings.maxScenarioLoss;
  if (limit === null) return null;
  const losses = pnl.map(lossOf).filter((loss) => loss.value !== null);
  const worst = losses.reduce((most, loss) => (loss.value! > most.value! ? loss : most), NO_LOSS);
  const standing = againstLimit(worst.value, limit, settings.softBreachThreshold);
  const complete = pnl.length > 0 && losses.length === pnl.length;
  const judged = complete || standing.state === "hard" ? worst : { ...worst, value: null };
  const shown = judged.value === null ? UNKNOWN : standing;
  return row("max_scenario_loss", null, judged, "money", { limit, low: null, high: null }, shown);
}

const NO_LOSS: Judged = { value: 0, partial: 0, stale: false, modelled: false };

/** A loss as a positive number; a gain is a loss of 0. */
function lossOf(pnl: Judged): Judged {
  return { ...pnl, value: isNumber(pnl.value) ? Math.max(0, -pnl.value) : null };
}

function row(
  rule: LimitRule,
  scope: string | null,
  judged: Judged,
  unit: Unit,
  bounds: Pick<LimitView, "limit" | "low" | "high">,
  standing: Standing,
): LimitView {
  return {
    id: limitId(rule, scope),
    rule,
    scope,
    unit,
    value: isNumber(judged.value) ? judged.value : null,
    limit: bounds.limit,
    low: bounds.low,
    high: bounds.high,
    utilization: standing.utilization,
    state: standing.state,
    partial: judged.partial,
    stale: judged.stale,
    modelled: judged.modelled,
  };
}

function isNumber(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}
