/**
 * What history is made of: the rows that a store keeps, as the rest of the program knows them.
 *
 * A missing number is `null`. Numbers are finite; NaN and infinities are refused by the store. Times are milliseconds and
 * keep microseconds as a fraction. Amounts are in the currency that stands beside them, else in the base currency.
 */
import type { Instrument } from "../../domain/instrument.ts";
import type { AccountValues, BrokerPnl, Source } from "../../domain/event.ts";
import type { Breach } from "../../domain/limits/breach.ts";
import type { BreachTransition } from "../../domain/limits/breach_transition.ts";
import type { SnapshotStatus } from "../../domain/risk/snapshot.ts";
import type { Peak } from "../../domain/signals/trailing_peaks.ts";
import type { EpochMs, IsoDate } from "../../domain/time.ts";

/** The account of rows that are about the whole book. */
export const ALL_ACCOUNTS = "ALL";

/** Where an execution was read: the broker's live API, or a statement. The same execution from both is one row. */
export type ExecutionOrigin = "API" | "STATEMENT";

/**
 * A fill as IBKR reports it; the key is (account, execId). A correction is another execution whose id differs in the last
 * part (`….02` replaces `….01`): both are kept, and only the newest is read back.
 */
export interface ExecutionRecord {
  readonly account: string;
  readonly execId: string;
  readonly instrument: Instrument;
  /** Signed: positive bought, negative sold. */
  readonly quantity: number;
  /** Per unit, in the instrument's currency. */
  readonly price: number;
  readonly executedAt: EpochMs;
  readonly exchange: string | null;
  readonly orderId: string | null;
  readonly orderRef: string | null;
  readonly origin: ExecutionOrigin;
  /** What the broker sent, as JSON text; null when it was not kept. */
  readonly raw: string | null;
}

/** Brokers that report fills. */
export type FillSource = Exclude<Source, "MANUAL">;

/** What an execution cost; the key is (account, execId), and it may come before its execution. */
export interface CommissionRecord {
  readonly account: string;
  readonly execId: string;
  /** Positive is paid. */
  readonly amount: number;
  readonly currency: string;
  /** As the broker counts it; null when the execution closed nothing. */
  readonly realizedPnl: number | null;
  readonly origin: ExecutionOrigin;
  readonly raw: string | null;
}

/**
 * A current execution with what it cost; null until the commission is known. A deal of Futu's is one with the deal's number
 * as `execId` and its order's remark as `orderRef`; its part of the order's fee, by quantity, is its commission. The parts
 * add up to the fee.
 */
export interface Fill {
  readonly source: FillSource;
  readonly execution: ExecutionRecord;
  readonly commission: Pick<CommissionRecord, "amount" | "currency" | "realizedPnl"> | null;
}

/** A fill of Futu is CHANGED when its price or size was corrected, under the same number. */
export type FutuDealStatus = "OK" | "CANCELLED" | "CHANGED";

/** An order as Futu reports it; the key is (account, orderId), and the one updated last stays. */
export interface FutuOrderRecord {
  readonly account: string;
  /** The extended number (`orderIDEx`), which is for good. */
  readonly orderId: string;
  /** Futu's name of the market that it was read of: `US`, `HK`. */
  readonly market: string;
  readonly instrument: Instrument;
  /** Signed: positive bought, negative sold. */
  readonly quantity: number;
  /** Limit; null where the order has none. */
  readonly price: number | null;
  /** Without a sign. */
  readonly filledQuantity: number | null;
  readonly averageFillPrice: number | null;
  /** Futu's numbers: Trd_Common.OrderType and OrderStatus. */
  readonly orderType: number;
  readonly status: number;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly remark: string | null;
  /** What OpenD sent, as JSON text; null when it was not kept. */
  readonly raw: string | null;
}

/** A fill as Futu reports it; the key is (account, dealId). A cancelled one is kept and not read back as a fill. */
export interface FutuDealRecord {
  readonly account: string;
  /** The extended number (`fillIDEx`). */
  readonly dealId: string;
  readonly orderId: string | null;
  /** Empty where it is not known: what is known of it stays. */
  readonly market: string;
  readonly instrument: Instrument;
  /** Signed: positive bought, negative sold. */
  readonly quantity: number;
  readonly price: number;
  readonly executedAt: EpochMs;
  /** Once cancelled it stays so. */
  readonly status: FutuDealStatus;
  readonly raw: string | null;
}

/** What an order cost; the key is (account, orderId), and it may come before its order. */
export interface FutuFeeRecord {
  readonly account: string;
  readonly orderId: string;
  /** Positive is paid. */
  readonly amount: number;
  /** Of the order's contract, since Futu names none. */
  readonly currency: string;
  /** The parts with their names, which come in the language of OpenD, as JSON text. */
  readonly items: string | null;
  /** When OpenD was asked: of the order's deals it covers those up to then. The one updated last stays. */
  readonly updatedAt: EpochMs;
}

/** An order of Futu's that was filled and whose fee is not known, or older than the order. */
export interface OrderWithoutFee {
  readonly orderId: string;
  /** Of its contract. */
  readonly currency: string;
  readonly updatedAt: EpochMs;
}

/**
 * One source's holdings in one account at one instant, complete; an empty list says that it held nothing. Writing the same
 * instant again replaces it.
 */
