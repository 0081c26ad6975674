/** A monitor fed by hand, with a recorder beside it that writes into memory. */
import { HistoryRecorder } from "../../src/application/history_recorder.ts";
import type { StoredHistory } from "../../src/application/history/stored_history.ts";
import type { StoreBatch } from "../../src/application/ports/store.ts";
import type { DailyPnlRecord, StoredBook } from "../../src/application/ports/store_records.ts";
import type { InstrumentIndex } from "../../src/domain/event.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import { option, type Quote, stock } from "./book_builder.ts";
import { MonitorBuilder, type SettingsChange, settingsWith } from "./monitor_builder.ts";

/** Takes every batch, and knows whose book it was told that it is. */
export class MemoryHistory {
  readonly batches: StoreBatch[] = [];
  readonly claims: StoredBook[] = [];
  stopped: string | null = null;

  record(batch: StoreBatch): void {
    this.batches.push(batch);
  }
  claim(book: StoredBook): void {
    this.claims.push(book);
  }
  stop(reason: string): void {
    this.stopped = reason;
  }

  /** Rows of one kind, in the order in which they came. */
  rows<Kind extends Exclude<keyof StoreBatch, "trailingPeaks">>(kind: Kind): NonNullable<StoreBatch[Kind]>[number][] {
    return this.batches.flatMap((batch) => [...(batch[kind] ?? [])]) as NonNullable<StoreBatch[Kind]>[number][];
  }

  /** The result of a day as it stands: the row written last. */
  day(tradeDate: string, account = "ALL"): DailyPnlRecord | null {
    return this.rows("dailyPnl").findLast((row) => row.tradeDate === tradeDate && row.account === account) ?? null;
  }
}

/** Long before any session of a test, so that every session's fills are known from its start. */
const WEEKS_BEFORE = Date.parse("2026-11-02T05:00:00Z");

export class RecordedDesk {
  readonly book: MonitorBuilder;
  readonly history = new MemoryHistory();
  readonly recorder: HistoryRecorder;

  constructor(stored: StoredHistory | null = null, change: SettingsChange = {}) {
    this.book = new MonitorBuilder(change);
    const { monitor, clock, logged } = this.book;
    this.recorder = new HistoryRecorder({
      monitor,
      clock,
      sink: this.history,
      settings: {
        ...settingsWith(change),
        snapshots: {
          positionIntervalSec: 60,
          accountIntervalSec: 60,
          riskIntervalSec: 60,
          captureOnShutdown: true,
          retentionDays: 30,
          ...change.snapshots,
        },
      },
      log: { write: (level, _category, message) => void logged.push({ level, message }) },
    });
    if (stored !== null) this.recorder.expect(stored);
    this.recorder.start();
  }

  static async at(time: string, stored: StoredHistory | null = null, change: SettingsChange = {}) {
    const desk = new RecordedDesk(stored, change);
    await desk.book.clock.advance(Date.parse(time) - desk.book.now);
    desk.book.link("up").account("DU1");
    return desk;
  }

  stock(symbol: string, fields: Partial<Instrument> = {}): InstrumentIndex {
    return this.#listed(stock(symbol, fields));
  }

  option(words: string): InstrumentIndex {
    return this.#listed(option(words));
  }

  future(symbol: string, expiry: string, multiplier: number): InstrumentIndex {
    const fields = { assetType: "FUTURE", expiry, multiplier, exchange: "CME", tradingClass: symbol } as const;
    return this.#listed({ ...stock(symbol), ...fields });
  }

  #listed(instrument: Instrument): InstrumentIndex {
    const index = this.book.add(instrument);
    this.book.line(index, "live");
    return index;
  }

  /** A complete download of the accounts named in it, with the executions of weeks. */
  holds(...holdings: readonly { of: InstrumentIndex; quantity: number; at?: number; account?: string }[]): this {
    const rows = holdings.map(({ of, quantity, at = 100, account = "DU1" }) => (
      { account, instrument: of, quantity, avgPrice: at }
    ));
    const accounts = [...new Set(["DU1", ...rows.map((row) => row.account)])];
    this.book.push({ kind: "positions", source: "IB", accounts, rows, at: this.book.now });
    return this;
  }

  executionsComplete(since = WEEKS_BEFORE): this {
    this.book.executions(since);
    return this;
  }

  position(of: InstrumentIndex, quantity: number, avgPrice: number | null = null, account = "DU1"): this {
    const row = { account, instrument: of, quantity, avgPrice };
    this.book.push({ kind: "position", source: "IB", row, at: this.book.now });
    return this;
  }

  fill(of: InstrumentIndex, quantity: number, price: number, execId: string, commission?: number): this {
    const time = this.book.now;
    this.book.push({ kind: "execution", source: "IB", account: "DU1", instrument: of, execId, quantity, price, time });
    if (commission !== undefined) this.commission(execId, commission);
    return this;
  }

  commission(execId: string, amount: number, realizedPnl: number | null = null): this {
    this.book.push({ kind: "commission", source: "IB", execId, amount, currency: "USD", realizedPnl });
    return this;
  }

  /** A price on both sides of the quote, and what else is given. */
  price(of: InstrumentIndex, price: number, quote: Quote = {}): this {
    this.book.quote(of, { bid: price, ask: price, last: price, ...quote });
    return this;
  }

  turn(): RiskSnapshot {
    return this.book.monitor.turn();
  }

  /** Moves to the time, and takes a turn there. */
  async to(time: string): Promise<RiskSnapshot> {
    await this.book.clock.advance(Date.parse(time) - this.book.now);
    return this.turn();
  }

  async later(seconds: number): Promise<RiskSnapshot> {
    await this.book.clock.advance(seconds * 1000);
    return this.turn();
  }
}
