/** A backfill with a broker and a store in memory: what goes wrong is up to the test. */
import { knownIn } from "../../src/application/backfill/known_history.ts";
import type { BackfillReport, WindowEnd } from "../../src/application/backfill/report.ts";
import { type BackfillJob, runBackfill } from "../../src/application/backfill/run.ts";
import type {
  BackfillRange,
  BackfillSource,
  BackfillWindow,
  PastFill,
  PastItem,
} from "../../src/application/backfill/source.ts";
import { brokerDay, dayStart } from "../../src/application/backfill/coverage.ts";
import type { StoreBatch } from "../../src/application/ports/store.ts";
import { StoreFault } from "../../src/application/ports/store.ts";
import type {
  CommissionRecord,
  ExecutionRecord,
  FutuDealRecord,
  FutuFeeRecord,
  FutuOrderRecord,
  OrderWithoutFee,
  StoredBook,
  SyncKey,
  SyncStateRecord,
  SyncWindowRecord,
} from "../../src/application/ports/store_records.ts";
import { dayNumber } from "../../src/domain/calendar/date.ts";
import { statementWindows } from "../../src/infrastructure/ibkr/flex/statement_windows.ts";
import { commission, execution } from "./stored_history.ts";
import type { Clock } from "../../src/application/ports/clock.ts";

export const NOW = Date.UTC(2026, 10, 30, 15, 30);

/** Whatever a kill leaves half done. */
export class Killed extends Error {}

/** Keeps what the contract of stores says, as far as backfill needs it. */
export class MemoryStore {
  readonly executions = new Map<string, ExecutionRecord>();
  readonly commissions = new Map<string, CommissionRecord>();
  readonly futuOrders = new Map<string, FutuOrderRecord>();
  readonly futuDeals = new Map<string, FutuDealRecord>();
  readonly futuFees = new Map<string, FutuFeeRecord>();
  readonly states = new Map<string, SyncStateRecord>();
  readonly windows = new Map<string, SyncWindowRecord>();
  readonly batches: StoreBatch[] = [];
  book: StoredBook | null = null;
  /** Called before each write: throw, and nothing of it is stored. */
  beforeWrite: () => void = () => {};

  async write(batch: StoreBatch): Promise<void> {
    await Promise.resolve();
    this.beforeWrite();
    this.batches.push(batch);
    for (const row of batch.executions ?? []) this.executions.set(`${row.account} ${row.execId}`, row);
    for (const row of batch.commissions ?? []) this.commissions.set(`${row.account} ${row.execId}`, row);
    for (const row of batch.futuOrders ?? []) this.futuOrders.set(`${row.account} ${row.orderId}`, row);
    for (const row of batch.futuDeals ?? []) this.futuDeals.set(`${row.account} ${row.dealId}`, row);
    for (const row of batch.futuFees ?? []) this.futuFees.set(`${row.account} ${row.orderId}`, row);
    for (const row of batch.syncWindows ?? []) this.windows.set(`${keyText(row)} ${row.from}`, row);
    for (const row of batch.syncStates ?? []) {
      const before = this.states.get(keyText(row))?.watermark ?? null;
      const watermark = row.watermark === null || before === null
        ? row.watermark ?? before
        : Math.max(row.watermark, before);
      this.states.set(keyText(row), { ...row, watermark });
    }
  }

  storedBook(): Promise<StoredBook | null> {
    return Promise.resolve(this.book);
  }

  claim(book: StoredBook): Promise<void> {
    this.book ??= book;
    return this.book === book ? Promise.resolve() : Promise.reject(new StoreFault("refused", "it holds another book"));
  }

  futuOrdersWithoutFees(account: string): Promise<readonly OrderWithoutFee[]> {
    const orders = [...this.futuOrders.values()].filter((order) =>
      order.account === account && (order.filledQuantity ?? 0) > 0 &&
      !((this.futuFees.get(`${account} ${order.orderId}`)?.updatedAt ?? -Infinity) >= order.updatedAt)
    );
    return Promise.resolve(
      orders.map(({ orderId, instrument: { currency }, updatedAt }) => ({ orderId, currency, updatedAt })),
    );
  }

  syncStates(): Promise<readonly SyncStateRecord[]> {
    return Promise.resolve([...this.states.values()]);
  }

  syncWindows(key: SyncKey): Promise<readonly SyncWindowRecord[]> {
    const rows = [...this.windows.values()].filter((row) => keyText(row) === keyText(key));
    return Promise.resolve(rows.sort((a, b) => a.from - b.from));
  }

  watermark(account: string, dataType = "flex-web"): number | null {
    return this.states.get(keyText({ broker: "IB", account, dataType, market: "ALL" }))?.watermark ?? null;
  }

