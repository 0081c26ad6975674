/**
 * Lines and bars of characters. Each column stands for one bucket of a series; a line shows its lowest to its highest value, so
 * that no spike is lost by thinning.
 */
import { right, widthOf } from "../../terminal/frame.ts";

/** One column's values; null: nothing is known there. */
export type Span = { readonly low: number; readonly high: number; readonly last: number } | null;

export interface PlotOptions {
  /** Columns in all, scale included. */
  readonly width: number;
  /** Lines of the drawing. */
  readonly height: number;
  readonly ascii: boolean;
  /** A value on the scale. */
  label(value: number): string;
  /** What stands under the first and the last column. */
  readonly ends: readonly [string, string];
}

interface Pens {
  readonly flat: string;
  readonly upright: string;
  readonly turns: { readonly up: string; readonly top: string; readonly down: string; readonly bottom: string };
  readonly axis: string;
  readonly bar: string;
  readonly zero: string;
}

const LINES: Pens = {
  flat: "─",
  upright: "│",
  turns: { up: "╯", top: "╭", down: "╮", bottom: "╰" },
  axis: "┤",
  bar: "█",
  zero: "─",
};
const ASCII: Pens = {
  flat: "-",
  upright: "|",
  turns: { up: "|", top: "-", down: "|", bottom: "-" },
  axis: "|",
  bar: "#",
  zero: "-",
};

/** Room that is left for the drawing when the scale's labels are this wide. */
const MOST_LABEL = 12;
const LABELS = 5;

/** How many columns a plot of this width has at most for values. */
export function plotColumns(width: number): number {
  return Math.max(10, width - MOST_LABEL - 2);
}

/** A line through the values; empty when none is known. */
export function linePlot(spans: readonly Span[], options: PlotOptions): string {
  const known = spans.filter((span) => span !== null);
  if (known.length === 0) return "";
  const scale = scaleOf(known.map((span) => span.low), known.map((span) => span.high), options.height);
  const pens = options.ascii ? ASCII : LINES;
  const drawing = new Drawing(options.height, plotColumns(options.width));
  let before: number | null = null;
  drawing.eachColumn(spans, (span, column, part) => {
    if (span === null) before = null;
    else if (part > 0) drawing.put(scale.row(span.last), column, pens.flat);
    else {
      drawSpan(drawing, column, span, before, scale, pens);
      before = scale.row(span.last);
    }
  });
  return framed(drawing, scale, pens, options, Math.min(spans.length, drawing.width));
}

/** Bars from zero; empty when no value is known. */
export function barPlot(values: readonly (number | null)[], options: PlotOptions): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return "";
  const scale = scaleWithZero(known, options.height);
  const pens = options.ascii ? ASCII : LINES;
  const drawing = new Drawing(options.height, plotColumns(options.width));
  const zero = scale.row(0);
  const wide = drawing.perValue(values.length);
  drawing.eachColumn(values, (value, column, part) => {
    drawing.put(zero, column, pens.zero);
    const isGap = wide > 1 && part === wide - 1;
    if (value === null || value === 0 || isGap) return;
    const end = scale.row(value);
    // A result that rounds to no bar is still a win or a loss: one cell on its side of zero, where there is one.
    const first = value > 0 ? Math.min(end, Math.max(0, zero - 1)) : Math.min(options.height - 1, zero + 1);
    const last = value > 0 ? Math.max(0, zero - 1) : Math.max(end, Math.min(options.height - 1, zero + 1));
    for (let row = first; row <= last; row++) drawing.put(row, column, pens.bar);
  });
  return framed(drawing, scale, pens, options, Math.min(values.length, drawing.width));
}

interface Scale {
  /** A row that has a label; others have one at equal distances. */
  readonly anchor: number;
  /** 0 is the topmost. */
  row(value: number): number;
  valueAt(row: number): number;
}

