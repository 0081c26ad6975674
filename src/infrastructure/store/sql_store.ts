/** The store over SQL that SQLite and PostgreSQL both speak. */
import { gunzipSync } from "node:zlib";
import {
  type DateRange,
  type Store,
  type StoreBatch,
  StoreFault,
  type TimeRange,
} from "../../application/ports/store.ts";
import type {
  BreachRecord,
  Fill,
  OrderWithoutFee,
  PositionBook,
  RiskRecord,
  StoredBook,
  SyncKey,
  TrailingPeaks,
} from "../../application/ports/store_records.ts";
import type { Signal } from "../../domain/signals/signal.ts";
import type { EpochMs } from "../../domain/time.ts";
import {
  ACTIVE_SIGNALS,
  DAILY_PNL,
  POSITION_CHANGES,
  RISK_SIGNALS,
  SYNC_STATE,
  SYNC_WINDOWS,
  TRAILING_PEAKS,
} from "./audit_tables.ts";
import { batchSteps, mustBeDurable } from "./batch_steps.ts";
import { INSTRUMENTS } from "./execution_tables.ts";
import { fillPages } from "./fill_pages.ts";
import { type NewestQuery, newestSnapshots } from "./newest_snapshots.ts";
import {
  Cells,
  type Clause,
  clause,
  columnsOf,
  type Database,
  date,
  type Output,
  type Query,
  select,
  text,
  time,
} from "./query.ts";
import {
  accountFrom,
  breachFrom,
  dailyPnlFrom,
  positionChangeFrom,
  positionFrom,
  riskPointFrom,
  snapshotKeyFrom,
  syncStateFrom,
  syncWindowFrom,
} from "./read_records.ts";
import { deleteOldest } from "./retention.ts";
import { signalFrom } from "./signal_json.ts";
import {
  ACCOUNT_SNAPSHOTS,
  POSITION_BOOKS,
  POSITION_SNAPSHOTS,
  RISK_DOCUMENTS,
  RISK_SNAPSHOTS,
} from "./snapshot_tables.ts";
import { BOOK_PROPERTY, STORE_PROPERTIES } from "./store_properties.ts";
import { upsertStep, type Value } from "./table.ts";

const BOOK = columnsOf(POSITION_BOOKS, "t");
const POSITION = [...columnsOf(POSITION_SNAPSHOTS, "p"), ...columnsOf(INSTRUMENTS, "i")];
const ACCOUNT = columnsOf(ACCOUNT_SNAPSHOTS, "t");
const RISK = columnsOf(RISK_SNAPSHOTS, "t");
const RISK_WITH_DOCUMENT = [...RISK, ...columnsOf(RISK_DOCUMENTS, "d")];
const BREACH = columnsOf(RISK_SIGNALS, "t");
const ORDER_WITHOUT_FEE: readonly Output[] = [
  { name: "o.order_id", kind: "text" },
  { name: "i.currency", kind: "text" },
  { name: "o.updated_at", kind: "time" },
];
const CHANGE = [...columnsOf(POSITION_CHANGES, "t"), ...columnsOf(INSTRUMENTS, "i")];

export class SqlStore implements Store {
  readonly #database: Database;
  readonly #giveBack: () => void;
  #closed = false;

  /** @param giveBack returns to the file system a bounded part of what pruning left empty */
  constructor(database: Database, giveBack: () => void = () => {}) {
    this.#database = database;
    this.#giveBack = giveBack;
  }

  get description(): string {
    return this.#database.description;
  }

  async write(batch: StoreBatch): Promise<void> {
    const steps = batchSteps(batch);
    if (steps.length > 0) await this.#open().write(steps, mustBeDurable(batch));
  }

