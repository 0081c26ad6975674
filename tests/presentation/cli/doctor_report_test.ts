import assert from "node:assert/strict";
import { fail, type Finding, ok, skipped, warn } from "../../../src/application/doctor/finding.ts";
import { doctorJson, doctorTable } from "../../../src/presentation/cli/doctor_report.ts";

const FINDINGS: readonly Finding[] = [
  fail("Configuration", "2 faults:\nconfig/base.yaml:2:3  ibkr.prot: unknown\nconfig/base.yaml:3:1  x", "Correct them"),
  warn("Market data", "SPY is delayed", "Subscribe to the exchanges that you trade, for API use and for this user"),
  ok("Clock", "TWS and this machine agree"),
  skipped("Futu data", "not known without an account to ask"),
];

Deno.test("each finding has its word, what was found and the fix under it, as wide as the terminal", () => {
  assert.equal(
    doctorTable(FINDINGS, { width: 70, color: false }),
    [
      "FAIL  Configuration  2 faults:",
      "                     config/base.yaml:2:3 ibkr.prot: unknown",
      "                     config/base.yaml:3:1 x",
      "                     Fix: Correct them",
      "WARN  Market data    SPY is delayed",
      "                     Fix: Subscribe to the exchanges that you trade,",
      "                     for API use and for this user",
      "OK    Clock          TWS and this machine agree",
      "--    Futu data      not known without an account to ask",
      "",
      "4 checks: 1 FAIL, 1 WARN, 1 OK, 1 not looked at",
      "",
    ].join("\n"),
  );
});

Deno.test("colours are for the words alone, and only where they are wanted", () => {
  const coloured = doctorTable(FINDINGS, { width: 100, color: true });
  assert.ok(coloured.startsWith("\x1b[1;31mFAIL  \x1b[0mConfiguration"), coloured);
  // deno-lint-ignore no-control-regex
  assert.equal(coloured.replace(/\x1b\[[\d;]*m/g, ""), doctorTable(FINDINGS, { width: 100, color: false }));
});

Deno.test("what a server said reaches the terminal without its control characters", () => {
  const told = [fail("Database", "said \x1b[2J\x07 this", "Mend it")];
  assert.match(doctorTable(told, { width: 80, color: false }), /^FAIL {2}Database {2}said \[2J this$/m);
});

Deno.test("programs get the findings as they are", () => {
  assert.deepEqual(JSON.parse(doctorJson(FINDINGS)), FINDINGS);
});
