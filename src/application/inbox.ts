/**
 * What arrived since the last turn.
 *
 * Ticks are conflated per instrument and field, newest wins, in columns that are written without allocating. Events keep
 * their order. Figures that only their newest value matters of (broker P&L, account values, rates) are conflated too;
 * fills, positions and link changes never are. So what piles up is bounded by what can be held, and by `bound` fills and
 * position changes, at which a turn is asked for at once.
 */
import {
  type BookEvent,
  type InstrumentIndex,
  QUOTE_FIELDS,
  type QuoteField,
  type QuoteTicks,
} from "../domain/event.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { InstrumentRegistry } from "../domain/instrument_registry.ts";
import type { EpochMs } from "../domain/time.ts";
import type { FeedSink } from "./ports/feed.ts";

/** Takes a batch in: the portfolio. */
export interface InboxTarget extends QuoteTicks {
  apply(event: BookEvent): void;
}

export class Inbox implements FeedSink {
  readonly #registry: InstrumentRegistry;
  readonly #bound: number;
  #events: (BookEvent | null)[] = [];
  readonly #newest = new Map<string, number>();
  #values = new Float64Array(0);
  #at = new Float64Array(0);
  #brokerTimes = new Float64Array(0);
  /** One bit a field that has a new value. */
  #changed = new Uint16Array(0);
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
    else if ((changed & bit) !== 0) this.conflated++;
    this.#changed[instrument] = changed | bit;
    this.#values[instrument * QUOTE_FIELDS + field] = value;
    this.#at[instrument] = at;
    this.ticks++;
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
      const changed = this.#changed[instrument]!;
      this.#changed[instrument] = 0;
      const at = this.#at[instrument]!;
      for (let field = 0; field < QUOTE_FIELDS; field++) {
        if ((changed & (1 << field)) !== 0) {
          target.tick(instrument, field, this.#values[instrument * QUOTE_FIELDS + field]!, at);
        }
      }
      const time = this.#brokerTimes[instrument]!;
      if (time !== 0) target.brokerTime(instrument, time);
    }
  }

  #reserve(instruments: number): void {
    const capacity = Math.max(64, instruments, this.#changed.length * 2);
    const values = new Float64Array(capacity * QUOTE_FIELDS);
    values.set(this.#values);
    this.#values = values;
    const at = new Float64Array(capacity);
    at.set(this.#at);
    this.#at = at;
    const brokerTimes = new Float64Array(capacity);
    brokerTimes.set(this.#brokerTimes);
    this.#brokerTimes = brokerTimes;
    const changed = new Uint16Array(capacity);
    changed.set(this.#changed);
    this.#changed = changed;
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
      return `mark ${event.instrument}`;
    default:
      return null;
  }
}
