/** Each way in which TWS is not as it should be, and what the doctor says of it. */
import assert from "node:assert/strict";
import type { Finding } from "../../../src/application/doctor/finding.ts";
import { GATEWAY_CHECKS, gatewayFindings } from "../../../src/application/doctor/gateway.ts";
import type { Network } from "../../../src/application/ports/network.ts";
import type { Environment, IbkrSettings } from "../../../src/application/settings.ts";
import { examineGateway } from "../../../src/infrastructure/ibkr/examination.ts";
import { ALLOWED_REQUESTS } from "../../../src/infrastructure/ibkr/outbound.ts";
import { withFaults } from "../../../src/infrastructure/simulator/fault_text.ts";
import { startGateway } from "../../../src/infrastructure/simulator/gateway.ts";
import { loadScenario } from "../../../src/infrastructure/simulator/load_scenario.ts";
import { MemoryNetwork } from "../../support/memory_network.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { SETTINGS } from "./bench_desk.ts";
import { OUT, ScriptedGateway } from "./scripted_gateway.ts";

const UNHURT: IbkrSettings = { ...SETTINGS, accounts: [], clientId: 1, clientIdRange: 3, port: 7497 };
const LOG = { write() {} };
/** Less than what the doctor gives it. */
const LIMIT_MS = 17_000;

type Named = (check: keyof typeof GATEWAY_CHECKS) => Finding;

async function examined(
  network: Network,
  clock: VirtualClock,
  env: Environment,
  settings: Partial<IbkrSettings>,
): Promise<Named> {
  const wanted = { ...UNHURT, ...settings };
  let findings: readonly Finding[] | null = null;
  let failure: unknown = null;
  const signal = new AbortController().signal;
  examineGateway({ settings: wanted, network, clock, log: LOG, signal }).then(
    (seen) => findings = gatewayFindings(seen, { env, ...wanted }),
    (fault) => failure = fault,
  );
  await clock.until(() => findings !== null || failure !== null, LIMIT_MS, "an end");
  if (failure !== null) throw failure;
  const found: readonly Finding[] = findings ?? [];
  assert.deepEqual(found.map(({ check }) => check), Object.values(GATEWAY_CHECKS), "always the same lines");
  for (const { check, status, fix } of found) {
    assert.equal(fix !== null, status === "warn" || status === "fail", `${check}: a fix wherever one is needed`);
  }
  return (check) => found.find((finding) => finding.check === GATEWAY_CHECKS[check]) ?? assert.fail(check);
}

interface Scripted {
  readonly gateway: ScriptedGateway;
  readonly finding: Named;
}

async function scripted(
  script: (gateway: ScriptedGateway, clock: VirtualClock) => void,
  { env = "dev", port = 7497, ...settings }: Partial<IbkrSettings> & { env?: Environment } = {},
): Promise<Scripted> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const gateway = await new ScriptedGateway(clock, network, port).listen();
  gateway.accounts = "DU1234567";
  script(gateway, clock);
  return { gateway, finding: await examined(network, clock, env, { ...settings, port }) };
}

const asItIs = () => {};

Deno.test("a paper TWS that answers in the paper environment is as it should be", async () => {
  const { finding } = await scripted(asItIs);
  assert.deepEqual(
    Object.keys(GATEWAY_CHECKS).map((check) => finding(check as keyof typeof GATEWAY_CHECKS).status),
    ["ok", "ok", "ok", "ok", "ok", "ok", "ok"],
  );
  assert.equal(finding("connection").found, "127.0.0.1:7497 answers, server version 176");
  assert.equal(finding("account").found, "DU…567 (paper)", "not the whole number");
  assert.equal(finding("quotes").found, "SPY is live");
});

Deno.test("the doctor sends requests for data alone, cancels its quote and hangs up", async () => {
  const { gateway } = await scripted(asItIs);
  for (const { fields } of gateway.requests) assert.ok(ALLOWED_REQUESTS.has(Number(fields[0])), fields.join(" "));
  assert.deepEqual(gateway.asked(OUT.mktData).map(({ fields }) => fields[4]), ["SPY"]);
  assert.equal(gateway.asked(OUT.cancelMktData).length, 1);
  assert.equal(gateway.stream, null);
});

