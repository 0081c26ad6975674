/**
 * A snapshot of the demo book as the screens are drawn for it: 25 contracts, 8 names, accounts DU1 and DU2, Friday
 * 20 Nov 2026 10:30:45 New York. Legs add up to names, buckets and the total.
 */
import type {
  AccountView,
  BreachView,
  ExpiryBucket,
  ExpiryView,
  Flag,
  LimitView,
  PositionView,
  RiskSnapshot,
  SignalView,
  StrategyView,
  UnderlyingView,
} from "../../src/domain/risk/snapshot.ts";
import type { AssetType } from "../../src/domain/instrument.ts";

export const DEMO_NOW = Date.parse("2026-11-20T15:30:45Z");

/** The book with the figures of the drawings. */
export function demoSnapshot(changes: Partial<RiskSnapshot> = {}): RiskSnapshot {
  return { ...BOOK, ...changes };
}

/** The demo book as a start shows it whose broker is away: Thursday's, stored at 15:58 in New York. */
export function restoredSnapshot(): RiskSnapshot {
  const restoredFrom = "2026-11-19T20:58:00.000Z";
  const unknown = { dailyPnl: null, realizedPnl: null } as const;
  return demoSnapshot({
    status: "stale",
    statusReasons: [
      "IB: book of 2026-11-19 15:58 New York restored from history, not confirmed yet",
      "IB down: refused",
      "25 stale",
    ],
    restoredFrom,
    portfolio: { ...BOOK.portfolio, ...unknown },
    accounts: BOOK.accounts.map((one) => ({ ...one, ...unknown, brokerDailyPnl: null, restoredFrom })),
    positions: BOOK.positions.map((one) => ({
      ...one,
      ...unknown,
      bid: null,
      ask: null,
      last: null,
      dailyPnlSource: "none",
      markSource: "stored",
      leaves: one.leaves.map((leaf) => ({ ...leaf, ...unknown, dailyPnlSource: "none", restored: true })),
      flags: ["STALE", "FILLS_INCOMPLETE"],
    })),
    byUnderlying: BOOK.byUnderlying.map((one) => ({ ...one, ...unknown, flags: ["STALE"] })),
    quality: { quotes: 27, live: 0, flags: { STALE: 25, FILLS_INCOMPLETE: 25 } },
    health: BOOK.health.map((part) =>
      part.component === "ibkr" ? { ...part, status: "down", detail: "refused, port 7497; try 4 in 8 s" } : part
    ),
  });
}

/**
 * The same book judged as the conventions have it: simulated, margin per account, each name by its gross exposure,
 * currency pairs without delta, exposure or market value.
 */
export function judgedSnapshot(): RiskSnapshot {
  const limits = BOOK.limits.flatMap((one): LimitView[] => {
    if (one.scope === "TSLA") return [{ ...one, value: 2_156_963, utilization: 2_156_963 / 1.5e6 }];
    if (one.scope === "SPX") return [{ ...one, value: 860_250, utilization: 0.86025, state: "soft" }];
    if (one.scope === "SPY") return [{ ...one, value: 416_371, utilization: 0.416371 }];
    if (one.scope === "ES") return [{ ...one, value: 508_758, utilization: 0.508758 }];
    if (one.scope === "EUR.USD") return [];
    if (one.rule !== "max_margin_utilization") return [one];
    return [
      { ...one, id: `${one.rule}:DU1`, scope: "DU1", value: 0.5213, utilization: 0.8688, state: "soft" },
      { ...one, id: `${one.rule}:DU2`, scope: "DU2", value: 0.4527, utilization: 0.7544, state: "ok" },
    ];
  });
  const breaches: BreachView[] = [
    {
      ...TSLA_BREACH,
      value: 2_156_963,
      utilization: 2_156_963 / 1.5e6,
      message: "TSLA exposure 2.16 M is 144 % of its 1.50 M limit",
    },
    {
      ...MARGIN_BREACH,
      id: "max_margin_utilization:DU1",
      scope: "DU1",
      value: 0.5213,
      utilization: 0.8688,
      message: "Margin DU1 52.1 % is 87 % of its 60.0 % limit",
    },
  ];
  return demoSnapshot({
    simulated: true,
    limits,
    breaches,
    portfolio: { ...BOOK.portfolio, marginUtilization: 0.5213, marginAccount: "DU1" },
  });
}

