import assert from "node:assert/strict";
import type { LimitSettings } from "../../src/domain/settings.ts";
import { near, option, RISK_SETTINGS, stock } from "../support/book_builder.ts";
import { MonitorBuilder, settingsWith } from "../support/monitor_builder.ts";

const CADENCE = settingsWith().monitor.cadenceMs;

function limits(change: Partial<LimitSettings>): { risk: { limits: LimitSettings } } {
  return { risk: { limits: { ...RISK_SETTINGS.limits, ...change } } };
}

/** A monitor with a live book of 100 AAPL at 187. */
function running(change: ConstructorParameters<typeof MonitorBuilder>[0] = {}) {
  const built = new MonitorBuilder({ manual: { ...settingsWith().manual, enabled: false }, ...change });
  const aapl = built.add(stock("AAPL"));
  built.link("up").account().holds([{ of: aapl, quantity: 100, at: 180 }]).executions().line(aapl, "live");
  built.quote(aapl, { bid: 186.9, ask: 187.1, last: 187, close: 185 });
  return { built, aapl, monitor: built.monitor };
}

Deno.test("monitor: publishes one snapshot a turn, at the cadence, with or without events", async () => {
  const { built, monitor } = running();
  monitor.start();
  await built.clock.advance(10 * CADENCE);
  assert.equal(built.published.length, 11);
  assert.deepEqual(built.published.map(({ snapshot }) => snapshot.sequence), built.published.map((_, i) => i + 1));
  monitor.stop();
  await built.clock.advance(10 * CADENCE);
  assert.equal(built.published.length, 11);
  assert.equal(built.clock.pendingTimers, 0);
});

Deno.test("monitor: what is urgent gets its turn at once, and the cadence goes on from there", async () => {
  const { built, aapl, monitor } = running();
  monitor.start();
  await built.clock.advance(CADENCE / 2);
  const row = { account: "DU1", instrument: aapl, quantity: 50, avgPrice: 180 };
  monitor.inbox.push({ kind: "position", source: "IB", row, at: built.now }, true);
  await built.clock.advance(1);
  assert.equal(built.published.at(-1)?.snapshot.positions[0]?.quantity, 50);
  assert.equal(built.published.length, 2);
  await built.clock.advance(CADENCE);
  assert.equal(built.published.length, 3);
});

Deno.test("monitor: something urgent that arrives during a turn does not double the cadence", async () => {
  const { built, monitor } = running();
  let urgent = 5;
  monitor.subscribe(() => {
    if (urgent-- > 0) {
      monitor.inbox.push({ kind: "link", source: "IB", status: "up", detail: "", at: built.now }, true);
    }
  });
  monitor.start();
  await built.clock.advance(1);
  const before = built.published.length;
  await built.clock.advance(10 * CADENCE);
  assert.equal(built.published.length - before, 10);
});

Deno.test("monitor: a full inbox gets its turn before the cadence is over", async () => {
  const { built, monitor } = running({ monitor: { cadenceMs: 60_000, inboxEvents: 20 } });
  monitor.start();
  await built.clock.advance(1);
  for (let i = 0; i < 20; i++) built.link("up", `${i}`);
  await built.clock.advance(1);
  assert.equal(monitor.inbox.waiting, 0);
});

Deno.test("monitor: a snapshot that was published does not change with the next turn", () => {
  const { built, aapl, monitor } = running();
  const first = monitor.turn();
  const before = JSON.stringify(first);
  built.quote(aapl, { bid: 299, ask: 301, last: 300 }).push({
    kind: "execution",
    source: "IB",
    account: "DU1",
    instrument: aapl,
    execId: "1.01",
    quantity: 5,
    price: 300,
    time: built.now,
  });
  const second = monitor.turn();
  assert.notEqual(second.positions[0]?.mark, first.positions[0]?.mark);
  assert.equal(JSON.stringify(first), before);
});

