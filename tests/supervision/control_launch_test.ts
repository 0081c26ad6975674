import assert from "node:assert/strict";
import type { Wish } from "../../src/application/command.ts";
import type { ControlFile, RunningMonitor } from "../../src/application/control/control_file.ts";
import type { Environment, Settings } from "../../src/application/settings.ts";
import { HostOutsideFence } from "../../src/supervision/fence.ts";
import { type Configured, prepareLaunch } from "../../src/supervision/launch.ts";

const WATCH: Wish = {
  ...{ command: "watch", output: "text", now: null, forMs: null, failOn: null, color: false, autoMigrate: false },
};
const QUESTION = { watch: null, forMs: null, now: null, width: null } as const;
const STATUS: Wish = { command: "status", output: "table", failOn: null, ...QUESTION };
const POSITIONS: Wish = { command: "positions", account: null, symbol: null, output: "table", ...QUESTION };
const BREACHES = { command: "breaches", breach: null, note: null, output: "table", ...QUESTION } as const;

const FILE: ControlFile = {
  ...{ env: "dev", port: 40_123, token: "0a".repeat(32), proof: "f5".repeat(32), pid: 4711 },
  startedAt: "2026-11-20T15:30:00.000Z",
};
const RUNNING: RunningMonitor = { kind: "running", file: FILE };
const NONE: RunningMonitor = { kind: "none", obstacle: "none runs here" };

Deno.test("a monitor listens on a port that is picked before the worker starts, and may use it", () => {
  const launch = prepareLaunch(WATCH, configured("dev", NONE), () => 50_001);
  assert.deepEqual(launch.hosts, ["127.0.0.1:7497", "127.0.0.1:50001"]);
  assert.deepEqual(controlOf(launch), { port: 50_001, heldBy: null });
});

Deno.test("in the demo the simulated gateway and the channel have different ports", () => {
  const ports = [50_001, 50_001, 50_002];
  const launch = prepareLaunch(WATCH, configured("demo", NONE), () => ports.shift()!);
  assert.equal(launch.settings.ibkr.port, 50_002);
  assert.deepEqual(launch.hosts, ["127.0.0.1:7497", "127.0.0.1:50002", "127.0.0.1:50001"]);
});

Deno.test("a second monitor is told who has the channel", () => {
  const launch = prepareLaunch(WATCH, configured("dev", RUNNING), () => 50_001);
  assert.equal(controlOf(launch)?.heldBy, 4711);
});

Deno.test("switched off, no port is picked", () => {
  const launch = prepareLaunch(WATCH, configured("dev", undefined), noPort);
  assert.deepEqual([launch.hosts, controlOf(launch), launch.notes], [["127.0.0.1:7497"], null, []]);
});

Deno.test("an executable that may use no free port watches without the channel, and says so", () => {
  const launch = prepareLaunch(WATCH, configured("dev", NONE), () => {
    throw new HostOutsideFence("127.0.0.1:0");
  });
  assert.deepEqual([launch.hosts, controlOf(launch)], [["127.0.0.1:7497"], null]);
  assert.match(launch.notes.join(), /without a control channel/);
});

Deno.test("a command that asks a monitor reaches its port and nothing else", () => {
  for (const wish of [STATUS, POSITIONS, { ...BREACHES, action: "list" }, { ...BREACHES, action: "acknowledge" }]) {
    assert.deepEqual(prepareLaunch(wish as Wish, configured("dev", RUNNING), noPort).hosts, ["127.0.0.1:40123"]);
  }
});

Deno.test("without a monitor, only what can be read from the store reaches the database, and nothing else", () => {
  const hosts = (wish: Wish) => prepareLaunch(wish, configured("demo", NONE), noPort).hosts;
  assert.deepEqual(hosts(POSITIONS), ["10.0.0.5:5432"]);
  assert.deepEqual(hosts({ ...BREACHES, action: "list" }), ["10.0.0.5:5432"]);
  assert.deepEqual(hosts({ ...BREACHES, action: "take-back" }), []);
  assert.deepEqual(hosts(STATUS), []);
});

function configured(env: Environment, monitor: RunningMonitor | undefined): Configured {
  const ibkr = { enabled: false, host: "127.0.0.1", port: 7497 };
  const futu = { enabled: false, host: "127.0.0.1", port: 11111 };
  return {
    settings: { env, ibkr, futu } as Settings,
    ...{ hosts: ["127.0.0.1:7497"], databaseHosts: ["10.0.0.5:5432"], notes: [] },
    ...(monitor === undefined ? {} : { monitor }),
  };
}

function controlOf({ request }: ReturnType<typeof prepareLaunch>) {
  assert.ok(request.command === "watch");
  return request.control ?? null;
}

function noPort(): number {
  throw new Error("no port was needed");
}
