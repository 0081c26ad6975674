/** Rows as they come back, turned into the program's own records. */
import type {
  AccountRecord,
  BreachRecord,
  DailyPnlRecord,
  Fill,
  PositionChangeRecord,
  PositionRecord,
  RiskPoint,
  SyncStateRecord,
  SyncWindowRecord,
} from "../../application/ports/store_records.ts";
import type { Source } from "../../domain/event.ts";
import type { AssetType, Instrument } from "../../domain/instrument.ts";
import type { TransitionKind } from "../../domain/limits/breach_transition.ts";
import { StoreFault } from "../../application/ports/store.ts";
import type { Cells } from "./query.ts";

const SOURCES: readonly Source[] = ["IB", "FUTU", "MANUAL"];
const SOURCES_AND_ALL = [...SOURCES, "ALL"] as const;
const ASSET_TYPES: readonly AssetType[] = [
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
];
const TRANSITIONS: readonly TransitionKind[] = [
  "opened",
  "raised",
  "lowered",
  "relabelled",
  "escalated",
  "acknowledged",
  "taken-back",
  "cleared",
];
const ORIGINS = ["API", "STATEMENT"] as const;
const SEVERITIES = ["soft", "hard", "unknown"] as const;
const BREACH_STATES = ["open", "acknowledged", "escalated"] as const;

/** From `instruments` under the name `i`. */
export function instrumentFrom(cells: Cells): Instrument {
  const right = cells.textOrNull("i.option_right");
  return {
    symbol: cells.text("i.symbol"),
    underlying: cells.text("i.underlying"),
    assetType: cells.choice("i.asset_type", ASSET_TYPES),
    expiry: cells.textOrNull("i.expiry"),
    strike: cells.numberOrNull("i.strike"),
    right: right === null ? null : cells.choice("i.option_right", ["C", "P"]),
    currency: cells.text("i.currency"),
    multiplier: cells.number("i.multiplier"),
    tradingClass: cells.text("i.trading_class"),
    exchange: cells.text("i.exchange"),
    localSymbol: cells.text("i.local_symbol"),
    conId: cells.numberOrNull("i.con_id"),
    priceMagnifier: cells.number("i.price_magnifier"),
    minTick: cells.numberOrNull("i.min_tick"),
  };
}

/** From executions `e`, instruments `i` and commissions `c`. */
export function fillFrom(cells: Cells): Fill {
  const amount = cells.numberOrNull("c.amount");
  return {
    source: "IB",
    execution: {
      account: cells.text("e.account_id"),
      execId: cells.text("e.exec_id"),
      instrument: instrumentFrom(cells),
      quantity: cells.number("e.quantity"),
      price: cells.number("e.price"),
      executedAt: cells.number("e.executed_at"),
      exchange: cells.textOrNull("e.exchange"),
      orderId: cells.textOrNull("e.order_id"),
      orderRef: cells.textOrNull("e.order_ref"),
      origin: cells.choice("e.origin", ORIGINS),
      raw: cells.textOrNull("e.raw"),
    },
    commission: amount === null
      ? null
      : { amount, currency: cells.text("c.currency"), realizedPnl: cells.numberOrNull("c.realized_pnl") },
  };
}

/** From Futu's deals `e`, instruments `i` and orders `o`. What it cost is read apart. */
export function dealFrom(cells: Cells): Fill {
  return {
    source: "FUTU",
    execution: {
      account: cells.text("e.account_id"),
      execId: cells.text("e.deal_id"),
      instrument: instrumentFrom(cells),
      quantity: cells.number("e.quantity"),
      price: cells.number("e.price"),
      executedAt: cells.number("e.executed_at"),
      exchange: null,
      orderId: cells.textOrNull("e.order_id"),
      orderRef: cells.textOrNull("o.remark"),
      origin: "API",
      raw: cells.textOrNull("e.raw"),
    },
    commission: null,
  };
}

/** From position_snapshots `p` and instruments `i`. */
export function positionFrom(cells: Cells): PositionRecord {
  return {
    instrument: instrumentFrom(cells),
    quantity: cells.number("p.quantity"),
    avgPrice: cells.numberOrNull("p.avg_price"),
    mark: cells.numberOrNull("p.mark"),
    close: cells.numberOrNull("p.close"),
    closeDate: cells.textOrNull("p.close_date"),
    marketValue: cells.numberOrNull("p.market_value"),
    unrealizedPnl: cells.numberOrNull("p.unrealized_pnl"),
    dailyPnl: cells.numberOrNull("p.daily_pnl"),
  };
}

