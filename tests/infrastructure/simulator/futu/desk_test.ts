import assert from "node:assert/strict";
import {
  GET_ACC_LIST,
  GET_FUNDS,
  GET_HISTORY_ORDER_FILL_LIST,
  GET_HISTORY_ORDER_LIST,
  GET_ORDER_FEE,
  GET_ORDER_FILL_LIST,
  GET_ORDER_LIST,
  GET_POSITION_LIST,
  GET_STATIC_INFO,
  SUB_ACC_PUSH,
} from "../../../../src/infrastructure/futu/wire/messages.ts";
import { CLOSED, GENERAL, OLD_US, PAPER, SMALL_BOOK } from "./small_book.ts";
import { type FutuStage, onFutuStage } from "./virtual_open_d.ts";

const HKD = 1;
const USD = 2;
const REAL = { trdEnv: 1, trdMarket: 2 } as const;
const general = { ...REAL, accID: GENERAL };
const oldUs = { ...REAL, accID: OLD_US };
const paper = { trdEnv: 0, trdMarket: 2, accID: PAPER };
const window = (beginTime: string, endTime: string) => ({ filterConditions: { beginTime, endTime } });
const NOVEMBER = window("2026-11-01 00:00:00", "2026-11-30 23:59:59");
const RATE_LIMITED = /频率太高，请求失败，每30秒最多10次。$/;

async function positions({ client, ask }: FutuStage, filterMarket = 0) {
  const question = { header: general, filterConditions: { filterMarket } };
  return (await ask(await client(), GET_POSITION_LIST, question)).s2c!.positionList;
}

Deno.test("general accounts are listed only when they are asked for; closed and paper accounts always", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask }) => {
    const one = await client();
    const all = await ask(one, GET_ACC_LIST, { userID: "0", trdCategory: 1, needGeneralSecAccount: true });
    assert.deepEqual(
      all.s2c!.accList.map((
        { accID, trdEnv, trdMarketAuthList, securityFirm, accStatus, accRole },
      ) => [accID, trdEnv, trdMarketAuthList, securityFirm, accStatus, accRole]),
      [
        [GENERAL, 1, [1, 2], 1, 0, 2],
        [OLD_US, 1, [2], 1, 0, 1],
        [CLOSED, 1, [1], 1, 1, 1],
        [PAPER, 0, [2], null, 0, 1],
      ],
    );
    const old = await ask(one, GET_ACC_LIST, { userID: "0" });
    assert.deepEqual(old.s2c!.accList.map(({ accID }) => accID), [OLD_US, CLOSED, PAPER]);
  });
});

Deno.test("funds of a general account need a currency and come in it; an old account has its own", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask }) => {
    const one = await client();
    const without = await ask(one, GET_FUNDS, { header: general });
    assert.deepEqual([without.retType, without.s2c], [-1, null]);
    assert.match(without.retMsg!, /综合账户/);

    // Cash 100,000 + 8 × 10,000; AAPL 8 × 100 × 270 = 216,000; CALL 8 × −2 × 3 × 100 = −4,800; 00700 200 × 600 = 120,000.
    const inHkd = (await ask(one, GET_FUNDS, { header: general, currency: HKD })).s2c!.funds!;
    assert.deepEqual([inHkd.cash, inHkd.longMv, inHkd.shortMv, inHkd.totalAssets], [180_000, 336_000, -4_800, 511_200]);
    assert.equal(inHkd.initialMargin, 0.3 * 340_800);
    assert.deepEqual(inHkd.cashInfoList.map(({ currency, cash }) => [currency, cash]), [[HKD, 100_000], [USD, 10_000]]);
    const inUsd = (await ask(one, GET_FUNDS, { header: general, currency: USD })).s2c!.funds!;
    assert.deepEqual([inUsd.totalAssets, inUsd.currency], [511_200 / 8, USD]);
    const old = (await ask(one, GET_FUNDS, { header: oldUs, currency: HKD })).s2c!.funds!;
    assert.deepEqual([old.currency, old.totalAssets, old.cashInfoList], [USD, 500 + 2_700, []]);
    const unknown = await ask(one, GET_FUNDS, { header: general, currency: 5 });
    assert.equal(unknown.retType, -1);
  });
});

