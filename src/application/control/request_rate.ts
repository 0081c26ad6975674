/** So many requests a second, and as many at once after a pause. */
import type { Clock } from "../ports/clock.ts";

export class RequestRate {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #perSecond: number;
  #left: number;
  #at: number;

  constructor(perSecond: number, clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#left = perSecond;
    this.#at = clock.monotonic();
  }

  /** Takes one and gives 0, or how many milliseconds to wait before asking again. */
  take(): number {
    const now = this.#clock.monotonic();
    this.#left = Math.min(this.#perSecond, this.#left + (now - this.#at) * this.#perSecond / 1000);
    this.#at = now;
    if (this.#left < 1) return Math.ceil((1 - this.#left) * 1000 / this.#perSecond);
    this.#left--;
    return 0;
  }
}
