/** What one holding of one account has earned in its running session, in the base currency. */
import { type InstrumentIndex, QuoteField } from "../../domain/event.ts";
import type { Portfolio } from "../../domain/portfolio.ts";
import { QUANTITY_TOLERANCE } from "../../domain/position_book.ts";
import type { HeldLeaf, SeenLeaf } from "./held_leaves.ts";

/** NaN is unknown. */
export interface LeafResult {
  readonly dailyPnl: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
  readonly fxPnl: number;
  /** Positive is paid. */
  readonly commissions: number;
}

/**
 * Of a leaf as the newest snapshot shows it; null for one that it does not count. The book must still be the snapshot's: its
 * fills and its opening quantity go when the session rolls.
 */
export function leafResult({ held, seen }: SeenLeaf, portfolio: Portfolio, base: string): LeafResult | null {
  if (seen === null) return null;
  const { view } = seen;
  return {
    dailyPnl: view.dailyPnl ?? NaN,
    unrealizedPnl: view.unrealizedPnl ?? NaN,
    realizedPnl: view.realizedPnl ?? NaN,
    fxPnl: fxPnl(held.leaf, held.instrument, portfolio, base),
    commissions: commissions(held, portfolio, base),
  };
}

/** Futu tells no cost with a fill: of its holdings it is known only that what was not traded cost nothing. */
function commissions({ leaf, source }: HeldLeaf, { positions, fx }: Portfolio, base: string): number {
  const fills = positions.fills(leaf);
  const traded = (fills?.size ?? 0) > 0 || positions.fillsSince(source) === null;
  if (source === "FUTU" && traded) return NaN;
  let sum = 0;
  for (const [currency, amount] of fills?.sums.commissions ?? []) {
    if (amount !== 0) sum += amount * fx.rate(currency, base);
  }
  return sum;
}

/**
 * openingQuantity × multiplier × close × (rate − rate at the close), as the book's total has it: a snapshot shows it by
 * currency, not by leaf, and the leaves of a currency do not roll together. A future's value was settled in cash, and a
 * currency position is its own effect of the rate.
 */
function fxPnl(leaf: number, instrument: InstrumentIndex, portfolio: Portfolio, base: string): number {
  const { positions, registry, fx } = portfolio;
  const { currency, assetType, multiplier } = registry.at(instrument);
  if (currency === base || assetType === "FUTURE" || assetType === "FOREX") return 0;
  if (!positions.openingKnown(leaf)) return NaN;
  const opening = positions.openingQuantity[leaf]!;
  if (Math.abs(opening) < QUANTITY_TOLERANCE) return 0;
  const rateMove = fx.rate(currency, base) - rateAtClose(currency, base, portfolio);
  return opening * multiplier * closeOf(instrument, portfolio) * rateMove;
}

/** From the currency pairs that are quoted: the pair, its inverse, or both against dollars; NaN when there is none. */
function rateAtClose(currency: string, base: string, portfolio: Portfolio): number {
  const rate = pairAtClose(currency, base, portfolio);
  if (!Number.isNaN(rate)) return rate;
  return pairAtClose(currency, "USD", portfolio) * pairAtClose("USD", base, portfolio);
}

function pairAtClose(currency: string, quote: string, portfolio: Portfolio): number {
  if (currency === quote) return 1;
  const direct = portfolio.registry.pair(currency, quote);
  if (direct !== null) return closeOf(direct, portfolio);
  const inverse = portfolio.registry.pair(quote, currency);
  return inverse === null ? NaN : 1 / closeOf(inverse, portfolio);
}

/** The previous close; one of another session is none. */
function closeOf(instrument: InstrumentIndex, { quotes, calendar }: Portfolio): number {
  const date = calendar.sessionClosedBefore(instrument, quotes.closeAt(instrument));
  if (date === null || date !== calendar.previousSession(instrument)) return NaN;
  return quotes.value(instrument, QuoteField.close);
}
