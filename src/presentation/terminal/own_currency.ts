/** Amounts in the instrument's own currency, at the rate that the snapshot has, while that is chosen with `m`. */
import type { PositionView } from "../../domain/risk/snapshot.ts";
import type { ViewContext } from "./context.ts";

/** The amount as it is shown: in `currency` while that is chosen; null without a rate. Sums over several keep the base. */
export function inOwnCurrency(context: ViewContext, value: number, currency: string | null): number | null {
  const { view, snapshot } = context;
  if (!view.ownCurrency || currency === null || currency === snapshot.baseCurrency) return value;
  const rate = snapshot.cash.find((one) => one.currency === currency)?.fxRate ?? null;
  return rate === null || rate <= 0 ? null : value / rate;
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
