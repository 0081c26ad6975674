import assert from "node:assert/strict";
import { answerParts } from "../../../src/application/control/json_parts.ts";
import { demoSnapshot } from "../../support/demo_snapshot.ts";
import fc from "../../support/property.ts";

Deno.test("an answer in pieces is the answer in one", () => {
  fc.assert(fc.property(fc.nat(), fc.jsonValue(), (id, result) => {
    assert.equal([...answerParts(id, result)].join(""), `${JSON.stringify({ id, result })}\n`);
  }));
});

Deno.test("what is not there is left out of objects, and null in lists", () => {
  const result = { a: undefined, b: [undefined, 1], c: Number.NaN };
  assert.equal([...answerParts(1, result)].join(""), `${JSON.stringify({ id: 1, result })}\n`);
  assert.equal([...answerParts(1, undefined)].join(""), '{"id":1,"result":null}\n');
});

Deno.test("no piece of a snapshot is larger than one of its rows", () => {
  const parts = [...answerParts(1, demoSnapshot())];
  assert.ok(Math.max(...parts.map(({ length }) => length)) < 4_000);
  assert.deepEqual(JSON.parse(parts.join("")).result, JSON.parse(JSON.stringify(demoSnapshot())));
});
