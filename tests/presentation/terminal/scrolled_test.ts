/** Which rows of a table are in sight, and what it takes to find out. */
import assert from "node:assert/strict";
import { rangeInSight } from "../../../src/presentation/terminal/scrolled.ts";

Deno.test("without a selection no key is made but the first row's, however many rows there are", () => {
  const asked: number[] = [];
  const keyOf = (row: number): string => {
    asked.push(row);
    return `row ${row}`;
  };
  const rows = Array.from({ length: 500 }, (_, index) => index);
  const range = rangeInSight(rows, keyOf, { selected: null, top: 0 }, 60);
  assert.deepEqual(range, { first: 0, last: 60, selected: "row 0" });
  assert.deepEqual(asked, [0]);
});

Deno.test("a selection out of sight is scrolled to, and one that is gone gives way to the first row", () => {
  const rows = Array.from({ length: 500 }, (_, index) => `row ${index}`);
  const keyOf = (row: string) => row;
  // Row 499 last of ten in sight: 499 - 10 + 1 = 490.
  assert.deepEqual(rangeInSight(rows, keyOf, { selected: "row 499", top: 0 }, 10), {
    first: 490,
    last: 500,
    selected: "row 499",
  });
  assert.deepEqual(rangeInSight(rows, keyOf, { selected: "gone", top: 300 }, 10), {
    first: 0,
    last: 10,
    selected: "row 0",
  });
  assert.deepEqual(rangeInSight([], keyOf, { selected: null, top: 0 }, 10), { first: 0, last: 0, selected: null });
});
