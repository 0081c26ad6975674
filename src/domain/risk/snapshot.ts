/**
 * The published view of the book at one instant: the contract of `snapshot --format json`, of each line of
 * `watch --format jsonl`, of the dashboard and of what is stored.
 *
 * A missing number is `null`, never 0 and never absent. Prices, average prices and position greeks are in the
 * instrument's currency; every amount is in the base currency unless it stands under `own`. Immutable once published.
 */
import type { AssetType, Right } from "../instrument.ts";
import type { Source } from "../event.ts";
import type { IsoDate } from "../time.ts";

export const SNAPSHOT_SCHEMA = "apex.snapshot/1";

export type SnapshotStatus = "complete" | "degraded" | "stale" | "starting";
export type MarkSource = "mid" | "last" | "broker" | "model" | "intrinsic" | "close" | "stored" | "none";
export type GreeksSource = "ibkr" | "model" | "unit" | "missing";
export type DailyPnlSource = "own" | "broker" | "none";
export type ExpiryBucket = "EXPIRED" | "0DTE" | "1_7D" | "8_30D" | "31_90D" | "90D_PLUS" | "NO_EXPIRY";

/** What a position, name or total carries of quality and missing inputs; several at once. */
export type Flag =
  | "MISSING"
  | "STALE"
  | "QUIET"
  | "ROTATED"
  | "CLOSED"
  | "CROSSED"
  | "ZERO_QUOTE"
  | "ONE_SIDED"
  | "WIDE"
  | "DELAYED"
  | "FROZEN"
  | "NO_PERMISSION"
  | "NO_GREEKS"
  | "BAD_GREEKS"
  | "FUTURE_TIME"
  | "OUTLIER"
  | "DATA_MISSING"
  | "NO_MARK"
  | "FX_MISSING"
  | "FILLS_INCOMPLETE"
  | "NO_CLOSE"
  | "NO_AVG_PRICE"
  | "NO_UNDERLYING_PRICE"
  | "BETA_DEFAULT"
  | "MODEL"
  | "TAYLOR"
  | "MAGNIFIER_SUSPECT"
  | "SPLIT_SUSPECT"
  | "UNKNOWN_TYPE"
  | "EXPIRED"
  | "UNDERLYING_PROXY";

/** `SOURCE_UNREAD`: nothing of a source was read, so that nobody knows what it holds. */
export type ExclusionReason = Flag | "SOURCE_UNREAD";

/** How many positions, or sources, a total could not include, and why. */
export interface Excluded {
  /** Field of `portfolio`. */
  readonly total: string;
  readonly reason: ExclusionReason;
  readonly count: number;
}

export interface PortfolioView {
  readonly unrealizedPnl: number | null;
  readonly dailyPnl: number | null;
  readonly realizedPnl: number | null;
  readonly fxPnl: number | null;
  readonly marketValue: number | null;
  readonly grossMarketValue: number | null;
  readonly netMarketValue: number | null;
  readonly grossExposure: number | null;
  readonly netExposure: number | null;
  readonly delta: number | null;
  readonly dollarDelta: number | null;
  readonly betaWeightedDelta: number | null;
  readonly gamma: number | null;
  readonly gammaDollars1Pct: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  readonly nearTermGammaDollars1Pct: number | null;
  readonly nearTermVega: number | null;
  readonly netLiquidation: number | null;
  /** Of the worst account. */
  readonly marginUtilization: number | null;
  /** Account that `marginUtilization` is of. */
  readonly marginAccount: string | null;
  readonly concentration: {
    readonly underlying: string | null;
    readonly pct: number | null;
    readonly netUnderlying: string | null;
    readonly netPct: number | null;
  };
  /** Share of option positions whose greeks are modelled, 0 to 1. */
  readonly modelledGreeksPct: number;
  readonly excluded: readonly Excluded[];
}

/** Amounts of an account in one currency. */
export interface AccountAmounts {
  readonly netLiquidation: number | null;
  readonly cash: number | null;
  readonly maintenanceMargin: number | null;
  readonly initialMargin: number | null;
  readonly excessLiquidity: number | null;
  readonly buyingPower: number | null;
  readonly brokerUnrealizedPnl: number | null;
  readonly brokerDailyPnl: number | null;
  readonly brokerRealizedPnl: number | null;
}

