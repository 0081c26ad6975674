/** How a backfill goes, on standard error: a line that is drawn over itself on a terminal, else a line for each window. */
import type { BackfillListener, BackfillProgress, WindowEnd } from "../../application/backfill/report.ts";
import type { Clock } from "../../application/ports/clock.ts";
import { age, count } from "../format.ts";
import { ProgressBar, type ProgressLine, type ProgressTerminal } from "../progress_bar.ts";

/** The rate is that of the last seconds. */
const RATE_MS = 5_000;
/** Before this nobody can tell how long it takes. */
const LEAST_ELAPSED_MS = 2_000;
const LEAST_FRACTION = 0.02;

export interface ProgressView extends Omit<BackfillListener, "onAccounts"> {
  clear(): void;
}

export interface ProgressViewOptions {
  readonly terminal: ProgressTerminal;
  readonly clock: Pick<Clock, "monotonic">;
  readonly glyphs: "unicode" | "ascii";
  /** Whether the line may be drawn over itself. */
  readonly draws: boolean;
}

export function backfillProgress(options: ProgressViewOptions): ProgressView {
  return options.draws ? new DrawnProgress(options) : new PrintedProgress(options.terminal);
}

class PrintedProgress implements ProgressView {
  #isWaiting = false;

  constructor(readonly terminal: ProgressTerminal) {}

  /** A wait is told once: whoever reads a file of lines wants no countdown. */
  onProgress({ source, window, waiting }: BackfillProgress): void {
    if (waiting !== undefined && !this.#isWaiting) this.terminal.write(`${source}, ${window}: ${waiting}\n`);
    this.#isWaiting = waiting !== undefined;
  }

  onWindow({ source, window, executions, rows = "execution", failure }: WindowEnd): void {
    const result = failure === null ? count(executions, rows) : `FAILED: ${failure}`;
    this.terminal.write(`${source}, ${window}: ${result}\n`);
  }

  clear(): void {}
}

class DrawnProgress implements ProgressView {
  readonly #bar: ProgressBar;
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #startedAt: number;
  readonly #samples: { readonly at: number; readonly executions: number }[] = [];

  constructor({ terminal, clock, glyphs }: ProgressViewOptions) {
    this.#bar = new ProgressBar(terminal, clock, glyphs);
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  onProgress(progress: BackfillProgress): void {
    this.#bar.show(() => this.#line(progress));
  }

  onWindow(): void {}

  clear(): void {
    this.#bar.clear();
  }

  #line(progress: BackfillProgress): ProgressLine {
    const { source, window, index, windows, fraction, executions, failures, waiting } = progress;
    const now = this.#clock.monotonic();
    const done = windows === 0 ? 0 : (index - 1 + fraction) / windows;
    const leftMs = remainingMs(now - this.#startedAt, done);
    return {
      // While nothing goes on, why is what people want to know; where the line is short the rest gives way.
      label: `${source} ${index}/${windows}: ${waiting ?? window}`,
      fraction: done,
      details: [
        ...(leftMs === null ? [] : [`${age(leftMs)} left`]),
        `${executions.toLocaleString("en-US")} rows`,
        ...(failures === 0 ? [] : [`${failures} FAILED`]),
        `${this.#rate(now, executions).toLocaleString("en-US")} rows/s`,
      ],
    };
  }

  #rate(now: number, executions: number): number {
    this.#samples.push({ at: now, executions });
    while (this.#samples.length > 2 && now - this.#samples[0]!.at > RATE_MS) this.#samples.shift();
    const first = this.#samples[0]!;
    return now <= first.at ? 0 : Math.round((executions - first.executions) / ((now - first.at) / 1000));
  }
}

/** Null while it cannot be told. */
export function remainingMs(elapsedMs: number, fraction: number): number | null {
  if (elapsedMs < LEAST_ELAPSED_MS || fraction < LEAST_FRACTION || fraction >= 1) return null;
  return elapsedMs * (1 - fraction) / fraction;
}
