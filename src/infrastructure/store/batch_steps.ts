/** A batch as the steps of one transaction. */
import { gzipSync } from "node:zlib";
import type { StoreBatch } from "../../application/ports/store.ts";
import { ALL_ACCOUNTS } from "../../application/ports/store_records.ts";
import { type Instrument, instrumentKey } from "../../domain/instrument.ts";
import {
  ACTIVE_SIGNALS,
  DAILY_PNL,
  POSITION_CHANGES,
  RISK_SIGNALS,
  SYNC_STATE,
  SYNC_WINDOWS,
  TRAILING_PEAKS,
} from "./audit_tables.ts";
import { COMMISSIONS, EXECUTIONS, INSTRUMENTS } from "./execution_tables.ts";
import { FUTU_DEALS, FUTU_FEES, FUTU_ORDERS } from "./futu_tables.ts";
import {
  ACCOUNT_SNAPSHOTS,
  POSITION_BOOKS,
  POSITION_SNAPSHOTS,
  RISK_DOCUMENTS,
  RISK_SNAPSHOTS,
} from "./snapshot_tables.ts";
import { type Step, type Table, upsertStep } from "./table.ts";

/** Level 1 takes a quarter of the default's time and makes snapshots a tenth larger. */
const GZIP = { level: 1 };

/**
 * In the order in which they are run: contracts first, since the other rows name them.
 *
 * @throws {StoreFault} of kind `rejected` for a number that is not finite
 */
export function batchSteps(batch: StoreBatch): readonly Step[] {
  const instruments = new InstrumentKeys();
  const steps: Step[] = [];
  const upsert = <Row>(table: Table<Row>, rows: readonly Row[] | undefined) => {
    if (rows !== undefined && rows.length > 0) steps.push(upsertStep(table, rows));
  };
  const { executions = [], futuOrders = [], futuDeals = [] } = batch;
  const { positions = [], positionChanges = [], risk = [], trailingPeaks, activeSignals } = batch;
  upsert(EXECUTIONS, executions.map((record) => ({ record, instrumentKey: instruments.keyOf(record.instrument) })));
  upsert(COMMISSIONS, batch.commissions);
  upsert(FUTU_ORDERS, futuOrders.map((record) => ({ record, instrumentKey: instruments.keyOf(record.instrument) })));
  upsert(FUTU_DEALS, futuDeals.map((record) => ({ record, instrumentKey: instruments.keyOf(record.instrument) })));
  upsert(FUTU_FEES, batch.futuFees);
  if (positions.length > 0) {
    steps.push({
      kind: "clear",
      table: POSITION_SNAPSHOTS,
      columns: 3,
      keys: positions.map(({ account, source, takenAt }) => [account, source, takenAt]),
    });
    upsert(POSITION_BOOKS, positions);
    upsert(
      POSITION_SNAPSHOTS,
      lastOfEachInstant(positions).flatMap((book) =>
        book.positions.map((position) => ({
          book,
          position,
          instrumentKey: instruments.keyOf(position.instrument),
        }))
      ),
    );
  }
  upsert(ACCOUNT_SNAPSHOTS, batch.accounts);
  upsert(RISK_SNAPSHOTS, risk);
  upsert(RISK_DOCUMENTS, risk.map((record) => ({ record, compressed: gzipSync(record.document, GZIP) })));
  upsert(RISK_SIGNALS, batch.breaches);
  if (trailingPeaks !== undefined) {
    steps.push({ kind: "clear", table: TRAILING_PEAKS, columns: 1, keys: [[ALL_ACCOUNTS]] });
    upsert(TRAILING_PEAKS, Array.from(trailingPeaks, ([trade, peak]) => ({ account: ALL_ACCOUNTS, trade, peak })));
  }
  if (activeSignals !== undefined) {
    steps.push({ kind: "clear", table: ACTIVE_SIGNALS, columns: 1, keys: [[ALL_ACCOUNTS]] });
    upsert(ACTIVE_SIGNALS, activeSignals.map((signal) => ({ account: ALL_ACCOUNTS, signal })));
  }
  upsert(DAILY_PNL, batch.dailyPnl);
  upsert(
    POSITION_CHANGES,
    positionChanges.map((record) => ({ record, instrumentKey: instruments.keyOf(record.instrument) })),
  );
  upsert(SYNC_STATE, batch.syncStates);
  upsert(SYNC_WINDOWS, batch.syncWindows);
  return instruments.rows.length === 0 ? steps : [upsertStep(INSTRUMENTS, instruments.rows), ...steps];
}

/** What must not be lost with the power once it was acknowledged; snapshots follow one another and may be. */
export function mustBeDurable(batch: StoreBatch): boolean {
  const { executions, commissions, futuOrders, futuDeals, futuFees } = batch;
  const { breaches, dailyPnl, positionChanges, syncStates, syncWindows } = batch;
  const fills = [executions, commissions, futuOrders, futuDeals, futuFees];
  return [...fills, breaches, dailyPnl, positionChanges, syncStates, syncWindows]
    .some((rows) => rows !== undefined && rows.length > 0);
}

/** Keys are long and thousands of rows share a contract: each object's is made once. */
class InstrumentKeys {
  readonly #keys = new Map<Instrument, string>();
  readonly #rows = new Map<string, Instrument>();

  keyOf(instrument: Instrument): string {
    const known = this.#keys.get(instrument);
    if (known !== undefined) return known;
    const key = instrumentKey(instrument);
    this.#keys.set(instrument, key);
    this.#rows.set(key, instrument);
    return key;
  }

  /** Sorted, so that two writers take the rows' locks in the same order. */
  get rows() {
    return Array.from(this.#rows, ([key, instrument]) => ({ key, instrument })).sort((a, b) => a.key < b.key ? -1 : 1);
  }
}

/** A book replaces the one of the same instant, also within a batch. */
function lastOfEachInstant(books: NonNullable<StoreBatch["positions"]>) {
  return [...new Map(books.map((book) => [`${book.account}\n${book.source}\n${book.takenAt}`, book])).values()];
}
