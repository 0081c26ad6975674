import assert from "node:assert/strict";
import { fittedText } from "../../../src/presentation/cli/fitted_text.ts";

Deno.test("a line that is too long goes on below itself, at its indent", () => {
  assert.equal(fittedText("  one two three\nshort\n", 10), "  one two\n  three\nshort\n");
  assert.equal(fittedText("- one two three\n", 10), "- one two\n  three\n");
});

Deno.test("a table's blanks stay where it fits, and everything stays without a terminal", () => {
  assert.equal(fittedText("a   b\n", 10), "a   b\n");
  assert.equal(fittedText("one two three\n", null), "one two three\n");
});
