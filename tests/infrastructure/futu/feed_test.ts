import assert from "node:assert/strict";
import { OpenDFault } from "../../../src/infrastructure/futu/client/opend.ts";
import {
  GET_ACC_LIST,
  GET_FUNDS,
  GET_HISTORY_ORDER_FILL_LIST,
  GET_ORDER_LIST,
  GET_POSITION_LIST,
  NOTIFY,
  SUB_ACC_PUSH,
} from "../../../src/infrastructure/futu/wire/messages.ts";
import { account, fill, FIRST, funds, onFutuDesk, order, position, type Question, SECOND } from "./scripted_opend.ts";

const refuse = (exchange: { readonly name: string }, kind: OpenDFault["kind"] = "refused") => (asked: Question) => {
  if (asked.name === exchange.name) throw new OpenDFault(kind, `OpenD refuses ${exchange.name}: it is tired`);
};

Deno.test("a first view: accounts, subscription, one list of positions of all accounts, values, fills, and the link is up", async () => {
  await onFutuDesk({}, (openD) => {
    openD.accounts = [account(), account({ accID: SECOND })];
    openD.positions.set(FIRST, [position("AAPL", 100)]);
    openD.positions.set(SECOND, [position("AAPL", -5), position("TSLA", 7)]);
  }, ({ openD, sink, held }) => {
    assert.deepEqual(openD.questions(GET_ACC_LIST)[0]?.question, {
      userID: "0",
      trdCategory: 1,
      needGeneralSecAccount: true,
    });
    assert.deepEqual(openD.questions(SUB_ACC_PUSH)[0]?.question, { accIDList: [FIRST, SECOND] });
    assert.deepEqual(sink.of("positions").length, 1);
    assert.deepEqual(sink.last("positions").accounts, [FIRST, SECOND]);
    assert.deepEqual(held(), [["AAPL", 100], ["AAPL", -5], ["TSLA", 7]]);
    assert.equal(sink.last("account").currency, "USD");
    assert.equal(sink.of("executions-complete").length, 1);
    assert.deepEqual(sink.of("link").map(({ status, detail }) => [status, detail]), [
      ["connecting", "reading positions and account values"],
      ["connecting", "reading account values"],
      ["up", "127.0.0.1:11111, OpenD 9.5, 2 accounts"],
    ]);
    return Promise.resolve();
  });
});

Deno.test("an account without holdings is named too: it is flat, not unknown", async () => {
  await onFutuDesk({}, () => {}, ({ sink }) => {
    const { accounts, rows } = sink.last("positions");
    assert.deepEqual([accounts, rows], [[FIRST], []]);
    return Promise.resolve();
  });
});

Deno.test("a round that fails for one account changes nothing and says why", async () => {
  await onFutuDesk({}, (openD) => {
    openD.accounts = [account(), account({ accID: SECOND })];
    openD.positions.set(FIRST, [position("AAPL", 100)]);
  }, async ({ clock, openD, sink }) => {
    openD.positions.set(FIRST, []);
    openD.script = (asked) => {
      if (asked.name === GET_POSITION_LIST.name && asked.question.header.accID === SECOND) {
        throw new OpenDFault("timeout", "OpenD did not answer Trd_GetPositionList within 15 s");
      }
    };
    await clock.advance(20_000);
    assert.equal(sink.of("positions").length, 1);
    assert.equal(sink.last("positions-failed").reason, "OpenD did not answer Trd_GetPositionList within 15 s");
    assert.deepEqual(
      [sink.last("link").status, sink.last("link").detail],
      ["degraded", "positions are not complete: OpenD did not answer Trd_GetPositionList within 15 s"],
    );
    openD.script = () => undefined;
    await clock.advance(20_000);
    assert.deepEqual(sink.last("positions").rows, []);
    assert.equal(sink.last("link").status, "up");
  });
});

