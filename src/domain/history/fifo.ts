/**
 * Realized profit by first in, first out: each fill that reduces a holding closes the oldest lots of it.
 *
 *   gross = quantity × multiplier × (closePrice − openPrice)
 *   net   = gross − the lot's share of both fills' commissions, by quantity
 *
 * Amounts are counted in exact units: Σ net of closed lots, less what is paid for the lots still open, is the cash that went
 * through the account, to the last digit. Corporate actions are not applied: what they change is another instrument.
 */
import type { EpochMs } from "../time.ts";
import { currentExecutions, inTime, type TimedExecution } from "./current_executions.ts";
import {
  fromUnits,
  magnitude,
  MONEY_PLACES,
  MULTIPLIER_PLACES,
  PRICE_PLACES,
  QUANTITY_PLACES,
  toUnits,
} from "./exact.ts";
import { type ClosedPart, type RoundTrip, TripTally } from "./round_trip.ts";

/** A fill of one account in one instrument. */
export interface FifoExecution extends TimedExecution {
  /** Signed: positive bought. 0 for one that the broker cancelled. */
  readonly quantity: number;
  /** Per unit, in the instrument's currency. */
  readonly price: number;
  /** In the instrument's currency, positive is paid. Null: not known, and then nothing net of it is known either. */
  readonly commission: number | null;
}

/** What one fill closed of what another had opened. */
export interface ClosedLot {
  readonly openedAt: EpochMs;
  readonly closedAt: EpochMs;
  readonly openExecId: string;
  readonly closeExecId: string;
  /** Positive: bought, then sold. Negative: sold short, then bought back. */
  readonly quantity: number;
  readonly openPrice: number;
  readonly closePrice: number;
  readonly gross: number;
  /** Shares of both fills' commissions; null when one of them is not known. */
  readonly commissions: number | null;
  readonly net: number | null;
}

/** What is still held of a fill. */
export interface OpenLot {
  readonly openedAt: EpochMs;
  readonly execId: string;
  /** Signed. */
  readonly quantity: number;
  readonly price: number;
  /** The share of the fill's commission that is left with it; null when it is not known. */
  readonly commission: number | null;
}

export interface RealizedTotals {
  readonly gross: number;
  /** Of the lots whose commissions are known. */
  readonly commissions: number;
  /** gross of all lots − commissions: too high where `withoutCommission` is above 0. */
  readonly net: number;
  /** Closed lots with a fill whose commission is not known. */
  readonly withoutCommission: number;
}

export interface FifoResult {
  readonly lots: readonly ClosedLot[];
  readonly openLots: readonly OpenLot[];
  readonly roundTrips: readonly RoundTrip[];
  /** The trip that the open lots belong to; null when nothing is held. */
  readonly openTrip: RoundTrip | null;
  readonly totals: RealizedTotals;
  /** Paid for fills that were cancelled: it belongs to no lot. */
  readonly cancelledCommissions: number;
}

/**
 * Matches all executions of one account and instrument, in whatever order they are given: corrections replace, time decides,
 * and at one time the execution id does.
 *
 * @throws {RangeError} for a number that is not finite, or a multiplier that is not above 0
 */
export function matchFifo(executions: Iterable<FifoExecution>, multiplier: number): FifoResult {
  const matcher = new FifoMatcher(multiplier);
  const lots: ClosedLot[] = [];
  for (const execution of currentExecutions(executions)) {
    for (const lot of matcher.add(execution)) lots.push(lot);
  }
  return { lots, ...matcher.standing() };
}

/** A fill that opened, in exact units. */
interface Lot {
  readonly execId: string;
  readonly at: EpochMs;
  readonly price: bigint;
  /** Signed, as it was opened. */
  readonly whole: bigint;
  readonly commission: bigint | null;
  left: bigint;
}

/** Matches fills one at a time, for histories too long to hold: it keeps the open lots and the finished trips alone. */
export class FifoMatcher {
  readonly #multiplier: bigint;
  #lots: Lot[] = [];
  /** The oldest lot that is open; those before it are closed and soon dropped. */
  #oldest = 0;
  #trip: TripTally | null = null;
  #trips: RoundTrip[] = [];
  #gross = 0n;
  #commissions = 0n;
  #withoutCommission = 0;
  #cancelled = 0n;
  #last: TimedExecution | null = null;

  constructor(multiplier: number) {
    if (!(multiplier > 0)) {
      throw new RangeError(`Cannot match fills with a multiplier of ${multiplier}: it must be above 0`);
    }
    this.#multiplier = toUnits(multiplier, MULTIPLIER_PLACES);
  }

