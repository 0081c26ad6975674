/** Amounts in the instrument's own currency, at the snapshot's rate, while that is chosen with `m`. */
import type { PositionView, RiskSnapshot } from "../../domain/risk/snapshot.ts";
import { LastAnswer } from "../../application/last_answer.ts";
import type { ViewContext } from "./context.ts";

/** The amount as it is shown: in `currency` while that is chosen; null without a rate. Sums over several keep the base. */
export function inOwnCurrency(context: ViewContext, value: number, currency: string | null): number | null {
  const { view, snapshot } = context;
  if (!view.ownCurrency || currency === null || currency === snapshot.baseCurrency) return value;
  const rate = rateOf(snapshot, currency);
  return rate === null ? null : value / rate;
}

/** Base currency for one unit; null where neither the cash nor a position tells. */
export function rateOf(snapshot: RiskSnapshot, currency: string): number | null {
  if (currency === snapshot.baseCurrency) return 1;
  return last.to([snapshot], () => ratesOf(snapshot)).get(currency) ?? null;
}

const last = new LastAnswer<ReadonlyMap<string, number>>();

/** Rates of the cash; of a currency without cash the one that a position's own amounts rest on. */
function ratesOf({ cash, positions }: RiskSnapshot): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  const note = (currency: string, rate: number): void => {
    if (!rates.has(currency) && rate > 0 && Number.isFinite(rate)) rates.set(currency, rate);
  };
  for (const { currency, fxRate } of cash) if (fxRate !== null) note(currency, fxRate);
  for (const { currency, dollarDelta, delta, underlyingPrice } of positions) {
    if (dollarDelta !== null && delta !== null && underlyingPrice !== null) {
      note(currency, dollarDelta / (delta * underlyingPrice));
    }
  }
  return rates;
}

/** The one currency that all positions are in; null when there are several, or none. */
export function soleCurrency(positions: readonly PositionView[]): string | null {
  const [first] = positions;
  return first !== undefined && positions.every(({ currency }) => currency === first.currency) ? first.currency : null;
}

/** ` EUR` after the name of a row whose amounts are not in the base currency; empty for all others. */
export function currencySuffix({ view, snapshot }: ViewContext, currency: string | null): string {
  return view.ownCurrency && currency !== null && currency !== snapshot.baseCurrency ? ` ${currency}` : "";
}
