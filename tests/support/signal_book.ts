/** Positions, strategies and inputs of the signals in a few lines. */
import type { PositionView } from "../../src/domain/risk/snapshot.ts";
import type { KnownCondition, SignalCondition } from "../../src/domain/signals/signal_condition.ts";
import { signalConditions } from "../../src/domain/signals/signal_conditions.ts";
import type { SignalInputs, SignalName, SignalStrategy } from "../../src/domain/signals/signal_inputs.ts";
import type { SignalSettings } from "../../src/domain/signals/signal_settings.ts";
import { SIGNALS_OFF } from "./signal_settings.ts";

/** Friday 2026-11-20, 10:30 in New York. */
export const NOW = Date.parse("2026-11-20T15:30:00Z");

/** Per unit; what is left out is missing. */
export interface OptionFields {
  readonly quantity: number;
  readonly avg?: number | null;
  readonly mark?: number | null;
  readonly spot?: number | null;
  readonly delta?: number | null;
  readonly gamma?: number;
  readonly vega?: number;
  readonly dte?: number | null;
}

/** `"TSLA 2026-11-27 420 C"`, multiplier 100, in the base currency. */
export function optionView(words: string, fields: OptionFields, changes: Partial<PositionView> = {}): PositionView {
  const [symbol, expiry, strike, right] = words.split(" ") as [string, string, string, "C" | "P"];
  const { quantity, avg = null, mark = null, spot = null, delta = null, gamma = 0.01, vega = 0.1 } = fields;
  const units = quantity * 100;
  const dte = fields.dte === undefined ? (Date.parse(expiry) - Date.parse("2026-11-20")) / 86_400_000 : fields.dte;
  return {
    ...NOTHING,
    symbol,
    underlying: symbol,
    assetType: "OPTION",
    expiry,
    strike: Number(strike),
    right,
    multiplier: 100,
    tradingClass: symbol,
    localSymbol: words,
    quantity,
    avgPrice: avg,
    mark,
    marketValue: mark === null ? null : units * mark,
    notional: spot === null ? null : units * spot,
    unrealizedPnl: mark === null || avg === null ? null : units * (mark - avg),
    delta: delta === null ? null : units * delta,
    gamma: units * gamma,
    vega: units * vega,
    underlyingPrice: spot,
    daysToExpiry: dte,
    expiryBucket: dte === 0 ? "0DTE" : "8_30D",
    ...changes,
  };
}

export function stockView(
  symbol: string,
  { quantity, avg, mark }: { readonly quantity: number; readonly avg: number; readonly mark: number | null },
  changes: Partial<PositionView> = {},
): PositionView {
  return {
    ...NOTHING,
    symbol,
    underlying: symbol,
    localSymbol: symbol,
    quantity,
    avgPrice: avg,
    mark,
    marketValue: mark === null ? null : quantity * mark,
    notional: mark === null ? null : quantity * mark,
    unrealizedPnl: mark === null ? null : quantity * (mark - avg),
    delta: quantity,
    gamma: 0,
    vega: 0,
    underlyingPrice: mark,
    ...changes,
  };
}

const NOTHING: PositionView = {
  symbol: "",
  underlying: "",
  assetType: "STOCK",
  expiry: null,
  strike: null,
  right: null,
  currency: "USD",
  multiplier: 1,
  tradingClass: "",
  exchange: "SMART",
  conIds: [],
  localSymbol: "",
  quantity: 0,
  avgPrice: null,
  leaves: [],
  bid: null,
  ask: null,
  last: null,
  close: null,
  closeDate: null,
  mark: null,
  markSource: "mid",
  quoteAgeMs: 0,
  marketValue: null,
  notional: null,
  exposure: null,
  unrealizedPnl: null,
  dailyPnl: null,
  dailyPnlSource: "none",
  realizedPnl: null,
  iv: null,
  delta: null,
  dollarDelta: null,
  betaWeightedDelta: null,
  gamma: null,
  gammaDollars1Pct: null,
  vega: null,
  theta: null,
  greeksSource: "ibkr",
  underlyingPrice: null,
  daysToExpiry: null,
  expiryBucket: "NO_EXPIRY",
  strategy: null,
  flags: [],
};

/** All legs of `positions` as one strategy; amounts as given. */
export function strategyOf(
  positions: readonly PositionView[],
  fields: Pick<SignalStrategy, "kind" | "name"> & Partial<SignalStrategy>,
): SignalStrategy {
  return {
    legs: positions.map(({ quantity }, index) => ({ index, quantity })),
    units: 1,
    unrealizedPnl: positions.reduce((total, { unrealizedPnl }) => total + (unrealizedPnl ?? NaN), 0),
    premium: null,
    maxProfit: null,
    maxLoss: null,
    daysToExpiry: positions[0]?.daysToExpiry ?? null,
    ...fields,
  };
}

export function nameView(underlying: string, grossExposure: number | null): SignalName {
  return { underlying, positions: 1, grossExposure };
}

export function inputsOf(changes: Partial<SignalInputs>): SignalInputs {
  return {
    positions: [],
    strategies: [],
    names: [],
    grossExposure: null,
    sectors: new Map(),
    index: { price: null, close: null },
    vix: { price: null, close: null, windowLow: null },
    marketOpen: true,
    peaks: new Map(),
    ...changes,
  };
}

/** What the rules that are on find. */
export function findings(
  settings: Partial<SignalSettings>,
  inputs: Partial<SignalInputs>,
  now = NOW,
): SignalCondition[] {
  return signalConditions(inputsOf(inputs), { ...SIGNALS_OFF, ...settings }, now);
}

/** The only finding, which must be a known one. */
export function onlyFinding(settings: Partial<SignalSettings>, inputs: Partial<SignalInputs>): KnownCondition {
  const found = findings(settings, inputs);
  const [only] = found;
  if (only === undefined || only.state === "unknown" || found.length > 1) {
    throw new Error(`Expected one known condition, not ${JSON.stringify(found)}`);
  }
  return only;
}

/** States of the findings in their order. */
export function states(settings: Partial<SignalSettings>, inputs: Partial<SignalInputs>): string[] {
  return findings(settings, inputs).map(({ state }) => state);
}