Deno.test("a row whose size or side cannot be read fails the round: what is held is never shown without it", async () => {
  for (const row of [position("AAPL", NaN), position("AAPL", 5, { positionSide: -1 })]) {
    await onFutuDesk({}, (openD) => openD.positions.set(FIRST, [position("TSLA", 1), row]), ({ sink }) => {
      assert.equal(sink.of("positions").length, 0);
      assert.match(sink.last("positions-failed").reason, /AAPL (is neither long nor short|is no number)|of AAPL/);
      return Promise.resolve();
    });
  }
});

Deno.test("a contract whose value does not fit is said once, with both figures, and is shown as APEX understands it", async () => {
  const odd = position("AAPL261218C280000", 2, { price: 3, val: 300 });
  await onFutuDesk({}, (openD) => openD.positions.set(FIRST, [odd, position("AAPL", 10)]), async (desk) => {
    const { clock, sink, log } = desk;
    await clock.advance(60_000);
    assert.deepEqual(log.filter(({ level }) => level === "WARN").map(({ message }) => message), [
      "Futu values its AAPL261218C280000 at 300 USD, and 2 × 3 × 100 is 600: what APEX shows of it may be wrong by that factor",
    ]);
    assert.deepEqual(sink.of("broker-mark").slice(0, 2).map(({ price }) => price), [3, 101]);
    assert.equal(sink.last("link").status, "up");
  });
});

Deno.test("a contract that cannot be told is held without a price while OpenD's value is not quantity × price", async () => {
  const odd = [
    position("??", 2, { price: 3, val: 600, secMarket: 99 }),
    position("!!", 2, { price: 3, val: 6, secMarket: 99 }),
  ];
  await onFutuDesk({}, (openD) => openD.positions.set(FIRST, odd), ({ sink, held }) => {
    assert.deepEqual(held().map(([, quantity]) => quantity), [2, 2]);
    const [, second] = sink.last("positions").rows;
    assert.deepEqual(sink.of("broker-mark").map(({ instrument, price }) => [instrument, price]), [[
      second!.instrument,
      3,
    ]]);
    assert.equal(sink.of("leaf-pnl").length, 2, "its earnings are OpenD's to say");
    return Promise.resolve();
  });
});

Deno.test("positions are read again at the interval, and at once after a push, several of which are one", async () => {
  await onFutuDesk(
    {},
    (openD) => openD.positions.set(FIRST, [position("AAPL", 100)]),
    async ({ clock, openD, held }) => {
      await clock.advance(10_000);
      assert.equal(openD.questions(GET_POSITION_LIST).length, 1);
      openD.positions.set(FIRST, [position("AAPL", 110)]);
      openD.tellFill(fill("F1"));
      openD.tellFill(fill("F2"));
      openD.tellOrder(order("O1"));
      await clock.advance(400);
      assert.equal(openD.questions(GET_POSITION_LIST).length, 2);
      assert.deepEqual(held(), [["AAPL", 110]]);
      await clock.advance(15_000);
      assert.equal(openD.questions(GET_POSITION_LIST).length, 3);
    },
  );
});

Deno.test("after a push OpenD is asked for what it knows; where that is not newer yet, Futu is asked as the pace allows", async () => {
  await onFutuDesk({}, (openD) => openD.positions.set(FIRST, [position("AAPL", 100)]), async (desk) => {
    const { clock, openD, held } = desk;
    const refreshes = () => openD.questions(GET_POSITION_LIST).map(({ question }) => question.refreshCache);
    openD.tellFill(fill("F1"));
    await clock.advance(400);
    assert.deepEqual(refreshes(), [true, false]);
    openD.positions.set(FIRST, [position("AAPL", 110)]);
    await clock.advance(3_000);
    assert.deepEqual(refreshes(), [true, false, true]);
    assert.deepEqual(held(), [["AAPL", 110]]);
  });
});

