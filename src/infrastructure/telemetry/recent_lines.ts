/** The newest lines of the log, for the screen: a ring, so that a long day takes no more memory than a short one. */
import type { LogLine } from "../../application/ports/log.ts";

export class RecentLines {
  readonly #most: number;
  readonly #ring: LogLine[] = [];
  #count = 0;
  /** In order; made when asked for, and kept until the next line. */
  #ordered: readonly LogLine[] | null = null;

  /** @param most lines that are remembered; the oldest is forgotten for the next */
  constructor(most: number) {
    this.#most = most;
  }

  add(line: Omit<LogLine, "number">): void {
    this.#ring[this.#count % this.#most] = { number: ++this.#count, ...line };
    this.#ordered = null;
  }

  /** Oldest first. The same list until a line is added. */
  lines(): readonly LogLine[] {
    if (this.#ordered !== null) return this.#ordered;
    const oldest = this.#count > this.#most ? this.#count % this.#most : 0;
    this.#ordered = [...this.#ring.slice(oldest), ...this.#ring.slice(0, oldest)];
    return this.#ordered;
  }
}
