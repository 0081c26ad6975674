import assert from "node:assert/strict";
import { withFaults } from "../../../src/infrastructure/simulator/fault_text.ts";
import { loadScenario } from "../../../src/infrastructure/simulator/load_scenario.ts";

const QUIET = loadScenario("accounts: { A: { currency: USD } }\ncontracts: { X: { last: 1 } }", "quiet.yaml");

Deno.test("trouble written on the command line becomes timed events, in order", () => {
  const { events } = withFaults(QUIET, [
    "freeze:12s@1m",
    "drop@30s",
    "farm:usfarm:lost@45s",
    "connectivity:1101@500ms",
    "garbage:oversize@2m",
  ]);
  assert.deepEqual(events, [
    { atMs: 500, kind: "connectivity", code: 1101 },
    { atMs: 30_000, kind: "drop" },
    { atMs: 45_000, kind: "farm", farm: "usfarm", up: true, lose: true },
    { atMs: 60_000, kind: "freeze", seconds: 12 },
    { atMs: 120_000, kind: "garbage", form: "oversize" },
  ]);
});

Deno.test("trouble that cannot be read is refused with what could be written", () => {
  for (const text of ["drop", "explode@5s", "freeze@5s", "connectivity:1103@5s", "garbage:noise@5s", "drop@soon"]) {
    assert.throws(() => withFaults(QUIET, [text]), (cause: Error) => {
      assert.ok(cause instanceof RangeError);
      assert.ok(cause.message.includes(JSON.stringify(text)) && cause.message.includes("freeze:SPAN@TIME"));
      return true;
    });
  }
  assert.throws(() => withFaults(QUIET, ["farm:eufarm:down@5s"]), /"eufarm": the scenario has usfarm/);
});
