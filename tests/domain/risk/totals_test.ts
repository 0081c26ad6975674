import assert from "node:assert/strict";
import { BIT } from "../../../src/domain/quality/flag_set.ts";
import { Total, TotalTable } from "../../../src/domain/risk/totals.ts";

/** What a `Total` and a cell of a `TotalTable` make of the same values. */
function sums(values: readonly number[], reason = BIT.DATA_MISSING): (number | null)[] {
  const total = new Total();
  const table = new TotalTable(1);
  const cell = table.addRow();
  for (const value of values) {
    total.add(value, reason);
    table.values[0] = value;
    table.reasons[0] = reason;
    table.addAll(cell);
  }
  return [total.value, table.value(cell)];
}

Deno.test("a total of zeros that leaves something out is unknown: a stock's gamma says nothing of its options'", () => {
  assert.deepEqual(sums([0, NaN, 0]), [null, null]);
  assert.deepEqual(sums([NaN]), [null, null]);
});

Deno.test("a total of zeros that leaves nothing out, or only what expired, is 0", () => {
  assert.deepEqual(sums([0, 0]), [0, 0]);
  assert.deepEqual(sums([]), [0, 0]);
  assert.deepEqual(sums([0, NaN], BIT.EXPIRED), [0, 0]);
});

Deno.test("a total that includes something is the sum of it, whatever it leaves out", () => {
  assert.deepEqual(sums([0, 5, NaN, -2]), [3, 3]);
  assert.deepEqual(sums([5, -5, NaN]), [0, 0]);
});
