/** COPY: the fastest way in for rows whose keys are not there yet. */
import { Buffer } from "node:buffer";
import type { ColumnKind, Layout, Value } from "../table.ts";
import type { Transaction } from "./connection.ts";

/** Rows of one message: while the server takes them, the next are written out. */
const ROWS_AT_ONCE = 500;

/** Rejects with the server's error, which leaves the transaction (or savepoint) to be rolled back. */
export async function copyRows(
  transaction: Transaction,
  table: Layout,
  rows: readonly (readonly Value[])[],
): Promise<void> {
  const query = transaction.unsafe(
    `COPY ${table.name} (${table.columns.map(({ name }) => name).join(", ")}) FROM STDIN`,
  );
  const stream = await query.writable();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.once("error", reject).once("finish", resolve);
  // An error that comes when all rows were sent goes to the query, which postgres 3.4.9 has answered with the stream.
  Object.assign(query, { reject });
  const kinds = table.columns.map(({ kind }) => kind);
  for (let first = 0; first < rows.length && stream.writable; first += ROWS_AT_ONCE) {
    const text = copyText(kinds, rows, first, Math.min(rows.length, first + ROWS_AT_ONCE));
    if (!stream.write(Buffer.from(text))) await Promise.race([drained(stream), promise]);
  }
  if (stream.writable) stream.end();
  await promise;
}

function drained(stream: { once(event: "drain", listener: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => stream.once("drain", resolve));
}

/** COPY's text: a line a row, tabs between the cells, `\N` for none. */
export function copyText(
  kinds: readonly ColumnKind[],
  rows: readonly (readonly Value[])[],
  first: number,
  end: number,
): string {
  const width = kinds.length;
  let text = "";
  for (let row = first; row < end; row++) {
    const cells = rows[row]!;
    for (let at = 0; at < width; at++) {
      if (at > 0) text += "\t";
      const value = cells[at]!;
      text += value === null ? "\\N" : cellText(kinds[at]!, value);
    }
    text += "\n";
  }
  return text;
}

function cellText(kind: ColumnKind, value: string | number | Uint8Array): string {
  if (value instanceof Uint8Array) {
    return `\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`;
  }
  if (kind === "time") return timeText(Number(value));
  if (kind === "flag") return value === 0 ? "f" : "t";
  return typeof value === "string" && SPECIAL.test(value) ? value.replace(EACH_SPECIAL, escaped) : String(value);
}

const SPECIAL = /[\\\t\n\r]/;
const EACH_SPECIAL = /[\\\t\n\r]/g;

function escaped(character: string): string {
  switch (character) {
    case "\t":
      return "\\t";
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    default:
      return "\\\\";
  }
}

/** `2026-11-20T15:30:00.123456Z` */
export function timeText(milliseconds: number): string {
  const microseconds = Math.round(milliseconds * 1000);
  const whole = Math.floor(microseconds / 1000);
  const rest = String(microseconds - whole * 1000).padStart(3, "0");
  return `${new Date(whole).toISOString().slice(0, -1)}${rest}Z`;
}
