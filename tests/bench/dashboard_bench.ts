/**
 * Budget: a frame of 60 rows by 12 columns with 30 % of its cells changed takes at most 1 ms, of 120 positions and of
 * 500; its 4 KB are a test.
 */
import { dashboard } from "../../src/presentation/terminal/dashboard.ts";
import { DifferentialWriter } from "../../src/presentation/terminal/writer.ts";
import type { ViewState } from "../../src/presentation/terminal/view_state.ts";
import { DEMO_LOOK, DEMO_VIEW } from "../support/demo_look.ts";
import { manyLines } from "../support/demo_record.ts";
import { DEMO_NOW } from "../support/demo_snapshot.ts";
import { frameAt, FRAMES, movingBook, SNAPSHOTS, THEME, withNames } from "../support/moving_book.ts";

const writer = new DifferentialWriter(THEME);
let index = 0;

Deno.bench("a positions frame of 60 rows by 12 columns, 30 % changed (budget 1 ms)", () => {
  writer.draw(frameAt(index++));
});

Deno.bench("a Summary frame at 120 by 40", () => {
  const snapshot = SNAPSHOTS[index++ % FRAMES] ?? null;
  writer.draw(
    dashboard({ snapshot, view: DEMO_VIEW, size: { columns: 120, rows: 40 }, now: DEMO_NOW, look: DEMO_LOOK }),
  );
});

/** The log's end moves with every frame, and the search goes through all of its 500 lines. */
const LOGS = Array.from({ length: 10 }, (_, turn) => manyLines(500, 1 + turn));

Deno.bench("a Health frame at 120 by 60 with a log of 500 lines that moves (budget 1 ms)", () => {
  const lines = LOGS[index++ % LOGS.length] ?? [];
  writer.draw(dashboard({
    snapshot: SNAPSHOTS[index % FRAMES] ?? null,
    view: { ...DEMO_VIEW, active: "health", log: { ...DEMO_VIEW.log, search: "line !zebra" } },
    size: { columns: 120, rows: 60 },
    now: DEMO_NOW,
    look: DEMO_LOOK,
    record: { log: () => lines, transitions: null },
  }));
});

const LARGE = movingBook(500, 16);
const NAMES = LARGE.map(withNames);

/** A whole frame of a new snapshot, so that nothing remembered of the one before helps. */
function largeFrame(view: Partial<ViewState>, book = LARGE): void {
  const at = index++ % book.length;
  const snapshot = book[at];
  if (snapshot === undefined) return;
  const shown = { ...DEMO_VIEW, ...view };
  const size = { columns: 120, rows: 66 };
  // A copy is a snapshot that no frame has seen.
  writer.draw(dashboard({ snapshot: { ...snapshot }, view: shown, size, now: DEMO_NOW + at * 250, look: DEMO_LOOK }));
}

Deno.bench(
  "a flat positions frame of a book of 500, every snapshot new (budget 1 ms)",
  () => largeFrame({ active: "positions", tree: false }),
);
Deno.bench(
  "the same with a filter and its sums",
  () => largeFrame({ active: "positions", tree: false, filter: "!flag:stale dte<60" }),
);
Deno.bench("a Quality frame of a book of 500", () => largeFrame({ active: "quality" }));
Deno.bench("a Summary frame of 500 names", () => largeFrame({ active: "summary" }, NAMES));
Deno.bench("a tree of 500 names", () => largeFrame({ active: "positions" }, NAMES));
