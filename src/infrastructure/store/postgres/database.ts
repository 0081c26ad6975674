/** PostgreSQL's SQL: a batch goes over as arrays, a few statements whatever its size, and by COPY where that is faster. */
import type { Database, Output, Query } from "../query.ts";
import { type ColumnKind, conflictClause, type Layout, type Step, type Value } from "../table.ts";
import { arrayLiteral, ELEMENT_TYPES } from "./array_literal.ts";
import type { PostgresConnection, Transaction } from "./connection.ts";
import { copyRows, timeText } from "./copy_rows.ts";
import { isAboutRows, isClash } from "./faults.ts";
import { rowsByKey } from "./rows_by_key.ts";

/** Rows of one statement. While the server takes some, the next are made ready. */
const ROWS_AT_ONCE = 5_000;
/** Statements under way at once. */
const MOST_AHEAD = 2;
/** Below it, COPY's three more exchanges with the server cost more than it saves. */
const WORTH_A_COPY = 1_000;
/** Rows whose keys tell whether the others may be new. */
const SAMPLE = 50;
/** Two writers that take the same rows in another order clash, and one of them is told to try again. */
const MOST_TRIES = 5;

type Rows = readonly (readonly Value[])[];

export class PostgresDatabase implements Database {
  readonly #connection: PostgresConnection;

  constructor(connection: PostgresConnection) {
    this.#connection = connection;
  }

  get description(): string {
    return this.#connection.description;
  }

  async write(steps: readonly Step[], durable: boolean): Promise<void> {
    await this.#connection.call("Cannot write to", async (sql) => {
      for (let tries = 1;; tries++) {
        try {
          await sql.begin(async (transaction) => {
            if (!durable) await transaction.unsafe("SET LOCAL synchronous_commit = off");
            for (const step of steps) await run(transaction, step);
          });
          return;
        } catch (fault) {
          if (!isClash(fault) || tries === MOST_TRIES) throw fault;
        }
      }
    });
  }

  async read(query: Query): Promise<readonly (readonly Value[])[]> {
    const { text, values } = rendered(query);
    return await this.#connection.call("Cannot read from", async (sql) => {
      return await sql.unsafe<Record<string, Value>[]>(text, values, { prepare: true }).values();
    });
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

async function run(transaction: Transaction, step: Step): Promise<void> {
  if (step.kind === "clear") return await clear(transaction, step);
  const { table } = step;
  const rows = rowsByKey(table, step.rows);
  if (
    rows.length < WORTH_A_COPY || !await allNew(transaction, table, rows) || !await copied(transaction, table, rows)
  ) {
    await upsert(transaction, table, rows);
  }
}

/** Asks about some of them, spread over all. The others may still turn out to be known. */
async function allNew(transaction: Transaction, table: Layout, rows: Rows): Promise<boolean> {
  const sample = Array.from({ length: SAMPLE }, (_, at) => rows[Math.floor(at * rows.length / SAMPLE)]!);
  const key = table.columns.slice(0, table.key.length);
  const values = key.map(({ kind }, at) => arrayLiteral(kind, sample, at, 0, SAMPLE));
  const same = key.map(({ name, kind }, at) => `t.${name} = ${fromElement(kind, `u.c${at}`)}`).join(" AND ");
  const [answer] = await transaction.unsafe<{ known: boolean }[]>(
    `SELECT EXISTS (SELECT 1 FROM ${unnested(key)} JOIN ${table.name} t ON ${same}) AS known`,
    values,
    { prepare: true },
  );
  return answer?.known === false;
}

/** Whether it went well. When it did not (a key was known after all), nothing of it is left. */
async function copied(transaction: Transaction, table: Layout, rows: Rows): Promise<boolean> {
  try {
    await transaction.savepoint((savepoint) => copyRows(savepoint, table, rows));
    return true;
  } catch (fault) {
    if (isAboutRows(fault)) return false;
    throw fault;
  }
}

