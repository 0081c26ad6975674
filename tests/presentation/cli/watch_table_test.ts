import assert from "node:assert/strict";
import { type WatchedTable, watchTable } from "../../../src/presentation/cli/watch_table.ts";
import { TerminalEmulator } from "../../support/terminal_emulator.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

/** A loop under way, on a terminal or not, with what it has written so far. */
function started(given: Partial<WatchedTable>) {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const written = { text: "" };
  const ended = watchTable({
    text: () => "table\n",
    everyMs: 2_000,
    signal: stop.signal,
    clock,
    writer: {
      write(bytes) {
        written.text += new TextDecoder().decode(bytes);
        return Promise.resolve(bytes.length);
      },
    },
    screen: null,
    ...given,
  });
  return { clock, stop, written, ended };
}

function numbered(linesOf: (drawing: number) => string[]): () => string {
  let drawing = 0;
  return () => linesOf(++drawing).map((line) => `${line}\n`).join("");
}

Deno.test("without a terminal the tables follow each other, apart by a blank line and without an escape", async () => {
  const { clock, stop, written, ended } = started({ text: numbered((drawing) => [`table ${drawing}`]) });
  await clock.advance(4_000);
  stop.abort();
  await ended;
  assert.equal(written.text, "table 1\n\ntable 2\n\ntable 3\n");
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("JSON follows JSON with nothing between", async () => {
  const { clock, stop, written, ended } = started({ text: () => "{}\n", separator: "" });
  await clock.advance(2_000);
  stop.abort();
  await ended;
  assert.equal(written.text, "{}\n{}\n");
});

Deno.test("on a terminal a table is drawn over the one before, a shorter one as well", async () => {
  const screen = new TerminalEmulator(20, 8);
  const tables = [["one", "a long line", "three"], ["one", "short"], ["one", "two", "three", "four"]];
  const { clock, stop, written, ended } = started({
    text: numbered((drawing) => tables[drawing - 1] ?? []),
    screen: () => ({ columns: 20, rows: 8 }),
  });
  screen.write("$ apex\r\n");
  const shown = () => {
    screen.write(written.text);
    written.text = "";
    return screen.lines().map((line) => line.trimEnd()).filter((line) => line !== "");
  };
  await clock.advance(0);
  assert.deepEqual(shown(), ["$ apex", "one", "a long line", "three"]);
  await clock.advance(2_000);
  assert.deepEqual(shown(), ["$ apex", "one", "short"]);
  await clock.advance(2_000);
  assert.deepEqual(shown(), ["$ apex", "one", "two", "three", "four"]);
  stop.abort();
  await ended;
  assert.deepEqual([...screen.modes], ["7"], "wrapping is on again, no update is left open");
});

Deno.test("a line that is as wide as the terminal keeps its last character", async () => {
  const screen = new TerminalEmulator(10, 4);
  const { clock, stop, written, ended } = started({
    text: () => "0123456789\nshort\n",
    screen: () => ({ columns: 10, rows: 4 }),
  });
  await clock.advance(2_000);
  screen.write(written.text);
  assert.deepEqual(screen.lines().map((line) => line.trimEnd()), ["0123456789", "short", "", ""]);
  stop.abort();
  await ended;
});

Deno.test("each drawing is one synchronized update that never clears the whole screen", async () => {
  const { clock, stop, written, ended } = started({ screen: () => ({ columns: 80, rows: 24 }) });
  await clock.advance(2_000);
  const drawings = written.text.split("\x1b[?2026h").slice(1);
  assert.equal(drawings.length, 2);
  for (const drawing of drawings) assert.ok(drawing.endsWith("\x1b[?2026l"), "ends the update that it began");
  assert.ok(!written.text.includes("\x1b[2J") && !written.text.includes("\x1b[H"), "no flicker");
  stop.abort();
  await ended;
});

Deno.test("a table that is taller than the terminal says how much is missing, and does not scroll", async () => {
  const screen = new TerminalEmulator(80, 6);
  const { clock, stop, written, ended } = started({
    text: (columns) => Array.from({ length: 30 }, (_, at) => `row ${at + 1} of ${columns}\n`).join(""),
    screen: () => ({ columns: 80, rows: 6 }),
  });
  await clock.advance(4_000);
  screen.write(written.text);
  assert.deepEqual(screen.lines().map((line) => line.trimEnd()), [
    "row 1 of 80",
    "row 2 of 80",
    "row 3 of 80",
    "row 4 of 80",
    "26 more lines: a taller terminal shows them, or leave out --watch",
    "",
  ]);
  stop.abort();
  await ended;
});

Deno.test("a terminal that changes its size is drawn on at once, from its top, in its new width", async () => {
  let columns = 80;
  let resized = () => {};
  const { clock, stop, written, ended } = started({
    text: (wide) => `${wide} columns\n`,
    screen: () => ({ columns, rows: 24 }),
    onResize: (listener) => {
      resized = listener;
      return () => resized = () => {};
    },
  });
  await clock.advance(0);
  columns = 60;
  resized();
  await clock.advance(0);
  assert.ok(written.text.includes("80 columns"));
  assert.ok(written.text.includes("\x1b[H60 columns"), JSON.stringify(written.text));
  stop.abort();
  await ended;
});

Deno.test("the time that it may last ends it between two tables", async () => {
  const { clock, written, ended } = started({ forMs: 3_000 });
  await clock.advance(10_000);
  await ended;
  assert.equal(written.text, "table\n\ntable\n");
});

Deno.test("a reader that went away ends it", async () => {
  let blocks = 0;
  const { clock, ended } = started({
    writer: {
      write(bytes) {
        if (++blocks > 1) return Promise.reject(new Deno.errors.BrokenPipe());
        return Promise.resolve(bytes.length);
      },
    },
  });
  await clock.advance(10_000);
  await ended;
  assert.equal(blocks, 2);
});

Deno.test("what the table throws ends it", async () => {
  const { ended } = started({ text: () => Promise.reject(new Error("the store is gone")) });
  await assert.rejects(ended, /the store is gone/);
});
