/** Checks the embedded store's file and copies it. The sandbox allows neither VACUUM INTO nor ATTACH; SQLite's online backup it does. */
import { backup, type DatabaseSync } from "node:sqlite";
import { type Migration, migrationStatus } from "../../../application/migrations.ts";
import { StoreFault } from "../../../application/ports/store.ts";
import type { StoreCare, StoreCheck } from "../../../application/ports/store_care.ts";
import { openForReading, shrinks } from "./connection.ts";
import { sqliteFault } from "./faults.ts";
import { SqliteMigrations } from "./migrations.ts";

/** More would not be read. */
const MOST_FINDINGS = 20;
/** Pages of one step, between which others may write: 4 MB. */
const PAGES_AT_ONCE = 1_000;
const OWNER_ONLY = 0o600;

export class SqliteCare implements StoreCare {
  readonly #file: string;
  readonly #known: readonly Migration[];

  constructor(file: string, known: readonly Migration[]) {
    this.#file = file;
    this.#known = known;
  }

  async check(): Promise<StoreCheck> {
    const migrations = await migrationStatus(this.#known, new SqliteMigrations(this.#file));
    return this.#reading("Cannot check", (connection) => {
      requireWhole(this.#file, connection);
      const free = number(connection, "PRAGMA freelist_count") * number(connection, "PRAGMA page_size");
      const tables = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      ).all().map(({ name }) => String(name));
      return {
        description: `SQLite ${this.#file}`,
        bytes: sizeOf(this.#file) + sizeOf(`${this.#file}-wal`),
        freeBytes: free,
        shrinks: shrinks(connection),
        migrations,
        rows: new Map(tables.map((table) => [table, number(connection, `SELECT count(*) FROM "${table}"`)])),
      };
    });
  }

  async backup(file: string): Promise<number> {
    const beside = `${file}.partial`;
    if (sizeOf(file) > 0) throw new StoreFault("rejected", `Cannot back up into ${file}: it is there already`);
    const source = this.#opened("Cannot back up");
    try {
      makeNew(beside);
      await backup(source, beside, { rate: PAGES_AT_ONCE });
      const copy = openForReading(beside);
      if (copy !== null) {
        try {
          requireWhole(beside, copy);
        } finally {
          copy.close();
        }
      }
      Deno.renameSync(beside, file);
      return sizeOf(file);
    } catch (fault) {
      throw fault instanceof StoreFault ? fault : sqliteFault(`Cannot back up ${this.#file} into ${file}`, fault);
    } finally {
      source.close();
      for (const path of [beside, `${beside}-wal`, `${beside}-shm`, `${beside}-journal`]) removeIfThere(path);
    }
  }

  #opened(attempt: string): DatabaseSync {
    const connection = openForReading(this.#file);
    if (connection === null) {
      throw new StoreFault("away", `${attempt} ${this.#file}: there is no such file; apex migrate makes it`);
    }
    return connection;
  }

  #reading<Result>(attempt: string, work: (connection: DatabaseSync) => Result): Result {
    const connection = this.#opened(attempt);
    try {
      return work(connection);
    } catch (fault) {
      throw fault instanceof StoreFault ? fault : sqliteFault(`${attempt} ${this.#file}`, fault);
    } finally {
      connection.close();
    }
  }
}

function requireWhole(file: string, connection: DatabaseSync): void {
  const findings = connection.prepare(`PRAGMA integrity_check(${MOST_FINDINGS})`).all()
    .map((row) => String(Object.values(row)[0]));
  if (findings.length === 1 && findings[0] === "ok") return;
  throw new StoreFault(
    "damaged",
    [
      `${file} is damaged:`,
      ...findings.map((finding) => `  ${finding}`),
      "Nothing was changed. Move it (with its -wal and -shm) aside and start anew, or restore a backup.",
    ].join("\n"),
  );
}

function number(connection: DatabaseSync, sql: string): number {
  return Number(Object.values(connection.prepare(sql).get() ?? {})[0]);
}

/** Nobody else reads it while it grows; one that an earlier attempt left goes first. */
function makeNew(file: string): void {
  removeIfThere(file);
  Deno.openSync(file, { write: true, createNew: true, mode: OWNER_ONLY }).close();
}

function removeIfThere(file: string): void {
  try {
    Deno.removeSync(file);
  } catch (fault) {
    if (!(fault instanceof Deno.errors.NotFound)) throw fault;
  }
}

/** 0 when there is no such file. */
function sizeOf(file: string): number {
  try {
    return Deno.statSync(file).size;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return 0;
    throw fault;
  }
}