/** From position_books or any other table `t` with the columns that name a snapshot. */
export function snapshotKeyFrom(cells: Cells): { account: string; source: Source; takenAt: number } {
  return {
    account: cells.text("t.account_id"),
    source: cells.choice("t.source", SOURCES),
    takenAt: cells.number("t.snapshot_time"),
  };
}

export function accountFrom(cells: Cells): AccountRecord {
  return {
    ...snapshotKeyFrom(cells),
    currency: cells.text("t.currency"),
    values: {
      netLiquidation: cells.numberOrNull("t.net_liquidation"),
      cash: cells.numberOrNull("t.cash"),
      maintenanceMargin: cells.numberOrNull("t.maintenance_margin"),
      initialMargin: cells.numberOrNull("t.initial_margin"),
      excessLiquidity: cells.numberOrNull("t.excess_liquidity"),
      buyingPower: cells.numberOrNull("t.buying_power"),
      equityWithLoan: cells.numberOrNull("t.equity_with_loan"),
      grossPositionValue: cells.numberOrNull("t.gross_position_value"),
    },
    brokerPnl: {
      dailyPnl: cells.numberOrNull("t.broker_daily_pnl"),
      unrealizedPnl: cells.numberOrNull("t.broker_unrealized_pnl"),
      realizedPnl: cells.numberOrNull("t.broker_realized_pnl"),
    },
    cash: numbersByName(cells.text("t.cash_by_currency")),
  };
}

function numbersByName(json: string): Record<string, number> {
  const content: unknown = JSON.parse(json);
  const entries = typeof content === "object" && content !== null ? Object.entries(content) : [];
  const numbers: Record<string, number> = {};
  for (const [name, value] of entries) {
    if (typeof value !== "number") {
      throw new StoreFault("damaged", `Cannot read the stored cash: the amount of ${name} is no number`);
    }
    numbers[name] = value;
  }
  return numbers;
}

export function riskPointFrom(cells: Cells): RiskPoint {
  return {
    account: cells.text("t.account_id"),
    source: cells.choice("t.source", SOURCES_AND_ALL),
    takenAt: cells.number("t.snapshot_time"),
    status: cells.choice("t.status", ["complete", "degraded", "stale", "starting"]),
    simulated: cells.number("t.simulated") === 1,
    baseCurrency: cells.text("t.base_currency"),
    figures: {
      unrealizedPnl: cells.numberOrNull("t.unrealized_pnl"),
      dailyPnl: cells.numberOrNull("t.daily_pnl"),
      realizedPnl: cells.numberOrNull("t.realized_pnl"),
      fxPnl: cells.numberOrNull("t.fx_pnl"),
      marketValue: cells.numberOrNull("t.market_value"),
      grossExposure: cells.numberOrNull("t.gross_exposure"),
      netExposure: cells.numberOrNull("t.net_exposure"),
      delta: cells.numberOrNull("t.delta"),
      dollarDelta: cells.numberOrNull("t.dollar_delta"),
      betaWeightedDelta: cells.numberOrNull("t.beta_weighted_delta"),
      gammaDollars1Pct: cells.numberOrNull("t.gamma_dollars_1pct"),
      vega: cells.numberOrNull("t.vega"),
      theta: cells.numberOrNull("t.theta"),
      netLiquidation: cells.numberOrNull("t.net_liquidation"),
      marginUtilization: cells.numberOrNull("t.margin_utilization"),
    },
  };
}

