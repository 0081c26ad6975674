/** When to try again, and under which client id. */
import type { Random } from "../../application/ports/clock.ts";

export interface BackoffSettings {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** The first attempt after a drop comes within this, whatever the settings say. */
const FIRST_WITHIN_MS = 1_000;

/**
 * Exponential back-off with jitter, for ever: the n-th delay is drawn from the upper half of first × 2ⁿ, at most
 * `maxDelayMs`. Jitter keeps several monitors from knocking together when a gateway comes back.
 */
export class Backoff {
  #failures = 0;

  constructor(readonly settings: BackoffSettings, readonly random: Random) {}

  nextMs(): number {
    const first = Math.min(this.settings.firstDelayMs, FIRST_WITHIN_MS);
    // 2^30 ms is twelve days: beyond every maximum, and far from overflow.
    const full = Math.min(first * 2 ** Math.min(this.#failures, 30), this.settings.maxDelayMs);
    this.#failures++;
    return full * (0.5 + 0.5 * this.random());
  }

  reset(): void {
    this.#failures = 0;
  }
}

/** TWS frees an id seconds after its connection dropped: the same one is tried this often before the next. */
const TRIES_PER_ID = 3;

/** The ids that may be used: `first` and those after it, `count` in all. */
export class ClientIds {
  #offset = 0;
  #refusals = 0;

  constructor(readonly first: number, readonly count: number) {}

  get current(): number {
    return this.first + this.#offset;
  }

  /** IBKR 326: the id is in use. */
  refused(): void {
    this.#refusals++;
    if (this.#refusals % TRIES_PER_ID === 0) this.#offset = (this.#offset + 1) % Math.max(1, this.count);
  }

  accepted(): void {
    this.#refusals = 0;
  }
}
