/** Tables of numbers: columns that leave as the width shrinks, each number right-aligned before its mark. */
import { cut, type Frame, widthOf } from "./frame.ts";
import type { Sort } from "./view_state.ts";
import { BOLD, Role, type Style } from "./style.ts";

/** A cell's text and the letter in the slot after it. */
export interface Cell {
  readonly text: string;
  readonly mark?: string;
  readonly style?: Style;
}

/** One account's part of a sum that the snapshot has for the whole book alone. */
export const NOT_SPLIT: Cell = { text: "--n", style: Role.quiet };

/** An amount in a currency that no rate is known of. */
export const NO_RATE: Cell = { text: "--f", style: Role.quiet };

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Columns of the screen, the mark's slot included; grows to what it has to hold. */
  readonly width: number;
  /** Text runs from the left and may be cut; numbers are right-aligned and may not. */
  readonly kind: "text" | "number";
  readonly cell: (row: Row) => Cell;
}

export interface Placed<Row> {
  readonly column: Column<Row>;
  /** One for each row that the columns were placed for. */
  readonly cells: readonly Cell[];
  /** How wide each cell's number is; of text, which is cut where it does not fit, none. */
  readonly lengths: readonly number[];
  readonly start: number;
  readonly end: number;
}

/**
 * Chooses and places the columns that fit. `order` lists ids from the one kept longest to the one given up first; a
 * column whose numbers need more room than it has is widened at the cost of the others' spare blanks, and only then do
 * the last ones leave.
 */
export function placeColumns<Row>(
  columns: readonly Column<Row>[],
  order: readonly string[],
  rows: readonly Row[],
  width: number,
): Placed<Row>[] {
  const contents = new Map(columns.filter(({ id }) => order.includes(id)).map((one) => [one.id, contentOf(one, rows)]));
  const kept = order.filter((id) => contents.has(id));
  let shown = inOrder(columns, kept);
  let needs = needsOf(shown, contents);
  // What stands before a column decides how much room it needs: each that leaves is asked about anew.
  while (kept.length > 1 && leastOf(needs) > width) {
    kept.pop();
    shown = inOrder(columns, kept);
    needs = needsOf(shown, contents);
  }
  const widths = needs.map(({ wanted }) => wanted);
  let over = widths.reduce((sum, one) => sum + one, 0) - width;
  for (let index = shown.length - 1; index >= 0 && over > 0; index--) {
    const given = Math.min((widths[index] ?? 0) - (needs[index]?.least ?? 0), over);
    widths[index] = (widths[index] ?? 0) - given;
    over -= given;
  }
  let start = 0;
  return shown.map((column, index) => {
    const end = start + (widths[index] ?? column.width);
    const { cells, lengths } = contents.get(column.id) ?? EMPTY;
    const placed = { column, cells, lengths, start, end };
    start = end;
    return placed;
  });
}

/** The headings, over the digits; the sorted column's has an arrow behind it, in the mark's slot where it fills its room. */
export function drawHeadings<Row>(
  frame: Frame,
  at: { readonly row: number; readonly left: number },
  placed: readonly Placed<Row>[],
  sorted?: { readonly id: string; readonly arrow: string },
): void {
  for (const { column, start, end } of placed) {
    const style = sorted?.id === column.id ? BOLD : Role.quiet;
    const title = sorted?.id === column.id ? column.title + sorted.arrow : column.title;
    if (column.kind === "text") {
      const room = end - start - 1;
      const arrow = title.slice(column.title.length);
      const fitting = widthOf(title) <= room ? title : column.title.slice(0, room - arrow.length) + arrow;
      frame.put(at.row, at.left + start + 1, cut(fitting, room), style);
      continue;
    }
    const fills = widthOf(title) > end - start - 1;
    frame.putEnding(at.row, at.left + end - (fills ? 0 : 1), title, style);
  }
}

/** The column that a table is sorted by, with the arrow of its heading; ▼ is the largest first, or A. */
export function sortedHeading(sort: Sort | null, own: string): { readonly id: string; readonly arrow: string } {
  return { id: sort?.column ?? own, arrow: sort?.reversed ? "▲" : "▼" };
}

