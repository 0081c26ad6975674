/** The order of a table's rows: the view's own, or by the column that the person chose. */
import type { Sort } from "./view_state.ts";

/** What rows can be sorted by: a number with the largest first, or a text from A on. */
export type SortValue = number | string | null;

/** A column that a table can be sorted by, as headings and the status row call it. */
export interface SortColumn {
  readonly id: string;
  readonly title: string;
  readonly kind: "text" | "number";
}

/** How a view's rows are ordered. */
export interface Sorting {
  /** Columns in sight, in the order of the screen. */
  readonly columns: readonly SortColumn[];
  /** The view's own order in words, and the column whose heading shows it. */
  readonly own: { readonly title: string; readonly column: string };
}

/** Rows by the chosen column, missing values last either way; without a choice, or equal in it, as they came. */
export function inChosenOrder<Row>(
  rows: readonly Row[],
  sort: Sort | null,
  valueOf: (column: string) => ((row: Row) => SortValue) | undefined,
): readonly Row[] {
  const value = sort === null ? undefined : valueOf(sort.column);
  if (sort === null || value === undefined) return rows;
  const valued = rows.map((row) => ({ row, value: value(row) }));
  valued.sort((a, b) => comparedValues(a.value, b.value, sort.reversed));
  return valued.map(({ row }) => row);
}

/** Numbers the largest first, texts from A on; reversed the other way round; what is missing last. */
export function comparedValues(left: SortValue, right: SortValue, reversed: boolean): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  const order = typeof left === "number" && typeof right === "number"
    ? right - left
    : String(left) < String(right)
    ? -1
    : String(left) > String(right)
    ? 1
    : 0;
  // Infinity less itself is no order.
  return Number.isNaN(order) ? 0 : reversed ? -order : order;
}

/** The next column to the right (1) or left (-1); null is the view's own order, which stands behind its column. */
export function nextSort({ columns, own }: Sorting, sort: Sort | null, step: number): Sort | null {
  const stops: (string | null)[] = columns.map(({ id }) => id);
  stops.splice(stops.indexOf(own.column) + 1, 0, null);
  const at = stops.indexOf(sort?.column ?? null);
  // A column that left the screen with its width is answered with the first.
  const next = at < 0 ? stops[0] : stops[(at + step + stops.length) % stops.length];
  return next === undefined || next === null ? null : { column: next, reversed: false };
}

/** `Theta, largest first`, `Name, A first`. */
export function sortText(column: SortColumn | undefined, sort: Sort): string {
  const title = column?.title.trim() ?? sort.column;
  if (column?.kind === "text") return `${title}, ${sort.reversed ? "Z" : "A"} first`;
  return `${title}, ${sort.reversed ? "smallest" : "largest"} first`;
}
