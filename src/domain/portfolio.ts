/**
 * The state that everything is computed from, and how events and ticks change it.
 *
 * The same events in the same order give the same state to the last digit: nothing in here reads a clock.
 */
import { AccountBook } from "./account_book.ts";
import type { BookEvent, InstrumentIndex, LinkStatus, QuoteField, QuoteTicks, Source } from "./event.ts";
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
  readonly brokerMarks = new Map<InstrumentIndex, BrokerMark>();
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
  /** Sources that hold part of the book: before each was read completely once, no total is known. */
  readonly expectedSources = new Set<Source>();

  constructor(readonly registry = new InstrumentRegistry()) {
    this.calendar = new ContractCalendar(registry);
    this.positions = new PositionBook(this.calendar);
  }

  /** Brings the calendar to `now` and rolls what is in a new session. Once a turn, before its events. */
  moveTo(now: EpochMs): void {
    this.calendar.update(now);
    this.positions.roll(now);
  }

  /** Every expected source was read completely at least once. A book that was not read is not flat. */
  get bookKnown(): boolean {
    for (const source of this.expectedSources) if (this.positions.downloads(source) === 0) return false;
    return true;
  }

  /**
   * There is a book to add up: of every expected source the one that it reported, or else the one that an earlier run stored,
   * which is shown as stale.
   */
  get bookShown(): boolean {
    for (const source of this.expectedSources) {
      if (this.positions.downloads(source) === 0 && !this.positions.hasRestored(source)) return false;
    }
    return true;
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
      case "broker-mark":
        this.brokerMarks.set(event.instrument, { price: event.price, at: event.at });
        return;
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
}
