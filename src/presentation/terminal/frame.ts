/** A screen as cells: what the views draw on and what the writer compares. */
import stringWidth from "fast-string-width";
import type { Style } from "./style.ts";

const BLANK = 32;
/** Right half of a wide character. */
const CONTINUATION = 0;

/** A rectangle of cells that clips whatever is drawn beyond it, so that a view never needs to. */
export class Frame {
  /** Code points, row by row; 0 is the right half of a wide one. */
  readonly codes: Uint32Array;
  readonly styles: Uint8Array;
  /** Whether a wide character was ever drawn: until then no cell is half of one. */
  #holdsWide = false;

  constructor(readonly width: number, readonly height: number) {
    this.codes = new Uint32Array(width * height).fill(BLANK);
    this.styles = new Uint8Array(width * height);
  }

  /**
   * Draws text from a column on and gives the column after it. Cuts at `limit` (the frame's width unless given);
   * a wide character that would be cut in half becomes a blank.
   */
  put(row: number, column: number, text: string, style: Style = 0, limit = this.width): number {
    if (row < 0 || row >= this.height) return column + text.length;
    const end = Math.min(limit, this.width);
    const start = row * this.width;
    const plain = this.#putPlain(start, column, end, text, style);
    let at = column + plain;
    let before = plain > 0 ? at - 1 : at;
    for (let i = plain; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if (code >= 0x80) {
        code = text.codePointAt(i) ?? BLANK;
        if (code > 0xffff) i++;
        const width = codeWidth(code);
        if (width === 0) {
          if (before < at && before >= 0 && before < end) this.#compose(start + before, code);
          continue;
        }
        code = letterOfFlag(code);
        before = at;
        if (width === 2) {
          if (at + 1 < end && at >= 0) {
            this.#set(start, at, code, style);
            this.#set(start, at + 1, CONTINUATION, style, true);
          } else if (at < end) {
            this.#set(start, at, BLANK, style);
          }
          at += 2;
          continue;
        }
      } else if (code < 0x20 || code === 0x7f) {
        // A control character in a name must never reach the terminal.
        continue;
      }
      before = at;
      if (at < end) this.#set(start, at, code, style);
      at++;
    }
    return at;
  }

  /** Draws text so that it ends before `end`; gives the column where it began. */
  putEnding(row: number, end: number, text: string, style: Style = 0): number {
    const start = end - widthOf(text);
    this.put(row, start, text, style);
    return start;
  }

  /** Repeats a one-cell character. */
  fill(row: number, from: number, to: number, character: string, style: Style = 0): void {
    for (let column = from; column < to && column < this.width; column++) this.put(row, column, character, style);
  }

  /** Adds attributes to the cells from one column up to another. */
  paint(row: number, from: number, to: number, style: Style): void {
    if (row < 0 || row >= this.height) return;
    const start = row * this.width;
    for (let column = Math.max(0, from); column < Math.min(to, this.width); column++) {
      this.styles[start + column] = (this.styles[start + column] ?? 0) | style;
    }
  }

  /** One row as text, exactly `width` columns wide. */
  line(row: number): string {
    let text = "";
    for (let at = row * this.width; at < (row + 1) * this.width; at++) {
      const code = this.codes[at] ?? BLANK;
      if (code !== CONTINUATION) text += String.fromCodePoint(code);
    }
    return text;
  }

  lines(): string[] {
    return Array.from({ length: this.height }, (_, row) => this.line(row));
  }

  /** Draws the plain characters that text begins with and that fit, and gives their number: nearly all of a screen. */
  #putPlain(start: number, column: number, end: number, text: string, style: Style): number {
    if (column < 0 || this.#holdsWide) return 0;
    const { codes, styles } = this;
    const most = Math.min(text.length, end - column);
    let at = start + column;
    for (let i = 0; i < most; i++, at++) {
      const code = text.charCodeAt(i);
      if (!isPlain(code)) return i;
      codes[at] = code;
      styles[at] = style;
    }
    return Math.max(0, most);
  }

