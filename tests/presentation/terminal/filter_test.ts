import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { filterFault, parseFilter } from "../../../src/presentation/terminal/filter.ts";
import { shownTotal } from "../../../src/presentation/terminal/shown_total.ts";
import { contextOf } from "../../../src/presentation/terminal/dashboard.ts";
import { DEMO_LOOK } from "../../support/demo_look.ts";
import { demoSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";

const { positions } = demoSnapshot();

function matching(line: string): string[] {
  const filter = parseFilter(line);
  return positions.filter((one) => filter.position(one)).map(({ underlying, strike, right, expiry }) =>
    `${underlying} ${expiry ?? ""} ${strike ?? ""}${right ?? ""}`.trim()
  );
}

function faultOf(line: string): string {
  return filterFault(line, { snapshot: demoSnapshot(), look: DEMO_LOOK }) ?? "";
}

Deno.test("every word of a filter must hold", () => {
  assert.equal(matching("").length, positions.length);
  assert.equal(matching("tsla").length, 5);
  assert.equal(matching("tsla dte<30").length, 3);
  assert.equal(matching("tsla dte<30 !420").length, 2);
  assert.equal(
    matching("a:DU2").length,
    positions.filter((one) => one.leaves.some((leaf) => leaf.account === "DU2")).length,
  );
  assert.equal(matching("!flag:stale").length, positions.length - matching("flag:stale").length);
});

Deno.test("days to expiry can be below, above, at or up to a number", () => {
  const days = (test: (days: number) => boolean): number =>
    positions.filter(({ daysToExpiry }) => daysToExpiry !== null && test(daysToExpiry)).length;
  assert.equal(matching("dte<8").length, days((one) => one < 8));
  assert.equal(matching("dte<=7").length, days((one) => one <= 7));
  assert.equal(matching("dte>30").length, days((one) => one > 30));
  assert.equal(matching("dte>=28").length, days((one) => one >= 28));
  assert.equal(matching("dte=28").length, days((one) => one === 28));
});

Deno.test("a flag is found by how it begins, with - or _ between its words", () => {
  assert.deepEqual(matching("flag:no-gr"), matching("flag:no_greeks"));
  assert.equal(matching("flag:no_greeks").length, 1);
});

Deno.test("a word that cannot be read narrows nothing and says what is allowed", () => {
  assert.equal(matching("dte<").length, positions.length);
  assert.match(faultOf("dte<"), /dte<8, dte<=8, dte>30/);
  assert.match(faultOf("tsla dtx:5"), /dtx: is not known.*allowed: words, !not, a:DU1/);
  assert.match(faultOf("acct:DU1"), /acct: is not known, a: is/);
  assert.match(faultOf("delta<5"), /delta<5 cannot be compared, only dte can/);
  assert.match(faultOf("flag:"), /a flag follows, as in flag:stale/);
  assert.match(faultOf("flag:stall"), /no flag begins with stall: did you mean flag:stale\?/);
  assert.match(faultOf("!a:DU9"), /no account has du9 in its name: did you mean a:DU1\?/);
  for (const line of ["", "tsla !short", "a:du1 dte<8 flag:stale", "!", "5"]) assert.equal(faultOf(line), "", line);
});

Deno.test("a masked account is not told in full to who asks for one that is not there", () => {
  const look = { ...DEMO_LOOK, accounts: "masked" } as const;
  assert.equal(
    filterFault("a:xyz", { snapshot: demoSnapshot(), look }),
    "no account has xyz in its name: D*1, D*2",
  );
});

Deno.test("the fault is told while it is typed and the keys stay in sight", () => {
  const person = new Person().type("/tsla dte<");
  assert.match(person.line(-2), /^ \/ tsla dte<_ {2}days to expiry are asked for as dte<8.* Enter keep {2}Esc clear $/);
  const narrow = new Person({ columns: 80, rows: 24 }).type("/flag:stall");
  assert.match(narrow.line(-2), /^ \/ flag:stall_ {2}no flag begins with stall: .*~ {2}Enter keep {2}Esc clear $/);
});

Deno.test("a filter puts a row of what it shows above the total, which stays on the whole book", () => {
  const person = new Person({ columns: 120, rows: 40 }).type("2/tsla dte<30");
  assert.match(person.line(-2), /^ \/ tsla dte<30_ +3 of 25 shown {2}Enter keep {2}Esc clear $/);
  const screen = person.type("\r").screen();
  assert.match(screen, /^ Shown \(3\) .*\+975 +\+1,500 +150,955 +-5,505 +50 +146 /m);
  assert.match(screen, /^ Total \(25\) .*\+8,044s \+107,640s 1,609,821x -227,061x/m);
  assert.doesNotMatch(person.type("\x1b").screen(), /Shown/);
});

Deno.test("what is shown and what an x leaves out add up like the total does", () => {
  const person = new Person().type("2/!nothing\r");
  const context = contextOf(person.input());
  assert.ok(context);
  const total = shownTotal(context);
  const { portfolio } = demoSnapshot();
  assert.equal(total?.positions, positions.length);
  for (const figure of ["marketValue", "dailyPnl", "dollarDelta", "vega", "theta"] as const) {
    assert.ok(Math.abs((total?.sums[figure] ?? NaN) - (portfolio[figure] ?? NaN)) < 1, figure);
  }
  assert.match(person.screen(), /^ Shown \(25\) .*1,609,821x/m);
});

Deno.test("vega and theta of another currency are added at its rate", () => {
  const book = demoSnapshot();
  const rate = book.cash.find(({ currency }) => currency === "EUR")?.fxRate ?? NaN;
  const positions = book.positions.map((one) => one.underlying === "SAP" ? { ...one, vega: 100, theta: -10 } : one);
  const person = new Person(undefined, demoSnapshot({ positions })).type("2/sap\r");
  const total = shownTotal(contextOf(person.input())!);
  assert.equal(total?.sums.vega, 100 * rate);
  assert.equal(total?.sums.theta, -10 * rate);
});

Deno.test("any line filters without an error, and what it does not exclude it includes", () => {
  const word = fc.oneof(
    fc.constantFrom("tsla", "a:DU1", "flag:stale", "dte<8", "dte>=", "flag:", "!", "!!", "::", "漢字", "a:"),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(fc.property(fc.array(word, { maxLength: 5 }), (words) => {
    const line = words.join(" ");
    const filter = parseFilter(line);
    faultOf(line);
    for (const position of positions.slice(0, 5)) assert.equal(typeof filter.position(position), "boolean");
    assert.equal(typeof filter.text("x"), "boolean");
  }));
});

Deno.test("o shows every name that it counts: also one whose share may not be quoted", () => {
  const positions = demoSnapshot().positions.map((one) =>
    one.symbol === "SAP" ? { ...one, flags: ["NO_PERMISSION" as const] } : one
  );
  const text = new Person(undefined, demoSnapshot({ positions, breaches: [] })).type("o").screen();
  const names = [...text.matchAll(/^[ >](SAP|NVDA|ES) +[125] /gm)].map(([, name]) => name);
  assert.deepEqual(names, ["ES", "SAP", "NVDA"]);
});
