/** When to try a connection again. */
import { type Clock, every, type Random } from "../../application/ports/clock.ts";

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

/** `0.4 s`, `31 s`: how long until the next try. */
export function delayText(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/**
 * Calls `then` after a while, and tells at once and every second until then how long it still is: words on a screen run
 * down with it. The returned function ends both.
 */
export function countDown(clock: Clock, ms: number, tell: (left: string) => void, then: () => void): () => void {
  const end = clock.monotonic() + ms;
  tell(delayText(ms));
  const stopTelling = every(clock, 1_000, () => tell(delayText(Math.max(0, end - clock.monotonic()))));
  const stopWaiting = clock.after(ms, () => {
    stopTelling();
    then();
  });
  return () => {
    stopTelling();
    stopWaiting();
  };
}
