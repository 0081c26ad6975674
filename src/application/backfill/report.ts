/** What a backfill did, for the table at its end. */
import type { EpochMs } from "../../domain/time.ts";
import type { BackfillSource, RowKind } from "./source.ts";

/** Rows of Futu's history. */
export interface FutuCounts {
  readonly orders: number;
  readonly deals: number;
  readonly fees: number;
}

export interface AccountReport {
  /** `ALL_ACCOUNTS` where the source told no account. */
  readonly account: string;
  /** What was read of one market; left out where the source knows none. */
  readonly market?: string;
  readonly futu?: FutuCounts;
  readonly executions: number;
  readonly commissions: number;
  /** First and last execution, order or deal; null when there was none. */
  readonly first: EpochMs | null;
  readonly last: EpochMs | null;
  /** Complete up to here, after this run; null: not known. */
  readonly watermark: EpochMs | null;
}

export interface WindowFailure {
  readonly window: string;
  readonly reason: string;
}

export interface SourceReport {
  readonly title: string;
  /** Left out: Interactive Brokers. */
  readonly broker?: BackfillSource["broker"];
  readonly planned: number;
  readonly done: number;
  /** Read by an earlier run. */
  readonly skipped: number;
  readonly failures: readonly WindowFailure[];
  readonly accounts: readonly AccountReport[];
  readonly remarks: readonly string[];
}

export interface BackfillReport {
  readonly sources: readonly SourceReport[];
  readonly dryRun: boolean;
  /** It was told to stop before its work was done. */
  readonly interrupted: boolean;
  /** Of the whole run. */
  readonly elapsedMs: number;
}

/** Where a run stands, told often. */
export interface BackfillProgress {
  readonly source: string;
  readonly window: string;
  /** Of the windows to read, from 1. */
  readonly index: number;
  readonly windows: number;
  /** Of the current window, 0 to 1. */
  readonly fraction: number;
  /** Rows so far, of whatever kind. */
  readonly executions: number;
  readonly failures: number;
  /** Why nothing is being read just now; left out: it is. */
  readonly waiting?: string;
}

/** A window came to its end. `failure` null: it is complete. */
export interface WindowEnd {
  readonly source: string;
  readonly window: string;
  /** Its rows. */
  readonly executions: number;
  /** What they are; left out: executions. */
  readonly rows?: RowKind;
  readonly failure: string | null;
}

export interface BackfillListener {
  onProgress(progress: BackfillProgress): void;
  onWindow(end: WindowEnd): void;
  /** Accounts that were read of, before anything is logged about them. */
  onAccounts(accounts: readonly string[]): void;
}

export function failuresIn(report: BackfillReport): number {
  return report.sources.reduce((sum, source) => sum + source.failures.length, 0);
}
