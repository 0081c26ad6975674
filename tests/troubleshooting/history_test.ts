/** A database that is away, not ready, damaged, full, or of another book. */
import assert from "node:assert/strict";
import { databaseFinding } from "../../src/application/doctor/database.ts";
import { HistoryWriter } from "../../src/application/history_writer.ts";
import { migrate } from "../../src/application/migrations.ts";
import { type StoreBatch, StoreFault } from "../../src/application/ports/store.ts";
import { migrationsOf } from "../../src/infrastructure/store/migration_files.ts";
import { sqliteFault } from "../../src/infrastructure/store/sqlite/faults.ts";
import { SqliteMigrations } from "../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../src/infrastructure/store/sqlite/store.ts";
import { examineStore } from "../../src/infrastructure/store/store_examination.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { MemorySpool } from "../support/memory_spool.ts";
import { projectText } from "../support/source_tree.ts";
import { execution } from "../support/stored_history.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import { MemoryLog } from "../support/world.ts";
import { type See, troubleshoot } from "./manual_words.ts";

const MIGRATIONS = migrationsOf("sqlite", projectText);

troubleshoot("The database is away", async (see) => {
  await whileAway(new MemorySpool(), see);
  // Nobody listens on the port of a listener that was closed.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const dsn = `postgresql://apex@127.0.0.1:${port}/apex`;
  const limits = { minPoolSize: 1, maxPoolSize: 1, commandTimeoutSec: 5, spoolMaxBytes: 1e6 };
  const { found, fix } = databaseFinding(await examineStore({ dsn, ...limits }, projectText, systemClock()));
  see(`${found}\n${fix}`);
});

troubleshoot("The disk is full", async (see) => {
  const spool = new MemorySpool();
  spool.full = true;
  await whileAway(spool, see);
  see(sqliteFault("Cannot write to the store data/apex.db", new Error("database or disk is full")).message);
});

troubleshoot("The database is not up to date", (see) => {
  const pending = [{ number: 5, name: "signals" }];
  const described = { description: "PostgreSQL 10.0.0.5:5432/apex", version: "PostgreSQL 15.8", majorVersion: 15 };
  const { found, fix } = databaseFinding({ kind: "answered", ...described, applied: 4, pending });
  see(`${found}\n${fix}`);
});

troubleshoot("The store's file is damaged", (see) =>
  inFolder(async (file) => {
    await Deno.writeTextFile(file, "no database at all\n".repeat(1000));
    see(await faultOf(openSqliteStore(file, MIGRATIONS)));
  }));

troubleshoot("A store of the other kind of book", (see) =>
  inFolder(async (file) => {
    await migrate(MIGRATIONS, new SqliteMigrations(file));
    const store = await openSqliteStore(file, MIGRATIONS);
    await store.claim("simulated");
    see(await faultOf(store.claim("real")));
    await store.close();
  }));

async function whileAway(spool: MemorySpool, see: See): Promise<void> {
  const clock = new VirtualClock();
  const log = new MemoryLog();
  const store = {
    description: "PostgreSQL 10.0.0.5:5432/apex",
    write: (_: StoreBatch) =>
      Promise.reject(new StoreFault("away", "Cannot write to PostgreSQL 10.0.0.5:5432/apex: refused")),
    close: () => Promise.resolve(),
  };
  const writer = new HistoryWriter({ store, spool, clock, log, writeLimitMs: 120_000 });
  for (const at of [1, 2, 3]) {
    writer.record({ executions: [execution(`e${at}.01`)] });
    for (let round = 0; round < 30; round++) await clock.advance(10);
  }
  see(writer.health().detail);
  for (const { message } of log.lines) see(message);
}

async function inFolder(body: (file: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/apex.db`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function faultOf(attempt: Promise<unknown>): Promise<string> {
  const fault = await attempt.then(() => null, (fault: unknown) => fault);
  assert(fault instanceof Error);
  return fault.message;
}
