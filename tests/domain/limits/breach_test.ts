import assert from "node:assert/strict";
import {
  acknowledge,
  type Breaches,
  breachViews,
  newBreaches,
  recordBreaches,
  takeBack,
} from "../../../src/domain/limits/breach.ts";
import type { BreachTransition } from "../../../src/domain/limits/breach_transition.ts";
import { againstLimit } from "../../../src/domain/limits/utilization.ts";
import type { LimitView } from "../../../src/domain/risk/snapshot.ts";

const SETTINGS = { softBreachThreshold: 0.8, debounceSeconds: { soft: 15, hard: 0 }, escalateAfterMinutes: 2 };
const START = Date.parse("2026-11-20T15:00:00Z");
const TSLA = "max_per_underlying_notional:TSLA";

/** A name's exposure at so many percent of its limit of 1,000,000; null: missing. */
function exposure(percent: number | null, name = "TSLA"): LimitView {
  const value = percent === null ? null : percent * 10_000;
  return {
    id: `max_per_underlying_notional:${name}`,
    rule: "max_per_underlying_notional",
    scope: name,
    unit: "money",
    value,
    limit: 1_000_000,
    low: null,
    high: null,
    ...againstLimit(value, 1_000_000, SETTINGS.softBreachThreshold),
    partial: 0,
    stale: false,
    modelled: false,
  };
}

/** Follows one book through time. */
class Desk {
  state: Breaches = newBreaches(SETTINGS);
  readonly heard: BreachTransition[] = [];

  /** The limits as they stand so many seconds after the start; hands out the transitions as words. */
  at(seconds: number, ...limits: LimitView[]): string[] {
    return this.#take(recordBreaches(this.state, limits, START + seconds * 1000));
  }

  acknowledge(seconds: number, by: string, note: string | null): string[] {
    return this.#take(acknowledge(this.state, TSLA, by, note, START + seconds * 1000));
  }

  takeBack(seconds: number): string[] {
    return this.#take(takeBack(this.state, TSLA, START + seconds * 1000));
  }

  get views() {
    return breachViews(this.state);
  }

  #take(step: { state: Breaches; transitions: readonly BreachTransition[] }): string[] {
    this.state = step.state;
    this.heard.push(...step.transitions);
    return step.transitions.map((transition) => `${transition.from} -> ${transition.to}`);
  }
}

Deno.test("a soft breach opens when its limit has held for 15 s, and not before", () => {
  const desk = new Desk();
  assert.deepEqual(desk.at(0, exposure(85)), []);
  assert.deepEqual(desk.at(14.9, exposure(85)), []);
  assert.deepEqual(desk.at(15, exposure(85)), ["ok -> soft"]);
  assert.deepEqual(desk.at(15.25, exposure(85)), []);
});

Deno.test("the debounce starts anew when the value goes back", () => {
  const desk = new Desk();
  desk.at(0, exposure(85));
  desk.at(10, exposure(79));
  desk.at(11, exposure(85));
  assert.deepEqual(desk.at(25.9, exposure(85)), []);
  assert.deepEqual(desk.at(26, exposure(85)), ["ok -> soft"]);
});

Deno.test("a hard breach opens at once", () => {
  const desk = new Desk();
  assert.deepEqual(desk.at(0, exposure(108)), ["ok -> hard"]);
  const [view] = desk.views;
  assert.deepEqual([view?.id, view?.severity, view?.state, view?.since], [
    TSLA,
    "hard",
    "open",
    "2026-11-20T15:00:00.000Z",
  ]);
  assert.equal(view?.message, "TSLA exposure 1.08 M is 108 % of its 1.00 M limit");
});

Deno.test("a hard debounce longer than the soft one opens soft first, then rises", () => {
  const desk = new Desk();
  desk.state = newBreaches({ ...SETTINGS, debounceSeconds: { soft: 15, hard: 60 } });
  desk.at(0, exposure(108));
  assert.deepEqual(desk.at(15, exposure(108)), ["ok -> soft"]);
  assert.deepEqual(desk.at(59, exposure(108)), []);
  assert.deepEqual(desk.at(60, exposure(108)), ["soft -> hard"]);
});

Deno.test("a breach stays listed while its value is at or above 98 % of the soft threshold", () => {
  const desk = new Desk();
  desk.at(0, exposure(85));
  desk.at(15, exposure(85));
  // 0.98 × 80 % = 78.4 %.
  assert.deepEqual(desk.at(16, exposure(79)), []);
  assert.deepEqual(desk.at(17, exposure(78.4)), []);
  assert.equal(desk.views.length, 1);
  assert.deepEqual(desk.at(18, exposure(78.39)), ["soft -> cleared"]);
  assert.deepEqual(desk.views, []);
});

Deno.test("severity falls from hard to soft below 98 % of the limit, and the breach stays", () => {
  const desk = new Desk();
  desk.at(0, exposure(108));
  assert.deepEqual(desk.at(1, exposure(99)), []);
  assert.deepEqual(desk.at(2, exposure(98)), []);
  assert.equal(desk.views[0]?.severity, "hard");
  assert.deepEqual(desk.at(3, exposure(97.9)), ["hard -> soft"]);
  assert.deepEqual(desk.at(4, exposure(60)), ["soft -> cleared"]);
});

