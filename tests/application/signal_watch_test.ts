import assert from "node:assert/strict";
import type { Log } from "../../src/application/ports/log.ts";
import { SignalWatch } from "../../src/application/signal_watch.ts";
import type { SignalSettings } from "../../src/domain/signals/signal_settings.ts";
import { snapshotSchema } from "../../src/presentation/snapshot_schema.ts";
import { BookBuilder, near, option, RISK_SETTINGS, stock } from "../support/book_builder.ts";
import { MonitorBuilder, settingsWith } from "../support/monitor_builder.ts";
import { SIGNALS_OFF } from "../support/signal_settings.ts";

const DAY_MS = 86_400_000;

/** A monitor with these rules on, 100 SPY at 660 and ten short puts that expire today. */
function running(signals: Partial<SignalSettings>) {
  const manual = { ...settingsWith().manual, enabled: false };
  const built = new MonitorBuilder({ manual, risk: { signals: { ...SIGNALS_OFF, ...signals } } });
  const spy = built.add(stock("SPY"));
  const put = built.add(option("SPY 2026-11-20 655 P"));
  built.link("up").account();
  built.holds([{ of: spy, quantity: 100, at: 640 }, { of: put, quantity: -10, at: 1 }]).executions();
  built.line(spy, "live").line(put, "live");
  built.quote(spy, { bid: 659.9, ask: 660.1, last: 660, close: 650 });
  built.quote(put, { bid: 0.5, ask: 0.6, last: 0.55, delta: -0.18, gamma: 0.02, vega: 0.1, theta: -0.5 });
  return { built, spy, put, monitor: built.monitor };
}

Deno.test("monitor: a signal is raised after its debounce, acknowledged and cleared, and each is told and logged", async () => {
  const { built, put, monitor } = running({ shortLegDelta: 0.15 });
  assert.deepEqual(monitor.turn().signals, []);
  await built.clock.advance(15_000);
  const [raised] = monitor.turn().signals;
  assert(raised !== undefined);
  assert.equal(raised.state, "new");
  assert.equal(raised.scope, "SPY");
  assert.equal(raised.subject, "20Nov26 655 P");
  near(raised.value, 0.18);
  assert.deepEqual(built.published.at(-1)?.signalTransitions.map(({ kind }) => kind), ["raised"]);
  monitor.acknowledge(raised.id, "ops", null);
  assert.equal(monitor.turn().signals[0]?.state, "active");
  built.quote(put, { delta: NaN });
  assert.equal(monitor.turn().signals[0]?.state, "active", "a missing delta clears nothing");
  built.quote(put, { delta: -0.05 });
  const last = monitor.turn();
  assert.equal(last.signals[0]?.state, "cleared");
  snapshotSchema.parse(JSON.parse(JSON.stringify(last)));
  assert.deepEqual(built.logged.filter(({ message }) => message.includes("SPY 20Nov26")), [
    { level: "WARN", message: "SPY 20Nov26 655 P short-leg delta 0.18 has reached 0.15: roll, or buy 10 to close" },
    { level: "INFO", message: "SPY 20Nov26 655 P short leg delta acknowledged by ops" },
    { level: "INFO", message: "SPY 20Nov26 655 P short leg delta cleared after 0 s" },
  ]);
});

Deno.test("monitor: an index that falls against its previous close is told, and not from a dead line", () => {
  const { built, spy, monitor } = running({ indexDropPct: 0.02, debounceSeconds: 0 });
  assert.deepEqual(monitor.turn().signals, []);
  // 1 − 637 / 650 = 2 %.
  built.quote(spy, { bid: 636.9, ask: 637.1, last: 637 }).line(spy, "dead");
  assert.deepEqual(monitor.turn().signals, []);
  built.line(spy, "live");
  const [drop] = monitor.turn().signals;
  assert.equal(drop?.rule, "index_drop");
  near(drop?.value ?? null, 0.02);
  built.link("down").quote(spy, { last: 655 });
  assert.equal(monitor.turn().signals[0]?.state, "new", "nothing clears while the link is down");
});

