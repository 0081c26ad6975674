import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import type { RiskSnapshot } from "../../../src/domain/risk/snapshot.ts";
import { dashboard } from "../../../src/presentation/terminal/dashboard.ts";
import { widthOf } from "../../../src/presentation/terminal/frame.ts";
import { glyphsOf } from "../../../src/presentation/terminal/glyphs.ts";
import { VIEW_IDS } from "../../../src/presentation/terminal/view_state.ts";
import { plainText } from "../../../src/presentation/plain_text.ts";
import { DEMO_LOOK, DEMO_VIEW } from "../../support/demo_look.ts";
import { DEMO_LOG, DEMO_TRANSITIONS } from "../../support/demo_record.ts";
import { DEMO_NOW, demoSnapshot, judgedSnapshot } from "../../support/demo_snapshot.ts";

/** Fields that the snapshot never leaves null. */
const ALWAYS_NUMBERS = new Set([
  "leavesCompared",
  "conflated",
  "inboxEvents",
  "linesUsed",
  "linesAllowed",
  "modelledGreeksPct",
  "amount",
  "quantity",
  "multiplier",
  "positions",
  "beta",
  "partial",
  "count",
  "excluded",
  "spotShock",
  "volShock",
  "days",
  "sequence",
  "quotes",
  "live",
  "compared",
  "agree",
  "drift",
  "missing",
  "explained",
  "stale",
  "ours",
  "broker",
  "units",
  "position",
]);

/** The demo book with numbers lost, made huge or tiny, and names replaced, as `pick` decides. */
function spoilt(pick: () => number): RiskSnapshot {
  const names = ["A", "漢字漢字漢字漢字", "VERYLONGNAME.WITH.CLASS", "x\x1b[31m\u0007y", "BRK B", ""];
  return spoil(demoSnapshot(), "", (key, value) => {
    const choice = pick();
    if (typeof value === "number") {
      if (choice < 0.25) return ALWAYS_NUMBERS.has(key) ? 0 : null;
      if (choice < 0.3) return -value * 1e6;
      if (choice < 0.35) return 1e19;
      if (choice < 0.4) return value / 1e7;
      return value;
    }
    const named = ["symbol", "underlying", "account", "message", "detail", "text", "note", "currency"].includes(key);
    return named && choice < 0.3 ? names[Math.floor(choice * 20)] ?? value : value;
  });
}

function spoil<T>(value: T, key: string, change: (key: string, value: unknown) => unknown): T {
  if (Array.isArray(value)) return value.map((one) => spoil(one, key, change)) as T;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spoil(one, name, change)])) as T;
  }
  return change(key, value) as T;
}

const NOT_TEXT = /NaN|undefined|null|Infinity|\[object/;

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

Deno.test("any size and any snapshot give a frame of that size without a word of the machine's", () => {
  fc.assert(
    fc.property(
      fc.record({
        columns: fc.integer({ min: 1, max: 300 }),
        rows: fc.integer({ min: 1, max: 100 }),
        seed: fc.nat(),
        tab: fc.constantFrom(...VIEW_IDS),
        status: fc.constantFrom("complete", "degraded", "stale", "starting"),
        filter: fc.constantFrom("", "tsla", "!spy dte<8", "flag:stale", "a:DU1", "none such"),
        account: fc.constantFrom(null, "DU1", "DU2", "gone"),
        flags: fc.record({
          percent: fc.boolean(),
          help: fc.boolean(),
          ascii: fc.boolean(),
          tree: fc.boolean(),
          onlyProblems: fc.boolean(),
        }),
        shocks: fc.record({
          set: fc.constantFrom(null, ...DEMO_LOOK.shockSets),
          vol: fc.constantFrom("flat", "points", "relative"),
          byBeta: fc.boolean(),
        }),
        log: fc.record({
          level: fc.constantFrom("DEBUG", "INFO", "WARN", "ERROR"),
          follow: fc.boolean(),
          search: fc.constantFrom("", "tsla", "no such line"),
          full: fc.boolean(),
        }),
      }),
      ({ columns, rows, seed, tab, status, filter, account, flags, shocks, log }) => {
        const snapshot: RiskSnapshot = { ...spoilt(seeded(seed)), status };
        const { percent, help, tree, onlyProblems } = flags;
        const frame = dashboard({
          snapshot,
          view: { ...DEMO_VIEW, active: tab, filter, account, percent, help, tree, onlyProblems, shocks, log },
          record: {
            log: () => DEMO_LOG,
            transitions: () => ({ list: DEMO_TRANSITIONS, earlier: "read" }),
          },
          size: { columns, rows },
          now: DEMO_NOW,
          look: { ...DEMO_LOOK, glyphs: glyphsOf(flags.ascii ? "ascii" : "unicode") },
        });
        const lines = frame.lines();
        assert.equal(lines.length, rows);
        for (const line of lines) {
          assert.equal(widthOf(line), columns);
          assert.doesNotMatch(line, NOT_TEXT);
          for (const sign of line) assert.ok(sign >= " " && sign !== "\x7f", JSON.stringify(sign));
        }
      },
    ),
    { numRuns: 600 },
  );
});

Deno.test("every view is drawn at every size from 1 by 1 to 130 by 45", () => {
  const scenarios = [-0.2, -0.05, 0, 0.05].flatMap((spotShock) =>
    [-0.05, 0, 0.1].map((volShock) => ({ name: "", spotShock, volShock, days: 0, pnl: spotShock * 1e7, excluded: 0 }))
  );
  for (const active of VIEW_IDS) {
    for (let columns = 1; columns <= 130; columns += 5) {
      for (let rows = 1; rows <= 45; rows += 3) {
        const frame = dashboard({
          snapshot: { ...judgedSnapshot(), scenarios },
          view: { ...DEMO_VIEW, active, account: rows % 2 === 0 ? "DU2" : null },
          size: { columns, rows },
          now: DEMO_NOW,
          look: DEMO_LOOK,
        });
        assert.deepEqual([frame.width, frame.height], [columns, rows]);
      }
    }
  }
});

Deno.test("no view draws over the last two rows, whatever the size", () => {
  for (const active of VIEW_IDS) {
    for (let rows = 8; rows <= 45; rows++) {
      for (const columns of [40, 61, 80, 120]) {
        const lines = dashboard({
          snapshot: judgedSnapshot(),
          view: { ...DEMO_VIEW, active, toast: { text: "", until: DEMO_NOW + 1 } },
          size: { columns, rows },
          now: DEMO_NOW,
          look: DEMO_LOOK,
        }).lines();
        // With an empty toast the status row holds nothing but what a view spilt into it.
        // The Summary without panels has no status row.
        const hasStatus = active !== "summary" || (columns >= 80 && rows >= 20);
        if (hasStatus) assert.equal(lines.at(-2)?.trim(), "", `${active} at ${columns} by ${rows}`);
      }
    }
  }
});

Deno.test("plain text holds no escape, no character beyond ASCII and no word of the machine's for any snapshot", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const text = plainText(spoilt(seeded(seed)), { format: DEMO_LOOK.format, betaReference: "SPY" });
      for (const sign of text) assert.ok(sign === "\n" || (sign >= " " && sign <= "~"), JSON.stringify(sign));
      assert.doesNotMatch(text, NOT_TEXT);
      assert.ok(text.endsWith("\n") && !text.includes("\n\n"));
    }),
    { numRuns: 200 },
  );
});
