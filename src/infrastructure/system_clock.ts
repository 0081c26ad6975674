/** The machine's own clock, with an optional shift of the wall time (`--now`). */
import type { Clock } from "../application/ports/clock.ts";
import type { EpochMs } from "../domain/time.ts";

/** `shiftMs` moves the wall clock only; ages and time-outs run on the monotonic one. */
export function systemClock(shiftMs = 0): Clock {
  return {
    now: (): EpochMs => Date.now() + shiftMs,
    monotonic: () => performance.now(),
    after(ms, call) {
      const timer = setTimeout(call, Math.max(0, ms));
      return () => clearTimeout(timer);
    },
  };
}