  async storedBook(): Promise<StoredBook | null> {
    const [book] = await this.#rows(
      select(columnsOf(STORE_PROPERTIES, "t"))`FROM store_properties t WHERE t.name = ${text(BOOK_PROPERTY)}`,
      (cells) => cells.choice("t.value", ["real", "simulated"]),
    );
    return book ?? null;
  }

  /** Whoever writes first settles it; everybody reads what was settled. */
  async claim(book: StoredBook): Promise<void> {
    if (await this.storedBook() === null) {
      await this.#open().write([upsertStep(STORE_PROPERTIES, [{ name: BOOK_PROPERTY, value: book }])], true);
    }
    const settled = await this.storedBook();
    if (settled === book) return;
    throw new StoreFault(
      "refused",
      `Cannot keep the history of a ${book} book in ${this.description}: it holds that of a ${settled} one; ` +
        "choose another database.dsn, or move the file aside",
    );
  }

  async lastPositions(since: EpochMs, until?: EpochMs): Promise<readonly PositionBook[]> {
    const books = await this.#newest({ table: "position_books", output: BOOK, since, until }, snapshotKeyFrom);
    return await Promise.all(books.map(async (book) => ({ ...book, positions: await this.#positionsOf(book) })));
  }

  async #positionsOf({ account, source, takenAt }: Omit<PositionBook, "positions">) {
    return await this.#rows(
      select(POSITION)`FROM position_snapshots p JOIN instruments i ON i.instrument_key = p.instrument_key
        WHERE p.account_id = ${text(account)} AND p.source = ${text(source)} AND p.snapshot_time = ${time(takenAt)}
        ORDER BY p.instrument_key`,
      positionFrom,
    );
  }

  async lastAccounts(since: EpochMs) {
    return await this.#newest({ table: "account_snapshots", output: ACCOUNT, since }, accountFrom);
  }

  async lastRisk(since: EpochMs): Promise<readonly RiskRecord[]> {
    const join = clause`JOIN risk_snapshot_documents d ON d.account_id = t.account_id AND d.source = t.source
      AND d.snapshot_time = t.snapshot_time`;
    return await this.#newest(
      { table: "risk_snapshots", output: RISK_WITH_DOCUMENT, join, since },
      (cells) => ({ ...riskPointFrom(cells), document: uncompressed(cells.bytes("d.document")) }),
    );
  }

  async openBreaches(): Promise<readonly BreachRecord[]> {
    return await this.#rows(
      select(BREACH)`FROM (SELECT s.*, row_number() OVER (
          PARTITION BY s.account_id, s.breach_id ORDER BY s.signal_time DESC, s.recorded DESC) AS age FROM risk_signals s) t
        WHERE t.age = 1 AND t.transition <> 'cleared' ORDER BY t.signal_time, t.recorded`,
      breachFrom,
    );
  }

  async trailingPeaks(): Promise<TrailingPeaks> {
    const rows = await this.#rows(
      select(columnsOf(TRAILING_PEAKS, "t"))`FROM trailing_peaks t ORDER BY t.account_id, t.trade_key`,
      (cells) => {
        const side: 1 | -1 = cells.number("t.side") < 0 ? -1 : 1;
        const peak = { profit: cells.number("t.profit"), size: cells.number("t.size"), side };
        return [cells.text("t.trade_key"), peak] as const;
      },
    );
    return new Map(rows);
  }

  async activeSignals(): Promise<readonly Signal[]> {
    return await this.#rows(
      select(columnsOf(ACTIVE_SIGNALS, "t"))`FROM active_signals t ORDER BY t.account_id, t.signal_id`,
      (cells) => signalFrom(cells.text("t.state")),
    );
  }

  fills(range: TimeRange): AsyncIterable<readonly Fill[]> {
    return fillPages((query, decode) => this.#rows(query, decode), range);
  }

  /** A fee that is older than the order was asked for before its last deals. */
  async futuOrdersWithoutFees(account: string): Promise<readonly OrderWithoutFee[]> {
    return await this.#rows(
      select(ORDER_WITHOUT_FEE)`FROM futu_raw_orders o JOIN instruments i ON i.instrument_key = o.instrument_key
        WHERE o.account_id = ${text(account)} AND CAST(o.filled_quantity AS DOUBLE PRECISION) > 0
          AND NOT EXISTS (SELECT 1 FROM futu_raw_fees f
            WHERE f.account_id = o.account_id AND f.order_id = o.order_id AND f.updated_at >= o.updated_at)
        ORDER BY o.updated_at, o.order_id`,
      (cells) => ({
        orderId: cells.text("o.order_id"),
        currency: cells.text("i.currency"),
        updatedAt: cells.number("o.updated_at"),
      }),
    );
  }

  async breaches(range: TimeRange) {
    return await this.#rows(
      select(BREACH)`FROM risk_signals t WHERE ${within("t.signal_time", range)} ORDER BY t.signal_time, t.recorded`,
      breachFrom,
    );
  }

  async dailyPnl({ account, from, to }: DateRange) {
    return await this.#rows(
      select(columnsOf(DAILY_PNL, "t"))`FROM daily_pnl t
        WHERE ${ofAccount(account)} t.trade_date >= ${date(from)} AND t.trade_date <= ${date(to)}
        ORDER BY t.trade_date, t.account_id, t.source`,
      dailyPnlFrom,
    );
  }

  async positionChanges(range: TimeRange) {
    return await this.#rows(
      select(CHANGE)`FROM position_changes t JOIN instruments i ON i.instrument_key = t.instrument_key
        WHERE ${within("t.changed_at", range)} ORDER BY t.changed_at, t.account_id, t.source, t.instrument_key`,
      positionChangeFrom,
    );
  }

  async riskSeries(range: TimeRange) {
    return await this.#rows(
      select(RISK)`FROM risk_snapshots t WHERE ${within("t.snapshot_time", range)}
        ORDER BY t.account_id, t.source, t.snapshot_time`,
      riskPointFrom,
    );
  }

  async syncStates() {
    return await this.#rows(
      select(columnsOf(SYNC_STATE, "t"))`FROM sync_state t ORDER BY t.broker, t.account_id, t.data_type, t.market`,
      syncStateFrom,
    );
  }

  async syncWindows({ broker, account, dataType, market }: SyncKey) {
    return await this.#rows(
      select(columnsOf(SYNC_WINDOWS, "t"))`FROM sync_windows t
        WHERE t.broker = ${text(broker)} AND t.account_id = ${text(account)} AND t.data_type = ${text(dataType)}
          AND t.market = ${text(market)} ORDER BY t.window_from`,
      syncWindowFrom,
    );
  }

  async prune(before: EpochMs, most: number): Promise<number> {
    const rows = await deleteOldest(this.#open(), before, most);
    this.#giveBack();
    return rows;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#database.close();
  }

  async #rows<Row>(query: Query, decode: (cells: Cells) => Row): Promise<readonly Row[]> {
    return decoded(await this.#open().read(query), query.output, decode);
  }

  async #newest<Row>(query: NewestQuery, decode: (cells: Cells) => Row): Promise<readonly Row[]> {
    return decoded(await newestSnapshots(this.#open(), query), query.output, decode);
  }

  #open(): Database {
    if (this.#closed) throw new StoreFault("away", `Cannot use ${this.description}: it was closed`);
    return this.#database;
  }
}

function decoded<Row>(
  rows: readonly (readonly Value[])[],
  output: Query["output"],
  decode: (cells: Cells) => Row,
): readonly Row[] {
  const cells = new Cells(output);
  return rows.map((row) => decode(cells.at(row)));
}

function within(column: string, { account, from, to }: TimeRange): Clause {
  const name: Clause = { parts: [column] };
  return clause`${ofAccount(account)} ${name} >= ${time(from)} AND ${name} < ${time(to)}`;
}

function ofAccount(account: string | null): Clause {
  return account === null ? clause`` : clause`t.account_id = ${text(account)} AND`;
}

function uncompressed(bytes: Uint8Array): string {
  try {
    return new TextDecoder().decode(gunzipSync(bytes));
  } catch (cause) {
    throw new StoreFault("damaged", "Cannot read a stored risk snapshot: its document does not unpack", cause);
  }
}
