/**
 * Brings a terminal from one frame to the next with as few bytes as it takes.
 *
 * Each draw is wrapped in a synchronized update (mode 2026), so that a terminal that knows it shows no half-drawn
 * frame; others ignore it.
 */
import type { Frame } from "./frame.ts";
import type { Theme } from "./theme.ts";

const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";

/**
 * Takes over the screen: alternate screen, hidden cursor, no wrapping at the last column, the wheel as arrow keys (the
 * mouse itself stays the terminal's, so that text can be selected), and pasted text in brackets.
 */
export const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?1007h\x1b[?2004h";

/**
 * Asks for the buttons and the wheel (1000) in numbers that any width fits (1006). Movement is not asked for: on a slow
 * line it would be all there is. Terminals let text be selected with Shift held meanwhile.
 */
export const MOUSE = "\x1b[?1000h\x1b[?1006h";

/**
 * Gives the terminal back, whatever state it is in: ends a synchronized update, mouse and paste modes, restores
 * wrapping, colours and the cursor, and leaves the alternate screen. Harmless when sent twice or by somebody else.
 */
export const RESTORE = "\x1b[?2026l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1007l\x1b[?2004l" +
  "\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h";

/** An unchanged gap of at most this many cells is cheaper to write again than to jump over. */
const GAP = 4;

export class DifferentialWriter {
  #shown: Frame | null = null;
  #theme: Theme;

  constructor(theme: Theme) {
    this.#theme = theme;
  }

  /** The next draw writes every cell: after a resize, Ctrl+L or a theme's change. */
  invalidate(theme: Theme = this.#theme): void {
    this.#theme = theme;
    this.#shown = null;
  }

  /** What to write so that the terminal shows `frame`; empty when it already does. */
  draw(frame: Frame): string {
    const shown = this.#shown;
    const same = shown !== null && shown.width === frame.width && shown.height === frame.height;
    const body = this.#changes(same ? shown : null, frame);
    this.#shown = frame;
    if (body === "" && same) return "";
    return BEGIN + (same ? "" : "\x1b[0m\x1b[2J") + body + END;
  }

  #changes(shown: Frame | null, frame: Frame): string {
    const { width, height } = frame;
    let out = "";
    let style = -1;
    let cursorRow = -1;
    let cursorColumn = -1;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        column = nextChange(shown, frame, row, column);
        if (column >= width) break;
        const at = row * width + column;
        // A wide character is written from its left half.
        if (frame.codes[at] === 0 && column > 0) {
          column--;
        }
        if (cursorRow === row && column - cursorColumn <= GAP && sameStyle(frame, row, cursorColumn, column, style)) {
          for (let gap = cursorColumn; gap < column; gap++) out += character(frame, row * width + gap);
        } else if (cursorRow === row && column > cursorColumn) {
          out += `\x1b[${column - cursorColumn}C`;
        } else if (cursorRow !== row || cursorColumn !== column) {
          out += column === 0 ? `\x1b[${row + 1}H` : `\x1b[${row + 1};${column + 1}H`;
        }
        const start = row * width + column;
        if (frame.styles[start] !== style) {
          style = frame.styles[start] ?? 0;
          out += this.#theme.sequence(style);
        }
        out += character(frame, start);
        const wide = column + 1 < width && frame.codes[start + 1] === 0;
        cursorRow = row;
        cursorColumn = column + (wide ? 2 : 1);
        column = cursorColumn - 1;
        // With wrapping off the cursor sticks to the last column: its place is no longer known.
        if (cursorColumn >= width) cursorRow = -1;
      }
    }
    return style <= 0 ? out : `${out}\x1b[0m`;
  }
}

/** The first column from this one on that the terminal shows otherwise; the width where all is the same. */
function nextChange(shown: Frame | null, frame: Frame, row: number, from: number): number {
  const { codes, styles, width } = frame;
  const start = row * width;
  let column = from;
  if (shown === null) {
    while (column < width && codes[start + column] === 32 && styles[start + column] === 0) column++;
    return column;
  }
  const { codes: shownCodes, styles: shownStyles } = shown;
  for (; column < width; column++) {
    const at = start + column;
    if (codes[at] !== shownCodes[at] || styles[at] !== shownStyles[at]) break;
  }
  return column;
}

/** Whether the cells of a gap, and the one after it, can be written without a change of colour. */
function sameStyle(frame: Frame, row: number, from: number, to: number, style: number): boolean {
  if (from > to) return false;
  for (let column = from; column < to; column++) {
    if (frame.styles[row * frame.width + column] !== style) return false;
    // Cut a gap neither before nor behind the halves of a wide character.
    if (frame.codes[row * frame.width + column] === 0) return false;
  }
  return true;
}

function character(frame: Frame, at: number): string {
  return String.fromCodePoint(frame.codes[at] || 32);
}
