import assert from "node:assert/strict";
import { GET_ORDER_LIST } from "../../../src/infrastructure/futu/wire/messages.ts";
import { FIRST, type FutuDesk, onFutuDesk, order } from "./scripted_opend.ts";

const told = ({ sink }: FutuDesk) => sink.of("order").map(({ orderId, status, filled }) => [orderId, status, filled]);

Deno.test("working orders are listed in IB's words; what was finished before it was seen is no news", async () => {
  await onFutuDesk({}, (openD) => {
    openD.orders = [order("W", { trdSide: 2, fillQty: 4, orderStatus: 10 }), order("DONE", { orderStatus: 11 })];
  }, (desk) => {
    const { at: _at, instrument, ...rest } = desk.sink.last("order");
    assert.equal(typeof instrument === "number" || instrument === null, true);
    assert.deepEqual(rest, {
      kind: "order",
      source: "FUTU",
      account: FIRST,
      orderId: "W",
      action: "SELL",
      quantity: 10,
      filled: 4,
      orderType: "LMT",
      limitPrice: 99,
      status: "Submitted",
    });
    assert.deepEqual(told(desk), [["W", "Submitted", 4]]);
    return Promise.resolve();
  });
});

Deno.test("a push changes an order at once, and a repeated one says nothing", async () => {
  await onFutuDesk({}, (openD) => void (openD.orders = [order("W")]), async (desk) => {
    const { clock, openD } = desk;
    openD.tellOrder(order("W", { fillQty: 5, orderStatus: 10 }));
    openD.tellOrder(order("W", { fillQty: 5, orderStatus: 10 }));
    openD.tellOrder(order("W", { fillQty: 10, orderStatus: 11 }));
    openD.orders = [];
    await clock.advance(60_000);
    assert.deepEqual(told(desk), [["W", "Submitted", 0], ["W", "Submitted", 5], ["W", "Filled", 10]]);
  });
});

Deno.test("an order that the next list lacks is gone", async () => {
  await onFutuDesk({}, (openD) => void (openD.orders = [order("W")]), async (desk) => {
    desk.openD.orders = [];
    await desk.clock.advance(31_000);
    assert.deepEqual(told(desk).at(-1), ["W", "Gone", 0]);
  });
});

Deno.test("an order that is told while a list is read is not undone by that list", async () => {
  await onFutuDesk({}, () => {}, async (desk) => {
    const { clock, openD } = desk;
    openD.latencyMs = 1_000;
    await clock.advance(30_200);
    openD.tellOrder(order("W"));
    await clock.advance(2_000);
    assert.deepEqual(told(desk), [["W", "Submitted", 0]]);
  });
});

Deno.test("orders are read from what OpenD knows, without making it ask Futu", async () => {
  await onFutuDesk({}, () => {}, ({ openD }) => {
    const { question } = openD.questions(GET_ORDER_LIST)[0]!;
    assert.deepEqual([question.filterConditions, question.refreshCache], [{ filterMarket: 2 }, undefined]);
    return Promise.resolve();
  });
});

Deno.test("a market order has no limit", async () => {
  await onFutuDesk({}, (openD) => void (openD.orders = [order("M", { orderType: 2, price: 123 })]), ({ sink }) => {
    assert.equal(sink.last("order").limitPrice, null);
    return Promise.resolve();
  });
});
