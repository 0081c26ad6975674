import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { ConfigurationError, faultText } from "../../../src/infrastructure/config/fault.ts";
import { type LoadedSettings, type LoadRequest, loadSettings } from "../../../src/infrastructure/config/load.ts";
import { memoryFiles } from "./memory_files.ts";

type Given = Partial<Omit<LoadRequest, "read">> & { readonly files?: Parameters<typeof memoryFiles>[0] };

function load({ files = {}, ...given }: Given = {}): LoadedSettings {
  const request = { env: "dev", configDir: null, configFile: null, environment: {}, ...given } as const;
  return loadSettings({ ...request, read: memoryFiles(files) });
}

/** The faults of a configuration that must be refused, one line each. */
function faultsOf(given: Given): readonly string[] {
  try {
    load(given);
  } catch (error) {
    assert(error instanceof ConfigurationError, `expected a ConfigurationError, got ${error}`);
    return error.faults.map(faultText);
  }
  assert.fail("expected the configuration to be refused");
}

function base(text: string): Given {
  return { files: { "config/base.yaml": text } };
}

function assertOneFault(given: Given, ...parts: readonly string[]): void {
  const faults = faultsOf(given);
  assert.equal(faults.length, 1, faults.join("\n"));
  for (const part of parts) assert(faults[0]?.includes(part), `${JSON.stringify(part)} is not in: ${faults[0]}`);
}

const EARLIER_VERSIONS = `
ibkr: { host: 127.0.0.1, port: 7497, client_id: 1 }
futu: { enabled: false, host: 127.0.0.1, port: 11111, security_firm: FUTUSECURITIES, trd_env: REAL, filter_trdmarket: US }
risk_limits:
  max_total_gross_notional: 5_000_000          # YAML 1.1 integers with underscores
  max_per_underlying_notional: { default: 1_000_000, TSLA: 1_500_000 }
  portfolio_delta_range: [-50_000, 50_000]
  portfolio_vega_range: [-15_000, 15_000]
  max_margin_utilization: 0.60
database:
  dsn: "postgresql://user:password@localhost:5432/apex_risk"
  min_pool_size: 2
  max_pool_size: 10
  command_timeout: 30
snapshots: { position_interval_sec: 60, account_interval_sec: 60, risk_interval_sec: 300, capture_on_shutdown: true, retention_days: 30 }
`;

Deno.test("loadSettings() reads the keys of earlier versions unchanged", () => {
  const { settings } = load(base(EARLIER_VERSIONS));
  const { limits } = settings.risk;
  assert.equal(limits.maxTotalGrossNotional, 5_000_000);
  assert.deepEqual(limits.maxPerUnderlyingNotional, { default: 1_000_000, names: new Map([["TSLA", 1_500_000]]) });
  assert.deepEqual(limits.portfolioDeltaRange, { low: -50_000, high: 50_000 });
  assert.equal(limits.maxMarginUtilization, 0.6);
  assert.equal(settings.database.dsn, "postgresql://user:password@localhost:5432/apex_risk");
  assert.equal(settings.snapshots.captureOnShutdown, true);
  assert.equal(settings.futu.filterTrdmarket, "US");
});

Deno.test("loadSettings() works without any file", () => {
  const { settings, files } = load();
  assert.deepEqual(files, []);
  assert.equal(settings.ibkr.port, 7497);
  assert.equal(settings.risk.limits.maxTotalGrossNotional, null);
  assert.equal(load({ env: "prod" }).settings.ibkr.port, 7496);
  assert.equal(load({ env: "demo" }).settings.risk.limits.maxDailyLoss, 25_000);
});

Deno.test("loadSettings() lets each layer win over the one before it", () => {
  const files = {
    "config/base.yaml": "ibkr: { host: a, port: 1, client_id: 1 }",
    "config/risk_config.yaml": "ibkr: { host: b, port: 2, client_id: 2, market_data_lines: 2 }",
    "config/dev.yaml": "ibkr: { host: c, port: 3, client_id: 3 }",
    "mine.yaml": "ibkr: { host: d, port: 4 }",
  };
  const { settings, origins } = load({ files, configFile: "mine.yaml", environment: { APEX_IBKR__HOST: "e" } });
  assert.deepEqual(
    [settings.ibkr.host, settings.ibkr.port, settings.ibkr.clientId, settings.ibkr.marketDataLines],
    ["e", 4, 3, 2],
  );
  assert.equal(origins.get("ibkr.host")?.source, "APEX_IBKR__HOST");
  assert.deepEqual(origins.get("ibkr.port"), { source: "mine.yaml", line: 1, column: 18 });
});

