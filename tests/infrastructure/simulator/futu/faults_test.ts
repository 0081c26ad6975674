import assert from "node:assert/strict";
import { CodecFault } from "../../../../src/infrastructure/futu/wire/codec.ts";
import {
  GET_GLOBAL_STATE,
  GET_HISTORY_ORDER_LIST,
  GET_POSITION_LIST,
  KEEP_ALIVE,
  SUB_ACC_PUSH,
  UPDATE_ORDER,
  UPDATE_ORDER_FILL,
} from "../../../../src/infrastructure/futu/wire/messages.ts";
import { withFutuFaults } from "../../../../src/infrastructure/simulator/futu/fault_text.ts";
import { loadFutuScenario } from "../../../../src/infrastructure/simulator/futu/load_scenario.ts";
import { GENERAL, OLD_US, SMALL_BOOK } from "./small_book.ts";
import { onFutuStage } from "./virtual_open_d.ts";

const header = { trdEnv: 1, trdMarket: 2, accID: GENERAL };
const BUY = { kind: "fill", order: null, account: GENERAL, contract: "AAPL", side: "BUY", quantity: 50 } as const;

Deno.test("a fill moves holding, average, cash and orders, and is pushed to those who asked for the account", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask, openD, clock }) => {
    const [subscribed, other] = [await client(), await client()];
    await ask(subscribed, SUB_ACC_PUSH, { accIDList: [OLD_US, GENERAL] });
    await ask(other, SUB_ACC_PUSH, { accIDList: [OLD_US] });
    openD.happen({ ...BUY, price: 280 });
    await clock.advance(10);
    const orders = subscribed.pushes(UPDATE_ORDER);
    assert.deepEqual(orders.map(({ order }) => [order.orderStatus, order.fillQty]), [[5, 0], [11, 50]]);
    const [fill] = subscribed.pushes(UPDATE_ORDER_FILL);
    assert.deepEqual([fill?.header.accID, fill?.orderFill.qty, fill?.orderFill.price], [GENERAL, 50, 280]);
    assert.equal(fill?.orderFill.orderIDEx, orders[0]?.order.orderIDEx);
    assert.deepEqual([other.pushes(UPDATE_ORDER), other.pushes(UPDATE_ORDER_FILL)], [[], []]);

    const { positions, cash, orders: kept } = openD.truth().find(({ account }) => account === GENERAL)!;
    const aapl = positions.find(({ contract }) => contract === "AAPL");
    // (100 × 250 + 50 × 280) ÷ 150 = 260; 10,000 − 50 × 280 − the fee.
    assert.deepEqual([aapl?.quantity, aapl?.averagePrice], [150, 260]);
    assert.equal(cash.get("USD"), 10_000 - 14_000 - kept.at(-1)!.fee);
  });
});

Deno.test("the last list of accounts counts, and pushes repeat where the scenario says so", async () => {
  const scenario = SMALL_BOOK.replace("opend: {", "opend: { push_copies: 2,");
  await onFutuStage(scenario, async ({ client, ask, openD, clock }) => {
    const one = await client();
    await ask(one, SUB_ACC_PUSH, { accIDList: [GENERAL] });
    openD.happen({ ...BUY, price: 280 });
    await clock.advance(10);
    assert.equal(one.pushes(UPDATE_ORDER_FILL).length, 2);
    await ask(one, SUB_ACC_PUSH, { accIDList: [OLD_US] });
    openD.happen({ ...BUY, price: 280 });
    await clock.advance(10);
    assert.equal(one.pushes(UPDATE_ORDER_FILL).length, 2);
  });
});

Deno.test("an order is placed, filled in part and in full, and cancelled, by its name", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask, openD, clock }) => {
    const one = await client();
    await ask(one, SUB_ACC_PUSH, { accIDList: [GENERAL] });
    const order = { account: GENERAL, contract: "00700", side: "SELL", quantity: 200, price: 610 } as const;
    openD.happen({ kind: "order", id: "s", ...order, status: "SUBMITTED" });
    openD.happen({ ...order, kind: "fill", order: "s", quantity: 150 });
    openD.happen({ ...order, kind: "fill", order: "s", quantity: 50 });
    openD.happen({ kind: "order", id: "a2", ...order, status: "CANCELLED_ALL" });
    await clock.advance(10);
    const told = one.pushes(UPDATE_ORDER).map(({ order: row }) => [row.orderStatus, row.fillQty]);
    assert.deepEqual(told, [[5, 0], [10, 150], [11, 200], [15, 0]]);
    const closed = openD.truth()[0]!.positions.find(({ contract }) => contract === "00700");
    assert.equal(closed?.quantity, 0);
    const rows = (await ask(one, GET_POSITION_LIST, { header })).s2c!.positionList;
    assert.deepEqual(rows.filter(({ code }) => code === "00700").map(({ qty, positionSide }) => [qty, positionSide]), [
      [0, 0],
    ]);
  });
});

