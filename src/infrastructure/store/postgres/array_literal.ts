/** Columns of a batch as PostgreSQL's array text: one parameter a column, however many rows. */
import { Buffer } from "node:buffer";
import type { ColumnKind, Value } from "../table.ts";

/** The element type that the text is read as. */
export const ELEMENT_TYPES: Readonly<Record<ColumnKind, string>> = {
  text: "text",
  decimal: "numeric",
  measure: "float8",
  integer: "int8",
  flag: "bool",
  time: "int8",
  date: "date",
  json: "jsonb",
  bytes: "bytea",
};

/** `{1,NULL,2}` of the cells at `column` of the rows from `first` up to `end`. */
export function arrayLiteral(
  kind: ColumnKind,
  rows: readonly (readonly Value[])[],
  column: number,
  first: number,
  end: number,
): string {
  const quoted = kind === "text" || kind === "json";
  let literal = "{";
  for (let at = first; at < end; at++) {
    const value = rows[at]![column]!;
    if (at > first) literal += ",";
    if (value === null) literal += "NULL";
    else if (quoted) literal += quotedElement(String(value));
    else literal += unquotedElement(kind, value);
  }
  return literal + "}";
}

/** Safe as it is: what ids and names are made of. The word NULL alone would be read as none. */
const PLAIN = /^[A-Za-z0-9_.:|+-]+$/;

function quotedElement(text: string): string {
  return PLAIN.test(text) && text.toUpperCase() !== "NULL" ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function unquotedElement(kind: ColumnKind, value: string | number | Uint8Array): string {
  if (value instanceof Uint8Array) {
    return `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}"`;
  }
  if (kind === "flag") return value === 0 ? "f" : "t";
  return kind === "time" ? String(Math.round(Number(value) * 1000)) : String(value);
}