export function breachFrom(cells: Cells): BreachRecord {
  const id = cells.text("t.breach_id");
  const rule = cells.text("t.rule");
  const scope = cells.textOrNull("t.scope");
  const acknowledgedAt = cells.numberOrNull("t.acknowledged_at");
  return {
    account: cells.text("t.account_id"),
    transition: {
      id,
      rule,
      scope,
      kind: cells.choice("t.transition", TRANSITIONS),
      from: cells.choice("t.from_state", ["ok", ...SEVERITIES, ...BREACH_STATES]),
      to: cells.choice("t.to_state", ["cleared", ...SEVERITIES, ...BREACH_STATES]),
      severity: cells.choice("t.severity", SEVERITIES),
      at: cells.number("t.signal_time"),
      value: cells.numberOrNull("t.value"),
      limit: cells.numberOrNull("t.limit_value"),
      utilization: cells.numberOrNull("t.utilization"),
      message: cells.text("t.message"),
    },
    breach: {
      limit: {
        id,
        rule,
        scope,
        unit: cells.choice("t.unit", ["money", "fraction", "shares", "number"]),
        value: cells.numberOrNull("t.seen_value"),
        limit: cells.numberOrNull("t.seen_limit"),
        low: cells.numberOrNull("t.seen_low"),
        high: cells.numberOrNull("t.seen_high"),
        utilization: cells.numberOrNull("t.seen_utilization"),
        state: cells.choice("t.seen_state", ["ok", ...SEVERITIES]),
        partial: cells.number("t.seen_partial"),
        stale: cells.number("t.seen_stale") === 1,
        modelled: cells.number("t.seen_modelled") === 1,
      },
      severity: cells.choice("t.breach_severity", SEVERITIES),
      state: cells.choice("t.breach_state", BREACH_STATES),
      openedAt: cells.number("t.opened_at"),
      since: cells.number("t.since"),
      unacknowledgedSince: cells.number("t.unacknowledged_since"),
      acknowledgement: acknowledgedAt === null
        ? null
        : { at: acknowledgedAt, by: cells.text("t.acknowledged_by"), note: cells.textOrNull("t.acknowledgement_note") },
    },
  };
}

export function dailyPnlFrom(cells: Cells): DailyPnlRecord {
  return {
    account: cells.text("t.account_id"),
    source: cells.choice("t.source", SOURCES_AND_ALL),
    tradeDate: cells.text("t.trade_date"),
    currency: cells.text("t.currency"),
    dailyPnl: cells.numberOrNull("t.daily_pnl"),
    unrealizedPnl: cells.numberOrNull("t.unrealized_pnl"),
    realizedPnl: cells.numberOrNull("t.realized_pnl"),
    fxPnl: cells.numberOrNull("t.fx_pnl"),
    commissions: cells.numberOrNull("t.commissions"),
    netLiquidation: cells.numberOrNull("t.net_liquidation"),
    brokerDailyPnl: cells.numberOrNull("t.broker_daily_pnl"),
    brokerRealizedPnl: cells.numberOrNull("t.broker_realized_pnl"),
    excluded: cells.number("t.excluded"),
    updatedAt: cells.number("t.updated_at"),
  };
}

export function positionChangeFrom(cells: Cells): PositionChangeRecord {
  return {
    account: cells.text("t.account_id"),
    source: cells.choice("t.source", SOURCES),
    instrument: instrumentFrom(cells),
    changedAt: cells.number("t.changed_at"),
    quantityBefore: cells.number("t.quantity_before"),
    quantityAfter: cells.number("t.quantity_after"),
    avgPriceBefore: cells.numberOrNull("t.avg_price_before"),
    avgPriceAfter: cells.numberOrNull("t.avg_price_after"),
    cause: cells.choice("t.cause", ["execution", "download", "restart", "manual"]),
    explanation: cells.textOrNull("t.explanation"),
  };
}

function syncKeyFrom(cells: Cells) {
  return {
    broker: cells.choice("t.broker", ["IB", "FUTU"]),
    account: cells.text("t.account_id"),
    dataType: cells.text("t.data_type"),
    market: cells.text("t.market"),
  };
}

export function syncStateFrom(cells: Cells): SyncStateRecord {
  return {
    ...syncKeyFrom(cells),
    watermark: cells.numberOrNull("t.watermark"),
    status: cells.choice("t.status", ["OK", "FAILED"]),
    error: cells.textOrNull("t.error"),
    updatedAt: cells.number("t.updated_at"),
  };
}

export function syncWindowFrom(cells: Cells): SyncWindowRecord {
  return {
    ...syncKeyFrom(cells),
    from: cells.number("t.window_from"),
    to: cells.number("t.window_to"),
    status: cells.choice("t.status", ["DONE", "FAILED"]),
    error: cells.textOrNull("t.error"),
    rows: cells.number("t.row_count"),
    attempts: cells.number("t.attempts"),
    updatedAt: cells.number("t.updated_at"),
  };
}
