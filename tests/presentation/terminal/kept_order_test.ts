/** Rows in order, whatever was in order before. */
import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { KeptOrder } from "../../../src/presentation/terminal/kept_order.ts";

interface Row {
  readonly size: number;
  readonly name: string;
}

const row = fc.record({ size: fc.integer({ min: -3, max: 3 }), name: fc.constantFrom("A", "B", "C") });
const bySize = (one: Row, other: Row): number => other.size - one.size;
const byName = (one: Row, other: Row): number => one.name < other.name ? -1 : one.name > other.name ? 1 : 0;

Deno.test("rows come as a stable sort has them, whatever was sorted before and by whatever", () => {
  const turn = fc.record({ rows: fc.array(row, { maxLength: 40 }), compare: fc.constantFrom(bySize, byName) });
  fc.assert(fc.property(fc.array(turn, { minLength: 1, maxLength: 6 }), (turns) => {
    const kept = new KeptOrder();
    for (const { rows, compare } of turns) assert.deepEqual(kept.sorted(rows, compare), rows.toSorted(compare));
  }));
});

Deno.test("rows that moved a little, or turned round, come in order", () => {
  const kept = new KeptOrder();
  const rows = Array.from({ length: 500 }, (_, index): Row => ({ size: (index * 311) % 500, name: `N${index}` }));
  for (let turn = 0; turn < 20; turn++) {
    const moved = rows.map((one, index) => ({ ...one, size: one.size + ((index * 7 + turn) % 5) * 0.6 }));
    assert.deepEqual(kept.sorted(moved, bySize), moved.toSorted(bySize));
    const turned = moved.map((one) => ({ ...one, size: -one.size }));
    assert.deepEqual(kept.sorted(turned, bySize), turned.toSorted(bySize));
  }
});

Deno.test("rows that are nearly in order are compared little more than once each", () => {
  const kept = new KeptOrder();
  const rows = Array.from({ length: 500 }, (_, index): Row => ({ size: (index * 311) % 500, name: `N${index}` }));
  kept.sorted(rows, bySize);
  let compared = 0;
  kept.sorted(rows, (one, other) => {
    compared++;
    return bySize(one, other);
  });
  assert.equal(compared, 499);
});

Deno.test("the rows given are left as they were, and a comparison that fails costs nothing but its turn", () => {
  const kept = new KeptOrder();
  const rows: Row[] = [{ size: 1, name: "A" }, { size: 2, name: "B" }, { size: 3, name: "C" }];
  const before = [...rows];
  kept.sorted(rows, bySize);
  assert.deepEqual(rows, before);
  assert.throws(() =>
    kept.sorted(rows, () => {
      throw new Error("no size");
    }), /no size/);
  assert.deepEqual(kept.sorted(rows, bySize).map(({ name }) => name), ["C", "B", "A"]);
});
