import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import {
  type BookAfter,
  type BookComparison,
  compareBooks,
  type PreviousBook,
} from "../../../src/domain/quality/book_comparison.ts";
import {
  manualEntryCounts,
  reconcile,
  type Reconciliation,
  type ReconciliationInput,
  type SourceBook,
} from "../../../src/domain/quality/reconciliation.ts";
import type { Source } from "../../../src/domain/event.ts";

const NOW = Date.parse("2026-11-20T15:30:00Z");
const SAP = 0;
const TSLA = 1;
const NAMES = ["SAP stock EUR", "TSLA stock", "AAPL 18Dec26 280 C"];
const WORDS: ReconciliationInput["words"] = {
  contract: (instrument) => NAMES[instrument] ?? `contract ${instrument}`,
  time: (at) => new Date(at).toISOString().slice(11, 19),
};

function book(source: Source, quantities: Readonly<Record<number, number>>, confirmedAt: number | null = NOW) {
  const held = Object.entries(quantities).map(([key, quantity]) => [Number(key), quantity] as const);
  return { source, quantities: new Map(held), confirmedAt } satisfies SourceBook;
}

function compare(
  books: readonly SourceBook[],
  settings: Partial<ReconciliationInput["settings"]> = {},
  comparisons: readonly BookComparison[] = [],
): Reconciliation {
  return reconcile({
    books,
    comparisons,
    settings: { manual: "supplement", quantityDriftThreshold: 0, staleThresholdSec: 300, ...settings },
    now: NOW,
    manualFile: "data/positions/manual.yaml",
    words: WORDS,
  });
}

const told = ({ rows }: Reconciliation) => rows.map(({ key, status, detail }) => `${status} ${key}: ${detail}`);

Deno.test("reconcile() reports nothing missing when there is one broker (mistake 15)", () => {
  const { rows, summary } = compare([book("IB", { [SAP]: 600, [TSLA]: 300 })]);
  assert.deepEqual(rows, []);
  assert.equal(summary.compared, 0);
  assert.equal(summary.agree, 0);
});

Deno.test("reconcile() never compares brokers with each other", () => {
  for (const manual of ["supplement", "expected"] as const) {
    assert.deepEqual(compare([book("IB", { [SAP]: 600 }), book("FUTU", { [TSLA]: 5, [SAP]: 1 })], { manual }).rows, []);
  }
});

Deno.test("reconcile() says nothing before every source was read completely", () => {
  for (const unread of ["IB", "MANUAL"] as const) {
    const books = [
      book("IB", { [SAP]: 600 }, unread === "IB" ? null : NOW),
      book("MANUAL", {}, unread === "MANUAL" ? null : NOW),
    ];
    const { rows, summary } = compare(books, { manual: "expected" });
    assert.deepEqual(rows, []);
    assert.equal(summary.checkedAt, null);
  }
});

Deno.test("reconcile() counts a broker without positions as read: what the file alone expects is missing", () => {
  const { rows } = compare([book("IB", {}), book("MANUAL", { [SAP]: 1 })], { manual: "expected" });
  assert.equal(rows.length, 1);
});

Deno.test("supplement: a contract that a broker has too is the broker's, and drifts when the file says otherwise", () => {
  const result = compare([book("IB", { [SAP]: 600 }), book("MANUAL", { [SAP]: 500 })]);
  assert.deepEqual(told(result), ["DRIFT SAP stock EUR: IB's 600 is used; correct data/positions/manual.yaml"]);
  assert.deepEqual(result.rows[0]!.quantities, { IB: 600, MANUAL: 500 });
  assert.deepEqual({ ...result.summary, checkedAt: "" }, {
    checkedAt: "",
    compared: 1,
    agree: 0,
    drift: 1,
    missing: 0,
    explained: 0,
    stale: 0,
  });
});

Deno.test("supplement: what only the file or only a broker has is fine, and compared with nothing", () => {
  const { rows, summary } = compare([book("IB", { [SAP]: 600 }), book("MANUAL", { [TSLA]: 500 })]);
  assert.deepEqual(rows, []);
  assert.equal(summary.compared, 0);
});

