/** Time and timers, so that a day can be played in seconds with the same digits each run. */
import type { EpochMs } from "../../domain/time.ts";

export interface Clock {
  /** Wall clock. */
  now(): EpochMs;
  /** Milliseconds from an arbitrary start, never going back: for ages, time-outs and cadence. */
  monotonic(): number;
  /** Calls once after `ms`; the returned function cancels. */
  after(ms: number, call: () => void): () => void;
}

/** Uniform in [0, 1). Seeded wherever the result must be the same again. */
export type Random = () => number;

/** Calls every `ms` until the returned function is called. The period starts anew after each call: no pile-up. */
export function every(clock: Clock, ms: number, call: () => void): () => void {
  let cancel = clock.after(ms, run);
  let stopped = false;
  function run(): void {
    call();
    if (!stopped) cancel = clock.after(ms, run);
  }
  return () => {
    stopped = true;
    cancel();
  };
}

/**
 * Waits.
 *
 * @throws the signal's reason, at once
 */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
