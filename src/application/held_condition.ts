/** Trouble that counts once it has held, and is over once it has stayed away: flutter at the edge is no news. */
import type { EpochMs } from "../domain/time.ts";

export interface HoldTimes {
  readonly opensAfterMs: number;
  readonly clearsAfterMs: number;
}

export class HeldCondition {
  readonly #times: HoldTimes;
  #open = false;
  #since: EpochMs = 0;
  /** Since when it has been otherwise than `#open` says; null while it is not. */
  #turningSince: EpochMs | null = null;

  constructor(times: HoldTimes) {
    this.#times = times;
  }

  get open(): boolean {
    return this.#open;
  }

  /** When the last trouble that counted began, not when it had held. */
  get since(): EpochMs {
    return this.#since;
  }

  /**
   * What has changed now, or null.
   *
   * @param troubled null when nobody can tell: nothing opens or clears on that
   */
  observe(troubled: boolean | null, now: EpochMs): "opened" | "cleared" | null {
    if (troubled === null || troubled === this.#open) {
      this.#turningSince = null;
      return null;
    }
    this.#turningSince ??= now;
    if (now - this.#turningSince < (troubled ? this.#times.opensAfterMs : this.#times.clearsAfterMs)) return null;
    if (troubled) this.#since = this.#turningSince;
    this.#turningSince = null;
    this.#open = troubled;
    return troubled ? "opened" : "cleared";
  }
}
