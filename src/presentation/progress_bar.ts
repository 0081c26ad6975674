/**
 * One line on a terminal that is drawn over itself while work goes on. Nothing of it stays when it is cleared.
 *
 * It carries no colours, so that NO_COLOR has nothing to take away.
 */
import stringWidth from "fast-string-width";
import type { Clock } from "../application/ports/clock.ts";

/** The least time between two drawings: ten a second. */
const REDRAW_MS = 100;
const MOST_BAR = 24;
const LEAST_BAR = 6;

export interface ProgressTerminal {
  write(text: string): void;
  /** Asked at each drawing, since windows change their size. */
  columns(): number;
}

export interface ProgressLine {
  /** What is being done; shortened where the line is narrow. */
  readonly label: string;
  /** 0 to 1; null draws no bar. */
  readonly fraction: number | null;
  /** How it goes, the most important first: what does not fit is left out from the end. */
  readonly details: readonly string[];
}

export class ProgressBar {
  readonly #terminal: ProgressTerminal;
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #glyphs: { readonly full: string; readonly empty: string };
  #drawnAt = -Infinity;
  #isDrawn = false;

  constructor(terminal: ProgressTerminal, clock: Pick<Clock, "monotonic">, glyphs: "unicode" | "ascii") {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#glyphs = glyphs === "unicode" ? { full: "█", empty: "░" } : { full: "#", empty: "-" };
  }

  /** Draws it, unless the last drawing is too fresh: then the next call will. */
  show(line: () => ProgressLine): void {
    const now = this.#clock.monotonic();
    if (now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    // The last column stays free: some terminals wrap once it is written to.
    this.#terminal.write(`\r${progressText(line(), this.#terminal.columns() - 1, this.#glyphs)}\x1b[K`);
  }

  /** Takes the line away. */
  clear(): void {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    this.#drawnAt = -Infinity;
    this.#terminal.write("\r\x1b[K");
  }
}

/** The line in at most `width` columns. */
export function progressText(
  { label, fraction, details }: ProgressLine,
  width: number,
  glyphs: { readonly full: string; readonly empty: string },
): string {
  const bar = fraction === null ? "" : barOf(fraction, Math.floor(width / 5), glyphs);
  let text = shortened(label, Math.max(10, Math.floor(width / 2)));
  if (bar !== "" && stringWidth(text) + 2 + stringWidth(bar) <= width) text += `  ${bar}`;
  for (const detail of details) {
    if (stringWidth(text) + 2 + stringWidth(detail) > width) break;
    text += `  ${detail}`;
  }
  return shortened(text, width);
}

function barOf(fraction: number, width: number, { full, empty }: { full: string; empty: string }): string {
  const cells = Math.min(MOST_BAR, Math.max(LEAST_BAR, width));
  const known = Math.min(1, Math.max(0, fraction));
  const filled = Math.floor(known * cells);
  return `${full.repeat(filled)}${empty.repeat(cells - filled)} ${String(Math.floor(known * 100)).padStart(3)} %`;
}

function shortened(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const character of text) {
    used += stringWidth(character);
    if (used > width) break;
    kept += character;
  }
  return width <= 0 ? "" : `${kept}…`;
}