  /**
   * What the fill closes, oldest first; the rest of it opens. Give only current revisions, in the order of `inTime`.
   *
   * @throws {RangeError} for a fill out of order, or a number that is not finite
   */
  add(execution: FifoExecution): ClosedLot[] {
    this.#requireOrder(execution);
    const quantity = toUnits(execution.quantity, QUANTITY_PLACES);
    const price = toUnits(execution.price, PRICE_PLACES);
    const commission = execution.commission === null ? null : toUnits(execution.commission, MONEY_PLACES);
    if (quantity === 0n) {
      this.#cancelled += commission ?? 0n;
      return [];
    }
    const { execId, at } = execution;
    const fill: Lot = { execId, at, price, whole: quantity, commission, left: quantity };
    const closed = this.#close(fill);
    if (fill.left !== 0n) this.#open(fill);
    return closed;
  }

  /** Finished trips so far, which are then forgotten. */
  takeRoundTrips(): RoundTrip[] {
    const trips = this.#trips;
    this.#trips = [];
    return trips;
  }

  standing(): Omit<FifoResult, "lots"> {
    return {
      openLots: this.#lots.slice(this.#oldest).map(openLot),
      roundTrips: this.#trips,
      openTrip: this.#trip?.trip(null) ?? null,
      totals: {
        gross: fromUnits(this.#gross, MONEY_PLACES),
        commissions: fromUnits(this.#commissions, MONEY_PLACES),
        net: fromUnits(this.#gross - this.#commissions, MONEY_PLACES),
        withoutCommission: this.#withoutCommission,
      },
      cancelledCommissions: fromUnits(this.#cancelled, MONEY_PLACES),
    };
  }

  #close(fill: Lot): ClosedLot[] {
    const closed: ClosedLot[] = [];
    while (fill.left !== 0n) {
      const lot = this.#lots[this.#oldest];
      if (lot === undefined || lot.left > 0n === fill.left > 0n) break;
      closed.push(this.#closePart(lot, fill));
      if (lot.left === 0n) this.#oldest++;
    }
    this.#dropClosed();
    if (this.#trip !== null && this.#lots.length === this.#oldest) {
      this.#trips.push(this.#trip.trip(fill.at));
      this.#trip = null;
    }
    return closed;
  }

  #closePart(lot: Lot, fill: Lot): ClosedLot {
    const size = magnitude(lot.left) < magnitude(fill.left) ? magnitude(lot.left) : magnitude(fill.left);
    const quantity = lot.left > 0n ? size : -size;
    const paid = [takeShare(lot, quantity), takeShare(fill, -quantity)];
    const gross = quantity * (fill.price - lot.price) * this.#multiplier;
    const commissions = paid[0] === null || paid[1] === null ? null : paid[0]! + paid[1]!;
    const part: ClosedPart = { quantity, closePrice: fill.price, gross, commissions };
    this.#gross += gross;
    if (commissions === null) this.#withoutCommission++;
    else this.#commissions += commissions;
    this.#trip?.close(fill.execId, part);
    return {
      openedAt: lot.at,
      closedAt: fill.at,
      openExecId: lot.execId,
      closeExecId: fill.execId,
      quantity: fromUnits(quantity, QUANTITY_PLACES),
      openPrice: fromUnits(lot.price, PRICE_PLACES),
      closePrice: fromUnits(fill.price, PRICE_PLACES),
      gross: fromUnits(gross, MONEY_PLACES),
      commissions: commissions === null ? null : fromUnits(commissions, MONEY_PLACES),
      net: commissions === null ? null : fromUnits(gross - commissions, MONEY_PLACES),
    };
  }

  #open(fill: Lot): void {
    this.#trip ??= new TripTally(fill.at, fill.left > 0n);
    this.#trip.open(fill.execId, fill.left, fill.price);
    this.#lots.push(fill);
  }

  /** Taking the first of a long list moves all others, so the closed ones go many at a time. */
  #dropClosed(): void {
    if (this.#oldest < 1024 && this.#oldest < this.#lots.length) return;
    this.#lots = this.#lots.slice(this.#oldest);
    this.#oldest = 0;
  }

  #requireOrder(execution: FifoExecution): void {
    if (this.#last !== null && inTime(this.#last, execution) > 0) {
      throw new RangeError(
        `Cannot match ${execution.execId}: it is older than ${this.#last.execId}; sort fills by time`,
      );
    }
    this.#last = { execId: execution.execId, at: execution.at };
  }
}

/**
 * Takes `quantity` off a fill and gives that part's share of its commission. Shares are differences of rounded running sums,
 * so that all of them together are the commission.
 */
function takeShare(lot: Lot, quantity: bigint): bigint | null {
  const before = remaining(lot);
  lot.left -= quantity;
  const after = remaining(lot);
  return before === null || after === null ? null : before - after;
}

/** The commission that is left with what is left. */
function remaining(lot: Lot): bigint | null {
  return lot.commission === null ? null : lot.commission * lot.left / lot.whole;
}

function openLot(lot: Lot): OpenLot {
  const commission = remaining(lot);
  return {
    openedAt: lot.at,
    execId: lot.execId,
    quantity: fromUnits(lot.left, QUANTITY_PLACES),
    price: fromUnits(lot.price, PRICE_PLACES),
    commission: commission === null ? null : fromUnits(commission, MONEY_PLACES),
  };
}
