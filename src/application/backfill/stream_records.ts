/**
 * What is written about a window that belongs to one account in one market: its own row and its own watermark, and nothing
 * about any other account or market.
 */
import type { EpochMs } from "../../domain/time.ts";
import type { SyncKey, SyncWindowRecord } from "../ports/store_records.ts";
import { coveredBy, isCovered, type Span, watermarkAfter } from "./coverage.ts";
import { reachOf, type SyncBatch } from "./records.ts";
import type { BackfillSource, BackfillWindow, HistoryStream, KnownHistory } from "./source.ts";
import type { WindowTally } from "./window_tally.ts";

export interface StreamOutcome {
  readonly source: BackfillSource;
  readonly window: BackfillWindow;
  readonly stream: HistoryStream;
  readonly tally: WindowTally;
  readonly now: EpochMs;
}

/**
 * The window's DONE row, the failures that it makes up for, and how far the stream is complete. They travel in the batch of its
 * last rows.
 *
 * @param failedBefore why another window of the stream failed in this run: then the stream stays FAILED
 */
export async function doneStreamRecords(
  outcome: StreamOutcome,
  known: KnownHistory,
  failedBefore: string | null,
): Promise<SyncBatch> {
  const { window, tally, now } = outcome;
  const key = keyOf(outcome);
  const recorded = await known.windows(key.account, key.dataType, key);
  const span = toldSpan(window, tally);
  const syncWindows: SyncWindowRecord[] = [];
  if (span !== null) {
    const before = recorded.find(({ from }) => from === span.from);
    const done: SyncWindowRecord = {
      ...key,
      from: span.from,
      to: reachOf(span, before),
      status: "DONE",
      error: null,
      rows: tally.rows,
      attempts: (before?.attempts ?? 0) + 1,
      updatedAt: now,
    };
    syncWindows.push(done, ...settled(recorded, done));
  }
  const kept = recorded.filter(({ from }) => !syncWindows.some((row) => row.from === from));
  const watermark = (await known.state(key.account, key.dataType, key))?.watermark ?? null;
  return {
    syncWindows,
    syncStates: [{
      ...key,
      watermark: watermarkAfter(watermark, [...kept, ...syncWindows], "told"),
      status: failedBefore === null ? "OK" : "FAILED",
      error: failedBefore,
      updatedAt: now,
    }],
  };
}

/**
 * The FAILED row of what could not be read. What an earlier run read of the same window stays read: only what lies beyond it
 * failed. The watermark stays: null leaves what is known.
 */
export async function failedStreamRecords(
  outcome: StreamOutcome,
  known: KnownHistory,
  reason: string,
): Promise<SyncBatch> {
  const { window, tally, now } = outcome;
  const key = keyOf(outcome);
  const recorded = await known.windows(key.account, key.dataType, key);
  const done = recorded.find(({ from, to, status }) => from === window.from && status === "DONE" && to > from);
  const from = done?.to ?? window.from;
  const before = recorded.find((row) => row.from === from);
  const failed: SyncWindowRecord = {
    ...key,
    from,
    to: Math.max(window.to, before?.to ?? 0),
    status: "FAILED",
    error: reason,
    rows: tally.rows,
    attempts: (before?.attempts ?? 0) + 1,
    updatedAt: now,
  };
  // Beyond the end of what was read, another window may begin that was; and of a day that is not over nothing is said.
  const isNew = window.to === 0 || (from < failed.to && (done === undefined || before?.status !== "DONE"));
  return {
    syncWindows: isNew ? [failed] : [],
    syncStates: [{ ...key, watermark: null, status: "FAILED", error: `${window.title}: ${reason}`, updatedAt: now }],
  };
}

function keyOf({ source: { broker }, window: { dataType }, stream: { account, market } }: StreamOutcome): SyncKey {
  return { broker, account, dataType, market };
}

/** Never beyond what the source says that it covers; null when that is nothing of the window. */
function toldSpan(window: BackfillWindow, tally: WindowTally): Span | null {
  if (window.to === 0) return { from: 0, to: 0 };
  const told = tally.commonSpan;
  const span = { from: window.from, to: told === null ? window.to : Math.min(window.to, told.to) };
  return span.to <= span.from ? null : span;
}

/** What failed, and is covered now by this window and others together, is no longer missing. */
function settled(recorded: readonly SyncWindowRecord[], done: SyncWindowRecord): SyncWindowRecord[] {
  const others = recorded.filter(({ from }) => from !== done.from);
  const covered = coveredBy([...others, done], "told");
  return others
    .filter((row) => row.status === "FAILED" && row.to > row.from && isCovered(row, covered))
    .map((row) => ({ ...row, status: "DONE", error: null, rows: 0, updatedAt: done.updatedAt }));
}