Deno.test("maps merge by name over the layers, lists replace, null takes a name back", () => {
  const files = {
    "config/base.yaml": `
risk_limits: { max_per_underlying_notional: { default: 1, TSLA: 2, NVDA: 3 }, portfolio_delta_range: [-5, 5] }
ibkr: { accounts: [DU1, DU2] }`,
    "config/dev.yaml": `
risk_limits: { max_per_underlying_notional: { TSLA: null, AAPL: 4 }, portfolio_delta_range: null }
ibkr: { accounts: [DU3] }`,
  };
  const { settings } = load({ files });
  assert.deepEqual(settings.risk.limits.maxPerUnderlyingNotional, {
    default: 1,
    names: new Map([["NVDA", 3], ["AAPL", 4]]),
  });
  assert.equal(settings.risk.limits.portfolioDeltaRange, null);
  assert.deepEqual(settings.ibkr.accounts, ["DU3"]);
});

Deno.test("a section whose keys are all commented out changes nothing", () => {
  const files = { "config/base.yaml": "ibkr: { port: 4001 }", "config/dev.yaml": "ibkr:\n  # port: 4002\n" };
  assert.equal(load({ files }).settings.ibkr.port, 4001);
});

Deno.test("all faults of all layers come at once, each with its place", () => {
  const faults = faultsOf({
    files: {
      "config/base.yaml": "ibkr:\n  port: abc\n  hots: x\n",
      "config/risk_config.yaml": "risk_limits:\n  portfolio_delta_range: [5, -5]\n",
    },
    environment: { APEX_IBKR__CLIENT_ID: "-1" },
  });
  assert.deepEqual(faults, [
    "config/base.yaml:2:9  ibkr.port: wrong value; found abc; allowed: a whole number from 1 to 65535",
    "config/base.yaml:3:3  ibkr.hots: unknown key; did you mean ibkr.host?",
    "config/risk_config.yaml:2:26  risk_limits.portfolio_delta_range: low 5 is not below high -5; found [5, -5]; " +
    "allowed: [low, high], two finite numbers with low < high, or null for off",
    "APEX_IBKR__CLIENT_ID  ibkr.client_id: wrong value; found -1; allowed: a whole number from 0 to 2147483000",
  ]);
});

Deno.test("a fault in a layer that a later one replaces is reported too", () => {
  const files = { "config/base.yaml": "ibkr: { port: 0 }", "config/dev.yaml": "ibkr: { port: 7497 }" };
  assertOneFault({ files }, "config/base.yaml:1:15", "found 0");
});

Deno.test("a number that is not finite is refused", () => {
  for (
    const text of [".nan", "nan", "NaN", ".inf", "-.inf", "inf", "Infinity", "1e999", '"5"', "0x10", "017", "1__0"]
  ) {
    assertOneFault(base(`risk_limits: { max_daily_loss: ${text} }`), "max_daily_loss", "a finite number");
  }
});

Deno.test("numbers may carry underscores, signs and exponents", () => {
  for (
    const [text, value] of [["5_000_000", 5e6], ["+5", 5], ["1e6", 1e6], ["1_000.50", 1000.5], [".5", 0.5]] as const
  ) {
    const { settings } = load(base(`risk_limits: { max_daily_loss: ${text} }`));
    assert.equal(settings.risk.limits.maxDailyLoss, value);
  }
});

Deno.test("a percentage where a fraction belongs is refused with the hint", () => {
  assertOneFault(base("risk_limits: { max_margin_utilization: 60 }"), "found 60", "0.60 is 60 %");
});

