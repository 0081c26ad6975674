/** Tables of numbers: columns that leave as the width shrinks, each number right-aligned before its mark. */
import { cut, type Frame, widthOf } from "./frame.ts";
import { BOLD, Role, type Style } from "./style.ts";

/** A cell's text and the letter in the slot after it. */
export interface Cell {
  readonly text: string;
  readonly mark?: string;
  readonly style?: Style;
}

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
  readonly start: number;
  readonly end: number;
}

/**
 * Chooses and places the columns that fit. `order` lists ids from the one kept longest to the one given up first; a
 * column whose numbers need more room than it has is widened, and then the last ones leave.
 */
export function placeColumns<Row>(
  columns: readonly Column<Row>[],
  order: readonly string[],
  rows: readonly Row[],
  width: number,
): Placed<Row>[] {
  const needed = new Map<string, number>();
  for (const column of columns) needed.set(column.id, neededWidth(column, rows));
  const kept = new Set<string>();
  let used = 0;
  for (const id of order) {
    const need = needed.get(id);
    if (need === undefined) continue;
    if (used + need > width && kept.size > 0) break;
    kept.add(id);
    used += need;
  }
  const placed: Placed<Row>[] = [];
  let start = 0;
  for (const column of columns) {
    if (!kept.has(column.id)) continue;
    const end = start + (needed.get(column.id) ?? column.width);
    placed.push({ column, start, end });
    start = end;
  }
  return placed;
}

/** The headings, over the digits; the sorted column's has an arrow behind it. */
export function drawHeadings<Row>(
  frame: Frame,
  at: { readonly row: number; readonly left: number },
  placed: readonly Placed<Row>[],
  sorted?: { readonly id: string; readonly arrow: string },
): void {
  for (const { column, start, end } of placed) {
    const style = sorted?.id === column.id ? BOLD : Role.quiet;
    if (column.kind === "text") {
      frame.put(at.row, at.left + start + 1, cut(column.title, end - start - 1), style);
      continue;
    }
    const title = sorted?.id === column.id ? column.title + sorted.arrow : column.title;
    frame.putEnding(at.row, at.left + end - 1, title, style);
  }
}

export function drawRow<Row>(
  frame: Frame,
  at: { readonly row: number; readonly left: number },
  placed: readonly Placed<Row>[],
  row: Row,
): void {
  for (const [index, { column, start, end }] of placed.entries()) {
    const cell = column.cell(row);
    const style = cell.style ?? markStyle(cell.mark);
    if (column.kind === "text") {
      // Text keeps a blank before a number; before other text the next column's margin is enough.
      const gap = placed[index + 1]?.column.kind === "number" ? 2 : 1;
      frame.put(at.row, at.left + start + 1, cut(cell.text, end - start - gap), style);
      continue;
    }
    const room = end - start - 1;
    const text = widthOf(cell.text) > room ? "#".repeat(Math.max(0, room - 1)) : cell.text;
    frame.putEnding(at.row, at.left + end - 1, text, style);
    if (cell.mark !== undefined && cell.mark !== "") frame.put(at.row, at.left + end - 1, cell.mark, style);
  }
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

function neededWidth<Row>(column: Column<Row>, rows: readonly Row[]): number {
  if (column.kind === "text") return column.width;
  let longest = 0;
  for (const row of rows) longest = Math.max(longest, widthOf(column.cell(row).text));
  // The number and its slot; a column that has to grow gets a blank before the number as well.
  return longest + 1 <= column.width ? column.width : longest + 2;
}
