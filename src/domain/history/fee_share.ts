/** An order's fee, shared among its deals. */
import { fromUnits, magnitude, QUANTITY_PLACES, toUnits } from "./exact.ts";

/**
 * Each deal's part by its quantity, in the order given: the fee's part up to it less the part before it, both cut at ten places,
 * so that what one lacks goes to the next and the parts add up to the fee. Without quantities there is nothing to share it by, and
 * no part.
 *
 * @param fee below zero is a rebate
 */
export function feeShares(fee: number, quantities: readonly number[]): readonly number[] {
  const sizes = quantities.map((quantity) => magnitude(toUnits(quantity, QUANTITY_PLACES)));
  const whole = sizes.reduce((sum, size) => sum + size, 0n);
  if (whole === 0n) return [];
  const amount = toUnits(fee, QUANTITY_PLACES);
  let before = 0n;
  return sizes.map((size) => {
    const start = amount * before / whole;
    before += size;
    return fromUnits(amount * before / whole - start, QUANTITY_PLACES);
  });
}
