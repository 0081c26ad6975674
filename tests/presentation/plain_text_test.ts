import assert from "node:assert/strict";
import { jsonLine, plainText } from "../../src/presentation/plain_text.ts";
import { DEMO_LOOK } from "../support/demo_look.ts";
import { demoSnapshot, judgedSnapshot, restoredSnapshot } from "../support/demo_snapshot.ts";
import { assertScreen } from "../support/screen_file.ts";

const OPTIONS = { format: DEMO_LOOK.format, betaReference: "SPY" };

Deno.test("the plain block of the demo book", async () => {
  await assertScreen("plain", plainText(demoSnapshot(), OPTIONS).trimEnd());
});

Deno.test("a simulated source is named in the first line", () => {
  assert.match(plainText(judgedSnapshot(), OPTIONS), /^2026-11-20 10:30:45 EST demo SIMULATED turn 42 DEGRADED/);
});

Deno.test("a restored book is stale in the first line, with its time, and in every row", () => {
  const [first, ...rows] = plainText(restoredSnapshot(), OPTIONS).split("\n");
  assert.match(first!, / STALE: IB: book of 2026-11-19 15:58 New York restored from history, not confirmed yet, /);
  assert.match(rows.join("\n"), /^ {2}TSLA .* 1,617,557s /m);
});

Deno.test("an empty book says that there are no positions", () => {
  const text = plainText(demoSnapshot({ positions: [], byUnderlying: [], breaches: [] }), OPTIONS);
  assert.match(text, /^ {2}no positions$/m);
});

Deno.test("a long number pushes its row wide instead of losing a digit", () => {
  const [first] = demoSnapshot().byUnderlying;
  assert.ok(first);
  const text = plainText(demoSnapshot({ byUnderlying: [{ ...first, dollarDelta: -123_456_789_012_345 }] }), OPTIONS);
  assert.match(text, / -123,456,789,012,345 /);
});

Deno.test("a name with an escape in it arrives as harmless text", () => {
  const [first] = demoSnapshot().byUnderlying;
  assert.ok(first);
  const text = plainText(demoSnapshot({ byUnderlying: [{ ...first, underlying: "T\x1b[2JÉ漢" }] }), OPTIONS);
  assert.match(text, /^ {2}T\[2JE\? /m);
});

Deno.test("a JSON line is one line and reads back the same", () => {
  const line = jsonLine(demoSnapshot());
  assert.equal(line.indexOf("\n"), line.length - 1);
  assert.deepEqual(JSON.parse(line), demoSnapshot());
});

Deno.test("what the day's P&L leaves out is named apart from what has no greeks", () => {
  const { positions } = demoSnapshot();
  const without = positions.map((position) =>
    position.symbol === "SAP"
      ? { ...position, dailyPnl: null, dailyPnlSource: "none" as const, flags: ["NO_CLOSE" as const] }
      : position
  );
  const text = plainText(demoSnapshot({ positions: without }), OPTIONS);
  assert.match(
    text,
    /x leaves out NVDA 27Nov26 200 C \(no greeks\); x day leaves out SAP stock \(no close, nor IB's figure\)/,
  );
});

Deno.test("a position without a close whose day is IB's own figure is not said to be left out", () => {
  const positions = demoSnapshot().positions.map((position) => ({
    ...position,
    greeksSource: "ibkr" as const,
    flags: position.symbol === "SAP" ? ["NO_CLOSE" as const] : [],
    dollarDelta: position.dollarDelta ?? 0,
  }));
  assert.doesNotMatch(plainText(demoSnapshot({ positions }), OPTIONS), /leaves out/);
});