  window(account: string, date: string, dataType = "flex-web"): SyncWindowRecord | null {
    const key = keyText({ broker: "IB", account, dataType, market: "ALL" });
    return this.windows.get(`${key} ${dayStart(dayNumber(date))}`) ?? null;
  }
}

function keyText({ broker, account, dataType, market }: SyncKey): string {
  return `${broker} ${account} ${dataType} ${market}`;
}

/** A statement service that has some fills and may fail where the test says. */
export class FakeStatements implements BackfillSource {
  readonly broker = "IB";
  readonly title: string = "statements";
  readonly dataType: string = "flex-web";
  readonly continues: readonly string[] = [];
  accounts: readonly string[] = ["DU1", "DU2"];
  book: StoredBook = "real";
  fills: readonly PastFill[] = [];
  /** Items of a piece. */
  pieceRows = 7;
  /** Called before each piece of a window, counted from 0: throw, and it breaks off there. */
  beforePiece: (window: BackfillWindow, piece: number) => void = () => {};
  /** What the statement says it covers; the window asked for unless changed. */
  covered = (window: BackfillWindow) => ({ from: window.from, to: window.to });
  extra: readonly PastItem[] = [];
  readonly asked: string[] = [];

  async plan(range: BackfillRange, known: Parameters<BackfillSource["plan"]>[1]) {
    const recorded = await known.windows(known.scope, this.dataType);
    const state = await known.state(known.scope, this.dataType);
    const { spans, skipped } = statementWindows(range, recorded, state?.watermark ?? null);
    const windows = spans.map((span) => ({ title: titleOf(span), dataType: this.dataType, ...span }));
    return { windows, skipped, remarks: [] };
  }

  async *read(window: BackfillWindow): AsyncGenerator<PastItem> {
    this.asked.push(window.title);
    await Promise.resolve();
    yield { kind: "book", book: this.book };
    for (const account of this.accounts) yield { kind: "covers", account, ...this.covered(window) };
    yield* this.extra;
    const within = this.fills.filter(({ execution: { executedAt } }) =>
      executedAt >= window.from && executedAt < window.to
    );
    for (let piece = 0; piece * this.pieceRows <= within.length; piece++) {
      this.beforePiece(window, piece);
      const fills = within.slice(piece * this.pieceRows, (piece + 1) * this.pieceRows);
      yield { kind: "fills", fills };
    }
  }
}

function titleOf({ from, to }: { from: number; to: number }): string {
  const text = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
  return `${text(brokerDay(from))} to ${text(brokerDay(to) - 1)}`;
}

/** One fill of an account on each day from the first to the last. */
export function dailyFills(account: string, first: string, last: string): PastFill[] {
  const fills: PastFill[] = [];
  for (let day = dayNumber(first); day <= dayNumber(last); day++) {
    const execId = `${account}.${day}.01`;
    fills.push({
      execution: execution(execId, { account, executedAt: dayStart(day) + 10.5 * 3_600_000, origin: "STATEMENT" }),
      commission: commission(execId, { account, origin: "STATEMENT" }),
    });
  }
  return fills;
}

export interface Backfilled {
  readonly report: BackfillReport;
  readonly ends: readonly WindowEnd[];
}

export async function backfilled(
  sources: readonly BackfillSource[],
  store: MemoryStore,
  options: Partial<BackfillRange> & { account?: string | null; dryRun?: boolean; signal?: AbortSignal } = {},
): Promise<Backfilled> {
  const { account = null, dryRun = false, signal = new AbortController().signal, ...changes } = options;
  const range: BackfillRange = { from: null, to: null, days: 30, now: NOW, force: false, ...changes };
  const isAsked = range.from !== null || range.to !== null;
  const ends: WindowEnd[] = [];
  const job: BackfillJob = {
    sources,
    store: dryRun ? null : store,
    known: knownIn(store, account),
    storedBook: store.book,
    account,
    range,
    asked: isAsked
      ? { from: dayStart(dayNumber(range.from ?? "2026-01-01")), to: dayStart(dayNumber(range.to ?? "2026-11-30") + 1) }
      : null,
    clock: hurriedClock(range.now),
    log: { write() {} },
    listener: { onProgress() {}, onWindow: (end) => ends.push(end), onAccounts() {} },
    signal,
  };
  return { report: await runBackfill(job), ends };
}

/** Waits are over at once. */
export function hurriedClock(start: number): Clock {
  let elapsed = 0;
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after(ms, call) {
      let isCancelled = false;
      queueMicrotask(() => {
        elapsed += ms;
        if (!isCancelled) call();
      });
      return () => isCancelled = true;
    },
  };
}