async function upsert(transaction: Transaction, table: Layout, rows: Rows): Promise<void> {
  const text = upsertSql(table);
  const running: Promise<unknown>[] = [];
  for (let first = 0; first < rows.length; first += ROWS_AT_ONCE) {
    const end = Math.min(rows.length, first + ROWS_AT_ONCE);
    const literals = table.columns.map(({ kind }, at) => arrayLiteral(kind, rows, at, first, end));
    running.push(transaction.unsafe(text, literals, { prepare: true }).execute());
    if (running.length === MOST_AHEAD) await running.shift();
  }
  await Promise.all(running);
}

function upsertSql(table: Layout): string {
  const { columns } = table;
  const names = columns.map(({ name }) => name).join(", ");
  const cells = columns.map(({ kind }, at) => fromElement(kind, `u.c${at}`)).join(", ");
  return `INSERT INTO ${table.name} (${names}) SELECT ${cells} FROM ${unnested(columns)} ${
    conflictClause(table, "GREATEST")
  }`;
}

/**
 * Besides the keys, the statement says between which times they lie and what they all share: TimescaleDB goes by that alone to
 * leave chunks and compressed rows untouched. It must know the values when it plans, so the statement is not a prepared one.
 */
async function clear(
  transaction: Transaction,
  { table, columns, keys }: Extract<Step, { kind: "clear" }>,
): Promise<void> {
  if (keys.length === 0) return;
  const cleared = table.columns.slice(0, columns);
  const values = cleared.map(({ kind }, at) => arrayLiteral(kind, keys, at, 0, keys.length));
  const conditions = cleared.map(({ name, kind }, at) => `t.${name} = ${fromElement(kind, `u.c${at}`)}`);
  cleared.forEach(({ name, kind }, at) => {
    const cells = keys.map((key) => key[at] ?? null);
    if (kind === "time") {
      const [from, to] = bounds(cells.map(Number));
      conditions.push(`t.${name} >= timestamptz '${timeText(from)}'`, `t.${name} <= timestamptz '${timeText(to)}'`);
    } else if (kind === "text" && cells.every((cell) => cell === cells[0])) {
      conditions.push(`t.${name} = $${values.push(String(cells[0]))}::text`);
    }
  });
  const text = `DELETE FROM ${table.name} t USING ${unnested(cleared)} WHERE ${conditions.join(" AND ")}`;
  await transaction.unsafe(text, values, { prepare: false });
}

function bounds(numbers: readonly number[]): readonly [number, number] {
  return numbers.reduce<[number, number]>(([low, high], number) => [Math.min(low, number), Math.max(high, number)], [
    Infinity,
    -Infinity,
  ]);
}

function unnested(columns: Layout["columns"]): string {
  const arrays = columns.map(({ kind }, at) => `$${at + 1}::text::${ELEMENT_TYPES[kind]}[]`).join(", ");
  return `unnest(${arrays}) AS u(${columns.map((_, at) => `c${at}`).join(", ")})`;
}

/** Times travel as whole microseconds, which no time zone and no date format can touch. */
function fromElement(kind: ColumnKind, element: string): string {
  return kind === "time" ? `timestamptz 'epoch' + ${element} * interval '1 microsecond'` : element;
}

function rendered({ output, parts }: Query): { text: string; values: string[] } {
  const values: string[] = [];
  const body = parts.map((part) => {
    if (typeof part === "string") return part;
    const { kind, value } = part;
    values.push(kind === "time" ? String(Math.round(Number(value) * 1000)) : String(value));
    return `(${fromElement(kind, `$${values.length}::text::${ELEMENT_TYPES[kind]}`)})`;
  });
  return { text: `SELECT ${output.map(shown).join(", ")} ${body.join("")}`, values };
}

/** In a form that the driver gives as a plain number, text or bytes. */
function shown({ name, kind }: Output): string {
  switch (kind) {
    case "decimal":
    case "integer":
      return `${name}::float8`;
    case "time":
      return `(extract(epoch FROM ${name}) * 1000)::float8`;
    case "flag":
      return `${name}::int4`;
    case "date":
      return `to_char(${name}, 'YYYY-MM-DD')`;
    case "json":
      return `${name}::text`;
    default:
      return name;
  }
}
