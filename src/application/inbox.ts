/**
 * What arrived since the last turn.
 *
 * Ticks are conflated per instrument and field, newest wins, in columns that are written without allocating. Of bid, ask
 * and last the one before the newest is kept too: only it can confirm a price that jumped. Events keep their order. Figures that only their newest value matters of (broker P&L, cash, rates) are conflated too;
 * fills, positions and link changes never are. So what piles up is bounded by what can be held, and by `bound` fills and
 * position changes, at which a turn is asked for at once.
 */
import { type BookEvent, type InstrumentIndex, QUOTE_FIELDS, QuoteField, type QuoteTicks } from "../domain/event.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { InstrumentRegistry } from "../domain/instrument_registry.ts";
import type { EpochMs } from "../domain/time.ts";
import type { FeedSink } from "./ports/feed.ts";

/** Takes a batch in: the portfolio. */
export interface InboxTarget extends QuoteTicks {
  apply(event: BookEvent): void;
  /** Of bid, ask and last: the tick before the newest, handed over ahead of it. Who watches for jumps needs both. */
  earlierTick?(instrument: InstrumentIndex, field: QuoteField, value: number, at: EpochMs): void;
}

/** Bid, ask and last, the first columns. */
const CONFIRMED_FIELDS = QuoteField.last + 1;

export class Inbox implements FeedSink {
  readonly #registry: InstrumentRegistry;
  readonly #bound: number;
  #events: (BookEvent | null)[] = [];
  readonly #newest = new Map<string, number>();
  #values = new Float64Array(0);
  /** Of each value: the age of a price is not that of a greek. */
  #at = new Float64Array(0);
  /** The field that came last, and the last that was a price. */
  #newestField = new Uint8Array(0);
  #newestPrice = new Uint8Array(0);
  #brokerTimes = new Float64Array(0);
  /** One bit a field that has a new value. */
  #changed = new Uint16Array(0);
  /** Of bid, ask and last the tick before the newest, its time, and one bit for each that there is. */
  #before = new Float64Array(0);
  #beforeAt = new Float64Array(0);
  #hasBefore = new Uint8Array(0);
  #dirty: InstrumentIndex[] = [];
  #wake: (() => void) | null = null;
  /** Ticks and figures that a newer one replaced before a turn took them. */
  conflated = 0;
  /** Ticks received. */
  ticks = 0;

  constructor(registry: InstrumentRegistry, bound: number) {
    this.#registry = registry;
    this.#bound = bound;
  }

  /** Called when something should not wait for the cadence. */
  onUrgent(wake: () => void): void {
    this.#wake = wake;
  }

  /** Events waiting. */
  get waiting(): number {
    return this.#events.length;
  }

  instrument(instrument: Instrument): InstrumentIndex {
    return this.#registry.add(instrument);
  }

