/** The states of a book that every view is drawn for. */
import type { PositionView, RiskSnapshot, StrategyView } from "../../src/domain/risk/snapshot.ts";
import { DEMO_NOW, demoSnapshot, judgedSnapshot, restoredSnapshot } from "./demo_snapshot.ts";

export interface ScreenBook {
  readonly name: string;
  readonly snapshot: RiskSnapshot;
  readonly now: number;
}

export function screenBooks(): ScreenBook[] {
  const at = (name: string, snapshot: RiskSnapshot, now = DEMO_NOW): ScreenBook => ({ name, snapshot, now });
  return [
    at("demo", bookOfToday()),
    at("empty", emptyBook()),
    at("no_connection", withoutConnection()),
    at("starting", startingBook()),
    at("restored", restoredBook()),
    at("closed", closedMarket(), Date.parse(CLOSED_AT)),
    at("large", largeBook()),
  ];
}

/** As a monitor flags it: moves of an option's price come from its greeks. */
function bookOfToday(): RiskSnapshot {
  const book = judgedSnapshot();
  const positions = book.positions.map((position): PositionView =>
    position.strike === null || position.delta === null
      ? position
      : { ...position, flags: [...position.flags, "TAYLOR"] }
  );
  const taylor = positions.filter(({ flags }) => flags.includes("TAYLOR")).length;
  return { ...book, positions, quality: { ...book.quality, flags: { ...book.quality.flags, TAYLOR: taylor } } };
}

const NOTHING_HELD = {
  positions: [],
  byUnderlying: [],
  byExpiry: [],
  strategies: [],
  breaches: [],
  signals: [],
  scenarios: [],
  reconciliation: [],
} as const;

/** Read completely, and flat. */
function emptyBook(changes: Partial<RiskSnapshot> = {}): RiskSnapshot {
  const book = demoSnapshot();
  const zeros = Object.fromEntries(
    Object.entries(book.portfolio).map(([key, value]) => [key, typeof value === "number" ? 0 : value]),
  );
  return demoSnapshot({
    ...NOTHING_HELD,
    asOf: "2026-11-20T15:30:41.000Z",
    status: "complete",
    statusReasons: [],
    byExpiry: book.byExpiry.map((bucket) => ({
      ...bucket,
      positions: 0,
      marketValue: 0,
      dailyPnl: 0,
      delta: 0,
      dollarDelta: 0,
      gammaDollars1Pct: 0,
      vega: 0,
      theta: 0,
    })),
    scenarios: book.scenarios.map((scenario) => ({ ...scenario, pnl: 0, excluded: 0 })),
    limits: book.limits.filter(({ scope }) => scope === null).map((limit) => ({
      ...limit,
      value: 0,
      utilization: 0,
      state: "ok",
      partial: 0,
      stale: false,
      modelled: false,
    })),
    quality: { quotes: 0, live: 0, flags: {} },
    reconciliationSummary: { ...book.reconciliationSummary!, compared: 0, agree: 0, drift: 0, explained: 0 },
    pnlCheck: { unrealizedAccuracy: null, dailyAccuracy: null, leavesCompared: 0, worst: [] },
    portfolio: {
      ...book.portfolio,
      ...zeros,
      netLiquidation: book.portfolio.netLiquidation,
      concentration: { underlying: null, pct: 0, netUnderlying: null, netPct: 0 },
      excluded: [],
    },
    accounts: book.accounts.map((account) => ({
      ...account,
      dailyPnl: 0,
      unrealizedPnl: 0,
      realizedPnl: 0,
      brokerDailyPnl: 0,
      grossExposure: 0,
      marginUtilization: 0,
      maintenanceMargin: 0,
      positions: 0,
      cash: account.netLiquidation,
    })),
    health: book.health.map((part) =>
      part.component === "market_data" ? { ...part, status: "up", detail: "no lines wanted" } : part
    ),
    monitor: { ...book.monitor, ticksPerSecond: 0, oldestLiveQuoteMs: null, linesUsed: 0 },
    events: [],
    ...changes,
  });
}

