/** A table as wide as the terminal: what does not fit is left out, and said to be. */
import { padded, right, widthOf, wrapped } from "../../terminal/frame.ts";
import type { Column, Shown } from "./column.ts";

export interface TableOptions {
  readonly width: number;
  /** What shows every column, where something does; `--format csv` unless told otherwise. */
  readonly all?: string | null;
  /** The last line, by the columns' keys. */
  readonly totals?: ReadonlyMap<string, string>;
}

const GAP = "  ";
/** The narrowest that long text is broken to. */
const NARROWEST_TEXT = 24;

interface Drawn {
  readonly key: string;
  readonly shown: Pick<Shown<unknown>, "title" | "words" | "wraps" | "rank">;
  readonly cells: readonly string[];
  readonly total: string | null;
  /** Of its widest cell. */
  readonly natural: number;
}

/** Lines, each with its end. */
export function fittedTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], options: TableOptions): string {
  const drawn = columns.flatMap((column) => drawnOf(column, rows, options.totals));
  const { kept, leftOut } = fitted(drawn, options.width);
  const widths = widthsOf(kept, options.width);
  const lines = [
    lineOf(kept, widths, (column) => column.shown.title),
    widths.map((width) => "-".repeat(width)).join(GAP),
    ...rows.flatMap((_, at) => rowLines(kept, widths, at)),
  ];
  if (options.totals !== undefined) {
    lines.push(
      widths.map((width) => "-".repeat(width)).join(GAP),
      lineOf(kept, widths, (column) => column.total ?? ""),
    );
  }
  if (leftOut.length > 0) lines.push(...wrapped(leftOutText(leftOut, options), options.width));
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function leftOutText(titles: readonly string[], { width, all = "--format csv" }: TableOptions): string {
  const others = all === null ? "" : `, ${all} all`;
  return `Left out in ${width} columns: ${titles.join(", ")}. A wider terminal shows more${others}.`;
}

/** A total with its letter behind it. */
const MARKED = /[\d-][a-z?!]$/;

function drawnOf<Row>(
  { key, shown }: Column<Row>,
  rows: readonly Row[],
  totals: TableOptions["totals"],
): Drawn[] {
  if (shown === undefined) return [];
  const { mark } = shown;
  const marks = mark === undefined ? [] : rows.map((row) => mark(row));
  const sum = totals?.get(key) ?? null;
  const isMarked = marks.some((one) => one !== "") || (mark !== undefined && sum !== null && MARKED.test(sum));
  const cells = rows.map((row, at) => oneLine(shown.text(row)) + (isMarked ? marks[at] || " " : ""));
  const total = sum !== null && isMarked && !MARKED.test(sum) ? `${sum} ` : sum;
  // A column of notes that nobody wrote only takes room.
  if (shown.rank > 0 && total === null && cells.length > 0 && cells.every((cell) => cell === "")) return [];
  // Headings stand over the digits.
  const title = isMarked ? `${shown.title} ` : shown.title;
  const natural = [title, total ?? "", ...cells].reduce((widest, text) => Math.max(widest, widthOf(text)), 0);
  return [{ key, shown: { ...shown, title }, cells, total, natural }];
}

/** Takes away columns until the rest fits, then gives back what is narrow enough to fit after all. */
function fitted(columns: readonly Drawn[], width: number): { kept: readonly Drawn[]; leftOut: readonly string[] } {
  let kept = columns;
  for (;;) {
    if (leastWidth(kept) <= width) break;
    const rank = Math.max(...kept.map((column) => column.shown.rank));
    if (rank === 0) break;
    const goes = kept.findLast((column) => column.shown.rank === rank);
    kept = kept.filter((column) => column !== goes);
  }
  const byRank = columns.filter((column) => !kept.includes(column)).sort((a, b) => a.shown.rank - b.shown.rank);
  for (const column of byRank) {
    const more = columns.filter((one) => one === column || kept.includes(one));
    if (leastWidth(more) <= width) kept = more;
  }
  const leftOut = columns.filter((column) => !kept.includes(column)).map((column) => column.shown.title.trimEnd());
  return { kept, leftOut };
}

function leastWidth(columns: readonly Drawn[]): number {
  const least = ({ shown, natural }: Drawn) => shown.wraps === true ? Math.min(natural, NARROWEST_TEXT) : natural;
  return columns.reduce((sum, column) => sum + least(column), GAP.length * (columns.length - 1));
}

/** Long text takes what the others leave, in equal parts. */
function widthsOf(columns: readonly Drawn[], width: number): number[] {
  let spare = width - leastWidth(columns);
  return columns.map((column) => {
    if (column.shown.wraps !== true) return column.natural;
    const least = Math.min(column.natural, NARROWEST_TEXT);
    const more = Math.max(0, Math.min(spare, column.natural - least));
    spare -= more;
    return least + more;
  });
}

function lineOf(columns: readonly Drawn[], widths: readonly number[], text: (column: Drawn) => string): string {
  return columns.map((column, at) => placed(text(column), widths[at]!, column)).join(GAP);
}

/** Numbers are never cut: a total that is wider than its column moves the rest. */
function placed(text: string, width: number, { shown }: Drawn): string {
  return shown.words === true || shown.wraps === true ? padded(text, width) : right(text, width);
}

function rowLines(columns: readonly Drawn[], widths: readonly number[], row: number): string[] {
  const broken = columns.map((column, at) => {
    const text = column.cells[row] ?? "";
    return column.shown.wraps === true ? wrapped(text, widths[at]!) : [text];
  });
  const height = Math.max(1, ...broken.map((lines) => lines.length));
  return Array.from(
    { length: height },
    (_, line) => columns.map((column, at) => placed(broken[at]?.[line] ?? "", widths[at]!, column)).join(GAP),
  );
}

/** Names and notes come from outside: no control character of theirs reaches the terminal. */
function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g, " ").trim();
}