Deno.test("fill after fill is followed at once, also where many accounts leave no room to ask Futu", async () => {
  const accounts = Array.from({ length: 8 }, (_, at) => account({ accID: String(281756455983230000n + BigInt(at)) }));
  const [{ accID }] = accounts as [ReturnType<typeof account>];
  await onFutuDesk({}, (openD) => void (openD.accounts = accounts), async ({ clock, openD, sink }) => {
    for (let bought = 1; bought <= 20; bought++) {
      openD.positions.set(accID, [position("AAPL", bought)]);
      openD.tellFill(fill(`F${bought}`, { qty: 1 }), accID);
      await clock.advance(2_000);
      assert.equal(sink.last("positions").rows[0]?.quantity, bought);
    }
  });
});

Deno.test("a push while a round is under way asks for another one, since that round may be older", async () => {
  await onFutuDesk({}, (openD) => openD.positions.set(FIRST, [position("AAPL", 100)]), async (desk) => {
    const { clock, openD, sink, held } = desk;
    openD.latencyMs = 2_000;
    await clock.advance(16_000);
    assert.equal(openD.questions(GET_POSITION_LIST).length, 2);
    openD.tellFill(fill("F1"));
    openD.latencyMs = 5;
    await clock.until(() => sink.of("positions").length === 2, 2_000, "the slow round", 1);
    openD.positions.set(FIRST, [position("AAPL", 110)]);
    assert.deepEqual(held(), [["AAPL", 100]]);
    await clock.advance(400);
    assert.deepEqual(openD.questions(GET_POSITION_LIST).map(({ question }) => question.refreshCache), [
      true,
      true,
      false,
    ]);
    assert.deepEqual(held(), [["AAPL", 110]]);
  });
});

Deno.test("with many accounts rounds grow apart, so that OpenD's limit is never exceeded and no queue builds up", async () => {
  const count = 12;
  const accounts = Array.from(
    { length: count },
    (_, at) => account({ accID: String(281756455983230000n + BigInt(at)) }),
  );
  await onFutuDesk({}, (openD) => void (openD.accounts = accounts), async ({ clock, openD }) => {
    for (let minute = 0; minute < 5; minute++) {
      openD.tellFill(fill(`F${minute}`), accounts[0]!.accID);
      await clock.advance(60_000);
    }
    for (const exchange of [GET_POSITION_LIST, GET_FUNDS, GET_HISTORY_ORDER_FILL_LIST]) {
      const asked = openD.questions(exchange).filter(({ question }) => question.refreshCache !== false).length;
      // 300 s hold ten windows of ten; the first round of each may go at once.
      assert.ok(asked <= 100 + count, `${exchange.name} was asked ${asked} times in 300 s`);
      assert.ok(asked >= 4 * count, `${exchange.name} was asked only ${asked} times`);
    }
  });
});

Deno.test("a slow round is never started twice", async () => {
  await onFutuDesk({}, () => {}, async ({ clock, openD }) => {
    openD.latencyMs = 40_000;
    await clock.advance(50_000);
    assert.equal(openD.questions(GET_POSITION_LIST).length, 2);
  });
});

Deno.test("after a reconnect the subscription is made anew and everything is read anew", async () => {
  await onFutuDesk(
    {},
    (openD) => openD.positions.set(FIRST, [position("AAPL", 100)]),
    async ({ clock, openD, sink, held }) => {
      openD.drop();
      assert.deepEqual([sink.last("link").status, sink.last("link").detail], [
        "down",
        "OpenD hung up; next try in 0.5 s",
      ]);
      await clock.advance(60_000);
      assert.equal(sink.of("positions").length, 1, "nothing is read or published while OpenD is away");
      openD.positions.set(FIRST, [position("AAPL", 90)]);
      openD.connect();
      await clock.advance(100);
      assert.equal(openD.questions(SUB_ACC_PUSH).length, 2);
      assert.deepEqual(held(), [["AAPL", 90]]);
      assert.equal(sink.of("executions-complete").length, 2);
      assert.equal(sink.last("link").status, "up");
    },
  );
});