type Sums = readonly [
  value: number | null,
  day: number | null,
  unrealized: number | null,
  dollarDelta: number | null,
  gamma: number | null,
  vega: number | null,
  theta: number | null,
];

interface Row {
  readonly name: string;
  readonly contract: string;
  readonly quantity: number;
  readonly avg: number;
  readonly mark: number;
  readonly sums: Sums;
  readonly iv?: number;
  readonly strategy?: string;
  readonly flags?: readonly Flag[];
  readonly account?: string;
}

const ROWS: readonly Row[] = [
  row("TSLA", "stock", 3_450, 382.15, 398.60, [1_375_170, 7_852, 56_753, 1_375_170, 0, 0, 0]),
  option(
    "TSLA",
    "2026-12-18 400 C",
    20,
    24.10,
    22.90,
    [45_800, 1_400, -2_400, 420_658, 21_947, 882, -861],
    0.52,
    "Call vertical",
  ),
  option(
    "TSLA",
    "2026-12-18 440 C",
    -20,
    10.85,
    9.65,
    [-19_300, -400, 2_400, -225_787, -18_245, -750, 733],
    0.532,
    "Call vertical",
  ),
  option("TSLA", "2027-01-15 350 P", -10, 19.40, 12.75, [-12_750, 1_050, 6_650, 91_432, -5_621, -474, 220], 0.548),
  option("TSLA", "2026-11-27 420 C", -5, 6.15, 3.15, [-1_575, -25, 1_500, -43_916, -9_207, -82, 274], 0.46),
  row("SPY", "stock", -150, 651.20, 659.87, [-98_981, -265, -1_300, -98_981, 0, 0, 0]),
  option(
    "SPY",
    "2026-11-20 655 P",
    -10,
    1.07,
    0.54,
    [-540, 530, 530, 120_700, -211_826, -44, 540],
    0.33,
    "Put vertical",
  ),
  option("SPY", "2026-11-20 650 P", 10, 0.34, 0.13, [130, -210, -210, -33_653, 74_681, 17, -130], 0.37, "Put vertical"),
  option("SPY", "2026-12-18 640 P", 10, 9.85, 5.09, [5_090, -720, -4_760, -163_037, 40_737, 579, -172], 0.184),
  row("ES", "2026-12-18 future", -1, 6_642.75, 6_618.25, [0, -888, 1_225, -330_913, 0, 0, 0]),
  {
    ...option("ES", "2026-12-18 6400 P", -2, 96.5, 64.25, [-6_425, 800, 3_225, 177_845, -38_061, -606, 222], 0.206),
    flags: ["STALE"],
  },
  { ...row("SAP", "stock", 600, 214.30, 206.85, [143_024, -864, -5_151, 143_024, 0, 0, 0]), flags: ["BETA_DEFAULT"] },
  row("NVDA", "stock", 500, 164.20, 178.92, [89_460, -860, 7_360, 89_460, 0, 0, 0]),
  option(
    "NVDA",
    "2026-12-18 165 P",
    -10,
    4.10,
    2.05,
    [-2_050, 300, 2_050, 32_950, -3_900, -140, 110],
    0.41,
    "Short strangle",
  ),
  option(
    "NVDA",
    "2026-12-18 195 C",
    -10,
    6.70,
    3.45,
    [-3_450, 250, 3_250, -49_497, -4_472, -150, 122],
    0.43,
    "Short strangle",
  ),
  {
    ...option("NVDA", "2026-11-27 200 C", 20, 0.62, 0.23, [460, -420, -780, null, null, null, null]),
    flags: ["NO_GREEKS", "DATA_MISSING"],
  },
  option("NVDA", "2027-03-19 180 C", 5, 17.75, 19.05, [9_525, -650, 650, 50_312, 1_356, 201, -43], 0.455),
  row("AAPL", "stock", 800, 228.40, 271.34, [217_072, 2_248, 34_352, 217_072, 0, 0, 0]),
  option(
    "AAPL",
    "2026-12-18 280 C",
    -8,
    3.84,
    4.15,
    [-3_320, -726, -248, -75_959, -11_901, -223, 105],
    0.25,
    "Covered call",
  ),
  option("AAPL", "2027-01-15 260 P", 5, 8.34, 5.80, [2_900, -550, -1_270, -41_045, 4_503, 186, -40], 0.268),
  option(
    "SPX",
    "2026-12-18 6200 P",
    2,
    61.3,
    34.4,
    [6_880, -1_080, -5_380, -197_069, 46_770, 853, -335],
    0.236,
    "Iron condor",
  ),
  option(
    "SPX",
    "2026-12-18 6350 P",
    -2,
    88.4,
    53,
    [-10_600, 1_440, 7_080, 301_356, -67_739, -1_110, 385],
    0.212,
    "Iron condor",
  ),
  option(
    "SPX",
    "2026-12-18 6850 C",
    -2,
    52.1,
    29,
    [-5_800, -300, 4_620, -267_587, -94_390, -1_036, 289],
    0.142,
    "Iron condor",
  ),
  {
    ...option(
      "SPX",
      "2026-12-18 7000 C",
      2,
      21.6,
      7.7,
      [1_540, 80, -2_780, 94_238, 48_307, 500, -127],
      0.134,
      "Iron condor",
    ),
    flags: ["MODEL"],
  },
  row("EUR.USD", "cash", 20_000, 1.1387, 1.1524, [23_048, 52, 274, 23_048, 0, 0, 0]),
];

