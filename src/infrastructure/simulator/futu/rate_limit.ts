/** How often an account may be asked about with a message that OpenD counts. */
import type { Clock } from "../../../application/ports/clock.ts";

export class RateLimit {
  readonly #calls = new Map<string, number[]>();

  constructor(readonly clock: Clock, readonly limit: number, readonly windowMs: number) {}

  /** Whether there is room for a call now; it is then counted. A refused call is not. */
  take(what: string): boolean {
    const now = this.clock.monotonic();
    const calls = (this.#calls.get(what) ?? []).filter((at) => now - at < this.windowMs);
    const room = calls.length < this.limit;
    if (room) calls.push(now);
    this.#calls.set(what, calls);
    return room;
  }
}
