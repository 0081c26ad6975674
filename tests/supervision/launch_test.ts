import assert from "node:assert/strict";
import type { Wish } from "../../src/application/command.ts";
import type { Environment, Settings } from "../../src/application/settings.ts";
import { freeLoopbackPort } from "../../src/supervision/deno_worker.ts";
import { HostOutsideFence, requireHostsAllowed, workerPermissions } from "../../src/supervision/fence.ts";
import { type Configured, prepareLaunch } from "../../src/supervision/launch.ts";

const SNAPSHOT: Wish = {
  command: "snapshot",
  output: "json",
  timeoutMs: 1000,
  now: null,
  forMs: null,
  failOn: null,
  color: false,
  width: null,
  watch: null,
};
const SIMULATE: Wish = {
  ...{ command: "simulate", broker: "ib", port: 7497, scenario: null, seed: 1, faults: [], now: null, forMs: null },
};

Deno.test("the worker may reach what the configuration names, and nothing else", () => {
  const launch = prepareLaunch(SNAPSHOT, configured("dev", ["127.0.0.1:7497", "10.0.0.5:5432"]), noPort);
  assert.deepEqual(launch.hosts, ["127.0.0.1:7497", "10.0.0.5:5432"]);
  assert.equal(launch.request.command === "snapshot" && launch.request.simulator, null);
});

Deno.test("moves on the last stored book reach the database alone, and start no gateway", () => {
  const scenario: Wish = {
    ...SNAPSHOT,
    command: "scenario",
    spots: null,
    vols: null,
    days: [0],
    byBeta: false,
    byName: false,
    account: null,
    symbol: null,
    stored: true,
  };
  const launch = prepareLaunch(scenario, configured("demo", ["127.0.0.1:7497"]), noPort);
  assert.deepEqual(launch.hosts, configured("demo", ["127.0.0.1:7497"]).databaseHosts);
  assert.equal(launch.request.command === "scenario" && launch.request.simulator, null);
});

Deno.test("the demo connects to a free port that the worker may both listen on and connect to", () => {
  const launch = prepareLaunch(SNAPSHOT, configured("demo", ["127.0.0.1:9464"]), () => 50_123);
  assert.deepEqual(launch.hosts, ["127.0.0.1:9464", "127.0.0.1:50123"]);
  const { enabled, host, port } = launch.settings.ibkr;
  assert.deepEqual({ enabled, host, port }, { enabled: true, host: "127.0.0.1", port: 50_123 });
  assert.deepEqual(launch.request.command === "snapshot" && launch.request.simulator, {
    host: "127.0.0.1",
    port: 50_123,
  });
});

Deno.test("the demo has an OpenD of its own where Futu is part of it, on another free port than the gateway's", () => {
  const { settings, ...rest } = configured("demo", []);
  const ports = [50_123, 50_123, 50_124];
  const futu = { ...settings.futu, enabled: true };
  const launch = prepareLaunch(SNAPSHOT, { ...rest, settings: { ...settings, futu } }, () => ports.shift()!);
  assert.deepEqual(launch.hosts, ["127.0.0.1:50123", "127.0.0.1:50124"]);
  assert.equal(launch.settings.futu.port, 50_124);
  assert.deepEqual(launch.request.command === "snapshot" && launch.request.openD, { host: "127.0.0.1", port: 50_124 });
});

Deno.test("the simulator may use its own port alone, whatever the configuration names", () => {
  const launch = prepareLaunch(SIMULATE, configured("dev", ["10.0.0.5:5432"]), (wished) => wished);
  assert.deepEqual(launch.hosts, ["127.0.0.1:7497"]);
});

Deno.test("what works on the database may reach the database alone, in the demo too", () => {
  const migrate: Wish = { command: "migrate", action: "up", dryRun: false, to: null, now: null };
  const care: Wish = { command: "db", action: "check", to: null, keepDays: null, dryRun: false, now: null };
  const hosts = ["127.0.0.1:7497", "10.0.0.5:5432"];
  const launch = prepareLaunch(migrate, configured("demo", hosts, ["10.0.0.5:5432"]), noPort);
  assert.deepEqual(launch.hosts, ["10.0.0.5:5432"]);
  assert.deepEqual(prepareLaunch(care, configured("dev", ["127.0.0.1:7497"]), noPort).hosts, []);
});

Deno.test("port 0 of the simulator becomes a free port before the worker starts", () => {
  const launch = prepareLaunch({ ...SIMULATE, port: 0 }, configured("dev", []), () => 50_124);
  assert.deepEqual(launch.hosts, ["127.0.0.1:50124"]);
  assert.deepEqual(launch.request.command === "simulate" && launch.request.listen, { host: "127.0.0.1", port: 50_124 });
});

