import assert from "node:assert/strict";
import { OpenDFault } from "../../../src/infrastructure/futu/client/opend.ts";
import {
  GET_HISTORY_ORDER_FILL_LIST,
  GET_ORDER_FILL_LIST,
  GET_POSITION_LIST,
} from "../../../src/infrastructure/futu/wire/messages.ts";
import { account, fill, FIRST, type FutuDesk, onFutuDesk, position } from "./scripted_opend.ts";

const executions = ({ sink }: FutuDesk) =>
  sink.of("execution").map(({ execId, quantity, price }) => [execId, quantity, price]);

Deno.test("the session's fills are asked for from a day before it began, and time stamps decide which count", async () => {
  await onFutuDesk({}, (openD) => {
    openD.fills = [fill("OLD", { createTimestamp: Date.UTC(2026, 10, 18, 15) / 1000 }), fill("NEW", { trdSide: 3 })];
  }, (desk) => {
    const { openD, sink } = desk;
    const { header, filterConditions } = openD.questions(GET_HISTORY_ORDER_FILL_LIST)[0]!.question;
    assert.equal(header.accID, FIRST);
    // Friday 20 November; the earliest session that runs is CME's, since Thursday 22:00 UTC.
    assert.deepEqual(filterConditions, {
      beginTime: "2026-11-18 00:00:00",
      endTime: "2026-11-21 23:59:59",
      filterMarket: 2,
    });
    assert.deepEqual(executions(desk), [["NEW", -10, 101.5]]);
    const { time, orderId, source } = sink.last("execution");
    assert.deepEqual([time, orderId, source], [Date.UTC(2026, 10, 20, 15, 30, 0), "FH88", "FUTU"]);
    const { since } = sink.last("executions-complete");
    assert.ok(since <= Date.UTC(2026, 10, 20, 5) && since > Date.UTC(2026, 10, 19), new Date(since).toISOString());
    return Promise.resolve();
  });
});

Deno.test("a history that ends yesterday leaves nothing out: today's fills have a list of their own", async () => {
  // CME's session began at 22:00 UTC of the day before: that day's fills are in the past already.
  const evening = fill("EVENING", { createTimestamp: Date.UTC(2026, 10, 19, 23) / 1000 });
  await onFutuDesk({}, (openD) => {
    openD.historyHasToday = false;
    openD.fills = [fill("TODAY"), evening];
  }, (desk) => {
    const { openD, sink } = desk;
    assert.deepEqual(executions(desk), [["TODAY", 10, 101.5], ["EVENING", 10, 101.5]]);
    assert.equal(sink.of("executions-complete").length, 1);
    const { header, ...question } = openD.questions(GET_ORDER_FILL_LIST)[0]!.question;
    assert.equal(header.accID, FIRST);
    assert.deepEqual(question, { filterConditions: { filterMarket: 2 } }, "without a refresh OpenD does not count it");
    return Promise.resolve();
  });
});

Deno.test("of a fill in both lists the newer update counts, whichever list has it", async () => {
  const [older, newer] = [fill("F", { updateTimestamp: 10 }), fill("F", { updateTimestamp: 20, price: 99 })];
  for (const [today, past] of [[older, newer], [newer, older], [fill("F"), fill("F", { status: 2, price: 99 })]]) {
    await onFutuDesk({}, (openD) => {
      openD.script = ({ name, question: { header } }) => {
        if (name === GET_ORDER_FILL_LIST.name) return { header, orderFillList: [today] };
        if (name === GET_HISTORY_ORDER_FILL_LIST.name) return { header, orderFillList: [past] };
      };
    }, (desk) => {
      assert.deepEqual(executions(desk), [["F", 10, 99]]);
      return Promise.resolve();
    });
  }
});

Deno.test("without today's fills nothing is complete, unless OpenD says that it has no such list, which is said once", async () => {
  const refusing = async (said: string) => {
    let result: unknown[] = [];
    await onFutuDesk({}, (openD) => {
      openD.fills = [fill("F1")];
      openD.script = ({ name }) => {
        if (name === GET_ORDER_FILL_LIST.name) throw new OpenDFault("refused", `OpenD says: ${said}`, said);
      };
    }, async ({ clock, sink, log }) => {
      await clock.advance(150_000);
      const lines = log.filter(({ message }) => message.includes(said)).map(({ level }) => level);
      result = [
        sink.of("execution").length,
        sink.of("executions-complete").length > 0,
        sink.last("link").status,
        lines,
      ];
    });
    return result;
  };
  assert.deepEqual(await refusing("此账户不支持此接口"), [1, true, "up", ["INFO"]]);
  assert.deepEqual(await refusing("网络异常"), [0, false, "degraded", ["WARN"]]);
});

Deno.test("a fill that is told twice and listed as well is one execution", async () => {
  await onFutuDesk({}, () => {}, async (desk) => {
    const { clock, openD } = desk;
    openD.fills = [fill("F1")];
    openD.tellFill(fill("F1"));
    openD.tellFill(fill("F1"));
    await clock.advance(120_000);
    assert.deepEqual(executions(desk), [["F1", 10, 101.5]]);
  });
});