function row(name: string, contract: string, quantity: number, avg: number, mark: number, sums: Sums): Row {
  return { name, contract, quantity, avg, mark, sums };
}

function option(
  name: string,
  contract: string,
  quantity: number,
  avg: number,
  mark: number,
  sums: Sums,
  iv?: number,
  strategy?: string,
): Row {
  return {
    name,
    contract,
    quantity,
    avg,
    mark,
    sums,
    ...(iv === undefined ? {} : { iv }),
    ...(strategy === undefined ? {} : { strategy }),
  };
}

const SPOTS: Readonly<Record<string, readonly [price: number, move: number, beta: number]>> = {
  TSLA: [398.60, 0.0062, 2.05],
  SPY: [659.87, 0.0027, 1],
  ES: [6_618.25, 0.0027, 1],
  SAP: [206.85, -0.006, 1],
  NVDA: [178.92, -0.0095, 1.78],
  AAPL: [271.34, 0.0104, 1.21],
  SPX: [6_602.99, 0.0027, 1],
  "EUR.USD": [1.1524, 0.0023, 0],
};

const KINDS: Readonly<Record<string, AssetType>> = { stock: "STOCK", future: "FUTURE", cash: "FOREX" };

function position(source: Row): PositionView {
  const [first = "", second, third] = source.contract.split(" ");
  const dated = first.startsWith("20");
  const assetType = KINDS[dated ? second ?? "" : first] ?? (source.name === "ES" ? "FUTURE_OPTION" : "OPTION");
  const strike = dated && third !== undefined ? Number(second) : null;
  const [value, day, unrealized, dollarDelta, gamma, vega, theta] = source.sums;
  const days = dated ? Math.round((Date.parse(first) - Date.parse("2026-11-20")) / 86_400_000) : null;
  const price = SPOTS[source.name]?.[0] ?? 1;
  const flags = source.flags ?? [];
  return {
    symbol: source.name,
    underlying: source.name,
    assetType,
    expiry: dated ? first : null,
    strike,
    right: third === "C" || third === "P" ? third : null,
    currency: source.name === "SAP" ? "EUR" : "USD",
    multiplier: assetType === "OPTION" ? 100 : source.name === "ES" ? 50 : 1,
    tradingClass: source.name,
    exchange: "SMART",
    conIds: [],
    localSymbol: "",
    quantity: source.quantity,
    avgPrice: source.avg,
    leaves: [{
      source: "IB",
      account: source.account ?? (source.name === "AAPL" || source.name === "SPX" ? "DU2" : "DU1"),
      quantity: source.quantity,
      avgPrice: source.avg,
      marketValue: value,
      unrealizedPnl: unrealized,
      dailyPnl: day,
      dailyPnlSource: "own",
      realizedPnl: 0,
      exposure: dollarDelta,
      brokerUnrealizedPnl: unrealized,
      brokerDailyPnl: day,
      restored: false,
    }],
    bid: source.mark - 0.01,
    ask: source.mark + 0.01,
    last: source.mark,
    close: source.mark,
    closeDate: "2026-11-19",
    mark: source.mark,
    markSource: "mid",
    quoteAgeMs: flags.includes("STALE") ? 42_000 : 900,
    marketValue: value,
    notional: source.quantity * price,
    exposure: dollarDelta,
    unrealizedPnl: unrealized,
    dailyPnl: day,
    dailyPnlSource: "own",
    realizedPnl: 0,
    iv: source.iv ?? null,
    delta: dollarDelta === null ? null : dollarDelta / price,
    dollarDelta,
    betaWeightedDelta: dollarDelta === null ? null : dollarDelta / 659.87,
    gamma,
    gammaDollars1Pct: gamma,
    vega,
    theta,
    greeksSource: dollarDelta === null
      ? "missing"
      : flags.includes("MODEL")
      ? "model"
      : strike === null
      ? "unit"
      : "ibkr",
    underlyingPrice: price,
    daysToExpiry: days,
    expiryBucket: bucketOf(days),
    strategy: source.strategy ?? null,
    flags,
  };
}