Deno.test("positions carry side, cost, currency and the day's trades, and codes without their market", async () => {
  await onFutuStage(SMALL_BOOK, async (stage) => {
    const [aapl, call, tencent] = await positions(stage);
    assert.deepEqual([aapl?.code, aapl?.secMarket, aapl?.currency, aapl?.trdMarket], ["AAPL", 1 + 1, USD, 2]);
    // 90 from yesterday at 268 and 10 bought at 264: 100 × 270 − 90 × 268 − 10 × 264 = 240.
    assert.deepEqual([aapl?.qty, aapl?.td_buyQty, aapl?.td_buyVal, aapl?.td_plVal], [100, 10, 2_640, 240]);
    assert.deepEqual([aapl?.plVal, aapl?.plRatio, aapl?.averageCostPrice], [2_000, 2_000 / 25_000, 250]);
    assert.deepEqual([call?.code, call?.positionSide, call?.qty, call?.canSellQty], ["AAPL261218C280000", 1, -2, 2]);
    // Sold at 5, now 3: −2 × 3 × 100 + 2 × 5 × 100 = 400.
    assert.deepEqual([call?.val, call?.plVal, call?.plRatio, call?.td_plVal], [-600, 400, 0.4, -100]);
    assert.deepEqual([tencent?.code, tencent?.secMarket, tencent?.currency], ["00700", 1, HKD]);
    assert.ok(BigInt(aapl!.positionID) > 2n ** 53n);
    assert.deepEqual((await positions(stage, 1)).map(({ code }) => code), ["00700"]);
  });
});

Deno.test("the size of a short position is positive where the scenario says so", async () => {
  const scenario = SMALL_BOOK.replace("opend: {", "opend: { short_quantity: positive,");
  await onFutuStage(scenario, async (stage) => {
    const call = (await positions(stage)).find(({ positionSide }) => positionSide === 1);
    assert.deepEqual([call?.qty, call?.val], [2, -600]);
  });
});

Deno.test("a paper account has no average cost, no deals and no fees", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask }) => {
    const one = await client();
    const held = (await ask(one, GET_POSITION_LIST, { header: paper })).s2c!.positionList;
    assert.deepEqual(held.map(({ costPrice, averageCostPrice }) => [costPrice, averageCostPrice]), [[200, null]]);
    assert.match((await ask(one, GET_HISTORY_ORDER_FILL_LIST, { header: paper, ...NOVEMBER })).retMsg!, /模拟交易/);
    assert.match((await ask(one, GET_ORDER_FEE, { header: paper, orderIdExList: [] })).retMsg!, /模拟交易/);
    assert.equal((await ask(one, GET_HISTORY_ORDER_LIST, { header: paper, ...NOVEMBER })).retType, 0);
  });
});

Deno.test("an account is refused in another environment or market, when it is closed, and when nobody has it", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask }) => {
    const one = await client();
    const wrong = [
      { ...general, trdEnv: 0 },
      { ...oldUs, trdMarket: 1 },
      { ...REAL, trdMarket: 1, accID: CLOSED },
      { ...REAL, accID: "1" },
    ];
    for (const header of wrong) {
      const { retType, retMsg, s2c } = await ask(one, GET_POSITION_LIST, { header });
      assert.deepEqual([retType, s2c], [-1, null], JSON.stringify(header));
      assert.match(retMsg!, /账户/);
    }
    assert.equal((await ask(one, SUB_ACC_PUSH, { accIDList: [GENERAL, "1"] })).retType, -1);
  });
});

Deno.test("a history list needs both times, in order, as text, and at most 90 days apart", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask }) => {
    const one = await client();
    const refusal = async (beginTime: string | null, endTime: string | null) =>
      (await ask(one, GET_HISTORY_ORDER_LIST, { header: general, filterConditions: { beginTime, endTime } })).retMsg;
    assert.match((await refusal(null, "2026-11-30 00:00:00"))!, /必须指定开始时间和结束时间/);
    assert.match((await refusal("2026-11-01 00:00:00", ""))!, /必须指定开始时间和结束时间/);
    assert.match((await refusal("2026-11-01", "2026-11-30"))!, /时间格式/);
    assert.match((await refusal("2026-13-01 00:00:00", "2026-11-30 00:00:00"))!, /时间格式/);
    assert.match((await refusal("2026-11-30 00:00:00", "2026-11-01 00:00:00"))!, /不能晚于/);
    assert.match((await refusal("2026-08-01 00:00:00", "2026-10-31 00:00:00"))!, /不能超过90天/);
    assert.equal(await refusal("2026-08-02 00:00:00", "2026-10-31 23:59:59"), "");
  });
});