export interface AccountView extends AccountAmounts {
  readonly source: Source;
  readonly account: string;
  /** The account's own currency. */
  readonly currency: string;
  readonly marginUtilization: number | null;
  readonly unrealizedPnl: number | null;
  readonly dailyPnl: number | null;
  readonly realizedPnl: number | null;
  readonly grossExposure: number | null;
  readonly positions: number;
  /** When values and cash were, where an earlier run stored them and the broker has not said yet what they are; else null. */
  readonly restoredFrom: string | null;
  /** Only where values and cash are of before: an earlier run stored them, or the account's broker is away. */
  readonly stale?: true;
  /** Only where the account's currency is not the base: the same amounts in it. */
  readonly own?: AccountAmounts;
  /** The account's own share of the book, in the same units as the book's; what the account view shows. */
  readonly book?: AccountBook;
}

/** Sums over one account's leaves alone. */
export interface AccountBook {
  readonly marketValue: number | null;
  readonly delta: number | null;
  readonly dollarDelta: number | null;
  readonly betaWeightedDelta: number | null;
  readonly gammaDollars1Pct: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  /** Positions missing from at least one of these sums. */
  readonly excluded: number;
  readonly byUnderlying: readonly UnderlyingView[];
  readonly byExpiry: readonly ExpiryView[];
}

export interface CashView {
  readonly currency: string;
  readonly amount: number;
  /** Base currency for one unit; null when unknown. */
  readonly fxRate: number | null;
  readonly fxAgeMs: number | null;
}

export interface LeafView {
  readonly source: Source;
  readonly account: string;
  readonly quantity: number;
  readonly avgPrice: number | null;
  readonly marketValue: number | null;
  readonly unrealizedPnl: number | null;
  readonly dailyPnl: number | null;
  readonly dailyPnlSource: DailyPnlSource;
  readonly realizedPnl: number | null;
  readonly exposure: number | null;
  readonly brokerUnrealizedPnl: number | null;
  readonly brokerDailyPnl: number | null;
  /** The quantity is what an earlier run stored: its source has not confirmed it yet. */
  readonly restored: boolean;
  /** The quantity is what its source said last: restored, or the source is away. Absent in snapshots of older versions. */
  readonly stale?: boolean;
}

export interface PositionView {
  readonly symbol: string;
  readonly underlying: string;
  readonly assetType: AssetType;
  readonly expiry: IsoDate | null;
  readonly strike: number | null;
  readonly right: Right | null;
  readonly currency: string;
  readonly multiplier: number;
  readonly tradingClass: string;
  readonly exchange: string;
  readonly conIds: readonly number[];
  readonly localSymbol: string;
  readonly quantity: number;
  readonly avgPrice: number | null;
  readonly leaves: readonly LeafView[];
  readonly bid: number | null;
  readonly ask: number | null;
  readonly last: number | null;
  readonly close: number | null;
  readonly closeDate: IsoDate | null;
  readonly mark: number | null;
  readonly markSource: MarkSource;
  readonly quoteAgeMs: number | null;
  /** `STALE` is said of the mark. False: if at all, of a leaf's quantity alone. Absent in snapshots of older versions. */
  readonly markStale?: boolean;
  readonly marketValue: number | null;
  readonly notional: number | null;
  readonly exposure: number | null;
  readonly unrealizedPnl: number | null;
  readonly dailyPnl: number | null;
  readonly dailyPnlSource: DailyPnlSource;
  readonly realizedPnl: number | null;
  readonly iv: number | null;
  /** In units of the underlying, the whole position. */
  readonly delta: number | null;
  readonly dollarDelta: number | null;
  readonly betaWeightedDelta: number | null;
  readonly gamma: number | null;
  readonly gammaDollars1Pct: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  readonly greeksSource: GreeksSource;
  readonly underlyingPrice: number | null;
  readonly daysToExpiry: number | null;
  readonly expiryBucket: ExpiryBucket;
  readonly strategy: string | null;
  readonly flags: readonly Flag[];
}

