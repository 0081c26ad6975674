import assert from "node:assert/strict";
import type { Component, HealthView, RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import { stock } from "../support/book_builder.ts";
import { MonitorBuilder, settingsWith } from "../support/monitor_builder.ts";

const WITHOUT_MANUAL = { manual: { ...settingsWith().manual, enabled: false } };

function running() {
  const built = new MonitorBuilder(WITHOUT_MANUAL);
  const aapl = built.add(stock("AAPL"));
  built.link("up", "127.0.0.1:7497").account().holds([{ of: aapl, quantity: 100, at: 180 }]).executions();
  built.line(aapl, "live").quote(aapl, { bid: 186.9, ask: 187.1, last: 187 });
  return { built, aapl };
}

function component(snapshot: RiskSnapshot, name: Component): HealthView {
  const found = snapshot.health.find((health) => health.component === name);
  assert(found !== undefined, `${name} is not among the components`);
  return found;
}

Deno.test("health: the link's own words stand beside its status", () => {
  const { status, detail } = component(running().built.monitor.turn(), "ibkr");
  assert.deepEqual([status, detail], ["up", "127.0.0.1:7497"]);
});

Deno.test("health: what is switched off is off, and no reason to call the view degraded", () => {
  const snapshot = running().built.monitor.turn();
  assert.equal(component(snapshot, "manual").status, "off");
  assert.equal(component(snapshot, "futu").status, "off");
  assert.equal(snapshot.status, "complete");
});

Deno.test("health: since when a component is as it is stays until it changes", async () => {
  const { built } = running();
  const first = component(built.monitor.turn(), "ibkr").since;
  await built.clock.advance(60_000);
  assert.equal(component(built.monitor.turn(), "ibkr").since, first);
  const lostAt = new Date(built.now).toISOString();
  built.link("down", "connection lost");
  assert.equal(component(built.monitor.turn(), "ibkr").since, lostAt);
  await built.clock.advance(60_000);
  assert.equal(component(built.monitor.turn(), "ibkr").since, lostAt);
});

Deno.test("health: market data counts its lines, names a farm that is down, and recovers with it", () => {
  const { built } = running();
  assert.match(component(built.monitor.turn(), "market_data").detail, /1 of 1 lines live/);
  built.push({ kind: "farm", name: "usopt", status: "down", at: built.now });
  const down = component(built.monitor.turn(), "market_data");
  assert.equal(down.status, "degraded");
  assert.match(down.detail, /usopt/);
  built.push({ kind: "farm", name: "usopt", status: "idle", at: built.now });
  assert.equal(component(built.monitor.turn(), "market_data").status, "up");
});

Deno.test("health: every line dead behind an open socket is stale, not live (mistake 22)", () => {
  const { built, aapl } = running();
  built.monitor.turn();
  const snapshot = built.link("degraded", "IBKR's servers are out of reach").line(aapl, "dead").monitor.turn();
  assert.equal(snapshot.status, "stale");
  assert.match(snapshot.statusReasons[0]!, /out of reach/);
});

Deno.test("health: a link that is up is not blamed when every line is dead; what ended the lines is said", () => {
  const { built, aapl } = running();
  built.monitor.turn();
  built.push({
    kind: "line",
    instrument: aapl,
    status: "dead",
    detail: "IBKR 10197: competing session",
    at: built.now,
  });
  const snapshot = built.monitor.turn();
  assert.equal(snapshot.status, "stale");
  assert.equal(snapshot.statusReasons[0], "market_data: 0 of 1 lines live, 1 dead: IBKR 10197: competing session");
});

Deno.test("health: a link that is merely degraded leaves the quotes live and the view degraded", () => {
  const { built } = running();
  built.monitor.turn();
  const snapshot = built.link("degraded", "requests are paced").monitor.turn();
  assert.equal(snapshot.status, "degraded");
  assert.equal(snapshot.quality.live, 1);
});

Deno.test("health: a log that cannot be written degrades the monitor and is said, until it can", () => {
  const { built } = running();
  assert.equal(built.monitor.turn().status, "complete");
  built.logTrouble = "cannot write the log data/logs/live_risk.log: No space left on device";
  const snapshot = built.monitor.turn();
  assert.equal(snapshot.status, "degraded");
  assert.match(snapshot.statusReasons[0]!, /^monitor: cannot write the log .*: No space left on device; turn/);
  assert.equal(component(snapshot, "monitor").status, "degraded");
  built.logTrouble = null;
  assert.equal(built.monitor.turn().status, "complete");
});

Deno.test("health: what is wrong with the manual file is said once", () => {
  const built = new MonitorBuilder();
  built.link("up").account().holds([]).executions();
  built.push({ kind: "link", source: "MANUAL", status: "degraded", detail: "manual.yaml:3 wrong", at: built.now });
  built.push({ kind: "positions-failed", source: "MANUAL", reason: "manual.yaml:3 wrong", at: built.now });
  const told = built.monitor.turn().statusReasons.filter((reason) => reason.includes("manual.yaml:3"));
  assert.deepEqual(told, ["manual: manual.yaml:3 wrong"]);
});

Deno.test("health: a date that the exchanges' calendar does not cover is said", async () => {
  const { built } = running();
  const told = () => built.monitor.turn().statusReasons.filter((reason) => reason.includes("calendar does not cover"));
  assert.deepEqual(told(), []);
  await built.clock.advance(Date.parse("2028-03-01T15:00:00Z") - built.now);
  assert.equal(told().length, 1);
});

Deno.test("health: while starting, what is wrong with the link stands beside what is waited for", () => {
  const built = new MonitorBuilder(WITHOUT_MANUAL);
  built.link("degraded", "none of the accounts in ibkr.accounts is managed by this login");
  const { status, statusReasons } = built.monitor.turn();
  assert.equal(status, "starting");
  assert.match(statusReasons[1] ?? "", /^IB degraded: none of the accounts in ibkr\.accounts/);
});
