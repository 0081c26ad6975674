/** How the doctor's checks run beside each other. */
import assert from "node:assert/strict";
import { type Check, examine } from "../../../src/application/doctor/examination.ts";
import { type Finding, ok } from "../../../src/application/doctor/finding.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

const LATE = "Restart it";

function after(clock: VirtualClock, title: string, ms: number, limitMs = 1_000): Check {
  const look = () => new Promise<readonly Finding[]>((resolve) => clock.after(ms, () => resolve([ok(title, "fine")])));
  return { title, limitMs, whenLate: LATE, look };
}

async function examined(checks: (clock: VirtualClock) => readonly Check[], limitMs = 5_000) {
  const clock = new VirtualClock();
  const findings: Finding[] = [];
  let isOver = false;
  examine(checks(clock), clock, new AbortController().signal).then((all) => {
    findings.push(...all);
    isOver = true;
  });
  await clock.until(() => isOver, limitMs, "the findings");
  assert.equal(clock.pendingTimers, 0, "no timer is left");
  return { findings, tookMs: clock.monotonic() };
}

Deno.test("checks run beside each other, and their findings keep their order", async () => {
  const { findings, tookMs } = await examined((clock) => [
    after(clock, "slow", 900),
    after(clock, "quick", 10),
    after(clock, "middle", 500),
  ]);
  assert.deepEqual(findings.map(({ check }) => check), ["slow", "quick", "middle"]);
  assert.ok(tookMs < 1_000, `${tookMs} ms`);
});

Deno.test("a check that never answers is a failure with its remedy, and is told to end", async () => {
  let told = false;
  const { findings } = await examined(() => [{
    title: "stuck",
    limitMs: 2_000,
    whenLate: LATE,
    look: (signal) =>
      new Promise(() => {
        signal.addEventListener("abort", () => told = true);
      }),
  }]);
  assert.deepEqual(findings, [{ check: "stuck", status: "fail", found: "No answer within 2 s", fix: LATE }]);
  assert.equal(told, true);
});

Deno.test("what a check throws is its finding, and the others go on", async () => {
  const { findings } = await examined((clock) => [
    { title: "broken", limitMs: 1_000, whenLate: LATE, look: () => Promise.reject(new Error("the disk is on fire")) },
    after(clock, "sound", 10),
  ]);
  assert.deepEqual(findings.map(({ status, found }) => [status, found]), [["fail", "the disk is on fire"], [
    "ok",
    "fine",
  ]]);
});

Deno.test("told to stop, the doctor ends with that", async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const look = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const examination = examine([{ title: "long", limitMs: 60_000, whenLate: LATE, look }], clock, stop.signal);
  stop.abort(new Error("SIGINT"));
  await assert.rejects(examination, /SIGINT/);
});
