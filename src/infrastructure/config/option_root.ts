/** What the options of a Hong Kong root are written on, as the configuration says it: `700 x 100`. */
import type { OptionRoot } from "../../application/settings.ts";

/** The underlying's code and the shares of a contract; null for anything else. Leading zeros are Futu's own. */
export function parseOptionRoot(text: string): OptionRoot | null {
  const [, code, multiplier] = /^0*([1-9]\d{0,4}|[A-Z][A-Z0-9]{0,9})\s*x\s*([1-9]\d{0,6})$/.exec(text.trim()) ?? [];
  return code === undefined ? null : { underlying: code, multiplier: Number(multiplier) };
}
