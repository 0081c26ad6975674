/** Where history is kept. Every adapter passes the suite in tests/contract/store_suite.ts. */
import type { Signal } from "../../domain/signals/signal.ts";
import type { EpochMs, IsoDate } from "../../domain/time.ts";
import type {
  AccountRecord,
  BreachRecord,
  CommissionRecord,
  DailyPnlRecord,
  ExecutionRecord,
  Fill,
  FutuDealRecord,
  FutuFeeRecord,
  FutuOrderRecord,
  OrderWithoutFee,
  PositionBook,
  PositionChangeRecord,
  RiskPoint,
  RiskRecord,
  StoredBook,
  SyncKey,
  SyncStateRecord,
  SyncWindowRecord,
  TrailingPeaks,
} from "./store_records.ts";

/** Rows that belong together. Of several rows with one key, the later ones are laid over the earlier ones. */
export interface StoreBatch {
  readonly executions?: readonly ExecutionRecord[];
  readonly commissions?: readonly CommissionRecord[];
  readonly futuOrders?: readonly FutuOrderRecord[];
  readonly futuDeals?: readonly FutuDealRecord[];
  readonly futuFees?: readonly FutuFeeRecord[];
  readonly positions?: readonly PositionBook[];
  readonly accounts?: readonly AccountRecord[];
  readonly risk?: readonly RiskRecord[];
  readonly breaches?: readonly BreachRecord[];
  readonly trailingPeaks?: TrailingPeaks;
  /** The signals that stand, by id; writing them replaces all of them. */
  readonly activeSignals?: readonly Signal[];
  readonly dailyPnl?: readonly DailyPnlRecord[];
  readonly positionChanges?: readonly PositionChangeRecord[];
  readonly syncStates?: readonly SyncStateRecord[];
  readonly syncWindows?: readonly SyncWindowRecord[];
}

/** `from` up to but not including `to`; `account` null: every account. */
export interface TimeRange {
  readonly account: string | null;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** First and last day, both included; `account` null: every account. */
export interface DateRange {
  readonly account: string | null;
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/**
 * Every method rejects with a `StoreFault` when the store cannot do it.
 *
 * `write` stores the whole batch or nothing of it, and the same batch again changes nothing: whoever does not know whether
 * a write arrived repeats it. When it resolves, executions, commissions, orders, deals, fees, breaches, daily P&L, position
 * changes and sync states survive a loss of power; a batch of snapshots alone survives the end of the process, and the newest
 * may be lost with the power.
 */
export interface Store {
  /** What it is and where, without credentials: `SQLite data/apex.db`. */
  readonly description: string;
  write(batch: StoreBatch): Promise<void>;

  /** Whose book it keeps; null until `claim`. */
  storedBook(): Promise<StoredBook | null>;
  /**
   * Makes it the store of that kind of book for good. Again for the same kind: nothing happens.
   *
   * @throws {StoreFault} of kind `refused` when it keeps the other kind
   */
  claim(book: StoredBook): Promise<void>;

  /** The newest book of each account and source that was taken at `since` or later, and at `until` or before. */
  lastPositions(since: EpochMs, until?: EpochMs): Promise<readonly PositionBook[]>;
  /** The newest figures of each account and source that were taken at `since` or later. */
  lastAccounts(since: EpochMs): Promise<readonly AccountRecord[]>;
  /** The newest risk snapshot of each account and source that was taken at `since` or later. */
  lastRisk(since: EpochMs): Promise<readonly RiskRecord[]>;
  /** The last step of each breach that has not cleared, oldest first. */
  openBreaches(): Promise<readonly BreachRecord[]>;
  trailingPeaks(): Promise<TrailingPeaks>;
  activeSignals(): Promise<readonly Signal[]>;

  /**
   * Current fills of every broker, one account after the other and each oldest first, in pages, so that a year of them needs
   * no more memory than a day.
   */
  fills(range: TimeRange): AsyncIterable<readonly Fill[]>;
  /** Orders of a Futu account that fees are to be asked for, the one updated first before the others. */
  futuOrdersWithoutFees(account: string): Promise<readonly OrderWithoutFee[]>;
  /** Oldest first. */
  breaches(range: TimeRange): Promise<readonly BreachRecord[]>;
  dailyPnl(range: DateRange): Promise<readonly DailyPnlRecord[]>;
  positionChanges(range: TimeRange): Promise<readonly PositionChangeRecord[]>;
  /** Oldest first, without the documents. Null means every account's rows and the book's, apart. */
  riskSeries(range: TimeRange): Promise<readonly RiskPoint[]>;
  syncStates(): Promise<readonly SyncStateRecord[]>;
  /** The windows of one stream, oldest first. */
  syncWindows(key: SyncKey): Promise<readonly SyncWindowRecord[]>;

  /**
   * Deletes at most about `most` rows of snapshots (positions, accounts, risk) that were taken before `before`, oldest first,
   * in one short transaction, and says how many went; 0: none is left. Fills, breaches, daily results and changes are kept.
   */
  prune(before: EpochMs, most: number): Promise<number>;

  /** Waits for what is being written, then lets go of files and connections. */
  close(): Promise<void>;
}

/**
 * `away`: cannot be reached, or was lost on the way. `locked`: another process holds it for longer than we wait. `timeout`:
 * no answer within the configured time. `read-only`, `full`: cannot be written. `damaged`: what is there cannot be trusted.
 * `outdated`: its tables are not this program's. `refused`: login, certificate or permission. `rejected`: the rows themselves.
 */
export type StoreFaultKind =
  | "away"
  | "locked"
  | "timeout"
  | "read-only"
  | "full"
  | "damaged"
  | "outdated"
  | "refused"
  | "rejected";

/** What the store could not do, what stood in the way, and the remedy. Carries no credentials. */
export class StoreFault extends Error {
  override readonly name = "StoreFault";
  constructor(readonly kind: StoreFaultKind, message: string, cause?: unknown) {
    super(message, { cause });
  }

  /** The same write may succeed later. */
  get passing(): boolean {
    return ["away", "locked", "timeout", "full", "read-only"].includes(this.kind);
  }
}