Deno.test("a changed fill replaces, a cancelled one counts nothing, and older news of either is left aside", async () => {
  await onFutuDesk({}, () => {}, async (desk) => {
    const { clock, openD } = desk;
    openD.tellFill(fill("F1"));
    openD.tellFill(fill("F1", { status: 2, price: 101.25 }));
    openD.tellFill(fill("F1"));
    openD.tellFill(fill("F1", { status: 1, price: 101.25 }));
    openD.tellFill(fill("F1", { status: 2, price: 101.25 }));
    openD.tellFill(fill("F2", { status: 1 }));
    openD.tellFill(fill("F3", { updateTimestamp: 20, price: 99 }));
    openD.tellFill(fill("F3", { updateTimestamp: 10, price: 98 }));
    await clock.advance(1_000);
    assert.deepEqual(executions(desk), [["F1", 10, 101.5], ["F1", 10, 101.25], ["F1", 0, 101.25], ["F3", 10, 99]]);
  });
});

Deno.test("the list of fills ends only with positions that were read after the newest of them", async () => {
  await onFutuDesk({}, (openD) => {
    openD.positions.set(FIRST, [position("AAPL", 100)]);
    openD.latencyMs = 50;
  }, async ({ clock, openD, sink }) => {
    // Accounts are answered at 50 ms; the first positions at 100 ms do not hold the fill that is told now.
    openD.tellFill(fill("F1"));
    openD.positions.set(FIRST, [position("AAPL", 110)]);
    await clock.advance(200);
    assert.equal(sink.of("positions").length, 1);
    assert.equal(sink.of("execution").length, 1);
    assert.equal(sink.of("executions-complete").length, 0);
    await clock.advance(4_000);
    assert.deepEqual(
      sink.events.map(({ kind }) => kind).filter((kind) => /^(positions|exec)/.test(kind)).slice(0, 5),
      [
        "positions",
        "execution",
        // What OpenD knows, and then what Futu says.
        "positions",
        "positions",
        "executions-complete",
      ],
    );
  });
});

Deno.test("after a reconnect the list is read again before it counts as complete", async () => {
  await onFutuDesk({}, () => {}, async (desk) => {
    const { clock, openD, sink } = desk;
    openD.drop();
    openD.fills = [fill("MISSED")];
    await clock.advance(10_000);
    openD.connect();
    await clock.advance(10_000);
    assert.deepEqual(executions(desk), [["MISSED", 10, 101.5]]);
    assert.equal(sink.of("executions-complete").length, 2);
    const kinds = sink.events.map(({ kind }) => kind);
    assert.ok(kinds.lastIndexOf("executions-complete") > kinds.lastIndexOf("execution"));
  });
});

Deno.test("positions that changed without a fill being told have the list read soon", async () => {
  await onFutuDesk({}, (openD) => openD.positions.set(FIRST, [position("AAPL", 100)]), async (desk) => {
    const { clock, openD } = desk;
    openD.positions.set(FIRST, [position("AAPL", 110)]);
    openD.fills = [fill("F1")];
    await clock.advance(20_000);
    assert.deepEqual(executions(desk), [["F1", 10, 101.5]]);
  });
});

Deno.test("paper accounts have no fills to ask for, and none are claimed to be complete", async () => {
  await onFutuDesk({ trdEnv: "SIMULATE" }, (openD) => {
    openD.accounts = [account({ trdEnv: 0, securityFirm: null })];
  }, async ({ clock, openD, sink }) => {
    await clock.advance(120_000);
    assert.equal(openD.questions(GET_HISTORY_ORDER_FILL_LIST).length, 0);
    assert.equal(sink.of("executions-complete").length, 0);
    assert.equal(sink.last("link").status, "up");
    assert.ok(openD.questions(GET_POSITION_LIST).length > 5);
  });
});

Deno.test("a fill that cannot be read keeps the list from being complete, and the link says so", async () => {
  for (const unreadable of [{ trdSide: 9 }, { createTimestamp: null }, { price: NaN }, { status: 7 }]) {
    await onFutuDesk({}, (openD) => void (openD.fills = [fill("F1", unreadable)]), ({ sink }) => {
      assert.equal(sink.of("executions-complete").length, 0);
      assert.match(sink.last("link").detail, /^today's fills are not complete: a fill of AAPL has /);
      return Promise.resolve();
    });
  }
});

Deno.test("refused fills are asked for again, and complete once they come", async () => {
  await onFutuDesk({}, (openD) => {
    openD.script = ({ name }) => {
      if (name === GET_HISTORY_ORDER_FILL_LIST.name) throw new OpenDFault("rate-limited", "OpenD was asked too often");
    };
  }, async ({ clock, openD, sink }) => {
    assert.equal(sink.last("link").detail, "today's fills are not complete: OpenD was asked too often");
    openD.script = () => undefined;
    await clock.advance(10_000);
    assert.equal(sink.of("executions-complete").length, 1);
    assert.equal(sink.last("link").status, "up");
  });
});

Deno.test("payouts of event contracts are no trades", async () => {
  await onFutuDesk({}, (openD) => void (openD.fills = [fill("P", { status: 3 })]), ({ sink }) => {
    assert.equal(sink.of("execution").length, 0);
    assert.equal(sink.of("executions-complete").length, 1);
    return Promise.resolve();
  });
});
