/** What an earlier run left that a new one goes on from. */
import { instrumentKey } from "../../domain/instrument.ts";
import type { DailyPnlRecord, PositionBook, PositionChangeRecord, PositionRecord } from "../ports/store_records.ts";

export interface StoredHistory {
  /** The newest of each account and source. */
  readonly books: readonly PositionBook[];
  /** Changes since the oldest of the books, oldest first: those after an account's book are laid over it. */
  readonly changes?: readonly PositionChangeRecord[];
  /** Daily results of the last few days: the longest weekend. */
  readonly days?: readonly DailyPnlRecord[];
}

/** The books with the changes that were recorded after them: without these a crash would have them told twice. */
export function withChanges({ books, changes = [] }: StoredHistory): PositionBook[] {
  return books.map((book) => {
    const later = changes.filter(({ account, source, changedAt }) =>
      account === book.account && source === book.source && changedAt > book.takenAt
    );
    return later.length === 0 ? book : laidOver(book, later);
  });
}

function laidOver(book: PositionBook, changes: readonly PositionChangeRecord[]): PositionBook {
  const rows = new Map<string, PositionRecord>(book.positions.map((row) => [instrumentKey(row.instrument), row]));
  let takenAt = book.takenAt;
  for (const { instrument, quantityAfter, avgPriceAfter, changedAt } of changes) {
    const key = instrumentKey(instrument);
    rows.set(key, { ...(rows.get(key) ?? unvalued(instrument)), quantity: quantityAfter, avgPrice: avgPriceAfter });
    takenAt = Math.max(takenAt, changedAt);
  }
  return { ...book, takenAt, positions: [...rows.values()].filter(({ quantity }) => quantity !== 0) };
}

function unvalued(instrument: PositionRecord["instrument"]): PositionRecord {
  return {
    instrument,
    quantity: 0,
    avgPrice: null,
    mark: null,
    close: null,
    closeDate: null,
    marketValue: null,
    unrealizedPnl: null,
    dailyPnl: null,
  };
}
