import assert from "node:assert/strict";
import type { HistoryEntry, RowHistory } from "../../../src/application/day_record.ts";
import type { Size } from "../../../src/presentation/terminal/context.ts";
import { Person } from "../../support/person.ts";
import { assertScreen } from "../../support/screen_file.ts";
import { AAPL, breach, execution, positionChange } from "../../support/stored_history.ts";

function answered(keys: string, answer: RowHistory | null, size?: Size): Person {
  const person = new Person(size).type(keys);
  const { history } = person.view;
  assert.ok(history !== null, `${keys} opens no history`);
  person.view = { ...person.view, history: { ...history, answer } };
  return person;
}

const at = (clock: string): number => Date.parse(`2026-11-20T${clock}-05:00`);

function read(entries: readonly HistoryEntry[], more = false): RowHistory {
  return { status: "read", entries, more };
}

const HELD: readonly HistoryEntry[] = [
  {
    kind: "fill",
    at: at("10:28:31"),
    fill: {
      source: "IB",
      execution: execution("2", { quantity: -300, price: 398.15 }),
      commission: { amount: 1.5, currency: "USD", realizedPnl: 1_234.4 },
    },
  },
  {
    kind: "change",
    at: at("10:28:31"),
    change: positionChange(0, { instrument: AAPL, quantityBefore: 3_450, quantityAfter: 3_150 }),
  },
  { kind: "fill", at: at("09:41:22"), fill: { source: "IB", execution: execution("1"), commission: null } },
];

const STEPS: readonly HistoryEntry[] = (["raised", "acknowledged", "opened"] as const).map((kind, index) => {
  const { transition } = breach(kind, at("10:28:31") - index * 60_000);
  return { kind: "step", at: transition.at, transition };
});

Deno.test("h opens the day's history of the selected row, and says that it is being read", () => {
  const person = new Person().type("4h");
  assert.deepEqual(person.actions, [{
    kind: "history",
    subject: { kind: "breach", id: "max_per_underlying_notional:TSLA" },
  }]);
  assert.match(person.screen(), /─ History today: TSLA exposure · h or Esc closes ─/);
  assert.match(person.screen(), /^ reading… +$/m);
});

Deno.test("a contract's history is of the contract, a group's of its name", () => {
  const subject = (keys: string) => {
    const [action] = new Person().type(keys).actions;
    return action?.kind === "history" ? action.subject : undefined;
  };
  assert.deepEqual(subject("h"), { kind: "name", underlying: "TSLA" });
  assert.deepEqual(subject("2gh"), { kind: "name", underlying: "TSLA" });
  const contract = subject("2gjh");
  assert.ok(contract?.kind === "contract" && contract.contract.symbol === "TSLA");
  assert.equal(subject("6h")?.kind, "contract");
});

Deno.test("fills, changes and steps are told with their time, amount and reason", async () => {
  await assertScreen("row_history_120x40", answered("2gjh", read(HELD)).screen());
  await assertScreen("row_history_80x24", answered("4h", read(STEPS), { columns: 80, rows: 24 }).screen());
});

Deno.test("without a store, with one that fails, and on a quiet day it says which", () => {
  assert.match(answered("4h", { status: "not kept" }).screen(), /history is not kept/);
  assert.match(
    answered("4h", { status: "failed", reason: "database is locked" }).screen(),
    /the store could not be read: database is locked/,
  );
  assert.match(answered("4h", read([])).screen(), /nothing happened to this row today/);
});

Deno.test("what does not fit, or was left out, is said at the end", () => {
  const many = Array.from({ length: 60 }, (): HistoryEntry => HELD[0]!);
  assert.match(answered("2gjh", read(many, true)).screen(), /more than 27 older entries not shown/);
  assert.match(answered("2gjh", read(HELD, true)).screen(), /older entries not shown: apex history has all of them/);
});

Deno.test("h, Enter and Esc close it; the view is as it was, and no other key reaches it", () => {
  for (const key of ["h", "\r", "\x1b"]) {
    const person = new Person().type("4jh");
    const before = new Person().type("4j").screen();
    assert.equal(person.type("jjG%").type(key).screen(), before);
  }
  assert.deepEqual(new Person().type("4hq").actions.at(-1), { kind: "quit" });
});

Deno.test("a row without a history of its own says so", () => {
  assert.match(new Person().type("7h").line(-2), /h works in 1 to 6/);
  assert.match(new Person().type("5Gh").line(-2), /this row has no history of its own/);
});

Deno.test("a masked account stays masked, and every size draws it", () => {
  for (const columns of [30, 60, 80, 200]) {
    for (const rows of [6, 10, 24]) {
      assert.equal(answered("2gjh", read(HELD), { columns, rows }).screen().split("\n").length, rows);
    }
  }
});
