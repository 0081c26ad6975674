/** Which contracts `--symbol` means. */
import type { Instrument } from "../../domain/instrument.ts";

/** By the underlying's, the contract's or the exchange's name for it, whatever the case and the blanks; null: all. */
export function isOfSymbol(
  instrument: Pick<Instrument, "underlying" | "symbol" | "localSymbol">,
  symbol: string | null,
): boolean {
  return symbol === null || contractKnownAs(instrument, symbol);
}

/** As `isOfSymbol`, of anything that has a contract's names. */
export function contractKnownAs(
  instrument: Pick<Instrument, "underlying" | "symbol" | "localSymbol">,
  symbol: string,
): boolean {
  const wanted = squeezed(symbol);
  return [instrument.underlying, instrument.symbol, instrument.localSymbol].some((name) => squeezed(name) === wanted);
}

function squeezed(name: string): string {
  return name.replace(/\s+/g, "").toUpperCase();
}
