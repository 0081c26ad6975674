/** How far history was read, and what could not be. */
import type { Store } from "../ports/store.ts";
import type { SyncStateRecord, SyncWindowRecord } from "../ports/store_records.ts";

export interface SyncStream {
  readonly state: SyncStateRecord;
  readonly done: number;
  readonly failed: readonly SyncWindowRecord[];
  /** Rows of the windows that are done. */
  readonly rows: number;
}

/** Every stream, by broker, account and kind; `account` null: of every account. */
export async function syncStreams(store: Store, account: string | null): Promise<SyncStream[]> {
  const streams: SyncStream[] = [];
  for (const state of await store.syncStates()) {
    if (account !== null && state.account !== account) continue;
    const windows = await store.syncWindows(state);
    const done = windows.filter((window) => window.status === "DONE");
    streams.push({
      state,
      done: done.length,
      failed: windows.filter((window) => window.status === "FAILED"),
      rows: done.reduce((sum, window) => sum + window.rows, 0),
    });
  }
  return streams;
}