/** The gateway was never reached: nothing is known. */
function withoutConnection(): RiskSnapshot {
  const book = demoSnapshot();
  const unknown = Object.fromEntries(
    Object.entries(book.portfolio).map(([key, value]) => [key, typeof value === "number" ? null : value]),
  );
  const detail = "Cannot reach IBKR at 127.0.0.1:7497: start TWS or IB Gateway; allow API clients on that port; " +
    "attempt 4 in 8 s";
  return emptyBook({
    asOf: book.asOf,
    status: "stale",
    statusReasons: ["IB down"],
    baseCurrency: null,
    accounts: [],
    cash: [],
    byExpiry: [],
    scenarios: book.scenarios.map((scenario) => ({ ...scenario, pnl: null, excluded: 0 })),
    limits: emptyBook().limits.map((limit) => ({ ...limit, value: null, utilization: null, state: "unknown" })),
    session: [],
    reconciliationSummary: { ...emptyBook().reconciliationSummary!, checkedAt: null, compared: 0 },
    portfolio: {
      ...emptyBook().portfolio,
      ...unknown,
      modelledGreeksPct: 0,
      concentration: { underlying: null, pct: null, netUnderlying: null, netPct: null },
    },
    monitor: { ...book.monitor, ticksPerSecond: 0, oldestLiveQuoteMs: null, linesUsed: 0 },
    health: book.health.map((part) => {
      if (part.component === "ibkr") return { ...part, status: "down", detail, since: "2026-11-20T15:30:25.000Z" };
      return part.component === "market_data" ? { ...part, status: "off", detail: "no connection" } : part;
    }),
  });
}

/** Thursday's book as it was stored; the broker refuses. */
function restoredBook(): RiskSnapshot {
  const book = restoredSnapshot();
  return {
    ...book,
    positions: book.positions.map((position) => ({ ...position, quoteAgeMs: 66_765_000 })),
    byExpiry: book.byExpiry.map((bucket) => ({ ...bucket, dailyPnl: null })),
    strategies: book.strategies.map((strategy) => ({ ...strategy, dailyPnl: null })),
    cash: book.cash.map((cash) => ({ ...cash, fxAgeMs: 66_765_000 })),
    pnlCheck: { unrealizedAccuracy: null, dailyAccuracy: null, leavesCompared: 0, worst: [] },
    health: book.health.map((part) =>
      part.component === "market_data" ? { ...part, status: "off", detail: "no connection" } : part
    ),
    monitor: { ...book.monitor, ticksPerSecond: 0, oldestLiveQuoteMs: null },
    events: [],
  };
}

/** Half of it is read. */
function startingBook(): RiskSnapshot {
  return demoSnapshot({
    status: "starting",
    statusReasons: ["positions read, quotes 18 of 27 (67 %, shown at 90 % or after 15 s), greeks 11 of 18"],
    quality: { quotes: 27, live: 18, flags: {} },
    breaches: [],
    signals: [],
    events: [],
  });
}

const CLOSED_AT = "2026-11-21T15:00:00.000Z";

/** Saturday: marks are Friday's closes. */
function closedMarket(): RiskSnapshot {
  const book = bookOfToday();
  return {
    ...book,
    asOf: CLOSED_AT,
    status: "complete",
    statusReasons: [],
    session: [{ market: "US", state: "closed", changesAt: "2026-11-23T14:30:00.000Z" }],
    positions: book.positions.map((position) => ({
      ...position,
      bid: null,
      ask: null,
      markSource: "close",
      quoteAgeMs: 64_800_000,
      dailyPnl: 0,
      flags: [...position.flags.filter((flag) => flag !== "STALE"), "CLOSED"],
    })),
    byUnderlying: book.byUnderlying.map((name) => ({ ...name, dailyPnl: 0 })),
    portfolio: { ...book.portfolio, dailyPnl: 0, realizedPnl: 0 },
    byExpiry: book.byExpiry.map((bucket) => ({ ...bucket, dailyPnl: 0 })),
    strategies: book.strategies.map((strategy) => ({ ...strategy, dailyPnl: 0 })),
    limits: book.limits.map((limit) => ({ ...limit, stale: false })),
    accounts: book.accounts.map((account) => ({ ...account, dailyPnl: 0, brokerDailyPnl: 0 })),
    quality: { quotes: 27, live: 0, flags: { ...book.quality.flags, STALE: 0, CLOSED: 27 } },
    health: book.health.map((part) =>
      part.component === "market_data" ? { ...part, status: "up", detail: "27 of 27 lines, markets closed" } : part
    ),
    monitor: { ...book.monitor, ticksPerSecond: 0, oldestLiveQuoteMs: null },
    events: [],
  };
}

