/** What the sources say of their accounts: values, cash by currency, and the broker's own P&L. */
import type { AccountValues, BookEvent, BrokerPnl, Source } from "./event.ts";
import type { EpochMs } from "./time.ts";

export interface AccountState {
  readonly source: Source;
  readonly account: string;
  /** The account's own currency; null until the broker named it. */
  currency: string | null;
  values: AccountValues;
  pnl: BrokerPnl | null;
  /** Amounts by currency, each in that currency. */
  readonly cash: Map<string, number>;
  /** When the values were; 0: never. */
  at: EpochMs;
  /** Values and cash are what an earlier run stored: the broker has not said yet what they are now. */
  restored: boolean;
}

/** An account's figures as an earlier run stored them. */
export type RestoredAccount =
  & Pick<AccountState, "source" | "account" | "values" | "at">
  & { readonly currency: string; readonly cash: Readonly<Record<string, number>> };

const NOTHING: AccountValues = {
  netLiquidation: null,
  cash: null,
  maintenanceMargin: null,
  initialMargin: null,
  excessLiquidity: null,
  buyingPower: null,
  equityWithLoan: null,
  grossPositionValue: null,
};

export class AccountBook {
  readonly #accounts = new Map<string, AccountState>();

  /** In order of sight; one that only its cash or P&L is known of yet is among them. */
  all(): Iterable<AccountState> {
    return this.#accounts.values();
  }

  get size(): number {
    return this.#accounts.size;
  }

  find(source: Source, account: string): AccountState | null {
    return this.#accounts.get(`${source}|${account}`) ?? null;
  }

  /** The accounts' one currency; null when there is none yet or they differ. */
  commonCurrency(): string | null {
    let common: string | null = null;
    for (const { currency } of this.#accounts.values()) {
      if (currency === null) continue;
      if (common !== null && common !== currency) return null;
      common = currency;
    }
    return common;
  }

  /** What the accounts are kept in and hold or owe cash in, in the order of their names. */
  currencies(): string[] {
    const currencies = new Set<string>();
    for (const { currency, cash } of this.#accounts.values()) {
      if (currency !== null) currencies.add(currency);
      for (const [of, amount] of cash) if (amount !== 0) currencies.add(of);
    }
    return [...currencies].sort();
  }

  /** Takes in what an earlier run stored, until the broker's first word on the account. One that it has spoken of stays. */
  restore({ source, account, currency, values, cash, at }: RestoredAccount): void {
    if (this.find(source, account) !== null) return;
    const state = this.#state(source, account);
    state.currency = currency;
    state.values = values;
    for (const [of, amount] of Object.entries(cash)) state.cash.set(of, amount);
    state.at = at;
    state.restored = true;
  }

  /** Forgets the stored accounts of a source that are not among those that it reports. */
  dropRestored(source: Source, reported: readonly string[]): void {
    for (const [key, state] of this.#accounts) {
      if (state.restored && state.source === source && !reported.includes(state.account)) this.#accounts.delete(key);
    }
  }

  apply(event: BookEvent): void {
    switch (event.kind) {
      case "account": {
        const { source, account, currency, values, at } = event;
        const state = this.#live(source, account);
        state.currency = currency;
        state.values = { ...state.values, ...values };
        state.at = at;
        return;
      }
      case "cash":
        this.#live(event.source, event.account).cash.set(event.currency, event.amount);
        return;
      case "account-pnl":
        this.#state(event.source, event.account).pnl = event.pnl;
        return;
      default:
        return;
    }
  }

  /** With the broker's first figure the stored ones go, all at once: beside a live one they would look live. */
  #live(source: Source, account: string): AccountState {
    const state = this.#state(source, account);
    if (!state.restored) return state;
    state.restored = false;
    state.values = NOTHING;
    state.cash.clear();
    return state;
  }

  #state(source: Source, account: string): AccountState {
    const key = `${source}|${account}`;
    let state = this.#accounts.get(key);
    if (state === undefined) {
      state = { source, account, currency: null, values: NOTHING, pnl: null, cash: new Map(), at: 0, restored: false };
      this.#accounts.set(key, state);
    }
    return state;
  }
}
