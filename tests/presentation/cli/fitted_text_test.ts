import assert from "node:assert/strict";
import { fittedText } from "../../../src/presentation/cli/fitted_text.ts";

Deno.test("a line that is too long goes on below itself, at its indent", () => {
  assert.equal(fittedText("  one two three\nshort\n", 10), "  one two\n  three\nshort\n");
  assert.equal(fittedText("- one two three\n", 10), "- one two\n  three\n");
});

Deno.test("control characters from outside do not reach the terminal, with a terminal or without", () => {
  for (const width of [null, 40]) assert.equal(fittedText("- refused \x1b[31mred\x07\n", width), "- refused [31mred\n");
});

Deno.test("a table's blanks stay where it fits, and everything stays without a terminal", () => {
  assert.equal(fittedText("a   b\n", 10), "a   b\n");
  assert.equal(fittedText("one two three\n", null), "one two three\n");
});
