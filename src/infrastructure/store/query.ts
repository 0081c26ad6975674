/** Reads, written once for both dialects, and what the two give back. */
import { StoreFault } from "../../application/ports/store.ts";
import type { ColumnKind, Layout, Step, Value } from "./table.ts";

/** What a store's SQL runs on. */
export interface Database {
  /** Without credentials. */
  readonly description: string;
  /** All steps in one transaction. `durable`: it survives a loss of power once this resolves. */
  write(steps: readonly Step[], durable: boolean): Promise<void>;
  /** The rows' cells in the order of the query's output. */
  read(query: Query): Promise<readonly (readonly Value[])[]>;
  close(): Promise<void>;
}

export interface Output {
  /** The column as the query's FROM calls it, such as `e.price`; it is also the name to read it by. */
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface Parameter {
  readonly kind: ColumnKind;
  readonly value: Value;
}

/** SELECT the outputs, then the parts: SQL, and the values between them. */
export interface Query {
  readonly output: readonly Output[];
  readonly parts: readonly (string | Parameter)[];
}

/** ``select(output)`FROM t WHERE account_id = ${text(account)}` `` */
export function select(
  output: readonly Output[],
): (sql: readonly string[], ...values: readonly (Parameter | Clause)[]) => Query {
  return (sql, ...values) => ({ output, parts: interleaved(sql, values) });
}

/** A piece of SQL inside a query. */
export interface Clause {
  readonly parts: readonly (string | Parameter)[];
}

export function clause(sql: readonly string[], ...values: readonly (Parameter | Clause)[]): Clause {
  return { parts: interleaved(sql, values) };
}

function interleaved(sql: readonly string[], values: readonly (Parameter | Clause)[]): (string | Parameter)[] {
  return sql.flatMap((piece, at) => {
    const value = values[at];
    if (value === undefined) return [piece];
    return "parts" in value ? [piece, ...value.parts] : [piece, value];
  });
}

/** The columns of a table as a query's output, under the name it has there. */
export function columnsOf(table: Layout, alias: string): readonly Output[] {
  return table.columns.map(({ name, kind }) => ({ name: `${alias}.${name}`, kind }));
}

export const text = (value: string): Parameter => ({ kind: "text", value });
export const time = (value: number): Parameter => ({ kind: "time", value });
export const date = (value: string): Parameter => ({ kind: "date", value });
export const integer = (value: number): Parameter => ({ kind: "integer", value });

/** Reads the cells of one row after another by the names of the columns. What is not what it must be is damage. */
export class Cells {
  readonly #places: ReadonlyMap<string, number>;
  #row: readonly Value[] = [];

  constructor(output: readonly Output[]) {
    this.#places = new Map(output.map(({ name }, at) => [name, at]));
  }

  at(row: readonly Value[]): this {
    this.#row = row;
    return this;
  }

  text(name: string): string {
    return this.textOrNull(name) ?? this.#unexpected(name);
  }

  textOrNull(name: string): string | null {
    const value = this.#value(name);
    return value === null || typeof value === "string" ? value : this.#unexpected(name);
  }

  number(name: string): number {
    return this.numberOrNull(name) ?? this.#unexpected(name);
  }

  numberOrNull(name: string): number | null {
    const value = this.#value(name);
    return value === null || typeof value === "number" ? value : this.#unexpected(name);
  }

  bytes(name: string): Uint8Array {
    const value = this.#value(name);
    return value instanceof Uint8Array ? value : this.#unexpected(name);
  }

  /** One of the words that the column can hold. */
  choice<const Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.#value(name);
    return words.find((word) => word === value) ?? this.#unexpected(name);
  }

  #value(name: string): Value {
    const place = this.#places.get(name);
    const value = place === undefined ? undefined : this.#row[place];
    return value === undefined ? this.#unexpected(name) : value;
  }

  #unexpected(name: string): never {
    throw new StoreFault(
      "damaged",
      `Cannot read history: the column ${name} holds what this program never wrote there`,
    );
  }
}
