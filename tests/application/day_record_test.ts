import assert from "node:assert/strict";
import { type DayReads, DayRecord, trailStart } from "../../src/application/day_record.ts";
import type { BreachRecord, PositionChangeRecord, RiskPoint } from "../../src/application/ports/store_records.ts";
import type { BreachTransition } from "../../src/domain/limits/breach_transition.ts";
import { AAPL, AAPL_PUT, breach, execution, MINUTE, NOW, positionChange, risk } from "../support/stored_history.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import { MemoryLog } from "../support/world.ts";

const OPEN = NOW - 60 * MINUTE;

class FakeReads implements DayReads {
  book: "real" | "simulated" | null = "real";
  series: RiskPoint[] = [];
  steps: BreachRecord[] = [];
  changes: PositionChangeRecord[] = [];
  executions = [execution("1")];
  fault: Error | null = null;
  asked: { readonly from: number; readonly to: number }[] = [];
  storedBook() {
    return this.fault === null ? Promise.resolve(this.book) : Promise.reject(this.fault);
  }
  riskSeries(range: { readonly from: number; readonly to: number }) {
    this.asked.push(range);
    return Promise.resolve(this.series.filter(({ takenAt }) => takenAt >= range.from && takenAt < range.to));
  }
  breaches(range: { readonly from: number; readonly to: number }) {
    return Promise.resolve(this.steps.filter(({ transition: { at } }) => at >= range.from && at < range.to));
  }
  positionChanges(range: { readonly from: number; readonly to: number }) {
    return Promise.resolve(this.changes.filter(({ changedAt: at }) => at >= range.from && at < range.to));
  }
  async *fills() {
    yield await Promise.resolve(
      this.executions.map((one) => ({ source: "IB" as const, execution: one, commission: null })),
    );
  }
}

function bench(store: DayReads | null = new FakeReads()) {
  const clock = new VirtualClock(NOW);
  const log = new MemoryLog();
  return { clock, log, day: new DayRecord({ clock, log, book: "real", store }) };
}

function point(takenAt: number, dailyPnl: number | null, changes: Partial<RiskPoint> = {}): RiskPoint {
  const { document: _, ...row } = risk({ takenAt, account: "ALL", source: "ALL" });
  return {
    ...row,
    ...changes,
    status: changes.status ?? "complete",
    simulated: changes.simulated ?? false,
    figures: { ...row.figures, dailyPnl },
  };
}

function transitionAt(at: number, changes: Partial<BreachTransition> = {}): BreachTransition {
  return { ...breach("opened", NOW).transition, at, ...changes };
}

Deno.test("the trail begins at the open, before it at the day's start, and at the weekend at Friday's open", () => {
  const newYork = (text: string) =>
    Temporal.PlainDateTime.from(text).toZonedDateTime("America/New_York").epochMilliseconds;
  assert.equal(trailStart(newYork("2026-11-20T10:30")), newYork("2026-11-20T09:30"));
  assert.equal(trailStart(newYork("2026-11-20T08:00")), newYork("2026-11-20T00:00"));
  assert.equal(trailStart(newYork("2026-11-21T12:00")), newYork("2026-11-20T09:30"));
});

Deno.test("the points of earlier today are the book's own since the open, in one currency", async () => {
  const store = new FakeReads();
  store.series = [
    point(OPEN - MINUTE, 1),
    point(OPEN, 2),
    point(OPEN + MINUTE, 3, { account: "DU1" }),
    point(OPEN + 2 * MINUTE, 4, { simulated: true }),
    point(OPEN + 3 * MINUTE, 5, { status: "starting" }),
    point(OPEN + 4 * MINUTE, 6, { baseCurrency: "EUR" }),
    point(OPEN + 5 * MINUTE, null),
    point(OPEN + 6 * MINUTE, 8),
    point(NOW + MINUTE, 9),
  ];
  const { day } = bench(store);
  assert.deepEqual(day.points, []);
  assert.equal(day.transitions.earlier, "reading");
  await day.read();
  assert.deepEqual(day.points.map(({ at, dailyPnl }) => [at, dailyPnl]), [
    [OPEN, 2],
    [OPEN + 5 * MINUTE, null],
    [OPEN + 6 * MINUTE, 8],
  ]);
  assert.equal(store.asked.length, 1, "it is read once");
});