function bucketOf(days: number | null): ExpiryBucket {
  if (days === null) return "NO_EXPIRY";
  return days === 0 ? "0DTE" : days <= 7 ? "1_7D" : days <= 30 ? "8_30D" : days <= 90 ? "31_90D" : "90D_PLUS";
}

const POSITIONS = ROWS.map(position);

function name(
  underlying: string,
  sums: readonly [
    value: number,
    day: number,
    unrealized: number,
    dollarDelta: number,
    delta: number,
    gamma: number,
    vega: number,
    theta: number,
  ],
): UnderlyingView {
  const [price = 1, move = 0, beta = 1] = SPOTS[underlying] ?? [];
  const [marketValue, dailyPnl, unrealizedPnl, dollarDelta, delta, gammaDollars1Pct, vega, theta] = sums;
  const held = POSITIONS.filter((one) => one.underlying === underlying);
  return {
    underlying,
    positions: held.length,
    price,
    close: price / (1 + move),
    beta,
    betaSource: underlying === "SAP" ? "default" : "config",
    betaBasis: null,
    betaObstacle: null,
    grossExposure: held.reduce((sum, one) => sum + Math.abs(one.exposure ?? 0), 0),
    netExposure: dollarDelta,
    marketValue,
    unrealizedPnl,
    dailyPnl,
    realizedPnl: 0,
    delta,
    dollarDelta,
    betaWeightedDelta: dollarDelta * beta / 659.87,
    gammaDollars1Pct,
    vega,
    theta,
    excluded: held.filter((one) => one.dollarDelta === null).length,
    flags: [],
  };
}

function bucket(
  id: ExpiryBucket,
  positions: number,
  [dollarDelta, gammaDollars1Pct, vega, theta]: readonly [number, number, number, number],
  [marketValue, dailyPnl, delta]: readonly [number, number, number],
): ExpiryView {
  return {
    bucket: id,
    positions,
    grossExposure: Math.abs(dollarDelta),
    netExposure: dollarDelta,
    marketValue,
    dailyPnl,
    delta,
    dollarDelta,
    gamma: 0,
    gammaDollars1Pct,
    vega,
    theta,
    excluded: 0,
  };
}

function account(name: string, changes: Partial<AccountView>): AccountView {
  return {
    source: "IB",
    account: name,
    currency: "USD",
    netLiquidation: null,
    cash: null,
    maintenanceMargin: null,
    initialMargin: null,
    excessLiquidity: null,
    buyingPower: null,
    brokerUnrealizedPnl: null,
    brokerDailyPnl: null,
    brokerRealizedPnl: null,
    marginUtilization: null,
    unrealizedPnl: null,
    dailyPnl: null,
    realizedPnl: null,
    grossExposure: null,
    positions: 0,
    restoredFrom: null,
    ...changes,
  };
}