Deno.test("a limit of 0 is a limit, null is off", () => {
  assert.equal(load(base("risk_limits: { max_daily_loss: 0 }")).settings.risk.limits.maxDailyLoss, 0);
  assert.equal(load(base("risk_limits: { max_daily_loss: ~ }")).settings.risk.limits.maxDailyLoss, null);
});

Deno.test("a key left empty is refused where it cannot be off", () => {
  assertOneFault(base("ibkr:\n  port:\n"), "ibkr.port", "found nothing");
});

Deno.test("a duplicate key names both lines", () => {
  assertOneFault(base("ibkr:\n  port: 1\n  port: 2\n"), "config/base.yaml:3:3", "first in line 2");
});

Deno.test("a key of another section is answered with its full path", () => {
  assertOneFault(base("monitor: { stale_seconds: 3 }"), "monitor.stale_seconds", "did you mean mdqc.stale_seconds?");
});

Deno.test("tickers that YAML could take for something else stay tickers", () => {
  const { settings } = load(base("beta: { reference: ON, betas: { NO: 1.1, 00700: 0.9, TRUE: 1 } }"));
  assert.equal(settings.risk.beta.reference, "ON");
  assert.deepEqual([...settings.risk.beta.betas.keys()], ["NO", "00700", "TRUE"]);
});

Deno.test("a symbol in small letters is refused with the capitals", () => {
  assertOneFault(base("beta: { betas: { tsla: 1.9 } }"), "beta.betas.tsla", "did you mean TSLA?");
});

Deno.test("columns of the dashboard are words of a list; one that is not known names the nearest and all that are", () => {
  const { settings } = load(base("dashboard: { columns: { positions: [name, mark, day_pnl] } }"));
  assert.deepEqual(settings.dashboard.columns, { positions: ["name", "mark", "day_pnl"], underlyings: [] });
  assertOneFault(
    base("dashboard: { columns: { underlyings: [spot, gama] } }"),
    "dashboard.columns.underlyings: wrong value; found gama; allowed: name, positions, spot, close, day_pct",
    "did you mean gamma?",
  );
  assertOneFault(base("dashboard: { columns: { positions: [iv, iv] } }"), "iv stands in it twice");
  assertOneFault(
    base("dashboard: { columns: { positions: iv } }"),
    "dashboard.columns.positions",
    "a list in brackets",
  );
});

Deno.test("more returns cannot be asked for than the window of a beta holds", () => {
  assertOneFault(
    base("beta: { window_days: 120, min_observations: 121 }"),
    "beta.min_observations",
    "it is more than beta.window_days, which is 120",
  );
});

Deno.test("tabs, several documents and text that is no YAML are refused with line and column", () => {
  assertOneFault(base("ibkr:\n\tport: 1\n"), "config/base.yaml:2:1", "use spaces");
  assertOneFault(base("ibkr: {}\n---\nibkr: {}\n"), "several documents");
  assertOneFault(base("- 1\n"), "the file must be a map of sections");
  assertOneFault(base("ibkr: { port: 1"), "closing bracket");
});

Deno.test("a file that is not UTF-8 is refused with its line", () => {
  const bytes = new Uint8Array([...new TextEncoder().encode("ibkr:\n  host: "), 0xe9, 0x0a]);
  assertOneFault({ files: { "config/base.yaml": bytes } }, "config/base.yaml:2:9", "UTF-8");
});

Deno.test("an alias bomb, a cyclic file, deep nesting and a huge file are refused quickly", () => {
  const lines = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (let letter = 98; letter < 106; letter++) {
    const [previous, own] = [String.fromCharCode(letter - 1), String.fromCharCode(letter)];
    lines.push(`${own}: &${own} [${`*${previous}, `.repeat(9)}]`);
  }
  const started = performance.now();
  assertOneFault(base(lines.join("\n")), "more than 20,000 values");
  assertOneFault(base("ibkr: &loop { reconnect: *loop }"), "cyclic");
  assert(faultsOf(base(`ibkr: ${"[".repeat(50_000)}`)).some((fault) => fault.includes("nested too deep")));
  assertOneFault(base(`ibkr: ${"[".repeat(40)}${"]".repeat(40)}`), "nested deeper than 16 levels");
  assertOneFault(base(`# ${"x".repeat(256 << 10)}`), "larger than 262,144 bytes");
  assert(performance.now() - started < 5_000, "bounded work");
});

