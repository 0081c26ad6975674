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
  #fixed: readonly FixedPart[] = [];
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
    this.#fixed = fixedParts(this.structures);
    return true;
  }

  views(positions: readonly PositionValue[]): StrategyView[] {
    return this.structures.map((structure, i) => strategyView(structure, this.#fixed[i]!, positions));
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

/** What a strategy's view shows that stays while it is held. */
type FixedPart = Pick<StrategyView, "id" | "legs">;

/** Ids are `TSLA Call vertical`, and `TSLA Call vertical 2` for the second of its kind in that name. */
function fixedParts(structures: readonly Structure[]): FixedPart[] {
  const counts = new Map<string, number>();
  return structures.map(({ name, legs }) => {
    const words = `${legs[0]!.instrument.underlying} ${name}`;
    const count = (counts.get(words) ?? 0) + 1;
    counts.set(words, count);
    return {
      id: count === 1 ? words : `${words} ${count}`,
      legs: legs.map(({ index, quantity, instrument }) => ({
        position: index,
        localSymbol: instrument.localSymbol,
        quantity,
      })),
    };
  });
}

/** A leg has its share of the position's figures; one unknown figure of a leg makes the strategy's unknown. */
function strategyView(structure: Structure, fixed: FixedPart, positions: readonly PositionValue[]): StrategyView {
  const { kind, name, side, units, breakevens, premium, uncoveredShorts } = structure;
  const first = structure.legs[0]!;
  const { fx } = positions[first.index]!.value;
  let [marketValue, unrealizedPnl, dailyPnl, exposure] = [0, 0, 0, 0];
  let [delta, dollarDelta, betaWeightedDelta, gammaDollars1Pct, vega, theta] = [0, 0, 0, 0, 0, 0];
  for (const { index, share } of structure.legs) {
    const position = positions[index]!;
    marketValue += position.marketValue * share;
    unrealizedPnl += position.unrealizedPnl * share;
    dailyPnl += position.dailyPnl * share;
    exposure += position.exposure * share;
    delta += position.delta * share;
    dollarDelta += position.dollarDelta * share;
    betaWeightedDelta += position.betaWeightedDelta * share;
    gammaDollars1Pct += position.gammaDollars1Pct * share;
    vega += inBase(position.vega, position.value.fx) * share;
    theta += inBase(position.theta, position.value.fx) * share;
  }
  return {
    id: fixed.id,
    kind,
    name,
    side,
    underlying: first.instrument.underlying,
    currency: first.instrument.currency,
    units,
    legs: fixed.legs,
    maxProfit: extreme(structure.maxProfit, fx),
    maxLoss: extreme(structure.maxLoss, fx),
    breakevens,
    premium: premium === null ? null : known(premium * fx),
    uncoveredShorts,
    marketValue: known(marketValue),
    unrealizedPnl: known(unrealizedPnl),
    dailyPnl: known(dailyPnl),
    exposure: known(exposure),
    delta: known(delta),
    dollarDelta: known(dollarDelta),
    betaWeightedDelta: known(betaWeightedDelta),
    gammaDollars1Pct: known(gammaDollars1Pct),
    vega: known(vega),
    theta: known(theta),
  };
}

function extreme(of: Extreme, fx: number): StrategyView["maxProfit"] {
  if (of.kind === "unlimited") return "unlimited";
  return of.kind === "unknown" ? null : known(of.amount * fx);
}
