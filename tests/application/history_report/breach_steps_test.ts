import assert from "node:assert/strict";
import { breachSteps } from "../../../src/application/history_report/breach_steps.ts";
import { historyRange } from "../../../src/application/history_report/history_range.ts";
import { daysAgo, DESK, withStore } from "../../support/desk_history.ts";
import { breach, NOW } from "../../support/stored_history.ts";

const WEEK = historyRange({ from: "2026-11-16", to: "2026-11-20" }, "America/New_York", NOW);

Deno.test("steps of a breach that opened again are told from those of its life before", async () => {
  await withStore({ breaches: DESK.breaches! }, async (store) => {
    const { steps, open } = await breachSteps(store, null, WEEK);
    assert.deepEqual(steps.map((step) => `${step.transition.kind} ${step.isOpen}`), [
      "opened false",
      "acknowledged false",
      "cleared false",
      "opened true",
    ]);
    assert.equal(open.length, 1);
  });
});

Deno.test("what is open comes hard first and the longest open first, also from before the range", async () => {
  const one = (id: string, severity: "soft" | "hard", openedAt: number) => {
    const step = breach("opened", openedAt);
    const limit = { ...step.breach.limit, id };
    return { ...step, transition: { ...step.transition, id }, breach: { ...step.breach, limit, severity, openedAt } };
  };
  const breaches = [one("a", "soft", daysAgo(90)), one("b", "soft", daysAgo(99)), one("c", "hard", daysAgo(1))];
  await withStore({ breaches }, async (store) => {
    const { open, steps } = await breachSteps(store, null, WEEK);
    assert.deepEqual(open.map((record) => record.transition.id), ["c", "b", "a"]);
    assert.equal(steps.length, 1);
    assert.deepEqual((await breachSteps(store, "DU9", WEEK)).open, []);
  });
});
