import assert from "node:assert/strict";
import type { SignalView } from "../../../src/domain/risk/snapshot.ts";
import {
  acknowledgeSignal,
  newSignals,
  recordSignals,
  type Signals,
  signalViews,
} from "../../../src/domain/signals/signal.ts";
import type { KnownCondition, SignalCondition } from "../../../src/domain/signals/signal_condition.ts";
import type { SignalTransition } from "../../../src/domain/signals/signal_transition.ts";

const START = Date.parse("2026-11-20T15:30:00Z");
const TIMING = { debounceSeconds: 15, keepClearedMinutes: 30 };

function condition(changes: Partial<KnownCondition> = {}): KnownCondition {
  return {
    state: "holding",
    id: "short_leg_delta:SPY",
    rule: "short_leg_delta",
    layer: "position",
    scope: "SPY",
    subject: "20Nov26 655 P",
    severity: "warning",
    unit: "delta",
    value: 0.18,
    threshold: 0.15,
    utilization: 1.2,
    action: "roll, or buy 10 to close",
    message: "SPY 20Nov26 655 P short-leg delta 0.18 has reached 0.15",
    ...changes,
  };
}

const HOLDING = condition();
const NEAR = condition({ state: "near", value: 0.148 });
const UNKNOWN: SignalCondition = { state: "unknown", id: HOLDING.id };

/** Plays conditions at seconds after the start. */
class Play {
  state: Signals;
  readonly kinds: string[] = [];
  last: readonly SignalTransition[] = [];

  constructor(timing = TIMING) {
    this.state = newSignals(timing);
  }

  at(seconds: number, ...conditions: SignalCondition[]): this {
    const step = recordSignals(this.state, conditions, START + seconds * 1000);
    this.state = step.state;
    this.last = step.transitions;
    this.kinds.push(...step.transitions.map(({ kind }) => `${kind} ${seconds}`));
    return this;
  }

  acknowledge(seconds: number, note: string | null = null): this {
    const step = acknowledgeSignal(this.state, HOLDING.id, "ops", note, START + seconds * 1000);
    this.state = step.state;
    this.last = step.transitions;
    return this;
  }

  get only(): SignalView | undefined {
    const views = signalViews(this.state);
    assert(views.length <= 1);
    return views[0];
  }
}

Deno.test("a signal is raised once its condition has held for the debounce, and not before", () => {
  const play = new Play().at(0, HOLDING).at(14.9, HOLDING);
  assert.deepEqual(play.kinds, []);
  play.at(15, HOLDING);
  assert.deepEqual(play.kinds, ["raised 15"]);
  assert.equal(play.only?.state, "new");
  assert.equal(play.only?.firstAt, "2026-11-20T15:30:00.000Z");
  assert.equal(play.only?.since, "2026-11-20T15:30:15.000Z");
  assert.equal(
    play.last[0]?.message,
    "SPY 20Nov26 655 P short-leg delta 0.18 has reached 0.15: roll, or buy 10 to close",
  );
});

Deno.test("without a debounce a signal is raised at once", () => {
  assert.deepEqual(new Play({ ...TIMING, debounceSeconds: 0 }).at(0, HOLDING).kinds, ["raised 0"]);
});

Deno.test("a condition that goes away, or back near, starts its debounce anew", () => {
  assert.deepEqual(new Play().at(0, HOLDING).at(10).at(12, HOLDING).at(26, HOLDING).kinds, []);
  assert.deepEqual(new Play().at(0, HOLDING).at(10, NEAR).at(12, HOLDING).at(26, HOLDING).kinds, []);
  assert.deepEqual(new Play().at(0, HOLDING).at(10).at(12, HOLDING).at(27, HOLDING).kinds, ["raised 27"]);
});

Deno.test("time in which a condition is unknown does not count towards its debounce", () => {
  // Held from 0 to 10 and from 100 on: 15 s are full at 105.
  const play = new Play().at(0, HOLDING).at(10, HOLDING).at(11, UNKNOWN).at(99, UNKNOWN).at(100, HOLDING);
  assert.deepEqual(play.kinds, []);
  assert.deepEqual(play.at(104, HOLDING).kinds, []);
  assert.deepEqual(play.at(105, HOLDING).kinds, ["raised 105"]);
});

