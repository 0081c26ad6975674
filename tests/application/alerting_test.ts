import assert from "node:assert/strict";
import { Alerting, type AlertingSettings } from "../../src/application/alerting.ts";
import type { Component, HealthView, PnlCheckView, RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import type { BreachTransition } from "../../src/domain/limits/breach_transition.ts";
import type { SignalAlertChoice } from "../../src/application/signal_alerts.ts";
import type { SignalTransition } from "../../src/domain/signals/signal_transition.ts";
import { demoSnapshot } from "../support/demo_snapshot.ts";
import { FakeNotifier } from "../support/fake_notifier.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import { demoSettings, makeWorld, MemoryLog } from "../support/world.ts";

const scenario = await Deno.readTextFile(new URL("../scenarios/drill_book.yaml", import.meta.url));

/** Alerting fed by hand, a snapshot a second. */
class Bench {
  readonly clock: VirtualClock;
  readonly log = new MemoryLog();
  readonly notifier: FakeNotifier;
  readonly alerting: Alerting;
  health: Partial<Record<Component, HealthView["status"]>> = {};
  pnlCheck: PnlCheckView = { unrealizedAccuracy: 1, dailyAccuracy: 1, leavesCompared: 9, worst: [] };
  status: RiskSnapshot["status"] = "complete";
  /** Of the next turn. */
  readonly signals: SignalTransition[] = [];

  /** @param start local time in New York */
  constructor(
    start = "2026-11-18T11:00:00",
    changes: Partial<AlertingSettings["health"]> = {},
    signals: SignalAlertChoice = "critical",
  ) {
    this.clock = new VirtualClock(
      Temporal.PlainDateTime.from(start).toZonedDateTime("America/New_York").epochMilliseconds,
    );
    this.notifier = new FakeNotifier(this.clock);
    const { delivery, health } = demoSettings().alerts;
    this.alerting = new Alerting({ delivery, signals, health: { ...health, ...changes } }, {
      clock: this.clock,
      log: this.log,
      notifiers: [this.notifier],
    });
  }

  async run(seconds: number, ...transitions: Partial<BreachTransition>[]): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      const at = this.clock.now();
      const snapshot = demoSnapshot({
        simulated: true,
        status: this.status,
        pnlCheck: this.pnlCheck,
        health: (["ibkr", "market_data", "manual"] as const).map((component) => ({
          component,
          status: this.health[component] ?? "up",
          detail: `${component} detail`,
          since: "",
        })),
      });
      const due = second === 0 ? transitions.map((changes) => ({ ...TRANSITION, ...changes, at })) : [];
      const signalTransitions = second === 0 ? this.signals.splice(0).map((each) => ({ ...each, at })) : [];
      this.alerting.observe({ snapshot, transitions: due, signalTransitions });
      await this.clock.advance(1_000);
    }
  }

  said(): string[] {
    return this.notifier.alerts.map(({ kind, severity, message }) => `${kind} ${severity}: ${message}`);
  }
}

const TRANSITION: BreachTransition = {
  id: "max_daily_loss",
  rule: "max_daily_loss",
  scope: null,
  kind: "opened",
  from: "ok",
  to: "hard",
  severity: "hard",
  at: 0,
  value: 30_000,
  limit: 25_000,
  utilization: 1.2,
  message: "Daily loss 30.0 K is 120 % of its 25.0 K limit",
};