function nameLimit(scope: string, value: number, limit = 1e6, changes: Partial<LimitView> = {}): LimitView {
  return {
    id: `max_per_underlying_notional:${scope}`,
    rule: "max_per_underlying_notional",
    scope,
    unit: "money",
    value,
    limit,
    low: null,
    high: null,
    utilization: Math.abs(value) / limit,
    state: "ok",
    partial: 0,
    stale: false,
    modelled: false,
    ...changes,
  };
}

function bookLimit(
  rule: string,
  value: number,
  bound: number | readonly [number, number],
  changes: Partial<LimitView> = {},
): LimitView {
  const range = typeof bound === "number" ? null : bound;
  const limit = typeof bound === "number" ? bound : null;
  const end = limit ?? (value < 0 ? range?.[0] : range?.[1]) ?? 1;
  return {
    ...nameLimit("", value),
    id: rule,
    rule,
    scope: null,
    limit,
    low: range?.[0] ?? null,
    high: range?.[1] ?? null,
    utilization: value / end,
    ...changes,
  };
}

const TSLA_BREACH: BreachView = {
  id: "max_per_underlying_notional:TSLA",
  rule: "max_per_underlying_notional",
  scope: "TSLA",
  severity: "hard",
  state: "escalated",
  value: 1_617_557,
  limit: 1_500_000,
  utilization: 1_617_557 / 1.5e6,
  since: "2026-11-20T15:28:31.000Z",
  message: "TSLA exposure 1.62 M is 108 % of its 1.50 M limit",
  acknowledgedAt: null,
  acknowledgedBy: null,
  note: null,
};

const MARGIN_BREACH: BreachView = {
  ...TSLA_BREACH,
  id: "max_margin_utilization",
  rule: "max_margin_utilization",
  scope: null,
  severity: "soft",
  state: "acknowledged",
  value: 0.498,
  limit: 0.6,
  utilization: 0.83,
  since: "2026-11-20T14:52:07.000Z",
  message: "Margin used 49.8 % is 83 % of its 60.0 % limit",
  acknowledgedAt: "2026-11-20T14:58:02.000Z",
  acknowledgedBy: "ops",
  note: "cut ES put after 11:00",
};

function signal(rule: string, scope: string | null, subject: string | null, changes: Partial<SignalView>): SignalView {
  return {
    id: [rule, scope, subject].filter((part) => part !== null).join(":"),
    rule,
    scope,
    subject,
    layer: "position",
    severity: "info",
    state: "new",
    unit: "fraction",
    value: null,
    threshold: null,
    utilization: null,
    action: "",
    message: "",
    firstAt: "2026-11-20T14:30:00.000Z",
    since: "2026-11-20T14:30:00.000Z",
    lastAt: "2026-11-20T15:30:45.000Z",
    clearedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    note: null,
    ...changes,
  };
}

const SIGNALS: readonly SignalView[] = [
  signal("early_profit", "NVDA", "Short strangle", {
    layer: "strategy",
    value: 0.49,
    threshold: 0.45,
    utilization: 1.09,
    action: "take profit",
    message: "NVDA Short strangle has made 49 % of its maximum profit, the goal is 45 %",
    firstAt: "2026-11-20T15:03:57.000Z",
    since: "2026-11-20T15:04:12.000Z",
  }),
  signal("dte_exit", "NVDA", "27Nov26 200 C", {
    unit: "days",
    value: 7,
    threshold: 7,
    utilization: 1,
    action: "close or roll",
    message: "NVDA 27Nov26 200 C expires in 7 days, to be left at 7",
  }),
  signal("short_leg_delta", "SPY", "20Nov26 655 P", {
    severity: "warning",
    unit: "delta",
    value: 0.18,
    threshold: 0.15,
    utilization: 1.22,
    action: "roll or close",
    message: "SPY 20Nov26 655 P has a delta of 0.18, a short leg's bound is 0.15",
    firstAt: "2026-11-20T15:21:40.000Z",
    since: "2026-11-20T15:21:55.000Z",
  }),
  signal("vix_spike", "VIX", null, {
    layer: "portfolio",
    severity: "warning",
    state: "cleared",
    value: 0.04,
    threshold: 0.15,
    utilization: 0.27,
    action: "none",
    message: "VIX has risen 16 % within 30 minutes",
    firstAt: "2026-11-20T14:46:15.000Z",
    since: "2026-11-20T14:46:30.000Z",
    lastAt: "2026-11-20T15:12:40.000Z",
    clearedAt: "2026-11-20T15:12:40.000Z",
  }),
];

