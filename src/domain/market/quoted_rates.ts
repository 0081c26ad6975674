/**
 * Currency rates from the pairs that are quoted: the pair's mark, as old as the price behind it.
 *
 * Only a live quote of both sides that agree is taken. What is stale, delayed, frozen or lent to others stays as old as it
 * was, so that a newer rate of the accounts' ledger stands.
 */
import { type InstrumentIndex, QuoteField } from "../event.ts";
import type { InstrumentRegistry } from "../instrument_registry.ts";
import type { FxRates } from "./fx_rates.ts";
import { type Mark, markPrice, type MarkSettings } from "./mark.ts";
import type { QuoteTable } from "./quote_table.ts";

export interface QuotedPairs {
  readonly registry: InstrumentRegistry;
  readonly quotes: QuoteTable;
  readonly fx: FxRates;
  /** Quotes of the broker cannot be live now. */
  readonly linkDead: boolean;
}

export function takeQuotedRates({ registry, quotes, fx, linkDead }: QuotedPairs, settings: MarkSettings): void {
  if (linkDead) return;
  const mark: Mark = { price: NaN, source: "none", flags: 0 };
  for (let i = 0; i < registry.size; i++) {
    const { assetType, symbol, currency } = registry.at(i);
    if (assetType !== "FOREX" || quotes.line(i) !== "live" || quotes.dataType(i) !== "live") continue;
    markPair(i, quotes, settings, mark);
    if (mark.flags !== 0 || (mark.source !== "mid" && mark.source !== "last")) continue;
    fx.set(symbol.split(".")[0]!, currency, mark.price, quotes.pricedAt(i));
  }
}

function markPair(pair: InstrumentIndex, quotes: QuoteTable, settings: MarkSettings, out: Mark): Mark {
  const inputs = {
    bid: quotes.value(pair, QuoteField.bid),
    ask: quotes.value(pair, QuoteField.ask),
    last: quotes.value(pair, QuoteField.last),
    close: NaN,
    brokerMark: NaN,
    modelPrice: NaN,
  };
  return markPrice("FOREX", false, inputs, settings, out);
}
