/** A valued position as the snapshot shows it: NaN becomes null. */
import { type InstrumentIndex, QuoteField } from "../event.ts";
import type { QuoteTable } from "../market/quote_table.ts";
import type { PositionBook } from "../position_book.ts";
import { BIT, flagList } from "../quality/flag_set.ts";
import type { EpochMs } from "../time.ts";
import type { LeafValue } from "./leaf_valuation.ts";
import type { PositionValue } from "./position_valuation.ts";
import type { GreeksSource, LeafView, PositionView } from "./snapshot.ts";

/** Null for NaN and infinities: no such number leaves the domain. */
export function known(value: number): number | null {
  // An infinity less itself is not 0 either. So short, it is compiled into its thousands of callers.
  return value - value === 0 ? value : null;
}

export function positionView(
  position: PositionValue,
  quotes: QuoteTable,
  positions: PositionBook,
  strategy: string | null,
  now: EpochMs,
): PositionView {
  const { instrument, value, index } = position;
  return {
    symbol: instrument.symbol,
    underlying: instrument.underlying,
    assetType: instrument.assetType,
    expiry: instrument.expiry,
    strike: instrument.strike,
    right: instrument.right,
    currency: instrument.currency,
    multiplier: instrument.multiplier,
    tradingClass: instrument.tradingClass,
    exchange: instrument.exchange,
    conIds: position.conIds,
    localSymbol: instrument.localSymbol,
    quantity: position.quantity,
    avgPrice: known(position.avgPrice),
    leaves: leafViews(position.leaves, positions),
    bid: quoted(quotes, index, QuoteField.bid),
    ask: quoted(quotes, index, QuoteField.ask),
    last: quoted(quotes, index, QuoteField.last),
    close: quoted(quotes, index, QuoteField.close) ?? known(value.close),
    closeDate: value.closeDate,
    mark: known(position.mark),
    markSource: position.quantity < 0 ? value.sourceShort : value.sourceLong,
    quoteAgeMs: value.markAt === 0 ? null : Math.max(0, now - value.markAt),
    markStale: (value.flags & BIT.STALE) !== 0,
    marketValue: known(position.marketValue),
    notional: known(position.notional),
    exposure: known(position.exposure),
    unrealizedPnl: known(position.unrealizedPnl),
    dailyPnl: known(position.dailyPnl),
    dailyPnlSource: position.dailyPnlSource,
    realizedPnl: known(position.realizedPnl),
    iv: known(value.impliedVolatility),
    delta: known(position.delta),
    dollarDelta: known(position.dollarDelta),
    betaWeightedDelta: known(position.betaWeightedDelta),
    gamma: known(position.gamma),
    gammaDollars1Pct: known(position.gammaDollars1Pct),
    vega: known(position.vega),
    theta: known(position.theta),
    greeksSource: greeksSource(position),
    underlyingPrice: known(value.spot),
    daysToExpiry: position.daysToExpiry,
    expiryBucket: position.bucket,
    strategy,
    flags: flagList(position.flags),
  };
}

function leafViews(leaves: readonly LeafValue[], positions: PositionBook): LeafView[] {
  // Most positions are held once.
  return leaves.length === 1 ? [leafView(leaves[0]!, positions)] : leaves.map((leaf) => leafView(leaf, positions));
}

function leafView(leaf: LeafValue, positions: PositionBook): LeafView {
  const { source, account } = positions.accounts[positions.account[leaf.leaf]!]!;
  return {
    source,
    account,
    quantity: leaf.quantity,
    avgPrice: known(leaf.avgPrice),
    marketValue: known(leaf.marketValue),
    unrealizedPnl: known(leaf.unrealizedPnl),
    dailyPnl: known(leaf.dailyPnl),
    dailyPnlSource: leaf.dailyPnlSource,
    realizedPnl: known(leaf.realizedPnl),
    exposure: known(leaf.exposure),
    brokerUnrealizedPnl: known(leaf.brokerUnrealizedPnl),
    brokerDailyPnl: known(leaf.brokerDailyPnl),
    restored: leaf.restored,
    stale: leaf.stale,
  };
}

function greeksSource(position: PositionValue): GreeksSource {
  const { option, delta } = position.value;
  if (delta !== delta) return "missing";
  return option ? "ibkr" : "unit";
}

function quoted(quotes: QuoteTable, index: InstrumentIndex, field: QuoteField): number | null {
  return known(quotes.value(index, field));
}
