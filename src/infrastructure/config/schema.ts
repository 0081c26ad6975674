/**
 * Every key of the configuration with its default, unit and bounds.
 *
 * Fractions are fractions (0.60 is 60 %), money is in the base currency, losses are positive. A limit that is not set
 * is off; 0 is a limit.
 */
import { POSITION_COLUMNS, UNDERLYING_COLUMNS } from "../../application/dashboard_columns.ts";
import { parseRestartWindow } from "../../application/restart_window.ts";
import { parseDsn } from "./dsn.ts";
import {
  choice,
  choices,
  flag,
  integer,
  namedShock,
  names,
  number,
  numberChoice,
  range,
  shocks,
  text,
  texts,
} from "./kinds.ts";
import { moveSets } from "./move_sets.ts";
import { namedDates, namedWords } from "./name_maps.ts";
import { parseOptionRoot } from "./option_root.ts";
import { optional, orOff, type Section, type Values } from "./setting.ts";

const MINUTE_MS = 60_000;
const DAY_SEC = 86_400;
const DEFAULT_ZONE = "America/New_York";
const FRACTION = { min: 0, max: 1, unit: "fraction" } as const;
const MONEY = { min: 0, unit: "base currency" } as const;
/** Of a cost or a price: may be above 1, and 0 would always hold. */
const SHARE = { min: 0.001, max: 100, unit: "fraction" } as const;
const DAYS = { min: 0, max: 3650, unit: "days" } as const;

const HOST = {
  allowed: "a host name or an IP address, without port",
  accepts: (host: string) =>
    host.length <= 253 && (/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(host) || isIpV6(host)),
};
const PORT = { min: 1, max: 65_535 };
const FILE = {
  allowed: "a path, relative to the working directory",
  accepts: (path: string) => path.length <= 4096 && path.trim() !== "" && !/[\r\n\0]/.test(path),
};
const CURRENCY = {
  allowed: "a currency code of three capitals, such as USD",
  accepts: (code: string) => /^[A-Z]{3}$/.test(code),
};
const SYMBOL = {
  allowed: "a symbol as the broker writes it, such as SPY",
  accepts: (symbol: string) => /^[A-Z0-9][A-Za-z0-9 ._\/-]{0,31}$/.test(symbol),
};
const TIME_ZONE = {
  allowed: "a time zone by its IANA name, such as America/New_York or UTC",
  accepts: isTimeZone,
};
const ACCOUNT = {
  allowed: "account numbers as the broker writes them",
  accepts: (account: string) => /^[A-Za-z0-9_-]{1,32}$/.test(account),
};

/** ±1, 3, 5 and 10 %, volatility unchanged. */
const SPOT_SHOCKS = [-0.10, -0.05, -0.03, -0.01, 0.01, 0.03, 0.05, 0.10]
  .map((spotShock) => namedShock({ spotShock, volShock: 0, days: 0 }, null));

const MOVE_SETS = new Map([
  ["small", [-0.02, -0.015, -0.01, -0.005, 0.005, 0.01, 0.015, 0.02]],
  ["large", [-0.3, -0.2, -0.15, -0.1, 0.1, 0.15, 0.2, 0.3]],
]);

const riskLimits = {
  notional_basis: choice("delta", ["delta", "market_value", "notional"]),
  margin_basis: choice("maintenance", ["maintenance", "initial"]),
  max_total_gross_notional: optional(number(0, MONEY)),
  max_per_underlying_notional: names(MONEY),
  portfolio_delta_range: range("shares"),
  portfolio_gamma_range: range("shares per 1.00"),
  portfolio_vega_range: range("base currency per volatility point"),
  portfolio_theta_range: range("base currency per day"),
  portfolio_dollar_delta_range: range("base currency"),
  portfolio_beta_delta_range: range("index shares"),
  max_margin_utilization: optional(number(0, FRACTION)),
  max_concentration_pct: optional(number(0, FRACTION)),
  max_scenario_loss: optional(number(0, MONEY)),
  max_daily_loss: optional(number(0, MONEY)),
  max_drawdown_pct: optional(number(0, FRACTION)),
  max_value_at_risk: optional(number(0, MONEY)),
  max_missing_greeks_pct: optional(number(0, FRACTION)),
  soft_breach_threshold: number(0.80, { min: 0.01, max: 1, unit: "fraction" }),
  debounce_seconds: {
    soft: number(15, { min: 0, max: 3600, unit: "s" }),
    hard: number(0, { min: 0, max: 3600, unit: "s" }),
  },
  escalate_after_minutes: number(2, { min: 0, max: 1440, unit: "min" }),
};