Deno.test("a hard breach whose value falls below everything clears in one step", () => {
  const desk = new Desk();
  desk.at(0, exposure(108));
  assert.deepEqual(desk.at(1, exposure(20)), ["hard -> cleared"]);
  assert.equal(desk.heard.at(-1)?.message, "TSLA exposure cleared at 20.0 % of its 1.00 M limit after 1s");
});

Deno.test("the breach stays listed as long as it holds, through a whole day of turns", () => {
  const desk = new Desk();
  for (let second = 0; second < 6 * 3600; second += 5) {
    desk.at(second, exposure(109));
    assert.equal(desk.views.length, 1);
  }
  assert.deepEqual(desk.heard.map((transition) => transition.kind), ["opened", "escalated"]);
});

Deno.test("names have breaches of their own, each with its own id", () => {
  const desk = new Desk();
  desk.at(0, exposure(120), exposure(130, "NVDA"), exposure(10, "SPY"));
  assert.deepEqual(desk.views.map((view) => view.id).sort(), ["max_per_underlying_notional:NVDA", TSLA]);
  assert.deepEqual(desk.at(1, exposure(120), exposure(10, "NVDA"), exposure(10, "SPY")), ["hard -> cleared"]);
  assert.deepEqual(desk.views.map((view) => view.id), [TSLA]);
});

Deno.test("a rise in severity reopens the breach and voids its acknowledgement", () => {
  const desk = new Desk();
  desk.at(0, exposure(85));
  desk.at(15, exposure(85));
  assert.deepEqual(desk.acknowledge(20, "ops", "cut after 11:00"), ["open -> acknowledged"]);
  assert.deepEqual([desk.views[0]?.acknowledgedBy, desk.views[0]?.note], ["ops", "cut after 11:00"]);
  assert.equal(desk.heard.at(-1)?.message, "TSLA exposure acknowledged by ops: cut after 11:00");
  assert.deepEqual(desk.at(30, exposure(101)), ["soft -> hard"]);
  const [view] = desk.views;
  assert.deepEqual([view?.state, view?.acknowledgedAt, view?.acknowledgedBy, view?.note], ["open", null, null, null]);
  assert.equal(view?.since, "2026-11-20T15:00:30.000Z");
});

Deno.test("a fall in severity keeps the acknowledgement", () => {
  const desk = new Desk();
  desk.at(0, exposure(120));
  desk.acknowledge(5, "ops", null);
  assert.deepEqual(desk.at(6, exposure(90)), ["hard -> soft"]);
  assert.equal(desk.views[0]?.state, "acknowledged");
});

Deno.test("a breach that nobody acknowledges escalates after two minutes, once", () => {
  const desk = new Desk();
  desk.at(0, exposure(108));
  assert.deepEqual(desk.at(119.9, exposure(108)), []);
  assert.deepEqual(desk.at(120, exposure(108)), ["open -> escalated"]);
  assert.equal(
    desk.heard.at(-1)?.message,
    "TSLA exposure 1.08 M is 108 % of its 1.00 M limit, not acknowledged for 2m00s",
  );
  assert.deepEqual(desk.at(400, exposure(108)), []);
  assert.deepEqual(desk.acknowledge(401, "ops", null), ["escalated -> acknowledged"]);
  assert.deepEqual(desk.at(4000, exposure(108)), []);
});

Deno.test("a breach that reopens on a rise escalates again, two minutes after the rise", () => {
  const desk = new Desk();
  desk.at(0, exposure(85));
  desk.at(15, exposure(85));
  assert.deepEqual(desk.at(135, exposure(85)), ["open -> escalated"]);
  assert.deepEqual(desk.at(140, exposure(105)), ["soft -> hard"]);
  assert.deepEqual(desk.at(259, exposure(105)), []);
  assert.deepEqual(desk.at(260, exposure(105)), ["open -> escalated"]);
});

Deno.test("an acknowledgement taken back opens the breach again, and its two minutes start anew", () => {
  const desk = new Desk();
  desk.at(0, exposure(108));
  desk.acknowledge(10, "ops", "looking");
  assert.deepEqual(desk.takeBack(300), ["acknowledged -> open"]);
  assert.equal(desk.views[0]?.note, null);
  assert.deepEqual(desk.at(419, exposure(108)), []);
  assert.deepEqual(desk.at(420, exposure(108)), ["open -> escalated"]);
  assert.deepEqual(desk.takeBack(421), []);
});

Deno.test("acknowledging again replaces the note; acknowledging what is not open changes nothing", () => {
  const desk = new Desk();
  assert.deepEqual(desk.acknowledge(0, "ops", null), []);
  desk.at(0, exposure(108));
  desk.acknowledge(1, "ops", "one");
  assert.deepEqual(desk.acknowledge(2, "ann", "two"), ["acknowledged -> acknowledged"]);
  assert.deepEqual([desk.views[0]?.acknowledgedBy, desk.views[0]?.note], ["ann", "two"]);
});