Deno.test("a drop in the middle of a round publishes nothing and is no failure of the positions", async () => {
  await onFutuDesk({}, (openD) => void (openD.latencyMs = 60), async ({ clock, openD, sink }) => {
    openD.drop();
    await clock.advance(5_000);
    assert.equal(sink.of("positions").length, 0);
    assert.equal(sink.of("positions-failed").length, 0);
    assert.equal(sink.last("link").status, "down");
  });
});

Deno.test("where no account fits, the link says what was found, and an account that comes later is read", async () => {
  await onFutuDesk(
    {},
    (openD) => void (openD.accounts = [account({ securityFirm: 3 })]),
    async ({ clock, openD, sink, log }) => {
      const { status, detail } = sink.last("link");
      assert.equal(status, "degraded");
      assert.match(detail, /no active account is .*FUTUSECURITIES.*OpenD has 1 of FUTUSG, REAL, US/);
      assert.equal(log.filter(({ level }) => level === "WARN").length, 1);
      assert.equal(sink.of("positions").length, 0, "an account that is not read is not flat");
      openD.accounts.push(account());
      await clock.advance(10_000);
      assert.equal(sink.last("link").status, "up");
      assert.deepEqual(sink.last("positions").accounts, [FIRST]);
    },
  );
});

Deno.test("no log line holds the number of an account", async () => {
  await onFutuDesk({ accounts: [FIRST, SECOND] }, (openD) => {
    openD.script = refuse(GET_FUNDS);
  }, async ({ clock, log }) => {
    await clock.advance(60_000);
    assert.ok(log.length >= 2);
    assert.doesNotMatch(JSON.stringify(log), /281756455983234/);
  });
});

Deno.test("a refused subscription leaves the positions coming at their interval, and is said", async () => {
  await onFutuDesk({}, (openD) => void (openD.script = refuse(SUB_ACC_PUSH)), async ({ clock, openD, sink }) => {
    assert.equal(sink.of("positions").length, 1);
    assert.match(sink.last("link").detail, /^orders and fills are not told of as they happen: OpenD refuses/);
    openD.script = () => undefined;
    await clock.advance(10_000);
    assert.equal(sink.last("link").status, "up");
  });
});

Deno.test("refused account values leave positions as they are, and the link says so", async () => {
  await onFutuDesk(
    {},
    (openD) => void (openD.script = refuse(GET_FUNDS, "rate-limited")),
    async ({ clock, openD, sink }) => {
      assert.equal(sink.of("positions").length, 1);
      assert.match(sink.last("link").detail, /^account values are not complete: OpenD refuses Trd_GetFunds/);
      openD.script = () => undefined;
      await clock.advance(10_000);
      assert.equal(sink.last("account").values.netLiquidation, 100_000);
      assert.equal(sink.last("link").status, "up");
    },
  );
});

Deno.test("a simulated OpenD is announced once, before its positions", async () => {
  await onFutuDesk({}, () => {}, async ({ clock, openD, sink }) => {
    const notice = {
      type: 1,
      event: { eventType: 0, desc: "APEX simulator: nothing here is real" },
      programStatus: null,
      connectStatus: null,
    };
    openD.owner!.onPush(NOTIFY, { ...notice, event: { eventType: 0, desc: "something else" } });
    assert.equal(sink.of("simulated").length, 0);
    openD.owner!.onPush(NOTIFY, notice);
    openD.owner!.onPush(NOTIFY, notice);
    await clock.advance(1);
    assert.deepEqual(sink.of("simulated"), [{ kind: "simulated", source: "FUTU" }]);
  });
});

