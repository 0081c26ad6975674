import assert from "node:assert/strict";
import { parseArguments } from "../../../../src/presentation/cli/arguments.ts";

const WHERE = { terminal: true, color: true, version: "1.2.3", columns: 132 };

Deno.test("history takes its range, account, symbol and format, and the terminal's width", () => {
  const invocation = parseArguments(
    "history fills --from 2026-11-01 --to 2026-11-20 --account DU1 --symbol AAPL --format csv --round-trips".split(" "),
    WHERE,
  );
  assert.deepEqual(invocation.kind === "run" && invocation.wish, {
    command: "history",
    what: "fills",
    from: "2026-11-01",
    to: "2026-11-20",
    account: "DU1",
    symbol: "AAPL",
    output: "csv",
    plot: false,
    grouped: true,
    changes: false,
    now: null,
    watch: null,
    forMs: null,
    width: 132,
    color: true,
  });
});

Deno.test("history is a table of everything unless told otherwise", () => {
  const invocation = parseArguments(["history", "pnl"], { ...WHERE, terminal: false, columns: null });
  assert.ok(invocation.kind === "run" && invocation.wish.command === "history");
  const { from, to, account, symbol, output, plot, grouped, width, color } = invocation.wish;
  assert.deepEqual([from, to, account, symbol, width], [null, null, null, null, null]);
  assert.deepEqual([output, plot, grouped, color], ["table", false, false, false]);
});

Deno.test("words that make no sense together are refused with what would", () => {
  const cases: Readonly<Record<string, RegExp>> = {
    "history": /missing required argument 'what'/,
    "history sync --watch 1 --format csv": /--watch shows tables: leave out --format csv/,
    "history trades": /Allowed choices are pnl, risk, fills, breaches, positions, sync/,
    "history pnl --from 2026-02-30": /'2026-02-30' is invalid\. Write YYYY-MM-DD, a day that exists/,
    "history pnl --from 30d": /Write YYYY-MM-DD/,
    "history pnl --from 2026-11-02 --to 2026-11-01": /--from 2026-11-02 is after --to 2026-11-01/,
    "history risk --by-symbol": /--by-symbol belongs to pnl, not to risk/,
    "history pnl --round-trips": /--round-trips belongs to fills, not to pnl/,
    "history fills --changes": /--changes belongs to positions, not to fills/,
    "history risk --symbol AAPL": /--symbol belongs to fills, positions and pnl --by-symbol/,
    "history pnl --symbol AAPL": /--symbol belongs to fills, positions and pnl --by-symbol/,
    "history fills --plot": /--plot belongs to pnl by day and to risk/,
    "history pnl --by-symbol --plot": /--plot belongs to pnl by day and to risk/,
    "history pnl --plot --format csv": /leave out --format csv/,
    "history sync --from 2026-11-01": /leave out --from and --to/,
  };
  for (const [line, message] of Object.entries(cases)) {
    const invocation = parseArguments(line.split(" "), WHERE);
    assert.equal(invocation.kind, "misused", line);
    assert.match(invocation.kind === "misused" ? invocation.text : "", message, line);
  }
});

Deno.test("history's help shows each report with an example", () => {
  const invocation = parseArguments(["history", "--help"], WHERE);
  assert.ok(invocation.kind === "print");
  for (const what of ["pnl", "risk", "fills", "breaches", "positions", "sync"]) {
    assert.match(invocation.text, new RegExp(`apex history ${what}`));
  }
  const widest = Math.max(...invocation.text.split("\n").map((line) => line.length));
  assert.ok(widest <= 120, `help is ${widest} wide`);
});
