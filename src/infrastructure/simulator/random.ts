/** Chance from a seed: the same seed gives the same market, byte for byte. */
import type { Random } from "../../application/ports/clock.ts";

/** A 32-bit generator, uniform in [0, 1). */
export function seeded(seed: number): Random {
  // A Weyl sequence through a 32-bit finaliser: full period, no correlation that a random walk would show.
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bf03635) >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 4294967296;
  };
}

/** One draw from the standard normal distribution (Box and Muller). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