Deno.test("a backfill may reach the statement service too, where the build allows it, and no statements exist in the demo", () => {
  const wish: Wish = {
    ...{ command: "backfill", broker: "IB", account: null, market: null, from: null, to: null, days: 30 },
    ...{ dryRun: false, force: false, now: null, progress: false },
  };
  const statementHost = "statements.example:443";
  const launch = prepareLaunch(wish, { ...configured("dev", ["127.0.0.1:7497"]), statementHost }, noPort);
  assert.deepEqual([launch.hosts, launch.hostsIfAllowed], [["127.0.0.1:7497"], [statementHost]]);
  assert.deepEqual(prepareLaunch(wish, configured("dev", []), noPort).hostsIfAllowed, []);
  const demo = prepareLaunch(wish, { ...configured("demo", []), statementHost }, () => 50_125);
  assert.deepEqual([demo.hosts, demo.hostsIfAllowed], [["127.0.0.1:50125"], []]);
});

const DOCTOR: Wish = { command: "doctor", output: "table", now: null, width: null, color: false };

Deno.test("the doctor may reach what is configured and the usual ports of TWS, where the build allows it", () => {
  const statementHost = "statements.example:443";
  const here = { ...configured("dev", ["127.0.0.1:7497", "db.corp:5432"]), statementHost };
  const settings = { ...here.settings, ibkr: { ...here.settings.ibkr, enabled: true } };
  const launch = prepareLaunch(DOCTOR, { ...here, settings }, noPort);
  assert.deepEqual(launch.hosts, [], "nothing that it does not start without");
  assert.deepEqual(
    new Set(launch.hostsIfAllowed),
    new Set(["127.0.0.1:7497", "db.corp:5432", statementHost, "127.0.0.1:7496", "127.0.0.1:4001", "127.0.0.1:4002"]),
  );
  assert.deepEqual(launch.request.command === "doctor" && launch.request.hosts, ["127.0.0.1:7497", "db.corp:5432"]);
});

Deno.test("with a faulty configuration the doctor reaches nothing, in the demo its own gateway alone", () => {
  const examined = { directory: "config", files: [], faults: ["config/base.yaml:1:1  wrong"], ignoredVariables: [] };
  const faulty = prepareLaunch(DOCTOR, { ...configured("demo", ["127.0.0.1:7497"]), examined }, noPort);
  assert.deepEqual([faulty.hosts, faulty.hostsIfAllowed ?? []], [[], []]);
  assert.equal(faulty.request.command === "doctor" && faulty.request.simulator, null);
  const demo = prepareLaunch(DOCTOR, configured("demo", ["10.0.0.5:5432"]), () => 50_126);
  assert.deepEqual([demo.hosts, demo.hostsIfAllowed], [["127.0.0.1:50126"], ["10.0.0.5:5432"]]);
  assert.equal(demo.settings.ibkr.port, 50_126);
});

Deno.test("only the dashboard draws on the terminal", () => {
  const watch = { command: "watch", now: null, forMs: null, failOn: null, color: true, autoMigrate: false } as const;
  const draws = (output: "dashboard" | "text") =>
    prepareLaunch({ ...watch, output }, configured("dev", []), noPort).draws;
  assert.deepEqual([draws("dashboard"), draws("text")], [true, false]);
});

Deno.test("the worker of an executable writes into data alone, and starts, loads and imports nothing", () => {
  assert.deepEqual(workerPermissions(["a:1", "a:1", "b:2"], true), {
    net: ["a:1", "b:2"],
    read: "inherit",
    write: ["data"],
    env: "inherit",
    sys: false,
    run: false,
    ffi: false,
    import: false,
  });
});

Deno.test("a configured host that the executable was not built for is named with the setting that adds it", () => {
  const allowed = (host: string) => host.startsWith("127.");
  assert.doesNotThrow(() => requireHostsAllowed(["127.0.0.1:7497"], allowed));
  assert.throws(
    () => requireHostsAllowed(["127.0.0.1:7497", "db.corp:5432"], allowed),
    (error) => error instanceof HostOutsideFence && /APEX_ALLOW_NET=db\.corp:5432/.test(error.message),
  );
});

Deno.test("a port that somebody listens on is refused with what to do, and 0 is any free one", () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const { port } = listener.addr;
    assert.throws(() => freeLoopbackPort(port), { name: "PortTaken", message: /--port 0/ });
    const free = freeLoopbackPort(0);
    assert.ok(free > 0 && free !== port);
  } finally {
    listener.close();
  }
});

function configured(
  env: Environment,
  hosts: readonly string[],
  databaseHosts: readonly string[] = [],
): Configured {
  const ibkr = { enabled: false, host: "127.0.0.1", port: 7497 };
  const futu = { enabled: false, host: "127.0.0.1", port: 11111 };
  return { settings: { env, ibkr, futu } as Settings, hosts, databaseHosts, notes: [] };
}

function noPort(): number {
  throw new Error("no port was needed");
}
