/** The rows of a window on their way from the source into batches. */
import type { FutuDealRecord, FutuFeeRecord, FutuOrderRecord, StoredBook } from "../ports/store_records.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Span } from "./coverage.ts";
import type { PastFill } from "./source.ts";
import type { WindowTally } from "./window_tally.ts";

/** Rows of a batch: enough to be quick, and few enough to be garbage before they count as old, which keeps memory flat. */
export const BATCH_ROWS = 500;
/** Which rows count; the others are left aside as if they were not there. */
export interface WantedRows {
  /** Null: every account's. */
  readonly account: string | null;
  /** The range that was asked for; null: none was. */
  readonly asked: Span | null;
  /**
   * Where one window's rows end and the next one's begin: a source that asks for more than the window gives some rows twice,
   * which are stored in both and counted in theirs. Left out: every row counts.
   */
  readonly counted?: Span;
}

/** The rows of a window on their way. */
export class WindowReading {
  readonly #wanted: WantedRows;
  book: StoredBook = "real";
  #fills: PastFill[] = [];
  #orders: FutuOrderRecord[] = [];
  #deals: FutuDealRecord[] = [];
  #fees: FutuFeeRecord[] = [];

  constructor(readonly tally: WindowTally, wanted: WantedRows) {
    this.#wanted = wanted;
  }

  add(fills: readonly PastFill[]): void {
    for (const fill of fills) {
      if (!this.#isWanted(fill)) continue;
      this.tally.add(fill);
      this.#fills.push(fill);
    }
  }

  addOrders(orders: readonly FutuOrderRecord[]): void {
    for (const order of orders.filter(({ account }) => this.#isWantedAccount(account))) {
      if (this.#isCounted(order.createdAt)) this.tally.count("order", order.account, order.createdAt);
      this.#orders.push(order);
    }
  }

  addDeals(deals: readonly FutuDealRecord[]): void {
    for (const deal of deals.filter(({ account }) => this.#isWantedAccount(account))) {
      if (this.#isCounted(deal.executedAt)) this.tally.count("deal", deal.account, deal.executedAt);
      this.#deals.push(deal);
    }
  }

  addFees(fees: readonly FutuFeeRecord[]): void {
    for (const fee of fees.filter(({ account }) => this.#isWantedAccount(account))) {
      this.tally.count("fee", fee.account, null);
      this.#fees.push(fee);
    }
  }

  covers({ account, from, to }: { readonly account: string | null } & Span): void {
    if (this.#wanted.account === null) return this.tally.covers(account, { from, to });
    // What a statement says of other accounts is nobody's concern here.
    if (account === null || account === this.#wanted.account) this.tally.covers(this.#wanted.account, { from, to });
  }

  /** Null until there is one. */
  fullBatch() {
    const waiting = [this.#fills, this.#orders, this.#deals, this.#fees];
    return waiting.some(({ length }) => length >= BATCH_ROWS) ? this.#batch(BATCH_ROWS) : null;
  }

  rest() {
    return this.#batch(Infinity);
  }

  /** Kinds of rows that there are none of are left out. */
  #batch(most: number) {
    const fills = this.#fills.splice(0, most);
    const orders = this.#orders.splice(0, most);
    const deals = this.#deals.splice(0, most);
    const fees = this.#fees.splice(0, most);
    return {
      executions: fills.map(({ execution }) => execution),
      commissions: fills.flatMap(({ commission }) => commission === null ? [] : [commission]),
      ...(orders.length === 0 ? {} : { futuOrders: orders }),
      ...(deals.length === 0 ? {} : { futuDeals: deals }),
      ...(fees.length === 0 ? {} : { futuFees: fees }),
    };
  }

  #isWanted({ execution }: PastFill): boolean {
    const { asked } = this.#wanted;
    if (!this.#isWantedAccount(execution.account)) return false;
    return asked === null || (execution.executedAt >= asked.from && execution.executedAt < asked.to);
  }

  #isWantedAccount(account: string): boolean {
    return this.#wanted.account === null || this.#wanted.account === account;
  }

  #isCounted(at: EpochMs): boolean {
    const { counted } = this.#wanted;
    return counted === undefined || (at >= counted.from && at < counted.to);
  }
}

export type RowBatch = ReturnType<WindowReading["rest"]>;

/** Rows of the batch; a commission is none of its own. */
export function rowsIn({ executions, futuOrders = [], futuDeals = [], futuFees = [] }: RowBatch): number {
  return executions.length + futuOrders.length + futuDeals.length + futuFees.length;
}
