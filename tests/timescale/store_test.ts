/** PostgreSQL with TimescaleDB, held to the stores' suite: hypertables must take what plain tables take. */
import { migrate } from "../../src/application/migrations.ts";
import { migrationsOf, timescaleSteps } from "../../src/infrastructure/store/migration_files.ts";
import { PostgresConnection } from "../../src/infrastructure/store/postgres/connection.ts";
import { PostgresMigrations } from "../../src/infrastructure/store/postgres/migrations.ts";
import { openPostgresStore } from "../../src/infrastructure/store/postgres/store.ts";
import { Timescale } from "../../src/infrastructure/store/postgres/timescale.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { storeSuite, type StoreUnderTest } from "../contract/store_suite.ts";
import { projectText } from "../support/source_tree.ts";
import { startTimescale } from "./server.ts";

const MIGRATIONS = migrationsOf("postgresql", projectText);
const server = await startTimescale();
const settings = { dsn: server.dsn, minPoolSize: 1, maxPoolSize: 1, commandTimeoutSec: 60 };
const connection = new PostgresConnection(settings, systemClock());
await migrate(MIGRATIONS, new PostgresMigrations(connection));
const timescale = new Timescale(connection, timescaleSteps(projectText), 30);
await timescale.enable();
await migrate(timescale.steps, timescale.target);
await timescale.settle();
await connection.close();

storeSuite("TimescaleDB", openEmpty);

Deno.test.afterAll(() => server.stop());

/** One server for all tests: it has one database, and takes seconds to start. */
async function openEmpty(): Promise<StoreUnderTest> {
  const tables = await server.rows(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%\\_migrations'",
  );
  await server.rows(`TRUNCATE ${tables.map(({ tablename }) => tablename).join(", ")}`);
  const open = () => openPostgresStore(settings, MIGRATIONS, systemClock());
  const store = await open();
  return { store, another: open, remove: () => store.close() };
}