Deno.test("the file is compared with what the brokers hold together", () => {
  const brokers = [book("IB", { [SAP]: 400 }), book("FUTU", { [SAP]: 200 })];
  const agreeing = compare([...brokers, book("MANUAL", { [SAP]: 600 })]);
  assert.deepEqual([agreeing.rows, agreeing.summary.agree], [[], 1]);
  const drifting = compare([...brokers, book("MANUAL", { [SAP]: 400 })]);
  assert.deepEqual(told(drifting), [
    "DRIFT SAP stock EUR: IB's and FUTU's 600 is used; correct data/positions/manual.yaml",
  ]);
});

Deno.test("expected: what only the file or only a broker has is missing from the other, which is named", () => {
  const result = compare([book("IB", { [SAP]: 600 }), book("MANUAL", { [TSLA]: 300 })], { manual: "expected" });
  assert.deepEqual(told(result), [
    "MISSING SAP stock EUR: data/positions/manual.yaml does not list it; IB's 600 is used",
    "MISSING TSLA stock: IB does not hold it; the 300 of data/positions/manual.yaml is left out of the totals",
  ]);
  assert.deepEqual(result.rows.map(({ quantities }) => quantities), [{ IB: 600 }, { MANUAL: 300 }]);
  assert.equal(result.summary.missing, 2);
});

Deno.test("expected: agreement and drift are told as in a supplement", () => {
  const books = [book("IB", { [SAP]: 600, [TSLA]: 300 }), book("MANUAL", { [SAP]: 600, [TSLA]: 100 })];
  const { rows, summary } = compare(books, { manual: "expected" });
  assert.deepEqual(rows.map(({ status }) => status), ["DRIFT"]);
  assert.equal(summary.agree, 1);
});

for (
  const [what, held, filed, threshold, drifts] of [
    ["the same quantity", 600, 600, 0, false],
    ["a difference in the last binary digits", 0.1 + 0.2, 0.3, 0, false],
    ["less than 1e-9 apart", 1, 1 + 9e-10, 0, false],
    ["more than 1e-9 apart", 1, 1 + 2e-9, 0, true],
    ["a short for a long", -600, 600, 0, true],
    ["as far apart as the threshold", 600, 605, 5, false],
    ["the threshold and the last binary digits apart", 0.1, 0.3, 0.2, false],
    ["further apart than the threshold", 600, 605.5, 5, true],
  ] as const
) {
  Deno.test(`quantities ${drifts ? "drift" : "agree"}: ${what}`, () => {
    const { rows, summary } = compare([book("IB", { [SAP]: held }), book("MANUAL", { [SAP]: filed })], {
      quantityDriftThreshold: threshold,
    });
    assert.deepEqual(rows.map(({ status }) => status), drifts ? ["DRIFT"] : []);
    assert.deepEqual([summary.agree, summary.drift], drifts ? [0, 1] : [1, 0]);
  });
}

Deno.test("a source is stale once it has not confirmed its positions for longer than the threshold", () => {
  const seen = (seconds: number) => compare([book("IB", { [SAP]: 600 }, NOW - seconds * 1000)]);
  assert.deepEqual(seen(300).rows, []);
  const { rows, summary } = seen(301);
  assert.deepEqual(rows.map(({ key, status }) => [key, status]), [["IB", "STALE"]]);
  assert.match(rows[0]!.detail, /^IB has not confirmed its positions since 15:24:59; what it last said is used$/);
  assert.equal(summary.stale, 1);
});

Deno.test("an entry of the file counts only as a supplement that no broker holds", () => {
  assert.equal(manualEntryCounts("supplement", false), true);
  assert.equal(manualEntryCounts("supplement", true), false);
  assert.equal(manualEntryCounts("expected", false), false);
  assert.equal(manualEntryCounts("expected", true), false);
});

const quantities = fc.dictionary(
  fc.integer({ min: 0, max: 5 }).map(String),
  fc.integer({ min: -5, max: 5 }).filter((q) => q !== 0),
);

Deno.test("every compared contract agrees or is in exactly one row, whatever the sources hold", () => {
  fc.assert(
    fc.property(
      quantities,
      quantities,
      quantities,
      fc.constantFrom("supplement", "expected"),
      (ib, futu, file, manual) => {
        const { rows, summary } = compare([book("IB", ib), book("FUTU", futu), book("MANUAL", file)], { manual });
        assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
        assert.equal(summary.agree + summary.drift + summary.missing + summary.explained, summary.compared);
        assert.equal(rows.length, summary.compared - summary.agree);
      },
    ),
  );
});

