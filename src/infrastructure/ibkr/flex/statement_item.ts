/** What a Flex statement says, decoded item by item in the order of the file. */
import type { CommissionRecord, ExecutionRecord } from "../../../application/ports/store_records.ts";
import type { Instrument } from "../../../domain/instrument.ts";
import type { EpochMs, IsoDate } from "../../../domain/time.ts";

export type StatementItem =
  | StatementSpan
  | StatementExecution
  | StatementRate
  | StatementCorporateAction
  | StatementOptionEvent
  | StatementFault
  | StatementTally;

/** One account's statement begins: what it covers. */
export interface StatementSpan {
  readonly kind: "statement";
  /** Null in a statement of several accounts, whose rows name theirs. */
  readonly account: string | null;
  /** First and last day; null when the statement does not say. */
  readonly from: IsoDate | null;
  readonly to: IsoDate | null;
  readonly generatedAt: EpochMs | null;
}

/**
 * An execution as it stands after the statement's own corrections.
 *
 * Its `execId` is the statement's `ibExecID` (`execID` of a trade confirmation), which is the `execId` of the API letter by
 * letter: the same execution from both is one (account, execId). What the API never reports (expiry, assignment, exercise,
 * fractions booked by hand) has none there and is named `flex-` and its trade number.
 */
export interface StatementExecution {
  readonly kind: "execution";
  /** Quantity 0: the broker cancelled it and put nothing in its place. Stored, it takes the place of what was reported. */
  readonly execution: ExecutionRecord;
  /** Null when the statement does not say what it cost, or in which currency. */
  readonly commission: CommissionRecord | null;
  /** In the instrument's currency, positive is paid; not part of the commission, as the API has it. Null: not said. */
  readonly taxes: number | null;
  /** FIFO by the broker, in the instrument's currency, which may differ from the commission's. Null: it closed nothing. */
  readonly realizedPnl: number | null;
  /** No zone stood behind its time. */
  readonly zoneAssumed: boolean;
  readonly cancelled: boolean;
  /** `BookTrade` for expiry, assignment and exercise; `ExchTrade`, …; empty when not said. */
  readonly transactionType: string;
  readonly row: number;
}

/** Units of `to` for one unit of `from`, at the close of a day. */
export interface StatementRate {
  readonly kind: "rate";
  readonly date: IsoDate;
  readonly from: string;
  readonly to: string;
  readonly rate: number;
}

/** A split, merger, spin-off, …: it changes holdings without an execution. */
export interface StatementCorporateAction {
  readonly kind: "corporate-action";
  readonly account: string;
  /** The broker's letters (`FS` forward split, `TC` merger, `SO` spin-off, …). */
  readonly type: string;
  readonly description: string;
  readonly instrument: Instrument;
  readonly date: IsoDate | null;
  /** Signed: what came into the account. */
  readonly quantity: number | null;
  readonly raw: string;
}

/** An exercise, assignment or expiry. The trade that it led to stands among the executions: this says why. */
export interface StatementOptionEvent {
  readonly kind: "option-event";
  readonly account: string;
  /** `Expiration`, `Assignment`, `Exercise`; `Buy` or `Sell` for the stock that moved. */
  readonly type: string;
  readonly instrument: Instrument;
  readonly date: IsoDate | null;
  readonly quantity: number | null;
  readonly realizedPnl: number | null;
  readonly raw: string;
}

/** A row that could not be read, or could be read in part. It never names the account. */
export interface StatementFault {
  readonly kind: "fault";
  /** The how-manieth row of the file that carries data; null when the fault is about the file. */
  readonly row: number | null;
  readonly line: number;
  readonly element: string;
  readonly attribute: string;
  /** What stood there, shortened. */
  readonly found: string;
  /** `row`: it was left out. `commission`: the execution came without it. */
  readonly lost: "row" | "commission" | "nothing";
  readonly message: string;
}

/** The last item: what was read, so that nothing is left out unseen. */
export interface StatementTally {
  readonly kind: "tally";
  readonly statements: number;
  readonly accounts: readonly string[];
  readonly executions: number;
  readonly cancelled: number;
  /** Rows of other levels (orders, closed lots, summaries) and of combinations, whose legs count. */
  readonly skipped: number;
  readonly faults: number;
  /** Executions whose time had no zone, and the zone that they were read in. */
  readonly zoneAssumed: number;
  readonly zone: string;
}
