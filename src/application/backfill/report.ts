/** What a backfill did, for the table at its end. */
import type { EpochMs } from "../../domain/time.ts";

export interface AccountReport {
  /** `ALL_ACCOUNTS` where the source told no account. */
  readonly account: string;
  readonly executions: number;
  readonly commissions: number;
  /** First and last execution; null when there was none. */
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
  readonly executions: number;
  readonly failures: number;
}

/** A window came to its end. `failure` null: it is complete. */
export interface WindowEnd {
  readonly source: string;
  readonly window: string;
  readonly executions: number;
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
