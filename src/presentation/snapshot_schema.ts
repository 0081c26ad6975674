/**
 * The snapshot's contract as a schema: what `docs/snapshot.schema.json` is generated from, and what tests hold every
 * snapshot against. The compiler checks that it says the same as the types.
 */
import { z } from "zod";
import type { RiskSnapshot } from "../domain/risk/snapshot.ts";
import { FLAGS } from "../domain/quality/flag_set.ts";

const maybe = z.number().nullable();
const text = z.string();
const instant = z.iso.datetime();
const date = z.iso.date();

const source = z.enum(["IB", "FUTU", "MANUAL"]);
const flag = z.enum(FLAGS);
const exclusion = z.enum([...FLAGS, "SOURCE_UNREAD"]);
const flags = z.array(flag).readonly();
const dailySource = z.enum(["own", "broker", "none"]);
const bucket = z.enum(["EXPIRED", "0DTE", "1_7D", "8_30D", "31_90D", "90D_PLUS", "NO_EXPIRY"]);

const concentration = z.strictObject({
  underlying: text.nullable(),
  pct: maybe,
  netUnderlying: text.nullable(),
  netPct: maybe,
});

const portfolio = z.strictObject({
  unrealizedPnl: maybe,
  dailyPnl: maybe,
  realizedPnl: maybe,
  fxPnl: maybe,
  marketValue: maybe,
  grossMarketValue: maybe,
  netMarketValue: maybe,
  grossExposure: maybe,
  netExposure: maybe,
  delta: maybe,
  dollarDelta: maybe,
  betaWeightedDelta: maybe,
  gamma: maybe,
  gammaDollars1Pct: maybe,
  vega: maybe,
  theta: maybe,
  nearTermGammaDollars1Pct: maybe,
  nearTermVega: maybe,
  netLiquidation: maybe,
  marginUtilization: maybe,
  marginAccount: text.nullable(),
  concentration,
  modelledGreeksPct: z.number(),
  excluded: z.array(z.strictObject({ total: text, reason: exclusion, count: z.int() })).readonly(),
});

const amounts = {
  netLiquidation: maybe,
  cash: maybe,
  maintenanceMargin: maybe,
  initialMargin: maybe,
  excessLiquidity: maybe,
  buyingPower: maybe,
  brokerUnrealizedPnl: maybe,
  brokerDailyPnl: maybe,
  brokerRealizedPnl: maybe,
};

const underlying = z.strictObject({
  underlying: text,
  positions: z.int(),
  price: maybe,
  close: maybe,
  beta: z.number(),
  betaSource: z.enum(["config", "computed", "default"]),
  betaBasis: z.strictObject({
    windowDays: z.int(),
    observations: z.int(),
    from: date,
    to: date,
    ageMs: z.number(),
  }).nullable(),
  betaObstacle: text.nullable(),
  grossExposure: maybe,
  netExposure: maybe,
  marketValue: maybe,
  unrealizedPnl: maybe,
  dailyPnl: maybe,
  realizedPnl: maybe,
  delta: maybe,
  dollarDelta: maybe,
  betaWeightedDelta: maybe,
  gammaDollars1Pct: maybe,
  vega: maybe,
  theta: maybe,
  excluded: z.int(),
  flags,
});

const sector = z.strictObject({
  sector: text.nullable(),
  names: z.int(),
  positions: z.int(),
  grossExposure: maybe,
  netExposure: maybe,
  marketValue: maybe,
  unrealizedPnl: maybe,
  dailyPnl: maybe,
  realizedPnl: maybe,
  dollarDelta: maybe,
  betaWeightedDelta: maybe,
  gammaDollars1Pct: maybe,
  vega: maybe,
  theta: maybe,
  excluded: z.int(),
});

const bound = z.union([z.number(), z.literal("unlimited")]).nullable();

const strategy = z.strictObject({
  id: text,
  kind: text,
  name: text,
  side: z.enum(["long", "short", "credit", "debit"]).nullable(),
  underlying: text,
  currency: text,
  units: z.number(),
  legs: z.array(z.strictObject({ position: z.int(), localSymbol: text, quantity: z.number() })).readonly(),
  maxProfit: bound,
  maxLoss: bound,
  breakevens: z.array(z.number()).readonly().nullable(),
  premium: maybe,
  uncoveredShorts: z.number(),
  marketValue: maybe,
  unrealizedPnl: maybe,
  dailyPnl: maybe,
  exposure: maybe,
  delta: maybe,
  dollarDelta: maybe,
  betaWeightedDelta: maybe,
  gammaDollars1Pct: maybe,
  vega: maybe,
  theta: maybe,
});

