/** The characters that draw bars, rules and arrows, in two sets: block elements, or plain ASCII. */

export type GlyphSet = "unicode" | "ascii";

export interface Glyphs {
  readonly set: GlyphSet;
  readonly plusMinus: string;
  /** Sparkline levels, lowest first. */
  readonly levels: readonly string[];
  readonly gain: string;
  readonly loss: string;
}

const UNICODE: Glyphs = {
  set: "unicode",
  plusMinus: "±",
  levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
  gain: "█",
  loss: "▓",
};

const ASCII: Glyphs = {
  set: "ascii",
  plusMinus: "+-",
  levels: [".", ":", "-", "=", "+", "*", "%", "#"],
  gain: "+",
  loss: "-",
};

export function glyphsOf(set: GlyphSet): Glyphs {
  return set === "ascii" ? ASCII : UNICODE;
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * A limit's bar: `cells` up to 100 % and one for the end, a mark at the soft threshold, an arrow when over.
 * A null fraction (input missing) draws the empty bar.
 */
export function limitBar(fraction: number | null, cells: number, softAt: number, glyphs: Glyphs): string {
  if (glyphs.set === "ascii") return asciiBar(fraction, cells, softAt);
  const full = Math.max(0, fraction ?? 0);
  if (full > 1) return "█".repeat(cells) + "▶";
  const eighths = Math.floor(full * cells * 8 + 1e-9);
  const soft = Math.min(cells - 1, Math.floor(softAt * cells + 1e-9));
  let bar = "";
  for (let cell = 0; cell < cells; cell++) {
    const filled = eighths - cell * 8;
    if (filled >= 8) bar += "█";
    else if (filled > 0) bar += EIGHTHS[filled];
    else bar += cell === soft ? "┊" : "·";
  }
  return bar + "│";
}

/** A bar that grows from zero in the middle to either side of a range, as wide as the other with these cells. */
export function rangeBar(
  utilization: number | null,
  negative: boolean,
  cells: number,
  softAt: number,
  glyphs: Glyphs,
): string {
  const half = Math.floor((cells - 1) / 2);
  const used = Math.max(0, utilization ?? 0);
  const filled = Math.min(half, Math.round(used * half));
  const soft = Math.floor(softAt * half + 1e-9);
  const side = (shown: boolean): string[] =>
    Array.from({ length: half }, (_, cell) => shown && cell < filled ? "█" : cell === soft ? "┊" : "·");
  const left = side(negative).reverse().join("");
  const right = side(!negative).join("");
  const over = used > 1;
  const bar = `${over && negative ? "◀" : "│"}${left}│${right}${over && !negative ? "▶" : "│"}`;
  return glyphs.set === "ascii" ? bar.replace("◀", "<") : bar;
}

/** `[######..|`: as many columns as the other set's bar, the bracket taking the first. */
function asciiBar(fraction: number | null, cells: number, softAt: number): string {
  const inner = Math.max(0, cells - 1);
  const full = Math.max(0, fraction ?? 0);
  if (full > 1) return `[${"#".repeat(inner)}>`;
  const filled = Math.floor(full * inner + 1e-9);
  const soft = Math.min(inner - 1, Math.floor(softAt * inner + 1e-9));
  let bar = "[";
  for (let cell = 0; cell < inner; cell++) bar += cell < filled ? "#" : cell === soft ? ":" : ".";
  return `${bar}|`;
}

/** A bar that grows with a magnitude: `▓` for a loss, `█` for a gain. */
export function magnitudeBar(value: number, largest: number, cells: number, glyphs: Glyphs): string {
  if (!(largest > 0) || !Number.isFinite(value)) return "";
  const length = Math.min(cells, Math.round((Math.abs(value) / largest) * cells));
  return (value < 0 ? glyphs.loss : glyphs.gain).repeat(length);
}

/**
 * A bar that grows from a zero in the middle, `half` cells to either side: to the left and hollow for minus. What is not
 * zero has one cell at least.
 */
export function signedBar(value: number | null, largest: number, half: number, glyphs: Glyphs): string {
  const size = value ?? 0;
  const bar = size === 0 ? "" : magnitudeBar(size, largest, half, glyphs) || (size < 0 ? glyphs.loss : glyphs.gain);
  return size < 0 ? `${bar.padStart(half)}│` : `${" ".repeat(half)}│${bar}`;
}

/** Values on their own scale, a blank for each gap; empty below 8 cells, where a line would say nothing. */
export function sparkline(values: readonly (number | null)[], glyphs: Glyphs): string {
  const points = values.filter((value) => value !== null);
  if (values.length < 8 || points.length === 0) return "";
  const low = Math.min(...points);
  const range = Math.max(...points) - low;
  const top = glyphs.levels.length - 1;
  const level = (value: number): string =>
    glyphs.levels[range > 0 ? Math.round(((value - low) / range) * top) : 0] ?? " ";
  return values.map((value) => value === null ? " " : level(value)).join("");
}

/** Signs that have a plain counterpart of the same width; every other character beyond ASCII becomes `?`. */
const PLAIN = new Map([..."│|─-┬+┴+·-▲!▼v▶>±~┊:█#▓-"].flatMap((sign, i, all) => {
  const plain = all[i + 1];
  return i % 2 === 0 && plain !== undefined ? [[sign.codePointAt(0) ?? 0, plain.charCodeAt(0)] as const] : [];
}));

/** Turns what was drawn into ASCII, for terminals without UTF-8 or with wide ambiguous characters. */
export function toAscii(codes: Uint32Array): void {
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 32;
    if (code === 0) codes[at] = 32;
    else if (code >= 0x80) codes[at] = PLAIN.get(code) ?? 63;
  }
}