Deno.test("aliases within bounds are expanded", () => {
  const { settings } = load(base("ibkr: { host: &host 10.0.0.9 }\nfutu: { host: *host }"));
  assert.equal(settings.futu.host, "10.0.0.9");
});

Deno.test("no fault shows a password", () => {
  const secret = "s3cr:t/p@ss";
  const dsn = `postgresql://risk:${secret}@db corp/apex`;
  const cases: Given[] = [
    base(`database: { dsn: "${dsn}" }`),
    base(`database: { dsn: [ "${dsn}" }`),
    base(`databse: { dsn: "${dsn}" }`),
    base(`database:\n  ${dsn}: 1\n`),
    base(`ibkr: { host: "${dsn.replace(" ", "")}" }`),
    { environment: { APEX_DATABASE_DSN: dsn } },
    { environment: { APEX_DATABASE__DNS: dsn } },
    { configFile: `mine.yaml`, files: { "mine.yaml": new Error(`cannot open for ${dsn.replace(" ", "")}`) } },
  ];
  for (const given of cases) {
    const text = faultsOf(given).join("\n");
    assert(!text.includes("s3cr") && !text.includes("p@ss"), text);
  }
});

Deno.test("a faulty address of the database says which form is allowed", () => {
  const allowed = "sqlite:FILE or postgresql://user:password@host:port/name";
  assertOneFault(base("database: { dsn: mysql://u:p@h/d }"), "found a value that is kept secret", allowed);
});

Deno.test("a key with escape sequences is shown without them", () => {
  assertOneFault(base('ibkr: { "\\e[31mred\\n": 1 }'), "ibkr.\\u001b[31mred\\u000a: unknown key");
});

Deno.test("a file that may not be read is a fault that names the folders that may", () => {
  const files = { "config/base.yaml": new Deno.errors.NotCapable('Requires read access to "config/base.yaml"') };
  assertOneFault({ files }, "config/base.yaml", "config/ and data/ under the working directory and /etc/apex");
  assertOneFault({ files: { "config/base.yaml": new Deno.errors.PermissionDenied("EACCES") } }, "owner and mode");
});

Deno.test("a file or folder that was asked for must be there", () => {
  assertOneFault({ configFile: "/etc/apex/mine.yaml" }, "/etc/apex/mine.yaml", "no such file");
  assertOneFault({ configDir: "elsewhere/" }, "elsewhere/base.yaml", "--config-dir");
});

Deno.test("settings that contradict each other are refused where they were written", () => {
  assertOneFault(base("database: { min_pool_size: 20 }"), "config/base.yaml:1:13", "more than database.max_pool_size");
});

Deno.test("variables set keys with one underscore or two, lists as YAML, one name of a map", () => {
  const { settings } = load({
    environment: {
      APEX_IBKR_PORT: "4_002",
      APEX_IBKR__RECONNECT__MAX_DELAY_MS: "30000",
      APEX_RISK_LIMITS__PORTFOLIO_DELTA_RANGE: "[-1_000, 1_000]",
      APEX_RISK_LIMITS__MAX_PER_UNDERLYING_NOTIONAL: "{default: 5}",
      APEX_RISK_LIMITS__MAX_PER_UNDERLYING_NOTIONAL__TSLA: "7",
      APEX_DATABASE_DSN: "postgresql://u:a#b: c@h/d".replace(" ", ""),
      APEX_IBKR__HOST: "",
      APEX_CONFIG_DIR: "x",
      PATH: "/bin",
    },
  });
  assert.equal(settings.ibkr.port, 4002);
  assert.equal(settings.ibkr.host, "127.0.0.1");
  assert.equal(settings.ibkr.reconnect.maxDelayMs, 30_000);
  assert.deepEqual(settings.risk.limits.portfolioDeltaRange, { low: -1000, high: 1000 });
  assert.deepEqual(settings.risk.limits.maxPerUnderlyingNotional, { default: 5, names: new Map([["TSLA", 7]]) });
  assert.equal(settings.database.dsn, "postgresql://u:a#b:c@h/d");
});

