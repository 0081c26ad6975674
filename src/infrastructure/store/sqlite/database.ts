/** The embedded store's SQL. Everything is done before a promise is returned: SQLite knows no waiting but for its lock. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { StoreFault } from "../../../application/ports/store.ts";
import type { Database, Output, Query } from "../query.ts";
import { type ColumnKind, conflictClause, type Layout, type Step, type Value } from "../table.ts";
import { sqliteFault } from "./faults.ts";

/** Rows of one statement: fewer calls into SQLite, without ever reaching its limit of 32,766 values. */
const ROWS_AT_ONCE = 50;

export class SqliteDatabase implements Database {
  readonly description: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #synchronous: "NORMAL" | "FULL" = "NORMAL";

  /** @param connection opened for writing; the database closes it */
  constructor(file: string, connection: DatabaseSync) {
    this.description = `SQLite ${file}`;
    this.#connection = connection;
  }

  write(steps: readonly Step[], durable: boolean): Promise<void> {
    return this.#attempt("Cannot write to", () => {
      this.#synchronise(durable ? "FULL" : "NORMAL");
      inTransaction(this.#connection, () => {
        for (const step of steps) this.#run(step);
        return "commit";
      });
    });
  }

  read(query: Query): Promise<readonly (readonly Value[])[]> {
    return this.#attempt("Cannot read from", () => {
      const { sql, values } = rendered(query);
      const names = query.output.map((_, at) => cellName(at));
      return this.#prepared(sql).all(...values).map((row) => decoded(row, names, query.output));
    });
  }

  close(): Promise<void> {
    return this.#attempt("Cannot close", () => {
      this.#statements.clear();
      this.#connection.close();
    });
  }

  /** Cannot be changed inside a transaction. */
  #synchronise(mode: "NORMAL" | "FULL"): void {
    if (mode === this.#synchronous) return;
    this.#connection.exec(`PRAGMA synchronous = ${mode}`);
    this.#synchronous = mode;
  }

  #run(step: Step): void {
    if (step.kind === "clear") {
      const columns = step.table.columns.slice(0, step.columns);
      const condition = columns.map(({ name }) => `${name} = ?`).join(" AND ");
      const statement = this.#prepared(`DELETE FROM ${step.table.name} WHERE ${condition}`);
      for (const key of step.keys) statement.run(...key.map((value, at) => encoded(columns[at]!.kind, value)));
      return;
    }
    const { table, rows } = step;
    const kinds = table.columns.map(({ kind }) => kind);
    const whole = rows.length - rows.length % ROWS_AT_ONCE;
    for (let at = 0; at < whole; at += ROWS_AT_ONCE) this.#upsert(table, kinds, rows, at, ROWS_AT_ONCE);
    for (let at = whole; at < rows.length; at++) this.#upsert(table, kinds, rows, at, 1);
  }

  #upsert(
    table: Layout,
    kinds: readonly ColumnKind[],
    rows: readonly (readonly Value[])[],
    first: number,
    count: number,
  ): void {
    const width = kinds.length;
    const values: Value[] = new Array(count * width);
    for (let row = 0; row < count; row++) {
      const cells = rows[first + row]!;
      for (let at = 0; at < width; at++) values[row * width + at] = encoded(kinds[at]!, cells[at]!);
    }
    this.#prepared(upsertSql(table, count)).run(...values);
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** A promise in any case, also of what fails at once. */
  #attempt<Result>(attempt: string, work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      try {
        resolve(work());
      } catch (fault) {
        reject(fault instanceof StoreFault ? fault : sqliteFault(`${attempt} ${this.description}`, fault));
      }
    });
  }
}

/** Takes the write lock first, so that two writers wait for each other instead of failing half-way. */
export function inTransaction(connection: DatabaseSync, work: () => "commit" | "rollback"): void {
  connection.exec("BEGIN IMMEDIATE");
  let end: "commit" | "rollback";
  try {
    end = work();
    if (end === "commit") connection.exec("COMMIT");
  } catch (fault) {
    // After some errors, a full disk among them, SQLite has rolled back already.
    if (connection.isTransaction) connection.exec("ROLLBACK");
    throw fault;
  }
  if (end === "rollback") connection.exec("ROLLBACK");
}

function upsertSql(table: Layout, count: number): string {
  const row = `(${table.columns.map(() => "?").join(", ")})`;
  const columns = table.columns.map(({ name }) => name).join(", ");
  return `INSERT INTO ${table.name} (${columns}) VALUES ${new Array(count).fill(row).join(", ")} ` +
    conflictClause(table, "max");
}

function rendered({ output, parts }: Query): { sql: string; values: Value[] } {
  const values: Value[] = [];
  const body = parts.map((part) => {
    if (typeof part === "string") return part;
    values.push(encoded(part.kind, part.value));
    return "?";
  });
  const list = output.map(({ name }, at) => `${name} AS ${cellName(at)}`).join(", ");
  return { sql: `SELECT ${list} ${body.join("")}`, values };
}

/** Rows come as objects, and two tables of a join may call a column the same. */
function cellName(at: number): string {
  return `c${at}`;
}

/** Decimals are text with the digits that JavaScript prints, which give the same number again; times are whole microseconds. */
function encoded(kind: ColumnKind, value: Value): Value {
  if (typeof value !== "number") return value;
  if (kind === "decimal") return String(value);
  return kind === "time" ? Math.round(value * 1000) : value;
}

function decoded(
  row: Readonly<Record<string, SQLOutputValue>>,
  names: readonly string[],
  output: readonly Output[],
): Value[] {
  const cells: Value[] = new Array(names.length);
  for (let at = 0; at < names.length; at++) cells[at] = decodedCell(row[names[at]!] ?? null, output[at]!.kind);
  return cells;
}

function decodedCell(value: SQLOutputValue, kind: ColumnKind): Value {
  if (value === null) return null;
  if (value instanceof Uint8Array) return value;
  if (kind === "decimal") return Number(value);
  if (typeof value === "number") return kind === "time" ? value / 1000 : value;
  return String(value);
}
