/** What is written about a window: that it is done, or why it failed, and how far its accounts are complete now. */
import type { EpochMs } from "../../domain/time.ts";
import type { StoreBatch } from "../ports/store.ts";
import { ALL_ACCOUNTS, type SyncKey, type SyncStateRecord, type SyncWindowRecord } from "../ports/store_records.ts";
import { coveredBy, isCovered, type Span, watermarkAfter } from "./coverage.ts";
import { type BackfillSource, type BackfillWindow, IB_PLACE, type KnownHistory } from "./source.ts";
import type { WindowTally } from "./window_tally.ts";

export type SyncBatch = Required<Pick<StoreBatch, "syncWindows" | "syncStates">>;

export interface WindowOutcome {
  readonly source: BackfillSource;
  readonly window: BackfillWindow;
  readonly tally: WindowTally;
  /** What was asked for, where that was a range: nothing outside of it is claimed. */
  readonly asked: Span | null;
  readonly now: EpochMs;
}

/**
 * The window's DONE row and those of the accounts in it, with their watermarks. They travel in the batch of its last rows. For
 * windows of one account in one market see `stream_records.ts`.
 *
 * @param failedBefore accounts with a window of this source that failed in this run, and why: their streams stay FAILED
 */
export async function doneRecords(
  outcome: WindowOutcome,
  known: KnownHistory,
  failedBefore: ReadonlyMap<string, string>,
): Promise<SyncBatch> {
  const { source, window, tally, now } = outcome;
  const { scope } = known;
  const syncWindows: SyncWindowRecord[] = [];
  const whole = wholeSpan(outcome);
  if (whole !== null) {
    const recorded = await known.windows(scope, window.dataType);
    const before = recorded.find(({ from }) => from === whole.from);
    syncWindows.push({
      ...keyOf(source, scope, window.dataType),
      from: whole.from,
      to: reachOf(whole, before),
      status: "DONE",
      error: null,
      rows: tally.rows,
      attempts: (before?.attempts ?? 0) + 1,
      updatedAt: now,
    });
    syncWindows.push(...settled(recorded, whole, now));
  }
  for (const [account, { executions }] of tally.accounts) {
    const span = within(tally.spanOf(account), outcome.asked);
    if (span === null || (account === scope && window.dataType === source.dataType)) continue;
    const recorded = await known.windows(account, source.dataType);
    const before = recorded.find(({ from }) => from === span.from);
    syncWindows.push({
      ...keyOf(source, account, source.dataType),
      from: span.from,
      to: reachOf(span, before),
      status: "DONE",
      error: null,
      rows: executions,
      attempts: (before?.attempts ?? 0) + 1,
      updatedAt: now,
    });
    syncWindows.push(...settled(recorded, span, now));
  }
  const syncStates: SyncStateRecord[] = [];
  for (const account of new Set([...tally.accounts.keys(), scope])) {
    // A file that says nothing of the account that was asked for tells nothing about its stream.
    if (account !== ALL_ACCOUNTS && !tally.accounts.has(account)) continue;
    const error = failedBefore.get(account) ?? null;
    syncStates.push({
      ...keyOf(source, account, source.dataType),
      watermark: await watermark(source, account, syncWindows, known),
      status: error === null ? "OK" : "FAILED",
      error,
      updatedAt: now,
    });
  }
  return { syncWindows, syncStates };
}

/** The window's FAILED row. The watermark stays: null leaves what is known. */
export async function failedRecords(
  { source, window, tally, now }: WindowOutcome,
  known: KnownHistory,
  reason: string,
): Promise<SyncBatch> {
  const recorded = await known.windows(known.scope, window.dataType);
  const before = recorded.find(({ from }) => from === window.from);
  const windowRecord: SyncWindowRecord = {
    ...keyOf(source, known.scope, window.dataType),
    from: window.from,
    to: Math.max(window.to, before?.to ?? 0),
    status: "FAILED",
    error: reason,
    rows: tally.rows,
    attempts: (before?.attempts ?? 0) + 1,
    updatedAt: now,
  };
  const state: SyncStateRecord = {
    ...keyOf(source, known.scope, source.dataType),
    watermark: null,
    status: "FAILED",
    error: `${window.title}: ${reason}`,
    updatedAt: now,
  };
  return { syncWindows: [windowRecord], syncStates: [state] };
}

/**
 * The bounds of the window's own DONE row: never beyond what the source says that it covers. Null when that is less than all
 * of it, as of a file of which only a part was asked for.
 */
function wholeSpan({ window, tally, asked }: WindowOutcome): Span | null {
  const told = tally.commonSpan;
  if (window.to === 0) {
    if (told === null) return { from: window.from, to: window.to };
    return asked !== null && !isCovered(told, [asked]) ? null : { from: window.from, to: window.to };
  }
  const span = { from: window.from, to: told === null ? window.to : Math.min(window.to, told.to) };
  if (span.to <= span.from) return null;
  return asked !== null && !isCovered(span, [asked]) ? null : span;
}

/** A window that is read again, but not as far, takes nothing away. */
export function reachOf({ to }: Span, before: SyncWindowRecord | undefined): EpochMs {
  return before?.status === "DONE" ? Math.max(to, before.to) : to;
}

/** What failed, and is covered now by this window and others together, is no longer missing. */
function settled(recorded: readonly SyncWindowRecord[], done: Span, now: EpochMs): SyncWindowRecord[] {
  const others = recorded.filter(({ from }) => from !== done.from);
  const covered = coveredBy([...others, { ...done, status: "DONE" }]);
  return others
    .filter((row) => row.status === "FAILED" && row.to > row.from && isCovered(row, covered))
    .map((row) => ({ ...row, status: "DONE", error: null, rows: 0, updatedAt: now }));
}

async function watermark(
  source: BackfillSource,
  account: string,
  added: readonly SyncWindowRecord[],
  known: KnownHistory,
): Promise<EpochMs | null> {
  const own = added.filter((row) => row.account === account && row.dataType === source.dataType);
  const recorded = await known.windows(account, source.dataType);
  const kept = recorded.filter(({ from }) => !own.some((row) => row.from === from));
  const marks = await Promise.all(
    [source.dataType, ...source.continues].map(async (type) => (await known.state(account, type))?.watermark ?? null),
  );
  const before = marks.filter((mark) => mark !== null);
  return watermarkAfter(before.length === 0 ? null : Math.max(...before), [...kept, ...own]);
}

function within(span: Span | null, asked: Span | null): Span | null {
  if (span === null || asked === null) return span;
  const cut = { from: Math.max(span.from, asked.from), to: Math.min(span.to, asked.to) };
  return cut.to > cut.from ? cut : null;
}

function keyOf({ broker }: BackfillSource, account: string, dataType: string): SyncKey {
  return { ...IB_PLACE, broker, account, dataType };
}
