import assert from "node:assert/strict";
import { exactSum } from "../../../src/domain/history/exact.ts";
import { feeShares } from "../../../src/domain/history/fee_share.ts";
import fc from "../../support/property.ts";

Deno.test("a fee is shared by quantity, whatever the side, and what does not divide goes to the last", () => {
  assert.deepEqual(feeShares(3, [25, -75]), [0.75, 2.25]);
  assert.deepEqual(feeShares(1, [1, 1, 1]), [0.3333333333, 0.3333333333, 0.3333333334]);
  assert.deepEqual(feeShares(-0.5, [1, 3]), [-0.125, -0.375]);
  assert.deepEqual(feeShares(0, [5]), [0]);
});

Deno.test("without quantities nobody has a part", () => {
  assert.deepEqual(feeShares(3, []), []);
  assert.deepEqual(feeShares(3, [0, 0]), []);
});

Deno.test("the parts add up to the fee to ten places, each within one of them of its due", () => {
  const size = fc.integer({ min: 1, max: 10 ** 12 }).map((units) => units / 10 ** 6);
  const fee = fc.integer({ min: -(10 ** 8), max: 10 ** 9 }).map((units) => units / 10 ** 4);
  fc.assert(fc.property(fc.array(size, { minLength: 1, maxLength: 50 }), fee, (sizes, fee) => {
    const parts = feeShares(fee, sizes);
    assert.equal(exactSum(parts), fee);
    const whole = sizes.reduce((sum, each) => sum + each, 0);
    parts.forEach((part, at) => {
      const due = fee * sizes[at]! / whole;
      assert.ok(Math.abs(part - due) <= 1e-10 + 1e-12 * Math.abs(due), `${part} of ${due}`);
    });
  }));
});