Deno.test("monitor: nothing is judged before the book is known", () => {
  const { built, monitor } = running({ expiringToday: true, debounceSeconds: 0 });
  const unread = new MonitorBuilder({ risk: { signals: { ...SIGNALS_OFF, expiringToday: true, debounceSeconds: 0 } } });
  assert.deepEqual(unread.monitor.turn().signals, []);
  assert.equal(monitor.turn().signals.length, 1);
  assert.equal(built.published.length, 1);
});

Deno.test("transitions are logged under RISK, with what a search needs", () => {
  const lines: unknown[] = [];
  const log: Log = { write: (level, category, _message, data) => lines.push([level, category, data]) };
  const signals = { ...SIGNALS_OFF, expiringToday: true, debounceSeconds: 0 };
  const watch = new SignalWatch({ ...RISK_SETTINGS, signals }, log);
  const book = new BookBuilder();
  const call = book.option("AAPL 2026-11-20 190 C");
  book.holds([{ of: call, quantity: 2, at: 1 }]);
  watch.turn(book.portfolio, book.assess(), true, book.now);
  assert.deepEqual(lines, [], "still starting");
  watch.turn(book.portfolio, book.assess(), false, book.now);
  assert.deepEqual(lines, [["INFO", "RISK", {
    id: "expiring_today:AAPL|AAPL|OPTION|2026-11-20|190|C|USD|100|AAPL",
    transition: "raised",
    severity: "info",
    value: 0,
    threshold: 0,
    action: "sell 2 to close, or let it expire",
  }]]);
});

Deno.test("what was active and the highest profits are given to the next run", () => {
  const silent: Log = { write() {} };
  const settings = { ...RISK_SETTINGS, signals: { ...SIGNALS_OFF, trailingStopPct: 0.4, debounceSeconds: 0 } };
  const first = new SignalWatch(settings, silent);
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  book.holds([{ of: aapl, quantity: 100, at: 100 }]).quote(aapl, { bid: 139.9, ask: 140.1, last: 140 });
  first.turn(book.portfolio, book.assess(), false, book.now);
  const second = new SignalWatch(settings, silent, JSON.parse(JSON.stringify(first.exportMemory())));
  // 4,000 at the highest, 2,400 now: 40 % given back.
  book.quote(aapl, { bid: 123.9, ask: 124.1, last: 124 });
  const { views } = second.turn(book.portfolio, book.assess(), false, book.now + DAY_MS);
  assert.equal(views[0]?.rule, "trailing_stop");
  near(views[0]?.value ?? null, 0.4);
});

Deno.test("monitor: the legs of a recognised strategy have no stop of their own, until one of them is sold", () => {
  const { built, put, monitor } = running({ stopLossPct: 0.5, earlyProfitPct: 0.5, debounceSeconds: 0 });
  const wing = built.add(option("SPY 2026-11-20 650 P"));
  built.line(wing, "live").quote(wing, {
    bid: 0.05,
    ask: 0.07,
    last: 0.06,
    delta: -0.02,
    gamma: 0.01,
    vega: 0.02,
    theta: -0.1,
  });
  const spy = monitor.portfolio.registry.priceOf("SPY")!;
  const held = [{ of: spy, quantity: 100, at: 640 }, { of: put, quantity: -10, at: 1 }];
  built.holds([...held, { of: wing, quantity: 10, at: 0.4 }]);
  // Received 0.60, worth 0.49: 18 % of the premium made. The wing alone has lost 85 % of its cost.
  const whole = monitor.turn();
  assert.notEqual(whole.status, "starting");
  assert.deepEqual(whole.signals, []);
  built.holds([held[0]!, { of: wing, quantity: 10, at: 0.4 }]);
  assert.deepEqual(monitor.turn().signals.map(({ rule, subject }) => [rule, subject]), [[
    "stop_loss",
    "20Nov26 650 P",
  ]]);
});
