/** A recognised strategy as the rules need it: in the base currency, with its P&L. */
import type { PositionView } from "../risk/snapshot.ts";
import type { Extreme, Structure, StructureLeg } from "../strategies/strategy.ts";
import { isKnown } from "./signal_condition.ts";
import type { Bound, SignalStrategy } from "./signal_inputs.ts";

/**
 * @param structure recognised in `positions`: the index of a leg is the place of its position
 * @param base null when it is not known: then premium and bounds are missing
 * @returns null for a leftover, which is judged as the position that it is
 */
export function signalStrategy(
  structure: Structure,
  positions: readonly PositionView[],
  base: string | null,
): SignalStrategy | null {
  if (structure.kind === "leftover" || structure.legs.length < 2) return null;
  const rate = rateOf(positions[structure.legs[0]!.index], base);
  return {
    kind: structure.kind,
    name: structure.name,
    legs: structure.legs,
    units: structure.units,
    unrealizedPnl: unrealizedPnl(structure.legs, positions),
    premium: structure.premium === null || rate === null ? null : structure.premium * rate,
    maxProfit: boundOf(structure.maxProfit, rate),
    maxLoss: boundOf(structure.maxLoss, rate),
    daysToExpiry: daysToExpiry(structure.legs, positions),
  };
}

function unrealizedPnl(legs: readonly StructureLeg[], positions: readonly PositionView[]): number | null {
  let total = 0;
  for (const { index, share } of legs) {
    const pnl = positions[index]?.unrealizedPnl ?? null;
    if (!isKnown(pnl)) return null;
    total += share * pnl;
  }
  return total;
}

/** Of the leg that expires first; null when nothing expires, or when it is not known of one that does. */
function daysToExpiry(legs: readonly StructureLeg[], positions: readonly PositionView[]): number | null {
  let least: number | null = null;
  for (const { index } of legs) {
    const view = positions[index];
    if (view === undefined || view.expiry === null) continue;
    if (view.daysToExpiry === null) return null;
    least = least === null ? view.daysToExpiry : Math.min(least, view.daysToExpiry);
  }
  return least;
}

/** Base currency for one unit of the position's, as its notional was converted; null when it cannot be told. */
function rateOf(position: PositionView | undefined, base: string | null): number | null {
  if (position === undefined || base === null) return null;
  if (position.currency === base) return 1;
  const { notional, quantity, multiplier, underlyingPrice, mark, strike } = position;
  const price = strike === null ? mark : underlyingPrice;
  if (!isKnown(notional) || !isKnown(price)) return null;
  const rate = notional / (quantity * multiplier * price);
  return Number.isFinite(rate) && rate > 0 ? rate : null;
}

function boundOf(extreme: Extreme, rate: number | null): Bound {
  if (extreme.kind === "unlimited") return "unlimited";
  if (extreme.kind === "unknown") return extreme.reason === "several_expiries" ? "modelled" : null;
  return rate === null ? null : extreme.amount * rate;
}
