import assert from "node:assert/strict";
import type { RiskSnapshot } from "../../../src/domain/risk/snapshot.ts";
import { dashboard } from "../../../src/presentation/terminal/dashboard.ts";
import type { ViewId, ViewState } from "../../../src/presentation/terminal/view_state.ts";
import { DEMO_LOOK, DEMO_VIEW } from "../../support/demo_look.ts";
import { DEMO_NOW, demoSnapshot } from "../../support/demo_snapshot.ts";

/** The fields that drawing a view reads of the rows of one part of the snapshot. */
function fieldsRead(
  part: "positions" | "signals",
  active: ViewId,
  chosen: Partial<ViewState> = {},
): Set<string | symbol> {
  const read = new Set<string | symbol>();
  const watched = <Row extends object>(row: Row): Row =>
    new Proxy(row, {
      get: (target, name, receiver) => {
        read.add(name);
        return Reflect.get(target, name, receiver);
      },
    });
  const snapshot: RiskSnapshot = demoSnapshot({ [part]: demoSnapshot()[part].map(watched) });
  const size = { columns: 200, rows: 60 };
  dashboard({ snapshot, view: { ...DEMO_VIEW, active, ...chosen }, size, now: DEMO_NOW, look: DEMO_LOOK });
  return read;
}

Deno.test("a view that is not shown is not drawn (mistake 24)", () => {
  assert.ok(fieldsRead("positions", "positions").has("markSource"));
  assert.ok(fieldsRead("signals", "signals").has("action"));
  for (const active of ["limits", "signals", "health"] as const) {
    assert.deepEqual([...fieldsRead("positions", active)], [], `${active} looks at no position`);
  }
  for (const active of ["summary", "positions", "limits", "health"] as const) {
    assert.ok(!fieldsRead("signals", active).has("action"), `${active} draws no signal`);
  }
});

Deno.test("a filter adds nothing up for a view that has no positions", () => {
  const chosen = { filter: "tsla dte<30", onlyProblems: true, panel: { kind: "explain", top: 0 } } as const;
  assert.ok(fieldsRead("positions", "positions", chosen).has("exposure"));
  for (const active of ["limits", "signals", "health"] as const) {
    assert.deepEqual([...fieldsRead("positions", active, chosen)], [], `${active} looks at no position`);
  }
});
