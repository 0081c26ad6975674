/** What earlier runs recorded, as a store or a look at one gives it. */
import type { Store } from "../ports/store.ts";
import { ALL_ACCOUNTS, type SyncKey, type SyncStateRecord, type SyncWindowRecord } from "../ports/store_records.ts";
import { IB_PLACE, type KnownHistory } from "./source.ts";

/** @param account the one that was asked for; null: every one */
export function knownIn(store: Pick<Store, "syncStates" | "syncWindows">, account: string | null): KnownHistory {
  return {
    scope: account ?? ALL_ACCOUNTS,
    windows: (name, dataType, place = IB_PLACE) => store.syncWindows({ ...place, account: name, dataType }),
    async state(name, dataType, place = IB_PLACE) {
      return stateOf(await store.syncStates(), { ...place, account: name, dataType });
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
    windows: (name, dataType, place = IB_PLACE) => {
      const key = { ...place, account: name, dataType };
      return Promise.resolve(windows.filter((row) => isOf(row, key)));
    },
    state: (name, dataType, place = IB_PLACE) => {
      return Promise.resolve(stateOf(states, { ...place, account: name, dataType }));
    },
  };
}

function stateOf(states: readonly SyncStateRecord[], key: SyncKey): SyncStateRecord | null {
  return states.find((state) => isOf(state, key)) ?? null;
}

function isOf(row: SyncKey, { broker, account, dataType, market }: SyncKey): boolean {
  return row.broker === broker && row.account === account && row.dataType === dataType && row.market === market;
}