Deno.test("without TWS the doctor says how to start it and its API", async () => {
  const clock = new VirtualClock();
  const finding = await examined(new MemoryNetwork(clock), clock, "dev", {});
  const { status, found, fix } = finding("connection");
  assert.deepEqual([status, found], ["fail", "Nothing listens on 127.0.0.1:7497"]);
  assert.match(fix ?? "", /Start TWS or IB Gateway.*Enable ActiveX and Socket Clients.*API > Settings.*ibkr\.port/);
  assert.equal(finding("quotes").status, "skipped");
});

for (
  const { env, port, open, fix } of [
    { env: "dev", port: 7497, open: 4002, fix: /4002 \(IB Gateway paper\): set ibkr\.port: 4002 in config\/dev\.yaml/ },
    {
      env: "prod",
      port: 7496,
      open: 4001,
      fix: /set ibkr\.port: 4001 in config\/prod\.yaml \(or APEX_IBKR_PORT=4001\)/,
    },
    { env: "dev", port: 7497, open: 7496, fix: /7496 \(TWS live\), which is the live account.*apex --env prod/ },
    { env: "prod", port: 7496, open: 7497, fix: /7497 \(TWS paper\), which is a paper account.*apex --env dev/ },
  ] as const
) {
  Deno.test(`in ${env} with port ${port} and a listener on ${open}, the doctor says which to use`, async () => {
    const clock = new VirtualClock();
    const network = new MemoryNetwork(clock);
    await new ScriptedGateway(clock, network, open).listen();
    const finding = await examined(network, clock, env, { port });
    assert.equal(finding("connection").status, "fail");
    assert.match(finding("connection").fix ?? "", fix);
  });
}

Deno.test("a port that takes the connection and says nothing has its API off, or waits for its user", async () => {
  const { finding } = await scripted((gateway) => gateway.greets = false);
  assert.equal(finding("connection").found, "127.0.0.1:7497 takes the connection and does not answer");
  assert.match(finding("connection").fix ?? "", /Enable ActiveX and Socket Clients.*Accept incoming connection/);
});

Deno.test("a TWS that greets and does not start waits for a click", async () => {
  const { finding } = await scripted((gateway) => gateway.startsSession = false);
  assert.equal(finding("connection").found, "127.0.0.1:7497 greets and does not start the session");
  assert.match(finding("connection").fix ?? "", /waits for the login, or for a click/);
});

Deno.test("a TWS that hangs up does not trust this machine", async () => {
  const { finding } = await scripted((gateway, clock) => {
    gateway.greets = false;
    clock.after(50, () => gateway.drop());
  });
  assert.match(finding("connection").found, /takes the connection and ends it/);
  assert.match(finding("connection").fix ?? "", /Trusted IPs.*Allow connections from localhost only/);
});

Deno.test("something else that listens there is told from TWS", async () => {
  const { finding } = await scripted((gateway) => gateway.version = "HTTP/1.1 400 Bad Request");
  assert.match(finding("connection").found, /is not a TWS that APEX can speak with: .*HTTP/);
  assert.match(finding("connection").fix ?? "", /TWS live 7496, TWS paper 7497, IB Gateway live 4001/);
});

Deno.test("an address outside the sandbox says how to build an executable that reaches it", async () => {
  const clock = new VirtualClock();
  const refusing: Network = {
    connect: () => Promise.reject(new Deno.errors.NotCapable('Requires net access to "tws.corp:7497"')),
    listen: () => Promise.reject(new Error("not used")),
  };
  const finding = await examined(refusing, clock, "dev", { host: "tws.corp" });
  assert.equal(finding("connection").found, "This executable may not reach tws.corp:7497");
  assert.match(finding("connection").fix ?? "", /APEX_ALLOW_NET=tws\.corp:7497/);
});

Deno.test("an address where nobody answers at all is told within its time", async () => {
  const clock = new VirtualClock();
  const swallowing: Network = {
    connect: () => new Promise(() => {}),
    listen: () => Promise.reject(new Error("not used")),
  };
  const finding = await examined(swallowing, clock, "dev", { host: "10.0.0.9" });
  assert.equal(finding("connection").found, "Cannot reach 10.0.0.9:7497: it does not answer");
  assert.match(finding("connection").fix ?? "", /ibkr\.host.*firewall/);
  assert.ok(clock.monotonic() <= 3_100, "three seconds");
});

