/** Which contracts `--symbol` means. */
import type { Instrument } from "../../domain/instrument.ts";

/** By the underlying's, the contract's or the exchange's name for it, whatever the case and the blanks; null: all. */
export function isOfSymbol(
  instrument: Pick<Instrument, "underlying" | "symbol" | "localSymbol">,
  symbol: string | null,
): boolean {
  if (symbol === null) return true;
  const wanted = squeezed(symbol);
  return [instrument.underlying, instrument.symbol, instrument.localSymbol].some((name) => squeezed(name) === wanted);
}

function squeezed(name: string): string {
  return name.replace(/\s+/g, "").toUpperCase();
}