Deno.test("opening, worsening, escalation and clearing of a breach are alerts; getting better and being seen are not", async () => {
  const bench = new Bench();
  for (
    const changes of [
      { kind: "opened", severity: "soft" },
      { kind: "raised", severity: "hard" },
      { kind: "lowered", severity: "soft" },
      { kind: "relabelled", severity: "unknown" },
      { kind: "acknowledged", severity: "soft" },
      { kind: "taken-back", severity: "soft" },
      { kind: "escalated", severity: "soft" },
      { kind: "cleared", severity: "soft" },
    ] as const
  ) await bench.run(3, changes);
  assert.deepEqual(bench.notifier.alerts.map(({ kind, severity, values }) => [kind, severity, values.state]), [
    ["opened", "warning", "soft"],
    ["raised", "critical", "hard"],
    ["escalated", "critical", "soft"],
    ["cleared", "info", "cleared"],
  ]);
  const [first] = bench.notifier.alerts;
  assert.deepEqual([first?.subject, first?.env, first?.simulated], ["limit:max_daily_loss", "demo", true]);
  assert.deepEqual(bench.log.lines, [], "the monitor logs breaches itself");
});

Deno.test("every alert has an id of its own, and shares its subject with what happened to it before", async () => {
  const bench = new Bench();
  await bench.run(5, {}, { id: "max_drawdown_pct" });
  await bench.run(5, { kind: "cleared" });
  const { alerts } = bench.notifier;
  assert.equal(new Set(alerts.map(({ id }) => id)).size, 3);
  assert.equal(alerts[0]?.subject, alerts[2]?.subject);
  assert.notEqual(alerts[0]?.subject, alerts[1]?.subject);
});

Deno.test("a link that is down for 30 s is a critical alert, logged and simulated; back for 5 s clears it", async () => {
  const bench = new Bench();
  await bench.run(10);
  bench.health = { ibkr: "down", market_data: "down" };
  await bench.run(30);
  assert.deepEqual(bench.said(), []);
  await bench.run(4);
  assert.deepEqual(bench.said(), ["opened critical: IB is down: ibkr detail"], "market data needs no alert of its own");
  bench.health = {};
  await bench.run(10);
  assert.deepEqual(bench.said().slice(1), ["cleared info: IB works again after 39s"]);
  assert.deepEqual(bench.log.lines.map(({ level, message, data }) => [level, message, data.simulated]), [
    ["ERROR", "IB is down: ibkr detail", true],
    ["INFO", "IB works again after 39s", true],
  ]);
});

Deno.test("a link that flutters is no alert, and neither is one that is still starting", async () => {
  const bench = new Bench();
  bench.status = "starting";
  bench.health = { ibkr: "down" };
  await bench.run(60);
  bench.status = "complete";
  for (let times = 0; times < 5; times++) {
    bench.health = { ibkr: "down" };
    await bench.run(25);
    bench.health = {};
    await bench.run(2);
  }
  assert.deepEqual(bench.said(), []);
});

Deno.test("a component that is degraded is a warning, and worse when it goes down", async () => {
  const bench = new Bench();
  bench.health = { manual: "degraded" };
  await bench.run(33);
  bench.health = { manual: "down" };
  await bench.run(33);
  assert.deepEqual(bench.said(), [
    "opened warning: Manual positions is degraded: manual detail",
    "raised warning: Manual positions is down: manual detail",
  ]);
});

Deno.test("P&L that disagrees with the broker's for a minute is an alert with the worst position", async () => {
  const bench = new Bench();
  const worst = [{
    position: "AAPL",
    account: "DU1",
    figure: "daily",
    ours: 120,
    broker: 150,
    mark: 1,
    brokerMark: 2,
  }] as const;
  bench.pnlCheck = { unrealizedAccuracy: 1, dailyAccuracy: 0.9971, leavesCompared: 9, worst };
  await bench.run(50);
  bench.pnlCheck = { unrealizedAccuracy: null, dailyAccuracy: null, leavesCompared: 0, worst: [] };
  await bench.run(5);
  bench.pnlCheck = { unrealizedAccuracy: 1, dailyAccuracy: 0.9971, leavesCompared: 9, worst };
  await bench.run(59);
  assert.deepEqual(bench.said(), [], "what could not be compared for a while begins anew");
  await bench.run(5);
  bench.pnlCheck = { unrealizedAccuracy: 0.9995, dailyAccuracy: 0.9999, leavesCompared: 9, worst: [] };
  await bench.run(10);
  assert.deepEqual(bench.said(), [
    "opened warning: P&L agrees with the broker's to 99.71 % only, 99.90 % wanted: most in AAPL (daily), ours 120.00, theirs 150.00",
    "cleared info: P&L agrees with the broker's again, to 99.95 %, after 1m09s",
  ]);
  assert.equal(bench.notifier.alerts[0]?.values.dailyAccuracy, 0.9971);
});