Deno.test("a missing input opens after the soft debounce, never passes in silence", () => {
  const desk = new Desk();
  desk.at(0, exposure(null));
  assert.deepEqual(desk.at(14, exposure(null)), []);
  assert.deepEqual(desk.at(15, exposure(null)), ["ok -> unknown"]);
  assert.equal(desk.views[0]?.severity, "unknown");
  assert.match(desk.views[0]?.message ?? "", /an input is missing/);
  assert.deepEqual(desk.at(16, exposure(50)), ["unknown -> cleared"]);
});

Deno.test("a missing input neither clears a breach nor lowers its severity", () => {
  const desk = new Desk();
  desk.at(0, exposure(108));
  for (let second = 1; second < 100; second++) assert.deepEqual(desk.at(second, exposure(null)), []);
  assert.deepEqual([desk.views[0]?.severity, desk.views[0]?.value], ["hard", null]);
});

Deno.test("soft and unknown weigh the same: the label follows after the debounce, and an acknowledgement stays", () => {
  const desk = new Desk();
  desk.at(0, exposure(85));
  desk.at(15, exposure(85));
  desk.acknowledge(16, "ops", null);
  assert.deepEqual(desk.at(20, exposure(null)), []);
  assert.deepEqual(desk.at(34, exposure(null)), []);
  assert.deepEqual(desk.at(35, exposure(null)), ["soft -> unknown"]);
  assert.equal(desk.views[0]?.state, "acknowledged");
  assert.deepEqual(desk.at(36, exposure(85)), []);
  assert.deepEqual(desk.at(51, exposure(85)), ["unknown -> soft"]);
});

Deno.test("an unknown breach that turns out hard rises at once", () => {
  const desk = new Desk();
  desk.at(0, exposure(null));
  desk.at(15, exposure(null));
  assert.deepEqual(desk.at(16, exposure(130)), ["unknown -> hard"]);
});

Deno.test("the breach of a name whose position is gone clears", () => {
  const desk = new Desk();
  desk.at(0, exposure(108), exposure(10, "SPY"));
  assert.deepEqual(desk.at(75, exposure(10, "SPY")), ["hard -> cleared"]);
  const last = desk.heard.at(-1);
  assert.deepEqual([last?.value, last?.utilization], [null, null]);
  assert.equal(last?.message, "TSLA exposure cleared after 1m15s: nothing is left to judge");
});

Deno.test("limits that were not judged leave every breach and debounce as it is", () => {
  const desk = new Desk();
  desk.at(0, exposure(108), exposure(85, "AAPL"));
  const before = desk.state;
  const { state, transitions } = recordBreaches(before, null, START + 60_000);
  assert.equal(state, before);
  assert.deepEqual(transitions, []);
});

Deno.test("a bound of 0 opens hard when it is passed and clears when it is not", () => {
  const zero = (value: number): LimitView => ({
    ...exposure(0),
    value,
    limit: 0,
    ...againstLimit(value, 0, SETTINGS.softBreachThreshold),
  });
  const desk = new Desk();
  assert.deepEqual(desk.at(0, zero(5)), ["ok -> hard"]);
  assert.deepEqual(desk.at(1, zero(0)), ["hard -> cleared"]);
  assert.equal(desk.heard.at(-1)?.message, "TSLA exposure cleared within its 0 limit after 1s");
});

Deno.test("breaches restored from an earlier run keep their severity, their note and their time", () => {
  const desk = new Desk();
  desk.at(0, exposure(108));
  desk.acknowledge(1, "ops", "known");
  const restored = newBreaches(SETTINGS, [...desk.state.open.values()]);
  assert.deepEqual(breachViews(restored), desk.views);
  assert.deepEqual(recordBreaches(restored, [exposure(108)], START + 500_000).transitions, []);
});

Deno.test("hard breaches are listed first, then unknown, then soft; the newest first among equals", () => {
  const desk = new Desk();
  const limits = () => [exposure(85, "A"), exposure(null, "B"), exposure(110, "C")];
  desk.at(0, ...limits());
  desk.at(15, ...limits());
  desk.at(16, ...limits(), exposure(120, "D"));
  assert.deepEqual(desk.views.map((view) => view.scope), ["D", "C", "B", "A"]);
});

Deno.test("a transition carries what an audit trail needs", () => {
  const desk = new Desk();
  desk.at(0, exposure(108));
  assert.deepEqual(desk.heard[0], {
    id: TSLA,
    rule: "max_per_underlying_notional",
    scope: "TSLA",
    kind: "opened",
    from: "ok",
    to: "hard",
    severity: "hard",
    at: START,
    value: 1_080_000,
    limit: 1_000_000,
    utilization: 1.08,
    message: "TSLA exposure 1.08 M is 108 % of its 1.00 M limit",
  });
});
