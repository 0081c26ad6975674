import assert from "node:assert/strict";
import { apexProgram, parseArguments } from "../../../src/presentation/cli/arguments.ts";
import { fittedHelp } from "../../../src/presentation/cli/fitted_help.ts";

const EXAMPLES = `Examples:
  apex history pnl --plot         results by day, 30 days back
  apex history sync               how far history was read

Reads the store of database.dsn
and asks no broker.
`;

Deno.test("a list that is too wide says each meaning below what it explains, and a paragraph is filled", () => {
  assert.equal(
    fittedHelp(EXAMPLES, 50),
    `Examples:
  apex history pnl --plot
      results by day, 30 days back
  apex history sync
      how far history was read

Reads the store of database.dsn
and asks no broker.
`,
  );
  const long = "Days are those of display.time_zone (for pnl: trade dates),\nfirst and last included.\n";
  assert.equal(
    fittedHelp(long, 50),
    "Days are those of display.time_zone (for pnl:\ntrade dates), first and last included.\n",
  );
});

Deno.test("help that fits, and help without a terminal, stays as it is", () => {
  for (const width of [100, null]) assert.equal(fittedHelp(EXAMPLES, width), EXAMPLES);
});

for (const columns of [60, 80, 120]) {
  Deno.test(`no help is wider than a terminal of ${columns} columns, and none loses a word`, () => {
    for (const command of apexProgram().commands.map((each) => each.name())) {
      const where = { terminal: true, color: true, version: "1.2.3" };
      const whole = parseArguments([command, "--help"], { ...where, columns });
      assert(whole.kind === "print");
      const fitted = fittedHelp(whole.text, columns);
      assert.deepEqual(fitted.split("\n").filter((line) => line.length > columns), [], command);
      assert.deepEqual(fitted.split(/\s+/), whole.text.split(/\s+/), command);
    }
  });
}
