/** What the screens of unusual books must not get wrong. */
import assert from "node:assert/strict";
import type { RiskSnapshot } from "../../../src/domain/risk/snapshot.ts";
import { restoredSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";
import { screenBooks } from "../../support/screen_books.ts";

function book(name: string): RiskSnapshot {
  return screenBooks().find((one) => one.name === name)?.snapshot ?? assert.fail(`there is no book ${name}`);
}

function lines(person: Person): string[] {
  return person.screen().split("\n");
}

Deno.test("what was judged on a stored book says so in the signals as well", () => {
  const text = new Person(undefined, restoredSnapshot()).type("5").screen();
  assert.match(text, /max_per_underlying_notional +1,617,557s +1,500,000/);
});

Deno.test("a flat book keeps its limits, its signals and what its sources disagree about", () => {
  const flat: RiskSnapshot = {
    ...book("empty"),
    reconciliation: [{ key: "SAP stock EUR", status: "MISSING", detail: "IB lacks it", quantities: { MANUAL: 500 } }],
  };
  assert.match(new Person(undefined, flat).type("4").screen(), /ok +Gross exposure +0 +6,000,000/);
  assert.match(new Person(undefined, flat).type("5").screen(), /No breach is open and no signal holds/);
  assert.match(new Person(undefined, flat).type("6").screen(), /SAP stock EUR +MISSING/);
  for (const key of ["1", "2", "3"]) assert.match(new Person(undefined, flat).type(key).screen(), /No positions/);
});

Deno.test("before anything was read no view but health shows rows", () => {
  for (const key of ["1", "2", "3", "4", "5", "6"]) {
    assert.match(new Person(undefined, book("no_connection")).type(key).screen(), /No connection/);
  }
});

Deno.test("numbers of neighbouring columns never touch, marked or large", () => {
  for (const name of ["restored", "large", "closed"]) {
    for (const key of ["1", "2", "3"]) {
      for (const columns of [80, 100, 120, 140, 200]) {
        // Ages such as 2m14s stand in the alert row alone.
        for (const line of lines(new Person({ columns, rows: 40 }, book(name)).type(key)).slice(3)) {
          assert.doesNotMatch(line, /\d[smxc][+-]?\d/, `${name} ${key} at ${columns}: ${line}`);
        }
      }
    }
  }
});

Deno.test("a gain in millions keeps its sign", () => {
  const shocks = lines(new Person({ columns: 120, rows: 40 }, book("large"))).filter((line) => /│ +\+10 % /.test(line));
  assert.match(shocks.join("\n"), /\+10 % +\+5\.00Mx/);
});

Deno.test("after hours a name's price says that it is a close", () => {
  assert.match(new Person(undefined, book("closed")).screen(), /TSLA +5 +398\.60c/);
});

Deno.test("how far a breach went is told in full however narrow the screen", () => {
  const text = new Person({ columns: 80, rows: 24 }, book("demo")).type("4").screen();
  assert.match(text, /ESC TSLA exposure 2\.16 M is 144 % of its 1\.50 M limit/);
  assert.match(text, /m partly modelled *$/m);
});

Deno.test("what does not fit beside the worst limits is left out whole", () => {
  const told = lines(new Person({ columns: 120, rows: 40 })).find((line) => / more, all ok/.test(line)) ?? "";
  assert.match(told, /2 more, all ok: EUR\.USD 2 %, daily loss 0 % /);
  const limits = book("demo").limits.map((limit) => ({ ...limit, utilization: (limit.utilization ?? 0) + 10 }));
  const crowded = new Person({ columns: 120, rows: 40 }, { ...book("demo"), limits });
  assert.doesNotMatch(lines(crowded).find((line) => / more/.test(line)) ?? "", /\d~/);
});

Deno.test("the tab and the view count the same signals as new", () => {
  const breaches = book("demo").breaches.map((breach) => ({ ...breach, state: "open" as const }));
  const [, tabs = "", , title = ""] = lines(new Person(undefined, { ...book("demo"), breaches }).type("5"));
  const badge = /5 Signals (\d+)/.exec(tabs)?.[1];
  assert.equal(badge, "5");
  assert.match(title, /5 active, 5 new/);
});
