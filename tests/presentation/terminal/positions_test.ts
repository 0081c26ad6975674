import assert from "node:assert/strict";
import type { PositionView, StrategyView } from "../../../src/domain/risk/snapshot.ts";
import { demoSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";
import { assertScreen } from "../../support/screen_file.ts";

const NARROW = { columns: 80, rows: 24 };

/** Rows of the table, without blanks at their ends. */
function rows(person: Person): string[] {
  return person.screen().split("\n").slice(4, -3).map((line) => line.slice(1).trimEnd());
}

function strategyOf(name: string): StrategyView {
  const found = demoSnapshot().strategies.find((one) => one.name === name);
  assert.ok(found);
  return found;
}

/** The stock that several accounts hold, 3,000 in DU1 and 450 in DU2. */
function sharedStock(): readonly PositionView[] {
  const [stock, ...others] = demoSnapshot().positions;
  const [leaf] = stock?.leaves ?? [];
  assert.ok(stock && leaf);
  const leaves = [{ ...leaf, quantity: 3_000 }, { ...leaf, account: "DU2", quantity: 450, dailyPnl: 77 }];
  return [{ ...stock, leaves }, ...others];
}

Deno.test("the Positions view of the demo book", async () => {
  await assertScreen("positions_120x40", new Person().type("2").screen());
  await assertScreen("positions_80x24", new Person(NARROW).type("2").screen());
  await assertScreen("positions_flat_80x24", new Person(NARROW).type("2t").screen());
});

Deno.test("a name holds its strategies with their legs, and what they leave over stands directly under it", () => {
  const found = rows(new Person().type("2"));
  const at = found.findIndex((row) => row.startsWith("v NVDA (5)"));
  assert.deepEqual(
    found.slice(at, at + 7).map((row) => row.slice(0, 26).trimEnd()),
    [
      "v NVDA (5)",
      "  stock               500",
      "  v Short strangle     10",
      "    18Dec26 165 P     -10",
      "    18Dec26 195 C     -10",
      "  19Mar27 180 C         5",
      "  27Nov26 200 C        20",
    ],
  );
});

Deno.test("a folded strategy shows the sum of what it hides, and opens again", () => {
  const person = new Person().type("2jj\r");
  assert.match(person.selected(), /^> {2}> Call vertical +20 +26,500 +\+1,000 +0 +194,871/);
  assert.doesNotMatch(person.screen(), /18Dec26 440 C/);
  assert.match(person.type("\r").screen(), /^ {5}18Dec26 440 C/m);
});

Deno.test("E folds every name and strategy and opens them all again", () => {
  const person = new Person().type("2E");
  assert.equal(rows(person).filter((row) => row.startsWith("> ")).length, 6);
  assert.doesNotMatch(person.screen(), /Call vertical/);
  assert.match(person.type("E").screen(), /Call vertical/);
});

Deno.test("a leg that two strategies share stands under each with its part, the rest under the name", () => {
  // Of the 20 calls 5 belong to a first vertical, 10 to a second one; 5 are left over.
  const whole = strategyOf("Call vertical");
  const [long, short] = whole.legs;
  assert.ok(long && short);
  const strategies = [
    { ...whole, units: 5, legs: [{ ...long, quantity: 5 }, { ...short, quantity: -5 }] },
    { ...whole, id: "second", units: 10, legs: [{ ...long, quantity: 10 }, { ...short, quantity: -15 }] },
  ];
  const person = new Person({ columns: 120, rows: 50 }, demoSnapshot({ strategies })).type("2");
  const parts = rows(person).filter((row) => row.includes("18Dec26 400 C"));
  // 45,800 of market value by share: 5/20 is 11,450, 10/20 is 22,900; the daily P&L of 1,400 gives 350 and 700.
  assert.deepEqual(
    parts.map((row) => /400 C +(\S+) +24\.10 +22\.90 +(\S+) +(\S+)/.exec(row)?.slice(1)),
    [["5", "11,450", "+350"], ["10", "22,900", "+700"], ["5", "11,450", "+350"]],
  );
  assert.equal(
    rows(person).filter((row) => row.includes("18Dec26 440 C")).length,
    2,
    "nothing of the short leg is left",
  );
});

Deno.test("a strategy whose leg has no greeks says so instead of a sum", () => {
  const strangle = strategyOf("Short strangle");
  const place = demoSnapshot().positions.findIndex((one) => one.greeksSource === "missing");
  const strategies = [{
    ...strangle,
    legs: [...strangle.legs, { position: place, localSymbol: "", quantity: 20 }],
    dollarDelta: null,
    vega: null,
  }];
  assert.match(
    new Person(undefined, demoSnapshot({ strategies })).type("2").screen(),
    /v Short strangle +10 .* --g +-8,372x +--g/,
  );
});

Deno.test("a filter keeps the groups that hold a match and says how many of the name it shows", () => {
  const found = rows(new Person().type("2/195\r"));
  assert.match(found[0] ?? "", /^v NVDA \(1 of 5\)/);
  assert.match(found[1] ?? "", /^ {2}v Short strangle/);
  assert.match(found[2] ?? "", /^ {4}18Dec26 195 C/);
  assert.match(found[3] ?? "", /^Shown \(1\)/);
  assert.match(found[4] ?? "", /^Total \(25\)/);
});

Deno.test("sorting the tree orders names by the column, and each name's rows within it", () => {
  const person = new Person().type("2<<");
  const found = rows(person).map((row) => row.slice(0, 20).trimEnd());
  assert.match(person.screen(), /Unreal\.▼/);
  assert.deepEqual(found.slice(0, 3), ["v TSLA (5)", "  stock", "  15Jan27 350 P"]);
  assert.deepEqual(found.filter((row) => row.startsWith("v ")), [
    "v TSLA (5)",
    "v AAPL (3)",
    "v NVDA (5)",
    "v ES (2)",
    "v SPX (4)",
    "v SPY (4)",
  ]);
});

Deno.test("Enter on a name with a single position goes to that position", () => {
  assert.match(new Person().type("jjj\r").selected(), /^>SAP stock EUR +600/);
});

Deno.test("o keeps positions whose flags call for a look, and those of a name with an open breach", () => {
  const calm = demoSnapshot({ breaches: [] });
  const found = rows(new Person(undefined, calm).type("2to")).map((row) => row.slice(0, 20).trimEnd());
  assert.deepEqual(found.slice(0, 3), ["ES 18Dec26 6400 P", "SPX 18Dec26 7000 C", "NVDA 27Nov26 200 C"]);
  assert.match(found[3] ?? "", /^Shown \(3\)/);
  assert.match(rows(new Person().type("2to"))[0] ?? "", /^TSLA stock/);
});

Deno.test("one account's part of a position has its own quantity and P&L, and greeks by its share", () => {
  const person = new Person(undefined, demoSnapshot({ positions: sharedStock() })).type("cc2");
  // 450 of 3,450 shares: 1,375,170 of dollar delta gives 179,370.
  assert.match(person.screen(), /^ {3}stock +450 .*\+77 .* 179,370 /m);
});

Deno.test("a name or a strategy of one account alone keeps its sums there; what several share is not split", () => {
  const person = new Person(undefined, demoSnapshot({ positions: sharedStock() })).type("cc2");
  assert.match(person.screen(), /^ v SPX \(4\) .*-69,062m/m);
  assert.match(person.screen(), /^ {3}v Iron condor +2 .*-69,062m/m);
  assert.match(person.screen(), /^[ >]v TSLA \(1 of 5\) .*--n/m);
  assert.doesNotMatch(person.screen(), /Call vertical/);
});

Deno.test("% shows positions as part of net liquidation too", () => {
  assert.match(new Person().type("2%").selected(), / 92\.64% +\+0\.66% +\+4\.33% +108\.01% /);
});

Deno.test("the smallest screen of the view has a row of the table rather than what the marks mean", () => {
  const person = new Person({ columns: 40, rows: 8 }).type("2");
  assert.match(person.selected(), /^>v TSLA/);
  assert.match(person.type("j").selected(), /^> {2}stock/);
  assert.match(person.screen(), /^ Total /m);
  assert.match(new Person({ columns: 40, rows: 9 }).type("2").screen(), /^ x 1 without greeks/m);
});
