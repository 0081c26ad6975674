import assert from "node:assert/strict";
import { StatementRefused } from "../../../../src/infrastructure/ibkr/flex/read_statements.ts";
import fc from "../../../support/property.ts";
import { type Read, readText, response, statement, TRADE, trade } from "./flex_xml.ts";

/** Nothing that comes out may be a number that is none, or hold more than the file did. */
function requireSound({ executions, faults, tally }: Read): void {
  for (const { execution, commission, taxes, realizedPnl } of executions) {
    const { instrument, quantity, price, executedAt } = execution;
    const numbers = [quantity, price, executedAt, instrument.multiplier, instrument.strike, instrument.conId];
    for (const value of [...numbers, commission?.amount, taxes, realizedPnl]) {
      assert.ok(value === null || value === undefined || Number.isFinite(value), `${value}`);
    }
    assert.notEqual(execution.execId, "");
    assert.notEqual(execution.account, "");
    JSON.parse(execution.raw!);
  }
  assert.equal(tally.executions, executions.length);
  assert.equal(tally.faults, faults.length);
}

Deno.test("whatever stands in an attribute, a row is an execution with sound numbers or a fault", async () => {
  const value = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.constantFrom(
      "NaN",
      "Infinity",
      "-",
      "--",
      "1,5",
      "1e400",
      "0",
      "-0",
      "20261120;103045",
      "BUY (Ca.)",
      "__proto__",
    ),
  ).map((text) => text.replace(/[^\x20-\x7e\xa1-\u0fff]/g, ""));
  const name = fc.constantFrom(...Object.keys(TRADE), "__proto__", "constructor", "origTradeID");
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 4 }), async (changes) => {
    // A null prototype, so that a name such as __proto__ is a name.
    const changed: Record<string, string> = Object.create(null);
    for (const [key, text] of changes) changed[key] = text;
    const read = await readText(response([statement([trade(), trade(changed), trade()])]));
    requireSound(read);
    assert.ok(read.executions.length <= 3);
  }));
});

Deno.test("a file damaged anywhere is read soundly or refused", async () => {
  const whole = new TextEncoder().encode(response([statement([trade(), trade({ quantity: 3 })])]));
  const damage = fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const bytes = whole.slice();
      for (const [place, value] of changes) bytes[place] = value;
      try {
        requireSound(await readText(bytes));
      } catch (fault) {
        assert.ok(fault instanceof StatementRefused, String(fault));
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("more rows of one cancelled trade than anybody books are refused", async () => {
  const back = trade({ buySell: "BUY (Ca.)", quantity: -2, ibExecID: "", origTradeID: "3000000001" });
  await assert.rejects(
    readText(response([statement(Array.from({ length: 1100 }, () => back))])),
    /more than 1000 rows/,
  );
});

Deno.test("more cancelled trades than any file has are refused", async () => {
  const rows = Array.from(
    { length: 10_001 },
    (_, index) => `<Trade buySell="BUY (Ca.)" accountId="DU1" origTradeID="${index + 1}" />`,
  );
  await assert.rejects(readText(response([statement(rows)])), /cancels more than 10000 trades/);
});
