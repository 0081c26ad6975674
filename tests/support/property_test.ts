import assert from "node:assert/strict";
import { importsOf, sourceFiles } from "./source_tree.ts";
import fc, { seedOf } from "./property.ts";

Deno.test("properties have one seed unless a developer asks for another, or for chance", () => {
  assert.equal(typeof seedOf(undefined).seed, "number");
  assert.deepEqual(seedOf(""), seedOf(undefined));
  assert.deepEqual(seedOf("-467182162"), { seed: -467182162 });
  assert.deepEqual(seedOf("random"), {});
});

Deno.test("a seed that fast-check would not keep is refused with the remedy", () => {
  for (const wanted of ["chance", "1.5", "4294967296", "NaN"]) {
    assert.throws(() => seedOf(wanted), { name: "RangeError", message: /APEX_PROPERTY_SEED=.*give `random`/ });
  }
});

Deno.test("a property that fails prints the seed that brings its case back", () => {
  const failing = fc.property(fc.nat(), (value) => value < 0);
  const { seed } = fc.check(failing);
  assert.throws(() => fc.assert(failing, { seed }), { message: new RegExp(`seed: ${seed},`) });
});

Deno.test("no test goes past the common seed", () => {
  const past = sourceFiles("tests")
    .filter((file) => file.path !== "tests/support/property.ts" && importsOf(file).includes("fast-check"));
  assert.deepEqual(past.map(({ path }) => path), []);
});