/** Contracts held as one, by name and what their legs are called in the drawings, the leg's quantity after it. */
function strategy(
  underlying: string,
  name: string,
  units: number,
  side: StrategyView["side"],
  legs: readonly (readonly [contract: string, quantity: number])[],
): StrategyView {
  const held = legs.map(([contract, quantity]) => {
    const place = ROWS.findIndex((one) => one.name === underlying && one.contract === contract);
    const whole = POSITIONS[place];
    if (whole === undefined) throw new RangeError(`The demo book holds no ${underlying} ${contract}`);
    return { place, quantity, whole, share: quantity / whole.quantity };
  });
  const sum = (figure: (one: PositionView) => number | null): number =>
    held.reduce((total, { whole, share }) => total + (figure(whole) ?? 0) * share, 0);
  return {
    id: `${underlying} ${name}`,
    kind: name.toLowerCase().replaceAll(" ", "_"),
    name,
    side,
    underlying,
    currency: "USD",
    units,
    legs: held.map(({ place, quantity }) => ({ position: place, localSymbol: "", quantity })),
    maxProfit: null,
    maxLoss: null,
    breakevens: null,
    premium: null,
    uncoveredShorts: 0,
    marketValue: sum((one) => one.marketValue),
    unrealizedPnl: sum((one) => one.unrealizedPnl),
    dailyPnl: sum((one) => one.dailyPnl),
    exposure: sum((one) => one.exposure),
    delta: sum((one) => one.delta),
    dollarDelta: sum((one) => one.dollarDelta),
    betaWeightedDelta: sum((one) => one.betaWeightedDelta),
    gammaDollars1Pct: sum((one) => one.gammaDollars1Pct),
    vega: sum((one) => one.vega),
    theta: sum((one) => one.theta),
  };
}

const STRATEGIES: readonly StrategyView[] = [
  strategy("TSLA", "Call vertical", 20, "debit", [["2026-12-18 400 C", 20], ["2026-12-18 440 C", -20]]),
  strategy("SPY", "Put vertical", 10, "credit", [["2026-11-20 655 P", -10], ["2026-11-20 650 P", 10]]),
  strategy("NVDA", "Short strangle", 10, "short", [["2026-12-18 165 P", -10], ["2026-12-18 195 C", -10]]),
  strategy("AAPL", "Covered call", 8, null, [["stock", 800], ["2026-12-18 280 C", -8]]),
  strategy("SPX", "Iron condor", 2, "credit", [
    ["2026-12-18 6200 P", 2],
    ["2026-12-18 6350 P", -2],
    ["2026-12-18 6850 C", -2],
    ["2026-12-18 7000 C", 2],
  ]),
];

const LEFT_OUT = [
  "grossExposure",
  "netExposure",
  "delta",
  "dollarDelta",
  "betaWeightedDelta",
  "gammaDollars1Pct",
  "vega",
  "theta",
];