const currency = z.strictObject({
  currency: text,
  cash: maybe,
  positions: z.int(),
  grossExposure: maybe,
  netExposure: maybe,
  marketValue: maybe,
  unrealizedPnl: maybe,
  dailyPnl: maybe,
  realizedPnl: maybe,
  fxPnl: maybe,
  excluded: z.int(),
});

const expiry = z.strictObject({
  bucket,
  positions: z.int(),
  grossExposure: maybe,
  netExposure: maybe,
  marketValue: maybe,
  dailyPnl: maybe,
  delta: maybe,
  dollarDelta: maybe,
  gamma: maybe,
  gammaDollars1Pct: maybe,
  vega: maybe,
  theta: maybe,
  excluded: z.int(),
});

const account = z.strictObject({
  source,
  account: text,
  currency: text,
  ...amounts,
  marginUtilization: maybe,
  unrealizedPnl: maybe,
  dailyPnl: maybe,
  realizedPnl: maybe,
  grossExposure: maybe,
  positions: z.int(),
  restoredFrom: instant.nullable(),
  stale: z.literal(true).exactOptional(),
  own: z.strictObject(amounts).exactOptional(),
  book: z.strictObject({
    marketValue: maybe,
    delta: maybe,
    dollarDelta: maybe,
    betaWeightedDelta: maybe,
    gammaDollars1Pct: maybe,
    vega: maybe,
    theta: maybe,
    excluded: z.int(),
    byUnderlying: z.array(underlying).readonly(),
    byExpiry: z.array(expiry).readonly(),
  }).exactOptional(),
});

const leaf = z.strictObject({
  source,
  account: text,
  quantity: z.number(),
  avgPrice: maybe,
  marketValue: maybe,
  unrealizedPnl: maybe,
  dailyPnl: maybe,
  dailyPnlSource: dailySource,
  realizedPnl: maybe,
  exposure: maybe,
  brokerUnrealizedPnl: maybe,
  brokerDailyPnl: maybe,
  restored: z.boolean(),
  stale: z.boolean().exactOptional(),
});

const position = z.strictObject({
  symbol: text,
  underlying: text,
  assetType: z.enum([
    "STOCK",
    "OPTION",
    "FUTURE",
    "FUTURE_OPTION",
    "FOREX",
    "INDEX",
    "CRYPTO",
    "BOND",
    "FUND",
    "WARRANT",
    "UNKNOWN",
  ]),
  expiry: date.nullable(),
  strike: maybe,
  right: z.enum(["C", "P"]).nullable(),
  currency: text,
  multiplier: z.number(),
  tradingClass: text,
  exchange: text,
  conIds: z.array(z.int()).readonly(),
  localSymbol: text,
  quantity: z.number(),
  avgPrice: maybe,
  leaves: z.array(leaf).readonly(),
  bid: maybe,
  ask: maybe,
  last: maybe,
  close: maybe,
  closeDate: date.nullable(),
  mark: maybe,
  markSource: z.enum(["mid", "last", "broker", "model", "intrinsic", "close", "stored", "none"]),
  quoteAgeMs: maybe,
  markStale: z.boolean().exactOptional(),
  marketValue: maybe,
  notional: maybe,
  exposure: maybe,
  unrealizedPnl: maybe,
  dailyPnl: maybe,
  dailyPnlSource: dailySource,
  realizedPnl: maybe,
  iv: maybe,
  delta: maybe,
  dollarDelta: maybe,
  betaWeightedDelta: maybe,
  gamma: maybe,
  gammaDollars1Pct: maybe,
  vega: maybe,
  theta: maybe,
  greeksSource: z.enum(["ibkr", "model", "unit", "missing"]),
  underlyingPrice: maybe,
  daysToExpiry: z.int().nullable(),
  expiryBucket: bucket,
  strategy: text.nullable(),
  flags,
});

const limit = z.strictObject({
  id: text,
  rule: text,
  scope: text.nullable(),
  unit: z.enum(["money", "fraction", "shares", "number"]),
  value: maybe,
  limit: maybe,
  low: maybe,
  high: maybe,
  utilization: maybe,
  state: z.enum(["ok", "soft", "hard", "unknown"]),
  partial: z.int(),
  stale: z.boolean(),
  modelled: z.boolean(),
});

const breach = z.strictObject({
  id: text,
  rule: text,
  scope: text.nullable(),
  severity: z.enum(["soft", "hard", "unknown"]),
  state: z.enum(["open", "acknowledged", "escalated"]),
  value: maybe,
  limit: maybe,
  utilization: maybe,
  since: instant,
  message: text,
  acknowledgedAt: instant.nullable(),
  acknowledgedBy: text.nullable(),
  note: text.nullable(),
});