const COPIES = 40;

/** 1,000 positions in 320 names: the demo book forty times, under other names. */
function largeBook(): RiskSnapshot {
  const book = bookOfToday();
  const copies = Array.from({ length: COPIES }, (_, copy) => copy);
  const named = (name: string, copy: number): string => copy === 0 ? name : `${name}${copy + 1}`;
  const all = <T>(rows: readonly T[], change: (row: T, copy: number) => T): T[] =>
    copies.flatMap((copy) => rows.map((row) => change(row, copy)));
  const times = (value: number | null): number | null => value === null ? null : value * COPIES;
  return {
    ...book,
    positions: all<PositionView>(book.positions, (position, copy) => ({
      ...position,
      symbol: named(position.symbol, copy),
      underlying: named(position.underlying, copy),
      localSymbol: `${position.localSymbol} ${copy}`,
      conIds: position.conIds.map((conId) => conId + copy * 1_000),
    })),
    byUnderlying: all(book.byUnderlying, (name, copy) => ({ ...name, underlying: named(name.underlying, copy) })),
    strategies: all<StrategyView>(book.strategies, (strategy, copy) => ({
      ...strategy,
      id: `${strategy.id} ${copy}`,
      underlying: named(strategy.underlying, copy),
      legs: strategy.legs.map((leg) => ({ ...leg, position: leg.position + copy * book.positions.length })),
    })),
    byExpiry: book.byExpiry.map((bucket) => ({
      ...bucket,
      positions: bucket.positions * COPIES,
      marketValue: times(bucket.marketValue),
      dailyPnl: times(bucket.dailyPnl),
      delta: times(bucket.delta),
      dollarDelta: times(bucket.dollarDelta),
      gammaDollars1Pct: times(bucket.gammaDollars1Pct),
      vega: times(bucket.vega),
      theta: times(bucket.theta),
    })),
    portfolio: {
      ...book.portfolio,
      dailyPnl: times(book.portfolio.dailyPnl),
      unrealizedPnl: times(book.portfolio.unrealizedPnl),
      marketValue: times(book.portfolio.marketValue),
      grossExposure: times(book.portfolio.grossExposure),
      netExposure: times(book.portfolio.netExposure),
      delta: times(book.portfolio.delta),
      dollarDelta: times(book.portfolio.dollarDelta),
      betaWeightedDelta: times(book.portfolio.betaWeightedDelta),
      gammaDollars1Pct: times(book.portfolio.gammaDollars1Pct),
      vega: times(book.portfolio.vega),
      theta: times(book.portfolio.theta),
      nearTermGammaDollars1Pct: times(book.portfolio.nearTermGammaDollars1Pct),
      nearTermVega: times(book.portfolio.nearTermVega),
      netLiquidation: times(book.portfolio.netLiquidation),
      excluded: book.portfolio.excluded.map((one) => ({ ...one, count: one.count * COPIES })),
    },
    scenarios: book.scenarios.map((one) => ({ ...one, pnl: times(one.pnl), excluded: one.excluded * COPIES })),
    limits: book.limits.map((limit) =>
      limit.scope !== null || limit.unit === "fraction" ? limit : {
        ...limit,
        value: times(limit.value),
        limit: times(limit.limit),
        low: times(limit.low),
        high: times(limit.high),
        partial: limit.partial * COPIES,
      }
    ),
    accounts: book.accounts.map((account) => ({
      ...account,
      netLiquidation: times(account.netLiquidation),
      cash: times(account.cash),
      dailyPnl: times(account.dailyPnl),
      brokerDailyPnl: times(account.brokerDailyPnl),
      unrealizedPnl: times(account.unrealizedPnl),
      maintenanceMargin: times(account.maintenanceMargin),
      excessLiquidity: times(account.excessLiquidity),
      positions: account.positions * COPIES,
    })),
    quality: {
      quotes: 1_080,
      live: 1_040,
      flags: Object.fromEntries(Object.entries(book.quality.flags).map(([flag, number]) => [flag, number * COPIES])),
    },
    monitor: { ...book.monitor, linesUsed: 1_080, linesAllowed: 1_200 },
  };
}
