/** Round trips: a holding from nothing to nothing. */
import type { EpochMs } from "../time.ts";
import { fromUnits, magnitude, MONEY_PLACES, PRICE_PLACES, QUANTITY_PLACES } from "./exact.ts";

/** A trade as a trader counts it: from the fill that opened a holding to the one that brought it back to 0. */
export interface RoundTrip {
  readonly direction: "long" | "short";
  readonly openedAt: EpochMs;
  /** Null while it is still held. */
  readonly closedAt: EpochMs | null;
  /** Contracts or shares bought and sold again, or sold and bought back; above 0. */
  readonly closedQuantity: number;
  /** The most that was held at one time; above 0. */
  readonly mostHeld: number;
  /** Averages weighted by quantity, of all that was opened and closed; null while nothing was closed. */
  readonly averageOpenPrice: number;
  readonly averageClosePrice: number | null;
  /** Of what was closed: Σ quantity × multiplier × (close − open), in the instrument's currency. */
  readonly gross: number;
  /** Of what was closed; positive is paid. Null when one of its executions has no known commission. */
  readonly commissions: number | null;
  /** gross − commissions */
  readonly net: number | null;
  /** Fills that belong to it; one that turned the holding round belongs to both trips. */
  readonly executions: number;
}

/** What one fill closed of one lot, in exact units. */
export interface ClosedPart {
  readonly quantity: bigint;
  readonly closePrice: bigint;
  readonly gross: bigint;
  /** Null: not known. */
  readonly commissions: bigint | null;
}

/** Adds up one trip. Units are those of the matching; quantities here are above 0 but for the sign of the trip. */
export class TripTally {
  readonly #openedAt: EpochMs;
  readonly #isLong: boolean;
  #held = 0n;
  #most = 0n;
  #opened = 0n;
  #openValue = 0n;
  #closed = 0n;
  #closeValue = 0n;
  #gross = 0n;
  #commissions: bigint | null = 0n;
  #executions = 0;
  #last: string | null = null;

  constructor(openedAt: EpochMs, isLong: boolean) {
    this.#openedAt = openedAt;
    this.#isLong = isLong;
  }

  open(execId: string, quantity: bigint, price: bigint): void {
    const size = magnitude(quantity);
    this.#count(execId);
    this.#held += size;
    this.#opened += size;
    this.#openValue += size * price;
    if (this.#held > this.#most) this.#most = this.#held;
  }

  close(execId: string, part: ClosedPart): void {
    const size = magnitude(part.quantity);
    this.#count(execId);
    this.#held -= size;
    this.#closed += size;
    this.#closeValue += size * part.closePrice;
    this.#gross += part.gross;
    this.#commissions = this.#commissions === null || part.commissions === null
      ? null
      : this.#commissions + part.commissions;
  }

  trip(closedAt: EpochMs | null): RoundTrip {
    const commissions = this.#commissions;
    return {
      direction: this.#isLong ? "long" : "short",
      openedAt: this.#openedAt,
      closedAt,
      closedQuantity: fromUnits(this.#closed, QUANTITY_PLACES),
      mostHeld: fromUnits(this.#most, QUANTITY_PLACES),
      averageOpenPrice: average(this.#openValue, this.#opened),
      averageClosePrice: this.#closed === 0n ? null : average(this.#closeValue, this.#closed),
      gross: fromUnits(this.#gross, MONEY_PLACES),
      commissions: commissions === null ? null : fromUnits(commissions, MONEY_PLACES),
      net: commissions === null ? null : fromUnits(this.#gross - commissions, MONEY_PLACES),
      executions: this.#executions,
    };
  }

  /** A fill that closes several lots is one. */
  #count(execId: string): void {
    if (execId === this.#last) return;
    this.#last = execId;
    this.#executions++;
  }
}

function average(value: bigint, quantity: bigint): number {
  return fromUnits(value, QUANTITY_PLACES + PRICE_PLACES) / fromUnits(quantity, QUANTITY_PLACES);
}
