import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import type { RiskSnapshot } from "../../../src/domain/risk/snapshot.ts";
import { contextOf, VIEWS } from "../../../src/presentation/terminal/dashboard.ts";
import { comparedValues, nextSort } from "../../../src/presentation/terminal/row_order.ts";
import { VIEW_IDS } from "../../../src/presentation/terminal/view_state.ts";
import { DEMO_VIEW } from "../../support/demo_look.ts";
import { demoSnapshot, judgedSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";

/** The titles that `>` comes by in a view until it is back at the view's own order. */
function columnsOf(view: string, size = { columns: 120, rows: 40 }, snapshot: RiskSnapshot = demoSnapshot()): string[] {
  const person = new Person(size, snapshot).type(view);
  const titles: string[] = [];
  for (let step = 0; step < 40; step++) {
    const sort = person.type(">").view.tables[person.view.active].sort;
    if (sort === null) return titles;
    const context = contextOf(person.input());
    assert.ok(context);
    const column = VIEWS[person.view.active].sorting(context)?.columns.find(({ id }) => id === sort.column);
    titles.push(column?.title ?? `? ${sort.column}`);
  }
  throw new Error("The own order never came back");
}

Deno.test("every column in sight can be sorted by, in every view with a table", () => {
  assert.deepEqual(columnsOf("1").sort(), [
    "$Delta",
    "Beta",
    "Day %",
    "Day P&L",
    "Delta",
    "Gamma1%",
    "Mkt value",
    "Name",
    "Pos",
    "Spot",
    "Theta",
    "Unreal.",
    "Vega",
  ]);
  assert.equal(columnsOf("2").length, 13);
  assert.deepEqual(columnsOf("3"), ["Beta dlt", "Gamma1%", "Vega", "Theta", "Name", "$Delta"]);
  assert.deepEqual(columnsOf("4"), ["Room", "Since", "Note", "State", "Limit", "Value", "Allowed", "Used"]);
  assert.equal(columnsOf("5", undefined, judgedSnapshot()).length, 11);
  assert.deepEqual(columnsOf("6"), ["Bid", "Ask", "Last", "Age", "Mark", "Effect", "Instrument", "Flags"]);
});

Deno.test("a column that the width leaves out is not one to sort by", () => {
  assert.ok(!columnsOf("1", { columns: 80, rows: 24 }).includes("Beta"));
  assert.ok(columnsOf("2", { columns: 80, rows: 24 }).includes("DTE"));
});

Deno.test("the heading has the arrow and the status row the rule, in each view its own", () => {
  const person = new Person().type("4>");
  assert.match(person.screen(), /Room▼/);
  assert.match(person.line(-2), /sort Room, largest first · S reverses/);
  assert.match(person.type("S").line(-2), /sort Room, smallest first/);
  assert.match(person.screen(), /Room▲/);
  const rooms = () => person.screen().split("\n").slice(5, 9).map((line) => line.slice(7, 28).trim());
  assert.equal(rooms()[0], "TSLA exposure");
  assert.match(person.type("6<<").line(-2), /sort Instrument, A first/);
  assert.match(person.type("4").line(-2), /sort Room, smallest first/);
  assert.match(person.type("1").line(-2), /sort \|\$Delta\|/);
});

Deno.test("names in the Risk view have their own order", () => {
  const person = new Person().type("3>>>");
  const names = person.screen().split("\n").filter((line) =>
    /^[ >](TSLA|SPY|ES|SAP|NVDA|AAPL|SPX|EUR\.USD) /.test(line)
  );
  assert.match(names[0] ?? "", /^[ >]SPY/, "the largest vega");
  assert.match(person.type("1").screen(), /By underlying, \|\$Delta\| first/);
});

Deno.test("signals and flagged rows follow the chosen column", () => {
  const signals = new Person(undefined, judgedSnapshot()).type("5");
  const rules = () => signals.screen().split("\n").slice(5, 9).map((line) => line.slice(13, 21).trim());
  signals.type(">");
  assert.deepEqual(rules(), [...rules()].sort());
  const flagged = new Person().type("6>>>>");
  assert.match(flagged.line(-2), /sort Age, largest first/);
  assert.match(flagged.selected(), /^>ES 18Dec26 6400 P/);
});

Deno.test("no heading runs into its neighbour, whichever column is sorted by", () => {
  for (const view of ["1", "2", "3", "4", "5", "6"]) {
    for (const columns of [80, 120, 160, 200]) {
      const size = { columns, rows: 40 };
      const person = new Person(size, judgedSnapshot()).type(view);
      for (const title of columnsOf(view, size, judgedSnapshot())) {
        const lines = person.type(">").screen().split("\n").slice(3, -2);
        const at = lines.map((line) => line.indexOf("▼")).find((place) => place >= 0);
        // What the numbers have no room for can still be sorted by.
        if (at === undefined && columns > 120 && !lines.some((line) => line.includes(` ${title} `))) continue;
        const heading = lines.find((line) => line.includes("▼")) ?? "";
        const [before = "", after = ""] = heading.split("▼");
        // A heading of text may give its last letters for the arrow.
        const shown = [title, title.slice(0, -1)].find((word) => before.endsWith(word)) ?? assert.fail(heading);
        assert.match(`${before.at(-shown.length - 1)}${after.at(0) ?? " "}`, /^[ │]{2}$/, heading);
      }
    }
  }
});

Deno.test("what is missing comes last whichever way a table is sorted, and any order is one", () => {
  const value = fc.oneof(fc.constant(null), fc.integer(), fc.constantFrom(Infinity, -Infinity, 0, -0));
  fc.assert(fc.property(fc.array(value, { maxLength: 30 }), fc.boolean(), (values, reversed) => {
    const sorted = [...values].sort((a, b) => comparedValues(a, b, reversed));
    const known = sorted.filter((one) => one !== null);
    assert.deepEqual(sorted.slice(known.length).filter((one) => one !== null), []);
    const ordered = known.every((one, at) => at === 0 || (reversed ? one >= known[at - 1]! : one <= known[at - 1]!));
    assert.ok(ordered, String(sorted));
  }));
});

Deno.test("going to the right and back to the left ends where it began", () => {
  for (const id of VIEW_IDS) {
    const person = new Person();
    const context = contextOf({ ...person.input(), view: { ...DEMO_VIEW, active: id } });
    assert.ok(context);
    const sorting = VIEWS[id].sorting(context);
    if (sorting === null) continue;
    let sort = null as ReturnType<typeof nextSort>;
    for (let step = 0; step < 9; step++) sort = nextSort(sorting, sort, 1);
    for (let step = 0; step < 9; step++) sort = nextSort(sorting, sort, -1);
    assert.equal(sort, null, id);
  }
});
