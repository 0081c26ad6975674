/**
 * Account values, cash and exchange rates of all accounts, from one account-summary subscription.
 *
 * The first answer is collected until TWS says it is complete; after that TWS sends what changed about every three
 * minutes.
 */
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import type { AccountValues } from "../../domain/event.ts";
import { readNumber } from "./decode/numbers.ts";
import { describeMessage, meaningOf } from "./message_codes.ts";
import { Priority } from "./pacing.ts";
import type { Requests } from "./requests.ts";

/** IBKR's tags to ours, all in the account's own currency. */
export const ACCOUNT_TAGS: Readonly<Record<string, keyof AccountValues>> = {
  NetLiquidation: "netLiquidation",
  TotalCashValue: "cash",
  MaintMarginReq: "maintenanceMargin",
  InitMarginReq: "initialMargin",
  ExcessLiquidity: "excessLiquidity",
  BuyingPower: "buyingPower",
  EquityWithLoanValue: "equityWithLoan",
  GrossPositionValue: "grossPositionValue",
};
/** Adds cash and the exchange rate of each currency. */
const LEDGER = "$LEDGER:ALL";
/** The ledger's row for all currencies together. */
const LEDGER_TOTAL = "BASE";
const RETRY_MS = 10_000;

export interface AccountSummaryDependencies {
  readonly sink: FeedSink;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutMs: number;
  readonly onBadNumber: (text: string) => void;
}

interface AccountState {
  currency: string | null;
  values: Partial<Record<keyof AccountValues, number | null>>;
  readonly cash: Map<string, number>;
  readonly rates: Map<string, number>;
}

export class AccountSummary {
  readonly #deps: AccountSummaryDependencies;
  #accounts: readonly string[] = [];
  readonly #states = new Map<string, AccountState>();
  #requestId: number | null = null;
  #cancelTimer: (() => void) | null = null;
  complete = false;

  constructor(deps: AccountSummaryDependencies) {
    this.#deps = deps;
  }

  connected(accounts: readonly string[]): void {
    this.#accounts = accounts;
    this.complete = false;
    this.#request();
  }

  disconnected(): void {
    this.#requestId = null;
    this.complete = false;
    this.#cancelTimer?.();
  }

  refresh(): void {
    const id = this.#requestId;
    if (id !== null) {
      this.#deps.requests.close(id);
      this.#deps.requests.send(Priority.cancel, (api) => api.cancelAccountSummary(id));
    }
    this.#request();
  }

  /** Units of the account's currency for one of `currency`; null when unknown. */
  rateOf(account: string, currency: string): number | null {
    const state = this.#states.get(account);
    if (state === undefined || state.currency === null) return null;
    return state.currency === currency ? 1 : state.rates.get(currency) ?? null;
  }

  /** The currencies that the accounts are kept in. */
  accountCurrencies(): Set<string> {
    const currencies = new Set<string>();
    for (const { currency } of this.#states.values()) if (currency !== null) currencies.add(currency);
    return currencies;
  }

  /** The currencies that some account holds or owes cash in. */
  cashCurrencies(): Set<string> {
    const currencies = new Set<string>();
    for (const { cash } of this.#states.values()) {
      for (const [currency, amount] of cash) if (amount !== 0) currencies.add(currency);
    }
    return currencies;
  }

  onRow(requestId: number, account: string, tag: string, text: string, currency: string): void {
    if (requestId !== this.#requestId || !this.#accounts.includes(account)) return;
    const state = this.#state(account);
    if (tag in ACCOUNT_TAGS) this.#takeValue(state, account, tag, text, currency);
    else this.#takeLedger(state, account, tag, text, currency);
  }

  onEnd(requestId: number): void {
    if (requestId !== this.#requestId || this.complete) return;
    this.#cancelTimer?.();
    this.complete = true;
    for (const [account, state] of this.#states) {
      this.#pushValues(account, state, state.values);
      for (const [currency, amount] of state.cash) this.#pushCash(account, currency, amount);
      for (const [currency, rate] of state.rates) this.#pushRate(state, currency, rate);
    }
  }

  #request(): void {
    const { requests, clock, timeoutMs } = this.#deps;
    const id = requests.open({ onMessage: (_id, code, text) => this.#onMessage(code, text) });
    const tags = [...Object.keys(ACCOUNT_TAGS), LEDGER].join(",");
    const taken = requests.send(Priority.account, (api) => api.reqAccountSummary(id, "All", tags));
    this.#requestId = id;
    this.complete = false;
    this.#cancelTimer?.();
    this.#cancelTimer = clock.after(taken === null ? RETRY_MS : timeoutMs, () => {
      this.#failed(`no complete answer within ${timeoutMs} ms`);
      this.refresh();
    });
  }

  #onMessage(code: number, text: string): void {
    if (meaningOf(code).request === "note") return;
    this.#failed(describeMessage(code, text));
    this.#cancelTimer?.();
    this.#cancelTimer = this.#deps.clock.after(RETRY_MS, () => this.refresh());
  }

  #failed(reason: string): void {
    this.#deps.log.write("WARN", "DATA", `Account values from IBKR are not complete: ${reason}`);
  }

  #takeValue(state: AccountState, account: string, tag: string, text: string, currency: string): void {
    const field = ACCOUNT_TAGS[tag]!;
    const value = this.#number(text);
    state.values[field] = value;
    if (field === "netLiquidation" && currency !== "") state.currency = currency;
    if (this.complete) this.#pushValues(account, state, { [field]: value });
  }

  #takeLedger(state: AccountState, account: string, tag: string, text: string, currency: string): void {
    if (currency === "" || currency === LEDGER_TOTAL) return;
    if (tag !== "CashBalance" && tag !== "ExchangeRate") return;
    const value = this.#number(text);
    if (value === null) return;
    if (tag === "CashBalance") {
      state.cash.set(currency, value);
      if (this.complete) this.#pushCash(account, currency, value);
    } else if (value > 0) {
      state.rates.set(currency, value);
      if (this.complete) this.#pushRate(state, currency, value);
    }
  }

  #number(text: string): number | null {
    const value = readNumber(text);
    if (value === undefined) this.#deps.onBadNumber(text.slice(0, 40));
    return value ?? null;
  }

  #state(account: string): AccountState {
    let state = this.#states.get(account);
    if (state === undefined) {
      state = { currency: null, values: {}, cash: new Map(), rates: new Map() };
      this.#states.set(account, state);
    }
    return state;
  }

  #pushValues(account: string, state: AccountState, values: Partial<AccountValues>): void {
    const { sink, clock } = this.#deps;
    if (state.currency === null) return;
    sink.push({ kind: "account", source: "IB", account, currency: state.currency, values, at: clock.now() });
  }

  #pushCash(account: string, currency: string, amount: number): void {
    const { sink, clock } = this.#deps;
    sink.push({ kind: "cash", source: "IB", account, currency, amount, at: clock.now() });
  }

  #pushRate(state: AccountState, currency: string, rate: number): void {
    const { sink, clock } = this.#deps;
    if (state.currency === null || state.currency === currency) return;
    sink.push({ kind: "fx", currency, base: state.currency, rate, at: clock.now() });
  }
}
