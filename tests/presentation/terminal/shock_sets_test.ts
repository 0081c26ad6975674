import assert from "node:assert/strict";
import { demoSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";
import { assertScreen } from "../../support/screen_file.ts";

function grid(keys: string, person = new Person()): string {
  const lines = person.type(`3${keys}`).screen().split("\n");
  const start = lines.findIndex((line) => line.includes("─ Scenario P&L"));
  const end = lines.findIndex((line, index) => index > start && line.startsWith("─"));
  return lines.slice(start, end).join("\n");
}

Deno.test("] and [ go through the sets of moves and come back", () => {
  assert.match(grid("]"), /Scenario P&L of small moves.*\n.* -2 % +-1\.5 % .*\+2 % *\n/);
  assert.match(grid("]]"), /Scenario P&L of large moves.*\n.* -30 % /);
  assert.equal(grid("]]]"), grid(""));
  assert.equal(grid("["), grid("]]"));
});

Deno.test("v shows volatility in points with a row of days, then relative, then as configured", async () => {
  const rows = (text: string) => text.split("\n").slice(2, -1).map((line) => /^ (.*?) {2,}/.exec(line)?.[1]);
  assert.deepEqual(rows(grid("v")), ["-5 pt", "flat", "+5 pt", "+10 pt", "flat, 5 d"]);
  assert.deepEqual(rows(grid("vv")), ["-20 %", "flat", "+20 %", "+50 %"]);
  assert.equal(grid("vvv"), grid(""));
  await assertScreen("risk_points_120x40", new Person().type("3v").screen());
  await assertScreen("risk_points_80x24", new Person({ columns: 80, rows: 24 }).type("3v").screen());
});

Deno.test("without a choice the grid is the snapshot's own, number for number", () => {
  assert.match(grid(""), /^ flat +\[-183,760\] +-90,058x/m);
});

Deno.test("b scales each name's move by its beta, and a currency pair stays out", () => {
  const person = new Person();
  const plain = grid("]", person);
  const scaled = grid("b", person);
  assert.match(scaled, /of small moves, by beta, by delta/);
  assert.notEqual(plain, scaled);
  assert.equal(grid("b", person), plain);
});

Deno.test("a chosen grid says that it goes by the greeks, and leaves out what has none", () => {
  assert.match(grid("]"), /by delta, gamma, vega/);
  assert.match(grid("]]"), /leaves out 1/);
});

Deno.test("while the book is not known, no chosen shock is", () => {
  const scenarios = demoSnapshot().scenarios.map((one) => ({ ...one, pnl: null }));
  assert.match(grid("]", new Person(undefined, demoSnapshot({ scenarios }))), /No shock is known yet/);
});

Deno.test("where no shocks are configured, the other sets still are there", () => {
  const none = () => new Person(undefined, demoSnapshot({ scenarios: [] }));
  assert.match(grid("", none()), /No shocks are set\./);
  assert.match(grid("]", none()), /of small moves/);
});

Deno.test("in other views the keys say where they work", () => {
  for (const key of ["[", "]", "v", "b"]) {
    assert.match(new Person().type(`1${key}`).line(-2), /3 Risk/);
  }
});
