/** Where past trades are read from, window by window. */
import type { EpochMs, IsoDate } from "../../domain/time.ts";
import type {
  CommissionRecord,
  ExecutionRecord,
  FutuDealRecord,
  FutuFeeRecord,
  FutuOrderRecord,
  StoredBook,
  SyncKey,
  SyncStateRecord,
  SyncWindowRecord,
} from "../ports/store_records.ts";

/** What the user wants read. */
export interface BackfillRange {
  /** First and last day as asked for; both null: what is missing of the last `days` days, and since the watermark. */
  readonly from: IsoDate | null;
  readonly to: IsoDate | null;
  readonly days: number;
  readonly now: EpochMs;
  /** Windows that were read before are read again. */
  readonly force: boolean;
}

/** Where a stream is read: at which broker, and in which of its markets. */
export type SyncPlace = Pick<SyncKey, "broker" | "market">;

/** Interactive Brokers knows no markets. */
export const IB_PLACE: SyncPlace = { broker: "IB", market: "ALL" };

/** What the store knows of earlier runs. In a dry run without a store it knows nothing. */
export interface KnownHistory {
  /** The account whose windows are planned by: the one asked for, else `ALL_ACCOUNTS`. */
  readonly scope: string;
  /** @param place where the stream is read; left out: at Interactive Brokers */
  windows(account: string, dataType: string, place?: SyncPlace): Promise<readonly SyncWindowRecord[]>;
  state(account: string, dataType: string, place?: SyncPlace): Promise<SyncStateRecord | null>;
}

/** What the rows of a window are. */
export type RowKind = "execution" | "order" | "deal" | "fee";

/** The history of one account in one market, which is read and recorded apart from every other. */
export interface HistoryStream {
  readonly account: string;
  readonly market: string;
  readonly rows: RowKind;
  /**
   * Rows from the window's begin to before this are counted as its own. Beyond the window's end are those of a day that is not
   * over: they are stored, and nothing is said about the day.
   */
  readonly until: EpochMs;
}

/** A piece of history that is read in one go: stored as a whole, or read again. */
export interface BackfillWindow {
  /** For people: `2026-10-01 to 2026-10-31`, `2025.xml`. */
  readonly title: string;
  /** What the window is recorded as; a file is known by its content, so it differs from the source's own. */
  readonly dataType: string;
  /** From, up to before; both 0 where only reading tells. */
  readonly from: EpochMs;
  readonly to: EpochMs;
  /**
   * Whose rows these are, and whose window and watermark: then nothing is recorded under any other account or market. Left
   * out: of all accounts that the source tells of, in no market of its own.
   */
  readonly stream?: HistoryStream;
}

export interface BackfillPlan {
  /** In the order in which they are to be read. */
  readonly windows: readonly BackfillWindow[];
  /** Windows that an earlier run read. */
  readonly skipped: number;
  /** What the user should know about the source, whatever becomes of its windows. */
  readonly remarks: readonly string[];
}

/** An execution and what it cost; null where the source does not say. */
export interface PastFill {
  readonly execution: ExecutionRecord;
  readonly commission: CommissionRecord | null;
}

export type PastItem =
  | { readonly kind: "fills"; readonly fills: readonly PastFill[] }
  | { readonly kind: "orders"; readonly orders: readonly FutuOrderRecord[] }
  | { readonly kind: "deals"; readonly deals: readonly FutuDealRecord[] }
  | { readonly kind: "fees"; readonly fees: readonly FutuFeeRecord[] }
  /** What the source says that it covers of an account, from up to before; null: of every account that it has. */
  | { readonly kind: "covers"; readonly account: string | null; readonly from: EpochMs; readonly to: EpochMs }
  /** Whose book it is. Comes before the first fills. */
  | { readonly kind: "book"; readonly book: StoredBook }
  /** A row could not be read and is missing: the window is not complete. */
  | { readonly kind: "lost"; readonly reason: string }
  /** Worth knowing, and nothing is missing for it. */
  | { readonly kind: "remark"; readonly words: string };

export interface Reading {
  readonly signal: AbortSignal;
  /** How much of the window is done, 0 to 1. */
  readonly onFraction: (fraction: number) => void;
  /** Why nothing is being read just now; null: it goes on. */
  readonly onWaiting?: (words: string | null) => void;
  /** Nothing may be written, not even a file that is taken away again. */
  readonly dryRun: boolean;
}

export interface BackfillSource {
  readonly broker: "IB" | "FUTU";
  /** For people: `IB Flex files`. */
  readonly title: string;
  /** Under which what is covered, and how far, is recorded for each account. */
  readonly dataType: string;
  /** Other data types of the broker with the same executions: where one is complete, this one may go on. */
  readonly continues: readonly string[];
  /** @throws when nothing can be planned, with the remedy */
  plan(range: BackfillRange, known: KnownHistory): Promise<BackfillPlan>;
  /**
   * Hands over what the window holds, piece by piece. When it ends without an error, that was all.
   *
   * @throws when the window cannot be read; what was handed over before is good
   */
  read(window: BackfillWindow, reading: Reading): AsyncIterable<PastItem>;
}
