/** Counts what a window holds, account by account, and which period it covers of each. */
import { ALL_ACCOUNTS } from "../ports/store_records.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Span } from "./coverage.ts";
import type { PastFill, RowKind } from "./source.ts";

export interface AccountTally {
  executions: number;
  commissions: number;
  orders: number;
  deals: number;
  fees: number;
  /** Of executions, orders and deals. */
  first: EpochMs | null;
  last: EpochMs | null;
}

const COUNTERS = { execution: "executions", order: "orders", deal: "deals", fee: "fees" } as const;

export class WindowTally {
  readonly accounts = new Map<string, AccountTally>();
  readonly #spans = new Map<string, Span>();
  #lost = 0;
  #firstLost = "";
  /** Of whatever kind; a commission is no row of its own. */
  rows = 0;

  add({ execution, commission }: PastFill): void {
    this.count("execution", execution.account, execution.executedAt);
    if (commission !== null) this.#of(execution.account).commissions++;
  }

  /** @param at when it came about; null where the row does not say */
  count(kind: RowKind, account: string, at: EpochMs | null): void {
    const tally = this.#of(account);
    tally[COUNTERS[kind]]++;
    this.rows++;
    if (at === null) return;
    tally.first = Math.min(tally.first ?? at, at);
    tally.last = Math.max(tally.last ?? at, at);
  }

  /** Of several periods of one account, all between the first and the last. */
  covers(account: string | null, span: Span): void {
    const name = account ?? ALL_ACCOUNTS;
    if (account !== null) this.#of(account);
    const known = this.#spans.get(name);
    this.#spans.set(
      name,
      known === undefined ? span : { from: Math.min(known.from, span.from), to: Math.max(known.to, span.to) },
    );
  }

  lost(reason: string): void {
    this.#lost++;
    if (this.#lost === 1) this.#firstLost = reason;
  }

  /** Why the window is not complete although it was read to its end; null when it is. */
  get incomplete(): string | null {
    if (this.#lost === 0) return null;
    const others = this.#lost === 1 ? "" : ` (and ${this.#lost - 1} more)`;
    const rows = this.#lost === 1 ? "1 row could" : `${this.#lost} rows could`;
    return `${rows} not be read, the others are kept: ${this.#firstLost}${others}`;
  }

  /** The period of an account: its own, else the one that stands for all; null when none was told. */
  spanOf(account: string): Span | null {
    return this.#spans.get(account) ?? this.#spans.get(ALL_ACCOUNTS) ?? null;
  }

  /** What is covered of every account; null when nothing was told. */
  get commonSpan(): Span | null {
    const spans = [...this.#spans.values()];
    if (spans.length === 0) return null;
    return { from: Math.max(...spans.map(({ from }) => from)), to: Math.min(...spans.map(({ to }) => to)) };
  }

  #of(account: string): AccountTally {
    let tally = this.accounts.get(account);
    if (tally === undefined) {
      tally = { executions: 0, commissions: 0, orders: 0, deals: 0, fees: 0, first: null, last: null };
      this.accounts.set(account, tally);
    }
    return tally;
  }
}
