/** What the calendar says of every registered contract at this moment: its session, days to expiry, expiry bucket. */
import { type Exchange, exchangeOf } from "../calendar/exchange.ts";
import { daysToExpiry as calendarDays, expiryTime } from "../calendar/expiry.ts";
import {
  localDate,
  previousSession,
  sessionDate,
  sessionStart,
  type SessionState,
  sessionState,
} from "../calendar/session.ts";
import type { InstrumentIndex } from "../event.ts";
import type { InstrumentRegistry } from "../instrument_registry.ts";
import type { SessionClock } from "../position_book.ts";
import { expiryBucket } from "../risk/expiry_buckets.ts";
import type { ExpiryBucket } from "../risk/snapshot.ts";
import type { EpochMs, IsoDate } from "../time.ts";

interface ExchangeNow {
  readonly localDate: IsoDate;
  /** Null outside the dates that the calendar covers. */
  readonly session: IsoDate | null;
  readonly start: EpochMs | null;
  readonly previous: IsoDate | null;
  readonly phase: SessionState;
  readonly changesAt: EpochMs | null;
}

interface Terms {
  readonly exchange: Exchange | null;
  readonly expiresAt: EpochMs;
}

export class ContractCalendar implements SessionClock {
  readonly #registry: InstrumentRegistry;
  readonly #now = new Map<Exchange, ExchangeNow>();
  #terms: Terms[] = [];
  #revision = -1;
  #at: EpochMs = 0;

  constructor(registry: InstrumentRegistry) {
    this.#registry = registry;
  }

  /** Moves to `at`. Everything asked afterwards is as of then. */
  update(at: EpochMs): void {
    // A session's state is asked for many times a turn and changes by the minute.
    if (Math.floor(at / 1000) !== Math.floor(this.#at / 1000)) this.#now.clear();
    this.#at = at;
    this.refresh();
  }

  /** Takes up contracts that were added or changed since. */
  refresh(): void {
    this.#refreshTerms();
  }

  exchange(instrument: InstrumentIndex): Exchange | null {
    return this.#termsOf(instrument).exchange;
  }

  /** The running (or, between sessions, the last) session's date; null when the exchange is not known. */
  sessionDate(instrument: InstrumentIndex): IsoDate | null {
    return this.#exchangeNow(instrument)?.session ?? null;
  }

  /** Minus infinity when the exchange or its session is not known: nothing is then known to be complete. */
  sessionStart(instrument: InstrumentIndex): EpochMs {
    return this.#exchangeNow(instrument)?.start ?? Number.NEGATIVE_INFINITY;
  }

  previousSession(instrument: InstrumentIndex): IsoDate | null {
    return this.#exchangeNow(instrument)?.previous ?? null;
  }

  /** The session that a close received at `at` belongs to: the last one completed by then. */
  sessionClosedBefore(instrument: InstrumentIndex, at: EpochMs): IsoDate | null {
    const { exchange } = this.#termsOf(instrument);
    if (exchange === null) return null;
    const session = sessionDate(exchange, at);
    return session === null ? null : previousSession(exchange, session);
  }

  phase(instrument: InstrumentIndex): SessionState {
    return this.#exchangeNow(instrument)?.phase ?? "unknown";
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
    const { expiry } = this.#registry.at(instrument);
    if (expiry === null) return null;
    const exchange = this.#termsOf(instrument).exchange ?? "NYSE";
    const today = this.#of(exchange).localDate;
    return today === expiry ? 0 : calendarDays(exchange, expiry, this.#at);
  }

  isExpired(instrument: InstrumentIndex): boolean {
    return this.#at >= this.#termsOf(instrument).expiresAt;
  }

  bucket(instrument: InstrumentIndex): ExpiryBucket {
    return expiryBucket(this.daysToExpiry(instrument), this.isExpired(instrument));
  }

  #exchangeNow(instrument: InstrumentIndex): ExchangeNow | null {
    const { exchange } = this.#termsOf(instrument);
    return exchange === null ? null : this.#of(exchange);
  }

  #of(exchange: Exchange): ExchangeNow {
    let now = this.#now.get(exchange);
    if (now === undefined) {
      const session = sessionDate(exchange, this.#at);
      const { state, changesAt } = sessionState(exchange, this.#at);
      now = {
        localDate: localDate(exchange, this.#at),
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

  #termsOf(instrument: InstrumentIndex): Terms {
    if (this.#terms[instrument] === undefined) this.#refreshTerms();
    const terms = this.#terms[instrument];
    if (terms === undefined) throw new RangeError(`Cannot date instrument ${instrument}: it is not registered`);
    return terms;
  }

  #refreshTerms(): void {
    if (this.#revision === this.#registry.revision) return;
    this.#revision = this.#registry.revision;
    this.#terms = this.#registry.all().map((instrument) => {
      const exchange = exchangeOf(instrument);
      const expiresAt = instrument.expiry === null
        ? Number.POSITIVE_INFINITY
        : expiryTime(instrument, exchange ?? "NYSE") ?? Number.POSITIVE_INFINITY;
      return { exchange, expiresAt };
    });
  }
}