export interface UnderlyingView {
  readonly underlying: string;
  readonly positions: number;
  readonly price: number | null;
  readonly close: number | null;
  readonly beta: number;
  readonly betaSource: "config" | "computed" | "default";
  /** What a computed beta rests on; null for one from the configuration and for the default. */
  readonly betaBasis: BetaBasisView | null;
  /** Why the newest attempt to compute one failed, in words; null when it did not or was not made. */
  readonly betaObstacle: string | null;
  readonly grossExposure: number | null;
  readonly netExposure: number | null;
  readonly marketValue: number | null;
  readonly unrealizedPnl: number | null;
  readonly dailyPnl: number | null;
  readonly realizedPnl: number | null;
  readonly delta: number | null;
  readonly dollarDelta: number | null;
  readonly betaWeightedDelta: number | null;
  readonly gammaDollars1Pct: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  /** Positions missing from at least one of these sums. */
  readonly excluded: number;
  readonly flags: readonly Flag[];
}

export interface BetaBasisView {
  /** At most so many daily returns count. */
  readonly windowDays: number;
  /** Daily returns that it rests on. */
  readonly observations: number;
  /** Dates of the first and the last close. */
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** Since the history was read. */
  readonly ageMs: number;
}

/** Part of a position that belongs to a strategy. */
export interface StrategyLegView {
  /** Place in `positions`. */
  readonly position: number;
  readonly localSymbol: string;
  /** Signed. */
  readonly quantity: number;
}

/** Several contracts held as one. Amounts in the base currency, each leg by its share of the position. */
export interface StrategyView {
  /** Unique in the snapshot: the name and the strategy, numbered when there are several. */
  readonly id: string;
  readonly kind: string;
  /** As a trader says it: `Iron condor`, `Call vertical`. */
  readonly name: string;
  readonly side: "long" | "short" | "credit" | "debit" | null;
  readonly underlying: string;
  readonly currency: string;
  /** How many times it is held. */
  readonly units: number;
  readonly legs: readonly StrategyLegView[];
  /** The most it can make at expiry; null when it cannot be told (several expiries, an unknown price). */
  readonly maxProfit: number | "unlimited" | null;
  /** The most it can lose at expiry, a loss positive. */
  readonly maxLoss: number | "unlimited" | null;
  /** Prices of the underlying at expiry, in its currency, where nothing is won or lost. */
  readonly breakevens: readonly number[] | null;
  /** Of the option legs: positive when received. */
  readonly premium: number | null;
  readonly uncoveredShorts: number;
  readonly marketValue: number | null;
  readonly unrealizedPnl: number | null;
  readonly dailyPnl: number | null;
  readonly exposure: number | null;
  readonly delta: number | null;
  readonly dollarDelta: number | null;
  readonly betaWeightedDelta: number | null;
  readonly gammaDollars1Pct: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
}

export interface SectorView {
  /** Null: the names that the configured map leaves out. */
  readonly sector: string | null;
  readonly names: number;
  readonly positions: number;
  readonly grossExposure: number | null;
  readonly netExposure: number | null;
  readonly marketValue: number | null;
  readonly unrealizedPnl: number | null;
  readonly dailyPnl: number | null;
  readonly realizedPnl: number | null;
  readonly dollarDelta: number | null;
  readonly betaWeightedDelta: number | null;
  readonly gammaDollars1Pct: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  /** Positions missing from at least one of these sums. */
  readonly excluded: number;
}

export interface CurrencyView {
  readonly currency: string;
  /** Held in this currency, in the base currency; null without a rate. */
  readonly cash: number | null;
  readonly positions: number;
  readonly grossExposure: number | null;
  readonly netExposure: number | null;
  readonly marketValue: number | null;
  readonly unrealizedPnl: number | null;
  readonly dailyPnl: number | null;
  readonly realizedPnl: number | null;
  readonly fxPnl: number | null;
  /** Positions missing from at least one of these sums, and sources that were never read. */
  readonly excluded: number;
}