Deno.test("the nightly restart is announced once, and once that it is over, however often the link comes and goes", async () => {
  const bench = new Bench("2026-11-18T23:46:00");
  for (let times = 0; times < 4; times++) {
    bench.health = { ibkr: "down", market_data: "down" };
    await bench.run(90);
    bench.health = { market_data: "degraded" };
    await bench.run(40);
    bench.health = {};
    await bench.run(20);
  }
  assert.deepEqual(bench.said(), [
    "expected info: IB is down since 23:46 America/New_York, which its restart explains; no alert about it before " +
    "01:45 America/New_York: ibkr detail",
    "cleared info: IB is back from its restart after 1m35s",
  ]);
});

Deno.test("the next night's restart is announced again", async () => {
  const bench = new Bench("2026-11-18T23:46:00");
  for (let night = 0; night < 2; night++) {
    bench.health = { ibkr: "down" };
    await bench.run(60);
    bench.health = {};
    await bench.run(10);
    await bench.clock.advance(86_400_000 - 4 * 3_600_000);
    await bench.run(1);
    await bench.clock.advance(4 * 3_600_000 - 71_000);
  }
  assert.deepEqual(bench.notifier.alerts.map(({ kind }) => kind), ["expected", "cleared", "expected", "cleared"]);
});

Deno.test("a link that does not come back by the end of the restart's time is a critical alert then", async () => {
  const bench = new Bench("2026-11-19T01:40:00");
  bench.health = { ibkr: "down" };
  await bench.run(299);
  assert.deepEqual(bench.notifier.alerts.map(({ kind }) => kind), ["expected"]);
  await bench.run(5);
  assert.deepEqual(bench.said().slice(1), [
    "opened critical: IB is down since 01:40 America/New_York and did not come back from its restart: ibkr detail",
  ]);
  bench.health = {};
  await bench.run(10);
  assert.deepEqual(bench.said().slice(2), ["cleared info: IB works again after 5m09s"]);
});

Deno.test("by day the same loss of the link is an alert at once, also in the hour of a restart that is not configured", async () => {
  const bench = new Bench("2026-11-18T23:46:00", { restartWindows: [] });
  bench.health = { ibkr: "down" };
  await bench.run(34);
  assert.deepEqual(bench.notifier.alerts.map(({ kind, severity }) => [kind, severity]), [["opened", "critical"]]);
});

Deno.test("a limit that cannot be judged during the restart is told only if that stays so; a hard one always", async () => {
  const bench = new Bench("2026-11-18T23:46:00");
  bench.health = { ibkr: "down" };
  await bench.run(40);
  const unknown = { severity: "unknown", value: null, utilization: null } as const;
  await bench.run(10, { ...unknown, id: "a" }, { ...unknown, id: "b" }, { id: "c" });
  bench.health = {};
  await bench.run(2, { ...unknown, id: "a", kind: "cleared" });
  await bench.run(10);
  assert.deepEqual(
    bench.notifier.alerts.map(({ kind, subject }) => [kind, subject]),
    [["expected", "health:ibkr"], ["opened", "limit:c"], ["cleared", "health:ibkr"], ["opened", "limit:b"]],
  );
});

