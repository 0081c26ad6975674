/** Currency rates with their age. A missing rate is NaN, never 1. */
import type { EpochMs } from "../time.ts";

interface Rate {
  readonly rate: number;
  readonly at: EpochMs;
}

export class FxRates {
  /** `currency>base` to the units of `base` for one unit of `currency`. */
  readonly #rates = new Map<string, Rate>();

  set(currency: string, base: string, rate: number, at: EpochMs): void {
    if (!(rate > 0) || !Number.isFinite(rate)) return;
    this.#rates.set(`${currency}>${base}`, { rate, at });
  }

  /**
   * Units of `to` for one unit of `from`; NaN when unknown. Uses the pair, its inverse, or two pairs against a currency
   * that both are quoted in.
   */
  rate(from: string, to: string): number {
    return this.#find(from, to)?.rate ?? NaN;
  }

  /** When the rate (the older leg of a cross) arrived; null when unknown. */
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
    const direct = this.#rates.get(`${from}>${to}`);
    if (direct !== undefined) return direct;
    const inverse = this.#rates.get(`${to}>${from}`);
    return inverse === undefined ? null : { rate: 1 / inverse.rate, at: inverse.at };
  }
}
