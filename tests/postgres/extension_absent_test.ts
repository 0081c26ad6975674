/** A PostgreSQL without TimescaleDB keeps plain tables, which is no failure. */
import assert from "node:assert/strict";
import type { MigrateRequest } from "../../src/application/command.ts";
import { migrationsOf, timescaleSteps } from "../../src/infrastructure/store/migration_files.ts";
import { PostgresConnection } from "../../src/infrastructure/store/postgres/connection.ts";
import { PostgresMigrations } from "../../src/infrastructure/store/postgres/migrations.ts";
import { Timescale } from "../../src/infrastructure/store/postgres/timescale.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { migrationReport } from "../../src/presentation/cli/migration_report.ts";
import { projectText } from "../support/source_tree.ts";
import { startPostgres } from "./server.ts";

const server = await startPostgres();
const offered = server === null ? false : await offersTimescale();
const MIGRATIONS = migrationsOf("postgresql", projectText);
const UP: MigrateRequest = { command: "migrate", action: "up", dryRun: false, to: null, now: null };

Deno.test({
  name: "PostgreSQL: without TimescaleDB, migrate, its dry run, status and verify say so in a line and go on",
  ignore: server === null || offered,
  async fn() {
    const connection = new PostgresConnection(settings(), systemClock());
    const target = new PostgresMigrations(connection);
    const extension = new Timescale(connection, timescaleSteps(projectText), 30);
    const requests: MigrateRequest[] = [{ ...UP, dryRun: true }, UP, UP, { ...UP, action: "status" }, {
      ...UP,
      action: "verify",
    }];
    for (const request of requests) {
      const text = await migrationReport(request, MIGRATIONS, target, extension);
      assert.match(text, /\nTimescaleDB: not there; plain tables\n$/);
    }
    assert.deepEqual(await extension.settle(), []);
    await target.close();
  },
});

Deno.test.afterAll(() => server?.stop());

async function offersTimescale(): Promise<boolean> {
  const connection = new PostgresConnection(settings(), systemClock());
  const { kind } = await new Timescale(connection, [], 30).state();
  await connection.close();
  return kind !== "absent";
}

function settings() {
  return { dsn: server!.dsn("postgres"), minPoolSize: 1, maxPoolSize: 2, commandTimeoutSec: 20 };
}
