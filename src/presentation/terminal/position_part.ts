/**
 * Part of a position: a strategy's leg, what strategies leave over, or one account's lots. Figures that the snapshot has
 * for the whole position alone are given by share, quantity over the position's quantity; prices stay as they are.
 */
import type { PositionView } from "../../domain/risk/snapshot.ts";

/** The part with this quantity. Without a quantity of the whole to compare with, its figures are missing. */
export function partOf(position: PositionView, quantity: number): PositionView {
  if (quantity === position.quantity) return position;
  const share = position.quantity === 0 ? null : quantity / position.quantity;
  const of = (value: number | null): number | null => (value === null || share === null ? null : value * share);
  return {
    ...position,
    quantity,
    marketValue: of(position.marketValue),
    notional: of(position.notional),
    exposure: of(position.exposure),
    unrealizedPnl: of(position.unrealizedPnl),
    dailyPnl: of(position.dailyPnl),
    realizedPnl: of(position.realizedPnl),
    delta: of(position.delta),
    dollarDelta: of(position.dollarDelta),
    betaWeightedDelta: of(position.betaWeightedDelta),
    gamma: of(position.gamma),
    gammaDollars1Pct: of(position.gammaDollars1Pct),
    vega: of(position.vega),
    theta: of(position.theta),
  };
}

/** One account's part: its own average price and P&L, its greeks by share. */
export function partInAccount(position: PositionView, account: string): PositionView {
  const leaves = position.leaves.filter((leaf) => leaf.account === account);
  const [leaf] = leaves;
  if (leaf === undefined || leaves.length === position.leaves.length) return position;
  const part = { ...partOf(position, leaves.reduce((sum, one) => sum + one.quantity, 0)), leaves };
  // Lots of the same account at two sources have no average price and no P&L of their own in the snapshot.
  if (leaves.length > 1) return { ...part, avgPrice: null, unrealizedPnl: null, dailyPnl: null, realizedPnl: null };
  const { avgPrice, marketValue, unrealizedPnl, dailyPnl, realizedPnl, exposure } = leaf;
  return { ...part, avgPrice, marketValue, unrealizedPnl, dailyPnl, realizedPnl, exposure };
}
