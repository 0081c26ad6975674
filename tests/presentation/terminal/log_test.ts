import assert from "node:assert/strict";
import type { LogLine } from "../../../src/application/ports/log.ts";
import type { Size } from "../../../src/presentation/terminal/context.ts";
import { dashboard } from "../../../src/presentation/terminal/dashboard.ts";
import { VIEW_IDS } from "../../../src/presentation/terminal/view_state.ts";
import { DEMO_LOOK, DEMO_VIEW } from "../../support/demo_look.ts";
import { DEMO_LOG, manyLines } from "../../support/demo_record.ts";
import { DEMO_NOW, demoSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";
import { assertScreen } from "../../support/screen_file.ts";

class Reader extends Person {
  lines: readonly LogLine[];
  constructor(lines: readonly LogLine[] = DEMO_LOG, size?: Size) {
    super(size);
    this.lines = lines;
    this.record = { ...this.record, log: () => this.lines };
    this.type("7");
  }
  /** The messages in sight, in the order of the screen. */
  messages(): string[] {
    return this.screen().split("\n").flatMap((line) =>
      /^[ >]\d\d:\d\d:\d\d (?:DEBUG|INFO |WARN |ERROR) [A-Z]+ +(.*?) *$/.exec(line)?.[1] ?? []
    );
  }
}

Deno.test("the health view ends in the program's log", async () => {
  await assertScreen("log_120x40", new Reader().screen());
  await assertScreen("log_80x24", new Reader(DEMO_LOG, { columns: 80, rows: 24 }).screen());
});

Deno.test("the newest line is selected and in sight while the log is followed", () => {
  const reader = new Reader(manyLines(500));
  assert.match(reader.selected(), /line 500$/);
  reader.lines = manyLines(500, 2);
  assert.match(reader.selected(), /line 501$/);
});

Deno.test("moving up holds the lines still while newer ones come and older ones are forgotten", () => {
  const reader = new Reader(manyLines(500)).type("kkk") as Reader;
  assert.match(reader.selected(), /line 497$/);
  assert.match(reader.screen(), /held: f follows/);
  const before = reader.messages();
  reader.lines = manyLines(500, 11);
  assert.deepEqual(reader.messages(), before);
  reader.type("k");
  assert.match(reader.selected(), /line 496$/);
});

Deno.test("f and the log's end follow it again; f lets go of it where it is", () => {
  const reader = new Reader(manyLines(500)).type("kkkf") as Reader;
  assert.match(reader.selected(), /line 500$/);
  assert.doesNotMatch(reader.screen(), /held/);
  reader.type("kkG");
  assert.match(reader.selected(), /line 500$/);
  assert.doesNotMatch(reader.screen(), /held/);
  reader.type("f");
  reader.lines = manyLines(500, 6);
  assert.match(reader.selected(), /line 500$/);
  assert.match(reader.screen(), /held: f follows/);
});

Deno.test("a line that was forgotten while it was selected gives way to the newest", () => {
  const reader = new Reader(manyLines(10)).type("g") as Reader;
  assert.match(reader.selected(), /line 1$/);
  reader.lines = manyLines(10, 5);
  assert.match(reader.selected(), /line 14$/);
});

Deno.test("l raises the lowest level shown and begins again after ERROR", () => {
  const reader = new Reader();
  const levels = () => reader.screen().match(/Log, newest last, ([^─,]*?)(?: ─|,)/)?.[1];
  const shown: [string | undefined, number][] = [[levels(), reader.messages().length]];
  for (let times = 0; times < 4; times++) {
    reader.type("l");
    shown.push([levels(), reader.messages().length]);
  }
  assert.deepEqual(shown, [
    ["level INFO and up", 7],
    ["level WARN and up", 3],
    ["ERROR only", 1],
    ["all levels", 8],
    ["level INFO and up", 7],
  ]);
});

Deno.test("a search narrows the lines while it is typed, and Esc ends it without touching the filter of the rows", () => {
  const reader = new Reader().type("2/spy\r7/tsla") as Reader;
  assert.match(reader.line(-2), /^ \/ tsla_ +2 lines {2}Enter keep {2}Esc clear $/);
  assert.deepEqual(reader.messages().map((message) => message.slice(0, 4)), ["boug", "TSLA"]);
  reader.type("\r");
  assert.match(reader.screen(), /level INFO and up, 2 with tsla/);
  assert.equal(reader.type("/ALERT !tsla\x15alert !tsla").messages().length, 2, "categories count, words are left out");
  assert.equal(reader.type("\x1b").messages().length, 7);
  assert.equal(reader.view.filter, "spy");
});

Deno.test("a long search keeps its end in sight", () => {
  const reader = new Reader(DEMO_LOG, { columns: 60, rows: 20 }).type(`/${"stale line ".repeat(6)}here`);
  assert.match(reader.line(-2), /^ \/ ~.*here_ .*Enter keep {2}Esc clear $/);
});

Deno.test("a search that no line has says so", () => {
  assert.match(new Reader().type("/zebra\r").screen(), /No line has these words\./);
  assert.match(new Reader([]).screen(), /No line of this level\./);
});

Deno.test("Enter shows the whole record of the selected line, moving shows the next one's, Esc closes it", async () => {
  const reader = new Reader().type("k\r") as Reader;
  await assertScreen("log_record_120x40", reader.screen());
  assert.match(reader.screen(), /2026-11-20 10:28:31 NY {2}ERROR ALERT/);
  assert.match(reader.screen(), /transition=raised severity=hard value=1616940/);
  assert.match(reader.type("k").screen(), /account=DU…567 execId=0000e0d5/);
  assert.doesNotMatch(reader.type("\x1b").screen(), /execId/);
  assert.equal(reader.view.active, "health");
});

Deno.test("a frozen screen holds the log too", () => {
  const reader = new Reader().type(" ") as Reader;
  const later = { number: 9, at: DEMO_NOW + 1, level: "ERROR", category: "DATA", message: "later", data: {} } as const;
  reader.lines = [...DEMO_LOG, later];
  assert.equal(reader.messages().includes("later"), false);
  assert.equal(reader.type(" ").messages().includes("later"), true);
});

Deno.test("no other view looks at the log", () => {
  let looked = 0;
  const log = () => {
    looked++;
    return DEMO_LOG;
  };
  for (const active of VIEW_IDS.filter((id) => id !== "health")) {
    const size = { columns: 120, rows: 40 };
    const view = { ...DEMO_VIEW, active };
    dashboard({
      snapshot: demoSnapshot(),
      view,
      size,
      now: DEMO_NOW,
      look: DEMO_LOOK,
      record: { log, transitions: null },
    });
  }
  assert.equal(looked, 0);
});

Deno.test("control characters in a message never reach the terminal", () => {
  const reader = new Reader([{ ...DEMO_LOG[1]!, message: "evil \x1b[31mred\nnew line" }]).type("\r");
  for (const sign of reader.screen().replaceAll("\n", "")) assert.ok(sign >= " ", JSON.stringify(sign));
});

Deno.test("every size draws the log and its record without leaving the frame", () => {
  for (const columns of [40, 60, 80, 120, 200]) {
    for (const rows of [8, 12, 16, 24, 40, 60]) {
      const lines = new Reader(DEMO_LOG, { columns, rows }).type("\r").screen().split("\n");
      assert.equal(lines.length, rows);
    }
  }
});

Deno.test("r asks before it touches the feed, and Esc or n leaves it alone", () => {
  const asked = new Reader().type("r");
  assert.match(asked.line(-2), /^ Reconnect to the broker\? .* Enter yes {2}Esc no $/);
  assert.deepEqual(asked.actions, []);
  assert.deepEqual(asked.type("\r").actions, [{ kind: "feed", request: { kind: "reconnect" } }]);
  assert.deepEqual(new Reader().type("r\x1b").actions, []);
  assert.deepEqual(new Reader().type("rn").actions, []);
  assert.deepEqual(new Reader().type("rx").actions, [], "any other key is no answer");
});

Deno.test("r on a contract's row asks for that line alone", () => {
  const person = new Person().type("6r");
  assert.match(person.line(-2), /^ Ask anew for the quotes of [A-Z].*\? .* Enter yes {2}Esc no $/);
  const [action] = person.type("y").actions;
  assert.ok(action?.kind === "feed" && action.request.kind === "resubscribe");
  assert.match(new Person().type("2gr").line(-2), /this row has no quotes of its own: choose a contract/);
  assert.match(new Person().type("r").line(-2), /r works in 2 6 7/);
});
