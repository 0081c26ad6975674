/** Rows for other programs: CSV as RFC 4180 has it, and JSON. */
import type { Cell, Column } from "./column.ts";

type Pages<Row> = AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;

/** The text in pieces, one a page. */
export function fileRows<Row>(
  columns: readonly Column<Row>[],
  pages: Pages<Row>,
  output: "csv" | "json",
): AsyncIterable<string> {
  return output === "csv" ? csv(columns, pages) : json(columns, pages);
}

async function* csv<Row>(columns: readonly Column<Row>[], pages: Pages<Row>): AsyncIterable<string> {
  yield line(columns.map(({ key }) => key));
  for await (const page of pages) {
    for (const part of parts(page)) {
      yield part.map((row) => line(columns.map((column) => field(column.value(row))))).join("");
    }
  }
}

function line(fields: readonly string[]): string {
  return `${fields.join(",")}\r\n`;
}

function field(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return plainNumber(cell);
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Digits and a point, never an exponent. */
function plainNumber(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  return Math.abs(value) >= 1 ? BigInt(value).toString() : value.toFixed(20).replace(/0+$/, "").replace(/\.$/, "");
}

/** One object a line. */
async function* json<Row>(columns: readonly Column<Row>[], pages: Pages<Row>): AsyncIterable<string> {
  let isFirst = true;
  for await (const page of pages) {
    for (const part of parts(page)) {
      const rows = part.map((row) =>
        JSON.stringify(Object.fromEntries(columns.map((column) => [column.key, column.value(row)])))
      );
      yield `${isFirst ? "[\n" : ",\n"}  ${rows.join(",\n  ")}`;
      isFirst = false;
    }
  }
  yield isFirst ? "[]\n" : "\n]\n";
}

/** Rows of one piece of text: a page's text at once would be as large again as the page. */
const PART = 500;

function* parts<Row>(page: readonly Row[]): Iterable<readonly Row[]> {
  for (let at = 0; at < page.length; at += PART) yield page.slice(at, at + PART);
}