/** Null turns a rule off. */
const signals = {
  judge_every_ms: integer(1_000, { min: 0, max: MINUTE_MS, unit: "ms" }),
  debounce_seconds: number(15, { min: 0, max: 3600, unit: "s" }),
  keep_cleared_minutes: number(30, { min: 0, max: 1440, unit: "min" }),
  stop_loss_pct: orOff(number(0.50, { ...SHARE, max: 1 })),
  stop_of_max_loss_pct: orOff(number(0.75, { ...SHARE, max: 1 })),
  take_profit_pct: orOff(number(1.00, SHARE)),
  take_profit_of_max_pct: orOff(number(0.80, { ...SHARE, max: 1 })),
  linear_stop_loss_pct: orOff(number(0.20, SHARE)),
  linear_take_profit_pct: optional(number(0, SHARE)),
  trailing_stop_pct: orOff(number(0.40, SHARE)),
  trailing_activation_pct: number(0.25, SHARE),
  short_premium_r: orOff(number(2.0, { min: 0.01, max: 100, unit: "times the premium received" })),
  early_profit_pct: orOff(number(0.50, { ...SHARE, max: 1 })),
  dte_exit_days: orOff(integer(7, DAYS)),
  short_leg_delta: orOff(number(0.30, { min: 0.001, max: 1, unit: "delta" })),
  assignment_days: orOff(integer(3, DAYS)),
  ex_dividend_days: orOff(integer(3, DAYS)),
  pin_risk_pct: orOff(number(0.005, { ...SHARE, max: 1 })),
  pin_risk_days: integer(1, DAYS),
  expiring_today: flag(true),
  earnings_days: orOff(integer(7, DAYS)),
  vix_symbol: text("VIX", SYMBOL),
  vix_level: orOff(number(25, { min: 0.01, max: 1_000, unit: "index points" })),
  vix_spike_pct: orOff(number(0.20, SHARE)),
  vix_window_minutes: number(30, { min: 1, max: 1440, unit: "min" }),
  index_symbol: text("SPY", SYMBOL),
  index_drop_pct: orOff(number(0.02, { ...SHARE, max: 1 })),
  sector_concentration_pct: orOff(number(0.40, { ...SHARE, max: 1 })),
  greeks_tolerance: orOff(number(0.15, { min: 0.001, max: 2, unit: "delta" })),
  earnings: namedDates(),
  ex_dividends: namedDates(),
};