Deno.test("a monitor on a gateway: a limit that is crossed is announced, escalates, and clears", async () => {
  const world = await makeWorld({
    scenario,
    settings: (settings) => ({
      ...settings,
      manual: { ...settings.manual, enabled: false },
      risk: {
        ...settings.risk,
        // 50 MSFT at 412.40 are 20,620, 69 % of 30,000.
        limits: {
          ...settings.risk.limits,
          maxPerUnderlyingNotional: { default: null, names: new Map([["MSFT", 30_000]]) },
        },
      },
    }),
  });
  const { clock, gateway, log, monitor } = world;
  const notifier = new FakeNotifier(clock);
  const alerting = new Alerting(demoSettings().alerts, { clock, log, notifiers: [notifier] });
  monitor.subscribe((published) => alerting.observe(published));
  const price = (price: number) => gateway.happen({ kind: "price", contract: "MSFT", price, change: null });
  await clock.advance(20_000);
  assert.deepEqual(notifier.alerts.filter(({ subject }) => subject.includes("MSFT")), []);
  // 50 * 620 = 31,000, 103 %.
  price(620);
  await clock.advance(125_000);
  // Back at 69 %, under 98 % of the soft threshold.
  price(412.4);
  await clock.advance(10_000);
  const told = notifier.alerts.filter(({ subject }) => subject === "limit:max_per_underlying_notional:MSFT");
  assert.deepEqual(told.map(({ kind, severity, simulated }) => [kind, severity, simulated]), [
    ["opened", "critical", true],
    ["escalated", "critical", true],
    ["cleared", "info", true],
  ]);
  assert.ok(Math.abs(Number(told[0]?.values.utilization) - 31_000 / 30_000) < 1e-6, "the number that was judged");
  await alerting.stop();
  await world.stop();
});

Deno.test("a channel that fails makes the snapshot's health say so, and raises no alert about itself", async () => {
  const world = await makeWorld({
    scenario,
    settings: (settings) => ({ ...settings, manual: { ...settings.manual, enabled: false } }),
  });
  const { clock, gateway, log, monitor } = world;
  const notifier = new FakeNotifier(clock);
  const { delivery, health, signals } = demoSettings().alerts;
  const alerting = new Alerting({ delivery, signals, health: { ...health, componentAfterMs: 1_000 } }, {
    clock,
    log,
    notifiers: [notifier],
  });
  const alerts = () => world.now().health.find(({ component }) => component === "alerts");
  await clock.advance(10_000);
  assert.equal(alerts(), undefined, "without a channel there is nothing to report");
  monitor.subscribe((published) => alerting.observe(published));
  monitor.alertsHealth = () => alerting.health();
  await clock.advance(1_000);
  assert.deepEqual([alerts()?.status, alerts()?.detail], ["up", "fake: 0 sent"]);
  notifier.failing = "hooks.example answered 503";
  gateway.fault({ kind: "refuse", seconds: 20 });
  gateway.fault({ kind: "drop" });
  await clock.advance(10_000);
  assert.deepEqual([alerts()?.status, alerts()?.detail], ["degraded", "fake: hooks.example answered 503; 1 wait"]);
  notifier.failing = null;
  await clock.advance(120_000);
  assert.equal(alerts()?.status, "up");
  assert.deepEqual(
    notifier.alerts.filter(({ subject }) => subject.startsWith("health:")).map(({ kind, subject }) => [kind, subject]),
    [["opened", "health:ibkr"], ["cleared", "health:ibkr"]],
  );
  await alerting.stop();
  await world.stop();
});

const SIGNAL: SignalTransition = {
  id: "stop_loss:trade 1",
  rule: "stop_loss",
  scope: "TSLA",
  kind: "raised",
  severity: "critical",
  at: 0,
  value: -0.55,
  threshold: -0.5,
  action: "close the trade",
  message: "TSLA 27Nov26 420 C has lost 55 % of its cost: close the trade",
};

function withSignals(choice: SignalAlertChoice): Bench {
  return new Bench(undefined, {}, choice);
}

