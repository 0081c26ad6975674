import assert from "node:assert/strict";
import { barPlot, linePlot, plotColumns, type Span } from "../../../../src/presentation/cli/history/plot.ts";
import fc from "../../../support/property.ts";

const OPTIONS = { width: 24, height: 5, ascii: false, label: String, ends: ["Mon", "Fri"] as const };

Deno.test("a line rises, falls, and stops where nothing is known", () => {
  const values = [0, 0, 4, 4, null, 2, 2, 1, 1, 0];
  assert.equal(
    linePlot(values.map(flat), OPTIONS),
    [
      "4 ┤  ╭─\n",
      "3 ┤  │\n",
      "2 ┤  │  ──╮\n",
      "1 ┤  │    ╰─╮\n",
      "0 ┤──╯      ╰\n",
      "   Mon    Fri\n",
    ].join(""),
  );
});

Deno.test("a spike inside a column is drawn, though the column ends where it began", () => {
  const spans: Span[] = [flat(0), { low: 0, high: 4, last: 0 }, flat(0)];
  assert.match(linePlot(spans, OPTIONS), /^4 ┤ +│/);
});

Deno.test("bars stand on both sides of zero, which has a row of its own", () => {
  assert.equal(
    barPlot([2, -2, 1, null, 0, -1, 0, 0, 0, 0], OPTIONS),
    [
      " 2 ┤█\n",
      " 1 ┤█ █\n",
      " 0 ┤──────────\n",
      "-1 ┤ █   █\n",
      "-2 ┤ █\n",
      "    Mon    Fri\n",
    ].join(""),
  );
});

Deno.test("the smallest win or loss is a bar on its own side", () => {
  const lines = barPlot([1_000_000, -1, 1, 0, 0, 0, 0, 0, 0, 0], OPTIONS).split("\n").map((line) => line.slice(-12));
  const zero = lines.findIndex((line) => line.includes("──"));
  assert.match(lines[zero - 1] ?? "", /█/);
  assert.match(lines[zero + 1] ?? "", /█/);
});

Deno.test("ASCII plots hold nothing but ASCII", () => {
  const text = linePlot([1, 5, 3].map(flat), { ...OPTIONS, ascii: true }) +
    barPlot([1, -2], { ...OPTIONS, ascii: true });
  assert.match(text, /^[\x20-\x7e\n]+$/);
});

Deno.test("nothing known gives no plot, and one value alone a flat line", () => {
  assert.equal(linePlot([null, null], OPTIONS), "");
  assert.equal(barPlot([null], OPTIONS), "");
  assert.match(linePlot([flat(7)], OPTIONS), /┤──────────\n/);
});

Deno.test("whatever the values, a plot keeps to its width and height", () => {
  const value = fc.option(fc.double({ min: -1e12, max: 1e12, noNaN: true }), { nil: null });
  fc.assert(fc.property(fc.array(value, { maxLength: 120 }), fc.integer({ min: 40, max: 160 }), (values, width) => {
    const options = { ...OPTIONS, width, height: 9, label: (amount: number) => amount.toExponential(2) };
    const kept = values.slice(0, plotColumns(width));
    for (const text of [linePlot(kept.map(flat), options), barPlot(kept, options)]) {
      if (text === "") continue;
      const lines = text.trimEnd().split("\n");
      assert.equal(lines.length, 10);
      for (const line of lines.slice(0, 9)) assert.ok([...line].length <= width, line);
    }
  }));
});

function flat(value: number | null): Span {
  return value === null ? null : { low: value, high: value, last: value };
}
