/** Whatever breaks or is killed, and however often it is repeated, the end is the same. */
import assert from "node:assert/strict";
import { coveredBy, dayStart, isCovered } from "../../../src/application/backfill/coverage.ts";
import { dayNumber } from "../../../src/domain/calendar/date.ts";
import { backfilled, dailyFills, FakeStatements, Killed, MemoryStore } from "../../support/backfill_desk.ts";
import fc from "../../support/property.ts";

const FILLS = [...dailyFills("DU1", "2026-05-01", "2026-11-29"), ...dailyFills("DU2", "2026-06-15", "2026-11-29")];
const FIRST = "2026-06-01";
const END = dayStart(dayNumber("2026-11-30"));

type Step =
  | { readonly kind: "breaks"; readonly window: number; readonly piece: number; readonly days: number }
  | { readonly kind: "killed"; readonly write: number; readonly days: number }
  | { readonly kind: "range"; readonly from: string; readonly to: string; readonly force: boolean }
  | { readonly kind: "whole"; readonly days: number; readonly account: string | null };

const month = (at: number) => `2026-${String(at).padStart(2, "0")}`;
const days = fc.constantFrom(3, 30, 100, 182);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("breaks" as const), window: fc.nat(3), piece: fc.nat(4), days }),
  fc.record({ kind: fc.constant("killed" as const), write: fc.nat(6), days }),
  fc.tuple(fc.integer({ min: 6, max: 11 }), fc.integer({ min: 0, max: 2 }), fc.boolean()).map((
    [from, more, force],
  ) => ({
    kind: "range" as const,
    from: `${month(from)}-01`,
    to: `${month(Math.min(11, from + more))}-20`,
    force,
  })),
  fc.record({ kind: fc.constant("whole" as const), days, account: fc.constantFrom(null, "DU1") }),
);

async function play(action: Step, source: FakeStatements, store: MemoryStore): Promise<void> {
  source.beforePiece = () => {};
  store.beforeWrite = () => {};
  source.asked.length = 0;
  let writes = 0;
  if (action.kind === "breaks") {
    source.beforePiece = (_, piece) => {
      if (source.asked.length === action.window + 1 && piece === action.piece) throw new Error("it broke off");
    };
  }
  if (action.kind === "killed") {
    store.beforeWrite = () => {
      if (writes++ === action.write) throw new Killed();
    };
  }
  const options = action.kind === "range"
    ? { from: action.from, to: action.to, force: action.force }
    : { days: action.days, account: action.kind === "whole" ? action.account : null };
  await backfilled([source], store, options).catch((fault) => {
    if (!(fault instanceof Killed)) throw fault;
  });
}

/** What a DONE window covers is stored, and a watermark stands at the end of what is covered. */
function checkPromises(store: MemoryStore): void {
  for (const account of ["DU1", "DU2"]) {
    const windows = [...store.windows.values()].filter((row) => row.account === account);
    const spans = windows.filter(({ status }) => status === "DONE");
    const watermark = store.watermark(account);
    if (watermark !== null) assert.ok(isCovered({ from: watermark - 1, to: watermark }, coveredBy(windows)));
    for (const { execution } of FILLS) {
      const isPromised = execution.account === account &&
        spans.some(({ from, to }) => execution.executedAt >= from && execution.executedAt < to);
      if (isPromised) {
        assert.ok(store.executions.has(`${account} ${execution.execId}`), `${execution.execId} is missing`);
      }
    }
  }
}

Deno.test("any sequence of failures, kills and repeats ends with every row once and the right watermark", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      const source = new FakeStatements();
      source.fills = FILLS;
      const store = new MemoryStore();
      const marks = new Map<string, number>();
      for (const each of steps) {
        await play(each, source, store);
        checkPromises(store);
        for (const [key, { watermark }] of store.states) {
          const before = marks.get(key);
          if (before !== undefined) {
            assert.ok(watermark !== null && watermark >= before, "a watermark never moves back");
          }
          if (watermark !== null) marks.set(key, watermark);
        }
      }
      await play({ kind: "range", from: FIRST, to: "2026-11-29", force: false }, source, store);
      await play({ kind: "whole", days: 30, account: null }, source, store);
      const expected = FILLS.filter(({ execution }) => execution.executedAt >= dayStart(dayNumber(FIRST)));
      for (const { execution, commission } of expected) {
        const key = `${execution.account} ${execution.execId}`;
        assert.deepEqual(store.executions.get(key), execution);
        assert.deepEqual(store.commissions.get(key), commission);
      }
      const all = [...store.windows.values()].filter(({ account }) => account === "ALL");
      assert.ok(isCovered({ from: dayStart(dayNumber(FIRST)), to: END }, coveredBy(all)));
      assert.deepEqual(all.filter(({ status }) => status === "FAILED"), [], "nothing is left that failed");
      for (const account of ["DU1", "DU2", "ALL"]) assert.equal(store.watermark(account), END, account);
    }),
    { numRuns: 150 },
  );
});
