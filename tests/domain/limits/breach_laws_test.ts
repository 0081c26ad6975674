/** What holds of breaches whatever the market does. */
import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { breachViews, newBreaches, recordBreaches } from "../../../src/domain/limits/breach.ts";
import type { BreachTransition } from "../../../src/domain/limits/breach_transition.ts";
import { againstLimit } from "../../../src/domain/limits/utilization.ts";
import type { LimitView } from "../../../src/domain/risk/snapshot.ts";

const SETTINGS = { softBreachThreshold: 0.8, debounceSeconds: { soft: 15, hard: 3 }, escalateAfterMinutes: 2 };

function limit(name: string, value: number | null): LimitView {
  return {
    id: `max_per_underlying_notional:${name}`,
    rule: "max_per_underlying_notional",
    scope: name,
    unit: "money",
    value,
    limit: 100,
    low: null,
    high: null,
    ...againstLimit(value, 100, SETTINGS.softBreachThreshold),
    partial: 0,
    stale: false,
    modelled: false,
  };
}

/** Seconds since the turn before, and the value then: missing now and then, often near the thresholds. */
const turn = fc.record({
  after: fc.double({ min: 0.05, max: 30, noNaN: true }),
  value: fc.oneof(
    fc.double({ min: 70, max: 110, noNaN: true }),
    fc.double({ min: 0, max: 200, noNaN: true }),
    fc.constant(null),
  ),
});
const day = fc.array(turn, { minLength: 1, maxLength: 120 });

interface Turn {
  readonly after: number;
  readonly value: number | null;
}

function play(turns: readonly Turn[], name = "TSLA", beside: (index: number) => LimitView[] = () => []) {
  let state = newBreaches(SETTINGS);
  let now = 0;
  const transitions: BreachTransition[] = [];
  const times: number[] = [];
  turns.forEach(({ after, value }, index) => {
    now += Math.round(after * 1000);
    const step = recordBreaches(state, [limit(name, value), ...beside(index)], now);
    state = step.state;
    transitions.push(...step.transitions);
    times.push(now);
  });
  return { state, transitions, times };
}

Deno.test("replaying the same turns gives the same transitions", () => {
  fc.assert(fc.property(day, (turns) => assert.deepEqual(play(turns).transitions, play(turns).transitions)));
});

Deno.test("another limit beside it, missing or wild, changes nothing of a breach", () => {
  fc.assert(fc.property(day, day, (turns, others) => {
    const alone = play(turns).transitions;
    const beside = play(turns, "TSLA", (index) => [limit("NVDA", others[index % others.length]!.value)]);
    assert.deepEqual(beside.transitions.filter((transition) => transition.scope === "TSLA"), alone);
  }));
});

Deno.test("no breach opens or rises before its limit has held for the debounce without a break", () => {
  fc.assert(fc.property(day, (turns) => {
    const { transitions, times } = play(turns);
    for (const { kind, to, at } of transitions) {
      if (kind !== "opened" && kind !== "raised") continue;
      const debounce = to === "hard" ? SETTINGS.debounceSeconds.hard : SETTINGS.debounceSeconds.soft;
      const held = to === "hard" ? (state: string) => state === "hard" : (state: string) => state !== "ok";
      times.forEach((time, index) => {
        if (time > at || time < at - debounce * 1000) return;
        assert.ok(held(limit("TSLA", turns[index]!.value).state), `${kind} ${to} at ${at}, broken at ${time}`);
      });
    }
  }));
});

Deno.test("a breach never comes back within the debounce of having cleared", () => {
  fc.assert(fc.property(day, (turns) => {
    let clearedAt = -Infinity;
    for (const { kind, to, at } of play(turns).transitions) {
      if (kind === "cleared") clearedAt = at;
      const debounce = to === "hard" ? SETTINGS.debounceSeconds.hard : SETTINGS.debounceSeconds.soft;
      if (kind === "opened") assert.ok(at - clearedAt >= debounce * 1000);
    }
  }));
});

Deno.test("each transition starts where the one before it ended", () => {
  fc.assert(fc.property(day, (turns) => {
    let severity = "ok";
    let state = "none";
    for (const { kind, from, to } of play(turns).transitions) {
      if (kind === "escalated") {
        assert.deepEqual([from, to], [state, "escalated"]);
        state = "escalated";
        continue;
      }
      assert.equal(from, severity);
      severity = to === "cleared" ? "ok" : to;
      if (kind === "opened" || kind === "raised") state = "open";
      if (kind === "cleared") state = "none";
    }
  }));
});

Deno.test("a hard value that has held is always listed as hard; a clear one never is", () => {
  fc.assert(fc.property(day, (turns) => {
    const { state } = play(turns);
    const last = turns.at(-1)!.value;
    const [view] = breachViews(state);
    if (last !== null && last < 78.3) assert.equal(view, undefined);
    const held = play([...turns, { after: 1, value: 150 }, { after: 4, value: 150 }]);
    assert.equal(breachViews(held.state)[0]?.severity, "hard");
  }));
});

Deno.test("whatever came before, a quiet turn leaves nothing listed and nothing pending", () => {
  fc.assert(fc.property(day, (turns) => {
    const { state } = play([...turns, { after: 1, value: 10 }]);
    assert.equal(state.open.size, 0);
    assert.equal(state.holding.size, 0);
  }));
});