Deno.test("monitor: a fill that is taken back is told with the size and price that it had, or not at all", () => {
  const { built, aapl, monitor } = running();
  monitor.turn();
  const fill = (execId: string, quantity: number, price = 300) => {
    const of = { source: "FUTU", account: "F1", instrument: aapl, time: built.now } as const;
    built.push({ kind: "execution", ...of, execId, quantity, price });
    monitor.turn();
  };
  fill("A", -5);
  fill("A", -5, 301);
  fill("A", 0, 301);
  fill("A", 0, 301);
  fill("B", 0);
  assert.deepEqual(monitor.turn().events?.map(({ text }) => text), [
    "fill of 5 AAPL at 301 taken back",
    "sold 5 AAPL at 301",
    "sold 5 AAPL at 300",
  ]);
});

Deno.test("monitor: a snapshot whose positions were never read keeps those of its own turn", () => {
  const { built, aapl, monitor } = running();
  const first = monitor.turn();
  built.quote(aapl, { bid: 299, ask: 301, last: 300 });
  monitor.turn();
  near(first.positions[0]!.mark, 187);
  near(first.positions[0]!.leaves[0]!.unrealizedPnl, 700);
});

Deno.test("status: starting until the book is there, then complete", () => {
  const built = new MonitorBuilder({ manual: { ...settingsWith().manual, enabled: false } });
  const aapl = built.add(stock("AAPL"));
  built.link("up").account();
  assert.equal(built.monitor.turn().status, "starting");
  assert.match(built.monitor.last!.statusReasons[0]!, /waiting for positions/);
  built.holds([{ of: aapl, quantity: 1, at: 1 }]).executions().line(aapl, "requested");
  assert.equal(built.monitor.turn().status, "starting");
  built.line(aapl, "live").quote(aapl, { bid: 1, ask: 1.1, last: 1.05 });
  const snapshot = built.monitor.turn();
  assert.deepEqual([snapshot.status, snapshot.statusReasons], ["complete", []]);
});

Deno.test("status: a broker without positions becomes complete (mistake 18)", () => {
  const built = new MonitorBuilder({ manual: { ...settingsWith().manual, enabled: false } });
  assert.equal(built.link("up").account().holds([]).executions().monitor.turn().status, "complete");
});

Deno.test("status: after the start-up time-out there is a view, and it says what has not answered", async () => {
  const built = new MonitorBuilder({ manual: { ...settingsWith().manual, enabled: false } });
  const aapl = built.add(stock("AAPL"));
  built.link("up").account().holds([{ of: aapl, quantity: 1, at: 1 }]).executions().line(aapl, "requested");
  built.monitor.turn();
  await built.clock.advance(settingsWith().startup.timeoutSec * 1000);
  const { status, statusReasons } = built.monitor.turn();
  assert.equal(status, "degraded");
  assert(statusReasons.some((reason) => /1 line has not answered/.test(reason)), statusReasons.join("; "));
  assert(built.logged.some(({ level, message }) => level === "WARN" && /Starting took longer/.test(message)));
});

Deno.test("status: stale while the link is down, every quote with it, and complete again afterwards (mistake 19)", () => {
  const { built, monitor } = running();
  assert.equal(monitor.turn().status, "complete");
  const snapshot = built.link("down", "connection lost").monitor.turn();
  assert.equal(snapshot.status, "stale");
  assert.match(snapshot.statusReasons[0]!, /connection lost/);
  assert(snapshot.positions[0]!.flags.includes("STALE"));
  assert.equal(snapshot.quality.live, 0);
  near(snapshot.portfolio.grossExposure, 18_700, "the last values stay, flagged");
  assert.equal(built.link("up").monitor.turn().status, "complete");
});