Deno.test("today's transitions are those of the store before the start, then this run's", async () => {
  const store = new FakeReads();
  const stored = (at: number): BreachRecord => ({ ...breach("opened", NOW), transition: transitionAt(at) });
  store.steps = [stored(NOW - 24 * 60 * MINUTE), stored(NOW - MINUTE), stored(NOW)];
  const { day, clock } = bench(store);
  day.observe({ transitions: [transitionAt(NOW, { kind: "cleared" })] });
  await clock.advance(MINUTE);
  await day.read();
  const { list, earlier } = day.transitions;
  assert.deepEqual(list.map(({ at, kind }) => [at, kind]), [[NOW - MINUTE, "opened"], [NOW, "cleared"]]);
  assert.equal(earlier, "read");
});

Deno.test("transitions of yesterday are forgotten, and a limit that flutters keeps the newest 500", async () => {
  const { day, clock } = bench(null);
  day.observe({ transitions: Array.from({ length: 800 }, (_, index) => transitionAt(NOW + index)) });
  assert.equal(day.transitions.list.length, 500);
  assert.equal(day.transitions.list.at(-1)?.at, NOW + 799);
  assert.equal(day.transitions.earlier, "not kept");
  await clock.advance(4 * 24 * 60 * MINUTE);
  assert.deepEqual(day.transitions.list, []);
});

Deno.test("a store of another book, or one that fails, tells nothing and stops nothing", async () => {
  const other = new FakeReads();
  other.book = "simulated";
  other.series = [point(OPEN, 2)];
  const one = bench(other);
  await one.day.read();
  assert.deepEqual(one.day.points, []);
  assert.deepEqual(await one.day.historyOf({ kind: "contract", contract: AAPL }), { status: "not kept" });
  const broken = new FakeReads();
  broken.fault = new Error("database is locked");
  const two = bench(broken);
  await two.day.read();
  assert.equal(two.day.transitions.earlier, "failed");
  assert.match(two.log.lines[0]?.message ?? "", /Cannot read what happened today before the start: database is locked/);
  assert.deepEqual(await two.day.historyOf({ kind: "contract", contract: AAPL }), {
    status: "failed",
    reason: "database is locked",
  });
});

Deno.test("a contract's history has its changes and fills of today, a name's those of all its contracts", async () => {
  const store = new FakeReads();
  store.changes = [
    positionChange(NOW - 24 * 60 * MINUTE, { instrument: AAPL }),
    positionChange(NOW - 2 * MINUTE, { instrument: AAPL }),
    positionChange(NOW - 3 * MINUTE),
  ];
  store.executions = [
    execution("1", { executedAt: NOW - MINUTE }),
    execution("2", { instrument: AAPL_PUT, executedAt: NOW }),
  ];
  const { day } = bench(store);
  const contract = await day.historyOf({ kind: "contract", contract: AAPL });
  assert.ok(contract.status === "read" && !contract.more);
  assert.deepEqual(contract.entries.map(({ kind, at }) => [kind, NOW - at]), [["fill", MINUTE], [
    "change",
    2 * MINUTE,
  ]]);
  const name = await day.historyOf({ kind: "name", underlying: "AAPL" });
  assert.ok(name.status === "read");
  assert.deepEqual(name.entries.map(({ kind }) => kind), ["fill", "fill", "change", "change"]);
});

Deno.test("of thousands of fills the newest hundred are told, and that there are more", async () => {
  const store = new FakeReads();
  store.executions = Array.from({ length: 5_000 }, (_, index) => execution(`${index}`, { executedAt: OPEN + index }));
  const history = await bench(store).day.historyOf({ kind: "contract", contract: AAPL });
  assert.ok(history.status === "read" && history.more);
  assert.equal(history.entries.length, 100);
  assert.deepEqual(history.entries.slice(0, 2).map(({ at }) => at - OPEN), [4_999, 4_998]);
});

Deno.test("a breach's history is its steps, of this run alone where no history is kept", async () => {
  const { day } = bench(null);
  assert.deepEqual(await day.historyOf({ kind: "breach", id: "x" }), { status: "not kept" });
  day.observe({ transitions: [transitionAt(NOW, { id: "x" }), transitionAt(NOW + 1, { id: "y" })] });
  const history = await day.historyOf({ kind: "breach", id: "x" });
  assert.ok(history.status === "read");
  assert.deepEqual(history.entries.map(({ at }) => at), [NOW]);
});
