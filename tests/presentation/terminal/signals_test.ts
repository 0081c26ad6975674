import assert from "node:assert/strict";
import { demoSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";
import { assertScreen } from "../../support/screen_file.ts";

const NARROW = { columns: 80, rows: 24 };

/** First two words of each row of the table. */
function rows(person: Person): string[] {
  return person.screen().split("\n").flatMap((line) => {
    const [, state, severity] = /^[ >](NEW|ESC|ACK|CLR) +([A-Z]{4}) /.exec(line) ?? [];
    return state === undefined ? [] : [`${state} ${severity}`];
  });
}

Deno.test("the Signals view of the demo book", async () => {
  await assertScreen("signals_120x40", new Person().type("5").screen());
  await assertScreen("signals_80x24", new Person(NARROW).type("5").screen());
});

Deno.test("breaches lead, signals that hold come before those that cleared, the gravest and the newest first", () => {
  assert.deepEqual(rows(new Person().type("5")), [
    "ESC HARD",
    "ACK SOFT",
    "NEW WARN",
    "NEW INFO",
    "NEW INFO",
    "CLR WARN",
  ]);
  assert.match(new Person().type("5").screen(), /Signals: 5 active, 3 new, 1 cleared of late/);
});

Deno.test("a signal's value and threshold are written in its own unit", () => {
  const text = new Person().type("5").screen();
  assert.match(text, /short_leg_delta 20Nov26 655P +0\.18 +0\.15 +122 +roll or close/);
  assert.match(text, /early_profit Short strangle +49 % +45 % +109 +take profit/);
  assert.match(text, /dte_exit 27Nov26 200C +7 d +7 d +100 +close or roll/);
});

Deno.test("a acknowledges the selected breach or signal with a note", () => {
  const person = new Person().type("5a");
  assert.match(person.line(2), /^ ACK {2}TSLA exposure 108 % {2}note: _/);
  assert.deepEqual(person.type("selling\r").actions, [{
    kind: "acknowledge",
    breachId: "max_per_underlying_notional:TSLA",
    note: "selling",
  }]);
  const signal = new Person().type("5jja");
  assert.match(signal.line(2), /^ ACK {2}SPY short_leg_delta 20Nov26 655 P {2}note: _/);
  assert.deepEqual(signal.type("\r").actions, [{
    kind: "acknowledge",
    breachId: "short_leg_delta:SPY:20Nov26 655 P",
    note: "",
  }]);
});

Deno.test("a never acknowledges another row than the selected one, and says why it does nothing", () => {
  const acknowledged = new Person().type("5ja");
  assert.match(acknowledged.line(-2), /it is acknowledged already/);
  const cleared = new Person().type("5Ga");
  assert.match(cleared.line(-2), /it has cleared/);
  assert.deepEqual([...acknowledged.actions, ...cleared.actions], []);
});

Deno.test("u takes back the selected breach's acknowledgement, and says that a signal's stays", () => {
  assert.deepEqual(new Person().type("5ju").actions, [{ kind: "takeBack", breachId: "max_margin_utilization" }]);
  assert.match(new Person().type("5u").line(-2), /this breach is not acknowledged/);
  assert.match(new Person().type("5jju").line(-2), /a signal stays as it is/);
});

Deno.test("o keeps what nobody acknowledged, a filter what it names", () => {
  assert.deepEqual(rows(new Person().type("5o")), ["ESC HARD", "NEW WARN", "NEW INFO", "NEW INFO"]);
  assert.deepEqual(rows(new Person().type("5/nvda\r")), ["NEW INFO", "NEW INFO"]);
  assert.match(new Person().type("5/none such\r").screen(), /No signal matches\./);
});

Deno.test("the selected row is told in full, with who acknowledged it and why", () => {
  const text = new Person(NARROW).type("5j").screen().replace(/\s+/g, " ");
  assert.ok(text.includes("Margin used 49.8 % is 83 % of its 60.0 % limit: add no risk"));
  assert.ok(text.includes("acknowledged 09:58:02 by ops; note: cut ES put after 11:00"));
});

Deno.test("a quiet book has no table of signals", () => {
  const person = new Person(undefined, demoSnapshot({ breaches: [], signals: [] })).type("5");
  assert.match(person.screen(), /No breach is open and no signal holds\./);
  assert.match(person.type("a").line(-2), /no open alert to acknowledge/);
});
