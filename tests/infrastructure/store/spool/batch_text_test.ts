import assert from "node:assert/strict";
import { batchFrom, batchText } from "../../../../src/infrastructure/store/spool/batch_text.ts";
import { batches } from "../../../support/generated_batches.ts";
import fc from "../../../support/property.ts";

Deno.test("a batch that was written as text comes back as it was, digit for digit", () => {
  fc.assert(
    fc.property(batches, (batch) => {
      const text = batchText(batch);
      assert.ok(!text.includes("\n"));
      assert.deepStrictEqual(batchFrom(text), batch);
    }),
    { numRuns: 300 },
  );
});

Deno.test("a text that is no batch is refused", () => {
  for (const text of ["", "{", "[]", "null", "7", '{"$map":[]}', '{"risk":{"$map":7}}', '{"risk":{"$new":[]}}']) {
    assert.throws(() => batchFrom(text), SyntaxError, text);
  }
});