/** The gap of these tests: the link fell at 15:00. */
const DROPPED = Date.parse("2026-11-20T15:00:00Z");

function before(
  quantities: Readonly<Record<number, number>>,
  fills: PreviousBook["knownFills"] = new Map(),
): PreviousBook {
  return { ...book("IB", quantities), source: "IB", takenAt: DROPPED, knownFills: fills };
}

const fill = (execId: string, quantity: number, price: number, time: string, instrument = TSLA) => ({
  account: "DU1",
  instrument,
  fill: { execId, quantity, price, time: Date.parse(`2026-11-20T${time}Z`) },
});

/** Executions are known from midnight in New York. */
const MIDNIGHT = Date.parse("2026-11-20T05:00:00Z");

function afterwards(
  quantities: ReadonlyMap<number, number>,
  fills: readonly ReturnType<typeof fill>[],
  change: Partial<BookAfter> = {},
): BookAfter {
  return { quantities, fills, fillsSince: MIDNIGHT, isExpired: () => false, ...change };
}

function afterGap(
  previous: PreviousBook,
  now: Readonly<Record<number, number>>,
  fills: readonly ReturnType<typeof fill>[] = [],
  change: Partial<BookAfter> = {},
): Reconciliation {
  const after = book("IB", now);
  return compare([after], {}, [compareBooks(previous, afterwards(after.quantities, fills, change), 0, WORDS)]);
}

for (
  const [what, then, now, fills, expected] of [
    ["bought during the gap", { [TSLA]: 3150 }, { [TSLA]: 3450 }, [fill("a.01", 300, 398.15, "15:28:31")], [
      "EXPLAINED TSLA stock: bought 300 at 398.15, 15:28:31",
    ]],
    ["opened during the gap", {}, { [TSLA]: -2 }, [fill("a.01", -2, 4.15, "15:01:00")], [
      "EXPLAINED TSLA stock: sold 2 at 4.15, 15:01:00",
    ]],
    ["closed during the gap", { [TSLA]: 2 }, {}, [fill("a.01", -2, 4.15, "15:01:00")], [
      "EXPLAINED TSLA stock: sold 2 at 4.15, 15:01:00",
    ]],
    ["traded in several executions", { [TSLA]: 10 }, { [TSLA]: 12 }, [
      fill("a.01", 3, 4, "15:01:00"),
      fill("b.01", -2, 4, "15:02:00"),
      fill("c.01", 1, 4, "15:03:00"),
    ], ["EXPLAINED TSLA stock: 3 executions, +2 in all, the last at 15:03:00"]],
    ["changed without an execution", { [TSLA]: 10 }, { [TSLA]: 12 }, [], [
      "DRIFT TSLA stock: IB held 10 at 15:00:00: no execution explains it; IB's 12 is used",
    ]],
    ["changed by more than was executed", { [TSLA]: 10 }, { [TSLA]: 15 }, [fill("a.01", 3, 4, "15:01:00")], [
      "DRIFT TSLA stock: IB held 10 at 15:00:00: executions explain +3 of +5 (bought 3 at 4, 15:01:00); IB's 15 is used",
    ]],
    ["gone without an execution", { [TSLA]: 10 }, {}, [], [
      "MISSING TSLA stock: IB held 10 at 15:00:00 and no longer does: no execution explains it",
    ]],
    ["there without an execution", {}, { [TSLA]: 10 }, [], [
      "MISSING TSLA stock: IB did not hold it at 15:00:00: no execution explains it; IB's 10 is used",
    ]],
    ["traded in another contract", { [TSLA]: 10 }, { [TSLA]: 12 }, [fill("a.01", 2, 4, "15:01:00", SAP)], [
      "DRIFT TSLA stock: IB held 10 at 15:00:00: no execution explains it; IB's 12 is used",
    ]],
    ["the same", { [TSLA]: 10 }, { [TSLA]: 10 }, [], []],
  ] as const
) {
  Deno.test(`after a gap: a holding that was ${what}`, () => {
    assert.deepEqual(told(afterGap(before(then), now, fills)), expected);
  });
}

