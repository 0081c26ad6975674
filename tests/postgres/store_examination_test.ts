/** A server as the doctor finds it. */
import assert from "node:assert/strict";
import { databaseFinding } from "../../src/application/doctor/database.ts";
import { migrate } from "../../src/application/migrations.ts";
import { migrationsFor } from "../../src/infrastructure/store/configured_store.ts";
import { examineStore } from "../../src/infrastructure/store/store_examination.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { projectText } from "../support/source_tree.ts";
import { startPostgres } from "./server.ts";

const server = await startPostgres("unsynced");
const LIMITS = { minPoolSize: 1, maxPoolSize: 2, commandTimeoutSec: 20, spoolMaxBytes: 1e6 };

async function look(dsn: string) {
  return databaseFinding(await examineStore({ dsn, ...LIMITS }, projectText, systemClock()));
}

Deno.test({
  name: "PostgreSQL: doctor says the version and what is pending, and after the migrations that nothing is",
  ignore: server === null,
  async fn() {
    const dsn = server!.dsn("postgres");
    const before = await look(dsn);
    assert.equal(before.status, "fail");
    assert.match(before.found, /^PostgreSQL 127\.0\.0\.1:\d+\/postgres \(PostgreSQL \d+\.\d+.*\): .* not applied$/);
    assert.equal(before.fix, "Run apex migrate, or start with --auto-migrate");
    const { known, target } = migrationsFor({ dsn, ...LIMITS }, 30, projectText, systemClock());
    await migrate(known, target);
    await target.close();
    const after = await look(dsn);
    assert.deepEqual([after.status, after.fix], ["ok", null]);
    assert.match(after.found, new RegExp(`: ${known.length} migrations applied, none pending$`));
  },
});

Deno.test({
  name: "PostgreSQL: doctor tells a wrong password, a missing database and a server that is away apart",
  ignore: server === null,
  async fn() {
    const wrong = await look(server!.dsn("postgres").replace(/:[^:@]*@/, ":wrong@"));
    assert.equal(wrong.status, "fail");
    assert.match(wrong.found, /password authentication failed/);
    assert.match(wrong.fix ?? "", /user, password/);
    assert.match((await look(server!.dsn("nowhere"))).found, /database "nowhere" does not exist/);
    const away = await look("postgresql://u:p@127.0.0.1:1/apex");
    assert.equal(away.status, "fail");
    assert.match(away.fix ?? "", /^Start the server, or correct database\.dsn/);
  },
});

Deno.test.afterAll(() => server?.stop());
