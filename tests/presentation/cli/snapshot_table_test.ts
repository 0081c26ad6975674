import assert from "node:assert/strict";
import { positionRows } from "../../../src/presentation/cli/position_file.ts";
import { snapshotTable } from "../../../src/presentation/cli/snapshot_table.ts";
import type { PrintSettings } from "../../../src/presentation/cli/history/look.ts";
import { widthOf } from "../../../src/presentation/terminal/frame.ts";
import { demoSnapshot } from "../../support/demo_snapshot.ts";
import { PRINT_SETTINGS } from "../../support/print_settings.ts";
import { assertScreen } from "../../support/screen_file.ts";

for (const width of [80, 100, 160]) {
  Deno.test(`the snapshot's tables fit ${width} columns`, async () => {
    const text = snapshotTable(demoSnapshot(), PRINT_SETTINGS, width);
    for (const line of text.split("\n")) assert.ok(widthOf(line) <= width, line);
    await assertScreen(`snapshot_${width}`, text.trimEnd());
  });
}

Deno.test("a sum that leaves positions out is marked, and what it leaves out is named", () => {
  const text = snapshotTable(demoSnapshot(), PRINT_SETTINGS, 100);
  const nvda = text.split("\n").find((line) => line.startsWith("NVDA  ") && line.includes("123,225")) ?? "";
  assert.match(nvda, / 123,225x +-7,016x +-89x +189x /);
  assert.match(text, /Gross exposure 4,660,215x/);
  assert.match(text, /^x leaves out NVDA 27Nov26 200 C \(no greeks\)/m);
});

Deno.test("a sum that is missing altogether is two dashes without a mark", () => {
  const byUnderlying = demoSnapshot().byUnderlying.map((name) => ({ ...name, vega: null }));
  const text = snapshotTable(demoSnapshot({ byUnderlying }), PRINT_SETTINGS, 100);
  const nvda = text.split("\n").find((line) => line.startsWith("NVDA  ") && line.includes("123,225")) ?? "";
  assert.match(nvda, / -7,016x +-- +189x /);
});

Deno.test("masked accounts are masked in the tables as well", () => {
  const settings: PrintSettings = {
    ...PRINT_SETTINGS,
    dashboard: { ...PRINT_SETTINGS.dashboard, accounts: "masked" },
  };
  const text = snapshotTable(demoSnapshot(), settings, 160);
  assert.ok(!/\bDU[12]\b/.test(text), text);
});

Deno.test("no escape is printed, whatever names and reasons hold", () => {
  const [first, ...others] = demoSnapshot().positions;
  const text = snapshotTable(
    demoSnapshot({ positions: [{ ...first!, symbol: "A\x1b[2J" }, ...others], statusReasons: ["\x1b[31mred"] }),
    PRINT_SETTINGS,
    160,
  );
  assert.ok(!text.includes("\x1b"));
});

Deno.test("an empty book has no tables of nothing", () => {
  const text = snapshotTable(demoSnapshot({ positions: [], byUnderlying: [] }), PRINT_SETTINGS, 80);
  assert.match(text, /^No positions\.$/m);
  assert.ok(!text.includes("Mkt value"));
});

Deno.test("CSV has one row a position, a missing number empty, and text in quotes where it needs them", async () => {
  const [first, ...others] = demoSnapshot().positions;
  const snapshot = demoSnapshot({ positions: [{ ...first!, strategy: 'Call, "vertical"', vega: null }, ...others] });
  const lines = (await positionRows(snapshot)).split("\r\n");
  assert.equal(lines.length, 27, "a heading, 25 positions, and the end of the last line");
  const heading = lines[0]!.split(",");
  assert.ok(lines[1]!.includes('"Call, ""vertical"""'));
  const nvda = lines.find((line) => line.includes("NVDA") && line.includes("2026-11-27"))!.split(",");
  assert.equal(nvda[heading.indexOf("dollarDelta")], "");
  assert.equal(nvda[heading.indexOf("quantity")], "20");
});