Deno.test("pushes of accounts and markets that are not read are left aside", async () => {
  await onFutuDesk({}, () => {}, async ({ clock, openD, sink }) => {
    openD.tellFill(fill("F1"), SECOND);
    openD.tellFill(fill("F2", { code: "00700", secMarket: 1, trdMarket: 1 }));
    openD.tellOrder(order("O1"), SECOND);
    await clock.advance(1_000);
    assert.equal(sink.of("execution").length, 0);
    assert.equal(sink.of("order").length, 0);
  });
});

Deno.test("nothing is pushed after stop(), answers under way included", async () => {
  await onFutuDesk({}, () => {}, async ({ clock, openD, sink, feed }) => {
    await clock.advance(14_890);
    openD.latencyMs = 1_000;
    await clock.advance(100);
    await feed.stop();
    const count = sink.events.length;
    assert.equal(sink.last("link").status, "off");
    openD.owner!.onPush(NOTIFY, {
      type: 1,
      event: { eventType: 0, desc: "APEX simulator" },
      programStatus: null,
      connectStatus: null,
    });
    await clock.advance(120_000);
    assert.equal(sink.events.length, count);
    assert.equal(clock.pendingTimers, 0);
  });
});

Deno.test("what a person asks for: a new connection is the connection's, quotes are IB's, and positions are read again", async () => {
  await onFutuDesk({}, () => {}, async ({ clock, openD, feed }) => {
    assert.deepEqual(feed.reconnect(), { done: true, words: "a person asked for a new connection" });
    await clock.advance(5_000);
    const before = openD.questions(GET_POSITION_LIST).length;
    assert.deepEqual(feed.resubscribe(0), {
      done: false,
      words: "Futu has no quotes to ask for: IB quotes what it holds",
    });
    await clock.advance(1_000);
    assert.equal(openD.questions(GET_POSITION_LIST).length, before + 1);
    openD.drop();
    assert.equal(feed.resubscribe(0).words, "not connected to Futu, whose holdings IB quotes");
  });
});

Deno.test("account values: what Futu does not say or marks as unset stays unknown", async () => {
  await onFutuDesk({}, (openD) => {
    openD.funds.set(FIRST, funds({ initialMargin: NaN, maintenanceMargin: 1.7976931348623157e308, longMv: null }));
  }, ({ sink }) => {
    assert.deepEqual(sink.last("account").values, {
      netLiquidation: 100_000,
      cash: 40_000,
      maintenanceMargin: null,
      initialMargin: null,
      excessLiquidity: null,
      buyingPower: 200_000,
      equityWithLoan: null,
      grossPositionValue: null,
    });
    assert.deepEqual(sink.of("cash").map(({ currency, amount }) => [currency, amount]), [["USD", 40_000]]);
    return Promise.resolve();
  });
});

Deno.test("a general account is asked for in the base currency, and its cash is told by currency", async () => {
  await onFutuDesk({ filterTrdmarket: "NONE" }, (openD) => {
    openD.accounts = [account({ trdMarketAuthList: [1, 2] })];
    const cash = (currency: number, amount: number) => {
      return { currency, cash: amount, availableBalance: null, netCashPower: null };
    };
    openD.funds.set(FIRST, funds({ cashInfoList: [cash(1, 80_000), cash(2, 30_000), cash(99, 1)] }));
  }, async ({ clock, openD, sink }) => {
    const { question } = openD.questions(GET_FUNDS)[0]!;
    assert.deepEqual([question.header.trdMarket, question.currency, question.refreshCache], [1, 2, true]);
    const cash = () => sink.of("cash").slice(-2).map(({ currency, amount }) => [currency, amount]);
    assert.deepEqual(cash(), [["HKD", 80_000], ["USD", 30_000]]);
    openD.funds.set(
      FIRST,
      funds({
        cashInfoList: [{ currency: 2, cash: 40_000, availableBalance: null, netCashPower: null }],
      }),
    );
    await clock.advance(16_000);
    assert.deepEqual(cash(), [["USD", 40_000], ["HKD", 0]], "what is listed no more is gone");
  });
});

