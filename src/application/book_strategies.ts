/** The strategies of the whole book, found anew only when a contract, a quantity or an average price changes. */
import type { PositionView } from "../domain/risk/snapshot.ts";
import { signalStrategy } from "../domain/signals/from_structure.ts";
import type { SignalStrategy } from "../domain/signals/signal_inputs.ts";
import { recogniseStructures } from "../domain/strategies/recognise.ts";
import type { Structure } from "../domain/strategies/strategy.ts";

export class BookStrategies {
  #of: readonly PositionView[] = [];
  #structures: readonly Structure[] = [];

  /** Strategies of several legs, with the figures of these positions; legs point into the list that was given. */
  of(positions: readonly PositionView[], base: string | null): readonly SignalStrategy[] {
    if (!isSameBook(this.#of, positions)) this.#structures = structuresOf(positions);
    this.#of = positions;
    return this.#structures.map((structure) => signalStrategy(structure, positions, base))
      .filter((strategy) => strategy !== null);
  }
}

/** Expired options are left out: they would be taken for cover of each other. */
function structuresOf(positions: readonly PositionView[]): Structure[] {
  const live = positions.flatMap((position, index) =>
    position.quantity === 0 || position.expiryBucket === "EXPIRED" ? [] : [index]
  );
  const holdings = live.map((index) => {
    const position = positions[index]!;
    const instrument = { ...position, conId: position.conIds[0] ?? null, priceMagnifier: 1, minTick: null };
    return { instrument, quantity: position.quantity, avgPrice: position.avgPrice };
  });
  return recogniseStructures(holdings)
    .filter(({ kind }) => kind !== "leftover")
    .map((structure) => ({ ...structure, legs: structure.legs.map((leg) => ({ ...leg, index: live[leg.index]! })) }));
}

function isSameBook(before: readonly PositionView[], now: readonly PositionView[]): boolean {
  return before.length === now.length && now.every((position, index) => isSameHolding(before[index]!, position));
}

function isSameHolding(a: PositionView, b: PositionView): boolean {
  return a.quantity === b.quantity && a.avgPrice === b.avgPrice && a.localSymbol === b.localSymbol &&
    a.symbol === b.symbol && a.underlying === b.underlying && a.assetType === b.assetType && a.expiry === b.expiry &&
    a.strike === b.strike && a.right === b.right && a.currency === b.currency && a.multiplier === b.multiplier &&
    a.tradingClass === b.tradingClass && (a.expiryBucket === "EXPIRED") === (b.expiryBucket === "EXPIRED");
}
