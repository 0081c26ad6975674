/** Builders of history: complete rows, of which a test names what it is about. */
import type {
  AccountRecord,
  BreachRecord,
  CommissionRecord,
  DailyPnlRecord,
  ExecutionRecord,
  FutuDealRecord,
  FutuFeeRecord,
  FutuOrderRecord,
  PositionChangeRecord,
  PositionRecord,
  RiskRecord,
  SyncStateRecord,
  SyncWindowRecord,
} from "../../src/application/ports/store_records.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { Signal } from "../../src/domain/signals/signal.ts";
import type { TransitionKind } from "../../src/domain/limits/breach_transition.ts";

/** Friday 2026-11-20, half past ten in New York. */
export const NOW = Date.UTC(2026, 10, 20, 15, 30);
export const MINUTE = 60_000;

export const AAPL: Instrument = {
  symbol: "AAPL",
  underlying: "AAPL",
  assetType: "STOCK",
  expiry: null,
  strike: null,
  right: null,
  currency: "USD",
  multiplier: 1,
  tradingClass: "NMS",
  exchange: "SMART",
  localSymbol: "AAPL",
  conId: 265598,
  priceMagnifier: 1,
  minTick: 0.01,
};

export const AAPL_PUT: Instrument = {
  ...AAPL,
  assetType: "OPTION",
  expiry: "2026-12-18",
  strike: 187.5,
  right: "P",
  multiplier: 100,
  tradingClass: "AAPL",
  localSymbol: "AAPL  261218P00187500",
  conId: 700000001,
};

export function execution(execId: string, fields: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return {
    account: "DU1",
    execId,
    instrument: AAPL,
    quantity: 100,
    price: 187.12,
    executedAt: NOW,
    exchange: "ISLAND",
    orderId: "7",
    orderRef: null,
    origin: "API",
    raw: null,
    ...fields,
  };
}

export function commission(execId: string, fields: Partial<CommissionRecord> = {}): CommissionRecord {
  return {
    account: "DU1",
    execId,
    amount: 1.05,
    currency: "USD",
    realizedPnl: null,
    origin: "API",
    raw: null,
    ...fields,
  };
}

/** A filled order of 100 shares. */
export function futuOrder(orderId: string, fields: Partial<FutuOrderRecord> = {}): FutuOrderRecord {
  return {
    account: "FU1",
    orderId,
    market: "US",
    instrument: AAPL,
    quantity: 100,
    price: 187.5,
    filledQuantity: 100,
    averageFillPrice: 187.12,
    orderType: 1,
    status: 11,
    createdAt: NOW - MINUTE,
    updatedAt: NOW,
    remark: null,
    raw: null,
    ...fields,
  };
}

export function futuDeal(dealId: string, fields: Partial<FutuDealRecord> = {}): FutuDealRecord {
  return {
    account: "FU1",
    dealId,
    orderId: "o1",
    market: "US",
    instrument: AAPL,
    quantity: 100,
    price: 187.12,
    executedAt: NOW,
    status: "OK",
    raw: null,
    ...fields,
  };
}

export function futuFee(orderId: string, fields: Partial<FutuFeeRecord> = {}): FutuFeeRecord {
  return { account: "FU1", orderId, amount: 1.99, currency: "USD", items: null, updatedAt: NOW + MINUTE, ...fields };
}

export function position(fields: Partial<PositionRecord> = {}): PositionRecord {
  return {
    instrument: AAPL,
    quantity: 100,
    avgPrice: 175.5,
    mark: 187.12,
    close: 185.5,
    closeDate: "2026-11-19",
    marketValue: 18_712,
    unrealizedPnl: 1_162,
    dailyPnl: 162,
    ...fields,
  };
}

export function account(fields: Partial<AccountRecord> = {}): AccountRecord {
  return {
    account: "DU1",
    source: "IB",
    takenAt: NOW,
    currency: "USD",
    values: {
      netLiquidation: 1_500_023.45,
      cash: 250_000,
      maintenanceMargin: 300_000,
      initialMargin: 330_000.1,
      excessLiquidity: 1_200_000,
      buyingPower: null,
      equityWithLoan: 1_500_000,
      grossPositionValue: 900_000,
    },
    brokerPnl: { dailyPnl: 1_992, unrealizedPnl: 110_270, realizedPnl: null },
    cash: { USD: 200_000, EUR: 46_082.95 },
    ...fields,
  };
}

