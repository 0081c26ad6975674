import assert from "node:assert/strict";
import { UsageError } from "../../../src/application/command.ts";
import { gridWanted } from "../../../src/application/scenario_choice.ts";
import { scenarioGrid } from "../../../src/domain/risk/scenario_grid.ts";
import type { Shock } from "../../../src/domain/settings.ts";
import { historyLook } from "../../../src/presentation/cli/history/look.ts";
import {
  scenarioCsv,
  scenarioJson,
  type ScenarioReport,
  scenarioTable,
} from "../../../src/presentation/cli/scenario_report.ts";
import { widthOf } from "../../../src/presentation/terminal/frame.ts";
import { PRINT_SETTINGS } from "../../support/print_settings.ts";
import { DEMO_NOW, demoSnapshot } from "../../support/demo_snapshot.ts";
import { assertScreen } from "../../support/screen_file.ts";

type Asked = Parameters<typeof gridWanted>[0];

const SHOCKS: readonly Shock[] = [-0.1, -0.05, -0.03, -0.01, 0.01, 0.03, 0.05, 0.1].map((spotShock) => ({
  name: `spot ${spotShock}`,
  spotShock,
  volShock: 0,
  days: 0,
}));
const OPEN: Asked = { spots: null, vols: null, days: [0], byBeta: false, account: null, symbol: null };

function reportOf(asked: Partial<Asked> = {}, given: Partial<ScenarioReport> = {}, known = true): ScenarioReport {
  const snapshot = demoSnapshot({ scenarios: [] });
  const wanted = gridWanted({ ...OPEN, ...asked }, snapshot, SHOCKS, known);
  const grid = scenarioGrid(snapshot, wanted);
  return { snapshot, wanted, grid, symbol: asked.symbol ?? null, byName: false, storedSeenAt: null, ...given };
}

function tableOf(report: ScenarioReport, width = 100): string {
  return scenarioTable(report, historyLook({ width }, PRINT_SETTINGS));
}

for (const width of [80, 100, 160]) {
  Deno.test(`the grid fits ${width} columns and keeps the largest moves`, async () => {
    const text = tableOf(reportOf(), width);
    for (const line of text.split("\n")) assert.ok(widthOf(line) <= width, line);
    assert.match(text, /-10 %.*\+10 %/);
    await assertScreen(`scenario_${width}`, text.trimEnd());
  });
}

Deno.test("by name, each name's part adds up to the book's", async () => {
  const report = reportOf({ spots: [-0.05, 0.05], vols: [{ kind: "relative", value: 0.1 }], byBeta: true });
  await assertScreen("scenario_by_name_100", tableOf({ ...report, byName: true }).trimEnd());
});

Deno.test("without words the configured moves stand beside no move, with volatility down and up", () => {
  const { wanted } = reportOf();
  assert.deepEqual(wanted.spots, [-0.1, -0.05, -0.03, -0.01, 0, 0.01, 0.03, 0.05, 0.1]);
  assert.deepEqual(wanted.vols.map(({ value }) => value), [-0.05, 0, 0.05, 0.1]);
});

Deno.test("a move of the spot alone leaves volatility where it is", () => {
  assert.deepEqual(reportOf({ spots: [-0.05] }).wanted.vols, [{ kind: "points", value: 0 }]);
});

Deno.test("the method and what is left out are said", () => {
  const text = tableOf(reportOf());
  assert.match(text, /\(TAYLOR\)/);
  assert.match(text, /x leaves out 1 of 25 positions: NVDA 27Nov26 200 C \(no greeks\)\./);
});

Deno.test("a stored book says so and how old it is", () => {
  const text = tableOf(reportOf({}, { storedSeenAt: DEMO_NOW + 3_600_000 }));
  assert.match(text, /Stored risk snapshot, 1h00m old: no broker was asked\./);
});

Deno.test("an account or a symbol that the book does not know is a mistake in the words, with the nearest", () => {
  assert.throws(() => reportOf({ account: "DU3" }), (fault) => {
    return fault instanceof UsageError && /Cannot show the account DU3: did you mean DU[12]\?/.test(fault.message);
  });
  assert.throws(() => reportOf({ symbol: "XYZQQQ" }), /nothing in it is held; the names held are TSLA, SPY/);
});

Deno.test("of a book that is not known every cell is two dashes", () => {
  assert.match(tableOf(reportOf({ spots: [-0.05] }, {}, false)), /^flat +--$/m);
});

Deno.test("CSV has a row a cell, and with the names a row a cell of each", async () => {
  const rows = async (byName: boolean) =>
    (await scenarioCsv({ ...reportOf({ spots: [-0.05, 0.05] }), byName })).trim().split("\r\n");
  assert.equal((await rows(false)).length, 3);
  assert.equal((await rows(true)).length, 1 + 2 + 8 * 2);
  assert.equal(
    (await rows(false))[0],
    "asOf,account,symbol,name,spotShock,volShock,volKind,days,byBeta,pnl,baseCurrency,excluded,method",
  );
});

Deno.test("JSON has cells, names and what is left out, in one line when it is repeated", () => {
  const report = reportOf({ spots: [-0.05] });
  const document = JSON.parse(scenarioJson(report, 2));
  assert.equal(document.method, "TAYLOR");
  assert.equal(document.stored, false);
  assert.equal(document.cells.length, 1);
  assert.equal(document.cells[0].excluded, 1);
  assert.equal(document.names.length, 8);
  assert.deepEqual(
    document.leftOut.map(({ contract, reason }: { contract: string; reason: string }) => [contract, reason]),
    [
      ["27Nov26 200 C", "DATA_MISSING"],
    ],
  );
  assert.equal(scenarioJson(report, null).trim().split("\n").length, 1);
});