Deno.test("windows of 90 days give every past order and deal once, the newest first, and nothing of another account", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask, openD }) => {
    const one = await client();
    const windows = [
      window("2026-03-01 00:00:00", "2026-05-29 23:59:59.999"),
      window("2026-05-30 00:00:00", "2026-08-27 23:59:59.999"),
      window("2026-08-28 00:00:00", "2026-11-25 23:59:59.999"),
    ];
    const orders: string[] = [];
    const deals: string[] = [];
    for (const asked of windows) {
      const list = (await ask(one, GET_HISTORY_ORDER_LIST, { header: general, ...asked })).s2c!.orderList;
      orders.push(...list.map(({ orderIDEx }) => orderIDEx));
      const times = list.map(({ createTimestamp }) => createTimestamp!);
      assert.deepEqual(times, [...times].sort((a, b) => b - a));
      const fills = (await ask(one, GET_HISTORY_ORDER_FILL_LIST, { header: general, ...asked })).s2c!.orderFillList;
      deals.push(...fills.map(({ fillIDEx }) => fillIDEx));
    }
    const truth = openD.truth().find(({ account }) => account === GENERAL)!;
    assert.deepEqual([orders.length, deals.length], [253, 302]);
    assert.deepEqual(orders.toSorted(), truth.orders.map(({ orderIDEx }) => orderIDEx).toSorted());
    assert.deepEqual(deals.toSorted(), truth.deals.map(({ fillIDEx }) => fillIDEx).toSorted());
    assert.deepEqual([new Set(orders).size, new Set(deals).size], [253, 302]);
    assert.ok(truth.deals.some(({ status }) => status === "CANCELLED"));
    assert.ok(truth.deals.some(({ status }) => status === "CHANGED"));
  });
});

Deno.test("where lists of the past end with yesterday, today's deals are in today's list alone", async () => {
  await onFutuStage(SMALL_BOOK.replace("keep_alive: 10s", "history_has_today: false"), async ({ client, ask }) => {
    const one = await client();
    const past = (await ask(one, GET_HISTORY_ORDER_FILL_LIST, { header: general, ...NOVEMBER })).s2c!.orderFillList;
    const today = (await ask(one, GET_ORDER_FILL_LIST, { header: general })).s2c!.orderFillList;
    const orders = (await ask(one, GET_HISTORY_ORDER_LIST, { header: general, ...NOVEMBER })).s2c!.orderList;
    // a1 was filled 19 minutes ago, a3 two days ago, and a2 was placed four days ago.
    assert.deepEqual(today.map(({ price }) => price), [264]);
    assert.deepEqual([past.some(({ price }) => price === 264), past.some(({ price }) => price === 5)], [false, true]);
    assert.deepEqual([265, 620].map((wanted) => orders.some(({ price }) => price === wanted)), [false, true]);
  });
});

Deno.test("times of history are the exchange's own, with the true instant beside them", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask, clock }) => {
    const one = await client();
    const list = (await ask(one, GET_HISTORY_ORDER_LIST, { header: general, ...NOVEMBER })).s2c!.orderList;
    const [bought, sold] = ["AAPL", "00700"].map((code) => list.find((order) => order.code === code));
    // Started at 15:30:45 UTC: 20 minutes before is 10:10:45 in New York; 4 days before is 23:30:45 in Hong Kong.
    assert.equal(bought?.createTime, "2026-11-20 10:10:45.000");
    assert.equal(bought?.createTimestamp, (clock.start - 20 * 60_000) / 1000);
    assert.equal(sold?.createTime, "2026-11-16 23:30:45.000");
    // A window in that text: New York's Friday morning is Hong Kong's Friday night.
    const narrow = window("2026-11-20 10:00:00", "2026-11-20 10:30:00");
    const within = (await ask(one, GET_HISTORY_ORDER_LIST, { header: general, ...narrow })).s2c!.orderList;
    assert.deepEqual(within.map(({ orderIDEx }) => orderIDEx), [bought?.orderIDEx]);
  });
});

Deno.test("orders of the day are today's and those still open", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask }) => {
    const list = (await ask(await client(), GET_ORDER_LIST, { header: general })).s2c!.orderList;
    assert.deepEqual(list.map(({ code, orderStatus, fillQty }) => [code, orderStatus, fillQty]), [
      ["AAPL", 11, 10],
      ["00700", 5, 0],
    ]);
  });
});