export interface PositionBook {
  readonly account: string;
  readonly source: Source;
  readonly takenAt: EpochMs;
  readonly positions: readonly PositionRecord[];
}

export interface PositionRecord {
  readonly instrument: Instrument;
  /** Signed. */
  readonly quantity: number;
  readonly avgPrice: number | null;
  readonly mark: number | null;
  /** The previous close, and the date that it is of. */
  readonly close: number | null;
  readonly closeDate: IsoDate | null;
  /** In the base currency, like the P&L. */
  readonly marketValue: number | null;
  readonly unrealizedPnl: number | null;
  readonly dailyPnl: number | null;
}

/** One account's figures at one instant, in the account's own currency; the key is (account, source, takenAt). */
export interface AccountRecord {
  readonly account: string;
  readonly source: Source;
  readonly takenAt: EpochMs;
  readonly currency: string;
  readonly values: AccountValues;
  readonly brokerPnl: BrokerPnl;
  /** Units held of each currency. */
  readonly cash: Readonly<Record<string, number>>;
}

/** The figures of a risk snapshot that are kept as numbers, for charts; as in the snapshot's `portfolio`. */
export interface RiskFigures {
  readonly unrealizedPnl: number | null;
  readonly dailyPnl: number | null;
  readonly realizedPnl: number | null;
  readonly fxPnl: number | null;
  readonly marketValue: number | null;
  readonly grossExposure: number | null;
  readonly netExposure: number | null;
  readonly delta: number | null;
  readonly dollarDelta: number | null;
  readonly betaWeightedDelta: number | null;
  readonly gammaDollars1Pct: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  readonly netLiquidation: number | null;
  readonly marginUtilization: number | null;
}

export interface RiskPoint {
  /** `ALL_ACCOUNTS` for the book. */
  readonly account: string;
  readonly source: Source | "ALL";
  readonly takenAt: EpochMs;
  readonly status: SnapshotStatus;
  readonly simulated: boolean;
  readonly baseCurrency: string;
  readonly figures: RiskFigures;
}

/** A risk snapshot; the key is (account, source, takenAt). */
export interface RiskRecord extends RiskPoint {
  /** The whole snapshot as JSON text. The store keeps it compressed, apart from the figures. */
  readonly document: string;
}

/** One step in a breach's life; the key is (account, breach, time, kind). */
export interface BreachRecord {
  /** The account that the limit judges, else `ALL_ACCOUNTS`. */
  readonly account: string;
  readonly transition: BreachTransition;
  /** After the transition; of a cleared breach, what it was. */
  readonly breach: Breach;
}

/** Whose book a store keeps. The two are never mixed in one store. */
export type StoredBook = "real" | "simulated";

/** The peaks that trailing stops measure from, by trade; writing them replaces all of them. */
export type TrailingPeaks = ReadonlyMap<string, Peak>;

/** A day's result of one account; the key is (account, source, tradeDate), and the one updated last stays. */
export interface DailyPnlRecord {
  readonly account: string;
  readonly source: Source | "ALL";
  readonly tradeDate: IsoDate;
  readonly currency: string;
  readonly dailyPnl: number | null;
  readonly unrealizedPnl: number | null;
  readonly realizedPnl: number | null;
  readonly fxPnl: number | null;
  /** Positive is paid. */
  readonly commissions: number | null;
  readonly netLiquidation: number | null;
  readonly brokerDailyPnl: number | null;
  readonly brokerRealizedPnl: number | null;
  /** Holdings whose day's result is not known and not in `dailyPnl`. */
  readonly excluded: number;
  readonly updatedAt: EpochMs;
}

export type PositionChangeCause = "execution" | "download" | "restart" | "manual";

/** A holding that changed; the key is (account, source, instrument, changedAt). */
export interface PositionChangeRecord {
  readonly account: string;
  readonly source: Source;
  readonly instrument: Instrument;
  readonly changedAt: EpochMs;
  readonly quantityBefore: number;
  readonly quantityAfter: number;
  readonly avgPriceBefore: number | null;
  readonly avgPriceAfter: number | null;
  readonly cause: PositionChangeCause;
  /** In words: the executions that explain it, or that none does. */
  readonly explanation: string | null;
}

/** Names one stream of history that is read from a broker. */
export interface SyncKey {
  readonly broker: "IB" | "FUTU";
  readonly account: string;
  /** `executions`, `orders`, … */
  readonly dataType: string;
  /** `ALL` where the broker knows no markets. */
  readonly market: string;
}

/** How far a stream was read. */
export interface SyncStateRecord extends SyncKey {
  /**
   * Everything before it is stored. It never moves back and is never taken away: null leaves what is known. Write it in
   * the batch of the rows it speaks of, so that both are stored or neither.
   */
  readonly watermark: EpochMs | null;
  readonly status: "OK" | "FAILED";
  /** Why, when it failed. */
  readonly error: string | null;
  readonly updatedAt: EpochMs;
}

/** One window of a stream, `from` (in the key) to before `to`. */
export interface SyncWindowRecord extends SyncKey {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly status: "DONE" | "FAILED";
  readonly error: string | null;
  /** Rows that it gave. */
  readonly rows: number;
  readonly attempts: number;
  readonly updatedAt: EpochMs;
}
