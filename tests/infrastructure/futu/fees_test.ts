import assert from "node:assert/strict";
import { OpenDFault } from "../../../src/infrastructure/futu/client/opend.ts";
import { GET_ORDER_FEE, GET_POSITION_LIST, UPDATE_ORDER_FILL } from "../../../src/infrastructure/futu/wire/messages.ts";
import { account, fill, FIRST, type FutuDesk, onFutuDesk, SECOND } from "./scripted_opend.ts";

const MINUTE_MS = 60_000;

const commissions = ({ sink }: FutuDesk) => sink.of("commission").map(({ execId, amount }) => [execId, amount]);
const asked = ({ openD }: FutuDesk) => openD.questions(GET_ORDER_FEE);

/** What each execution is told to cost at last. */
const costs = (desk: FutuDesk) => Object.fromEntries(commissions(desk));

Deno.test("a fill's fee is asked for once it has settled, and told in the contract's currency", async () => {
  await onFutuDesk({}, () => {}, async (desk) => {
    const { clock, openD, sink } = desk;
    openD.fees.set("FH88", 1.99);
    openD.tellFill(fill("F1"));
    await clock.advance(9_900);
    assert.equal(asked(desk).length, 0);
    await clock.advance(200);
    assert.deepEqual(asked(desk).map(({ question }) => question.orderIdExList), [["FH88"]]);
    assert.equal(asked(desk)[0]?.question.header.accID, FIRST);
    assert.deepEqual(sink.of("commission"), [{
      kind: "commission",
      source: "FUTU",
      execId: "F1",
      amount: 1.99,
      currency: "USD",
      realizedPnl: null,
    }]);
  });
});

Deno.test("the fills of an order share its fee by size, those of an earlier session too, and the parts add up to it", async () => {
  // A day ago no session had begun that still runs.
  const before = fill("F0", { qty: 70, createTimestamp: Date.UTC(2026, 10, 19, 12) / 1000 });
  await onFutuDesk({}, (openD) => {
    openD.fees.set("FH88", 1);
    openD.fills = [
      before,
      fill("F1", { qty: 10 }),
      fill("F2", { qty: 20, createTimestamp: Date.UTC(2026, 10, 20, 15) / 1000 }),
    ];
  }, async (desk) => {
    await desk.clock.advance(15_000);
    assert.deepEqual(costs(desk), { F2: 0.2, F1: 0.1 });
  });
});

Deno.test("a later fill and a changed fee share anew, and a fill that was taken back costs nothing", async () => {
  await onFutuDesk({}, () => {}, async (desk) => {
    const { clock, openD } = desk;
    openD.fees.set("FH88", 2);
    openD.tellFill(fill("F1"));
    await clock.advance(20_000);
    assert.deepEqual(costs(desk), { F1: 2 });
    openD.fees.set("FH88", 3);
    openD.tellFill(fill("F2", { qty: 20, createTimestamp: Date.UTC(2026, 10, 20, 15, 31) / 1000 }));
    await clock.advance(MINUTE_MS);
    assert.deepEqual(costs(desk), { F1: 1, F2: 2 });
    openD.tellFill(fill("F1", { status: 1 }));
    await clock.advance(MINUTE_MS);
    assert.deepEqual(costs(desk), { F1: 0, F2: 3 });
    openD.fees.set("FH88", 3.5);
    await clock.advance(MINUTE_MS);
    assert.deepEqual(costs(desk), { F1: 0, F2: 3.5 });
  });
});

Deno.test("a fee is asked for until it is told twice alike, then only after another fill", async () => {
  await onFutuDesk({}, () => {}, async (desk) => {
    const { clock, openD } = desk;
    openD.tellFill(fill("F1"));
    await clock.advance(3 * MINUTE_MS);
    assert.deepEqual(asked(desk).map(({ at }) => Math.round((at - asked(desk)[0]!.at) / 1000)), [0, 60, 120]);
    openD.fees.set("FH88", null);
    await clock.advance(MINUTE_MS);
    assert.deepEqual(commissions(desk), [], "what is not known is not 0");
    openD.fees.set("FH88", 1e25);
    await clock.advance(MINUTE_MS);
    assert.deepEqual(commissions(desk), [], "nor is a placeholder a fee");
    openD.fees.set("FH88", 0);
    await clock.advance(10 * MINUTE_MS);
    assert.equal(asked(desk).length, 7);
    assert.deepEqual(commissions(desk), [["F1", 0]]);
    openD.tellFill(fill("F2"));
    await clock.advance(10 * MINUTE_MS);
    assert.equal(asked(desk).length, 9);
  });
});

Deno.test("a fee that was told before and after a fill alike may be older than the fill: it is asked for once more", async () => {
  await onFutuDesk({}, () => {}, async (desk) => {
    const { clock, openD } = desk;
    openD.fees.set("FH88", 2);
    openD.tellFill(fill("F1"));
    await clock.advance(15_000);
    openD.tellFill(fill("F2"));
    await clock.advance(MINUTE_MS);
    openD.fees.set("FH88", 3);
    await clock.advance(MINUTE_MS);
    assert.deepEqual(costs(desk), { F1: 1.5, F2: 1.5 });
  });
});

