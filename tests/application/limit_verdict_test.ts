import assert from "node:assert/strict";
import { limitReached, LimitsNotJudged } from "../../src/application/limit_verdict.ts";
import type { LimitState, RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import { demoSnapshot, restoredSnapshot } from "../support/demo_snapshot.ts";

function withLimits(...states: LimitState[]): RiskSnapshot {
  const [limit] = demoSnapshot().limits;
  assert.ok(limit);
  return demoSnapshot({ limits: states.map((state) => ({ ...limit, state })) });
}

Deno.test("--fail-on soft takes soft, hard and unknown limits; --fail-on hard only hard ones", () => {
  assert.equal(limitReached(withLimits("ok", "soft"), "soft"), true);
  assert.equal(limitReached(withLimits("ok", "unknown"), "soft"), true);
  assert.equal(limitReached(withLimits("ok", "unknown", "soft"), "hard"), false);
  assert.equal(limitReached(withLimits("ok", "hard"), "hard"), true);
  assert.equal(limitReached(withLimits("ok"), "soft"), false);
  assert.equal(limitReached(withLimits("hard"), null), false);
});

Deno.test("--fail-on does not pass a book that is still starting, or was never seen", () => {
  const starting = demoSnapshot({ status: "starting", statusReasons: ["waiting for account values"], limits: [] });
  assert.throws(() => limitReached(starting, "hard"), (fault) => {
    assert(fault instanceof LimitsNotJudged);
    assert.match(fault.message, /none was judged: waiting for account values/);
    return true;
  });
  assert.throws(() => limitReached(null, "soft"), LimitsNotJudged);
  assert.equal(limitReached(starting, null), false);
});

Deno.test("--fail-on does not pass a book that was restored and that no broker has confirmed", () => {
  const restored = { ...restoredSnapshot(), limits: withLimits("ok").limits };
  assert.throws(() => limitReached(restored, "hard"), /none was judged: IB: book of .* not confirmed yet/);
  assert.equal(limitReached({ ...restored, status: "degraded" }, "hard"), false);
});
