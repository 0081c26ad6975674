/** Fills as round trips, and what is still open. */
import type { OpenLot } from "../../domain/history/fifo.ts";
import type { RoundTrip } from "../../domain/history/round_trip.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Store } from "../ports/store.ts";
import type { FillSource } from "../ports/store_records.ts";
import { FillMatcher, type OpenHolding } from "./fill_matcher.ts";
import type { HistoryRange } from "./history_range.ts";
import { isOfSymbol } from "./symbol_filter.ts";

/**
 * `roundTrip`: ended in the range. `openTrip`: part of it was closed, at any time. `openLot`: what is left of a fill at the end
 * of the range.
 */
export interface TripRow {
  readonly record: "roundTrip" | "openTrip" | "openLot";
  readonly source: FillSource;
  readonly account: string;
  readonly instrument: Instrument;
  readonly direction: "long" | "short";
  readonly openedAt: EpochMs;
  readonly closedAt: EpochMs | null;
  /** Of a trip what was closed, above 0; of a lot what is held, negative when short. */
  readonly quantity: number;
  readonly averageOpenPrice: number;
  readonly averageClosePrice: number | null;
  readonly gross: number | null;
  /** Of a lot its part of the opening commission. */
  readonly commissions: number | null;
  readonly net: number | null;
  /** How long it was held; up to the end of the range while it is open. */
  readonly heldMs: number;
  /** Fills. */
  readonly executions: number;
}

/** What the rows leave out. */
export interface TripScore {
  /** Fills in the range that closed what was opened before the stored history. */
  unmatchedFills: number;
  /** Fills in the range whose commission is not known, or in another currency than the contract's. */
  withoutCommission: number;
  otherCurrency: number;
}

/** Pages of rows as the fills are read: first the trips that ended, each account's in order of time, then what is open. */
export async function* roundTrips(
  store: Pick<Store, "fills">,
  { account, symbol }: { readonly account: string | null; readonly symbol: string | null },
  range: HistoryRange,
  now: EpochMs,
  score: TripScore,
): AsyncIterable<readonly TripRow[]> {
  const matcher = new FillMatcher();
  for await (const page of store.fills({ account, from: 0, to: range.end })) {
    const rows: TripRow[] = [];
    for (const fill of page) {
      const { source, execution } = fill;
      const { account, instrument } = execution;
      if (!isOfSymbol(instrument, symbol)) continue;
      const { trips, isUnmatched, uncounted } = matcher.add(fill);
      if (execution.executedAt < range.start) continue;
      if (isUnmatched) score.unmatchedFills++;
      if (uncounted === "no commission") score.withoutCommission++;
      if (uncounted === "other currency") score.otherCurrency++;
      for (const trip of trips) rows.push(tripRow({ source, account, instrument }, trip, range.end));
    }
    yield rows;
  }
  const end = Math.min(range.end, now);
  const open = [...matcher.holdings()];
  yield open.flatMap(({ trip, ...holder }) =>
    trip !== null && trip.closedQuantity > 0 ? [tripRow(holder, trip, end)] : []
  );
  yield open.flatMap(({ lots, ...holder }) => lots.map((lot) => lotRow(holder, lot, end)));
}

/** Who holds what. */
type Holder = Pick<OpenHolding, "source" | "account" | "instrument">;

function tripRow({ source, account, instrument }: Holder, trip: RoundTrip, end: EpochMs): TripRow {
  return {
    record: trip.closedAt === null ? "openTrip" : "roundTrip",
    source,
    account,
    instrument,
    direction: trip.direction,
    openedAt: trip.openedAt,
    closedAt: trip.closedAt,
    quantity: trip.closedQuantity,
    averageOpenPrice: trip.averageOpenPrice,
    averageClosePrice: trip.averageClosePrice,
    gross: trip.gross,
    commissions: trip.commissions,
    net: trip.net,
    heldMs: (trip.closedAt ?? end) - trip.openedAt,
    executions: trip.executions,
  };
}

function lotRow({ source, account, instrument }: Holder, lot: OpenLot, end: EpochMs): TripRow {
  return {
    record: "openLot",
    source,
    account,
    instrument,
    direction: lot.quantity > 0 ? "long" : "short",
    openedAt: lot.openedAt,
    closedAt: null,
    quantity: lot.quantity,
    averageOpenPrice: lot.price,
    averageClosePrice: null,
    gross: null,
    commissions: lot.commission,
    net: null,
    heldMs: end - lot.openedAt,
    executions: 1,
  };
}
