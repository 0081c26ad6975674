/** Notices that a worker no longer gets anything done. */
import type { Clock } from "../application/ports/clock.ts";

export interface StallLimits {
  /** Longest time without news, in milliseconds. */
  readonly silenceMs: number;
  /** How often to look, in milliseconds. */
  readonly checkMs: number;
}

/**
 * Watches a counter of finished work. Until the first piece of work is finished, hearing from the worker at all is
 * enough: some commands count nothing. From then on only a higher count is: the timers of a program whose turns no
 * longer come to an end go on firing.
 */
export class StallWatch {
  #finished = 0;
  #newsAt: number;
  #checkedAt: number;
  #cancel: () => void;

  constructor(
    private readonly clock: Clock,
    private readonly limits: StallLimits,
    private readonly stalled: (silentMs: number) => void,
  ) {
    this.#newsAt = clock.monotonic();
    this.#checkedAt = this.#newsAt;
    this.#cancel = clock.after(limits.checkMs, () => this.#check());
  }

  heartbeat(finished: number): void {
    if (this.#finished > 0 && finished === this.#finished) return;
    this.#finished = finished;
    this.#newsAt = this.clock.monotonic();
  }

  stop(): void {
    this.#cancel();
  }

  #check(): void {
    const now = this.clock.monotonic();
    // A machine that slept, or a process that was suspended, silences both sides alike: only a look that comes on
    // time can blame the worker.
    const sinceLastCheck = now - this.#checkedAt;
    if (sinceLastCheck > 2 * this.limits.checkMs) this.#newsAt += sinceLastCheck;
    this.#checkedAt = now;
    if (now - this.#newsAt >= this.limits.silenceMs) return this.stalled(now - this.#newsAt);
    this.#cancel = this.clock.after(this.limits.checkMs, () => this.#check());
  }
}
