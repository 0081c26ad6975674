import assert from "node:assert/strict";
import { PostgresConnection } from "../../../../src/infrastructure/store/postgres/connection.ts";
import { storeDescription } from "../../../../src/infrastructure/store/worker/store_description.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";

Deno.test("a store is called the same before and after it was opened, without user and password", () => {
  assert.equal(storeDescription("sqlite:data/apex.db"), "SQLite data/apex.db");
  for (
    const dsn of [
      "postgresql://user:p%40ss@db.corp:5433/apex_risk?sslmode=disable",
      "postgres://user@127.0.0.1/apex%20risk",
      "postgresql://user:a/b@h1:1,h2:2/db",
    ]
  ) {
    const settings = { dsn, minPoolSize: 1, maxPoolSize: 1, commandTimeoutSec: 1 };
    const opened = new PostgresConnection(settings, new VirtualClock()).description;
    assert.equal(storeDescription(dsn), opened, dsn);
  }
});

Deno.test("no store has no name", () => {
  for (const dsn of [null, "mysql://x"]) assert.throws(() => storeDescription(dsn), { name: "UsageError" });
});
