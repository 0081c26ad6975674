/**
 * The strategies of the whole book: found anew only when a contract, a quantity or an average price changes, their figures
 * summed each turn from the positions' shares.
 */
import { recogniseStructures } from "../strategies/recognise.ts";
import type { Extreme, Structure } from "../strategies/strategy.ts";
import { inBase } from "./portfolio_totals.ts";
import { known } from "./position_view.ts";
import type { PositionValue } from "./position_valuation.ts";
import type { StrategyView } from "./snapshot.ts";

export class BookStrategies {
  #positions: readonly PositionValue[] = [];
  /** Quantity, average price and whether it has expired, of each position at the last look. */
  #seen = new Float64Array(0);
  #names: (string | null)[] = [];
  #ids: readonly string[] = [];
  /** Strategies of several legs; a leg's index is the place of its position. */
  structures: readonly Structure[] = [];

  /** The strategy that most of a position belongs to; null for a leftover. As of the last `refresh`. */
  nameAt(place: number): string | null {
    return this.#names[place] ?? null;
  }

  /** Looks whether a holding changed, and finds the strategies anew if so; true when it did. */
  refresh(positions: readonly PositionValue[]): boolean {
    if (!this.#changed(positions)) return false;
    // Expired options are left out: they would be taken for each other's cover.
    const live = positions.flatMap((position, place) =>
      position.quantity === 0 || position.value.expired ? [] : [place]
    );
    const holdings = live.map((place) => {
      const { instrument, quantity, avgPrice } = positions[place]!;
      return { instrument, quantity, avgPrice: known(avgPrice) };
    });
    this.structures = recogniseStructures(holdings)
      .filter(({ kind, legs }) => kind !== "leftover" && legs.length > 1)
      .map((structure) => ({ ...structure, legs: structure.legs.map((leg) => ({ ...leg, index: live[leg.index]! })) }));
    this.#names = namesByPlace(this.structures, positions.length);
    this.#ids = idsOf(this.structures);
    return true;
  }

  views(positions: readonly PositionValue[]): StrategyView[] {
    return this.structures.map((structure, i) => strategyView(structure, this.#ids[i]!, positions));
  }

  #changed(positions: readonly PositionValue[]): boolean {
    const same = positions === this.#positions;
    if (!same) {
      this.#positions = positions;
      this.#seen = new Float64Array(positions.length * 3);
    }
    let changed = !same;
    const seen = this.#seen;
    for (let i = 0; i < positions.length; i++) {
      const { quantity, avgPrice, value } = positions[i]!;
      const expired = value.expired ? 1 : 0;
      const row = i * 3;
      if (seen[row] === quantity && Object.is(seen[row + 1], avgPrice) && seen[row + 2] === expired) continue;
      seen[row] = quantity;
      seen[row + 1] = avgPrice;
      seen[row + 2] = expired;
      changed = true;
    }
    return changed;
  }
}

function namesByPlace(structures: readonly Structure[], positions: number): (string | null)[] {
  const names: (string | null)[] = new Array(positions).fill(null);
  const shares = new Float64Array(positions);
  for (const { name, legs } of structures) {
    for (const { index, share } of legs) {
      if (share <= shares[index]!) continue;
      shares[index] = share;
      names[index] = name;
    }
  }
  return names;
}

/** `TSLA Call vertical`, and `TSLA Call vertical 2` for the second of its kind in that name. */
function idsOf(structures: readonly Structure[]): string[] {
  const counts = new Map<string, number>();
  return structures.map(({ name, legs }) => {
    const words = `${legs[0]!.instrument.underlying} ${name}`;
    const count = (counts.get(words) ?? 0) + 1;
    counts.set(words, count);
    return count === 1 ? words : `${words} ${count}`;
  });
}

function strategyView(structure: Structure, id: string, positions: readonly PositionValue[]): StrategyView {
  const { kind, name, side, units, legs, breakevens, premium, uncoveredShorts } = structure;
  const first = legs[0]!.instrument;
  const { fx } = positions[legs[0]!.index]!.value;
  const sum = (valueOf: (position: PositionValue) => number): number | null => {
    let total = 0;
    for (const { index, share } of legs) total += valueOf(positions[index]!) * share;
    return known(total);
  };
  return {
    id,
    kind,
    name,
    side,
    underlying: first.underlying,
    currency: first.currency,
    units,
    legs: legs.map(({ index, quantity, instrument }) => ({
      position: index,
      localSymbol: instrument.localSymbol,
      quantity,
    })),
    maxProfit: extreme(structure.maxProfit, fx),
    maxLoss: extreme(structure.maxLoss, fx),
    breakevens,
    premium: premium === null ? null : known(premium * fx),
    uncoveredShorts,
    marketValue: sum((position) => position.marketValue),
    unrealizedPnl: sum((position) => position.unrealizedPnl),
    dailyPnl: sum((position) => position.dailyPnl),
    exposure: sum((position) => position.exposure),
    delta: sum((position) => position.delta),
    dollarDelta: sum((position) => position.dollarDelta),
    betaWeightedDelta: sum((position) => position.betaWeightedDelta),
    gammaDollars1Pct: sum((position) => position.gammaDollars1Pct),
    vega: sum((position) => inBase(position.vega, position.value.fx)),
    theta: sum((position) => inBase(position.theta, position.value.fx)),
  };
}

function extreme(of: Extreme, fx: number): StrategyView["maxProfit"] {
  if (of.kind === "unlimited") return "unlimited";
  return of.kind === "unknown" ? null : known(of.amount * fx);
}
