import assert from "node:assert/strict";
import {
  type Dialect,
  MIGRATION_FILES,
  migrationsOf,
  TIMESCALE_FILES,
  timescaleSteps,
} from "../../../src/infrastructure/store/migration_files.ts";
import { DatabaseSync } from "node:sqlite";
import { projectText, projectUrl } from "../../support/source_tree.ts";

const DIALECTS: readonly Dialect[] = ["sqlite", "postgresql"];

Deno.test("the program knows every migration file, and both dialects have the same numbers and names without a gap", () => {
  for (const dialect of DIALECTS) {
    const folder = new URL(projectUrl(`migrations/${dialect}`));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), MIGRATION_FILES);
  }
  const numbers = MIGRATION_FILES.map((file) => file.slice(0, 4));
  assert.deepEqual(numbers, MIGRATION_FILES.map((_, at) => `${String(at + 1).padStart(3, "0")}_`));
});

Deno.test("the program knows every step for TimescaleDB, numbered without a gap, and none ends its transaction", () => {
  const folder = new URL(projectUrl("migrations/timescaledb"));
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), TIMESCALE_FILES);
  const steps = timescaleSteps(projectText);
  assert.deepEqual(steps.map(({ number }) => number), TIMESCALE_FILES.map((_, at) => at + 1));
  for (const { name, sql } of steps) assert.doesNotMatch(sql, /^\s*(BEGIN|COMMIT|END|ROLLBACK)\b/im, name);
});

Deno.test("no migration ends the transaction that it runs in", () => {
  for (const dialect of DIALECTS) {
    for (const { name, sql } of migrationsOf(dialect, projectText)) {
      assert.doesNotMatch(sql, /^\s*(BEGIN|COMMIT|END|ROLLBACK)\b/im, `${dialect} ${name}`);
    }
  }
});

Deno.test("a checksum does not depend on how a checkout ends its lines", () => {
  const windows = migrationsOf("sqlite", (path) => projectText(path).replaceAll("\n", "\r\n"));
  assert.deepEqual(
    windows.map(({ checksum }) => checksum),
    migrationsOf("sqlite", projectText).map(({ checksum }) => checksum),
  );
});

Deno.test("both dialects have the same tables with the same columns, and keys that start with the account", () => {
  const tables = (dialect: Dialect) =>
    migrationsOf(dialect, projectText).flatMap(({ sql }) =>
      [...sql.matchAll(/CREATE TABLE (\w+) \(\n([^;]*?)\n\)/g)].map(([, name, body]) => ({
        name,
        columns: body!.split("\n").map((line) => /^ {2}([a-z_0-9]+) /.exec(line)?.[1]).filter((word) =>
          word !== undefined
        ),
      }))
    );
  assert.deepEqual(tables("sqlite"), tables("postgresql"));
  const views = (dialect: Dialect) =>
    migrationsOf(dialect, projectText).flatMap(({ sql }) =>
      [...sql.matchAll(/CREATE (?:OR REPLACE )?VIEW (\w+)/g)].map(([, name]) => name)
    );
  assert.deepEqual(views("sqlite"), views("postgresql"));
  assert.ok(tables("sqlite").length >= 12);
  const database = new DatabaseSync(":memory:");
  for (const { sql } of migrationsOf("sqlite", projectText)) database.exec(sql);
  const notByAccount = ["instruments", "risk_signals", "store_properties", "sync_state", "sync_windows"];
  for (const { name, columns } of tables("sqlite")) {
    if (!notByAccount.includes(name!)) assert.equal(columns[0], "account_id", name);
  }
  database.close();
});
