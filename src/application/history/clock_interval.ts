/**
 * Multiples of an interval since 1970, so that the rows of several days fall on the same times of the day, whenever the
 * program was started: they can be laid over each other, and two runs do not write twice as many.
 */
import type { EpochMs } from "../../domain/time.ts";

export class ClockInterval {
  readonly #ms: number;
  #last = Number.NaN;

  constructor(seconds: number) {
    this.#ms = seconds * 1000;
  }

  /** True once for each multiple, at the first time asked at or after it; and the first time of all. */
  due(now: EpochMs): boolean {
    const multiple = Math.floor(now / this.#ms);
    if (multiple === this.#last) return false;
    this.#last = multiple;
    return true;
  }
}