Deno.test("a critical signal is an alert within the grouping time, with its numbers, and so is that it cleared", async () => {
  const bench = withSignals("critical");
  bench.signals.push(SIGNAL);
  await bench.run(4);
  const [alert] = bench.notifier.alerts;
  assert.deepEqual([alert?.subject, alert?.kind, alert?.severity, alert?.values.value, alert?.simulated], [
    "signal:stop_loss:trade 1",
    "opened",
    "critical",
    -0.55,
    true,
  ]);
  bench.signals.push({ ...SIGNAL, kind: "cleared", message: "TSLA stop loss cleared after 240 s" });
  await bench.run(4);
  assert.deepEqual(bench.said().slice(1), ["cleared info: TSLA stop loss cleared after 240 s"]);
  assert.deepEqual(bench.log.lines, [], "the monitor logs signals itself");
});

Deno.test("of signals only the critical ones are alerts unless more is asked for; acknowledging is none", async () => {
  const bench = withSignals("critical");
  bench.signals.push(
    { ...SIGNAL, id: "w", severity: "warning" },
    { ...SIGNAL, id: "i", severity: "info" },
    { ...SIGNAL, id: "i", kind: "acknowledged", severity: "info" },
    { ...SIGNAL, id: "w", kind: "cleared", severity: "warning" },
  );
  await bench.run(70);
  assert.deepEqual(bench.said(), []);
  bench.signals.push({ ...SIGNAL, id: "w2", kind: "severity", message: "warning is now critical" });
  await bench.run(4);
  assert.deepEqual(bench.said(), ["raised critical: warning is now critical"]);
});

Deno.test("warnings wait a minute for each other and go out as one message, without those that cleared meanwhile", async () => {
  const bench = withSignals("warning");
  bench.signals.push({ ...SIGNAL, id: "a", severity: "warning", message: "a" });
  await bench.run(30);
  bench.signals.push({ ...SIGNAL, id: "b", severity: "warning", message: "b" });
  bench.signals.push({ ...SIGNAL, id: "c", severity: "warning", message: "c" }, {
    ...SIGNAL,
    id: "d",
    severity: "info",
  });
  await bench.run(10);
  bench.signals.push({ ...SIGNAL, id: "c", kind: "cleared", severity: "warning" });
  await bench.run(19);
  assert.deepEqual(bench.said(), [], "59 s after the first");
  await bench.run(5);
  assert.deepEqual(bench.said(), ["opened warning: a", "opened warning: b"]);
  assert.equal(bench.notifier.sent.length, 1);
  bench.signals.push({ ...SIGNAL, id: "b", kind: "cleared", severity: "warning", message: "b cleared" });
  await bench.run(4);
  assert.deepEqual(bench.said().slice(2), ["cleared info: b cleared"]);
});

Deno.test("a warning that becomes critical while it waits goes out at once, and once", async () => {
  const bench = withSignals("warning");
  bench.signals.push({ ...SIGNAL, severity: "warning" });
  await bench.run(5);
  bench.signals.push({ ...SIGNAL, kind: "severity", message: "warning is now critical" });
  await bench.run(4);
  assert.deepEqual(bench.said(), ["raised critical: warning is now critical"]);
  bench.signals.push({ ...SIGNAL, kind: "severity", severity: "warning" });
  await bench.run(70);
  assert.equal(bench.said().length, 1, "getting better is no alert");
});

Deno.test("warnings that still wait go out when the program stops; with off no signal ever does", async () => {
  const bench = withSignals("warning");
  bench.signals.push({ ...SIGNAL, severity: "warning", message: "late" });
  await bench.run(5);
  await bench.alerting.stop();
  assert.deepEqual(bench.said(), ["opened warning: late"]);
  const silent = withSignals("off");
  silent.signals.push(SIGNAL, { ...SIGNAL, kind: "cleared" });
  await silent.run(70);
  await silent.alerting.stop();
  assert.deepEqual(silent.said(), []);
});