Deno.test("however often it trades, an account is asked every 20 s at most, and many accounts leave half of OpenD's limit free", async () => {
  const accounts = Array.from({ length: 12 }, (_, at) => account({ accID: String(281756455983230000n + BigInt(at)) }));
  await onFutuDesk({}, (openD) => void (openD.accounts = accounts), async (desk) => {
    const { clock, openD } = desk;
    for (let minute = 0; minute < 50; minute++) {
      for (const [at, { accID }] of accounts.entries()) {
        openD.fees.set(`${accID}-${minute}`, 1);
        openD.tellFill(fill(`${at}-${minute}`, { orderIDEx: `${accID}-${minute}` }), accID);
      }
      await clock.advance(6_000);
    }
    const times = asked(desk).map(({ at }) => at);
    for (const from of times) {
      const within = times.filter((at) => at >= from && at < from + 30_000).length;
      assert.ok(within <= 5, `${within} questions in 30 s`);
    }
    for (const { accID } of accounts) {
      const mine = asked(desk).filter(({ question }) => question.header.accID === accID).map(({ at }) => at);
      assert.ok(mine.length >= 3, `asked only ${mine.length} times in 300 s`);
      mine.slice(1).forEach((at, before) => assert.ok(at - mine[before]! >= 20_000));
    }
    await clock.advance(3 * MINUTE_MS);
    assert.equal(Object.keys(costs(desk)).length, 12 * 50);
  });
});

Deno.test("no question has more than 400 orders, and each is asked for", async () => {
  await onFutuDesk({}, (openD) => {
    openD.fills = Array.from({ length: 1_000 }, (_, at) => fill(`F${at}`, { orderIDEx: `O${at}` }));
    openD.fills.forEach(({ orderIDEx }, at) => openD.fees.set(orderIDEx!, at / 100));
  }, async (desk) => {
    await desk.clock.advance(5 * MINUTE_MS);
    assert.equal(Math.max(...asked(desk).map(({ question }) => question.orderIdExList.length)), 400);
    assert.equal(Object.keys(costs(desk)).length, 1_000);
    assert.equal(costs(desk).F999, 9.99);
  });
});

Deno.test("one order that OpenD does not know does not keep the others' fees away", async () => {
  await onFutuDesk({}, (openD) => {
    openD.fills = Array.from({ length: 8 }, (_, at) => fill(`F${at}`, { orderIDEx: `O${at}` }));
    for (const { orderIDEx } of openD.fills) openD.fees.set(orderIDEx!, 1);
    openD.script = ({ name, question }) => {
      if (name !== GET_ORDER_FEE.name || !question.orderIdExList.includes("O5")) return;
      throw new OpenDFault("refused", "OpenD refuses Trd_GetOrderFee; OpenD says: 订单号不存在");
    };
  }, async (desk) => {
    await desk.clock.advance(15 * MINUTE_MS);
    assert.deepEqual(Object.keys(costs(desk)).sort(), ["F0", "F1", "F2", "F3", "F4", "F6", "F7"]);
  });
});

Deno.test("refused fees are logged once, and are no fault of the link, of positions or of fills", async () => {
  await onFutuDesk({}, (openD) => {
    openD.fills = [fill("F1"), fill("F2", { orderIDEx: "FH89" })];
    openD.script = ({ name }) => {
      if (name === GET_ORDER_FEE.name) throw new OpenDFault("refused", "OpenD refuses Trd_GetOrderFee");
    };
  }, async (desk) => {
    const { clock, openD, sink, log } = desk;
    await clock.advance(10 * MINUTE_MS);
    assert.deepEqual(log.map(({ level, message }) => [level, message]), [
      ["WARN", "What today's fills at Futu cost is not known yet: OpenD refuses Trd_GetOrderFee"],
    ]);
    assert.ok(sink.of("link").every(({ status }) => status !== "degraded"));
    assert.ok(openD.questions(GET_POSITION_LIST).length > 30);
    openD.script = () => undefined;
    openD.fees.set("FH88", 1).set("FH89", 2);
    await clock.advance(15 * MINUTE_MS);
    assert.deepEqual(costs(desk), { F1: 1, F2: 2 });
  });
});

Deno.test("a question that was cut short is asked again after a reconnect, when its minute is over", async () => {
  await onFutuDesk({}, () => {}, async (desk) => {
    const { clock, openD } = desk;
    openD.fees.set("FH88", 1.99);
    openD.tellFill(fill("F1"));
    openD.latencyMs = 2_000;
    await clock.advance(11_000);
    openD.drop();
    openD.latencyMs = 5;
    openD.fills = [fill("F1")];
    await clock.advance(5_000);
    openD.connect();
    await clock.advance(40_000);
    assert.equal(asked(desk).length, 1);
    await clock.advance(30_000);
    assert.deepEqual(costs(desk), { F1: 1.99 });
  });
});

Deno.test("paper accounts have no fees, and each account's orders are asked for under its own number", async () => {
  await onFutuDesk({ trdEnv: "SIMULATE" }, (openD) => {
    openD.accounts = [account({ trdEnv: 0, securityFirm: null })];
  }, async (desk) => {
    const { clock, openD } = desk;
    openD.owner!.onPush(UPDATE_ORDER_FILL, {
      header: { trdEnv: 0, accID: FIRST, trdMarket: 2 },
      orderFill: fill("F1"),
    });
    await clock.advance(2 * MINUTE_MS);
    assert.deepEqual([desk.sink.of("execution").length, asked(desk).length], [1, 0]);
  });
  await onFutuDesk({}, (openD) => void (openD.accounts = [account(), account({ accID: SECOND })]), async (desk) => {
    const { clock, openD } = desk;
    openD.tellFill(fill("F1"));
    openD.tellFill(fill("F2", { orderIDEx: "FH89" }), SECOND);
    await clock.advance(30_000);
    assert.deepEqual(asked(desk).map(({ question }) => [question.header.accID, question.orderIdExList]), [
      [FIRST, ["FH88"]],
      [SECOND, ["FH89"]],
    ]);
  });
});