export interface ExpiryView {
  readonly bucket: ExpiryBucket;
  readonly positions: number;
  readonly grossExposure: number | null;
  readonly netExposure: number | null;
  readonly marketValue: number | null;
  readonly dailyPnl: number | null;
  readonly delta: number | null;
  readonly dollarDelta: number | null;
  readonly gamma: number | null;
  readonly gammaDollars1Pct: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  /** As of `CurrencyView`. */
  readonly excluded: number;
}

export type LimitState = "ok" | "soft" | "hard" | "unknown";

export interface LimitView {
  /** `rule` or `rule:scope`. */
  readonly id: string;
  readonly rule: string;
  /** The name or account judged; null for the whole book. */
  readonly scope: string | null;
  /** What the value is counted in. */
  readonly unit: "money" | "fraction" | "shares" | "number";
  readonly value: number | null;
  /** Null for a range. */
  readonly limit: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Null when the input is missing or the bound is 0. */
  readonly utilization: number | null;
  readonly state: LimitState;
  /** Positions that the value leaves out, and sources that were never read. */
  readonly partial: number;
  /** The value rests on stale quotes, or on model numbers. */
  readonly stale: boolean;
  readonly modelled: boolean;
}

export type BreachSeverity = "soft" | "hard" | "unknown";
export type BreachState = "open" | "acknowledged" | "escalated";

export interface BreachView {
  /** The limit's id. */
  readonly id: string;
  readonly rule: string;
  readonly scope: string | null;
  readonly severity: BreachSeverity;
  readonly state: BreachState;
  readonly value: number | null;
  readonly limit: number | null;
  readonly utilization: number | null;
  readonly since: string;
  readonly message: string;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly note: string | null;
}

export interface SignalView {
  /** One for each rule and contract, strategy, name or sector. */
  readonly id: string;
  readonly rule: string;
  /** The name, index or sector; null for the whole book. */
  readonly scope: string | null;
  /** The contract or strategy within the scope: `27Nov26 200 C`; null when it is about all of it. */
  readonly subject: string | null;
  readonly layer: "position" | "strategy" | "portfolio";
  readonly severity: "info" | "warning" | "critical";
  /** `new` until a person has acknowledged it. */
  readonly state: "new" | "active" | "cleared";
  /** What value and threshold are counted in. */
  readonly unit: "fraction" | "multiple" | "days" | "delta" | "points";
  readonly value: number | null;
  readonly threshold: number | null;
  /** How far along its threshold the value is, 1 at it; null without one or against a threshold of 0. */
  readonly utilization: number | null;
  /** The smallest step out, in a few words; nothing carries it out. */
  readonly action: string;
  /** A sentence without a full stop. */
  readonly message: string;
  /** When the condition began to hold, before the debounce. */
  readonly firstAt: string;
  /** When it was raised. */
  readonly since: string;
  /** When it was last found standing. */
  readonly lastAt: string;
  readonly clearedAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly note: string | null;
}

export interface ReconciliationView {
  /** The contract in words; the source, where a source as a whole is stale. */
  readonly key: string;
  /** `EXPLAINED`: sources differ, and executions say why. */
  readonly status: "MISSING" | "DRIFT" | "STALE" | "EXPLAINED";
  /** Which source lacks what, and what is done about it. */
  readonly detail: string;
  /** By source, `CACHED` for the book of before; a source that does not hold it is absent. */
  readonly quantities: Readonly<Record<string, number>>;
}

/** How the comparison of the sources ended, in contracts. */
export interface ReconciliationSummary {
  /** When sources were last looked at; null: not yet, so that an empty list says nothing. */
  readonly checkedAt: string | null;
  /** Contracts that two sources could be compared on; 0 with one source, which has nothing to agree with. */
  readonly compared: number;
  readonly agree: number;
  readonly drift: number;
  readonly missing: number;
  readonly explained: number;
  /** Sources, not contracts, that have not confirmed their positions for too long. */
  readonly stale: number;
}

export interface SessionView {
  readonly market: string;
  readonly state: "pre" | "open" | "post" | "closed" | "unknown";
  readonly changesAt: string | null;
}

