/**
 * One errand that is run again and again: at an interval, and soon after something happened.
 *
 * OpenD takes a counted message ten times in 30 s. Runs are kept so far apart that this is enough for all their questions, and
 * one begins only when the one before is over: with many accounts the interval grows, not a queue.
 */
import type { Clock } from "../../application/ports/clock.ts";

/** What happens together (an order's part fills) is looked at once. */
const TOGETHER_MS = 300;
const RETRY_MS = 5_000;
/** Of a message that OpenD counts: 10 in 30 s. */
const COUNTED_CALL_MS = 3_100;
/** Of one that it does not. */
const FREE_CALL_MS = 200;

export interface RoundsOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** OpenD counts the questions of a run. */
  readonly isCounted: boolean;
  /** False: it did not succeed, and is tried again soon. Rejects only when the signal ends it. */
  readonly run: (signal: AbortSignal) => Promise<boolean>;
}

export class Rounds {
  readonly #options: RoundsOptions;
  #abort: AbortController | null = null;
  #apartMs = 0;
  #startedAt = 0;
  #running = false;
  /** Something happened while a run was under way: what it read may be older. */
  #wanted = false;
  #cancelTimer: (() => void) | null = null;
  #dueAt = Infinity;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** Runs at once. @param calls questions of a run */
  start(calls: number): void {
    this.stop();
    this.#abort = new AbortController();
    this.#apartMs = calls * (this.#options.isCounted ? COUNTED_CALL_MS : FREE_CALL_MS);
    this.#run(this.#abort);
  }

  /** Ends the run that is under way. */
  stop(): void {
    this.#abort?.abort(new DOMException("no longer wanted", "AbortError"));
    this.#abort = null;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** As soon as the run under way is over and the pace allows. Nothing while stopped. */
  soon(): void {
    if (this.#abort === null) return;
    if (this.#running) this.#wanted = true;
    else this.#schedule(this.#abort, this.#waitMs(TOGETHER_MS));
  }

  #run(abort: AbortController): void {
    const { clock, run } = this.#options;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#dueAt = Infinity;
    this.#running = true;
    this.#wanted = false;
    this.#startedAt = clock.monotonic();
    const next = (succeeded: boolean) => {
      if (this.#abort !== abort) return;
      this.#running = false;
      if (!succeeded) this.#schedule(abort, this.#waitMs(RETRY_MS));
      else if (this.#wanted) this.#schedule(abort, this.#waitMs(TOGETHER_MS));
      else this.#schedule(abort, this.#waitMs(this.#sinceStart(this.#options.intervalMs)));
    };
    void run(abort.signal).then(next, (fault: unknown) => {
      if (!abort.signal.aborted) throw fault;
    });
  }

  #waitMs(wishedMs: number): number {
    return Math.max(wishedMs, this.#sinceStart(this.#apartMs), 0);
  }

  /** What is left of a span that began with the last run. */
  #sinceStart(ms: number): number {
    return this.#startedAt + ms - this.#options.clock.monotonic();
  }

  #schedule(abort: AbortController, ms: number): void {
    const { clock } = this.#options;
    const dueAt = clock.monotonic() + ms;
    if (this.#cancelTimer !== null && this.#dueAt <= dueAt) return;
    this.#cancelTimer?.();
    this.#dueAt = dueAt;
    this.#cancelTimer = clock.after(ms, () => this.#run(abort));
  }
}