  /** Puts a mark onto the character in a cell where both are one character, as `e` and an accent; else it is left out. */
  #compose(at: number, mark: number): void {
    const whole = String.fromCodePoint(this.codes[at] ?? BLANK, mark).normalize("NFC");
    const code = whole.codePointAt(0) ?? BLANK;
    const single = whole.length === (code > 0xffff ? 2 : 1);
    const wide = (one: number): boolean => one >= 0x80 && codeWidth(one) === 2;
    if (single && wide(code) === wide(this.codes[at] ?? BLANK)) this.codes[at] = code;
  }

  #set(start: number, column: number, code: number, style: Style, right = false): void {
    if (column < 0 || column >= this.width) return;
    if (right) this.#holdsWide = true;
    const at = start + column;
    // Overwriting one half of a wide character leaves a blank in the other.
    if (!right && this.codes[at] === CONTINUATION && column > 0) this.codes[at - 1] = BLANK;
    if (column + 1 < this.width && this.codes[at + 1] === CONTINUATION && this.codes[at] !== CONTINUATION) {
      this.codes[at + 1] = BLANK;
    }
    this.codes[at] = code;
    this.styles[at] = style;
  }
}

/** Columns that text takes as `put` draws it. */
export function widthOf(text: string): number {
  // Nearly all text is; a pattern finds that out sooner than a loop.
  if (!NOT_PLAIN.test(text)) return text.length;
  let width = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) {
      if (code >= 0x20 && code !== 0x7f) width++;
      continue;
    }
    const point = text.codePointAt(i) ?? BLANK;
    if (point > 0xffff) i++;
    width += codeWidth(point);
  }
  return width;
}

const NOT_PLAIN = /[^\x20-\x7e]/;

/** Printable ASCII. */
function isPlain(code: number): boolean {
  return code >= 0x20 && code < 0x7f;
}

/** Cuts text to a width, with `~` in place of what is lost. Numbers are never cut: they go through the table instead. */
export function cut(text: string, width: number): string {
  if (width <= 0) return "";
  if (widthOf(text) <= width) return text;
  let out = "";
  let used = 0;
  for (const character of text) {
    const wide = widthOf(character);
    if (used + wide > width - 1) break;
    out += character;
    used += wide;
  }
  return `${out}~`;
}

/** Text in lines of at most a width, broken between words; a word that is longer is cut. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (word === "") continue;
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = cut(word, width);
  }
  return line === "" ? lines : [...lines, line];
}

/** Left-aligned in a width, cut where it is longer. */
export function padded(text: string, width: number): string {
  const kept = cut(text, width);
  return kept + " ".repeat(Math.max(0, width - widthOf(kept)));
}

/** Right-aligned in a width; longer text stays whole. */
export function right(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - widthOf(text))) + text;
}

const widths = new Map<number, number>();

/**
 * 0, 1 or 2. Combining marks and joiners count nothing: a mark becomes one with the character before it or is left out of
 * the frame. So are C1 controls, tags, skin tones, and the characters that turn the direction of text around: terminals
 * do not agree on the cells they take.
 */
function codeWidth(code: number): number {
  if (code >= 0x2500 && code <= 0x259f) return 1;
  const known = widths.get(code);
  if (known !== undefined) return known;
  const flag = code >= FLAG_LETTERS && code < FLAG_LETTERS + 26;
  const width = isInvisible(code) ? 0 : flag ? 1 : Math.min(2, stringWidth(String.fromCodePoint(code)));
  if (widths.size >= 4_096) widths.clear();
  widths.set(code, width);
  return width;
}

function isInvisible(code: number): boolean {
  return INVISIBLE.some(([from, to]) => code >= from && code <= to);
}

const INVISIBLE: readonly (readonly [from: number, to: number])[] = [
  [0x80, 0x9f],
  [0xad, 0xad],
  // The second and third part of a Korean syllable.
  [0x1160, 0x11ff],
  [0xd7b0, 0xd7ff],
  [0xd800, 0xdfff],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0x1f3fb, 0x1f3ff],
  [0xe0000, 0xe0fff],
];

/** Two of these make a flag, in one terminal two cells wide and in another four: they are drawn as the letters they are. */
const FLAG_LETTERS = 0x1f1e6;

function letterOfFlag(code: number): number {
  return code >= FLAG_LETTERS && code < FLAG_LETTERS + 26 ? code - FLAG_LETTERS + 0x41 : code;
}
