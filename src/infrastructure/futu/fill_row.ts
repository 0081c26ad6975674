/** One row of OpenD's lists of fills. */
import type { EpochMs } from "../../domain/time.ts";
import { instantOf, present } from "./figures.ts";
import { FILL_STATUS, signOfSide } from "./wire/codes.ts";
import type { FutuOrderFill } from "./wire/messages.ts";

/** Trd_Common.OrderFillStatus of a payment on an event contract, which is no trade. */
const PAYOUT = 3;

/** A fill whose size, price, side, time or status cannot be read. */
export class UnreadableFill extends Error {
  override readonly name = "UnreadableFill";
}

/** How far a fill has come, and when that was said of it. */
export interface FillRevision {
  /** First good, then changed, then taken back: never the other way. */
  readonly standing: number;
  readonly updatedAt: number | null;
}

export function isTrade({ status }: FutuOrderFill): boolean {
  return status !== PAYOUT;
}

/** @throws {UnreadableFill} */
export function readFill(fill: FutuOrderFill): { quantity: number; price: number; time: EpochMs } {
  const { fillIDEx, code, trdSide, qty, price, createTimestamp } = fill;
  const sign = signOfSide(trdSide);
  const size = present(qty);
  const at = present(price);
  const time = instantOf(createTimestamp);
  if (fillIDEx === "" || sign === null || size === null || at === null || time === null) {
    throw new UnreadableFill(`a fill of ${code} has no readable number, side, size, price or time`);
  }
  return { quantity: sign * Math.abs(size), price: at, time };
}

/** @throws {UnreadableFill} */
export function revisionOf({ status, code, updateTimestamp: updatedAt }: FutuOrderFill): FillRevision {
  switch (status) {
    case null:
    case FILL_STATUS.OK:
      return { standing: 0, updatedAt };
    case FILL_STATUS.CHANGED:
      return { standing: 1, updatedAt };
    case FILL_STATUS.CANCELLED:
      return { standing: 2, updatedAt };
    default:
      throw new UnreadableFill(`a fill of ${code} has a status that is not known (${status})`);
  }
}

export function isOlder(one: FillRevision, other: FillRevision): boolean {
  if (one.standing !== other.standing) return one.standing < other.standing;
  return one.updatedAt !== null && other.updatedAt !== null && one.updatedAt < other.updatedAt;
}
