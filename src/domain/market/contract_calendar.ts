/** What the calendar says of every registered contract at this moment: its session, days to expiry, expiry bucket. */
import { type DayNumber, dayNumber } from "../calendar/date.ts";
import { type Exchange, exchangeOf, tradesOutsideRegularHours } from "../calendar/exchange.ts";
import { expiryTime } from "../calendar/expiry.ts";
import {
  localDate,
  previousSession,
  sessionDate,
  sessionStart,
  type SessionState,
  sessionState,
} from "../calendar/session.ts";
import type { InstrumentIndex } from "../event.ts";
import type { Instrument } from "../instrument.ts";
import type { InstrumentRegistry } from "../instrument_registry.ts";
import type { SessionClock } from "../position_book.ts";
import { expiryBucket } from "../risk/expiry_buckets.ts";
import type { ExpiryBucket } from "../risk/snapshot.ts";
import type { EpochMs, IsoDate } from "../time.ts";

interface ExchangeNow {
  readonly localDay: DayNumber;
  /** Null outside the dates that the calendar covers. */
  readonly session: IsoDate | null;
  readonly start: EpochMs | null;
  readonly previous: IsoDate | null;
  readonly phase: SessionState;
  readonly changesAt: EpochMs | null;
}

/** What follows from a contract's fields alone. */
interface Terms {
  readonly fields: Instrument;
  readonly exchange: Exchange | null;
  readonly extendedHours: boolean;
  readonly expiryDay: DayNumber | null;
  readonly expiresAt: EpochMs;
}

/** Whose days count where the exchange is not known. */
const DEFAULT_EXCHANGE: Exchange = "NYSE";

export class ContractCalendar implements SessionClock {
  readonly #registry: InstrumentRegistry;
  readonly #now = new Map<Exchange, ExchangeNow>();
  readonly #terms: Terms[] = [];
  #at: EpochMs = 0;

  constructor(registry: InstrumentRegistry) {
    this.#registry = registry;
  }

  /** Moves to `at`. Everything asked afterwards is as of then. */
  update(at: EpochMs): void {
    // A session's state is asked for many times a turn and changes by the minute.
    if (Math.floor(at / 1000) !== Math.floor(this.#at / 1000)) this.#now.clear();
    this.#at = at;
  }

  exchange(instrument: InstrumentIndex): Exchange | null {
    return this.#termsOf(instrument).exchange;
  }

  hasSessions(instrument: InstrumentIndex): boolean {
    const { exchange } = this.#termsOf(instrument);
    return exchange !== null && this.#of(exchange).session !== null;
  }

  /**
   * The running (or, between sessions, the last) session's date; New York's when the exchange is not known; null outside the
   * dates that the calendar covers.
   */
  sessionDate(instrument: InstrumentIndex): IsoDate | null {
    return this.#nowAt(instrument).session;
  }

  /** Minus infinity outside the dates that the calendar covers. */
  sessionStart(instrument: InstrumentIndex): EpochMs {
    return this.#nowAt(instrument).start ?? Number.NEGATIVE_INFINITY;
  }

  /** Null when the exchange is not known: no close is then known to be the right one. */
  previousSession(instrument: InstrumentIndex): IsoDate | null {
    const { exchange } = this.#termsOf(instrument);
    return exchange === null ? null : this.#of(exchange).previous;
  }

  /** The session that a close received at `at` belongs to: the last one completed by then. */
  sessionClosedBefore(instrument: InstrumentIndex, at: EpochMs): IsoDate | null {
    const { exchange } = this.#termsOf(instrument);
    if (exchange === null) return null;
    const { start, previous } = this.#of(exchange);
    if (start !== null && at >= start && at <= this.#at) return previous;
    const session = sessionDate(exchange, at);
    return session === null ? null : previousSession(exchange, session);
  }

  phase(instrument: InstrumentIndex): SessionState {
    const { exchange } = this.#termsOf(instrument);
    return exchange === null ? "unknown" : this.#of(exchange).phase;
  }

  /** The contract can trade now, also outside regular hours where it does; an unknown session counts as one. */
  isTrading(instrument: InstrumentIndex): boolean {
    const phase = this.phase(instrument);
    if (phase === "pre" || phase === "post") return this.#termsOf(instrument).extendedHours;
    return phase !== "closed";
  }

  /** The session that runs at the exchange now. */
  sessionOf(exchange: Exchange): IsoDate | null {
    return this.#of(exchange).session;
  }

  phaseOf(exchange: Exchange): { phase: SessionState; changesAt: EpochMs | null } {
    const { phase, changesAt } = this.#of(exchange);
    return { phase, changesAt };
  }

  /** Calendar days in the exchange's zone (New York's when the exchange is not known); null for what never expires. */
  daysToExpiry(instrument: InstrumentIndex): number | null {
    const { expiryDay } = this.#termsOf(instrument);
    return expiryDay === null ? null : expiryDay - this.#nowAt(instrument).localDay;
  }

  isExpired(instrument: InstrumentIndex): boolean {
    return this.#at >= this.#termsOf(instrument).expiresAt;
  }

  bucket(instrument: InstrumentIndex): ExpiryBucket {
    return expiryBucket(this.daysToExpiry(instrument), this.isExpired(instrument));
  }

  #nowAt(instrument: InstrumentIndex): ExchangeNow {
    return this.#of(this.#termsOf(instrument).exchange ?? DEFAULT_EXCHANGE);
  }

  #of(exchange: Exchange): ExchangeNow {
    let now = this.#now.get(exchange);
    if (now === undefined) {
      const session = sessionDate(exchange, this.#at);
      const { state, changesAt } = sessionState(exchange, this.#at);
      now = {
        localDay: dayNumber(localDate(exchange, this.#at)),
        session,
        start: session === null ? null : sessionStart(exchange, session),
        previous: session === null ? null : previousSession(exchange, session),
        phase: state,
        changesAt,
      };
      this.#now.set(exchange, now);
    }
    return now;
  }

  /** Made when first asked for, and anew once the contract's fields are replaced. */
  #termsOf(instrument: InstrumentIndex): Terms {
    const fields = this.#registry.at(instrument);
    let terms = this.#terms[instrument];
    if (terms === undefined || terms.fields !== fields) this.#terms[instrument] = terms = termsOf(fields);
    return terms;
  }
}

function termsOf(fields: Instrument): Terms {
  const exchange = exchangeOf(fields);
  const extendedHours = tradesOutsideRegularHours(fields);
  if (fields.expiry === null) {
    return { fields, exchange, extendedHours, expiryDay: null, expiresAt: Number.POSITIVE_INFINITY };
  }
  const expiresAt = expiryTime(fields, exchange ?? DEFAULT_EXCHANGE) ?? Number.POSITIVE_INFINITY;
  return { fields, exchange, extendedHours, expiryDay: dayNumber(fields.expiry), expiresAt };
}