function scaleOf(lows: readonly number[], highs: readonly number[], height: number): Scale {
  let low = lows.reduce((least, value) => Math.min(least, value), Infinity);
  let high = highs.reduce((most, value) => Math.max(most, value), -Infinity);
  if (low === high) {
    const margin = Math.abs(low) * 0.01 || 1;
    low -= margin;
    high += margin;
  }
  const step = (high - low) / (height - 1);
  return {
    anchor: 0,
    row: (value) => Math.max(0, Math.min(height - 1, Math.round((high - value) / step))),
    valueAt: (row) => high - row * step,
  };
}

/** Zero is exactly on a row. */
function scaleWithZero(values: readonly number[], height: number): Scale {
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const most = Math.round((height - 1) * (high === low ? 0.5 : high / (high - low)));
  // A side that has values has a row.
  const zero = Math.min(low < 0 ? height - 2 : height - 1, Math.max(high > 0 ? 1 : 0, most));
  const step = Math.max(high / (zero || 1), -low / (height - 1 - zero || 1)) || 1;
  return {
    anchor: zero,
    row: (value) => Math.max(0, Math.min(height - 1, zero - Math.round(value / step))),
    valueAt: (row) => row === zero ? 0 : (zero - row) * step,
  };
}

function drawSpan(
  drawing: Drawing,
  column: number,
  span: NonNullable<Span>,
  before: number | null,
  scale: Scale,
  pens: Pens,
): void {
  const now = scale.row(span.last);
  const from = before ?? now;
  const top = Math.min(scale.row(span.high), now, from);
  const bottom = Math.max(scale.row(span.low), now, from);
  if (top === bottom) return drawing.put(now, column, pens.flat);
  for (let row = top; row <= bottom; row++) drawing.put(row, column, pens.upright);
  const { turns } = pens;
  if (from > now && bottom === from) drawing.put(from, column, turns.up);
  if (from > now && top === now) drawing.put(now, column, turns.top);
  if (from < now && top === from) drawing.put(from, column, turns.down);
  if (from < now && bottom === now) drawing.put(now, column, turns.bottom);
}

class Drawing {
  readonly #rows: string[][];

  constructor(height: number, readonly width: number) {
    this.#rows = Array.from({ length: height }, () => Array<string>(width).fill(" "));
  }

  put(row: number, column: number, character: string): void {
    const cells = this.#rows[row];
    if (cells !== undefined && column < this.width) cells[column] = character;
  }

  /** Columns that one value has. */
  perValue(count: number): number {
    return Math.max(1, Math.floor(this.width / Math.max(1, count)));
  }

  /** Every value's columns, counted from 0 in `part`. */
  eachColumn<Value>(values: readonly Value[], draw: (value: Value, column: number, part: number) => void): void {
    const wide = this.perValue(values.length);
    values.slice(0, this.width).forEach((value, at) => {
      for (let part = 0; part < wide; part++) draw(value, at * wide + part, part);
    });
  }

  line(row: number): string {
    return this.#rows[row]!.join("").trimEnd();
  }
}

function framed(drawing: Drawing, scale: Scale, pens: Pens, options: PlotOptions, values: number): string {
  const every = Math.max(1, Math.floor((options.height - 1) / (LABELS - 1)));
  const labelled = new Map<number, string>();
  for (let row = scale.anchor % every; row < options.height; row += every) {
    labelled.set(row, options.label(scale.valueAt(row)));
  }
  const room = Math.max(...Array.from(labelled.values(), widthOf));
  const lines = Array.from(
    { length: options.height },
    (_, row) => `${right(labelled.get(row) ?? "", room)} ${pens.axis}${drawing.line(row)}`,
  );
  const [first, last] = options.ends;
  const used = values * drawing.perValue(values);
  const under = first === last ? first : `${first}${right(last, Math.max(widthOf(last) + 2, used - widthOf(first)))}`;
  return [...lines, `${" ".repeat(room + 2)}${under}`].map((line) => `${line.trimEnd()}\n`).join("");
}
