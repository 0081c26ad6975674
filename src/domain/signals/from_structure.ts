/** A recognised strategy as the rules need it: in the base currency, with its P&L. */
import type { PositionView } from "../risk/snapshot.ts";
import type { Extreme, Structure } from "../strategies/strategy.ts";
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
  const days = structure.legs.flatMap(({ index }) => {
    const view = positions[index];
    return view === undefined || view.expiry === null ? [] : [view.daysToExpiry];
  });
  return {
    kind: structure.kind,
    name: structure.name,
    legs: structure.legs.map(({ index, quantity }) => ({ position: index, quantity })),
    units: structure.units,
    unrealizedPnl: structure.legs.reduce<number | null>((total, { index, share }) => {
      const pnl = positions[index]?.unrealizedPnl ?? null;
      return total === null || !isKnown(pnl) ? null : total + share * pnl;
    }, 0),
    premium: structure.premium === null || rate === null ? null : structure.premium * rate,
    maxProfit: boundOf(structure.maxProfit, rate),
    maxLoss: boundOf(structure.maxLoss, rate),
    daysToExpiry: days.reduce<number | null>(
      (least, day) => least === null || day === null ? null : Math.min(least, day),
      days[0] ?? null,
    ),
  };
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
  return extreme.kind === "unknown" || rate === null ? null : extreme.amount * rate;
}
