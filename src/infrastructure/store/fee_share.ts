/** An order's fee, shared among its deals. */
import { fromUnits, QUANTITY_PLACES, toUnits } from "../../domain/history/exact.ts";

export interface FeeShare {
  /** Of the whole order; below zero is a rebate. */
  readonly fee: number;
  /** Sizes without a sign: of the deal, of the order's deals before it, and of all of them. */
  readonly quantity: number;
  readonly before: number;
  readonly whole: number;
}

/**
 * fee × (before + quantity) ÷ whole − fee × before ÷ whole, each cut at ten places: what a deal's part lacks goes to the next,
 * and the parts add up to the fee. Null when there is nothing to share it by.
 */
export function feeShare({ fee, quantity, before, whole }: FeeShare): number | null {
  const all = toUnits(whole, QUANTITY_PLACES);
  if (all === 0n) return null;
  const amount = toUnits(fee, QUANTITY_PLACES);
  const start = toUnits(before, QUANTITY_PLACES);
  const end = start + toUnits(quantity, QUANTITY_PLACES);
  return fromUnits(amount * end / all - amount * start / all, QUANTITY_PLACES);
}
