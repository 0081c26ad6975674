import assert from "node:assert/strict";
import { dashboard } from "../../../src/presentation/terminal/dashboard.ts";
import { DEMO_LOOK, DEMO_VIEW } from "../../support/demo_look.ts";
import { DEMO_NOW, demoSnapshot } from "../../support/demo_snapshot.ts";

Deno.test("a computed beta is marked, and the note under the names says on what it rests and how old it is", () => {
  const snapshot = demoSnapshot();
  const byUnderlying = snapshot.byUnderlying.map((name) =>
    name.underlying !== "NVDA" ? name : {
      ...name,
      beta: 1.65,
      betaSource: "computed" as const,
      betaBasis: { windowDays: 250, observations: 249, from: "2025-11-20", to: "2026-11-19", ageMs: 3 * 3_600_000 },
    }
  );
  const lines = dashboard({
    snapshot: { ...snapshot, byUnderlying, positions: snapshot.positions.map((one) => ({ ...one, flags: [] })) },
    view: DEMO_VIEW,
    size: { columns: 200, rows: 60 },
    now: DEMO_NOW,
    look: DEMO_LOOK,
  }).lines();
  assert.match(lines.find((line) => /NVDA .* 1\.65/.test(line)) ?? "", / 1\.65c/);
  assert.ok(lines.some((line) => line.includes("c computed from 249 days to 2026-11-19, 3h00m ago")), lines.join("\n"));
});