Deno.test("a client id that is taken is named, with the one that is free", async () => {
  const { finding } = await scripted((gateway) => {
    gateway.refusal = { code: 326, text: "Unable to connect as the client id is already in use." };
    gateway.script = () => {
      if (gateway.connections === 2) gateway.refusal = null;
      return false;
    };
  });
  const { status, found, fix } = finding("clientId");
  assert.deepEqual([status, found], ["warn", "1 in use (326), 2 is free: APEX takes the first that is free of 1 to 3"]);
  assert.match(fix ?? "", /if a monitor runs already; else .*ibkr\.client_id/);
  assert.equal(finding("connection").status, "ok");
});

Deno.test("when every client id is taken the doctor says so", async () => {
  const { finding } = await scripted((gateway) => gateway.refusal = { code: 326, text: "already in use" });
  assert.deepEqual([finding("clientId").status, finding("clientId").found], ["fail", "1 to 3: all in use (326)"]);
  assert.match(finding("clientId").fix ?? "", /Set ibkr\.client_id to a number that no other program uses/);
});

Deno.test("the live environment on a paper account, and the reverse, are said", async () => {
  const onPaper = await scripted(asItIs, { env: "prod", port: 7496 });
  assert.deepEqual([onPaper.finding("account").status, onPaper.finding("account").found], [
    "fail",
    "DU…567: a paper account, and --env prod is for the live one",
  ]);
  assert.match(onPaper.finding("account").fix ?? "", /7496.*4001.*--env dev/);
  const onLive = await scripted((gateway) => gateway.accounts = "U7654321");
  assert.deepEqual([onLive.finding("account").status, onLive.finding("account").found], [
    "warn",
    "U…321: a live account, and --env dev is for paper trading",
  ]);
  assert.match(onLive.finding("account").fix ?? "", /Use --env prod/);
  const right = await scripted((gateway) => gateway.accounts = "U7654321", { env: "prod", port: 7496 });
  assert.equal(right.finding("account").status, "ok");
});

Deno.test("a configured account that the login does not manage is named", async () => {
  const { finding } = await scripted(asItIs, { accounts: ["DU1234567", "DU9999123"] });
  assert.deepEqual([finding("account").status, finding("account").found], [
    "fail",
    "ibkr.accounts names DU…123, which this login does not manage (it has DU…567)",
  ]);
});