const signal = z.strictObject({
  id: text,
  rule: text,
  scope: text.nullable(),
  subject: text.nullable(),
  layer: z.enum(["position", "strategy", "portfolio"]),
  severity: z.enum(["info", "warning", "critical"]),
  state: z.enum(["new", "active", "cleared"]),
  unit: z.enum(["fraction", "multiple", "days", "delta", "points"]),
  value: maybe,
  threshold: maybe,
  utilization: maybe,
  action: text,
  message: text,
  firstAt: instant,
  since: instant,
  lastAt: instant,
  clearedAt: instant.nullable(),
  acknowledgedAt: instant.nullable(),
  acknowledgedBy: text.nullable(),
  note: text.nullable(),
});

const order = z.strictObject({
  source,
  account: text,
  orderId: text,
  instrument: text.nullable(),
  action: z.enum(["BUY", "SELL"]),
  quantity: z.number(),
  filled: maybe,
  orderType: text,
  limitPrice: maybe,
  status: text,
});

const disagreement = z.strictObject({
  position: text,
  account: text,
  figure: z.enum(["unrealized", "daily"]),
  ours: z.number(),
  broker: z.number(),
  mark: maybe,
  brokerMark: maybe,
});

export const snapshotSchema = z.strictObject({
  schema: z.literal("apex.snapshot/1"),
  asOf: instant,
  env: z.enum(["dev", "prod", "demo"]),
  simulated: z.boolean(),
  sequence: z.int(),
  status: z.enum(["complete", "degraded", "stale", "starting"]),
  statusReasons: z.array(text).readonly(),
  restoredFrom: instant.nullable(),
  baseCurrency: text.nullable(),
  portfolio,
  accounts: z.array(account).readonly(),
  cash: z.array(z.strictObject({ currency: text, amount: z.number(), fxRate: maybe, fxAgeMs: maybe })).readonly(),
  positions: z.array(position).readonly(),
  byUnderlying: z.array(underlying).readonly(),
  byExpiry: z.array(expiry).readonly(),
  bySector: z.array(sector).readonly(),
  byCurrency: z.array(currency).readonly(),
  strategies: z.array(strategy).readonly(),
  limits: z.array(limit).readonly(),
  breaches: z.array(breach).readonly(),
  signals: z.array(signal).readonly(),
  orders: z.array(order).readonly(),
  reconciliation: z.array(z.strictObject({
    key: text,
    status: z.enum(["MISSING", "DRIFT", "STALE", "EXPLAINED"]),
    detail: text,
    quantities: z.record(text, z.number()),
  })).readonly(),
  reconciliationSummary: z.strictObject({
    checkedAt: instant.nullable(),
    compared: z.int(),
    agree: z.int(),
    drift: z.int(),
    missing: z.int(),
    explained: z.int(),
    stale: z.int(),
  }).exactOptional(),
  session: z.array(z.strictObject({
    market: text,
    state: z.enum(["pre", "open", "post", "closed", "unknown"]),
    changesAt: instant.nullable(),
  })).readonly(),
  quality: z.strictObject({ quotes: z.int(), live: z.int(), flags: z.partialRecord(flag, z.int()) }),
  scenarios: z.array(z.strictObject({
    name: text,
    spotShock: z.number(),
    volShock: z.number(),
    days: z.number(),
    pnl: maybe,
    excluded: z.int(),
  })).readonly(),
  health: z.array(z.strictObject({
    component: z.enum(["ibkr", "futu", "manual", "market_data", "database", "monitor", "alerts"]),
    status: z.enum(["up", "degraded", "down", "off"]),
    detail: text,
    since: instant,
  })).readonly(),
  pnlCheck: z.strictObject({
    unrealizedAccuracy: maybe,
    dailyAccuracy: maybe,
    leavesCompared: z.int(),
    worst: z.array(disagreement).readonly(),
  }),
  monitor: z.strictObject({
    turnMs: maybe,
    ticksPerSecond: maybe,
    oldestLiveQuoteMs: maybe,
    conflated: z.int(),
    inboxEvents: z.int(),
    linesUsed: z.int(),
    linesAllowed: z.int(),
    clockShifted: z.boolean().exactOptional(),
    memoryBytes: maybe.exactOptional(),
  }),
  events: z.array(z.strictObject({ at: instant, text })).readonly().exactOptional(),
});

/** Fails to compile when the schema and the type say different things. */
type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : never : never;
export const SCHEMA_MATCHES_TYPE: Same<z.infer<typeof snapshotSchema>, RiskSnapshot> = true;

/** The contract as JSON Schema (draft 2020-12). */
export function snapshotJsonSchema(): unknown {
  return z.toJSONSchema(snapshotSchema, { target: "draft-2020-12" });
}