const BOOK: RiskSnapshot = {
  schema: "apex.snapshot/1",
  asOf: "2026-11-20T15:30:45.000Z",
  env: "demo",
  simulated: false,
  sequence: 42,
  status: "degraded",
  statusReasons: ["1 stale", "1 no greeks"],
  restoredFrom: null,
  baseCurrency: "USD",
  portfolio: {
    unrealizedPnl: 107_640,
    dailyPnl: 8_044,
    realizedPnl: 552,
    fxPnl: 0,
    marketValue: 1_755_308,
    grossMarketValue: 1_900_000,
    netMarketValue: 1_755_308,
    grossExposure: 4_660_215,
    netExposure: 1_609_821,
    delta: 25_417,
    dollarDelta: 1_609_821,
    betaWeightedDelta: 5_159,
    gamma: 0,
    gammaDollars1Pct: -227_061,
    vega: -1_397,
    theta: 1_292,
    nearTermGammaDollars1Pct: -146_352,
    nearTermVega: -1_310,
    netLiquidation: 1_497_558,
    marginUtilization: 0.498,
    marginAccount: "DU1",
    concentration: { underlying: "TSLA", pct: 0.463, netUnderlying: "TSLA", netPct: 0.67 },
    modelledGreeksPct: 1 / 18,
    excluded: LEFT_OUT.map((total) => ({ total, reason: "DATA_MISSING" as const, count: 1 })),
  },
  accounts: [
    account("DU1", {
      netLiquidation: 989_262,
      cash: -196_412,
      maintenanceMargin: 515_702,
      excessLiquidity: 473_560,
      brokerDailyPnl: 6_761,
      marginUtilization: 0.5213,
      unrealizedPnl: 84_788,
      dailyPnl: 6_763,
      positions: 21,
    }),
    account("DU2", {
      netLiquidation: 508_296,
      cash: -61_338,
      maintenanceMargin: 230_082,
      excessLiquidity: 278_214,
      brokerDailyPnl: 1_282,
      marginUtilization: 0.4527,
      unrealizedPnl: 22_852,
      dailyPnl: 1_281,
      positions: 11,
    }),
  ],
  cash: [{ currency: "EUR", amount: 20_000, fxRate: 1.1524, fxAgeMs: 400 }],
  positions: POSITIONS,
  byUnderlying: [
    name("TSLA", [1_387_345, 9_877, 64_903, 1_617_557, 4_058, -11_126, -424, 366]),
    name("SPY", [-94_301, -665, -5_740, -174_971, -265, -96_408, 552, 238]),
    name("ES", [-6_425, -88, 4_450, -153_068, -23, -38_061, -606, 222]),
    name("SAP", [143_024, -864, -5_151, 143_024, 600, 0, 0, 0]),
    name("NVDA", [93_945, -1_380, 12_530, 123_225, 689, -7_016, -89, 189]),
    name("AAPL", [216_652, 972, 32_834, 100_068, 369, -7_398, -37, 65]),
    name("SPX", [-7_980, 140, 3_540, -69_062, -11, -67_052, -793, 212]),
    name("EUR.USD", [23_048, 52, 274, 23_048, 20_000, 0, 0, 0]),
  ],
  byExpiry: [
    bucket("0DTE", 2, [87_047, -137_145, -27, 410], [-410, 320, 132]),
    bucket("1_7D", 2, [-43_916, -9_207, -82, 274], [-1_115, -445, -110]),
    bucket("8_30D", 12, [-282_802, -80_947, -1_201, 471], [8_365, 180, -164]),
    bucket("31_90D", 2, [50_387, -1_118, -288, 180], [-9_850, 500, 78]),
    bucket("90D_PLUS", 1, [50_312, 1_356, 201, -43], [9_525, -650, 281]),
    bucket("NO_EXPIRY", 6, [1_748_793, 0, 0, 0], [1_748_793, 8_139, 25_200]),
  ],
  bySector: [],
  byCurrency: [],
  strategies: STRATEGIES,
  limits: [
    bookLimit("max_total_gross_notional", 4_660_215, 6e6, { partial: 1 }),
    nameLimit("TSLA", 1_617_557, 1.5e6, { state: "hard" }),
    nameLimit("SPY", -174_971),
    nameLimit("ES", -153_068, 1e6, { stale: true }),
    nameLimit("SAP", 143_024),
    nameLimit("NVDA", 123_225, 1e6, { partial: 1 }),
    nameLimit("AAPL", 100_068),
    nameLimit("SPX", -69_062, 1e6, { modelled: true }),
    nameLimit("EUR.USD", 23_048),
    bookLimit("portfolio_delta_range", 25_417, [-50_000, 50_000], { unit: "shares", partial: 1 }),
    bookLimit("portfolio_vega_range", -1_397, [-15_000, 15_000], { partial: 1 }),
    bookLimit("max_margin_utilization", 0.498, 0.6, { unit: "fraction", state: "soft" }),
    bookLimit("max_daily_loss", 0, 25_000, { stale: true }),
  ],
  breaches: [MARGIN_BREACH, TSLA_BREACH],
  signals: SIGNALS,
  orders: [],
  reconciliation: [
    {
      key: "SAP stock EUR",
      status: "DRIFT",
      detail: "IB's 600 is used; correct data/positions/manual.yaml:14",
      quantities: { IB: 600, MANUAL: 500, CACHED: 600 },
    },
    {
      key: "AAPL 18Dec26 280 C",
      status: "EXPLAINED",
      detail: "bought 2 at 4.15, 09:41:22",
      quantities: { IB: -8, CACHED: -10 },
    },
    {
      key: "TSLA stock",
      status: "EXPLAINED",
      detail: "bought 300 at 398.15, 10:28:31",
      quantities: { IB: 3_450, CACHED: 3_150 },
    },
  ],
  reconciliationSummary: {
    checkedAt: "2026-11-20T15:30:40.000Z",
    compared: 25,
    agree: 22,
    drift: 1,
    missing: 0,
    explained: 2,
    stale: 0,
  },
  session: [{ market: "US", state: "open", changesAt: "2026-11-20T21:00:00Z" }],
  quality: { quotes: 27, live: 26, flags: { STALE: 1, NO_GREEKS: 1, MODEL: 1, BETA_DEFAULT: 1 } },
  scenarios: ([[-0.1, -183_760], [-0.05, -90_058], [-0.03, -53_871], [-0.01, -17_262], [0.01, 15_162], [0.03, 42_174], [
    0.05,
    66_586,
  ], [0.1, 124_922]] as const)
    .map(([spotShock, pnl]) => ({
      name: `spot ${spotShock * 100} %`,
      spotShock,
      volShock: 0,
      days: 0,
      pnl,
      excluded: 1,
    })),
  health: [
    {
      component: "ibkr",
      status: "up",
      detail: "127.0.0.1:7497 client 1, server 178",
      since: "2026-11-20T12:18:40.000Z",
    },
    {
      component: "market_data",
      status: "degraded",
      detail: "26 of 27 lines live, 1 stale 42 s",
      since: "2026-11-20T15:30:13.000Z",
    },
    { component: "manual", status: "up", detail: "1 row", since: "2026-11-20T12:18:39.000Z" },
    { component: "database", status: "up", detail: "sqlite", since: "2026-11-20T12:18:39.000Z" },
    { component: "futu", status: "off", detail: "not configured", since: "2026-11-20T12:18:38.000Z" },
    {
      component: "monitor",
      status: "up",
      detail: "turn 0.6 ms, p99 1.1 ms, 0 overdue",
      since: "2026-11-20T12:18:38.000Z",
    },
  ],
  pnlCheck: {
    unrealizedAccuracy: 1,
    dailyAccuracy: 0.9998,
    leavesCompared: 25,
    worst: [
      {
        position: "ES 18Dec26 6400 P",
        account: "DU1",
        figure: "daily",
        ours: 800,
        broker: 797,
        mark: 64.25,
        brokerMark: 64.28,
      },
    ],
  },
  monitor: {
    turnMs: 0.6,
    ticksPerSecond: 41,
    oldestLiveQuoteMs: 3_200,
    conflated: 1_204,
    inboxEvents: 0,
    linesUsed: 27,
    linesAllowed: 100,
    memoryBytes: 118 * 1_048_576,
  },
  events: [
    { at: "2026-11-20T15:28:31.000Z", text: "bought 300 TSLA" },
    { at: "2026-11-20T14:58:02.000Z", text: 'margin acknowledged "cut ES put after 11:00"' },
    { at: "2026-11-20T14:47:10.000Z", text: "sold SPY put vertical" },
  ],
};
