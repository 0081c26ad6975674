/** Stored fills, matched first in, first out as they are read. */
import { magnitude, QUANTITY_PLACES, toUnits } from "../../domain/history/exact.ts";
import { type ClosedLot, FifoMatcher, type OpenLot } from "../../domain/history/fifo.ts";
import type { RoundTrip } from "../../domain/history/round_trip.ts";
import { type Instrument, instrumentKey } from "../../domain/instrument.ts";
import type { Fill, FillSource } from "../ports/store_records.ts";

/** What one fill did. */
export interface MatchedFill {
  readonly lots: readonly ClosedLot[];
  /** The trips that it ended; two at most once a fill. */
  readonly trips: readonly RoundTrip[];
  /** It closed what was opened before the stored history (or cannot be counted): it is left out of the matching. */
  readonly isUnmatched: boolean;
  /** Why its cost is not counted; null when it is. */
  readonly uncounted: "no commission" | "other currency" | null;
}

export interface OpenHolding {
  readonly source: FillSource;
  readonly account: string;
  readonly instrument: Instrument;
  readonly lots: readonly OpenLot[];
  /** What the lots belong to, with what was closed of it so far. */
  readonly trip: RoundTrip | null;
}

interface Matching {
  readonly source: FillSource;
  readonly account: string;
  readonly instrument: Instrument;
  readonly matcher: FifoMatcher;
  /** Signed, in exact units. */
  held: bigint;
}

/** Takes the fills of each account in the order of the store, which it matches apart; keeps the open lots alone. */
export class FillMatcher {
  readonly #matchings = new Map<string, Matching>();

  add(fill: Fill): MatchedFill {
    const { execution } = fill;
    const { commission, uncounted } = costOf(fill);
    const left = { lots: [], trips: [], isUnmatched: true, uncounted };
    if (!(execution.instrument.multiplier > 0)) return left;
    const matching = this.#matchingOf(fill);
    const quantity = toUnits(execution.quantity, QUANTITY_PLACES);
    if (quantity !== 0n && closedSomething(fill) && !reduces(quantity, matching.held)) return left;
    matching.held += quantity;
    const { execId, executedAt: at, price } = execution;
    const lots = matching.matcher.add({ execId, at, quantity: execution.quantity, price, commission });
    return { lots, trips: matching.matcher.takeRoundTrips(), isUnmatched: false, uncounted };
  }

  /** What is held after the fills so far. */
  *holdings(): Iterable<OpenHolding> {
    for (const { source, account, instrument, matcher, held } of this.#matchings.values()) {
      if (held === 0n) continue;
      const { openLots, openTrip } = matcher.standing();
      yield { source, account, instrument, lots: openLots, trip: openTrip };
    }
  }

  #matchingOf({ source, execution: { account, instrument } }: Fill): Matching {
    const key = `${source}\n${account}\n${instrumentKey(instrument)}`;
    const known = this.#matchings.get(key);
    if (known !== undefined) return known;
    const made = { source, account, instrument, matcher: new FifoMatcher(instrument.multiplier), held: 0n };
    this.#matchings.set(key, made);
    return made;
  }
}

/** IBKR gives a profit only to what closes; some gateways write 0 beside what opens. Futu never tells one. */
function closedSomething({ commission }: Fill): boolean {
  return commission !== null && commission.realizedPnl !== null && commission.realizedPnl !== 0;
}

function reduces(quantity: bigint, held: bigint): boolean {
  return magnitude(held) > 0n && quantity > 0n !== held > 0n;
}

/** A cost in another currency than the contract's cannot be set against its profit without a rate. */
function costOf({ execution, commission }: Fill): Pick<MatchedFill, "uncounted"> & { commission: number | null } {
  if (commission === null) return { commission: null, uncounted: "no commission" };
  if (commission.currency === execution.instrument.currency) return { commission: commission.amount, uncounted: null };
  return commission.amount === 0
    ? { commission: 0, uncounted: null }
    : { commission: null, uncounted: "other currency" };
}
