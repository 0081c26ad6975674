/** Where a position's expiry stands on the ladder. */
import type { ExpiryBucket } from "./snapshot.ts";

/** Nearest first; every ladder lists them in this order. */
export const EXPIRY_BUCKETS: readonly ExpiryBucket[] = [
  "EXPIRED",
  "0DTE",
  "1_7D",
  "8_30D",
  "31_90D",
  "90D_PLUS",
  "NO_EXPIRY",
];

/**
 * @param daysToExpiry calendar days in the exchange's zone; null for what never expires
 * @param expired the expiry time has passed at the exchange
 */
export function expiryBucket(daysToExpiry: number | null, expired: boolean): ExpiryBucket {
  if (daysToExpiry === null) return "NO_EXPIRY";
  if (expired || daysToExpiry < 0) return "EXPIRED";
  if (daysToExpiry === 0) return "0DTE";
  if (daysToExpiry <= 7) return "1_7D";
  if (daysToExpiry <= 30) return "8_30D";
  if (daysToExpiry <= 90) return "31_90D";
  return "90D_PLUS";
}
