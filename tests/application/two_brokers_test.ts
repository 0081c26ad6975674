/** A monitor with IB and Futu: what it waits for, what it says of either, and what the rest does without it. */
import assert from "node:assert/strict";
import { HealthAlerts } from "../../src/application/health_alerts.ts";
import { missingText } from "../../src/application/one_snapshot.ts";
import { isComplete } from "../../src/application/readiness.ts";
import type { Source } from "../../src/domain/event.ts";
import type { Component, RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import { near, RISK_SETTINGS, stock } from "../support/book_builder.ts";
import { MonitorBuilder, settingsWith } from "../support/monitor_builder.ts";

const DEFAULTS = settingsWith();
const OFF = { manual: { ...DEFAULTS.manual, enabled: false } };
const FUTU_ON = { ...OFF, futu: { ...DEFAULTS.futu, enabled: true } };
const FUTU_ALONE = { ...FUTU_ON, ibkr: { ...DEFAULTS.ibkr, enabled: false } };

const STARTUP_MS = DEFAULTS.startup.timeoutSec * 1_000;

function desk(change: ConstructorParameters<typeof MonitorBuilder>[0] = FUTU_ON) {
  const built = new MonitorBuilder(change);
  const aapl = built.add(stock("AAPL"));
  const tencent = built.add(stock("700", { exchange: "SEHK" }));
  return {
    built,
    monitor: built.monitor,
    aapl,
    tencent,
    ib: () => {
      built.link("up", "127.0.0.1:7497").account().holds([{ of: aapl, quantity: 100, at: 180 }]).executions();
      built.line(aapl, "live").quote(aapl, { bid: 186.9, ask: 187.1, last: 187, close: 185 });
    },
    futu: () => {
      built.link("up", "127.0.0.1:11111", "FUTU").account("F1", 50_000, "FUTU");
      built.holds([{ of: tencent, quantity: 10, at: 380 }], "FUTU", "F1").executions(undefined, "FUTU");
      built.push({ kind: "broker-mark", source: "FUTU", instrument: tencent, price: 400, at: built.now });
    },
  };
}

type Desk = ReturnType<typeof desk>;

/** Both are there, each contract has its line and the monitor has left its start. */
function running(change?: ConstructorParameters<typeof MonitorBuilder>[0]): Desk {
  const made = desk(change);
  made.ib();
  made.futu();
  made.built.line(made.tencent, "no-permission");
  assert.notEqual(made.monitor.turn().status, "starting");
  return made;
}

function component(snapshot: RiskSnapshot, name: Component): readonly [string, string] {
  const { status, detail } = snapshot.health.find((part) => part.component === name)!;
  return [status, detail];
}

const reason = ({ monitor }: Desk): string => monitor.turn().statusReasons[0]!;

Deno.test("two brokers: the start names the one that is waited for", () => {
  const made = desk();
  const shown = `shown at ${DEFAULTS.startup.answeredFraction * 100} % or after ${DEFAULTS.startup.timeoutSec} s`;
  assert.equal(reason(made), `waiting for IB's and FUTU's positions (${shown})`);
  made.ib();
  assert.equal(reason(made), `waiting for FUTU's positions (${shown})`);
  made.built.holds([{ of: made.tencent, quantity: 10, at: 380 }], "FUTU", "F1");
  assert.equal(reason(made), `positions read, waiting for FUTU's account values (${shown})`);
  made.futu();
  assert.equal(reason(made), `positions read, quotes 1 of 2 (50 %, ${shown})`);
  made.built.line(made.tencent, "no-permission");
  assert.equal(made.monitor.turn().status, "complete");
});

Deno.test("two brokers: while starting, either one's trouble is told", () => {
  const made = desk();
  made.built.link("connecting", "127.0.0.1:7497").link("down", "OpenD is not logged in", "FUTU");
  assert.deepEqual(made.monitor.turn().statusReasons.slice(1), [
    "IB connecting: 127.0.0.1:7497",
    "FUTU down: OpenD is not logged in",
  ]);
});

Deno.test("Futu alone: it starts without lines, and in the words of a single broker", () => {
  const made = desk(FUTU_ALONE);
  assert.match(reason(made), /^waiting for positions \(/);
  made.futu();
  const { status, statusReasons, portfolio, health } = made.monitor.turn();
  assert.deepEqual([status, statusReasons], ["complete", ["1 delayed"]]);
  near(portfolio.marketValue, 4_000);
  assert.deepEqual(health.find((part) => part.component === "market_data")!.status, "off");
  assert.deepEqual(component(made.monitor.last!, "futu"), ["up", "127.0.0.1:11111"]);
  assert.deepEqual(component(made.monitor.last!, "ibkr")[0], "off");
});

Deno.test("Futu alone: it is stale while OpenD is away", () => {
  const made = desk(FUTU_ALONE);
  made.futu();
  made.monitor.turn();
  made.built.link("down", "connection refused", "FUTU");
  const { status, statusReasons, positions } = made.monitor.turn();
  assert.deepEqual([status, statusReasons[0]], ["stale", "FUTU down: connection refused"]);
  assert(positions[0]!.flags.includes("STALE"));
});

Deno.test("no broker: nothing is waited for", () => {
  const built = new MonitorBuilder({ ...OFF, ibkr: { ...DEFAULTS.ibkr, enabled: false } });
  const { status, health } = built.monitor.turn();
  assert.equal(status, "complete");
  assert.equal(health.find((part) => part.component === "market_data")!.detail, "no broker is configured");
});

Deno.test("a one-shot snapshot waits for Futu's executions of a real account, and for none of a paper one", () => {
  for (const trdEnv of ["REAL", "SIMULATE"] as const) {
    const made = desk({ ...FUTU_ALONE, futu: { ...FUTU_ALONE.futu, trdEnv } });
    made.built.link("up", "", "FUTU").account("F1", 50_000, "FUTU").holds([], "FUTU", "F1").monitor.turn();
    assert.equal(isComplete(made.monitor.readiness()), trdEnv === "SIMULATE", trdEnv);
  }
});

Deno.test("a contract of Futu's that nobody can tell has no line at IB, and none is waited for", () => {
  const made = running();
  const riddle = made.built.add(stock("X1", { assetType: "UNKNOWN" }));
  made.built.holds([{ of: made.tencent, quantity: 10 }, { of: riddle, quantity: 1 }], "FUTU", "F1");
  made.monitor.turn();
  const { lines, answered } = made.monitor.readiness();
  assert.deepEqual([lines, answered], [2, 2]);
});

Deno.test("a one-shot snapshot says whose part is missing, and does not wait for Futu's P&L", () => {
  const made = desk();
  assert.equal(
    missingText(made.monitor.readiness()),
    "IB's and FUTU's positions, IB's and FUTU's account values, the broker's P&L, IB's and FUTU's executions of today",
  );
  made.futu();
  made.ib();
  made.built.line(made.tencent, "no-permission");
  made.monitor.turn();
  assert.equal(missingText(made.monitor.readiness()), "the broker's P&L");
  const pnl = { dailyPnl: 1, unrealizedPnl: 1, realizedPnl: 1 };
  const at = made.built.now;
  made.built.push(
    { kind: "account-pnl", source: "IB", account: "DU1", pnl, at },
    { kind: "leaf-pnl", source: "IB", account: "DU1", instrument: made.aapl, quantity: 100, pnl, marketValue: 1, at },
  );
  made.monitor.turn();
  assert.equal(isComplete(made.monitor.readiness()), true);
});

Deno.test("never read: once the start is over the rest is the book, degraded, and says so", async () => {
  const made = desk();
  made.ib();
  made.built.link("down", "connection refused", "FUTU");
  const before = made.monitor.turn();
  assert.deepEqual([before.status, before.portfolio.netExposure], ["starting", null]);
  await made.built.clock.advance(STARTUP_MS);
  made.built.quote(made.aapl, { last: 187 });
  const { status, statusReasons, portfolio } = made.monitor.turn();
  assert.equal(status, "degraded");
  assert(statusReasons.includes("FUTU: its positions were never read: no total has them"));
  assert(statusReasons.includes("futu: connection refused"));
  near(portfolio.netExposure, 18_700);
  assert(portfolio.excluded.some(({ total, reason }) => total === "netExposure" && reason === "SOURCE_UNREAD"));
  made.futu();
  made.built.line(made.tencent, "no-permission");
  const whole = made.monitor.turn();
  assert.deepEqual([whole.status, whole.portfolio.excluded.some(({ reason }) => reason === "SOURCE_UNREAD")], [
    "complete",
    false,
  ]);
  near(whole.portfolio.netExposure, 18_700 + 4_000);
});

Deno.test("never read: in the very turn that ends the start limits are judged on what there is", async () => {
  const limits = { ...RISK_SETTINGS.limits, maxTotalGrossNotional: 100_000 };
  const made = desk({ ...FUTU_ON, risk: { limits } });
  made.ib();
  made.monitor.turn();
  await made.built.clock.advance(STARTUP_MS);
  const [limit] = made.monitor.turn().limits;
  assert.deepEqual([limit!.state, limit!.value, limit!.partial], ["ok", 18_700, 1]);
  assert.deepEqual(made.monitor.last!.breaches, []);
});

Deno.test("never read: a breach of what there is opens in that turn, and is not held back for the other broker", async () => {
  const limits = { ...RISK_SETTINGS.limits, maxTotalGrossNotional: 10_000 };
  const made = desk({ ...FUTU_ON, risk: { limits } });
  made.ib();
  made.monitor.turn();
  await made.built.clock.advance(STARTUP_MS);
  assert.deepEqual(made.monitor.turn().breaches.map(({ severity, value }) => [severity, value]), [["hard", 18_700]]);
});

Deno.test("never read: with IB alone away and Futu there, the rule is the same", async () => {
  const made = desk();
  made.futu();
  made.built.link("down", "nobody listens on 127.0.0.1:7497");
  made.monitor.turn();
  await made.built.clock.advance(STARTUP_MS);
  const { status, statusReasons, portfolio } = made.monitor.turn();
  assert.equal(status, "degraded");
  assert(statusReasons.includes("IB: its positions were never read: no total has them"));
  assert(statusReasons.includes("ibkr: nobody listens on 127.0.0.1:7497"));
  near(portfolio.marketValue, 4_000);
});

Deno.test("never read: with neither there is no total, and the status is stale", async () => {
  const made = desk();
  made.built.link("down", "refused").link("down", "refused too", "FUTU");
  made.monitor.turn();
  await made.built.clock.advance(STARTUP_MS);
  const { status, statusReasons, portfolio } = made.monitor.turn();
  assert.deepEqual([status, ...statusReasons.slice(0, 2)], ["stale", "IB down: refused", "FUTU down: refused too"]);
  assert.deepEqual([portfolio.netExposure, portfolio.netLiquidation], [null, null]);
});

Deno.test("lost: one broker away degrades the view, both make it stale, and each is named", () => {
  const states: readonly (readonly [readonly Source[], string, readonly string[]])[] = [
    [[], "complete", []],
    [["FUTU"], "degraded", ["futu: gone"]],
    [["IB"], "degraded", ["ibkr: gone"]],
    [["IB", "FUTU"], "stale", ["IB down: gone", "FUTU down: gone"]],
  ];
  for (const [lost, wanted, words] of states) {
    const made = running();
    for (const source of lost) made.built.link("down", "gone", source);
    const { status, statusReasons } = made.monitor.turn();
    assert.equal(status, wanted, lost.join());
    for (const word of words) assert(statusReasons.includes(word), `${word} is not in ${statusReasons.join("; ")}`);
  }
});

Deno.test("lost: while every line of IB's is dead Futu still lives, and the view is degraded", () => {
  const made = running();
  made.built.line(made.aapl, "dead").line(made.tencent, "dead");
  const { status, statusReasons } = made.monitor.turn();
  assert.equal(status, "degraded");
  assert(statusReasons.some((words) => words.startsWith("market_data: 0 of 2 lines live, 2 dead")));
});

Deno.test("lost: OpenD away, limits go on being judged on the whole book, its part of before", () => {
  const limits = { ...RISK_SETTINGS.limits, maxTotalGrossNotional: 20_000, maxMarginUtilization: 0.6 };
  const made = running({ ...FUTU_ON, risk: { limits } });
  const { limits: rows } = made.built.link("down", "gone", "FUTU").monitor.turn();
  assert.deepEqual(rows.map(({ id, state, partial, stale }) => [id, state, partial, stale]), [
    ["max_total_gross_notional", "hard", 0, true],
    ["max_margin_utilization:DU1", "ok", 0, true],
    ["max_margin_utilization:F1", "ok", 0, true],
  ]);
});

Deno.test("accounts of one name at two brokers have a margin limit and a breach each", () => {
  const limits = { ...RISK_SETTINGS.limits, maxMarginUtilization: 0.05 };
  const made = desk({ ...FUTU_ON, risk: { limits } });
  made.ib();
  made.futu();
  made.built.line(made.tencent, "no-permission").account("DU1", 1_000_000, "FUTU").monitor.turn();
  const { limits: rows, breaches } = made.monitor.turn();
  assert.deepEqual(rows.map(({ id, state }) => [id, state]), [
    ["max_margin_utilization:IB DU1", "hard"],
    ["max_margin_utilization:F1", "hard"],
    ["max_margin_utilization:FUTU DU1", "ok"],
  ]);
  assert.deepEqual(breaches.map(({ scope }) => scope).sort(), ["F1", "IB DU1"]);
});

Deno.test("accounts of two currencies without a configured base currency: nothing is known, and it is said why", () => {
  const made = running({ ...FUTU_ON, risk: { baseCurrency: null } });
  const values = { netLiquidation: 1 };
  made.built.push({ kind: "account", source: "FUTU", account: "F1", currency: "HKD", values, at: made.built.now });
  const { status, statusReasons, baseCurrency, portfolio } = made.monitor.turn();
  assert.deepEqual([status, baseCurrency, portfolio.marketValue], ["degraded", null, null]);
  assert(
    statusReasons.includes("no base currency: the accounts are kept in HKD and USD; set portfolio.base_currency"),
    statusReasons.join("; "),
  );
});

Deno.test("the feeds are told the currencies of every broker's accounts and cash", () => {
  const made = running();
  assert.deepEqual(made.built.currencies.at(-1), ["USD"]);
  const at = made.built.now;
  made.built.push(
    { kind: "cash", source: "FUTU", account: "F1", currency: "HKD", amount: 5, at },
    { kind: "cash", source: "FUTU", account: "F1", currency: "JPY", amount: 0, at },
  );
  made.monitor.turn();
  assert.deepEqual(made.built.currencies.at(-1), ["HKD", "USD"]);
});

Deno.test("reconciliation: a Futu that was never read holds up no comparison of IB's, and lacks nothing", async () => {
  const made = desk({ ...FUTU_ON, manual: { ...DEFAULTS.manual, enabled: true } });
  made.ib();
  made.built.holds([{ of: made.aapl, quantity: 140, at: 180 }], "MANUAL", "hand");
  made.monitor.turn();
  await made.built.clock.advance(STARTUP_MS);
  // The 40 that IB does not hold may be Futu's.
  assert.deepEqual(made.monitor.turn().reconciliation, []);
  made.built.link("down", "gone").monitor.turn();
  await made.built.clock.advance(10_000);
  made.ib();
  made.built.holds([{ of: made.aapl, quantity: 60, at: 180 }]).monitor.turn();
  await made.built.clock.advance(10_000);
  assert.deepEqual(made.monitor.turn().reconciliation.map(({ status }) => status), ["DRIFT"]);
  made.futu();
  made.built.holds([{ of: made.aapl, quantity: 80, at: 180 }], "FUTU", "F1");
  made.monitor.turn();
  // 60 at IB and 80 at Futu are the file's 140: only what no execution of IB's explains is left.
  const [row] = made.monitor.last!.reconciliation;
  assert.deepEqual(row!.quantities, { IB: 60, FUTU: 80, MANUAL: 140, CACHED: 100 });
  assert.doesNotMatch(row!.detail, /correct/);
});

Deno.test("reconciliation: a gap of Futu's is compared with Futu's own executions", async () => {
  const made = running();
  made.built.link("down", "gone", "FUTU").monitor.turn();
  await made.built.clock.advance(10_000);
  made.built.link("up", "", "FUTU").push({
    kind: "execution",
    source: "FUTU",
    account: "F1",
    instrument: made.tencent,
    execId: "123456789012345678",
    quantity: 5,
    price: 399,
    time: made.built.now,
  });
  made.built.holds([{ of: made.tencent, quantity: 15, at: 385 }], "FUTU", "F1").executions(undefined, "FUTU");
  made.monitor.turn();
  await made.built.clock.advance(10_000);
  assert.deepEqual(made.monitor.turn().reconciliation.map(({ status }) => status), ["EXPLAINED"]);
});

Deno.test("alerts: Futu's trouble is a warning beside a living IB, and critical where it is all there is", async () => {
  for (const [change, severity] of [[FUTU_ON, "warning"], [FUTU_ALONE, "critical"]] as const) {
    const made = desk(change);
    if (change === FUTU_ON) {
      made.ib();
      made.built.line(made.tencent, "no-permission");
    }
    made.futu();
    const alerts = new HealthAlerts({
      componentAfterMs: 60_000,
      pnlCheckAfterMs: 60_000,
      minAccuracy: 0.999,
      restartWindows: [],
      restartTimeZone: "America/New_York",
    });
    const observe = () => alerts.observe(made.monitor.turn(), made.built.now);
    observe();
    made.built.link("down", "OpenD refused the connection", "FUTU");
    observe();
    await made.built.clock.advance(61_000);
    const told = observe().filter(({ subject }) => subject === "health:futu");
    assert.deepEqual(told.map(({ kind, severity, message }) => [kind, severity, message]), [
      ["opened", severity, "Futu is down: OpenD refused the connection"],
    ]);
    made.built.link("up", "back", "FUTU");
    observe();
    await made.built.clock.advance(10_000);
    const back = observe().filter(({ subject }) => subject === "health:futu");
    assert.deepEqual(back.map(({ kind }) => kind), ["cleared"]);
  }
});
