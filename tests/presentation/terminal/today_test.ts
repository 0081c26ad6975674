import assert from "node:assert/strict";
import type { EarlierDay } from "../../../src/application/day_record.ts";
import type { Size } from "../../../src/presentation/terminal/context.ts";
import type { BreachTransition } from "../../../src/domain/limits/breach_transition.ts";
import { DEMO_TRANSITIONS } from "../../support/demo_record.ts";
import { Person } from "../../support/person.ts";
import { assertScreen } from "../../support/screen_file.ts";

function limits(
  list: readonly BreachTransition[] = DEMO_TRANSITIONS,
  earlier: EarlierDay = "read",
  size?: Size,
): Person {
  const person = new Person(size);
  person.record = { ...person.record, transitions: () => ({ list, earlier }) };
  return person.type("4");
}

Deno.test("the limits view tells what became of the breaches today, the newest first", async () => {
  await assertScreen("limits_today_120x40", limits().screen());
  await assertScreen("limits_today_80x24", limits(DEMO_TRANSITIONS, "read", { columns: 80, rows: 24 }).screen());
});

Deno.test("it says how much of the day it knows", () => {
  assert.match(limits([], "reading").screen(), /Today, newest first; reading what was before the start/);
  assert.match(limits([], "reading").screen(), /^ reading… +$/m);
  assert.match(limits([], "not kept").screen(), /Today, newest first, since the start/);
  assert.match(limits([], "failed").screen(), /since the start: the store could not be read/);
  assert.match(limits([], "read").screen(), /^ Nothing\. +$/m);
});

Deno.test("a tall screen keeps rows for it, however many limits there are", () => {
  const person = limits();
  const snapshot = person.snapshot;
  assert.ok(snapshot !== null);
  const many = Array.from(
    { length: 8 },
    (_, index) => snapshot.limits.map((one) => ({ ...one, id: `${one.id} ${index}` })),
  );
  person.snapshot = { ...snapshot, limits: many.flat() };
  assert.match(person.screen(), /Today, newest first/);
  assert.match(person.screen(), /^ 10:28:31 {2}soft -> hard/m);
});

Deno.test("where the day is not recorded, the view is as without it", () => {
  assert.doesNotMatch(new Person().type("4").screen(), /Today/);
});

Deno.test("every size holds it", () => {
  for (const columns of [40, 60, 100, 160]) {
    for (const rows of [8, 14, 24, 40, 60]) {
      assert.equal(limits(DEMO_TRANSITIONS, "read", { columns, rows }).screen().split("\n").length, rows);
    }
  }
});
