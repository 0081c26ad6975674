/**
 * IBKR's ration of history: 60 requests in 10 minutes, and none that repeats another within 15 seconds. Beyond it TWS
 * answers with 162 or 420 and may end the session.
 */

export const RATION = 60;
/** A little more than IBKR's own spans: it counts on its own clock. */
export const RATION_WINDOW_MS = 10 * 60_000 + 1_000;
export const SAME_REQUEST_MS = 16_000;

export class HistoryRation {
  /** Times of the last requests, oldest first. */
  readonly #sent: number[] = [];
  readonly #lastOf = new Map<string, number>();
  #heldUntil = 0;

  /** How long `request` must wait; 0 when it may go now. Times are monotonic milliseconds. */
  waitMs(request: string, now: number): number {
    const full = this.#sent.length < RATION ? 0 : this.#sent.at(-RATION)! + RATION_WINDOW_MS - now;
    const same = (this.#lastOf.get(request) ?? -Infinity) + SAME_REQUEST_MS - now;
    return Math.max(0, full, same, this.#heldUntil - now);
  }

  /** A request goes out. */
  count(request: string, now: number): void {
    this.#sent.push(now);
    if (this.#sent.length > RATION) this.#sent.shift();
    for (const [other, at] of this.#lastOf) if (at + SAME_REQUEST_MS <= now) this.#lastOf.delete(other);
    this.#lastOf.set(request, now);
  }

  /** IBKR says that it was too much, other clients of the same TWS counted: nothing for that long. */
  hold(ms: number, now: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, now + ms);
  }
}