Deno.test("futures accounts are looked for where every market is read, and an OpenD that refuses to has none", async () => {
  await onFutuDesk({ filterTrdmarket: "NONE" }, (openD) => {
    openD.script = ({ name, question }) => {
      if (name !== GET_ACC_LIST.name) return;
      if (question.trdCategory === 2) throw new OpenDFault("refused", "OpenD refuses Trd_GetAccList: no futures");
    };
  }, ({ openD, sink }) => {
    assert.deepEqual(openD.questions(GET_ACC_LIST).map(({ question }) => question.trdCategory), [1, 2]);
    assert.deepEqual(sink.last("positions").accounts, [FIRST]);
    return Promise.resolve();
  });
});

Deno.test("an account that is listed among the futures accounts too is one account, of all its markets", async () => {
  await onFutuDesk({ filterTrdmarket: "NONE" }, (openD) => {
    openD.script = ({ name, question }) => {
      if (name !== GET_ACC_LIST.name) return;
      return { accList: [account({ trdMarketAuthList: question.trdCategory === 2 ? [5] : [2, 15] })] };
    };
  }, ({ openD, sink }) => {
    assert.deepEqual(sink.last("positions").accounts, [FIRST]);
    assert.deepEqual(openD.questions(GET_POSITION_LIST).map(({ question }) => question.header.trdMarket), [2]);
    assert.deepEqual(openD.questions(GET_FUNDS).map(({ question }) => question.currency), [2]);
    return Promise.resolve();
  });
});

Deno.test("accounts that come in another order are the same ones, and nothing is read anew", async () => {
  await onFutuDesk({ filterTrdmarket: "NONE" }, (openD) => {
    openD.accounts = [account({ trdMarketAuthList: [1, 2] }), account({ accID: SECOND })];
  }, async ({ openD, sink, clock }) => {
    const links = sink.of("link").length;
    openD.accounts = [account({ accID: SECOND }), account({ trdMarketAuthList: [2, 1] })];
    await clock.advance(11 * 60_000);
    assert.equal(openD.questions(GET_ACC_LIST).length, 4, "two categories, twice");
    assert.equal(openD.questions(SUB_ACC_PUSH).length, 1);
    assert.equal(sink.of("link").length, links);
  });
});

Deno.test("an account that OpenD names no more leaves what it held in the book, and the link says so", async () => {
  await onFutuDesk({}, (openD) => {
    openD.accounts = [account(), account({ accID: SECOND })];
  }, async ({ openD, sink, clock }) => {
    assert.equal(sink.last("link").status, "up");
    openD.accounts = [account()];
    await clock.advance(11 * 60_000);
    assert.deepEqual(sink.last("positions").accounts, [FIRST]);
    const { status, detail } = sink.last("link");
    assert.deepEqual(
      [status, detail],
      ["degraded", "OpenD names 1 account no more that was read: what it held stays as it was"],
    );
    openD.accounts = [account(), account({ accID: SECOND })];
    await clock.advance(11 * 60_000);
    assert.equal(sink.last("link").status, "up");
  });
});

Deno.test("one market is asked for by its filter, every market without one, in one question an account", async () => {
  const asked = async (filterTrdmarket: string) => {
    const found: unknown[] = [];
    await onFutuDesk({ filterTrdmarket }, (openD) => {
      openD.accounts = [account({ trdMarketAuthList: [1, 2, 113] })];
    }, ({ openD }) => {
      for (const exchange of [GET_POSITION_LIST, GET_ORDER_LIST, GET_HISTORY_ORDER_FILL_LIST]) {
        for (const { question } of openD.questions(exchange)) {
          found.push([question.header.trdMarket, question.filterConditions.filterMarket]);
        }
      }
      return Promise.resolve();
    });
    return found;
  };
  assert.deepEqual(await asked("US"), [[2, 2], [2, 2], [2, 2]]);
  assert.deepEqual(await asked("NONE"), [[1, undefined], [1, undefined], [1, undefined]]);
});
