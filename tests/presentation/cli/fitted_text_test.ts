import assert from "node:assert/strict";
import { fittedText } from "../../../src/presentation/cli/fitted_text.ts";

Deno.test("a line that is too long goes on below itself, at its indent", () => {
  const words = "one two three four five six seven eight nine";
  assert.equal(fittedText(`  ${words}\nshort\n`, 41), "  one two three four five six seven eight\n  nine\nshort\n");
  assert.equal(fittedText(`- ${words}\n`, 41), "- one two three four five six seven eight\n  nine\n");
});

Deno.test("a terminal that does not know its size, or a tiny one, is written to as if it had 40 columns", () => {
  const words = "one two three four five six seven eight nine";
  for (const width of [0, 1, 10, 39]) {
    assert.equal(fittedText(`${words}\n`, width), "one two three four five six seven eight\nnine\n");
  }
});

Deno.test("control characters from outside do not reach the terminal, with a terminal or without", () => {
  for (const width of [null, 40]) assert.equal(fittedText("- refused \x1b[31mred\x07\n", width), "- refused [31mred\n");
});

Deno.test("a table's blanks stay where it fits, and everything stays without a terminal", () => {
  assert.equal(fittedText("a   b\n", 40), "a   b\n");
  assert.equal(fittedText("one two three\n", null), "one two three\n");
});
