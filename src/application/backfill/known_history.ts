/** What earlier runs recorded, as a store or a look at one gives it. */
import type { Store } from "../ports/store.ts";
import { ALL_ACCOUNTS, type SyncStateRecord, type SyncWindowRecord } from "../ports/store_records.ts";
import type { KnownHistory } from "./source.ts";

/** Records of Interactive Brokers, who knows no markets. */
const STREAM = { broker: "IB", market: "ALL" } as const;

/** @param account the one that was asked for; null: every one */
export function knownIn(store: Pick<Store, "syncStates" | "syncWindows">, account: string | null): KnownHistory {
  return {
    scope: account ?? ALL_ACCOUNTS,
    windows: (name, dataType) => store.syncWindows({ ...STREAM, account: name, dataType }),
    async state(name, dataType) {
      return stateOf(await store.syncStates(), name, dataType);
    },
  };
}

/** What was read from a store at one moment. */
export interface RecordedHistory {
  readonly states: readonly SyncStateRecord[];
  readonly windows: readonly SyncWindowRecord[];
}

export function knownFrom({ states, windows }: RecordedHistory, account: string | null): KnownHistory {
  return {
    scope: account ?? ALL_ACCOUNTS,
    windows: (name, dataType) =>
      Promise.resolve(
        windows.filter((row) => row.account === name && row.dataType === dataType && row.broker === STREAM.broker),
      ),
    state: (name, dataType) => Promise.resolve(stateOf(states, name, dataType)),
  };
}

function stateOf(states: readonly SyncStateRecord[], account: string, dataType: string): SyncStateRecord | null {
  return states.find((state) =>
    state.broker === STREAM.broker && state.account === account && state.dataType === dataType
  ) ?? null;
}
