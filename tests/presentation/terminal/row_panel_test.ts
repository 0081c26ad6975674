import assert from "node:assert/strict";
import { RIGHT as RIGHT_KEYS } from "../../../src/presentation/terminal/key_list.ts";
import { demoSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";

function panel(person: Person): string {
  const lines = person.screen().split("\n");
  const from = lines.findIndex((line) => line.includes("Esc closes"));
  return from < 0 ? "" : lines.slice(from, -2).map((line) => line.trimEnd()).join("\n");
}

Deno.test("Enter on a contract opens everything of it under the table, and closes it again", () => {
  const person = new Person().type("2jjj\r");
  const told = panel(person);
  assert.match(told, /─ TSLA 18Dec26 400 C · Esc closes/);
  assert.match(told, /Quote +bid .* ask .* last .* close .* old/);
  assert.match(told, /Greeks +delta .* vega .*from IB/);
  assert.match(told, /Lots +DU\d \(/);
  assert.match(person.selected(), /^> {4}18Dec26 400 C/, "the row stays in sight");
  assert.equal(panel(person.type("\r")), "");
  assert.equal(panel(person.type("\r\x1b")), "");
});

Deno.test("the leg of a strategy says of how many it is a part, and that the lots are of all", () => {
  const positions = demoSnapshot().positions.map((one) => {
    if (one.underlying !== "AAPL" || one.assetType !== "STOCK") return one;
    const [first, ...others] = one.leaves;
    assert.ok(first);
    return { ...one, quantity: one.quantity + 400, leaves: [{ ...first, quantity: first.quantity + 400 }, ...others] };
  });
  const person = new Person(undefined, demoSnapshot({ positions })).type("2/aapl\r");
  while (!/ stock +800 /.test(person.selected())) person.type("j");
  assert.match(panel(person.type("\r")), /Part +800 of the 1,200 held; the lots are of all of them/);
  while (!/ 280 C +-8 /.test(person.selected())) person.type("j");
  assert.doesNotMatch(panel(person), /Part/);
});

Deno.test("the panel follows the selection and closes with the view", () => {
  const person = new Person().type("2jjj\rj");
  assert.match(panel(person), /─ TSLA 18Dec26 440 C/);
  assert.equal(panel(person.type("3")), "");
});

Deno.test("i explains the sorted number of a contract: formula, inputs, result and ages", () => {
  const person = new Person().type("2jjji");
  const told = panel(person);
  assert.match(told, /─ \$Delta of TSLA 18Dec26 400 C/);
  assert.match(told, /Formula +contracts x multiplier x delta of one x price of the underlying x rate/);
  assert.match(told, /Inputs +20 x 100, delta of one 0\.\d{4} \(from IB\), TSLA at 398\.60/);
  assert.match(told, /Gives +420,65\d\.\d\d/);
  assert.match(told, /Age +quote .*, snapshot /);
  assert.match(panel(person.type("<<")), /Unreal\. of TSLA 18Dec26 400 C[\s\S]*\(mark - average price\)/);
  assert.equal(panel(person.type("i")), "");
});

Deno.test("the inputs of a dollar delta give the number that is shown", () => {
  const position = demoSnapshot().positions.find(({ strike }) => strike === 400);
  assert.ok(position?.delta && position.underlyingPrice && position.dollarDelta);
  const told = panel(new Person().type("2jjji"));
  const one = Number(/delta of one (\d\.\d{4})/.exec(told)?.[1]);
  const units = position.quantity * position.multiplier;
  assert.ok(Math.abs(units * one * position.underlyingPrice - position.dollarDelta) < units * 0.0001 * 400);
});

Deno.test("i explains a name's sum by its parts, the largest first, and names what is left out", () => {
  const told = panel(new Person().type("jjjji"));
  assert.match(told, /─ \$Delta of NVDA/);
  assert.match(told, /Formula +sum of 5 positions/);
  assert.match(told, /Left out +27Nov26 200 C \(.*NO_GREEKS/);
  const values = told.split("\n").flatMap((line) => /^ (?:Parts)? +(-?[\d,]+\.\d+) \S/.exec(line)?.[1] ?? []);
  const sizes = values.map((text) => Math.abs(Number(text.replaceAll(",", ""))));
  assert.equal(sizes.length, 4);
  assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a));
});

Deno.test("limits, signals and flagged rows tell what is behind them", () => {
  assert.match(
    panel(new Person().type("4\r")),
    /TSLA exposure[\s\S]*Value +1,61\d,\d+\.\d\d of 1,500,000\.00 is 107\.8 %/,
  );
  assert.match(panel(new Person().type("4i")), /Formula +used is the value's size over the limit/);
  assert.match(panel(new Person().type("5\r")), /TSLA exposure/);
  assert.match(panel(new Person().type("6\r")), /ES 18Dec26 6400 P[\s\S]*STALE/);
  assert.match(new Person().type("7i").line(-2), /i works in 1 2 3 4 5 6/);
});

Deno.test("in the Risk view the name that is explained stays in sight on a small screen", () => {
  const person = new Person({ columns: 80, rows: 24 }).type("3i");
  assert.match(person.selected(), /^>TSLA/);
  assert.match(panel(person), /\$Delta of TSLA/);
});

Deno.test("a panel that does not fit scrolls with J and K", () => {
  const person = new Person({ columns: 60, rows: 24 }).type("2jjj\r");
  assert.match(panel(person), /more lines?: J/);
  const before = panel(person).split("\n")[1];
  assert.notEqual(panel(person.type("J")).split("\n")[1], before);
  assert.equal(panel(person.type("K")).split("\n")[1], before);
});

Deno.test("z gives the table the whole screen, and z, Esc or another view gives it back", () => {
  const person = new Person().type("z");
  assert.doesNotMatch(person.screen(), /Limits, worst first/);
  assert.match(person.line(3), /^─ By underlying/);
  assert.match(person.line(-2), /zoomed, z back/);
  assert.match(person.type("z").screen(), /Limits, worst first/);
  assert.match(person.type("z\x1b").screen(), /Limits, worst first/);
  assert.doesNotMatch(new Person().type("3z").screen(), /Expiry ladder/);
  assert.doesNotMatch(new Person().type("4z").screen(), /Open breaches/);
  assert.match(new Person().type("2z").line(-2), /z works in 1 3 4 6/);
});

Deno.test("n changes the note of what is acknowledged, and says why where it cannot", () => {
  const person = new Person().type("4jn");
  assert.match(person.line(2), /ACK {2}Margin used .*note: cut ES put after 11:00_/);
  person.type("\x15done\r");
  assert.deepEqual(person.actions, [{ kind: "acknowledge", breachId: "max_margin_utilization", note: "done" }]);
  assert.match(new Person().type("4n").line(-2), /not acknowledged yet: a acknowledges it, with a note/);
  assert.match(new Person().type("4Gn").line(-2), /this row has no breach to write a note on/);
  assert.match(new Person().type("2n").line(-2), /n works in 4 5/);
});

Deno.test("a acknowledges the selected limit's breach before the top one", () => {
  const [first] = demoSnapshot().breaches;
  assert.ok(first);
  const breaches = demoSnapshot().breaches.map((one) => ({ ...one, state: "open", acknowledgedAt: null }) as const);
  assert.match(new Person(undefined, demoSnapshot({ breaches })).type("4ja").line(2), /ACK {2}Margin used/);
});

Deno.test("E folds every group and opens them again", () => {
  const person = new Person().type("2E");
  const rows = () => person.screen().split("\n").filter((line) => /^[ >] {2,}(stock|\d\d\w{3}\d\d)/.test(line)).length;
  assert.equal(rows(), 0);
  assert.ok(person.type("E") && rows() > 10);
});

Deno.test("E has nothing to fold in the flat list, and says where it has", () => {
  assert.match(new Person().type("2tE").line(-2), /E works in the tree: t/);
});

Deno.test("typing in the help searches it, backspace takes back, Esc closes", () => {
  const person = new Person().type("?sort");
  assert.match(person.screen(), /─ Keys · \/ sort_ · \? or Esc closes/);
  assert.match(person.screen(), /s S +sort by the next column/);
  assert.doesNotMatch(person.screen(), /freeze and resume/);
  assert.match(person.type("xyz").screen(), /No key is described with that/);
  assert.match(person.type("\x7f\x7f\x7f").screen(), /s S +sort/);
  assert.doesNotMatch(person.type("\x1b").screen(), /Esc closes/);
  assert.match(person.type("?").screen(), /type to search/, "the next time it begins anew");
});

Deno.test("a key that does nothing in the view behind the help says why there", () => {
  const screen = new Person().type("4?").screen();
  assert.match(screen, /%  +amounts or percent.* · works in 1 2 3/);
  assert.match(screen, /E  +open or fold every group · works in 2 Positions/);
  assert.doesNotMatch(new Person().type("2?").screen(), /open or fold every group ·/);
});

Deno.test("on a small screen the help scrolls to its last key", () => {
  const person = new Person({ columns: 80, rows: 24 }).type("?");
  assert.match(person.screen(), /more below: ↓/);
  assert.doesNotMatch(person.screen(), /quit, terminal restored/);
  assert.match(person.type("\x1b[F").screen(), /quit, terminal restored/);
});

Deno.test("each key of the help has words that fit its place", () => {
  for (const { keys, does } of RIGHT_KEYS) assert.ok(keys.length <= 7 && does.length <= 47, keys);
});
