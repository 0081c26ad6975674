/** IBKR's data farms: which are down, and whose quotes they carry. */
import type { Instrument } from "../../domain/instrument.ts";
import { isOption } from "../../domain/instrument.ts";

const EUROPE = new Set(["EUR", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "HUF", "CZK", "ILS", "TRY"]);
const JAPAN = new Set(["JPY", "AUD", "SGD", "KRW", "NZD", "INR"]);
const HONG_KONG = new Set(["HKD", "CNH", "CNY", "TWD"]);

/** History and security-definition farms: no quote depends on them. */
export function carriesQuotes(farm: string): boolean {
  const name = farm.toLowerCase();
  return !name.includes("hmds") && !name.startsWith("secdef") && !name.startsWith("fundfarm");
}

/**
 * Whether a farm carries an instrument's quotes. IBKR does not say which farm serves what, so this goes by the farm's
 * name; null for a name that tells nothing. A tick that arrives is always believed over this.
 */
export function farmCarries(farm: string, instrument: Instrument): boolean | null {
  const name = farm.toLowerCase();
  const { assetType, currency } = instrument;
  if (!carriesQuotes(farm)) return false;
  if (name.startsWith("cash")) return assetType === "FOREX";
  if (name.startsWith("crypto")) return assetType === "CRYPTO";
  if (assetType === "FOREX" || assetType === "CRYPTO") {
    return name.startsWith("us") || /^(eu|hf|jf|ca)/.test(name) ? false : null;
  }
  if (name.startsWith("usopt")) return currency === "USD" && assetType === "OPTION";
  if (name.startsWith("usfut")) return currency === "USD" && (assetType === "FUTURE" || assetType === "FUTURE_OPTION");
  if (name.startsWith("usbond")) return currency === "USD" && assetType === "BOND";
  if (name.startsWith("usfarm")) return currency === "USD" && assetType !== "FUTURE" && !isOption(assetType);
  if (name.startsWith("cafarm")) return currency === "CAD";
  if (name.startsWith("eufarm")) return EUROPE.has(currency);
  if (name.startsWith("hfarm")) return HONG_KONG.has(currency);
  if (name.startsWith("jfarm")) return JAPAN.has(currency);
  return null;
}

export class Farms {
  readonly #down = new Set<string>();

  /** True when the farm was up or unheard of before. */
  markDown(farm: string): boolean {
    if (this.#down.has(farm)) return false;
    this.#down.add(farm);
    return true;
  }

  /** True when the farm was down before. */
  markUp(farm: string): boolean {
    return this.#down.delete(farm);
  }

  clear(): void {
    this.#down.clear();
  }

  /** Farms whose quotes are missing now. */
  quotesDown(): readonly string[] {
    return [...this.#down].filter(carriesQuotes).sort();
  }
}
