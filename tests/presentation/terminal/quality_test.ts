import assert from "node:assert/strict";
import type { Flag } from "../../../src/domain/risk/snapshot.ts";
import { demoSnapshot, restoredSnapshot } from "../../support/demo_snapshot.ts";
import { Person } from "../../support/person.ts";
import { assertScreen } from "../../support/screen_file.ts";

const NARROW = { columns: 80, rows: 24 };

/** The demo book with these flags on its first position, its quote included. */
function flagged(flags: readonly Flag[], changes: Record<string, unknown> = {}): Person {
  const [first, ...others] = demoSnapshot().positions;
  assert.ok(first);
  return new Person(undefined, demoSnapshot({ positions: [{ ...first, ...changes, flags }, ...others] })).type("6");
}

Deno.test("the Quality view of the demo book", async () => {
  await assertScreen("quality_120x40", new Person().type("6").screen());
  await assertScreen("quality_80x24", new Person(NARROW).type("6").screen());
});

Deno.test("flagged positions come gravest first and say what each flag does to the numbers", () => {
  const person = new Person().type("6");
  assert.match(person.selected(), /^>ES 18Dec26 6400 P +STALE .*64\.25s kept at its last good mark/);
  assert.match(person.type("j").selected(), /^>NVDA 27Nov26 200 C +NO_GREEKS \+1 .*out of greeks and exposure/);
  assert.match(person.screen(), /NVDA 27Nov26 200 C: NO_GREEKS out of greeks and exposure; DATA_MISSING/);
});

Deno.test("a missing quote says which mark stands in for it, and one without any is out of every total", () => {
  assert.match(flagged(["MISSING"], { markSource: "broker" }).selected(), /no quote: broker.s mark/);
  assert.match(
    flagged(["MISSING", "NO_MARK"], { mark: null, markSource: "none" }).selected(),
    /no price: out of every total/,
  );
});

Deno.test("a restored position says so, and so does one that is confirmed and still at its stored mark", () => {
  const restored = new Person(undefined, restoredSnapshot()).type("6");
  assert.match(restored.selected(), /STALE .*s from history, not confirmed yet/);
  assert.match(flagged(["STALE"], { markSource: "stored" }).screen(), /at the mark that history stored/);
});

Deno.test("positions that are merely quiet are counted and not listed until they are asked for", () => {
  const person = flagged(["QUIET"]);
  assert.match(person.screen(), /Flagged: 4 rows, worst first; 1 more only QUIET, CLOSED or TAYLOR/);
  assert.match(person.type("/flag:quiet\r").selected(), /^>TSLA stock +QUIET/);
});

Deno.test("o leaves what needs no look out of both tables", () => {
  const person = new Person().type("6o");
  assert.doesNotMatch(person.screen(), /^[ >]SAP stock EUR +BETA_DEFAULT/m);
  assert.doesNotMatch(person.screen(), /explained {2,}/);
  assert.match(person.screen(), /^[ >]SAP stock EUR +DRIFT/m);
});

Deno.test("the selection goes on from the flagged rows into the differences between sources", () => {
  const person = new Person(NARROW).type("6G");
  assert.match(person.selected(), /^>TSLA stock +explained +3,450 +3,150/);
  assert.match(person.screen(), /^ TSLA stock explained: bought 300 at 398\.15, 10:28:31 *$/m);
});

Deno.test("with one source there is nothing to agree with, and before the first look nothing is claimed", () => {
  const { reconciliationSummary: summary } = demoSnapshot();
  assert.ok(summary);
  const none = { ...summary, compared: 0, agree: 0, drift: 0, explained: 0 };
  const shown = (reconciliationSummary: typeof summary): string =>
    new Person(undefined, demoSnapshot({ reconciliation: [], reconciliationSummary })).type("6").screen();
  assert.match(shown(none), /Reconciliation: nothing to compare/);
  assert.match(shown({ ...none, checkedAt: null }), /Reconciliation: not compared yet/);
  assert.match(shown({ ...summary, drift: 0, explained: 0, agree: 25 }), /All sources agree\./);
});

Deno.test("a P&L check that found nothing amiss says so, and one without pairs does not claim an accuracy", () => {
  const check = demoSnapshot().pnlCheck;
  const shown = (pnlCheck: typeof check): string =>
    new Person(undefined, demoSnapshot({ pnlCheck })).type("6").screen();
  assert.match(shown({ ...check, worst: [] }), /25 lots compared, none differs by a cent/);
  const nothing = { unrealizedAccuracy: null, dailyAccuracy: null, leavesCompared: 0, worst: [] };
  assert.match(shown(nothing), /nothing to compare yet/);
});

Deno.test("a book without a flag has no table of flags", () => {
  const positions = demoSnapshot().positions.map((one) => ({ ...one, flags: [] }));
  const quality = { quotes: 25, live: 25, flags: {} };
  const person = new Person(undefined, demoSnapshot({ positions, quality })).type("6");
  assert.match(person.screen(), /Flagged: none/);
  assert.match(person.screen(), /No position is flagged\./);
  assert.match(person.screen(), / no flags /);
});

Deno.test("the worst disagreement with TWS names its contract as every row does", () => {
  const { pnlCheck } = demoSnapshot();
  const worst = pnlCheck.worst.map((one) => ({ ...one, position: "ES 2026-12-18 6400 P" }));
  const text = new Person(undefined, demoSnapshot({ pnlCheck: { ...pnlCheck, worst } })).type("6").screen();
  assert.match(text, /worst ES 18Dec26 6400 P/);
});
