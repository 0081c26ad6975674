import assert from "node:assert/strict";
import { snapshotTable } from "../../../src/presentation/cli/snapshot_table.ts";
import { demoSnapshot } from "../../support/demo_snapshot.ts";

const DISPLAY = { locale: "en-US", timeZone: "America/New_York" };

Deno.test("a sum that leaves positions out is marked, and what it leaves out is named", () => {
  const text = snapshotTable(demoSnapshot(), DISPLAY);
  const nvda = text.split("\n").find((line) => line.startsWith("│ NVDA ") && line.includes("123,225")) ?? "";
  assert.match(nvda, / 123,225x │ +-7,016x │ +-89x │ +189x │/);
  assert.match(text, /Gross exposure 4,660,215x/);
  assert.match(text, /^x leaves out NVDA 27Nov26 200 C \(no greeks\)/m);
});

Deno.test("a sum that is missing altogether is two dashes without a mark", () => {
  const byUnderlying = demoSnapshot().byUnderlying.map((name) => ({ ...name, vega: null }));
  const text = snapshotTable(demoSnapshot({ byUnderlying }), DISPLAY);
  assert.match(text, /-7,016x │ +-- │/);
});