  push(event: BookEvent, urgent = false): void {
    const key = conflationKey(event);
    if (key !== null) {
      const before = this.#newest.get(key);
      if (before !== undefined) {
        this.#events[before] = null;
        this.conflated++;
      }
      this.#newest.set(key, this.#events.length);
    }
    this.#events.push(event);
    if (urgent || this.#events.length >= this.#bound) this.#wake?.();
  }

  tick(instrument: InstrumentIndex, field: QuoteField, value: number, at: EpochMs): void {
    if (instrument >= this.#changed.length) this.#reserve(instrument + 1);
    const bit = 1 << field;
    const changed = this.#changed[instrument]!;
    if (changed === 0) this.#dirty.push(instrument);
    const cell = instrument * QUOTE_FIELDS + field;
    if ((changed & bit) !== 0) {
      this.conflated++;
      if (field < CONFIRMED_FIELDS) this.#keepBefore(instrument, field, this.#values[cell]!, this.#at[cell]!);
    }
    this.#changed[instrument] = changed | bit;
    this.#values[cell] = value;
    this.#at[cell] = at;
    this.#newestField[instrument] = field;
    if (field <= QuoteField.last) this.#newestPrice[instrument] = field;
    this.ticks++;
  }

  #keepBefore(instrument: InstrumentIndex, field: QuoteField, value: number, at: EpochMs): void {
    const cell = instrument * CONFIRMED_FIELDS + field;
    this.#before[cell] = value;
    this.#beforeAt[cell] = at;
    this.#hasBefore[instrument] = this.#hasBefore[instrument]! | 1 << field;
  }

  brokerTime(instrument: InstrumentIndex, time: EpochMs): void {
    if (instrument >= this.#changed.length) this.#reserve(instrument + 1);
    this.#brokerTimes[instrument] = time;
  }

  /** Hands everything over, events first, and is empty again. */
  drainTo(target: InboxTarget): void {
    const events = this.#events;
    this.#events = [];
    this.#newest.clear();
    for (const event of events) if (event !== null) target.apply(event);
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const instrument of dirty) {
      this.#drainQuote(instrument, target);
      const time = this.#brokerTimes[instrument]!;
      if (time !== 0) target.brokerTime(instrument, time);
    }
  }

  /** The newest field last, so that what is told of the line's age is as if every tick had been. */
  #drainQuote(instrument: InstrumentIndex, target: InboxTarget): void {
    const newest = this.#newestField[instrument]!;
    const price = this.#newestPrice[instrument]!;
    const changed = this.#changed[instrument]!;
    this.#changed[instrument] = 0;
    for (let field = 0; field < QUOTE_FIELDS; field++) {
      if ((changed & (1 << field)) !== 0 && field !== newest && field !== price) this.#hand(instrument, field, target);
    }
    if ((changed & (1 << price)) !== 0 && price !== newest) this.#hand(instrument, price, target);
    this.#hand(instrument, newest, target);
  }

  #hand(instrument: InstrumentIndex, field: QuoteField, target: InboxTarget): void {
    const before = this.#hasBefore[instrument]!;
    if ((before & (1 << field)) !== 0) {
      this.#hasBefore[instrument] = before & ~(1 << field);
      const earlier = instrument * CONFIRMED_FIELDS + field;
      target.earlierTick?.(instrument, field, this.#before[earlier]!, this.#beforeAt[earlier]!);
    }
    const cell = instrument * QUOTE_FIELDS + field;
    target.tick(instrument, field, this.#values[cell]!, this.#at[cell]!);
  }

  #reserve(instruments: number): void {
    const capacity = Math.max(64, instruments, this.#changed.length * 2);
    const values = new Float64Array(capacity * QUOTE_FIELDS);
    values.set(this.#values);
    this.#values = values;
    const at = new Float64Array(capacity * QUOTE_FIELDS);
    at.set(this.#at);
    this.#at = at;
    const newestField = new Uint8Array(capacity);
    newestField.set(this.#newestField);
    this.#newestField = newestField;
    const newestPrice = new Uint8Array(capacity);
    newestPrice.set(this.#newestPrice);
    this.#newestPrice = newestPrice;
    const brokerTimes = new Float64Array(capacity);
    brokerTimes.set(this.#brokerTimes);
    this.#brokerTimes = brokerTimes;
    const changed = new Uint16Array(capacity);
    changed.set(this.#changed);
    this.#changed = changed;
    const before = new Float64Array(capacity * CONFIRMED_FIELDS);
    before.set(this.#before);
    this.#before = before;
    const beforeAt = new Float64Array(capacity * CONFIRMED_FIELDS);
    beforeAt.set(this.#beforeAt);
    this.#beforeAt = beforeAt;
    const hasBefore = new Uint8Array(capacity);
    hasBefore.set(this.#hasBefore);
    this.#hasBefore = hasBefore;
  }
}

/** Events with the same key say the same thing anew; null for those that must all arrive. */
function conflationKey(event: BookEvent): string | null {
  switch (event.kind) {
    case "leaf-pnl":
      return `leaf ${event.source} ${event.account} ${event.instrument}`;
    case "account-pnl":
      return `pnl ${event.source} ${event.account}`;
    case "cash":
      return `cash ${event.source} ${event.account} ${event.currency}`;
    case "fx":
      return `fx ${event.currency} ${event.base}`;
    case "broker-mark":
      return `mark ${event.source} ${event.instrument}`;
    default:
      return null;
  }
}
