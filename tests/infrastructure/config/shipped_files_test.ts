import assert from "node:assert/strict";
import type { Environment } from "../../../src/application/settings.ts";
import { describeSettings, valueText } from "../../../src/infrastructure/config/describe.ts";
import type { Fault } from "../../../src/infrastructure/config/fault.ts";
import { dsnPasswords } from "../../../src/infrastructure/config/dsn.ts";
import { environmentDefaults } from "../../../src/infrastructure/config/environments.ts";
import { configuredHosts } from "../../../src/infrastructure/config/hosts.ts";
import { loadSettings } from "../../../src/infrastructure/config/load.ts";
import { keyPaths, readTree } from "../../../src/infrastructure/config/read_section.ts";
import { SCHEMA } from "../../../src/infrastructure/config/schema.ts";
import { isSetting, type Section, type Setting } from "../../../src/infrastructure/config/setting.ts";
import { parseYaml, type TreeNode } from "../../../src/infrastructure/config/yaml_tree.ts";
import { readBounded } from "../../../src/infrastructure/files/bounded_read.ts";
import { memoryFiles } from "./memory_files.ts";

const NOTHING: TreeNode = { kind: "map", entries: new Map(), place: { source: "", line: null, column: null } };
const FOLDER = new URL("../../../config/", import.meta.url).pathname;

function shipped(name: string): string {
  return Deno.readTextFileSync(`${FOLDER}${name}`);
}

function treeOf(name: string): TreeNode {
  const tree = parseYaml(shipped(name), name);
  assert(!Array.isArray(tree), JSON.stringify(tree));
  return tree;
}

function settingAt(path: string): Setting {
  let member: Section | Setting | undefined = SCHEMA;
  for (const key of path.split(".")) member = (member as Section)[key];
  assert(member !== undefined && isSetting(member));
  return member;
}

Deno.test("config/base.yaml says the built-in default of every key that it sets", () => {
  const faults: Fault[] = [];
  const fromFile = readTree(SCHEMA, treeOf("base.yaml"), faults);
  assert.deepEqual(faults, []);
  assert.deepEqual(fromFile, readTree(SCHEMA, NOTHING, []));
});

Deno.test("base.yaml and risk_config.yaml show every key with its unit and default beside it", () => {
  const lines = `${shipped("base.yaml")}\n${shipped("risk_config.yaml")}`.split("\n");
  for (const path of keyPaths(SCHEMA)) {
    const key = path.split(".").at(-1) ?? "";
    const at = lines.findIndex((line) => new RegExp(`^\\s*(# )?${key}:`).test(line));
    assert(at >= 0, `${path} is not in the shipped files`);
    const beside = lines.slice(Math.max(0, at - 3), at + 1).join("\n");
    assert.match(beside, /[Dd]efault/, `${path} has no default beside it`);
    const { unit } = settingAt(path);
    assert(beside.includes(unit), `${path} has no unit ${unit} beside it`);
  }
});

Deno.test("the defaults that base.yaml only mentions are the built-in ones", () => {
  const text = shipped("base.yaml");
  for (
    const [path, value] of [
      ["ibkr.port", "7497"],
      ["manual.file", "data/positions/manual.yaml"],
      [
        "mdqc.stale_seconds",
        "10",
      ],
      ["mdqc.max_spread_pct", "0.50"],
      ["logging.level", "INFO"],
    ] as const
  ) {
    const line = text.split("\n").find((known) => known.includes(`# ${path.split(".").at(-1)}:`)) ?? "";
    assert(line.endsWith(`default ${value}`), line);
    const expected = settingAt(path).fallback;
    assert.equal(typeof expected === "number" ? Number(value) : value, expected);
  }
});

Deno.test("dev, prod and demo files say what the program does without them", () => {
  for (const env of ["dev", "prod", "demo"] as const) {
    const builtIn = readTree(SCHEMA, environmentDefaults(env), []);
    assert.deepEqual(readTree(SCHEMA, treeOf(`${env}.yaml`), []), builtIn, env);
  }
});

