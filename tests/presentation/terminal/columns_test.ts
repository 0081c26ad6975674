import assert from "node:assert/strict";
import { POSITION_COLUMNS, UNDERLYING_COLUMNS } from "../../../src/application/dashboard_columns.ts";
import { contextOf, dashboard, VIEWS } from "../../../src/presentation/terminal/dashboard.ts";
import { positionColumns } from "../../../src/presentation/terminal/position_columns.ts";
import { DEMO_LOOK, DEMO_VIEW } from "../../support/demo_look.ts";
import { DEMO_NOW, demoSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";

function headings(person: Person): string {
  return person.screen().split("\n").find((line) => /^ (Instrument|Name) /.test(line))?.trim().replace(/\s+/g, " ") ??
    "";
}

Deno.test("w goes round the sets of columns, each view for itself, and the status row says which", () => {
  const person = new Person().type("2w");
  assert.equal(headings(person), "Instrument Qty Exposure $Delta▼ Delta Beta dlt Gamma1% Vega Theta IV% DTE");
  assert.equal(person.line(-2).trim(), "Columns: risk");
  assert.match(person.type("jk\x1b").line(-2), /columns risk · all accounts/);
  assert.equal(headings(person.type("w")), "Instrument Qty Avg Mark Close Mkt value Day P&L Unreal. Real.");
  assert.equal(headings(person.type("w")), "Instrument Qty Mark Bid Ask Last Close Age From IV% DTE");
  assert.match(headings(person.type("w")), /^Instrument Qty Avg Mark .*DTE$/);
  assert.equal(headings(person.type("1")), headings(new Person()));
  assert.equal(headings(person.type("w")), "Name Pos Beta $Delta▼ Delta Gamma1% Vega Theta Beta dlt Gross");
  assert.match(person.type("2w").line(-2), /Columns: standard/);
  assert.equal(headings(person), headings(new Person().type("2")));
});

Deno.test("the names have quotes and P&L to choose as well", () => {
  const person = new Person().type("ww");
  assert.equal(headings(person), "Name Pos Spot Day % Mkt value Day P&L Unreal. Real.");
  assert.match(person.screen(), /^ Total .*\+107,640s +\+552/m);
  assert.equal(headings(person.type("w")), "Name Pos Spot Close Day % Beta Day P&L");
});

Deno.test("the configuration's columns come instead, in its order, and its last leaves first", () => {
  const look = {
    ...DEMO_LOOK,
    columns: { positions: ["dte", "day_pnl", "mark"], underlyings: ["vega", "spot"] } as const,
  };
  const screen = (active: "summary" | "positions", columns: number): string =>
    dashboard({
      snapshot: demoSnapshot(),
      view: { ...DEMO_VIEW, active },
      size: { columns, rows: 40 },
      now: DEMO_NOW,
      look,
    }).lines().join("\n");
  assert.match(screen("positions", 120), /^ Instrument +DTE +Day P&L +Mark +$/m);
  assert.match(screen("positions", 41), /^ Instrument +DTE +Day P&L +$/m);
  assert.match(screen("summary", 120), /^ Name +Vega +Spot +$/m);
});

Deno.test("every word that the configuration may name is a column", () => {
  const context = contextOf(new Person({ columns: 2_000, rows: 40 }).input());
  assert.ok(context);
  assert.deepEqual(positionColumns(context, 200).map(({ id }) => id), [...POSITION_COLUMNS]);
  const all = contextOf(new Person({ columns: 2_000, rows: 40 }).type("wwww").input());
  assert.ok(all);
  const shown = VIEWS.summary.sorting(all)?.columns.map(({ id }) => id) ?? [];
  assert.deepEqual(shown, [...UNDERLYING_COLUMNS]);
});

Deno.test("m shows a contract's amounts in its own currency at the snapshot's rate, and sums in the base", () => {
  const rate = demoSnapshot().cash.find(({ currency }) => currency === "EUR")?.fxRate;
  assert.ok(rate);
  const sap = demoSnapshot().positions.find(({ underlying }) => underlying === "SAP");
  assert.ok(sap?.marketValue);
  const own = Math.round(sap.marketValue / rate).toLocaleString("en-US");
  const person = new Person().type("2m");
  const row = person.screen().split("\n").find((line) => line.includes("SAP stock EUR")) ?? "";
  assert.ok(row.includes(` ${own} `), row);
  assert.match(person.screen(), /^ Total .*1,755,308s/m);
  assert.match(person.line(-2), /own currency/);
  assert.match(person.type("1").screen(), new RegExp(`^[ >]SAP EUR +1 .* ${own} `, "m"));
  assert.match(person.type("m").screen(), /^[ >]SAP +1 .* 143,024 /m);
});

Deno.test("without a rate there is no amount in the own currency, and the letter says why", () => {
  const book = demoSnapshot();
  const positions = book.positions.map((one) => one.underlying === "SAP" ? { ...one, dollarDelta: null } : one);
  const person = new Person(undefined, demoSnapshot({ cash: [], positions })).type("2m/sap\r");
  assert.match(person.screen(), /SAP stock EUR .*--f +--f/);
  // A position whose amounts are known knows its rate.
  const other = new Person(undefined, demoSnapshot({ cash: [] })).type("2m").screen();
  assert.doesNotMatch(other, /--f/);
});