Deno.test("a drop ends every connection, and OpenD takes new ones at once", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, openD, clock }) => {
    const one = await client();
    openD.fault({ kind: "drop" });
    await clock.advance(10);
    assert.equal(one.closed, true);
    await client();
    assert.equal(openD.clients, 1);
  });
});

Deno.test("while it refuses nobody gets in; afterwards the same port is open again", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, connect, openD, clock }) => {
    const { port } = openD;
    openD.fault({ kind: "refuse", seconds: 5 });
    await assert.rejects(connect(), Deno.errors.ConnectionRefused);
    await clock.advance(5_000);
    await client();
    assert.equal(openD.port, port);
  });
});

Deno.test("a frozen OpenD answers nothing and pushes nothing; thawed, it works off what came, in order", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask, openD, clock }) => {
    const one = await client();
    await ask(one, SUB_ACC_PUSH, { accIDList: [GENERAL] });
    openD.fault({ kind: "freeze", seconds: 4 });
    const serial = one.send(GET_GLOBAL_STATE, { userID: "0" });
    openD.happen({ ...BUY, price: 280 });
    await clock.advance(3_900);
    assert.equal(one.pushes(UPDATE_ORDER_FILL).length, 0);
    assert.throws(() => one.answer(GET_GLOBAL_STATE, serial));
    await clock.advance(200);
    assert.equal(one.pushes(UPDATE_ORDER_FILL).length, 1);
    assert.equal(one.answer(GET_GLOBAL_STATE, serial).retType, 0);
  });
});

Deno.test("logged out, it refuses what concerns accounts and still keeps connections", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask, openD }) => {
    const one = await client();
    openD.fault({ kind: "logout", seconds: null });
    const { retType, retMsg } = await ask(one, GET_POSITION_LIST, { header });
    assert.equal(retType, -1);
    assert.match(retMsg!, /未登录/);
    assert.equal((await ask(one, KEEP_ALIVE, { time: 0 })).retType, 0);
    openD.fault({ kind: "login" });
    assert.equal((await ask(one, GET_POSITION_LIST, { header })).retType, 0);
  });
});

Deno.test("an OpenD may start logged out", async () => {
  await onFutuStage(SMALL_BOOK.replace("opend: {", "opend: { logged_in: false,"), async ({ client, ask }) => {
    const state = (await ask(await client(), GET_GLOBAL_STATE, { userID: "0" })).s2c!;
    assert.deepEqual([state.trdLogined, state.qotLogined, state.programStatus?.type], [false, false, 2]);
  });
});

Deno.test("for the length of a rate limit every counted message is refused, and no other", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask, openD, clock }) => {
    const one = await client();
    const filterConditions = { beginTime: "2026-11-01 00:00:00", endTime: "2026-11-30 00:00:00" };
    openD.fault({ kind: "rate-limit", seconds: 5 });
    assert.match((await ask(one, GET_HISTORY_ORDER_LIST, { header, filterConditions })).retMsg!, /频率太高/);
    assert.equal((await ask(one, GET_POSITION_LIST, { header })).retType, 0);
    await clock.advance(5_000);
    assert.equal((await ask(one, GET_HISTORY_ORDER_LIST, { header, filterConditions })).retType, 0);
  });
});

Deno.test("a request to be dropped ends its connection without an answer, as often as was said", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask, openD, clock }) => {
    openD.fault({ kind: "drop-before-reply", protoId: GET_POSITION_LIST.protoId, times: 1 });
    const one = await client();
    assert.equal((await ask(one, GET_GLOBAL_STATE, { userID: "0" })).retType, 0);
    const serial = one.send(GET_POSITION_LIST, { header });
    await clock.advance(10);
    assert.equal(one.closed, true);
    assert.throws(() => one.answer(GET_POSITION_LIST, serial));
    assert.equal((await ask(await client(), GET_POSITION_LIST, { header })).retType, 0);
  });
});

