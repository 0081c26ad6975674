/** Currency rates with their age: the newest of each pair, whoever told it. A missing rate is NaN, never 1. */
import type { EpochMs } from "../time.ts";

interface Rate {
  readonly rate: number;
  readonly at: EpochMs;
}

interface Told extends Rate {
  /** What `rate` is the price of one unit of. */
  readonly currency: string;
}

export class FxRates {
  /** By the two currencies in the order of their names: one rate a pair, whichever way round it was told. */
  readonly #rates = new Map<string, Told>();

  /**
   * Takes `rate` units of `base` for one unit of `currency`, known at `at`. One older than what is known already changes
   * nothing, and neither does one that is not above 0.
   */
  set(currency: string, base: string, rate: number, at: EpochMs): void {
    if (!(rate > 0) || !Number.isFinite(rate)) return;
    const key = pairKey(currency, base);
    const known = this.#rates.get(key);
    if (known === undefined || known.at <= at) this.#rates.set(key, { currency, rate, at });
  }

  /**
   * Units of `to` for one unit of `from`; NaN when unknown. Uses the pair, its inverse, or two pairs against a currency
   * that both are quoted in.
   */
  rate(from: string, to: string): number {
    return this.#find(from, to)?.rate ?? NaN;
  }

  /** When the rate (the older leg of a cross) was known; null when unknown. */
  at(from: string, to: string): EpochMs | null {
    return this.#find(from, to)?.at ?? null;
  }

  #find(from: string, to: string): Rate | null {
    if (from === to) return { rate: 1, at: Number.POSITIVE_INFINITY };
    const direct = this.#pair(from, to);
    if (direct !== null) return direct;
    for (const key of this.#rates.keys()) {
      const [left, right] = key.split(">") as [string, string];
      const via = left === from ? right : right === from ? left : null;
      if (via === null) continue;
      const first = this.#pair(from, via);
      const second = this.#pair(via, to);
      if (first !== null && second !== null) {
        return { rate: first.rate * second.rate, at: Math.min(first.at, second.at) };
      }
    }
    return null;
  }

  #pair(from: string, to: string): Rate | null {
    const told = this.#rates.get(pairKey(from, to));
    if (told === undefined) return null;
    return told.currency === from ? told : { rate: 1 / told.rate, at: told.at };
  }
}

function pairKey(one: string, other: string): string {
  return one < other ? `${one}>${other}` : `${other}>${one}`;
}
