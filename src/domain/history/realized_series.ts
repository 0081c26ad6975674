/** Realized profit by day. */
import type { EpochMs, IsoDate } from "../time.ts";
import { exactSum } from "./exact.ts";
import type { ClosedLot } from "./fifo.ts";

export interface RealizedDay {
  readonly date: IsoDate;
  readonly gross: number;
  /** Of the lots whose commissions are known. */
  readonly commissions: number;
  /** gross − commissions: too high where `withoutCommission` is above 0. */
  readonly net: number;
  /** Closed on that day. */
  readonly lots: number;
  readonly withoutCommission: number;
}

/**
 * The days on which something was closed, in order. `dayOf` says which trading day an instant belongs to: that is the
 * exchange's to say. Lots must be in one currency; they may be of several instruments.
 */
export function realizedByDay(lots: Iterable<ClosedLot>, dayOf: (at: EpochMs) => IsoDate): RealizedDay[] {
  const days = new Map<IsoDate, ClosedLot[]>();
  for (const lot of lots) {
    const date = dayOf(lot.closedAt);
    const known = days.get(date);
    if (known === undefined) days.set(date, [lot]);
    else known.push(lot);
  }
  return [...days.keys()].sort().map((date) => realizedDay(date, days.get(date)!));
}

function realizedDay(date: IsoDate, lots: readonly ClosedLot[]): RealizedDay {
  const known = lots.map((lot) => lot.commissions).filter((amount) => amount !== null);
  const gross = exactSum(lots.map((lot) => lot.gross));
  const commissions = exactSum(known);
  return {
    date,
    gross,
    commissions,
    net: exactSum([gross, -commissions]),
    lots: lots.length,
    withoutCommission: lots.length - known.length,
  };
}