Deno.test("a variable that looks like a setting and is none is a fault; others are reported as ignored", () => {
  assertOneFault({ environment: { APEX_IBKR__PROT: "1" } }, "APEX_IBKR__PROT", "did you mean APEX_IBKR_PORT?");
  assertOneFault({ environment: { APEX_IBRK_PORT: "1" } }, "did you mean APEX_IBKR_PORT?");
  assertOneFault({ environment: { APEX_IBKR_PORT: "1", APEX_IBKR__PORT: "2" } }, "keep one");
  assert.deepEqual(load({ environment: { APEX_HOME: "/opt" } }).ignoredVariables, ["APEX_HOME"]);
});

Deno.test("shocks are spot fractions or parts with a name", () => {
  const { settings } = load(
    base("scenarios: { shocks: [-0.05, {spot: -0.2, vol: 0.1, days: 5}, {name: Calm, vol: -0.05}] }"),
  );
  assert.deepEqual(settings.risk.shocks, [
    { name: "spot -5 %", spotShock: -0.05, volShock: 0, days: 0 },
    { name: "spot -20 %, vol +10 pt, 5 d", spotShock: -0.2, volShock: 0.1, days: 5 },
    { name: "Calm", spotShock: 0, volShock: -0.05, days: 0 },
  ]);
  assertOneFault(base("scenarios: { shocks: [-1.5] }"), "scenarios.shocks[0]", "from -0.99 to 10");
  assertOneFault(base("scenarios: { shocks: [0.1, 0.1] }"), 'two shocks are named "spot +10 %"');
  assertOneFault(base("scenarios: { shocks: [{spto: 0.1}] }"), "did you mean spot?");
});

Deno.test("words, zones and codes are checked", () => {
  assertOneFault(base("logging: { level: DEBUGG }"), "DEBUG, INFO, WARN, ERROR", "did you mean DEBUG?");
  assertOneFault(base("display: { time_zone: America/NewYork }"), "IANA");
  assertOneFault(base("portfolio: { base_currency: dollars }"), "three capitals");
  assertOneFault(base("ibkr: { enabled: yes }"), "found yes", "true or false");
  assertOneFault(base("ibkr: { accounts: [DU1, DU1] }"), "twice");
  assertOneFault(base("ibkr: { host: 'a b' }"), "a host name or an IP address");
  assertOneFault(base("ibkr: { host: !!str a }"), "type tags");
});

Deno.test("whatever a file holds, loading gives settings or a ConfigurationError", () => {
  const word = fc.oneof(
    fc.constantFrom(
      "ibkr",
      "port",
      "risk_limits",
      "beta",
      "betas",
      "default",
      "__proto__",
      "constructor",
      "<<",
      "null",
    ),
    fc.string(),
  );
  const yaml = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[\[\]{}:,&*!|>'"%@`?#\n \t\-~<a-c0-9.]*$/),
    fc.array(fc.tuple(word, word), { maxLength: 6 }).map((pairs) => pairs.map(([k, v]) => `${k}: ${v}`).join("\n")),
    fc.json({ maxDepth: 4 }),
  );
  fc.assert(
    fc.property(yaml, word, fc.string(), (text, name, value) => {
      const environment = { [`APEX_${name.toUpperCase()}`]: value, APEX_BETA__BETAS: text };
      try {
        const { settings } = load({ ...base(text), environment });
        assert(Number.isFinite(settings.ibkr.port));
      } catch (error) {
        assert(error instanceof ConfigurationError, `${error}`);
      }
    }),
    { numRuns: 1500 },
  );
});

Deno.test("any bytes as a file give settings or a ConfigurationError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        load({ files: { "config/base.yaml": bytes } });
      } catch (error) {
        assert(error instanceof ConfigurationError, `${error}`);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a key that stands twice hides none of the file's other faults", () => {
  const faults = faultsOf(base("ibkr: { hosst: x, port: y }\nlogging:\n  level: INFO\n  level: WARN\n"));
  assert.equal(faults.length, 3, faults.join("\n"));
  assert.match(faults.join("\n"), /hosst[^]*ibkr\.port[^]*"level" stands here a second time/);
});
