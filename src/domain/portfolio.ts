/**
 * The state that everything is computed from, and how events and ticks change it.
 *
 * The same events in the same order give the same state to the last digit: nothing in here reads a clock.
 */
import { AccountBook } from "./account_book.ts";
import {
  type BookEvent,
  type InstrumentIndex,
  type LinkStatus,
  type QuoteField,
  type QuoteTicks,
  QUOTING_BROKER,
  type Source,
} from "./event.ts";
import { InstrumentRegistry } from "./instrument_registry.ts";
import { ComputedBetas } from "./market/computed_betas.ts";
import { ContractCalendar } from "./market/contract_calendar.ts";
import { FxRates } from "./market/fx_rates.ts";
import { QuoteTable } from "./market/quote_table.ts";
import { PositionBook } from "./position_book.ts";
import type { BrokerMark, StoredPrice } from "./risk/instrument_valuation.ts";
import type { EpochMs } from "./time.ts";

export interface LinkView {
  readonly status: LinkStatus;
  readonly detail: string;
  readonly since: EpochMs;
}

export interface FarmView {
  readonly status: "up" | "idle" | "down";
  readonly since: EpochMs;
}

export type WorkingOrder = Extract<BookEvent, { kind: "order" }>;

/** Orders that work no longer and need not be shown. */
const FINISHED = new Set(["Filled", "Cancelled", "ApiCancelled", "Inactive"]);

export class Portfolio implements QuoteTicks {
  readonly calendar: ContractCalendar;
  readonly quotes = new QuoteTable();
  readonly fx = new FxRates();
  readonly positions: PositionBook;
  readonly accounts = new AccountBook();
  /** Prices of holdings from the account updates of the broker that quotes. */
  readonly brokerMarks = new Map<InstrumentIndex, BrokerMark>();
  /** Prices from the lists of positions of the other broker: what it held at its last complete download. */
  readonly delayedMarks = new Map<InstrumentIndex, BrokerMark>();
  /** What an earlier run stored of prices. */
  readonly storedPrices = new Map<InstrumentIndex, StoredPrice>();
  readonly underlyings = new Map<InstrumentIndex, InstrumentIndex>();
  /** Options whose underlying stands in for the future that they settle to. */
  readonly onStandIn = new Set<InstrumentIndex>();
  readonly betas = new ComputedBetas();
  readonly links = new Map<Source, LinkView>();
  readonly farms = new Map<string, FarmView>();
  readonly orders = new Map<string, WorkingOrder>();
  readonly simulatedSources = new Set<Source>();
  /** Sources that hold part of the book: before each was read completely once, or the start is over, no total is known. */
  readonly expectedSources = new Set<Source>();
  /** What was not read by now is not waited for any longer: totals are made of the rest, and say so. */
  startOver = false;

  constructor(readonly registry = new InstrumentRegistry()) {
    this.calendar = new ContractCalendar(registry);
    this.positions = new PositionBook(this.calendar);
  }

  /** Brings the calendar to `now` and rolls what is in a new session. Once a turn, before its events. */
  moveTo(now: EpochMs): void {
    this.calendar.update(now);
    this.positions.roll(now);
  }

  /**
   * Every expected source was read completely at least once; after the start, at least one of them. A book that was not read is
   * not flat.
   */
  get bookKnown(): boolean {
    return this.#isThere((source) => this.positions.downloads(source) > 0);
  }

  /**
   * There is a book to add up: of every expected source, or after the start of at least one, the one that it reported, or else
   * the one that an earlier run stored, which is shown as stale.
   */
  get bookShown(): boolean {
    return this.#isThere((source) => this.#hasBook(source));
  }

  /** Expected sources of which there is no book, reported or stored: what the totals of a shown book leave out. */
  get unreadSources(): readonly Source[] {
    return [...this.expectedSources].filter((source) => !this.#hasBook(source));
  }

  #isThere(isRead: (source: Source) => boolean): boolean {
    const sources = [...this.expectedSources];
    return sources.every(isRead) || (this.startOver && sources.some(isRead));
  }

  #hasBook(source: Source): boolean {
    return this.positions.downloads(source) > 0 || this.positions.hasRestored(source);
  }

  /**
   * Nothing is heard of the source: what it said is of before. A link that is only degraded marks what it concerns itself, and
   * a file kept by hand has none.
   */
  isAway(source: Source): boolean {
    const status = this.links.get(source)?.status;
    return source !== "MANUAL" && (status === "down" || status === "connecting");
  }

  /** Forgets all that an earlier run stored of a source. */
  dropRestored(source: Source): void {
    this.positions.dropRestored(source);
    this.accounts.dropRestored(source, []);
    this.storedPrices.clear();
  }

  tick(instrument: InstrumentIndex, field: QuoteField, value: number, at: EpochMs): void {
    this.quotes.tick(instrument, field, value, at);
  }

  brokerTime(instrument: InstrumentIndex, time: EpochMs): void {
    this.quotes.brokerTime(instrument, time);
  }

  apply(event: BookEvent): void {
    switch (event.kind) {
      case "positions":
        // Accounts that the broker reports no more are not shown as they were stored.
        this.accounts.dropRestored(event.source, event.accounts);
        if (event.source === "FUTU") this.#keepDelayedMarks(event.rows.map(({ instrument }) => instrument));
        return this.positions.apply(event);
      case "position":
      case "positions-failed":
      case "execution":
      case "commission":
      case "executions-complete":
      case "leaf-pnl":
        return this.positions.apply(event);
      case "account":
      case "cash":
      case "account-pnl":
        return this.accounts.apply(event);
      case "fx":
        return this.fx.set(event.currency, event.base, event.rate, event.at);
      case "broker-mark": {
        const marks = event.source === QUOTING_BROKER ? this.brokerMarks : this.delayedMarks;
        marks.set(event.instrument, { price: event.price, at: event.at });
        return;
      }
      case "line":
        return this.quotes.setLine(event.instrument, event.status, event.detail, event.at);
      case "market-data-type":
        return this.quotes.setDataType(event.instrument, event.type);
      case "link": {
        this.positions.apply(event);
        const { source, status, detail, at } = event;
        const since = this.links.get(source)?.status === status ? this.links.get(source)!.since : at;
        this.links.set(source, { status, detail, since });
        return;
      }
      case "farm": {
        const since = this.farms.get(event.name)?.status === event.status
          ? this.farms.get(event.name)!.since
          : event.at;
        this.farms.set(event.name, { status: event.status, since });
        return;
      }
      case "order":
        if (FINISHED.has(event.status)) this.orders.delete(`${event.source}|${event.orderId}`);
        else this.orders.set(`${event.source}|${event.orderId}`, event);
        return;
      case "underlying":
        this.underlyings.set(event.instrument, event.underlying);
        if (event.standsIn === true) this.onStandIn.add(event.instrument);
        else this.onStandIn.delete(event.instrument);
        return;
      case "beta":
        return this.betas.set(event.underlying, event.estimate, event.obstacle);
      case "simulated":
        this.simulatedSources.add(event.source);
        return;
      case "instrument":
        this.registry.replace(event.instrument, event.fields);
        return;
    }
  }

  /** The price of what is not held any more is not told any more. */
  #keepDelayedMarks(held: readonly InstrumentIndex[]): void {
    const kept = new Set(held);
    for (const instrument of this.delayedMarks.keys()) if (!kept.has(instrument)) this.delayedMarks.delete(instrument);
  }
}
