import assert from "node:assert/strict";
import {
  type DayTrail,
  extended,
  initialTrail,
  trailCells,
  withEarlier,
} from "../../../src/presentation/terminal/day_trail.ts";
import { glyphsOf, sparkline } from "../../../src/presentation/terminal/glyphs.ts";
import { demoSnapshot } from "../../support/demo_snapshot.ts";

const BEGAN = Date.parse("2026-11-20T15:30:00Z");
const MINUTE = 60_000;
const GLYPHS = glyphsOf("unicode");

function snapshotOf(dailyPnl: number | null, status: "complete" | "stale" | "starting" = "complete", session = "open") {
  const demo = demoSnapshot();
  return demoSnapshot({
    status,
    portfolio: { ...demo.portfolio, dailyPnl, grossExposure: 4_000_000 },
    session: demo.session.map((one, index) => index === 0 ? { ...one, state: session as "open" } : one),
  });
}

/** A second apart, with the second's number as P&L. */
function lived(seconds: number, from: DayTrail = initialTrail, began = BEGAN): DayTrail {
  let trail = from;
  for (let second = 0; second < seconds; second++) {
    trail = extended(trail, snapshotOf(second), began + second * 1_000);
  }
  return trail;
}

function line(trail: DayTrail, cells = 28): string {
  return sparkline(trailCells(trail, "dailyPnl", cells), GLYPHS);
}

Deno.test("below eight points there is no line, from eight on one of as many cells", () => {
  assert.equal(line(lived(7)), "");
  assert.equal(line(lived(8)), "▁▂▃▄▅▆▇█");
});

Deno.test("a line has no more cells than there are, and ends at the newest sample", () => {
  const cells = trailCells(lived(300), "dailyPnl", 20);
  assert.equal(cells.length, 20);
  assert.equal(cells.at(-1), 299);
  assert.ok(cells.every((cell) => cell !== null));
});

Deno.test("a day of samples keeps within 480 points and has no gap of its own making", () => {
  const trail = lived(30_000);
  assert.ok(trail.points.length <= 480);
  assert.ok(trailCells(trail, "dailyPnl", 28).every((cell) => cell !== null));
  assert.equal(trailCells(trail, "dailyPnl", 28).at(-1), trail.points.at(-1)?.dailyPnl);
});

Deno.test("while the book is stale or not known nothing is sampled, and the hole stays a hole", () => {
  let trail = lived(600);
  for (let second = 600; second < 1_200; second++) {
    trail = extended(trail, snapshotOf(1, "stale"), BEGAN + second * 1_000);
  }
  trail = lived(600, trail, BEGAN + 1_200_000);
  const gaps = trailCells(trail, "dailyPnl", 30).map((cell) => cell === null);
  // The middle ten of thirty minutes, of which the first is still spoken for by the sample before it.
  assert.ok(gaps.filter(Boolean).length >= 8 && gaps.filter(Boolean).length <= 10, JSON.stringify(gaps));
  assert.match(line(trail, 30), /[▁-█] {8,10}[▁-█]/);
});

Deno.test("a figure that is missing for a while is a gap in its own line alone", () => {
  let trail = lived(300);
  for (let second = 300; second < 900; second++) {
    trail = extended(trail, snapshotOf(null), BEGAN + second * 1_000);
  }
  trail = lived(300, trail, BEGAN + 900_000);
  assert.ok(trailCells(trail, "dailyPnl", 30).includes(null));
  assert.ok(!trailCells(trail, "grossExposure", 30).includes(null));
});

Deno.test("points of an earlier run come before this one's, five minutes apart without a gap between them", () => {
  const earlier = Array.from({ length: 12 }, (_, index) => ({
    at: BEGAN - (12 - index) * 5 * MINUTE,
    dailyPnl: -1_000 + index,
    grossExposure: 1,
  }));
  const trail = withEarlier(lived(60), [...earlier, { at: BEGAN + 1, dailyPnl: 9, grossExposure: 9 }], 5 * MINUTE);
  assert.equal(trail.points.length, 72, "what this run has seen itself is not taken from the store");
  const cells = trailCells(trail, "dailyPnl", 28);
  assert.equal(cells[0], -1_000);
  assert.equal(cells.at(-1), 59);
  assert.ok(!cells.includes(null));
});

Deno.test("two hours in which no program ran are a gap between the runs", () => {
  const earlier = Array.from({ length: 12 }, (_, index) => ({
    at: BEGAN - 120 * MINUTE - (12 - index) * 5 * MINUTE,
    dailyPnl: index,
    grossExposure: 1,
  }));
  const trail = withEarlier(lived(600), earlier, 5 * MINUTE);
  assert.match(line(trail, 28), /^[▁-█]+ {12,20}[▁-█]+$/);
});

Deno.test("a short run long after another one shows both ends of the gap, however few cells they take", () => {
  const earlier = Array.from({ length: 30 }, (_, index) => ({
    at: BEGAN - 300 * MINUTE + index * 1_000,
    dailyPnl: index,
    grossExposure: 1,
  }));
  const text = line(withEarlier(lived(60), earlier, 1_000), 28);
  assert.match(text, /^[▁-█] {26}[▁-█]$/);
});

Deno.test("the trail begins anew when the market opens", () => {
  let trail = initialTrail;
  for (let second = 0; second < 20; second++) {
    trail = extended(trail, snapshotOf(second, "complete", "pre"), BEGAN + second * 1_000);
  }
  trail = extended(trail, snapshotOf(50), BEGAN + 20_000);
  assert.deepEqual(trail.points.map(({ dailyPnl }) => dailyPnl), [50]);
});
