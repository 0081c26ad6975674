/** Numbers as statements write them: a point for decimals, at most commas between thousands. */

const DECIMAL = /^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?$/;

/**
 * Null for an empty or absent field and for the dashes that stand for none; undefined for text that is no number, among it a
 * number with a decimal comma, which would be read wrong by a factor of powers of ten.
 */
export function readDecimal(text: string | undefined): number | null | undefined {
  const trimmed = (text ?? "").trim();
  if (trimmed === "" || trimmed === "--" || trimmed === "-") return null;
  if (!DECIMAL.test(trimmed) || !/\d/.test(trimmed)) return undefined;
  const value = Number(trimmed.replaceAll(",", ""));
  return Number.isFinite(value) ? value : undefined;
}