Deno.test("near its threshold a signal stays, and is raised by nothing near", () => {
  assert.deepEqual(new Play().at(0, NEAR).at(60, NEAR).kinds, []);
  const play = new Play().at(0, HOLDING).at(15, HOLDING).at(60, NEAR);
  assert.deepEqual(play.kinds, ["raised 15"]);
  assert.equal(play.only?.value, 0.148);
  assert.equal(play.only?.lastAt, "2026-11-20T15:31:00.000Z");
});

Deno.test("a missing number neither raises a signal nor clears one", () => {
  assert.deepEqual(new Play().at(0, UNKNOWN).at(60, UNKNOWN).kinds, []);
  const play = new Play().at(0, HOLDING).at(15, HOLDING).at(3600, UNKNOWN);
  assert.deepEqual(play.kinds, ["raised 15"]);
  assert.equal(play.only?.value, 0.18, "the last known value");
  assert.equal(play.only?.lastAt, "2026-11-20T15:30:15.000Z", "of when it was known");
});

Deno.test("turns that are not judged change nothing", () => {
  const play = new Play().at(0, HOLDING).at(15, HOLDING);
  const step = recordSignals(play.state, null, START + 60_000);
  assert.equal(step.state, play.state);
  assert.deepEqual(step.transitions, []);
});

Deno.test("a signal clears when its condition holds no longer, and is still told for a while", () => {
  const play = new Play().at(0, HOLDING).at(15, HOLDING).at(75);
  assert.deepEqual(play.kinds, ["raised 15", "cleared 75"]);
  assert.equal(play.last[0]?.message, "SPY 20Nov26 655 P short leg delta cleared after 60 s");
  assert.equal(play.only?.state, "cleared");
  assert.equal(play.only?.clearedAt, "2026-11-20T15:31:15.000Z");
  assert.equal(play.only?.action, "none");
  assert.equal(play.at(75 + 1799).only?.state, "cleared");
  assert.equal(play.at(75 + 1800).only, undefined);
});

Deno.test("a signal that comes back is new and no longer listed as cleared", () => {
  const play = new Play().at(0, HOLDING).at(15, HOLDING).at(60).at(70, HOLDING).at(85, HOLDING);
  assert.deepEqual(play.kinds, ["raised 15", "cleared 60", "raised 85"]);
  assert.equal(play.only?.state, "new");
});

Deno.test("a signal is new until a person has seen it; a greater severity makes it new again", () => {
  const play = new Play().at(0, HOLDING).at(15, HOLDING).acknowledge(20, "rolling at noon");
  assert.equal(play.last[0]?.message, "SPY 20Nov26 655 P short leg delta acknowledged by ops: rolling at noon");
  assert.equal(play.only?.state, "active");
  assert.equal(play.only?.note, "rolling at noon");
  play.at(30, condition({ severity: "critical" }));
  assert.deepEqual(play.kinds, ["raised 15", "severity 30"]);
  assert.equal(play.only?.state, "new");
  assert.equal(play.only?.acknowledgedAt, null);
  play.acknowledge(40).at(50, HOLDING);
  assert.equal(play.only?.state, "active", "a lesser severity keeps the acknowledgement");
});

Deno.test("acknowledging what is not active changes nothing", () => {
  const play = new Play().acknowledge(0);
  assert.deepEqual(play.last, []);
  assert.deepEqual(play.at(0, HOLDING).at(15, HOLDING).at(20).acknowledge(30).last, []);
});

Deno.test("signals are listed active before cleared, the gravest first, then the newest", () => {
  const of = (name: string, severity: KnownCondition["severity"]) => condition({ id: name, severity });
  const play = new Play({ ...TIMING, debounceSeconds: 0 })
    .at(0, of("gone", "critical"))
    .at(1, of("old", "warning"))
    .at(2, of("old", "warning"), of("new", "warning"))
    .at(3, of("old", "warning"), of("new", "warning"), of("grave", "critical"), of("quiet", "info"));
  assert.deepEqual(signalViews(play.state).map(({ id }) => id), ["grave", "new", "old", "quiet", "gone"]);
});

Deno.test("a book that lost thousands of signals at once lists a bounded number of them", () => {
  const play = new Play({ ...TIMING, debounceSeconds: 0 });
  play.at(0, ...Array.from({ length: 3000 }, (_, n) => condition({ id: `dte_exit:${n}` }))).at(1);
  assert.equal(play.last.length, 3000);
  assert.equal(signalViews(play.state).length, 200);
});