export interface ScenarioView {
  readonly name: string;
  readonly spotShock: number;
  readonly volShock: number;
  readonly days: number;
  readonly pnl: number | null;
  /** Positions that it leaves out, and sources that were never read. */
  readonly excluded: number;
}

/** `alerts` is there when alerts have a channel to go to, such as a webhook. */
export type Component = "ibkr" | "futu" | "manual" | "market_data" | "database" | "monitor" | "alerts";

export interface HealthView {
  readonly component: Component;
  readonly status: "up" | "degraded" | "down" | "off";
  readonly detail: string;
  readonly since: string;
}

export interface PnlDisagreement {
  readonly position: string;
  readonly account: string;
  readonly figure: "unrealized" | "daily";
  readonly ours: number;
  readonly broker: number;
  readonly mark: number | null;
  /** The price that the broker's figure implies. */
  readonly brokerMark: number | null;
}

export interface PnlCheckView {
  /** 1 when equal; null when nothing could be compared. */
  readonly unrealizedAccuracy: number | null;
  readonly dailyAccuracy: number | null;
  readonly leavesCompared: number;
  readonly worst: readonly PnlDisagreement[];
}

/** A working order as the broker shows it. APEX sends none. */
export interface OrderView {
  readonly source: Source;
  readonly account: string;
  readonly orderId: string;
  readonly instrument: string | null;
  readonly action: "BUY" | "SELL";
  readonly quantity: number;
  readonly filled: number | null;
  readonly orderType: string;
  readonly limitPrice: number | null;
  readonly status: string;
}

/** What the screen is made of. */
export interface MonitorView {
  readonly turnMs: number | null;
  readonly ticksPerSecond: number | null;
  readonly oldestLiveQuoteMs: number | null;
  readonly conflated: number;
  readonly inboxEvents: number;
  readonly linesUsed: number;
  readonly linesAllowed: number;
  /** The wall clock was started at another time (`--now`, or the demo while markets are closed). */
  readonly clockShifted?: boolean;
  /** Resident memory of the process. */
  readonly memoryBytes?: number | null;
}

/** Something worth a line on the screen: a fill, a breach's transition, a lost line. */
export interface EventView {
  readonly at: string;
  readonly text: string;
}

export interface RiskSnapshot {
  readonly schema: typeof SNAPSHOT_SCHEMA;
  readonly asOf: string;
  readonly env: "dev" | "prod" | "demo";
  readonly simulated: boolean;
  readonly sequence: number;
  readonly status: SnapshotStatus;
  readonly statusReasons: readonly string[];
  /** Of what time the oldest figures are that an earlier run stored and their source has not confirmed; null: there are none. */
  readonly restoredFrom: string | null;
  readonly baseCurrency: string | null;
  readonly portfolio: PortfolioView;
  readonly accounts: readonly AccountView[];
  readonly cash: readonly CashView[];
  readonly positions: readonly PositionView[];
  readonly byUnderlying: readonly UnderlyingView[];
  readonly byExpiry: readonly ExpiryView[];
  /** Empty without a configured map of sectors. */
  readonly bySector: readonly SectorView[];
  readonly byCurrency: readonly CurrencyView[];
  /** Strategies of several legs; a contract's quantity is used once. */
  readonly strategies: readonly StrategyView[];
  readonly limits: readonly LimitView[];
  readonly breaches: readonly BreachView[];
  readonly signals: readonly SignalView[];
  readonly orders: readonly OrderView[];
  readonly reconciliation: readonly ReconciliationView[];
  readonly reconciliationSummary?: ReconciliationSummary;
  readonly session: readonly SessionView[];
  readonly quality: {
    readonly quotes: number;
    readonly live: number;
    readonly flags: Readonly<Partial<Record<Flag, number>>>;
  };
  readonly scenarios: readonly ScenarioView[];
  readonly health: readonly HealthView[];
  readonly pnlCheck: PnlCheckView;
  readonly monitor: MonitorView;
  /** The latest few, newest first. */
  readonly events?: readonly EventView[];
}
