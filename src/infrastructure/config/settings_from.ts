/** From checked configuration keys to the settings that the program uses. */
import type { Environment, Settings } from "../../application/settings.ts";
import { parseRestartWindow } from "../../application/restart_window.ts";
import type { LimitSettings, RiskSettings } from "../../domain/settings.ts";
import type { SignalSettings } from "../../domain/signals/signal_settings.ts";
import type { Fault } from "./fault.ts";
import { parseOptionRoot } from "./option_root.ts";
import type { Origins } from "./origins.ts";
import type { ConfigValues } from "./schema.ts";

export function settingsFrom(env: Environment, values: ConfigValues): Settings {
  return {
    env,
    ibkr: ibkrSettings(values.ibkr),
    manual: { enabled: values.manual.enabled, file: values.manual.file, pollMs: values.manual.poll_ms },
    risk: riskSettings(values),
    monitor: { cadenceMs: values.monitor.cadence_ms, inboxEvents: values.monitor.inbox_events },
    startup: { answeredFraction: values.startup.answered_fraction, timeoutSec: values.startup.timeout_sec },
    alerts: alertSettings(values),
    logging: {
      level: values.logging.level,
      file: values.logging.file,
      maxBytes: values.logging.max_bytes,
      keepFiles: values.logging.keep_files,
      showAccounts: values.logging.show_accounts,
    },
    shockSets: [...values.scenarios.sets].map(([name, spots]) => ({ name, spots })),
    dashboard: {
      maxFps: values.dashboard.max_fps,
      glyphs: values.dashboard.glyphs,
      theme: values.dashboard.theme,
      background: values.dashboard.background,
      bell: values.dashboard.bell,
      accounts: values.dashboard.accounts,
      mouse: values.dashboard.mouse,
      columns: values.dashboard.columns,
      operator: values.dashboard.operator,
    },
    control: { enabled: values.control.enabled },
    display: { timeZone: values.display.time_zone, locale: values.display.locale },
    betaHistory: {
      windowDays: values.beta.window_days,
      minObservations: values.beta.min_observations,
      maxAgeMs: values.beta.max_age_hours * 3_600_000,
      cacheFile: values.beta.cache_file,
    },
    simulator: { scenario: values.simulator.scenario, seed: values.simulator.seed },
    futu: futuSettings(values.futu),
    database: {
      dsn: values.database.dsn,
      minPoolSize: values.database.min_pool_size,
      maxPoolSize: values.database.max_pool_size,
      commandTimeoutSec: values.database.command_timeout,
      spoolMaxBytes: values.database.spool_max_mb * 1_000_000,
    },
    snapshots: {
      positionIntervalSec: values.snapshots.position_interval_sec,
      accountIntervalSec: values.snapshots.account_interval_sec,
      riskIntervalSec: values.snapshots.risk_interval_sec,
      captureOnShutdown: values.snapshots.capture_on_shutdown,
      retentionDays: values.snapshots.retention_days,
    },
    warmStart: { enabled: values.warm_start.enabled, maxAgeMs: values.warm_start.max_age_hours * 3_600_000 },
    flex: {
      folder: values.flex.folder,
      token: values.flex.token,
      queryId: values.flex.query_id,
      url: values.flex.url,
    },
  };
}

function ibkrSettings(ibkr: ConfigValues["ibkr"]): Settings["ibkr"] {
  return {
    enabled: ibkr.enabled,
    host: ibkr.host,
    port: ibkr.port,
    clientId: ibkr.client_id,
    clientIdRange: ibkr.client_id_range,
    accounts: ibkr.accounts,
    marketDataLines: ibkr.market_data_lines,
    marketDataType: ibkr.market_data_type,
    requestsPerSecond: ibkr.requests_per_second,
    connectTimeoutMs: ibkr.connect_timeout_ms,
    handshakeTimeoutMs: ibkr.handshake_timeout_ms,
    requestTimeoutMs: ibkr.request_timeout_ms,
    reconnect: { firstDelayMs: ibkr.reconnect.first_delay_ms, maxDelayMs: ibkr.reconnect.max_delay_ms },
    rotationSeconds: ibkr.rotation_seconds,
  };
}

