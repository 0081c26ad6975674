/** A clock that moves only when told to, running timers in the order they are due. */
import type { Clock } from "../../src/application/ports/clock.ts";
import type { EpochMs } from "../../src/domain/time.ts";

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly call: () => void;
}

export class VirtualClock implements Clock {
  #elapsed = 0;
  #order = 0;
  #timers: Timer[] = [];

  constructor(readonly start: EpochMs = Date.UTC(2026, 10, 20, 15, 30, 45)) {}

  /** Whole milliseconds, as the system's clock gives them. */
  now(): EpochMs {
    return Math.floor(this.start + this.#elapsed);
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, call: () => void): () => void {
    const timer: Timer = { due: this.#elapsed + Math.max(0, ms), order: this.#order++, call };
    // Kept sorted by due time, then by the order of asking: a binary search keeps thousands of timers cheap.
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#timers[middle]!;
      if (other.due <= timer.due) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  /** Runs everything due within `ms`, letting promises settle before and after each timer. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await settle();
    for (let next = this.#timers[0]; next !== undefined && next.due <= until; next = this.#timers[0]) {
      this.#timers.shift();
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.call();
      await settle();
    }
    this.#elapsed = until;
  }

  /** Advances in steps until the condition holds; throws when it does not within `limitMs` of virtual time. */
  async until(condition: () => boolean, limitMs: number, what = "the condition", stepMs = 10): Promise<void> {
    const end = this.#elapsed + limitMs;
    await settle();
    while (!condition()) {
      if (this.#elapsed >= end) throw new Error(`${what} did not come about within ${limitMs} ms of virtual time`);
      await this.advance(stepMs);
    }
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }
}

/** Lets chains of already resolved promises run out. Bounded: a chain longer than this is a fault of the test. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** A small seeded generator (mulberry32), uniform in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
