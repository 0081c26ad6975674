import assert from "node:assert/strict";
import { readStatements, StatementRefused } from "../../../../src/infrastructure/ibkr/flex/read_statements.ts";
import { fileSource } from "../../../../src/infrastructure/ibkr/flex/statement_source.ts";
import { readText, readTrades, response, statement, trade } from "./flex_xml.ts";

/** What one changed attribute does to a row between two sound ones. */
async function faultOf(changes: Readonly<Record<string, string | number | null>>) {
  const { executions, faults } = await readTrades(trade(), trade(changes), trade());
  return { fault: faults[0], faults: faults.length, executions: executions.length };
}

Deno.test("text where a number belongs is a fault with its row and attribute, and the rows around it are read", async () => {
  for (const attribute of ["quantity", "tradePrice", "strike", "multiplier", "conid", "fifoPnlRealized", "taxes"]) {
    const { fault, faults, executions } = await faultOf({ [attribute]: "about 5" });
    assert.equal(executions, 2, attribute);
    assert.equal(faults, 1, attribute);
    assert.deepEqual([fault?.row, fault?.attribute, fault?.found, fault?.lost], [2, attribute, "about 5", "row"]);
    assert.match(fault!.message, /^Row 2 \(Trade, line 6\): .* is "about 5": a number belongs there$/);
  }
});

Deno.test("a commission that is no number is lost alone", async () => {
  const { fault, executions } = await faultOf({ ibCommission: "-1,37" });
  assert.equal(executions, 3);
  assert.deepEqual([fault?.attribute, fault?.lost], ["ibCommission", "commission"]);
});

Deno.test("the commission of a currency pair without its currency is not guessed", async () => {
  const pair = { assetCategory: "CASH", symbol: "USD.JPY", currency: "JPY", strike: "", expiry: "", putCall: "" };
  const { fault, executions } = await faultOf({ ...pair, multiplier: 1, ibCommissionCurrency: null });
  assert.equal(executions, 3);
  assert.deepEqual([fault?.attribute, fault?.lost], ["ibCommissionCurrency", "commission"]);
});

Deno.test("a row without what names or dates it is a fault that says what to add", async () => {
  for (
    const [changes, attribute] of [
      [{ dateTime: "20261120" }, "dateTime"],
      [{ dateTime: "11/20/2026;103045" }, "dateTime"],
      [{ ibExecID: "", tradeID: "", transactionID: "" }, "ibExecID"],
      [{ symbol: "" }, "symbol"],
      [{ currency: "" }, "currency"],
      [{ assetCategory: null }, "assetCategory"],
      [{ expiry: "soon", symbol: "AAPL call" }, "expiry"],
      [{ strike: "0" }, "strike"],
      [{ putCall: "" }, "putCall"],
      [{ multiplier: "" }, "multiplier"],
      [{ quantity: "" }, "quantity"],
      [{ quantity: "0" }, "quantity"],
      [{ quantity: "-2" }, "quantity"],
      [{ buySell: "HOLD" }, "buySell"],
      [{ tradePrice: null }, "tradePrice"],
    ] as const
  ) {
    const { fault, executions } = await faultOf(changes);
    assert.equal(executions, 2, attribute);
    assert.equal(fault?.attribute, attribute, JSON.stringify(changes));
  }
});

Deno.test("a fault never names the account", async () => {
  const { faults } = await readText(response([statement([trade({ accountId: "" }), trade({ quantity: "x" })], "")]));
  assert.equal(faults[0]?.attribute, "accountId");
  assert.ok(!JSON.stringify(faults).includes("DU1234567"));
});

Deno.test("long text in a fault is shortened", async () => {
  const { fault } = await faultOf({ quantity: "9".repeat(30) + "x".repeat(10_000) });
  assert.equal(fault?.found.length, 40);
});

Deno.test("a file with fewer statements than it announces is a fault", async () => {
  const { faults } = await readText(response([statement([trade()])], 2));
  assert.match(faults[0]!.message, /2 statements are announced and 1 are there/);
});

Deno.test("a file that was cut off hands out nothing", async () => {
  const whole = response([statement(Array.from({ length: 500 }, () => trade()))]);
  for (const part of [0, 0.1, 0.5, 0.9, 0.999]) {
    const read: number[] = [];
    await assert.rejects(async () => {
      const { items } = await readText(whole.slice(0, Math.floor(whole.length * part)));
      read.push(items.length);
    }, StatementRefused);
    assert.deepEqual(read, []);
  }
});

Deno.test("another kind of document is refused with what it is", async () => {
  await assert.rejects(
    readText("<html><body/></html>"),
    /history\.xml: its first element is html, not FlexQueryResponse/,
  );
  await assert.rejects(
    readText("<FlexStatementResponse><Status>Warn</Status></FlexStatementResponse>"),
    /the web service's answer to a request/,
  );
  await assert.rejects(readText("ClientAccountID,Symbol\nDU1,AAPL\n"), StatementRefused);
});

Deno.test("an entity bomb is refused", async () => {
  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>` +
    response([statement([trade()])]);
  await assert.rejects(readText(bomb), /document type/);
});

Deno.test("a file above the bound is refused before it is read to the end", async () => {
  const text = response([statement([trade(), trade()])]);
  await assert.rejects(readText(text, { mostBytes: 1000 }), /larger than 1000 bytes/);
  assert.equal((await readText(text, { mostBytes: text.length })).executions.length, 2);
});

Deno.test("a file that is not there is told by the system's own error", async () => {
  const items = readStatements(fileSource("no/such/statement.xml"), { name: "statement.xml" });
  await assert.rejects(items.next(), (fault: Error) => fault instanceof Deno.errors.NotFound);
});

Deno.test("reading stops when it is told to", async () => {
  const abort = new AbortController();
  abort.abort(new Error("interrupted"));
  await assert.rejects(readText(response([statement([trade()])]), { signal: abort.signal }), /interrupted/);
});
