/** The rows of a window on their way from the source into batches. */
import type { StoredBook } from "../ports/store_records.ts";
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
}

/** The rows of a window on their way. */
export class WindowReading {
  readonly #wanted: WantedRows;
  book: StoredBook = "real";
  #waiting: PastFill[] = [];

  constructor(readonly tally: WindowTally, wanted: WantedRows) {
    this.#wanted = wanted;
  }

  add(fills: readonly PastFill[]): void {
    for (const fill of fills) {
      if (!this.#isWanted(fill)) continue;
      this.tally.add(fill);
      this.#waiting.push(fill);
    }
  }

  covers({ account, from, to }: { readonly account: string | null } & Span): void {
    if (this.#wanted.account === null) return this.tally.covers(account, { from, to });
    // What a statement says of other accounts is nobody's concern here.
    if (account === null || account === this.#wanted.account) this.tally.covers(this.#wanted.account, { from, to });
  }

  /** Null until there is one. */
  fullBatch() {
    return this.#waiting.length < BATCH_ROWS ? null : batchOf(this.#waiting.splice(0, BATCH_ROWS));
  }

  rest() {
    return batchOf(this.#waiting.splice(0));
  }

  #isWanted({ execution }: PastFill): boolean {
    const { account, asked } = this.#wanted;
    if (account !== null && execution.account !== account) return false;
    return asked === null || (execution.executedAt >= asked.from && execution.executedAt < asked.to);
  }
}

function batchOf(fills: readonly PastFill[]) {
  return {
    executions: fills.map(({ execution }) => execution),
    commissions: fills.flatMap(({ commission }) => commission === null ? [] : [commission]),
  };
}
