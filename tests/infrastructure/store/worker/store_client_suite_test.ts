/** The contract of every store, over the worker that keeps it; in one isolate, with everything copied as between two. */
import { migrate } from "../../../../src/application/migrations.ts";
import { migrationsOf } from "../../../../src/infrastructure/store/migration_files.ts";
import { SqliteMigrations } from "../../../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../../../src/infrastructure/store/sqlite/store.ts";
import { StoreClient } from "../../../../src/infrastructure/store/worker/store_client.ts";
import { serveStore } from "../../../../src/infrastructure/store/worker/store_server.ts";
import { storeSuite } from "../../../contract/store_suite.ts";
import { joinedIsolates } from "../../../support/joined_isolates.ts";
import { projectText } from "../../../support/source_tree.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";

const MIGRATIONS = migrationsOf("sqlite", projectText);

storeSuite("SQLite through its worker", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/data/apex.db`;
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const store = throughWorker(file);
  return {
    store,
    another: () => Promise.resolve(throughWorker(file)),
    async remove() {
      await store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});

function throughWorker(file: string): StoreClient {
  const clock = new VirtualClock();
  return new StoreClient(`SQLite ${file}`, {
    start() {
      const { connection, inside } = joinedIsolates();
      const open = async () => ({ store: await openSqliteStore(file, MIGRATIONS), notes: [] });
      // A worker says that it is ready only after the one that started it has begun to listen.
      void Promise.resolve().then(() => serveStore(inside, clock, open));
      return connection;
    },
    work: {
      settings: { dsn: `sqlite:${file}`, minPoolSize: 1, maxPoolSize: 1, commandTimeoutSec: 60, spoolMaxBytes: 1e6 },
      autoMigrate: false,
      retentionDays: 30,
    },
    clock,
    log: { write() {} },
    limitMs: 120_000,
  });
}