Deno.test("fees come for at most 400 orders of the account, itemised in Chinese, and add up", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask, openD }) => {
    const one = await client();
    const { orders } = openD.truth().find(({ account }) => account === GENERAL)!;
    const ids = orders.map(({ orderIDEx }) => orderIDEx);
    const fees = (await ask(one, GET_ORDER_FEE, { header: general, orderIdExList: ids })).s2c!.orderFeeList;
    assert.deepEqual(
      fees.map(({ orderIDEx, feeAmount }) => [orderIDEx, feeAmount]),
      orders.map((o) => [o.orderIDEx, o.fee]),
    );
    for (const { feeAmount, feeList } of fees) {
      const sum = feeList.reduce((total, { value }) => total + value!, 0);
      assert.ok(Math.abs(sum - feeAmount!) < 1e-9, `${sum} is ${feeAmount}`);
      assert.ok(feeList.every(({ title }) => /^\p{Script=Han}+$/u.test(title!)));
    }
    assert.ok(fees.some(({ feeList }) => feeList.some(({ title }) => title === "印花税")));

    const many = Array.from({ length: 401 }, () => ids[0]!);
    assert.match((await ask(one, GET_ORDER_FEE, { header: general, orderIdExList: many })).retMsg!, /最多400个/);
    const foreign = await ask(one, GET_ORDER_FEE, { header: oldUs, orderIdExList: [ids[0]!] });
    assert.match(foreign.retMsg!, /订单号不存在/);
  });
});

Deno.test("the eleventh call of a counted message within 30 s is refused, for its account alone, until the first is 30 s old", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask, clock, openD }) => {
    const one = await client();
    const call = (header = general) => ask(one, GET_HISTORY_ORDER_LIST, { header, ...NOVEMBER });
    for (let count = 0; count < 10; count++) assert.equal((await call()).retType, 0);
    const refused = await call();
    assert.deepEqual([refused.retType, refused.s2c], [-1, null]);
    assert.match(refused.retMsg!, RATE_LIMITED);
    assert.equal((await call(oldUs)).retType, 0);
    assert.equal((await ask(one, GET_ORDER_FEE, { header: general, orderIdExList: [] })).retType, 0);
    assert.equal(openD.received(GET_HISTORY_ORDER_LIST.protoId), 12);
    // The first came about 0.1 s before.
    await clock.advance(20_000);
    assert.match((await call()).retMsg!, RATE_LIMITED);
    await clock.advance(5_000);
    const other = await client();
    await clock.advance(4_900);
    assert.equal((await ask(other, GET_HISTORY_ORDER_LIST, { header: general, ...NOVEMBER })).retType, 0);
  });
});

Deno.test("positions and funds are counted only when they are to be fetched anew", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask }) => {
    const one = await client();
    for (let count = 0; count < 30; count++) {
      assert.equal((await ask(one, GET_POSITION_LIST, { header: general })).retType, 0);
    }
    const answers: number[] = [];
    for (let count = 0; count < 11; count++) {
      answers.push((await ask(one, GET_FUNDS, { header: general, currency: HKD, refreshCache: true })).retType);
    }
    assert.deepEqual(answers, [...Array.from({ length: 10 }, () => 0), -1]);
    assert.match(
      (await ask(one, GET_FUNDS, { header: general, currency: HKD, refreshCache: true })).retMsg!,
      /账户资金/,
    );
  });
});

Deno.test("static information says what an option is written on and how much of it", async () => {
  await onFutuStage(SMALL_BOOK, async ({ client, ask }) => {
    const one = await client();
    // December's second last weekday.
    const securityList = [{ market: 1, code: "TCH261230C640000" }, { market: 11, code: "AAPL" }];
    const [option, stock] = (await ask(one, GET_STATIC_INFO, { securityList })).s2c!.staticInfoList;
    assert.deepEqual(option?.optionExData?.owner, { market: 1, code: "00700" });
    assert.deepEqual([option?.basic.lotSize, option?.basic.secType, option?.optionExData?.strikePrice], [100, 8, 640]);
    assert.equal(option?.optionExData?.strikeTime, "2026-12-30");
    assert.deepEqual([stock?.basic.secType, stock?.optionExData], [3, null]);
    const unknown = await ask(one, GET_STATIC_INFO, { securityList: [{ market: 11, code: "00700" }] });
    assert.match(unknown.retMsg!, /未知股票/);
  });
});
