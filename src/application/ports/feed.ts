/** How sources hand over what they decoded. */
import type { BookEvent, InstrumentIndex, QuoteTicks } from "../../domain/event.ts";
import type { Instrument } from "../../domain/instrument.ts";

/**
 * Where sources put events and ticks. Never blocks and never calls back into the source. Events keep their order;
 * ticks are conflated per instrument.
 */
export interface FeedSink extends QuoteTicks {
  /** The index of a contract, made on first sight. The same key gives the same index for the life of the program. */
  instrument(instrument: Instrument): InstrumentIndex;
  /** Adds an event. `urgent` asks for a turn before the cadence is over (fills, link changes). */
  push(event: BookEvent, urgent?: boolean): void;
}

/** A running source: a broker's adapter, the manual file, a replay. */
export interface Feed {
  /** Starts and keeps going until stopped; trouble becomes events, never a rejection. */
  start(): void;
  /** Ends connections and timers. Resolves when nothing more will be pushed. */
  stop(): Promise<void>;
}

/** What the monitor tells a broker's adapter about what matters, so that lines go to the largest exposures first. */
export interface LinePriorities {
  /** Instruments that should have a line, most important first (all holdings, underlyings and fx pairs included). */
  readonly instruments: readonly InstrumentIndex[];
  /** What the accounts of all brokers are kept in and hold cash in: their rates need lines too. */
  readonly currencies: readonly string[];
}

export interface MarketDataFeed extends Feed {
  prioritise(priorities: LinePriorities): void;
  /**
   * Asks anew for the quotes of one contract, because a person wants it so; its last values stay meanwhile. Within the
   * broker's pace, whatever was refused before.
   */
  resubscribe(instrument: InstrumentIndex): FeedAnswer;
  /** Ends the connection and makes a new one, or does not wait any longer for the next try. */
  reconnect(): FeedAnswer;
}

/** What came of asking, in words that a screen can show: `quotes asked for anew`, `not connected`. */
export interface FeedAnswer {
  readonly done: boolean;
  readonly words: string;
}
