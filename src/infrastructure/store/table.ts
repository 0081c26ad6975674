/** The tables of history, described once for both dialects: what each column holds, and how rows with one key come together. */

import { StoreFault } from "../../application/ports/store.ts";

/** A cell as both databases know it. Flags are 0 and 1, times milliseconds, JSON its text. */
export type Value = string | number | null | Uint8Array;

/**
 * `decimal`: a number that must come back with the same digits, TEXT or NUMERIC. `measure`: a computed number, a double.
 * `time`: milliseconds here, microseconds as INTEGER or timestamptz there.
 */
export type ColumnKind =
  | "text"
  | "decimal"
  | "measure"
  | "integer"
  | "flag"
  | "time"
  | "date"
  | "json"
  | "bytes";

/**
 * What becomes of a column when its row is written again. `replace`: the new value. `keep-known`: the new one unless it is
 * null. `keep-told`: the new one unless it is empty text. `highest`: the greater one, and never null again. `keep-first`: what
 * was there, for good.
 */
export type Merge = "replace" | "keep-known" | "keep-told" | "highest" | "keep-first";

export interface Column<Row> {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly merge: Merge;
  readonly from: (row: Row) => Value;
}

export interface Table<Row> {
  readonly name: string;
  /** Names of the key's columns, which stand first. */
  readonly key: readonly string[];
  readonly columns: readonly Column<Row>[];
  /** A row replaces another only if its value here is not lower. */
  readonly newest?: string;
}

export function column<Row>(
  name: string,
  kind: ColumnKind,
  from: (row: Row) => Value,
  merge: Merge = "replace",
): Column<Row> {
  return { name, kind, merge, from };
}

/** A step of one transaction. */
export type Step =
  | { readonly kind: "upsert"; readonly table: Layout; readonly rows: readonly (readonly Value[])[] }
  /** Removes the rows whose first `columns` equal one of `keys`. */
  | {
    readonly kind: "clear";
    readonly table: Layout;
    readonly columns: number;
    readonly keys: readonly (readonly Value[])[];
  };

/** A table without the knowledge of whose rows it holds. */
export interface Layout {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly { readonly name: string; readonly kind: ColumnKind; readonly merge: Merge }[];
  readonly newest?: string;
}

/**
 * The rows' cells in the order of the columns.
 *
 * @throws {StoreFault} of kind `rejected` for a number that is not finite and a text with a NUL character
 */
export function upsertStep<Row>(table: Table<Row>, rows: readonly Row[]): Step {
  return { kind: "upsert", table, rows: rows.map((row) => cells(table, row)) };
}

function cells<Row>(table: Table<Row>, row: Row): Value[] {
  const { columns } = table;
  const values: Value[] = new Array(columns.length);
  for (let at = 0; at < columns.length; at++) {
    const { from, name } = columns[at]!;
    const value = from(row);
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new StoreFault("rejected", `Cannot store ${value} as ${table.name}.${name}: a missing number is null`);
    }
    // PostgreSQL has no such text.
    if (typeof value === "string" && value.includes("\0")) {
      throw new StoreFault("rejected", `Cannot store a text with a NUL character as ${table.name}.${name}`);
    }
    values[at] = value;
  }
  return values;
}

/**
 * What follows `INSERT INTO t …`: how the new row and the one with its key come together. A row that says nothing new is not
 * written again.
 *
 * @param greatest the dialect's function for the greater of two values
 */
export function conflictClause(table: Layout, greatest: "max" | "GREATEST"): string {
  const { name, key, newest } = table;
  const columns = table.columns.filter((column) => !key.includes(column.name))
    .map(({ name: column, merge }) => {
      const before = `${name}.${column}`;
      return { column, before, merged: merged(merge, before, `excluded.${column}`, greatest) };
    });
  const changes = columns.map(({ column, merged }) => `${column} = ${merged}`);
  const differences = columns.map(({ before, merged }) => `${merged} IS DISTINCT FROM ${before}`);
  const guard = newest === undefined ? "" : `excluded.${newest} >= ${name}.${newest} AND `;
  return `ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${changes.join(", ")} WHERE ${guard}(${
    differences.join(" OR ")
  })`;
}

function merged(merge: Merge, before: string, after: string, greatest: string): string {
  switch (merge) {
    case "replace":
      return after;
    case "keep-known":
      return `COALESCE(${after}, ${before})`;
    case "keep-told":
      return `COALESCE(NULLIF(${after}, ''), ${before})`;
    case "keep-first":
      return before;
    case "highest":
      // SQLite's max() of anything and NULL is NULL.
      return `${greatest}(COALESCE(${after}, ${before}), COALESCE(${before}, ${after}))`;
  }
}