function futuSettings(futu: ConfigValues["futu"]): Settings["futu"] {
  return {
    enabled: futu.enabled,
    host: futu.host,
    port: futu.port,
    securityFirm: futu.security_firm,
    trdEnv: futu.trd_env,
    filterTrdmarket: futu.filter_trdmarket,
    accounts: futu.accounts,
    refreshMs: futu.refresh_seconds * 1000,
    optionRoots: new Map([...futu.option_roots].flatMap(([root, text]) => {
      const written = text === null ? null : parseOptionRoot(text);
      return written === null ? [] : [[root, written]];
    })),
    connectTimeoutMs: futu.connect_timeout_ms,
    requestTimeoutMs: futu.request_timeout_ms,
    reconnect: { firstDelayMs: futu.reconnect.first_delay_ms, maxDelayMs: futu.reconnect.max_delay_ms },
  };
}

function alertSettings({ alerts, ibkr, pnl_check }: ConfigValues): Settings["alerts"] {
  const { webhook_url: url, webhook_token: token } = alerts;
  return {
    webhook: url === null ? null : { url, token },
    signals: alerts.signals,
    delivery: {
      groupMs: alerts.group_ms,
      maxMessages: alerts.max_messages,
      rateWindowMs: alerts.rate_window_minutes * 60_000,
      queueAlerts: alerts.queue_alerts,
      timeoutMs: alerts.timeout_ms,
      retry: { firstDelayMs: alerts.retry.first_delay_ms, maxDelayMs: alerts.retry.max_delay_ms },
    },
    health: {
      componentAfterMs: alerts.component_after_sec * 1000,
      pnlCheckAfterMs: alerts.pnl_check_after_sec * 1000,
      minAccuracy: pnl_check.min_accuracy,
      restartWindows: ibkr.restart_window.map(parseRestartWindow).filter((window) => window !== null),
      restartTimeZone: ibkr.restart_time_zone,
    },
  };
}

function riskSettings(values: ConfigValues): RiskSettings {
  const { risk_limits, mdqc, beta, reconciliation } = values;
  return {
    baseCurrency: values.portfolio.base_currency,
    notionalBasis: risk_limits.notional_basis,
    marginBasis: risk_limits.margin_basis,
    limits: limitSettings(risk_limits),
    signals: signalSettings(values.signals),
    sectors: withoutNothing(values.portfolio.sectors),
    quality: {
      staleSeconds: mdqc.stale_seconds,
      maxSpreadPct: mdqc.max_spread_pct,
      wideSpreadFloor: mdqc.wide_spread_floor,
      maxJumpPct: mdqc.max_jump_pct,
      rotationSeconds: values.ibkr.rotation_seconds,
    },
    beta: { reference: beta.reference, betas: withoutNothing(beta.betas), source: beta.source },
    shocks: values.scenarios.shocks,
    pnlCheck: { minAccuracy: values.pnl_check.min_accuracy, pairWithinMs: values.pnl_check.pair_within_ms },
    reconciliation: {
      manual: reconciliation.manual,
      quantityDriftThreshold: reconciliation.quantity_drift_threshold,
      staleThresholdSec: reconciliation.stale_threshold_sec,
    },
  };
}

function limitSettings(limits: ConfigValues["risk_limits"]): LimitSettings {
  const perName = withoutNothing(limits.max_per_underlying_notional);
  const own = new Map([...perName].filter(([name]) => name !== "default"));
  return {
    maxTotalGrossNotional: limits.max_total_gross_notional,
    maxPerUnderlyingNotional: { default: perName.get("default") ?? null, names: own },
    portfolioDeltaRange: limits.portfolio_delta_range,
    portfolioGammaRange: limits.portfolio_gamma_range,
    portfolioVegaRange: limits.portfolio_vega_range,
    portfolioThetaRange: limits.portfolio_theta_range,
    portfolioDollarDeltaRange: limits.portfolio_dollar_delta_range,
    portfolioBetaDeltaRange: limits.portfolio_beta_delta_range,
    maxMarginUtilization: limits.max_margin_utilization,
    maxConcentrationPct: limits.max_concentration_pct,
    maxScenarioLoss: limits.max_scenario_loss,
    maxDailyLoss: limits.max_daily_loss,
    maxDrawdownPct: limits.max_drawdown_pct,
    maxValueAtRisk: limits.max_value_at_risk,
    maxMissingGreeksPct: limits.max_missing_greeks_pct,
    softBreachThreshold: limits.soft_breach_threshold,
    debounceSeconds: limits.debounce_seconds,
    escalateAfterMinutes: limits.escalate_after_minutes,
  };
}

