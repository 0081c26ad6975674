/** The store as the other isolate sees it: every call goes to the worker that keeps it. */
import {
  type DateRange,
  type Store,
  type StoreBatch,
  StoreFault,
  type TimeRange,
} from "../../../application/ports/store.ts";
import type { Fill, StoredBook, SyncKey } from "../../../application/ports/store_records.ts";
import type { EpochMs } from "../../../domain/time.ts";
import type { Question } from "./messages.ts";
import { WorkerCalls, type WorkerCallsPorts } from "./worker_calls.ts";

type Answer<Method extends Question> = Awaited<ReturnType<Store[Method]>>;

export class StoreClient implements Store {
  readonly #calls: WorkerCalls;
  #closing: Promise<void> | null = null;

  /** @param description until the worker has opened it */
  constructor(description: string, ports: WorkerCallsPorts) {
    this.#calls = new WorkerCalls(description, ports);
  }

  get description(): string {
    return this.#calls.description;
  }

  async write(batch: StoreBatch): Promise<void> {
    await this.#ask("write", batch);
  }

  async storedBook() {
    return await this.#ask("storedBook");
  }

  async claim(book: StoredBook): Promise<void> {
    await this.#ask("claim", book);
    this.#calls.book = book;
  }

  async lastPositions(since: EpochMs, until?: EpochMs) {
    return await this.#ask("lastPositions", since, until);
  }

  async lastAccounts(since: EpochMs) {
    return await this.#ask("lastAccounts", since);
  }

  async lastRisk(since: EpochMs) {
    return await this.#ask("lastRisk", since);
  }

  async openBreaches() {
    return await this.#ask("openBreaches");
  }

  async trailingPeaks() {
    return await this.#ask("trailingPeaks");
  }

  async activeSignals() {
    return await this.#ask("activeSignals");
  }

  /** The worker reads a page when this one is asked for: what nobody takes fills no memory. */
  async *fills(range: TimeRange): AsyncIterable<readonly Fill[]> {
    this.#requireOpen();
    const id = this.#calls.newId();
    let args: [TimeRange] | null = [range];
    try {
      for (;;) {
        const page = await this.#calls.ask({ kind: "page", args }, id) as readonly Fill[] | null;
        if (page === null) return;
        args = null;
        yield page;
      }
    } finally {
      this.#calls.tell({ kind: "enough", id });
    }
  }

  async futuOrdersWithoutFees(account: string) {
    return await this.#ask("futuOrdersWithoutFees", account);
  }

  async breaches(range: TimeRange) {
    return await this.#ask("breaches", range);
  }

  async dailyPnl(range: DateRange) {
    return await this.#ask("dailyPnl", range);
  }

  async positionChanges(range: TimeRange) {
    return await this.#ask("positionChanges", range);
  }

  async riskSeries(range: TimeRange) {
    return await this.#ask("riskSeries", range);
  }

  async syncStates() {
    return await this.#ask("syncStates");
  }

  async syncWindows(key: SyncKey) {
    return await this.#ask("syncWindows", key);
  }

  async prune(before: EpochMs, most: number): Promise<number> {
    return await this.#ask("prune", before, most);
  }

  /** Also when the worker is stuck: then within the limit of a call, or until `end`. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends the worker as it is: what is under way is waited for no longer, and rejected. */
  end(): void {
    this.#closing ??= Promise.resolve();
    this.#calls.end();
  }

  async #close(): Promise<void> {
    try {
      if (this.#calls.started) await this.#calls.ask({ kind: "close" });
    } finally {
      this.#calls.end();
    }
  }

  async #ask<Method extends Question>(method: Method, ...args: Parameters<Store[Method]>): Promise<Answer<Method>> {
    this.#requireOpen();
    return await this.#calls.ask({ kind: "ask", method, args }) as Answer<Method>;
  }

  #requireOpen(): void {
    if (this.#closing !== null) throw new StoreFault("away", `Cannot use ${this.description}: it was closed`);
  }
}