for (
  const [code, text, pattern] of [
    [354, "Requested market data is not subscribed.", /Client Portal > Settings > Market Data Subscriptions/],
    [10089, "Requested market data requires additional subscription for API.", /for API use/],
    [10197, "No market data during competing live session", /Do what IBKR's message asks for/],
    [101, "Max number of tickers has been reached", /Do what IBKR's message asks for/],
  ] as const
) {
  Deno.test(`a quote refused with ${code} is said with IBKR's words and what to do`, async () => {
    const { finding } = await scripted((gateway) => {
      gateway.script = ([kind, , id = ""]) => {
        if (kind !== OUT.mktData) return false;
        gateway.notice(code, text, Number(id));
        return true;
      };
    });
    const { status, found, fix } = finding("quotes");
    assert.equal(status, "warn");
    assert.ok(found.startsWith(`SPY refused: IBKR ${code}: ${text.slice(0, 20)}`), found);
    assert.match(fix ?? "", pattern);
  });
}

Deno.test("delayed data is said, whether IBKR announces it or only sends it", async () => {
  const announced = await scripted((gateway) => {
    gateway.script = ([kind, , id = ""]) => {
      if (kind !== OUT.mktData) return false;
      gateway.notice(10167, "Requested market data is not subscribed. Displaying delayed market data.", Number(id));
      gateway.send(58, 1, id, 3);
      gateway.price(Number(id), 66, 650);
      return true;
    };
  });
  assert.deepEqual([announced.finding("quotes").status, announced.finding("quotes").found], ["warn", "SPY is delayed"]);
  assert.match(announced.finding("quotes").fix ?? "", /^Subscribe to the exchanges you trade/);
  const silent = await scripted((gateway) => {
    gateway.script = ([kind, , id = ""]) => {
      if (kind !== OUT.mktData) return false;
      gateway.price(Number(id), 68, 650);
      return true;
    };
  });
  assert.equal(silent.finding("quotes").found, "SPY is delayed");
});

Deno.test("a quote of -1 is none, and a line that stays silent is said within its time", async () => {
  const { finding } = await scripted((gateway) => {
    gateway.script = ([kind, , id = ""]) => {
      if (kind !== OUT.mktData) return false;
      gateway.price(Number(id), 1, -1, 0);
      return true;
    };
  });
  assert.deepEqual([finding("quotes").status, finding("quotes").found], ["warn", "no quote of SPY came"]);
});

for (
  const [aheadSeconds, status, found] of [
    [0, "ok", "TWS and this machine agree"],
    [2, "ok", "TWS and this machine agree"],
    [42, "warn", "TWS's clock is 42 s ahead of this machine's"],
    [-3600, "fail", "TWS's clock is 3600 s behind this machine's"],
  ] as const
) {
  Deno.test(`a clock that is ${aheadSeconds} s ahead: ${found}`, async () => {
    const { finding } = await scripted((gateway, clock) => {
      gateway.script = ([kind]) => {
        if (kind !== OUT.currentTime) return false;
        gateway.send(49, 1, Math.floor(clock.now() / 1000) + aheadSeconds);
        return true;
      };
    });
    assert.deepEqual([finding("clock").status, finding("clock").found], [status, found]);
    if (status !== "ok") assert.match(finding("clock").fix ?? "", /network time/);
  });
}

Deno.test("whether the API is read-only is told, and that APEX sends no order in any case", async () => {
  const off = await scripted(asItIs);
  assert.match(off.finding("readOnly").found, /^off.*APEX sends no order in any case$/);
  const on = await scripted((gateway) => {
    gateway.script = ([kind]) => {
      if (kind !== OUT.allOpenOrders) return false;
      gateway.notice(321, "Error validating request.-'bO' : cause - The API interface is currently in Read-Only mode.");
      return true;
    };
  });
  assert.match(on.finding("readOnly").found, /^on: TWS refuses orders/);
});

Deno.test("told to stop, the doctor hangs up at once", async () => {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const gateway = await new ScriptedGateway(clock, network).listen();
  gateway.greets = false;
  const stop = new AbortController();
  let failure: unknown = null;
  examineGateway({ settings: UNHURT, network, clock, log: LOG, signal: stop.signal }).catch((fault) => failure = fault);
  await clock.advance(500);
  stop.abort("SIGINT");
  await clock.advance(10);
  assert.equal(failure, "SIGINT");
  assert.equal(gateway.stream, null);
});

/** The gateway of `apex simulate`, with its troubles on. */
async function simulated(faults: readonly string[], env: Environment = "dev"): Promise<Named> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const file = new URL("../../../config/scenarios/demo.yaml", import.meta.url);
  const scenario = withFaults(loadScenario(Deno.readTextFileSync(file), "demo.yaml"), faults);
  const address = { host: "127.0.0.1", port: 7497 };
  const gateway = await startGateway({ network, clock, seed: 1, address, scenario, log: LOG });
  await clock.advance(200);
  try {
    return await examined(network, clock, env, {});
  } finally {
    const stopped = gateway.stop();
    await clock.advance(100);
    await stopped;
  }
}

Deno.test("the simulated gateway is known for what it is, and never taken for the live account", async () => {
  const finding = await simulated([]);
  assert.match(finding("connection").found, /\(simulated\), server version \d+$/);
  assert.equal(finding("account").found, "DU…1, DU…2 (simulated)");
  assert.equal(finding("quotes").status, "ok");
  assert.equal((await simulated([], "prod"))("account").status, "fail");
});

for (
  const [fault, check, status, found] of [
    ["client-id-in-use:60s@0s", "clientId", "fail", /all in use \(326\)/],
    ["refuse:60s@0s", "connection", "fail", /Nothing listens on|ends it/],
    ["freeze:60s@0s", "connection", "fail", /takes the connection and does not answer/],
    ["farm:usfarm:down@0s", "servers", "warn", /^farm usfarm down$/],
    ["connectivity:1100@0s", "servers", "fail", /IBKR 1100: Connectivity between IBKR/],
    ["competing-session:60s@0s", "quotes", "warn", /IBKR 10197/],
  ] as const
) {
  Deno.test(`the doctor finds the trouble ${fault} of apex simulate`, async () => {
    const finding = (await simulated([fault]))(check);
    assert.equal(finding.status, status);
    assert.match(finding.found, found);
  });
}