Deno.test("status: a farm that is down, a failed source, a dead line or a missing rate is degraded", () => {
  const farm = running();
  farm.built.push({ kind: "farm", name: "usopt", status: "down", at: farm.built.now });
  assert.equal(farm.monitor.turn().status, "degraded");

  const source = running();
  source.built.push({ kind: "positions-failed", source: "IB", reason: "timed out", at: source.built.now });
  const { status, statusReasons } = source.monitor.turn();
  assert.equal(status, "degraded");
  assert(statusReasons.some((reason) => /timed out/.test(reason)));

  const line = running();
  const tsla = line.built.add(stock("TSLA"));
  line.built.holds([{ of: line.aapl, quantity: 1, at: 1 }, { of: tsla, quantity: 1, at: 1 }]).line(tsla, "dead");
  assert.equal(line.monitor.turn().status, "degraded");

  const rate = running({ risk: { baseCurrency: "EUR" } });
  const reasons = rate.monitor.turn();
  assert.equal(reasons.status, "degraded");
  assert(reasons.statusReasons.some((reason) => /no rate for USD/.test(reason)));
});

Deno.test("status: what cannot be helped is said and leaves the status alone", async () => {
  const { built, aapl, monitor } = running();
  const call = built.add(option("AAPL 2026-12-18 190 C"));
  built.holds([{ of: aapl, quantity: 100, at: 180 }, { of: call, quantity: 1, at: 5 }]);
  built.line(aapl, "no-permission").line(call, "live").quote(call, { bid: 7.1, ask: 7.3 });
  assert.equal(monitor.turn().status, "starting", "the greeks may still come");
  await built.clock.advance(3_000);
  const { status, statusReasons } = monitor.turn();
  assert.equal(status, "complete");
  assert.deepEqual(statusReasons, ["1 without greeks", "1 without market-data permission"]);
});

Deno.test("limits: not judged while starting, judged from the first view on", () => {
  const built = new MonitorBuilder({
    manual: { ...settingsWith().manual, enabled: false },
    ...limits({ maxTotalGrossNotional: 1 }),
  });
  const aapl = built.add(stock("AAPL"));
  built.link("up").holds([{ of: aapl, quantity: 100, at: 180 }]).executions().line(aapl, "live");
  built.quote(aapl, { last: 187 });
  assert.deepEqual(built.monitor.turn().limits, []);
  const { limits: rows, breaches } = built.account().monitor.turn();
  assert.deepEqual(rows.map(({ state }) => state), ["hard"]);
  assert.equal(breaches.length, 1);
});

/** A monitor with a limit of 100,000 on gross exposure, and a book of so many shares of 1,000 each, not told of yet. */
function ofNames(count: number) {
  const built = new MonitorBuilder({
    manual: { ...settingsWith().manual, enabled: false },
    ...limits({ maxTotalGrossNotional: 100_000 }),
  });
  const names = Array.from({ length: count }, (_, index) => built.add(stock(`N${index}`)));
  return {
    built,
    tell() {
      built.link("up").account().holds(names.map((of) => ({ of, quantity: 10, at: 90 }))).executions();
    },
    answer(from: number, to: number) {
      for (const name of names.slice(from, to)) {
        built.line(name, "live").quote(name, { bid: 99.9, ask: 100.1, last: 100, close: 99 });
      }
    },
    /** Turns of so many seconds; what came of breaches in them. */
    async run(seconds: number): Promise<string[]> {
      const before = built.published.length;
      for (let second = 0; second < seconds; second++) {
        built.monitor.turn();
        await built.clock.advance(1_000);
      }
      const transitions = built.published.slice(before).flatMap((published) => published.transitions);
      return transitions.map(({ kind, severity, value }) => `${kind} ${severity} ${value}`);
    },
  };
}

Deno.test("limits: a large book is judged when its quotes are there, and not when the start is over", async () => {
  const book = ofNames(300);
  book.tell();
  // 45 requests a second, three a line: 20 s beside the 15 s of the start.
  assert.deepEqual(await book.run(17), []);
  assert.match(
    book.built.monitor.last?.statusReasons.join("; ") ?? "",
    /300 lines .*: breaches and signals wait for them/,
  );
  book.answer(0, 150);
  assert.deepEqual(await book.run(10), []);
  book.answer(150, 280);
  assert.deepEqual(await book.run(3), ["opened hard 280000"]);
});