export function risk(fields: Partial<RiskRecord> = {}): RiskRecord {
  return {
    account: "ALL",
    source: "ALL",
    takenAt: NOW,
    status: "complete",
    simulated: false,
    baseCurrency: "USD",
    figures: {
      unrealizedPnl: 110_270.5,
      dailyPnl: 1_992.1,
      realizedPnl: 553,
      fxPnl: null,
      marketValue: 2e6 / 3,
      grossExposure: 3_100_000,
      netExposure: 633_948,
      delta: -12_000.25,
      dollarDelta: 633_948,
      betaWeightedDelta: 961,
      gammaDollars1Pct: -233_200,
      vega: -1_243,
      theta: 1_700,
      netLiquidation: 1_500_023.45,
      marginUtilization: 0.381,
    },
    document: '{"schema":"apex.snapshot/1","note":"naïve – 股票"}',
    ...fields,
  };
}

/** A step of the breach `margin:DU1`; cleared steps leave what it was. */
export function breach(kind: TransitionKind, at: number, fields: Partial<BreachRecord> = {}): BreachRecord {
  const id = fields.transition?.id ?? "max_margin_utilization:DU1";
  const limit = {
    id,
    rule: "max_margin_utilization",
    scope: "DU1",
    unit: "fraction",
    value: 0.55,
    limit: 0.6,
    low: null,
    high: null,
    utilization: 0.55 / 0.6,
    state: "soft",
    partial: 2,
    stale: true,
    modelled: false,
  } as const;
  return {
    account: "DU1",
    transition: {
      id,
      rule: limit.rule,
      scope: limit.scope,
      kind,
      from: "ok",
      to: kind === "cleared" ? "cleared" : "soft",
      severity: "soft",
      at,
      value: 0.55,
      limit: 0.6,
      utilization: 0.55 / 0.6,
      message: "Margin of DU1 is 55 % of its 60 % limit",
    },
    breach: {
      limit,
      severity: "soft",
      state: kind === "acknowledged" ? "acknowledged" : "open",
      openedAt: NOW,
      since: NOW,
      unacknowledgedSince: NOW,
      acknowledgement: kind === "acknowledged" ? { at, by: "operator", note: "hedging" } : null,
    },
    ...fields,
  };
}

export function signal(id: string, fields: Partial<Signal> = {}): Signal {
  return {
    condition: {
      state: "holding",
      id,
      rule: "dte_exit",
      layer: "position",
      scope: "AAPL",
      subject: "18Dec26 187.5 P",
      severity: "warning",
      unit: "days",
      value: 21,
      threshold: 21,
      utilization: null,
      action: "close or roll",
      message: "AAPL 18Dec26 187.5 P has 21 days left",
    },
    firstAt: NOW - MINUTE,
    since: NOW,
    lastAt: NOW,
    acknowledgement: null,
    clearedAt: null,
    ...fields,
  };
}

export function dailyPnl(tradeDate: string, fields: Partial<DailyPnlRecord> = {}): DailyPnlRecord {
  return {
    account: "DU1",
    source: "IB",
    tradeDate,
    currency: "USD",
    dailyPnl: 1_992.1,
    unrealizedPnl: 110_270.5,
    realizedPnl: 553,
    fxPnl: null,
    commissions: 12.34,
    netLiquidation: 1_500_023.45,
    brokerDailyPnl: 1_990,
    brokerRealizedPnl: 550,
    excluded: 0,
    updatedAt: NOW,
    ...fields,
  };
}

export function positionChange(changedAt: number, fields: Partial<PositionChangeRecord> = {}): PositionChangeRecord {
  return {
    account: "DU1",
    source: "IB",
    instrument: AAPL_PUT,
    changedAt,
    quantityBefore: 0,
    quantityAfter: -5,
    avgPriceBefore: null,
    avgPriceAfter: 6.1235,
    cause: "execution",
    explanation: "execution 0000e0d5.6767abcd.01.01",
    ...fields,
  };
}

export function syncState(fields: Partial<SyncStateRecord> = {}): SyncStateRecord {
  return {
    broker: "IB",
    account: "DU1",
    dataType: "executions",
    market: "ALL",
    watermark: NOW,
    status: "OK",
    error: null,
    updatedAt: NOW,
    ...fields,
  };
}

export function syncWindow(from: number, fields: Partial<SyncWindowRecord> = {}): SyncWindowRecord {
  return {
    broker: "IB",
    account: "DU1",
    dataType: "executions",
    market: "ALL",
    from,
    to: from + 24 * 60 * MINUTE,
    status: "DONE",
    error: null,
    rows: 12,
    attempts: 1,
    updatedAt: NOW,
    ...fields,
  };
}
