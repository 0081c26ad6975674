import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import type { RiskSnapshot } from "../../../src/domain/risk/snapshot.ts";
import { demoSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";
import { assertScreen } from "../../support/screen_file.ts";

/** The demo book with many names. */
function manyNames(count: number): RiskSnapshot {
  const book = demoSnapshot();
  const [first] = book.byUnderlying;
  assert.ok(first);
  const byUnderlying = Array.from({ length: count }, (_, index) => ({
    ...first,
    underlying: `N${String(index).padStart(3, "0")}`,
    dollarDelta: 1_000_000 - index,
  }));
  return demoSnapshot({ byUnderlying });
}

Deno.test("j and k move the selection and stop at both ends", () => {
  const person = new Person();
  assert.match(person.selected(), /^>TSLA/);
  assert.match(person.type("jj").selected(), /^>ES/);
  assert.match(person.type("kkkkk").selected(), /^>TSLA/);
  assert.match(person.type("G").selected(), /^>EUR\.USD/);
  assert.match(person.type("jg").selected(), /^>TSLA/);
});

Deno.test("the selection follows its row when the order changes", () => {
  const person = new Person().type("j");
  assert.match(person.selected(), /^>SPY/);
  assert.match(person.type("s").selected(), /^>SPY/);
});

Deno.test("the table scrolls as far as needed and its total stays in sight", () => {
  const person = new Person({ columns: 120, rows: 40 }, manyNames(100));
  assert.match(person.type("G").selected(), /^>N099/);
  assert.match(person.screen(), /^ Total/m);
  assert.match(person.type("k").selected(), /^>N098/);
  assert.match(person.screen(), /^ N099/m, "moving up one row does not scroll");
  assert.match(person.type("\x1b[5~").selected(), /^>N090/);
});

Deno.test("s sorts by the next column, S turns the order round, and the title says which", () => {
  const person = new Person().type("sss");
  assert.match(person.screen(), /By underlying, Vega, largest first/);
  assert.match(person.screen(), /Vega▼/);
  const names = () => person.screen().split("\n").slice(18, 26).map((line) => line.slice(1, 9).trim());
  assert.deepEqual(names().slice(0, 2), ["SPY", "EUR.USD"]);
  person.type("S");
  assert.deepEqual(names().slice(0, 2), ["SPX", "ES"]);
  assert.match(person.screen(), /smallest first · S reverses/);
});

Deno.test("a filter narrows the rows while it is typed, keeps the total, and Esc clears it", () => {
  const person = new Person().type("/tsla");
  assert.match(person.line(-2), /^ \/ tsla_ +5 of 25 shown {2}Enter keep {2}Esc clear $/);
  assert.match(person.screen(), /1 of 8 shown/);
  assert.match(person.type("\r").screen(), /^ Total \(25\) .*1,609,821x/m);
  assert.match(person.line(-2), /\/ tsla $/);
  assert.match(person.type("\x1b").screen(), /no filter/);
});

Deno.test("filter words can be excluded, and ask for expiry, account and flag", () => {
  const shown = (filter: string): number =>
    new Person().type(`/${filter}\r`).screen().split("\n").filter((line) =>
      /^[ >](TSLA|SPY|ES|SAP|NVDA|AAPL|SPX|EUR\.USD) /.test(line)
    ).length;
  assert.equal(shown("!tsla"), 7);
  assert.equal(shown("dte<8"), 3);
  assert.equal(shown("a:DU2"), 2);
  assert.equal(shown("flag:stale"), 1);
  assert.equal(shown("nothing"), 0);
});

Deno.test("q typed into a filter is a letter; Ctrl+C quits from anywhere", () => {
  const person = new Person().type("/q");
  assert.deepEqual(person.actions, []);
  assert.deepEqual(person.type("\x03").actions, [{ kind: "quit" }]);
  assert.deepEqual(new Person().type("q").actions, [{ kind: "quit" }]);
  assert.deepEqual(new Person().type("?q").actions, [], "typing searches the help");
  assert.deepEqual(new Person().type("??q").actions, [{ kind: "quit" }]);
});

Deno.test("a acknowledges the top alert with a note, and Esc thinks better of it", () => {
  const person = new Person().type("a");
  assert.match(person.line(2), /^ ACK {2}TSLA exposure 108 % {2}note: _ +Enter save {2}Esc no $/);
  person.type("selling 300\r");
  assert.deepEqual(person.actions, [{
    kind: "acknowledge",
    breachId: "max_per_underlying_notional:TSLA",
    note: "selling 300",
  }]);
  assert.deepEqual(new Person().type("anope\x1b").actions, []);
});

Deno.test("u takes the latest acknowledgement back", () => {
  assert.deepEqual(new Person().type("u").actions, [{ kind: "takeBack", breachId: "max_margin_utilization" }]);
});

Deno.test("with nothing to acknowledge, a says so instead of staying silent", () => {
  const person = new Person(undefined, demoSnapshot({ breaches: [] })).type("a");
  assert.match(person.line(-2), /no open alert to acknowledge/);
});

Deno.test("space holds the rows still while alerts still come", () => {
  const person = new Person().type(" ");
  person.snapshot = demoSnapshot({
    byUnderlying: demoSnapshot().byUnderlying.map((name) => ({ ...name, dailyPnl: 99 })),
  });
  assert.match(person.line(2), /^ \|\| FROZEN at 10:30:45, 0 s ago · 8 rows moved · no new alert +Space resume $/);
  assert.match(person.selected(), /\+9,877/);
  const [margin, tsla] = person.snapshot.breaches;
  assert.ok(margin && tsla);
  person.snapshot = { ...person.snapshot, breaches: [margin, tsla, { ...tsla, id: "new", message: "SPY too large" }] };
  assert.match(person.line(2), /HARD/);
  assert.match(person.type(" ").selected(), /\+99/);
});

Deno.test("an alert that breaks in on a frozen screen says that the rows are held", () => {
  const person = new Person().type(" ");
  assert.match(person.line(-1), /Space resume/);
  const [margin, tsla] = person.snapshot?.breaches ?? [];
  assert.ok(tsla && margin);
  const fresh = { ...tsla, id: "new", message: "SPY too large" };
  person.snapshot = demoSnapshot({ breaches: [fresh, tsla, margin] });
  assert.match(person.line(2), /^ \|\| FROZEN 0 s · ▲ HARD {2}SPY too large · not acknowledged/);
  person.snapshot = demoSnapshot({ status: "stale" });
  assert.match(person.line(2), /^ \|\| FROZEN 0 s · X NOT LIVE/);
  assert.match(person.type(" ").line(-1), /Space freeze/);
});

Deno.test("a soft breach that turns hard breaks in on a frozen screen, one that eases does not", () => {
  const [, tsla] = demoSnapshot().breaches;
  assert.ok(tsla);
  const soft = { ...tsla, severity: "soft" as const };
  const worse = new Person(undefined, demoSnapshot({ breaches: [soft] })).type(" ");
  worse.snapshot = demoSnapshot({ breaches: [tsla] });
  assert.match(worse.line(2), /▲ HARD/);
  const easier = new Person(undefined, demoSnapshot({ breaches: [tsla] })).type(" ");
  easier.snapshot = demoSnapshot({ breaches: [soft] });
  assert.match(easier.line(2), /no new alert/);
});

Deno.test("the alert row offers to take back only what u would take back", () => {
  const [margin, tsla] = demoSnapshot().breaches;
  assert.ok(tsla && margin);
  const at = (breach: typeof tsla, time: string) => ({
    ...breach,
    state: "acknowledged" as const,
    acknowledgedAt: `2026-11-20T${time}Z`,
  });
  const shown = (first: string, second: string) =>
    new Person(undefined, demoSnapshot({ breaches: [at(tsla, first), at(margin, second)] })).line(2);
  assert.match(shown("15:20:00", "15:10:00"), /HARD TSLA .* u take back $/);
  assert.doesNotMatch(shown("15:10:00", "15:20:00"), /take back/);
});

Deno.test("the status row leaves out what does not fit and cuts no number in half", () => {
  for (let columns = 40; columns <= 104; columns++) {
    const person = new Person({ columns, rows: 20 }).type("2wmoc/a filter that is longer than its place\r");
    const row = new Person({ columns, rows: 20 }).type("2").line(-2);
    assert.match(
      row,
      /^ (turn 42 in 0\.6 ms( · 41 quotes\/s( · oldest live quote 3\.2 s)?)? +| +)\S.*no filter $/,
      row,
    );
    person.view = { ...person.view, toast: null };
    assert.match(person.line(-2), /^ +(turn 42 in 0\.6 ms +)?problems only · own currency/);
  }
});

Deno.test("c shows one account after the other and then all; limits stay on the book", () => {
  const person = new Person().type("cc");
  assert.match(person.line(0), /\[DU2 only\]/);
  assert.match(person.screen(), /^ DU2 \(11\) .*\+1,281 +\+22,852/m);
  assert.match(person.screen(), /^ Book \(25\) .*\+8,044s/m);
  assert.match(person.screen(), /HARD TSLA exposure/);
  assert.match(person.type("c").line(0), /IB DU1\+DU2/);
});

Deno.test("a long note keeps its end in sight while it is typed", () => {
  const person = new Person({ columns: 80, rows: 24 }).type("a" + "x".repeat(60) + " end");
  assert.match(person.line(2), /~x+ end_ +Enter save {2}Esc no $/);
});

Deno.test("what is typed stays in sight in every script, however narrow the screen is", () => {
  for (const text of ["selling three hundred at noon, end", "卖出三百股票在中午以前完成, end"]) {
    for (const columns of [20, 30, 40, 50, 60, 80, 120]) {
      const person = new Person({ columns, rows: 20 }).type(`a${text}`);
      const row = columns < 80 ? (columns < 40 ? 0 : 1) : 2;
      assert.match(person.line(row), /note: .*nd_( |$)/, `${columns} columns`);
    }
    for (const columns of [40, 60, 80, 120]) {
      const person = new Person({ columns, rows: 20 }).type(`/${text}`);
      assert.match(person.screen(), /^ \/ .*end_ +/m, `${columns} columns`);
    }
  }
});

Deno.test("% shows amounts as part of net liquidation, and gains and losses alone with their sign", () => {
  for (const view of ["1", "2"]) {
    const screen = new Person().type(`${view}%`).screen();
    assert.match(screen, / 108\.01%/, view);
    assert.match(screen, / [+-]\d+\.\d\d%/, view);
    assert.doesNotMatch(screen, /\+108\.01%/, view);
  }
});

Deno.test("digits open the views, Tab and Shift+Tab the next and the previous one", () => {
  const person = new Person();
  for (const [digit, tab] of [["2", "2 Positions"], ["3", "3 Risk"], ["4", "4 Limits !1"], ["5", "5 Signals 3"]]) {
    assert.ok(person.type(digit ?? "").line(1).includes(`[${tab}]`));
  }
  assert.match(person.type("\t").line(1), /\[6 Quality 3\]/);
  assert.match(person.type("\t").line(1), /\[7 Health\]/);
  assert.match(person.type("\t").line(1), /\[1 Summary\]/);
  assert.match(person.type("\x1b[Z").line(1), /\[7 Health\]/);
});

Deno.test("the tabs all fit a narrow screen, with what waits there, and the open one is named", () => {
  for (const columns of [40, 50, 60, 64, 66, 80]) {
    const tabs = new Person({ columns, rows: 20 }).type("7").line(1);
    assert.match(tabs, /^ {2}1.* 2.* 3.* 4( Lim)? !1 +5( Sig)? 3 +6( Qual)? 3 +\[7 Health\] *$/, `${columns} columns`);
  }
});

Deno.test("a key that does nothing in a view says so", () => {
  const told = (keys: string): string => new Person().type(keys).line(-2).trim();
  assert.equal(told("7/"), "nothing to filter here");
  assert.equal(told("7o"), "o works in 1 2 3 4 5 6");
  assert.equal(told("4%"), "% works in 1 2 3");
  assert.equal(told("5c"), "c works in 1 2 3 6");
  assert.equal(told("7s"), "s works in 1 2 3 4 5 6");
  assert.equal(told("3w"), "w works in 1 2");
  assert.equal(told("4m"), "m works in 1 2");
  assert.equal(told("3t"), "t works in 2 Positions");
});

Deno.test("Enter opens the positions of the selected name and folds them again", () => {
  const person = new Person().type("jj\r");
  assert.match(person.line(1), /\[2 Positions\]/);
  assert.match(person.selected(), /^>v ES \(2\)/);
  assert.match(person.screen(), /18Dec26 6400 P/);
  assert.doesNotMatch(person.type("\r").screen(), /^ {3}18Dec26 6400 P/m);
});

Deno.test("the views keep their pictures", async () => {
  await assertScreen("limits_120x40", new Person().type("4").screen());
  await assertScreen("limits_80x24", new Person({ columns: 80, rows: 24 }).type("4").screen());
  await assertScreen("health_120x40", new Person().type("7").screen());
  await assertScreen("help_120x40", new Person().type("?").screen());
  await assertScreen("account_80x24", new Person({ columns: 80, rows: 24 }).type("cc").screen());
});

Deno.test("a large book starts folded to its names and says which rows are in sight", () => {
  const book = demoSnapshot();
  const positions = Array.from(
    { length: 20 },
    (_, copy) =>
      book.positions.map((one) => ({ ...one, underlying: `${one.underlying}${copy}`, symbol: `${one.symbol}${copy}` })),
  ).flat();
  const byUnderlying = Array.from(
    { length: 20 },
    (_, copy) => book.byUnderlying.map((one) => ({ ...one, underlying: `${one.underlying}${copy}` })),
  ).flat();
  const person = new Person(undefined, demoSnapshot({ positions, byUnderlying })).type("2");
  assert.match(person.screen(), /rows 1 to 32 of 160/);
  assert.match(person.type("\r").screen(), /of 165/);
});

Deno.test("keys before the first snapshot do nothing but quit", () => {
  const person = new Person(undefined, null).type("jk2?/ s\x1b");
  assert.match(person.screen(), /Waiting for the first snapshot/);
  assert.deepEqual(person.type("q").actions, [{ kind: "quit" }]);
});

Deno.test("any keys on any screen leave something that can be drawn", () => {
  const alphabet = fc.constantFrom(
    ..."jkgGsS<>/%coatuEqTwmzinhvb[]lfr!:?1234567 \r\x1b\t\x7fxyz0",
    "\x1b[A",
    "\x1b[B",
    "\x1b[5~",
    "\x1b[6~",
  );
  fc.assert(
    fc.property(
      fc.array(alphabet, { maxLength: 40 }),
      fc.integer({ min: 1, max: 140 }),
      fc.integer({ min: 1, max: 50 }),
      (typed, columns, rows) => {
        const person = new Person({ columns, rows });
        for (const one of typed) person.type(one);
        assert.equal(person.screen().split("\n").length, rows);
      },
    ),
    { numRuns: 300 },
  );
});