Deno.test("limits: what has not answered in the time that asking takes is judged without", async () => {
  const book = ofNames(300);
  book.tell();
  book.answer(0, 150);
  assert.deepEqual(await book.run(35), []);
  assert.deepEqual(await book.run(2), ["opened hard 150000"]);
});

Deno.test("limits: a broker that comes after the start is judged with its quotes, and clears nothing before", async () => {
  const book = ofNames(200);
  book.built.link("down");
  assert.deepEqual(await book.run(60), ["opened unknown null"]);
  book.tell();
  book.answer(0, 60);
  assert.deepEqual(await book.run(20), []);
  book.answer(60, 200);
  assert.deepEqual(await book.run(3), ["raised hard 200000"]);
});

Deno.test("limits: breaches of several names have ids of their own, and stay listed while they hold (mistake 12)", async () => {
  const { built, aapl, monitor } = running(limits({
    maxPerUnderlyingNotional: { default: 1_000, names: new Map() },
  }));
  const tsla = built.add(stock("TSLA"));
  built.holds([{ of: aapl, quantity: 100, at: 180 }, { of: tsla, quantity: 10, at: 390 }]).line(tsla, "live");
  built.quote(tsla, { last: 400 });
  for (let i = 0; i < 8; i++) {
    const { breaches } = monitor.turn();
    assert.deepEqual(breaches.map(({ id }) => id).sort(), [
      "max_per_underlying_notional:AAPL",
      "max_per_underlying_notional:TSLA",
    ]);
    await built.clock.advance(CADENCE);
  }
  monitor.acknowledge("max_per_underlying_notional:TSLA", "mk", "hedging");
  const { breaches } = monitor.turn();
  assert.deepEqual(
    new Map(breaches.map(({ id, state }) => [id, state])),
    new Map(
      [
        ["max_per_underlying_notional:AAPL", "open"],
        ["max_per_underlying_notional:TSLA", "acknowledged"],
      ] as const,
    ),
  );
});

Deno.test("lines: the largest exposures come first, underlyings with their options, unknown ones before all", () => {
  const { built, aapl, monitor } = running();
  const tsla = built.add(stock("TSLA"));
  const nvda = built.add(stock("NVDA"));
  const call = built.add(option("NVDA 2026-12-18 150 C"));
  built.push({ kind: "underlying", instrument: call, underlying: nvda });
  built.holds([
    { of: aapl, quantity: 100, at: 180 },
    { of: tsla, quantity: 100, at: 390 },
    { of: call, quantity: 1, at: 5 },
  ]).quote(tsla, { last: 400 });
  monitor.turn();
  assert.deepEqual(built.prioritised.at(-1), [nvda, call, tsla, aapl]);
});

Deno.test("lines: shared out anew when the holdings change, not with every tick", async () => {
  const { built, aapl, monitor } = running();
  monitor.turn();
  for (let i = 0; i < 20; i++) {
    built.quote(aapl, { last: 187 + i });
    monitor.turn();
  }
  assert.equal(built.prioritised.length, 1);
  const tsla = built.add(stock("TSLA"));
  built.holds([{ of: aapl, quantity: 100, at: 180 }, { of: tsla, quantity: 1, at: 390 }]);
  monitor.turn();
  assert.equal(built.prioritised.length, 2);
  await built.clock.advance(30_000);
  monitor.turn();
  assert.equal(built.prioritised.length, 3);
});

Deno.test("replay: the same events at the same times give the same bytes", async () => {
  const play = async (): Promise<string> => {
    const { built, aapl, monitor } = running();
    const snapshots = [];
    for (let i = 0; i < 20; i++) {
      built.quote(aapl, { last: 187 + Math.sin(i) });
      snapshots.push(monitor.turn());
      await built.clock.advance(CADENCE);
    }
    return JSON.stringify(snapshots);
  };
  assert.equal(await play(), await play());
});