function signalSettings(signals: ConfigValues["signals"]): SignalSettings {
  return {
    judgeEveryMs: signals.judge_every_ms,
    debounceSeconds: signals.debounce_seconds,
    keepClearedMinutes: signals.keep_cleared_minutes,
    stopLossPct: signals.stop_loss_pct,
    stopOfMaxLossPct: signals.stop_of_max_loss_pct,
    takeProfitPct: signals.take_profit_pct,
    takeProfitOfMaxPct: signals.take_profit_of_max_pct,
    linearStopLossPct: signals.linear_stop_loss_pct,
    linearTakeProfitPct: signals.linear_take_profit_pct,
    trailingStopPct: signals.trailing_stop_pct,
    trailingActivationPct: signals.trailing_activation_pct,
    shortPremiumR: signals.short_premium_r,
    earlyProfitPct: signals.early_profit_pct,
    dteExitDays: signals.dte_exit_days,
    shortLegDelta: signals.short_leg_delta,
    assignmentDays: signals.assignment_days,
    exDividendDays: signals.ex_dividend_days,
    pinRiskPct: signals.pin_risk_pct,
    pinRiskDays: signals.pin_risk_days,
    expiringToday: signals.expiring_today,
    earningsDays: signals.earnings_days,
    vixSymbol: signals.vix_symbol,
    vixLevel: signals.vix_level,
    vixSpikePct: signals.vix_spike_pct,
    vixWindowMinutes: signals.vix_window_minutes,
    indexSymbol: signals.index_symbol,
    indexDropPct: signals.index_drop_pct,
    sectorConcentrationPct: signals.sector_concentration_pct,
    greeksTolerance: signals.greeks_tolerance,
    earnings: withoutNothing(signals.earnings),
    exDividends: withoutNothing(signals.ex_dividends),
  };
}

/** Names that a later layer took back have no value of their own. */
function withoutNothing<T>(names: ReadonlyMap<string, T | null>): ReadonlyMap<string, T> {
  return new Map([...names].filter((entry): entry is [string, T] => entry[1] !== null));
}

/** Values that are right alone and wrong together. */
export function contradictions(values: ConfigValues, origins: Origins): Fault[] {
  const { alerts, database, ibkr } = values;
  const faults: Fault[] = [];
  const mustNotExceed = (lower: [string, number], upper: [string, number]): void => {
    if (lower[1] <= upper[1]) return;
    const place = origins.get(lower[0]) ?? origins.get(upper[0]) ?? { source: "defaults", line: null, column: null };
    const problem = `it is more than ${upper[0]}, which is ${upper[1]}`;
    faults.push({ place, key: lower[0], problem, found: `${lower[1]}`, allowed: `at most ${upper[1]}`, nearest: null });
  };
  mustNotExceed(
    ["beta.min_observations", values.beta.min_observations],
    ["beta.window_days", values.beta.window_days],
  );
  mustNotExceed(["database.min_pool_size", database.min_pool_size], ["database.max_pool_size", database.max_pool_size]);
  mustNotExceed(
    ["ibkr.reconnect.first_delay_ms", ibkr.reconnect.first_delay_ms],
    ["ibkr.reconnect.max_delay_ms", ibkr.reconnect.max_delay_ms],
  );
  mustNotExceed(
    ["alerts.retry.first_delay_ms", alerts.retry.first_delay_ms],
    ["alerts.retry.max_delay_ms", alerts.retry.max_delay_ms],
  );
  return faults;
}
