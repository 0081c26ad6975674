/** Distributions of what a load run measured. */

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Of no values: NaN. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (fraction: number) => sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

const BEAT_MS = 10;

/**
 * How much later than asked for a timer runs: the time for which the event loop was busy with something else, in
 * milliseconds. The timer's own resolution (about a millisecond) is in the figures.
 */
export function loopLag(): { stop(): number[] } {
  const lags: number[] = [];
  let due = performance.now() + BEAT_MS;
  let timer = setTimeout(beat, BEAT_MS);
  function beat(): void {
    const now = performance.now();
    lags.push(Math.max(0, now - due));
    due = now + BEAT_MS;
    timer = setTimeout(beat, BEAT_MS);
  }
  return {
    stop() {
      clearTimeout(timer);
      return lags;
    },
  };
}
