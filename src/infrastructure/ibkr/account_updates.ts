/**
 * The broker's marks of all holdings, from account updates asked for account by account, in turn: TWS serves one account
 * at a time. This is how a position without market data still has a price. TWS refreshes them every three minutes.
 */
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import { isOption } from "../../domain/instrument.ts";
import { decodePnl } from "./broker_pnl.ts";
import type { Contracts } from "./contracts.ts";
import { isCombination } from "./decode/contract.ts";
import { present } from "./decode/numbers.ts";
import { Priority } from "./pacing.ts";
import type { Requests } from "./requests.ts";

/** Rest after the last account before the first is asked again. */
const ROUND_REST_MS = 60_000;

export interface AccountUpdatesDependencies {
  readonly sink: FeedSink;
  readonly requests: Requests;
  readonly contracts: Contracts;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** True when the holding has a P&L subscription of its own, whose figures are fresher. */
  readonly hasLeafPnl: (account: string, conId: number) => boolean;
  /** Units of the account's currency for one of another; null when unknown. */
  readonly rateOf: (account: string, currency: string) => number | null;
}

export interface PortfolioRow {
  readonly account: string | undefined;
  readonly quantity: number | undefined;
  readonly price: number | undefined;
  readonly marketValue: number | undefined;
  readonly unrealized: number | undefined;
  readonly realized: number | undefined;
}

export class AccountUpdates {
  readonly #deps: AccountUpdatesDependencies;
  #accounts: readonly string[] = [];
  #turn = 0;
  #cancelTimer: (() => void) | null = null;

  constructor(deps: AccountUpdatesDependencies) {
    this.#deps = deps;
  }

  connected(accounts: readonly string[]): void {
    this.#accounts = accounts;
    this.#turn = 0;
    this.#ask();
  }

  disconnected(): void {
    this.#cancelTimer?.();
    this.#accounts = [];
  }

  onPortfolio(contract: Contract, row: PortfolioRow): void {
    if (isCombination(contract) || row.account === undefined || !this.#accounts.includes(row.account)) return;
    const { contracts, sink, clock, hasLeafPnl } = this.#deps;
    const { index, instrument } = contracts.meet(contract);
    const price = present(row.price);
    // A price of 0 is an option's that is worth nothing; of anything else it means "none".
    if (price !== null && (price !== 0 || isOption(instrument.assetType))) {
      sink.push({ kind: "broker-mark", source: "IB", instrument: index, price, at: clock.now() });
    }
    if (instrument.conId !== null && hasLeafPnl(row.account, instrument.conId)) return;
    // These rows are in the contract's currency, P&L subscriptions in the account's.
    const rate = this.#deps.rateOf(row.account, instrument.currency);
    const inAccountCurrency = (amount: number | undefined) => {
      const known = present(amount);
      return known === null || rate === null ? undefined : known * rate;
    };
    sink.push({
      kind: "leaf-pnl",
      source: "IB",
      account: row.account,
      instrument: index,
      quantity: present(row.quantity),
      pnl: decodePnl({
        daily: undefined,
        unrealized: inAccountCurrency(row.unrealized),
        realized: inAccountCurrency(row.realized),
      }),
      marketValue: inAccountCurrency(row.marketValue) ?? null,
      at: clock.now(),
    });
  }

  onEnd(account: string): void {
    if (account === this.#accounts[this.#turn]) this.#next();
  }

  #ask(): void {
    const account = this.#accounts[this.#turn];
    if (account === undefined) return;
    this.#deps.requests.send(Priority.history, (api) => api.reqAccountUpdates(true, account));
    this.#cancelTimer?.();
    this.#cancelTimer = this.#deps.clock.after(this.#deps.timeoutMs, () => this.#next());
  }

  #next(): void {
    const account = this.#accounts[this.#turn];
    if (account === undefined) return;
    this.#deps.requests.send(Priority.history, (api) => api.reqAccountUpdates(false, account));
    this.#turn = (this.#turn + 1) % this.#accounts.length;
    this.#cancelTimer?.();
    if (this.#turn > 0) return this.#ask();
    this.#cancelTimer = this.#deps.clock.after(ROUND_REST_MS, () => this.#ask());
  }
}
