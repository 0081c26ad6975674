/**
 * Numbers as IBKR writes them. Its ways of saying "no value" end here: an absent or empty field, 1.7976931348623157e308,
 * NaN and infinity become null, and so does text where a number belongs.
 */

/** IBKR's "unset" is the largest double; a sum of it and anything is no value either. */
const UNSET = 1.797e308;
/** In orders IBKR also writes a question mark for "none". */
export const NONE = "?";

/** A finite number, or null for every sentinel. */
export function present(value: number | null | undefined): number | null {
  if (value === null || value === undefined || !Number.isFinite(value) || Math.abs(value) >= UNSET) return null;
  return value;
}

/** A number written as text. Null for an empty field and for sentinels; undefined for text that is no number. */
export function readNumber(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === NONE) return null;
  // Looked for first: this runs several times for every tick, and a comma stands only in account values.
  const value = Number(trimmed.includes(",") ? trimmed.replaceAll(",", "") : trimmed);
  if (Number.isNaN(value)) return trimmed.toLowerCase() === "nan" ? null : undefined;
  return present(value);
}

/** Of a multiplier: missing and 0 both mean 1. IBKR leaves the field of a stock empty, which the library reads as 0. */
export function multiplierOf(value: number | null | undefined): number {
  const known = present(value);
  return known === null || known <= 0 ? 1 : known;
}

/** Of a price magnifier: missing and 0 both mean 1. */
export function magnifierOf(value: number | null | undefined): number {
  const known = present(value);
  return known === null || known <= 0 ? 1 : known;
}
