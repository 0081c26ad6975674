import assert from "node:assert/strict";
import { connectionOptions } from "../../../src/infrastructure/store/postgres/connection_options.ts";

Deno.test("an address is taken apart, whatever signs the password is made of", () => {
  assert.deepEqual(connectionOptions("postgresql://user:p%40ss:w/o@rd@db.corp:6432/apex_risk?sslmode=verify-full"), {
    hosts: [{ host: "db.corp", port: 6432 }],
    database: "apex_risk",
    user: "user",
    password: "p@ss:w/o@rd",
    sslMode: "verify-full",
    sslRootCert: null,
    applicationName: "apex",
  });
  assert.equal(connectionOptions("postgres://u:100%@h/d").password, "100%");
});

Deno.test("what is left out has PostgreSQL's own defaults, and nothing comes from the environment", () => {
  const { hosts, database, password, sslMode } = connectionOptions("postgresql://trader@10.0.0.5");
  assert.deepEqual({ hosts, database, password, sslMode }, {
    hosts: [{ host: "10.0.0.5", port: 5432 }],
    database: "trader",
    password: "",
    sslMode: "prefer",
  });
});

Deno.test("several hosts and IPv6 addresses are dialled as they are written", () => {
  const { hosts } = connectionOptions("postgresql://u@[::1]:5433,db2/x");
  assert.deepEqual(hosts, [{ host: "::1", port: 5433 }, { host: "db2", port: 5432 }]);
});

Deno.test("an address that cannot be meant is refused without its password", () => {
  const cases: Readonly<Record<string, RegExp>> = {
    "postgresql://u:secret1@h/d?sslmode=maybe": /sslmode maybe is not one of disable/,
    "postgresql://u:secret1@h/d?ssl=true": /parameter ssl is not known/,
    "postgresql:///d": /names no host/,
    "postgresql://h/d": /names no user/,
    "sqlite:data/apex.db": /it is not postgresql/,
  };
  for (const [dsn, message] of Object.entries(cases)) {
    assert.throws(() => connectionOptions(dsn), (fault) => {
      assert.ok(fault instanceof Error);
      assert.match(fault.message, message);
      assert.doesNotMatch(fault.message, /secret1/);
      return true;
    });
  }
});