Deno.test("damaged frames are what they say: a wrong SHA-1, one too long, one that swallows what follows", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, openD, clock }) => {
    const damaged = await client();
    openD.fault({ kind: "garbage", form: "bad-sha" });
    await clock.advance(10);
    assert.match(damaged.faults[0]!, /SHA-1/);
    const oversized = await client();
    openD.fault({ kind: "garbage", form: "oversized" });
    await clock.advance(10);
    assert.match(oversized.faults[0]!, /2147483647 bytes/);
    const cut = await client();
    openD.fault({ kind: "garbage", form: "truncated" });
    await clock.advance(10);
    assert.ok(cut.pending > 0);
    cut.send(KEEP_ALIVE, { time: 0 });
    await clock.advance(10);
    assert.match(cut.faults[0]!, /SHA-1/);
  });
});

Deno.test("an unknown message and one that breaks off come in whole frames", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, openD, clock }) => {
    const one = await client();
    openD.fault({ kind: "garbage", form: "unknown" });
    openD.fault({ kind: "garbage", form: "unreadable" });
    await clock.advance(10);
    assert.deepEqual(one.faults, []);
    assert.equal(one.frames.at(-2)?.protoId, 9999);
    assert.throws(() => one.pushes(UPDATE_ORDER_FILL), CodecFault);
  });
});

Deno.test("an unknown question and an unreadable one are answered as invalid; a trade message is refused and counted", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, openD, clock, logged }) => {
    const one = await client();
    const serials = [
      [4711, one.sendBody(4711, new Uint8Array(0))],
      [GET_POSITION_LIST.protoId, one.sendBody(GET_POSITION_LIST.protoId, Uint8Array.of(10, 200))],
      [2202, one.sendBody(2202, new Uint8Array(0))],
    ] as const;
    await clock.advance(10);
    const said = serials.map(([protoId, serial]) =>
      one.answer({ protoId, name: "", c2s: {}, s2c: {} }, serial).retType
    );
    assert.deepEqual(said, [-500, -500, -1]);
    assert.equal(openD.tradeMessagesReceived, 1);
    assert.equal(logged.at(-1)?.level, "WARN");
  });
});

Deno.test("bytes that are no frame end the connection", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, clock }) => {
    const one = await client();
    one.sendRaw(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    await clock.advance(10);
    assert.equal(one.closed, true);
  });
});

Deno.test("events of the scenario and of the command line happen at their times", async () => {
  const scenario = `${SMALL_BOOK}
events:
  - { at: 2s, kind: fill, account: "${GENERAL}", contract: AAPL, side: SELL, quantity: 10, price: 271 }
  - { at: 3s, kind: price, contract: AAPL, change: 0.1 }
  - { at: 4s, kind: drop }
`;
  await onFutuStage(scenario, async ({ client, openD, clock }) => {
    const one = await client();
    const aapl = () => openD.truth()[0]!.positions[0]!;
    assert.deepEqual([aapl().quantity, aapl().price], [100, 270]);
    await clock.advance(2_500);
    assert.equal(aapl().quantity, 90);
    await clock.advance(1_000);
    assert.deepEqual([aapl().price, one.closed], [297, false]);
    await clock.advance(1_000);
    assert.equal(one.closed, true);
  });
});

Deno.test("trouble on the command line is read, and misspelt trouble is answered with what there is", () => {
  const scenario = loadFutuScenario(SMALL_BOOK, "small.yaml");
  const texts = ["logout:5s@30s", "drop@10s", "bad-sha@20s", "drop-before-reply:2221@1m", "rate-limit:1m@500ms"];
  assert.deepEqual(withFutuFaults(scenario, texts).events, [
    { atMs: 500, kind: "rate-limit", seconds: 60 },
    { atMs: 10_000, kind: "drop" },
    { atMs: 20_000, kind: "garbage", form: "bad-sha" },
    { atMs: 30_000, kind: "logout", seconds: 5 },
    { atMs: 60_000, kind: "drop-before-reply", protoId: 2221, times: 1 },
  ]);
  for (const text of ["drop", "drop@", "logout@3s", "bad-sha:1@3s", "drop-before-reply:x@3s", "connectivity:1100@3s"]) {
    assert.throws(() => withFutuFaults(scenario, [text]), /write one of drop@TIME, .*unreadable@TIME/, text);
  }
});