Deno.test("after a gap: an execution that was known before it explains nothing", () => {
  const fills = [fill("a.01", 2, 4, "14:00:00")];
  const { rows } = afterGap(before({ [TSLA]: 10 }, new Map([["a", 2]])), { [TSLA]: 12 }, fills);
  assert.deepEqual(rows.map(({ status }) => status), ["DRIFT"]);
});

Deno.test("after a gap: an execution known in its last moment explains a position update that was still to come", () => {
  const fills = [fill("a.01", 2, 4, "14:59:59")];
  const { rows } = afterGap(before({ [TSLA]: 10 }, new Map([["a", 2]])), { [TSLA]: 12 }, fills);
  assert.deepEqual(rows.map(({ status }) => status), ["EXPLAINED"]);
});

Deno.test("after a gap: a correction explains what it changed", () => {
  const fills = [fill("a.02", 5, 4, "14:00:00")];
  const { rows } = afterGap(before({ [TSLA]: 10 }, new Map([["a", 2]])), { [TSLA]: 13 }, fills);
  assert.deepEqual(rows.map(({ status }) => status), ["EXPLAINED"]);
});

Deno.test("after a gap: a fill that was taken back explains what it had changed", () => {
  const fills = [fill("a.01", 0, 4, "14:00:00")];
  assert.deepEqual(told(afterGap(before({ [TSLA]: 10 }, new Map([["a", 2]])), { [TSLA]: 8 }, fills)), [
    "EXPLAINED TSLA stock: a fill at 4 taken back, 14:00:00",
  ]);
});

Deno.test("a stored book knows no executions: those after it was taken count", () => {
  const fills = [fill("a.01", 9, 4, "14:00:00"), fill("b.01", 2, 4, "15:10:00")];
  const { rows } = afterGap(before({ [TSLA]: 10 }, null), { [TSLA]: 12 }, fills);
  assert.deepEqual(rows.map(({ status }) => status), ["EXPLAINED"]);
});

Deno.test("each account's executions count from the time on at which its own book was stored", () => {
  const previous: PreviousBook = {
    ...before({ [TSLA]: 20 }, null),
    takenAtOf: new Map([["DU1", DROPPED], ["DU2", Date.parse("2026-11-20T15:30:00Z")]]),
  };
  const known = { ...fill("a.01", 5, 4, "15:10:00"), account: "DU2" };
  const fresh = fill("b.01", 2, 4, "15:10:00");
  assert.deepEqual(told(afterGap(previous, { [TSLA]: 22 }, [known, fresh])), [
    "EXPLAINED TSLA stock: bought 2 at 4, 15:10:00",
  ]);
});

Deno.test("a difference of before the first known execution says how far back executions reach", () => {
  const previous = { ...before({ [TSLA]: 10 }, null), takenAt: MIDNIGHT - 3_600_000 };
  assert.deepEqual(told(afterGap(previous, { [TSLA]: 12 })), [
    "DRIFT TSLA stock: IB held 10 at 04:00:00: no execution explains it, and IB tells those since 05:00:00 alone; " +
    "IB's 12 is used",
  ]);
});

Deno.test("a contract that expired in the gap needs no execution to be gone; one that is still there does", () => {
  const expired = { isExpired: () => true };
  assert.deepEqual(told(afterGap(before({ [TSLA]: -3 }), {}, [], expired)), [
    "EXPLAINED TSLA stock: it has expired; IB held -3 at 15:00:00",
  ]);
  assert.match(told(afterGap(before({ [TSLA]: -3 }), { [TSLA]: -2 }, [], expired))[0]!, /^DRIFT/);
});

Deno.test("a contract that drifts from the file and moved in a gap is one row with both told", () => {
  const after = book("IB", { [SAP]: 600 });
  const gap = compareBooks(
    before({ [SAP]: 500 }),
    afterwards(after.quantities, [fill("a.01", 100, 200, "15:10:00", SAP)]),
    0,
    WORDS,
  );
  const { rows, summary } = compare([after, book("MANUAL", { [SAP]: 500 })], {}, [gap]);
  assert.deepEqual(rows, [{
    key: "SAP stock EUR",
    status: "DRIFT",
    detail: "IB's 600 is used; correct data/positions/manual.yaml; bought 100 at 200, 15:10:00",
    quantities: { IB: 600, MANUAL: 500, CACHED: 500 },
  }]);
  assert.deepEqual([summary.compared, summary.drift, summary.explained], [1, 1, 0]);
});
