import assert from "node:assert/strict";
import type { FutuOrder, FutuOrderFill } from "../../../../src/infrastructure/futu/wire/messages.ts";
import { dealRecord, feeRecord, orderRecord, textTime } from "../../../../src/infrastructure/futu/history/records.ts";
import { AAPL } from "../../../support/stored_history.ts";

const PLACE = { account: "281756479345015383", market: "US", instrument: AAPL };

const ORDER: FutuOrder = {
  trdSide: 1,
  orderType: 1,
  orderStatus: 11,
  orderID: "7335166262126390001",
  orderIDEx: "20261120_7335166262126390001",
  code: "AAPL",
  name: "苹果",
  qty: 50,
  price: 270,
  createTime: "2026-11-20 10:30:00.250",
  updateTime: "2026-11-20 10:31:00",
  fillQty: 20,
  fillAvgPrice: 269.95,
  lastErrMsg: "",
  secMarket: 2,
  createTimestamp: 1_795_188_600.25,
  updateTimestamp: 1_795_188_660,
  remark: "",
  timeInForce: 0,
  auxPrice: null,
  currency: 2,
  trdMarket: 2,
};

const DEAL: FutuOrderFill = {
  trdSide: 1,
  fillID: "1",
  fillIDEx: "20261120_1",
  orderID: "7335166262126390001",
  orderIDEx: ORDER.orderIDEx,
  code: "AAPL",
  name: "苹果",
  qty: 20,
  price: 269.95,
  createTime: "2026-11-20 10:30:30.500",
  counterBrokerID: null,
  counterBrokerName: null,
  secMarket: 2,
  createTimestamp: 1_795_188_630.5,
  updateTimestamp: null,
  status: 0,
  trdMarket: 2,
};

function order(changes: Partial<FutuOrder> = {}) {
  const read = orderRecord({ ...ORDER, ...changes }, PLACE);
  return "lost" in read ? read.lost : { ...read.row, isByText: read.isByText };
}

function deal(changes: Partial<FutuOrderFill> = {}) {
  const read = dealRecord({ ...DEAL, ...changes }, PLACE);
  return "lost" in read ? read.lost : { ...read.row, isByText: read.isByText };
}

Deno.test("an order keeps its long number, its signed size and the time of its stamps", () => {
  // 1 795 188 600.25 s after 1970 is 2026-11-20 15:30:00.250 UTC.
  assert.deepEqual(order(), {
    account: PLACE.account,
    orderId: "20261120_7335166262126390001",
    market: "US",
    instrument: AAPL,
    quantity: 50,
    price: 270,
    filledQuantity: 20,
    averageFillPrice: 269.95,
    orderType: 1,
    status: 11,
    createdAt: Date.UTC(2026, 10, 20, 15, 30, 0, 250),
    updatedAt: Date.UTC(2026, 10, 20, 15, 31),
    remark: null,
    raw: JSON.stringify(ORDER),
    isByText: false,
  });
});

Deno.test("sold and sold short are negative, bought and bought back positive, and any other side is lost", () => {
  const size = (trdSide: number) => {
    const read = order({ trdSide });
    return typeof read === "string" ? read : read.quantity;
  };
  assert.deepEqual([1, 2, 3, 4].map(size), [50, -50, -50, 50]);
  assert.match(String(size(0)), /order 20261120_\d+: its size or side is not readable/);
  assert.match(String(deal({ trdSide: 9 })), /side is not readable/);
});

Deno.test("an order without a limit has no price, and one without a fill no average", () => {
  const read = order({ orderType: 2, price: 0, fillQty: 0, fillAvgPrice: 0 });
  assert.ok(typeof read !== "string");
  assert.deepEqual([read.price, read.filledQuantity, read.averageFillPrice], [null, 0, null]);
});

Deno.test("a deal that was cancelled or corrected says so, and a status that nobody knows is lost", () => {
  const status = (status: number | null) => {
    const read = deal({ status });
    return typeof read === "string" ? read : read.status;
  };
  assert.deepEqual([0, 1, 2, null].map(status), ["OK", "CANCELLED", "CHANGED", "OK"]);
  assert.match(String(status(3)), /status 3 is not known/);
});

Deno.test("without a time stamp the text counts, in the market's zone, and the row says so", () => {
  const read = deal({ createTimestamp: null });
  assert.ok(typeof read !== "string");
  assert.deepEqual([read.executedAt, read.isByText], [Date.UTC(2026, 10, 20, 15, 30, 30, 500), true]);
  assert.match(String(deal({ createTimestamp: null, createTime: "" })), /its time is not readable/);
  assert.match(String(order({ createTimestamp: 0, createTime: "2026-02-30 10:00:00" })), /placed is not readable/);
});

Deno.test("a time stamp that no clock can say is none: the text counts", () => {
  for (const createTimestamp of [1e15, 1e300, Infinity, -5]) {
    const row = deal({ createTimestamp });
    assert.deepEqual(typeof row === "string" ? row : row.executedAt, Date.UTC(2026, 10, 20, 15, 30, 30, 500));
  }
});

Deno.test("a text time is read in its market's zone, across changes of the clocks", () => {
  assert.equal(textTime("2026-11-20 10:30:00", "HK"), Date.UTC(2026, 10, 20, 2, 30));
  assert.equal(textTime("2026-07-20 10:30:00", "US"), Date.UTC(2026, 6, 20, 14, 30));
  // Clocks show 01:30 twice: the first is told.
  assert.equal(textTime("2026-11-01 01:30:00", "US"), Date.UTC(2026, 10, 1, 5, 30));
  assert.equal(textTime("2026-03-08 03:30:00", "US"), Date.UTC(2026, 2, 8, 7, 30));
  for (const wrong of ["", "2026-11-20", "20261120 10:30:00", "2026-11-20 24:00:00", "2026-13-01 10:00:00"]) {
    assert.equal(textTime(wrong, "US"), null, wrong);
  }
});

Deno.test("a fee is in its order's currency with the titles as they came, and unknown while Futu does not tell it", () => {
  const lacking = { orderId: ORDER.orderIDEx, currency: "USD", updatedAt: 5 };
  const feeList = [{ title: "佣金", value: 0.99 }, { title: "平台使用费", value: 1 }];
  const fee = { orderIDEx: ORDER.orderIDEx, feeAmount: 1.99, feeList };
  assert.deepEqual(feeRecord(fee, PLACE.account, lacking, 9), {
    account: PLACE.account,
    orderId: ORDER.orderIDEx,
    amount: 1.99,
    currency: "USD",
    items: JSON.stringify(feeList),
    updatedAt: 9,
  });
  assert.equal(feeRecord({ ...fee, feeAmount: null }, PLACE.account, lacking, 9), null);
});
