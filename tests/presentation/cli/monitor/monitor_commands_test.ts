import assert from "node:assert/strict";
import { parseArguments } from "../../../../src/presentation/cli/arguments.ts";
import type { Invocation, Surroundings } from "../../../../src/presentation/cli/invocation.ts";

const TERMINAL: Surroundings = { terminal: true, color: true, version: "1.2.3", columns: 120 };

Deno.test("status is asked once as a table, or again and again", () => {
  assert.deepEqual(wish("status"), {
    ...{ command: "status", output: "table", failOn: null, watch: null, forMs: null, now: null, width: 120 },
  });
  const again = wish("status --format json --watch 5 --for 1m --fail-on hard");
  assert.deepEqual(again, {
    ...{ command: "status", output: "json", failOn: "hard", watch: { everyMs: 5_000, draws: true } },
    ...{ forMs: 60_000, now: null, width: 120 },
  });
});

Deno.test("positions are asked for by account and symbol", () => {
  const request = wish("positions --account DU1 --symbol AAPL --format csv --env demo");
  assert.deepEqual(request, {
    ...{ command: "positions", account: "DU1", symbol: "AAPL", output: "csv", watch: null },
    ...{ forMs: null, now: null, width: 120 },
  });
});

Deno.test("breaches are listed, acknowledged with a note, and taken back", () => {
  const common = { command: "breaches", watch: null, forMs: null, now: null, width: 120, output: "table" };
  assert.deepEqual(wish("breaches"), { ...common, action: "list", breach: null, note: null });
  assert.deepEqual(wish("breaches ack max_drawdown_pct --note seen"), {
    ...{ ...common, action: "acknowledge", breach: "max_drawdown_pct", note: "seen" },
  });
  assert.deepEqual(wish("breaches take-back max_drawdown_pct"), {
    ...{ ...common, action: "take-back", breach: "max_drawdown_pct", note: null },
  });
});

Deno.test("what makes no sense together is refused with what would", () => {
  const cases: readonly [string, RegExp][] = [
    ["breaches ack", /ack which\? Name the breach/],
    ["breaches --note x", /--note belongs to ack/],
    ["breaches take-back a --note x", /--note belongs to ack/],
    ["breaches ack a --watch", /--watch belongs to the list/],
    ["breaches ack a --format csv", /ack prints text or json/],
    ["breaches akc a", /ack, take-back/],
    [`breaches ack a --note ${"x".repeat(501)}`, /at most 500 characters/],
    ["status --format csv", /table, json/],
    ["statsu", /Did you mean status\?/],
  ];
  for (const [line, words] of cases) {
    const invocation = parse(line);
    assert.equal(invocation.kind, "misused", line);
    assert.match(invocation.kind === "misused" ? invocation.text : "", words, line);
  }
});

function parse(line: string): Invocation {
  return parseArguments(line.split(" "), TERMINAL);
}

function wish(line: string) {
  const invocation = parse(line);
  assert.ok(invocation.kind === "run", line);
  return invocation.wish;
}
