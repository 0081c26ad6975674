import assert from "node:assert/strict";
import type { MigrateRequest } from "../../../src/application/command.ts";
import type { AppliedMigration, Migration, MigrationTarget } from "../../../src/application/migrations.ts";
import { migrationReport } from "../../../src/presentation/cli/migration_report.ts";

const KNOWN = ["executions", "snapshots"].map((name, at): Migration => ({
  number: at + 1,
  name,
  sql: "",
  checksum: name,
}));
const UP: MigrateRequest = { command: "migrate", action: "up", dryRun: false, to: null, now: null };

Deno.test("up says what it applied, and that there is nothing to do", async () => {
  const target = store(1);
  assert.equal(
    await migrationReport(UP, KNOWN, target),
    "a store\nMigration      State\n-------------  -------\n002_snapshots  applied\n1 migration applied.\n",
  );
  assert.equal(await migrationReport(UP, KNOWN, target), "a store is up to date.\n");
});

Deno.test("a dry run says what would be applied and applies nothing", async () => {
  const target = store(0);
  const text = await migrationReport({ ...UP, dryRun: true }, KNOWN, target);
  assert.match(text, /001_executions +would be applied\n002_snapshots +would be applied\nNothing was changed/);
  assert.equal((await target.applied()).length, 0);
});

Deno.test("status lists all migrations and what to do", async () => {
  const text = await migrationReport({ ...UP, action: "status" }, KNOWN, store(1));
  assert.match(text, /001_executions +applied\n002_snapshots +pending\n1 migration pending: run apex migrate\./);
});

Deno.test("verify fails while something is pending, naming it", async () => {
  await assert.rejects(migrationReport({ ...UP, action: "verify" }, KNOWN, store(1)), {
    name: "StoreFault",
    message: /002_snapshots not applied/,
  });
  assert.match(await migrationReport({ ...UP, action: "verify" }, KNOWN, store(2)), /2 migrations applied/);
});

Deno.test("a number that makes no sense is wrong usage", async () => {
  await assert.rejects(migrationReport({ ...UP, to: 9 }, KNOWN, store(1)), { name: "UsageError" });
  await assert.rejects(migrationReport({ ...UP, to: 1 }, KNOWN, store(2)), { name: "UsageError" });
});

function store(count: number): MigrationTarget {
  const rows: AppliedMigration[] = KNOWN.slice(0, count);
  return {
    description: "a store",
    applied: () => Promise.resolve(rows),
    applyNext: (choose) =>
      new Promise((resolve) => {
        const next = choose(rows);
        if (next !== null) rows.push(next);
        resolve(next);
      }),
    close: () => Promise.resolve(),
  };
}
