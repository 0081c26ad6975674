/**
 * Amounts as whole numbers of tiny units, so that adding and multiplying loses nothing: a sum of a million trades is exact to
 * the cent, and its order does not matter.
 */

/** Decimal places that are kept. IBKR writes at most eight of a quantity or price. */
export const QUANTITY_PLACES = 10;
export const PRICE_PLACES = 10;
export const MULTIPLIER_PLACES = 6;
/** Of money: quantity × price × multiplier, whole. */
export const MONEY_PLACES = QUANTITY_PLACES + PRICE_PLACES + MULTIPLIER_PLACES;

/**
 * A number in units of 10^−places, as it is written in decimals: 0.1 is exactly a tenth. What is smaller than half a unit is
 * rounded away.
 *
 * @throws {RangeError} when the value is not finite or above 1e21
 */
export function toUnits(value: number, places: number): bigint {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) {
    throw new RangeError(`Cannot count ${value} in exact units: it must be finite and below 1e21`);
  }
  if (Number.isInteger(value)) return BigInt(value) * scaleOf(places);
  const short = String(value);
  const point = short.indexOf(".");
  // The shortest text is the decimal that was meant; with more places than are kept, or an exponent, it is rounded.
  const isKept = point >= 0 && !short.includes("e") && short.length - point - 1 <= places;
  const text = isKept ? short.padEnd(point + 1 + places, "0") : value.toFixed(places);
  return BigInt(text.replace(".", ""));
}

/** The nearest number. */
export function fromUnits(units: bigint, places: number): number {
  const isNegative = units < 0n;
  const text = (isNegative ? -units : units).toString().padStart(places + 1, "0");
  const value = Number(`${text.slice(0, text.length - places)}.${text.slice(text.length - places)}`);
  return isNegative ? -value : value;
}

/** Σ of the values, exact to ten places. */
export function exactSum(values: Iterable<number>): number {
  let sum = 0n;
  for (const value of values) sum += toUnits(value, QUANTITY_PLACES);
  return fromUnits(sum, QUANTITY_PLACES);
}

export function magnitude(units: bigint): bigint {
  return units < 0n ? -units : units;
}

const SCALES = Array.from({ length: MONEY_PLACES + 1 }, (_, places) => 10n ** BigInt(places));

function scaleOf(places: number): bigint {
  return SCALES[places]!;
}
