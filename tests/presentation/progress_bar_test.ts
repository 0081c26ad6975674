import assert from "node:assert/strict";
import { ProgressBar, progressText } from "../../src/presentation/progress_bar.ts";
import { backfillProgress, remainingMs } from "../../src/presentation/cli/backfill_progress.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

const GLYPHS = { full: "#", empty: "-" };
const LINE = {
  label: "IB Flex files 2/5: 2025.xml",
  fraction: 0.43,
  details: ["38 s left", "412,000 rows", "1 FAILED", "51,234 rows/s"],
};

Deno.test("a wide line holds everything, a narrow one leaves out the least important, and none is wider than asked", () => {
  assert.equal(
    progressText(LINE, 119, GLYPHS),
    "IB Flex files 2/5: 2025.xml  #########--------------  43 %  38 s left  412,000 rows  1 FAILED  51,234 rows/s",
  );
  assert.equal(
    progressText(LINE, 79, GLYPHS),
    "IB Flex files 2/5: 2025.xml  ######---------  43 %  38 s left  412,000 rows",
  );
  for (let width = 1; width < 130; width++) assert.ok([...progressText(LINE, width, GLYPHS)].length <= width);
});

Deno.test("wide characters count as the two columns that they take", () => {
  assert.equal(progressText({ label: "交易記録一覧表示", fraction: null, details: [] }, 9, GLYPHS), "交易記録…");
});

Deno.test("it is drawn at most ten times a second, over itself, without colours, and leaves nothing behind", async () => {
  const clock = new VirtualClock();
  const written: string[] = [];
  const bar = new ProgressBar({ write: (text) => written.push(text), columns: () => 60 }, clock, "ascii");
  for (let at = 0; at < 100; at++) {
    bar.show(() => LINE);
    await clock.advance(10);
  }
  assert.equal(written.length, 10);
  assert.ok(written.every((text) => text.startsWith("\r") && text.endsWith("\x1b[K") && !text.includes("\x1b[3")));
  bar.clear();
  bar.clear();
  assert.deepEqual(written.slice(10), ["\r\x1b[K"]);
});

Deno.test("the time left is told once it can be, in proportion to what is done", () => {
  assert.equal(remainingMs(1_000, 0.5), null);
  assert.equal(remainingMs(10_000, 0.01), null);
  assert.equal(remainingMs(10_000, 0.25), 30_000);
});

Deno.test("without a terminal each finished window is a line, and a failure says why", () => {
  const written: string[] = [];
  const terminal = { write: (text: string) => written.push(text), columns: () => 80 };
  const view = backfillProgress({ terminal, clock: new VirtualClock(), glyphs: "ascii", draws: false });
  const progress = { source: "IB API", window: "today", index: 1, windows: 1, fraction: 0, executions: 0, failures: 0 };
  view.onProgress(progress);
  view.onWindow({ source: "IB API", window: "today", executions: 1, failure: null });
  view.onWindow({ source: "IB Flex files", window: "a.xml", executions: 0, failure: "it was cut off" });
  view.clear();
  assert.deepEqual(written, ["IB API, today: 1 execution\n", "IB Flex files, a.xml: FAILED: it was cut off\n"]);
});

Deno.test("a wait for the broker's limit stands in the line, and without a terminal it is told once", () => {
  const written: string[] = [];
  const terminal = { write: (text: string) => written.push(text), columns: () => 80 };
  const clock = new VirtualClock();
  const progress = {
    source: "Futu",
    window: "HK deals of …383, 2026-08-03 to 2026-10-25",
    index: 1,
    windows: 2,
    fraction: 0,
    executions: 7,
    failures: 0,
  };
  const waiting = "waiting 12 s for OpenD's limit (10 in 30 s)";
  const drawn = backfillProgress({ terminal, clock, glyphs: "ascii", draws: true });
  drawn.onProgress({ ...progress, waiting });
  assert.match(written.join(""), /Futu 1\/2: waiting 12 s for OpenD's/);
  written.length = 0;
  const printed = backfillProgress({ terminal, clock, glyphs: "ascii", draws: false });
  printed.onProgress({ ...progress, waiting });
  printed.onProgress({ ...progress, waiting: "waiting 11 s for OpenD's limit (10 in 30 s)" });
  printed.onProgress(progress);
  printed.onWindow({ source: "Futu", window: progress.window, rows: "deal", executions: 7, failure: null });
  assert.deepEqual(written, [`Futu, ${progress.window}: ${waiting}\n`, `Futu, ${progress.window}: 7 deals\n`]);
});
