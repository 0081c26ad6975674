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
  /** OpenD counts the questions of a run, those of a look not. */
  readonly isCounted: boolean;
  /** False: it did not succeed, and is tried again soon. Rejects only when the signal ends it. */
  readonly run: (signal: AbortSignal) => Promise<boolean>;
  /** What `look()` runs instead. */
  readonly look?: (signal: AbortSignal) => Promise<boolean>;
}

export class Rounds {
  readonly #options: RoundsOptions;
  #abort: AbortController | null = null;
  #calls = 0;
  #isRunning = false;
  /** When the last run began, and the last run or look. */
  #ranAt = 0;
  #beganAt = 0;
  /** When the next run and the next look are due. */
  #runAt = Infinity;
  #lookAt = Infinity;
  #cancelTimer: (() => void) | null = null;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** Runs at once. @param calls questions of a run */
  start(calls: number): void {
    this.stop();
    this.#calls = calls;
    const abort = new AbortController();
    this.#abort = abort;
    this.#begin(abort, false);
  }

  /** Ends the run that is under way. */
  stop(): void {
    this.#abort?.abort(new DOMException("no longer wanted", "AbortError"));
    this.#abort = null;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#isRunning = false;
    this.#runAt = Infinity;
    this.#lookAt = Infinity;
  }

  /** Runs as soon as the one under way is over (what it reads may be older) and the pace allows. Nothing while stopped. */
  soon(): void {
    if (this.#abort === null) return;
    this.#runAt = Math.min(this.#runAt, this.#soonestRun(TOGETHER_MS));
    this.#arm(this.#abort);
  }

  /** Looks as soon as the run under way is over: OpenD answers from what it knows, as often as it is asked. */
  look(): void {
    if (this.#abort === null) return;
    const now = this.#options.clock.monotonic();
    this.#lookAt = Math.min(this.#lookAt, Math.max(now + TOGETHER_MS, this.#beganAt + this.#calls * FREE_CALL_MS));
    this.#arm(this.#abort);
  }

  #begin(abort: AbortController, isLook: boolean): void {
    const { clock, run, look = run } = this.#options;
    this.#cancelTimer = null;
    this.#isRunning = true;
    this.#beganAt = clock.monotonic();
    this.#lookAt = Infinity;
    if (!isLook) {
      this.#ranAt = this.#beganAt;
      this.#runAt = Infinity;
    }
    void (isLook ? look : run)(abort.signal).then((succeeded) => this.#ended(abort, succeeded), (fault: unknown) => {
      if (!abort.signal.aborted) throw fault;
    });
  }

  #ended(abort: AbortController, succeeded: boolean): void {
    if (this.#abort !== abort) return;
    this.#isRunning = false;
    const next = succeeded ? Math.max(0, this.#ranAt + this.#options.intervalMs - this.#now) : RETRY_MS;
    this.#runAt = Math.min(this.#runAt, this.#soonestRun(next));
    this.#arm(abort);
  }

  #soonestRun(wishedMs: number): number {
    const { isCounted } = this.#options;
    return Math.max(this.#now + wishedMs, this.#ranAt + this.#calls * (isCounted ? COUNTED_CALL_MS : FREE_CALL_MS));
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }

  /** One timer, for whichever comes first. */
  #arm(abort: AbortController): void {
    if (this.#isRunning) return;
    this.#cancelTimer?.();
    const dueAt = Math.min(this.#runAt, this.#lookAt);
    const isLook = this.#lookAt < this.#runAt;
    this.#cancelTimer = this.#options.clock.after(dueAt - this.#now, () => this.#begin(abort, isLook));
  }
}