export const SCHEMA = {
  portfolio: {
    base_currency: optional(text("", CURRENCY)),
    sectors: namedWords("the name of a sector of at most 60 characters"),
  },
  ibkr: {
    enabled: flag(true),
    host: text("127.0.0.1", HOST),
    port: integer(7497, PORT),
    client_id: integer(1, { min: 0, max: 2_147_483_000 }),
    client_id_range: integer(8, { min: 1, max: 32 }),
    accounts: texts(ACCOUNT),
    market_data_lines: integer(100, { min: 1, max: 10_000, unit: "lines" }),
    market_data_type: numberChoice(4, [1, 2, 3, 4], "1 live, 2 frozen, 3 delayed, 4 delayed-frozen"),
    requests_per_second: integer(45, { min: 1, max: 50, unit: "requests/s" }),
    connect_timeout_ms: integer(5_000, { min: 100, max: 5 * MINUTE_MS, unit: "ms" }),
    handshake_timeout_ms: integer(10_000, { min: 100, max: 5 * MINUTE_MS, unit: "ms" }),
    request_timeout_ms: integer(15_000, { min: 100, max: 5 * MINUTE_MS, unit: "ms" }),
    reconnect: {
      first_delay_ms: integer(500, { min: 0, max: 60 * MINUTE_MS, unit: "ms" }),
      max_delay_ms: integer(60_000, { min: 100, max: 60 * MINUTE_MS, unit: "ms" }),
    },
    rotation_seconds: number(30, { min: 1, max: 3600, unit: "s" }),
    restart_window: {
      ...texts({
        allowed: "times of day such as 23:45-00:45, or with a day Sun 00:45-06:00",
        accepts: (window) => parseRestartWindow(window) !== null,
      }),
      fallback: ["23:45-01:45", "Fri 23:00-03:00", "Sun 00:45-06:00"],
    },
    restart_time_zone: text(DEFAULT_ZONE, TIME_ZONE),
  },
  futu: {
    enabled: flag(false),
    host: text("127.0.0.1", HOST),
    port: integer(11111, PORT),
    security_firm: choice("FUTUSECURITIES", [
      "FUTUSECURITIES",
      "FUTUINC",
      "FUTUSG",
      "FUTUAU",
      "FUTUCA",
      "FUTUMY",
      "FUTUJP",
    ]),
    trd_env: choice("REAL", ["REAL", "SIMULATE"]),
    filter_trdmarket: choice("US", ["US", "HK", "CN", "HKCC", "SG", "AU", "JP", "NONE"]),
    accounts: texts(ACCOUNT),
    refresh_seconds: number(15, { min: 3, max: 3600, unit: "s" }),
    option_roots: namedWords(
      "what options are written on and the shares of a contract, such as 700 x 100",
      (text) => parseOptionRoot(text) !== null,
    ),
    connect_timeout_ms: integer(5_000, { min: 100, max: 5 * MINUTE_MS, unit: "ms" }),
    request_timeout_ms: integer(15_000, { min: 100, max: 5 * MINUTE_MS, unit: "ms" }),
    reconnect: {
      first_delay_ms: integer(500, { min: 0, max: 60 * MINUTE_MS, unit: "ms" }),
      max_delay_ms: integer(60_000, { min: 100, max: 60 * MINUTE_MS, unit: "ms" }),
    },
  },
  manual: {
    enabled: flag(true),
    file: text("data/positions/manual.yaml", FILE),
    poll_ms: integer(1_000, { min: 50, max: 60 * MINUTE_MS, unit: "ms" }),
  },
  risk_limits: riskLimits,
  mdqc: {
    stale_seconds: number(10, { min: 0.1, max: DAY_SEC, unit: "s" }),
    max_spread_pct: number(0.50, { min: 0, max: 2, unit: "fraction" }),
    wide_spread_floor: number(0.25, { min: 0, max: 1_000_000, unit: "price" }),
    max_jump_pct: number(0.25, { min: 0.001, max: 100, unit: "fraction" }),
  },
  beta: {
    reference: text("SPY", SYMBOL),
    source: choice("both", ["config", "history", "both"]),
    window_days: integer(250, { min: 20, max: 500, unit: "trading days" }),
    min_observations: integer(60, { min: 10, max: 500, unit: "daily returns" }),
    max_age_hours: number(24, { min: 1, max: 720, unit: "h" }),
    cache_file: text("data/cache/betas.json", FILE),
    betas: names({ min: -20, max: 20 }),
  },
  scenarios: { shocks: shocks(SPOT_SHOCKS), sets: moveSets(MOVE_SETS) },
  pnl_check: {
    min_accuracy: number(0.999, FRACTION),
    pair_within_ms: integer(2_000, { min: 1, max: 5 * MINUTE_MS, unit: "ms" }),
  },
  reconciliation: {
    manual: choice("supplement", ["supplement", "expected"]),
    quantity_drift_threshold: number(0, { min: 0, unit: "contracts or shares" }),
    stale_threshold_sec: number(300, { min: 1, max: DAY_SEC, unit: "s" }),
  },
  signals,
  monitor: {
    cadence_ms: integer(250, { min: 20, max: MINUTE_MS, unit: "ms" }),
    inbox_events: integer(65_536, { min: 1_024, max: 16_777_216, unit: "events" }),
  },
  startup: {
    answered_fraction: number(0.90, FRACTION),
    timeout_sec: number(15, { min: 0, max: 3600, unit: "s" }),
  },
  snapshots: {
    position_interval_sec: number(60, { min: 1, max: DAY_SEC, unit: "s" }),
    account_interval_sec: number(60, { min: 1, max: DAY_SEC, unit: "s" }),
    risk_interval_sec: number(300, { min: 1, max: DAY_SEC, unit: "s" }),
    capture_on_shutdown: flag(true),
    retention_days: integer(30, { min: 1, max: 36_500, unit: "days" }),
  },
  warm_start: {
    enabled: flag(true),
    max_age_hours: number(96, { min: 0.1, max: 8_760, unit: "h" }),
  },
  flex: {
    folder: text("data/flex", FILE),
    token: optional(text("", {
      allowed: "the token that IBKR's Flex web service configuration shows, letters and digits",
      accepts: (token) => /^[A-Za-z0-9]{1,128}$/.test(token),
      secret: true,
    })),
    query_id: optional(text("", { allowed: "the number of a Flex query", accepts: (id) => /^\d{1,20}$/.test(id) })),
    url: text("https://ndcdyn.interactivebrokers.com/AccountManagement/FlexWebService", {
      allowed: "https://host/path (http:// only for this machine)",
      accepts: isWebhookUrl,
    }),
  },
  database: {
    dsn: {
      ...optional(text("", {
        allowed: "sqlite:FILE or postgresql://user:password@host:port/name",
        accepts: (dsn) => parseDsn(dsn) !== null,
        secret: true,
      })),
      fallback: "sqlite:data/apex.db",
    },
    min_pool_size: integer(2, { min: 0, max: 1_000, unit: "connections" }),
    max_pool_size: integer(10, { min: 1, max: 1_000, unit: "connections" }),
    command_timeout: number(30, { min: 0.1, max: 3600, unit: "s" }),
    spool_max_mb: number(256, { min: 1, max: 100_000, unit: "MB" }),
  },
  alerts: {
    webhook_url: optional(text("", {
      allowed: "http://host:port/path or https://host/path, without user, password and #",
      accepts: isWebhookUrl,
      secret: true,
    })),
    webhook_token: optional(text("", {
      allowed: "a bearer token of printable characters without blanks",
      accepts: (token) => /^[!-~]{1,4096}$/.test(token),
      secret: true,
    })),
    timeout_ms: integer(5_000, { min: 100, max: MINUTE_MS, unit: "ms" }),
    group_ms: integer(2_000, { min: 0, max: MINUTE_MS, unit: "ms" }),
    max_messages: integer(20, { min: 2, max: 10_000, unit: "messages" }),
    rate_window_minutes: number(10, { min: 0.1, max: 1440, unit: "min" }),
    queue_alerts: integer(500, { min: 10, max: 100_000, unit: "alerts" }),
    retry: {
      first_delay_ms: integer(1_000, { min: 10, max: 60 * MINUTE_MS, unit: "ms" }),
      max_delay_ms: integer(60_000, { min: 10, max: 60 * MINUTE_MS, unit: "ms" }),
    },
    signals: choice("critical", ["critical", "warning", "off"]),
    component_after_sec: number(30, { min: 0, max: DAY_SEC, unit: "s" }),
    pnl_check_after_sec: number(60, { min: 0, max: DAY_SEC, unit: "s" }),
  },
  logging: {
    level: choice("INFO", ["DEBUG", "INFO", "WARN", "ERROR"]),
    file: text("data/logs/live_risk.log", FILE),
    max_bytes: integer(10_000_000, { min: 10_000, max: 1_000_000_000, unit: "bytes" }),
    keep_files: integer(5, { min: 0, max: 100, unit: "files" }),
    show_accounts: flag(false),
  },
  dashboard: {
    max_fps: number(10, { min: 0.1, max: 60, unit: "frames/s" }),
    glyphs: choice("unicode", ["unicode", "ascii"]),
    theme: choice("safe", ["safe", "classic", "mono"]),
    background: choice("auto", ["auto", "dark", "light"]),
    bell: flag(true),
    accounts: choice("full", ["full", "masked"]),
    mouse: flag(true),
    columns: {
      positions: choices(POSITION_COLUMNS),
      underlyings: choices(UNDERLYING_COLUMNS),
    },
    operator: text("operator", {
      allowed: "a name of 1 to 64 printable characters",
      accepts: (name) => /^[^\p{C}]{1,64}$/u.test(name) && name.trim() !== "",
    }),
  },
  control: { enabled: flag(true) },
  display: {
    time_zone: text(DEFAULT_ZONE, TIME_ZONE),
    locale: text("en-US", { allowed: "a language tag, such as en-US or de-DE", accepts: isLocale }),
  },
  simulator: {
    scenario: optional(text("", FILE)),
    seed: integer(1, { min: 0, max: 4_294_967_295 }),
  },
} satisfies Section;

/** The configuration by its keys, every value checked. */
export type ConfigValues = Values<typeof SCHEMA>;

function isIpV6(host: string): boolean {
  const bare = /^\[.*\]$/.test(host) ? host.slice(1, -1) : host;
  return bare.includes(":") && URL.canParse(`http://[${bare}]/`);
}

/** What can be dialled as it stands: the host and port of it become a permission. */
function isWebhookUrl(address: string): boolean {
  if (address.length > 2_000 || !URL.canParse(address) || address.includes("#")) return false;
  const { protocol, hostname, username, password } = new URL(address);
  return (protocol === "http:" || protocol === "https:") && hostname !== "" && username === "" && password === "";
}

function isTimeZone(zone: string): boolean {
  // Asking the platform for the first time takes 9 ms, a good part of a short command's start.
  if (zone === DEFAULT_ZONE) return true;
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return true;
  } catch {
    // A RangeError is how the platform says that it does not know the zone.
    return false;
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length === 1;
  } catch {
    // A RangeError: not a language tag at all.
    return false;
  }
}
