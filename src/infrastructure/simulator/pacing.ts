/** The limit on a client's messages: more than fifty in a second is an error, and going on ends the connection. */

const MESSAGES_PER_SECOND = 50;
const WINDOW_MS = 1000;
/** Warnings before the connection is closed. */
const WARNINGS = 3;

export type Pace = "fine" | "warn" | "close";

export class Pacing {
  #times: number[] = [];
  #excess = 0;
  #warnings = 0;
  #warnedAt = -Infinity;

  /** Counts one message at a monotonic time. A second, or as many messages again beyond the limit, is a new offence. */
  count(now: number): Pace {
    this.#times.push(now);
    const from = this.#times.findIndex((time) => time > now - WINDOW_MS);
    if (from > 0) this.#times = this.#times.slice(from);
    if (this.#times.length <= MESSAGES_PER_SECOND) {
      this.#excess = 0;
      return "fine";
    }
    this.#excess++;
    if (now - this.#warnedAt < WINDOW_MS && this.#excess % MESSAGES_PER_SECOND !== 0) return "fine";
    this.#warnedAt = now;
    return ++this.#warnings > WARNINGS ? "close" : "warn";
  }
}