/** Draws the row with this index among those that the columns were placed for. */
export function drawRow<Row>(
  frame: Frame,
  at: { readonly row: number; readonly left: number },
  placed: readonly Placed<Row>[],
  index: number,
): void {
  for (let place = 0; place < placed.length; place++) {
    const one = placed[place];
    const cell = one?.cells[index];
    if (one === undefined || cell === undefined) continue;
    const { column, lengths, start, end } = one;
    const style = cell.style ?? markStyle(cell.mark);
    if (column.kind === "text") {
      // Text keeps a blank before a number; before other text the next column's margin is enough.
      const gap = placed[place + 1]?.column.kind === "number" ? 2 : 1;
      frame.put(at.row, at.left + start + 1, cut(cell.text, end - start - gap), style);
      continue;
    }
    const room = end - start - 1;
    const length = lengths[index] ?? 0;
    if (length > room) frame.putEnding(at.row, at.left + end - 1, "#".repeat(Math.max(0, room - 1)), style);
    else frame.put(at.row, at.left + end - 1 - length, cell.text, style);
    if (isMarked(cell)) frame.put(at.row, at.left + end - 1, cell.mark, style);
  }
}

function isMarked(cell: Cell | undefined): cell is Cell & { readonly mark: string } {
  return cell?.mark !== undefined && cell.mark !== "";
}

/** Stale numbers are dim, modelled ones underlined; the letter says it without either. */
export function markStyle(mark: string | undefined): Style {
  if (mark === "m") return Role.modelled;
  return mark === "s" || mark === "d" || mark === "z" || mark === "c" ? Role.stale : Role.text;
}

/** Style of a signed amount. */
export function signStyle(value: number | null, mark?: string): Style {
  const marked = markStyle(mark);
  if (marked !== Role.text || value === null) return marked;
  return value > 0 ? Role.gain : value < 0 ? Role.loss : Role.text;
}

interface Need {
  /** The column's own width, or more. */
  readonly wanted: number;
  /** What it cannot do without. */
  readonly least: number;
}

/** What a column holds; of text its own width says enough. */
interface Content {
  readonly cells: readonly Cell[];
  readonly lengths: readonly number[];
  readonly longest: number;
  /** Rows with a number of that length. */
  readonly fullRows: readonly number[];
}

function contentOf<Row>(column: Column<Row>, rows: readonly Row[]): Content {
  const cells = rows.map((row) => column.cell(row));
  if (column.kind === "text") return { ...EMPTY, cells };
  const lengths = cells.map(({ text }) => widthOf(text));
  let longest = 0;
  for (const length of lengths) if (length > longest) longest = length;
  const fullRows: number[] = [];
  for (let row = 0; row < lengths.length; row++) if (lengths[row] === longest) fullRows.push(row);
  return { cells, lengths, longest, fullRows };
}

const EMPTY: Content = { cells: [], lengths: [], longest: 0, fullRows: [] };

function inOrder<Row>(columns: readonly Column<Row>[], kept: readonly string[]): Column<Row>[] {
  return columns.filter(({ id }) => kept.includes(id));
}

function needsOf<Row>(shown: readonly Column<Row>[], contents: ReadonlyMap<string, Content>): Need[] {
  return shown.map((column, index) =>
    needOf(column, contents.get(column.id), contents.get(shown[index - 1]?.id ?? ""))
  );
}

function leastOf(needs: readonly Need[]): number {
  return needs.reduce((sum, { least }) => sum + least, 0);
}

function needOf<Row>(column: Column<Row>, content: Content | undefined, before: Content | undefined): Need {
  if (column.kind === "text" || content === undefined) return { wanted: column.width, least: column.width };
  const { longest, fullRows } = content;
  // The number and its slot. The blank before it may be the slot of the column before, while no mark is in it.
  const full = longest + 1 === column.width && fullRows.some((row) => isMarked(before?.cells[row]));
  const wanted = full ? longest + 2 : longest + 1 <= column.width ? column.width : longest + 2;
  return { wanted, least: Math.min(wanted, Math.max(longest, widthOf(column.title) + 1) + 2) };
}