Deno.test("the shipped limits are those of the design, the worst scenario included", () => {
  const { limits } = fromDisk("dev").settings.risk;
  assert.equal(limits.maxTotalGrossNotional, 5_000_000);
  assert.deepEqual(limits.maxPerUnderlyingNotional, { default: 1_000_000, names: new Map([["TSLA", 1_500_000]]) });
  assert.deepEqual(limits.portfolioVegaRange, { low: -15_000, high: 15_000 });
  assert.equal(limits.maxMarginUtilization, 0.6);
  assert.equal(limits.softBreachThreshold, 0.8);
  assert(limits.maxScenarioLoss !== null);
});

Deno.test("every environment loads from the shipped files", () => {
  assert.equal(fromDisk("prod").settings.ibkr.port, 7496);
  assert.equal(fromDisk("prod").settings.risk.quality.staleSeconds, 5);
  assert.equal(fromDisk("demo").settings.risk.limits.maxTotalGrossNotional, 6_000_000);
  assert.equal(fromDisk("demo").settings.risk.baseCurrency, "USD");
  assert.equal(fromDisk("dev").settings.logging.level, "DEBUG");
});

Deno.test("describeSettings() gives value, unit and origin of each key and hides the password", () => {
  const loaded = loadSettings({
    env: "demo",
    configDir: null,
    configFile: null,
    environment: { APEX_DATABASE_DSN: "postgresql://risk:p@ss/word@db.corp:5433/apex?password=x" },
    read: memoryFiles({ "config/base.yaml": "\nibkr: { port: 4002 }\n" }),
  });
  const rows = new Map(describeSettings(loaded).map((row) => [row.key, row]));
  assert.deepEqual(rows.get("ibkr.port"), {
    key: "ibkr.port",
    value: "4002",
    unit: "",
    origin: "config/base.yaml:2:9",
  });
  assert.deepEqual(rows.get("monitor.cadence_ms"), {
    key: "monitor.cadence_ms",
    value: "250",
    unit: "ms",
    origin: "built-in default",
  });
  assert.equal(rows.get("risk_limits.max_per_underlying_notional.TSLA")?.origin, "built-in demo default");
  assert.deepEqual(rows.get("database.dsn"), {
    key: "database.dsn",
    value: "postgresql://***@db.corp:5433/apex?password=***",
    unit: "",
    origin: "APEX_DATABASE_DSN",
  });
  for (const path of keyPaths(SCHEMA)) {
    assert([...rows.keys()].some((key) => key === path || key.startsWith(`${path}.`)), path);
  }
});

Deno.test("configuredHosts() lists each configured address as it is dialled", () => {
  const hosts = (environment: Record<string, string>, env: Environment = "dev") =>
    configuredHosts(
      loadSettings({ env, configDir: null, configFile: null, environment, read: memoryFiles({}) }).settings,
    );
  assert.deepEqual(hosts({}), ["127.0.0.1:7497"]);
  assert.deepEqual(hosts({}, "demo"), []);
  assert.deepEqual(
    hosts({
      APEX_IBKR__HOST: "::1",
      APEX_FUTU__ENABLED: "true",
      APEX_DATABASE_DSN: "postgres://u:p@ss@10.0.0.5,db.corp:5433/apex",
    }),
    ["[::1]:7497", "127.0.0.1:11111", "10.0.0.5:5432", "db.corp:5433"],
  );
  assert.deepEqual(hosts({ APEX_DATABASE_DSN: "postgresql:///apex?host=/run/postgresql" }), ["127.0.0.1:7497"]);
});

Deno.test("valueText() writes values as a file would", () => {
  assert.equal(valueText({ low: -1, high: 2 }), "[-1, 2]");
  assert.equal(valueText(["DU1"]), "[DU1]");
  assert.equal(valueText(new Map([["A", 1]])), "{ A: 1 }");
  assert.equal(valueText(null), "null");
});

function fromDisk(env: Environment) {
  return loadSettings({ env, configDir: FOLDER, configFile: null, environment: {}, read: readBounded });
}

Deno.test("dsnPasswords() finds what must be kept out of sight, as written and as meant", () => {
  assert.deepEqual(dsnPasswords("postgresql://risk:p%40ss@db/apex"), ["p%40ss", "p@ss"]);
  assert.deepEqual(dsnPasswords("postgresql://risk@db/apex?password=100%25"), ["100%25", "100%"]);
  assert.deepEqual(dsnPasswords("postgresql://risk:50%@db/apex"), ["50%"]);
  assert.deepEqual(dsnPasswords("sqlite:data/apex.db"), []);
});
