import assert from "node:assert/strict";
import { readTrades, trade } from "./flex_xml.ts";

const ORIGINAL = trade();
/** The broker's way of taking the trade back: no execution id, the opposite quantity. */
const CANCELLATION = trade({
  buySell: "BUY (Ca.)",
  transactionType: "TradeCancel",
  quantity: -2,
  ibExecID: "",
  tradeID: "",
  origTradeID: "3000000001",
  transactionID: "9000000002",
  ibCommission: "0",
  notes: "Ca",
});
/** One contract instead of two: what was paid too much comes back. */
const CORRECTION = trade({
  quantity: 1,
  ibExecID: "0000e0d5.6557b1a2.01.02",
  transactionID: "9000000003",
  ibCommission: "0.3333",
});

function shown(read: Awaited<ReturnType<typeof readTrades>>) {
  return read.executions.map(({ execution, commission, cancelled }) => ({
    execId: execution.execId,
    quantity: execution.quantity,
    paid: commission?.amount ?? null,
    cancelled,
  }));
}

Deno.test("a corrected trade counts once, as corrected, and costs what all its rows cost", async () => {
  // 1.3666 paid, 0 for the cancellation, 0.3333 given back: 1.0333.
  const expected = [{ execId: "0000e0d5.6557b1a2.01.02", quantity: 1, paid: 1.0333, cancelled: false }];
  for (const rows of [[ORIGINAL, CANCELLATION, CORRECTION], [CORRECTION, CANCELLATION, ORIGINAL]]) {
    const read = await readTrades(...rows);
    assert.deepEqual(shown(read), expected);
    assert.deepEqual(read.faults, []);
  }
});

Deno.test("a correction under the same execution id replaces the trade", async () => {
  const same = trade({ quantity: 1, transactionID: "9000000003", ibCommission: "0.3333" });
  assert.deepEqual(shown(await readTrades(ORIGINAL, CANCELLATION, same)), [
    { execId: "0000e0d5.6557b1a2.01.01", quantity: 1, paid: 1.0333, cancelled: false },
  ]);
});

Deno.test("a correction of nothing that is seen here leaves the trade once", async () => {
  // Booked anew with the same quantity and price: only the numbers of the rows tell the two apart.
  const again = trade({ transactionID: "9000000003", ibCommission: "0" });
  assert.deepEqual(shown(await readTrades(again, CANCELLATION, ORIGINAL)), [
    { execId: "0000e0d5.6557b1a2.01.01", quantity: 2, paid: 1.3666, cancelled: false },
  ]);
});

Deno.test("a trade that is cancelled and not replaced comes with quantity 0, so that it takes the first report's place", async () => {
  const read = await readTrades(ORIGINAL, CANCELLATION);
  assert.deepEqual(shown(read), [
    { execId: "0000e0d5.6557b1a2.01.01", quantity: 0, paid: 1.3666, cancelled: true },
  ]);
  assert.equal(read.tally.cancelled, 1);
});

Deno.test("a trade that is replaced by another execution is cancelled beside it", async () => {
  const other = trade({ quantity: 1, ibExecID: "0000e0d5.99999999.01.01", transactionID: "9000000003" });
  const read = await readTrades(ORIGINAL, CANCELLATION, other);
  // What both rows cost, twice 1.3666, is told of the one that stands.
  assert.deepEqual(shown(read), [
    { execId: "0000e0d5.6557b1a2.01.01", quantity: 0, paid: 0, cancelled: true },
    { execId: "0000e0d5.99999999.01.01", quantity: 1, paid: 2.7332, cancelled: false },
  ]);
});

Deno.test("a cancelled sale is bought back, however its quantity is written", async () => {
  const sale = trade({ buySell: "SELL", quantity: -2 });
  for (const quantity of [2, -2]) {
    const back = trade({
      buySell: "SELL (Ca.)",
      quantity,
      ibExecID: "",
      origTradeID: "3000000001",
      transactionID: "9000000002",
    });
    assert.deepEqual(shown(await readTrades(sale, back)).map(({ quantity, cancelled }) => [quantity, cancelled]), [
      [0, true],
    ]);
  }
});

Deno.test("a correction whose first trade stands in another file is handed out alone", async () => {
  const read = await readTrades(CANCELLATION, CORRECTION);
  assert.deepEqual(read.faults, []);
  assert.deepEqual(shown(read).map(({ execId, quantity }) => [execId, quantity]), [["0000e0d5.6557b1a2.01.02", 1]]);
});

Deno.test("a cancellation of a trade that stands in another file is a fault, not a sale", async () => {
  const read = await readTrades(CANCELLATION);
  assert.deepEqual(shown(read), []);
  assert.match(read.faults[0]!.message, /no earlier row has the number, quantity and price that it cancels/);
});

Deno.test("a cancellation that names no trade is a fault", async () => {
  const nameless = trade({ buySell: "BUY (Ca.)", quantity: -2, ibExecID: "", tradeID: "", transactionID: "5" });
  const read = await readTrades(trade(), nameless);
  assert.equal(read.executions.length, 1);
  assert.equal(read.faults[0]?.attribute, "origTradeID");
});

Deno.test("two accounts with the same trade number do not cancel each other's trades", async () => {
  const read = await readTrades(trade({ accountId: "DU7654321" }), ORIGINAL, CANCELLATION);
  assert.deepEqual(read.executions.map(({ execution, cancelled }) => [execution.account, cancelled]), [
    ["DU7654321", false],
    ["DU1234567", true],
  ]);
});

Deno.test("a cancellation that fits no trade before it is a fault, and the trade stays", async () => {
  const partly = trade({
    buySell: "BUY (Ca.)",
    quantity: -1,
    ibExecID: "",
    tradeID: "",
    origTradeID: "3000000001",
    transactionID: "9000000002",
  });
  const read = await readTrades(ORIGINAL, partly);
  assert.deepEqual(shown(read).map(({ quantity, paid }) => [quantity, paid]), [[2, 1.3666]]);
  assert.match(read.faults[0]!.message, /no earlier row has the number, quantity and price that it cancels/);
});
