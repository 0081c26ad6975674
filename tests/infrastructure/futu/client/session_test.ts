import assert from "node:assert/strict";
import { OpenDFault } from "../../../../src/infrastructure/futu/client/opend.ts";
import { WINDOW_MS } from "../../../../src/infrastructure/futu/client/rate_limit.ts";
import { MOST_QUESTIONS } from "../../../../src/infrastructure/futu/client/session.ts";
import { encode } from "../../../../src/infrastructure/futu/wire/codec.ts";
import { encodeFrame } from "../../../../src/infrastructure/futu/wire/frame.ts";
import {
  EXCHANGES,
  GET_ACC_LIST,
  GET_FUNDS,
  GET_HISTORY_ORDER_LIST,
  GET_ORDER_FEE,
  GET_POSITION_LIST,
  INIT_CONNECT,
  KEEP_ALIVE,
  NOTIFY,
  type Push,
  PUSHES,
  responseOf,
  SUB_ACC_PUSH,
  UPDATE_ORDER_FILL,
} from "../../../../src/infrastructure/futu/wire/messages.ts";
import fc from "../../../support/property.ts";
import { type Desk, HEADER, onDesk, type Outcome, watch } from "./client_desk.ts";
import { answer, answerBody, asked, type Question, refuse } from "./raw_opend.ts";

const ASK_ACCOUNTS = { userID: "0", trdCategory: 1, needGeneralSecAccount: true };
const TOO_OFTEN = "获取订单费用频率太高，请求失败，每30秒最多10次。";

function fee(name: string) {
  return { header: HEADER, orderIdExList: [name] };
}

function answerFee(question: Question): void {
  answer(question, GET_ORDER_FEE, { header: HEADER, orderFeeList: [{ orderIDEx: "FH1", feeAmount: 1.3 }] });
}

function faultOf(fault: unknown): OpenDFault {
  assert.ok(fault instanceof OpenDFault, `${fault}`);
  return fault;
}

/** The first of a message, once it has arrived. */
async function arrival(
  { clock, opend }: Desk,
  exchange: Parameters<Desk["opend"]["of"]>[0],
  place = 0,
): Promise<Question> {
  await clock.until(() => opend.of(exchange).length > place, 1_000, exchange.name);
  return opend.of(exchange)[place]!;
}

Deno.test("InitConnect comes first, names APEX and nothing of its user, and asks for notices without encryption", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const first = desk.opend.questions[0]!;
    assert.equal(first.protoId, INIT_CONNECT.protoId);
    assert.deepEqual({ ...asked(INIT_CONNECT, first) }, {
      clientVer: 300,
      clientID: "APEX-monitor",
      recvNotify: true,
      packetEncAlgo: -1,
      pushProtoFmt: 0,
      programmingLanguage: "JavaScript",
    });
    assert.equal(session.connId, "18446744073709551615");
    assert.equal(session.serverVersion, 1002);
  });
});

Deno.test("keep-alive goes out at 0.8 of the interval that OpenD names, for ever", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.keepAliveInterval = 5;
    await desk.session();
    await desk.clock.advance(3_600_000);
    const times = desk.opend.of(KEEP_ALIVE).map(({ at }) => at);
    assert.equal(times.length, 900);
    times.slice(1).forEach((at, i) => assert.ok(Math.abs(at - times[i]! - 4_000) < 0.01, `${at - times[i]!}`));
    assert.equal(desk.sessions.length, 1);
  });
});

Deno.test("an OpenD that names no sensible interval is sent keep-alive at the usual one", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.keepAliveInterval = 0;
    await desk.session();
    await desk.clock.advance(60_000);
    assert.equal(desk.opend.of(KEEP_ALIVE).length, 7);
  });
});

Deno.test("silence ends the session when the answer to a keep-alive is overdue, and another is made", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    desk.opend.answers.delete(KEEP_ALIVE.protoId);
    const accounts = watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    // Sent at 8 s, waited for 6 s.
    await desk.clock.advance(13_900);
    assert.deepEqual([desk.lost, accounts.settled], [[], 0]);
    await desk.clock.advance(200);
    assert.equal(faultOf(accounts.fault).kind, "lost");
    assert.match(
      desk.lost[0]!,
      /^OpenD at 127\.0\.0\.1:11111 is silent: it did not answer the keep-alive within 6 s$/,
    );
    await desk.clock.until(() => desk.sessions.length === 2, 2_000, "another session");
  });
});

Deno.test("a keep-alive that OpenD refuses is an answer", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.answers.set(KEEP_ALIVE.protoId, (question) => refuse(question, "失败"));
    await desk.session();
    await desk.clock.advance(60_000);
    assert.deepEqual(desk.lost, []);
  });
});

Deno.test("a question is answered, and one without required fields in its answer may be answered with none", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const accounts = watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    const pushes = watch(session.ask(SUB_ACC_PUSH, { accIDList: ["281756473194939823"] }));
    const accountsAsked = await arrival(desk, GET_ACC_LIST);
    assert.equal(asked(GET_ACC_LIST, accountsAsked).needGeneralSecAccount, true);
    refuse(await arrival(desk, SUB_ACC_PUSH), null, 0);
    answer(accountsAsked, GET_ACC_LIST, { accList: [{ trdEnv: 1, accID: "281756473194939823" }] });
    await desk.clock.advance(1);
    assert.equal(accounts.value?.accList[0]?.accID, "281756473194939823");
    assert.deepEqual(pushes.value, {});
  });
});

Deno.test("answers in another order than the questions reach their askers", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const outcomes = ["A", "B", "C"].map((name) => watch(session.ask(GET_ORDER_FEE, fee(name))));
    await arrival(desk, GET_ORDER_FEE, 2);
    for (const question of desk.opend.of(GET_ORDER_FEE).reverse()) {
      const [orderIDEx] = asked(GET_ORDER_FEE, question).orderIdExList;
      answer(question, GET_ORDER_FEE, { header: HEADER, orderFeeList: [{ orderIDEx: orderIDEx! }] });
    }
    await desk.clock.advance(1);
    assert.deepEqual(outcomes.map(({ value }) => value?.orderFeeList[0]?.orderIDEx), ["A", "B", "C"]);
  });
});

Deno.test("an answer under a question's number and another message's is not its answer", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const accounts = watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    const question = await arrival(desk, GET_ACC_LIST);
    question.peer.send({
      protoId: GET_FUNDS.protoId,
      serial: question.serial,
      body: answerBody(GET_FUNDS, { header: HEADER }),
    });
    await desk.clock.advance(1);
    assert.equal(accounts.settled, 0);
    answer(question, GET_ACC_LIST, {});
    await desk.clock.advance(1);
    assert.deepEqual(accounts.value, { accList: [] });
    desk.opend.peer.stream.close();
    await desk.clock.advance(1);
    assert.deepEqual(desk.log.at(-1)!.data, { late: 1, unknown: 0, unreadable: 0 });
  });
});

Deno.test("a question without an answer ends with its time-out, and the late answer is counted and harms nobody", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const first = watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    const question = await arrival(desk, GET_ACC_LIST);
    await desk.clock.advance(15_000);
    assert.equal(faultOf(first.fault).kind, "timeout");
    assert.equal(faultOf(first.fault).message, "OpenD did not answer Trd_GetAccList within 15 s");
    const second = watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    answer(question, GET_ACC_LIST, { accList: [{ trdEnv: 1, accID: "1" }] });
    await desk.clock.advance(1);
    assert.equal(second.settled, 0);
    answer(await arrival(desk, GET_ACC_LIST, 1), GET_ACC_LIST, { accList: [{ trdEnv: 1, accID: "2" }] });
    await desk.clock.advance(1);
    assert.equal(second.value?.accList[0]?.accID, "2");
    assert.equal(first.settled, 1);
    desk.opend.peer.stream.close();
    await desk.clock.advance(1);
    assert.deepEqual(desk.log.at(-1)!.data, { late: 1, unknown: 0, unreadable: 0 });
  });
});

Deno.test("a refusal comes back with OpenD's words and ours, and the session goes on", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const funds = watch(session.ask(GET_FUNDS, { header: HEADER }));
    refuse(await arrival(desk, GET_FUNDS), "Nonexisting acc_id 281756473194939823");
    await desk.clock.advance(1);
    const { kind, message, said } = faultOf(funds.fault);
    assert.equal(kind, "refused");
    assert.equal(said, "Nonexisting acc_id …823");
    assert.match(message, /^OpenD refuses Trd_GetFunds: .*futu\.accounts.*; OpenD says: Nonexisting acc_id …823$/);
    assert.deepEqual(desk.lost, []);
  });
});

Deno.test("an answer that is not as defined fails its question alone", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const funds = watch(session.ask(GET_FUNDS, { header: HEADER }));
    const { protoId, serial, peer } = await arrival(desk, GET_FUNDS);
    // A response whose s2c lacks the header: retType 0, then an empty message as field 4.
    peer.send({ protoId, serial, body: Uint8Array.of(0x08, 0, 0x22, 0) });
    await desk.clock.advance(1);
    assert.equal(faultOf(funds.fault).kind, "unreadable");
    assert.match(
      faultOf(funds.fault).message,
      /Trd_GetFunds is not as Futu defines it.*header.*install the newest APEX/,
    );
    assert.deepEqual(desk.lost, []);
  });
});

Deno.test("what does not fit into a message is refused before anything is sent, without the number in full", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const accID = "99999999999999999999";
    const { fault } = await settled(desk, session.ask(GET_FUNDS, { header: { ...HEADER, accID } }));
    assert.equal(faultOf(fault).kind, "refused");
    assert.match(faultOf(fault).message, /Cannot ask OpenD for Trd_GetFunds: .*accID/);
    assert.doesNotMatch(faultOf(fault).message, /9{7}/);
    assert.equal(desk.opend.of(GET_FUNDS).length, 0);
  });
});

Deno.test("a signal withdraws a question that was sent, one in line, and one that was not asked yet", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const sent = new AbortController();
    const inLine = new AbortController();
    const outcomes: Outcome<unknown>[] = [watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS, { signal: sent.signal }))];
    for (let name = 0; name < 10; name++) {
      desk.opend.answers.set(GET_ORDER_FEE.protoId, answerFee);
      watch(session.ask(GET_ORDER_FEE, fee(`${name}`)));
    }
    outcomes.push(watch(session.ask(GET_ORDER_FEE, fee("in line"), { signal: inLine.signal })));
    outcomes.push(watch(session.ask(GET_ORDER_FEE, fee("late"), { signal: AbortSignal.abort("too late") })));
    await desk.clock.advance(5);
    sent.abort("enough");
    inLine.abort("enough");
    await desk.clock.advance(2 * WINDOW_MS);
    assert.deepEqual(outcomes.map(({ fault }) => fault), ["enough", "enough", "too late"]);
    assert.deepEqual(outcomes.map(({ settled }) => settled), [1, 1, 1]);
    assert.equal(desk.opend.of(GET_ORDER_FEE).length, 10);
  });
});

Deno.test("each question that has no answer when the link drops fails once, as lost, those in line too", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const outcomes: Outcome<unknown>[] = Array.from(
      { length: 25 },
      (_, name) => watch(session.ask(GET_ORDER_FEE, fee(`${name}`))),
    );
    outcomes.push(watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS)));
    await arrival(desk, GET_ACC_LIST);
    desk.opend.peer.stream.close();
    await desk.clock.advance(60_000);
    for (const { fault, settled } of outcomes) {
      assert.equal(settled, 1);
      assert.equal(faultOf(fault).kind, "lost");
      assert.match(faultOf(fault).message, /ended before the answer: OpenD at 127\.0\.0\.1:11111 is gone/);
    }
    assert.deepEqual(desk.lost, ["OpenD at 127.0.0.1:11111 is gone: the connection ended"]);
    const { fault } = await settled(desk, session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    assert.equal(faultOf(fault).kind, "lost");
    assert.equal(desk.opend.of(GET_ORDER_FEE).length, 10);
  });
});

Deno.test("more questions than can sensibly wait are refused, and room is made by answers", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const outcomes = Array.from({ length: MOST_QUESTIONS }, () => watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS)));
    const { fault } = await settled(desk, session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    assert.equal(faultOf(fault).kind, "refused");
    assert.match(faultOf(fault).message, /256 questions wait for an answer already/);
    answer(await arrival(desk, GET_ACC_LIST, MOST_QUESTIONS - 1), GET_ACC_LIST, {});
    await desk.clock.advance(1);
    assert.equal(outcomes.filter(({ settled }) => settled === 1).length, 1);
    watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    await arrival(desk, GET_ACC_LIST, MOST_QUESTIONS);
  });
});

Deno.test("questions beyond the limit wait in line, are told for how long, and are answered one after the other", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.answers.set(GET_ORDER_FEE.protoId, answerFee);
    const session = await desk.session();
    const waits: number[] = [];
    const began = desk.clock.monotonic();
    const outcomes = Array.from(
      { length: 25 },
      (_, name) => watch(session.ask(GET_ORDER_FEE, fee(`${name}`), { onWait: (ms) => waits.push(ms) })),
    );
    await desk.clock.advance(2 * WINDOW_MS + 5);
    assert.deepEqual(outcomes.map(({ value }) => value !== undefined), Array(25).fill(true));
    const names = desk.opend.of(GET_ORDER_FEE).map((question) => asked(GET_ORDER_FEE, question).orderIdExList[0]);
    assert.deepEqual(names, Array.from({ length: 25 }, (_, name) => `${name}`));
    const windows = desk.opend.of(GET_ORDER_FEE).map(({ at }) => Math.floor((at - began) / WINDOW_MS));
    assert.deepEqual(windows, [...Array(10).fill(0), ...Array(10).fill(1), ...Array(5).fill(2)]);
    assert.deepEqual(waits, [...Array(10).fill(WINDOW_MS), ...Array(5).fill(2 * WINDOW_MS)]);
  });
});

Deno.test("positions from OpenD's own store are asked for without limit, anew from Futu within it", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.answers.set(
      GET_POSITION_LIST.protoId,
      (question) => answer(question, GET_POSITION_LIST, { header: HEADER }),
    );
    const session = await desk.session();
    const kept = Array.from({ length: 30 }, () => watch(session.ask(GET_POSITION_LIST, { header: HEADER })));
    const anew = Array.from(
      { length: 11 },
      () => watch(session.ask(GET_POSITION_LIST, { header: HEADER, refreshCache: true })),
    );
    await desk.clock.advance(5);
    assert.equal(kept.filter(({ value }) => value !== undefined).length, 30);
    assert.equal(anew.filter(({ value }) => value !== undefined).length, 10);
    await desk.clock.advance(WINDOW_MS);
    assert.equal(anew.filter(({ value }) => value !== undefined).length, 11);
  });
});

Deno.test("a question that OpenD refuses as asked too often is asked again after a full window", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const waits: number[] = [];
    const outcome = watch(session.ask(GET_ORDER_FEE, fee("A"), { onWait: (ms) => waits.push(ms) }));
    const first = await arrival(desk, GET_ORDER_FEE);
    refuse(first, TOO_OFTEN);
    await desk.clock.advance(WINDOW_MS - 5);
    assert.equal(desk.opend.of(GET_ORDER_FEE).length, 1);
    await desk.clock.advance(10);
    answerFee(desk.opend.of(GET_ORDER_FEE)[1]!);
    await desk.clock.advance(1);
    assert.equal(outcome.value?.orderFeeList[0]?.feeAmount, 1.3);
    assert.deepEqual(waits, [WINDOW_MS]);
  });
});

Deno.test("one that is refused as asked too often after three waits too says so, and that another client asks as well", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.answers.set(GET_ORDER_FEE.protoId, (question) => refuse(question, TOO_OFTEN));
    const session = await desk.session();
    const outcome = watch(session.ask(GET_ORDER_FEE, fee("A")));
    await desk.clock.advance(4 * WINDOW_MS);
    assert.equal(desk.opend.of(GET_ORDER_FEE).length, 4);
    const { kind, message, said } = faultOf(outcome.fault);
    assert.equal(kind, "rate-limited");
    assert.equal(said, TOO_OFTEN);
    assert.match(
      message,
      /Trd_GetOrderFee too often.*APEX waited 3 times: another client of this OpenD asks for it too/,
    );
    assert.equal(outcome.settled, 1);
  });
});

Deno.test("the window outlives the connection", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.answers.set(GET_ORDER_FEE.protoId, answerFee);
    const first = await desk.session();
    for (let name = 0; name < 10; name++) watch(first.ask(GET_ORDER_FEE, fee(`${name}`)));
    await desk.clock.advance(5);
    desk.opend.peer.stream.close();
    await desk.clock.until(() => desk.sessions.length === 2, 2_000, "another session");
    const outcome = watch(desk.sessions[1]!.ask(GET_ORDER_FEE, fee("10")));
    await desk.clock.advance(WINDOW_MS - 2_000);
    assert.equal(desk.opend.of(GET_ORDER_FEE).length, 10);
    await desk.clock.advance(2_000);
    assert.notEqual(outcome.value, undefined);
  });
});

Deno.test("a message that APEX does not know is passed over, counted, and logged once", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    for (let serial = 1; serial <= 3; serial++) {
      desk.opend.peer.send({ protoId: 3005, serial, body: new Uint8Array(9) });
    }
    const accounts = watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    answer(await arrival(desk, GET_ACC_LIST), GET_ACC_LIST, {});
    await desk.clock.advance(1);
    assert.notEqual(accounts.value, undefined);
    const about = desk.log.filter(({ message }) => message.includes("does not know"));
    assert.deepEqual(about.map(({ level, data }) => [level, data]), [["INFO", { protoId: 3005 }]]);
    desk.opend.peer.stream.close();
    await desk.clock.advance(1);
    assert.deepEqual(desk.log.at(-1)!.data, { late: 0, unknown: 3, unreadable: 0 });
  });
});

Deno.test("a push reaches the owner, and one that is not as defined is passed over and logged once", async () => {
  await onDesk({}, async (desk) => {
    await desk.session();
    const { peer } = desk.opend;
    peer.send({ protoId: UPDATE_ORDER_FILL.protoId, serial: 1, body: Uint8Array.of(0x08, 0, 0x22, 0) });
    peer.send({ protoId: UPDATE_ORDER_FILL.protoId, serial: 2, body: Uint8Array.of(0x22) });
    pushFill(desk);
    await desk.clock.advance(1);
    assert.deepEqual(desk.pushes.map(({ name }) => name), ["Trd_UpdateOrderFill"]);
    assert.deepEqual(desk.lost, []);
    assert.equal(desk.log.filter(({ level }) => level === "WARN").length, 1);
  });
});

Deno.test("forty random histories of questions, answers, drops and withdrawals settle each question once", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    await onDesk({ seed }, (desk) => randomHistory(desk, seed));
  }
});

async function randomHistory(desk: Desk, seed: number): Promise<void> {
  let state = seed;
  const draw = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
  desk.opend.answers.set(GET_ORDER_FEE.protoId, (question) => {
    const fate = draw(10);
    if (fate < 5) answerFee(question);
    else if (fate < 6) refuse(question, "失败");
    else if (fate < 7) refuse(question, TOO_OFTEN);
    else if (fate < 8) question.peer.stream.close();
  });
  await desk.session();
  const outcomes: Outcome<unknown>[] = [];
  for (let step = 0; step < 40; step++) {
    const session = desk.sessions.at(-1)!;
    const abort = new AbortController();
    outcomes.push(watch(session.ask(GET_ORDER_FEE, fee(`${step}`), { signal: abort.signal })));
    if (draw(5) === 0) desk.clock.after(draw(40_000), () => abort.abort("withdrawn"));
    await desk.clock.advance(draw(6_000));
  }
  await desk.clock.advance(400_000);
  assert.deepEqual(outcomes.map(({ settled }) => settled), outcomes.map(() => 1), `seed ${seed}`);
  assert.ok(desk.sessions.length - desk.lost.length <= 1);
  // OpenD never sees an eleventh within its 30 s.
  const arrivals = desk.opend.of(GET_ORDER_FEE).map(({ at }) => at);
  for (let at = 10; at < arrivals.length; at++) assert.ok(arrivals[at]! - arrivals[at - 10]! > 30_000, `seed ${seed}`);
}

Deno.test("a body whose SHA-1 is wrong ends the session with what to do, and every question as lost", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const accounts = watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    const { protoId, serial, peer } = await arrival(desk, GET_ACC_LIST);
    const frame = encodeFrame({ protoId, serial, body: answerBody(GET_ACC_LIST, {}) });
    frame[16]! ^= 1;
    peer.stream.write(frame);
    await desk.clock.advance(1);
    assert.equal(faultOf(accounts.fault).kind, "lost");
    assert.match(
      desk.lost[0]!,
      /^Cannot read what OpenD at 127\.0\.0\.1:11111 sends: .*SHA-1.*restart OpenD, or install the newest/,
    );
    assert.equal(peer.isClosed, true);
  });
});

Deno.test("bytes that are no frame, and one too long to read, end the session before they are kept", async () => {
  const oversized = encodeFrame({ protoId: 2001, serial: 1, body: new Uint8Array(0) });
  new DataView(oversized.buffer).setUint32(12, 0xffffffff, true);
  for (
    const [bytes, words] of [
      [
        new TextEncoder().encode("HTTP/1.1 400 Bad Request"),
        /does not begin with FT/,
      ],
      [oversized, /announces 4294967295 bytes/],
    ] as const
  ) {
    await onDesk({}, async (desk) => {
      await desk.session();
      desk.opend.peer.stream.write(bytes);
      await desk.clock.advance(1);
      assert.match(desk.lost[0]!, words);
    });
  }
});

Deno.test("what comes in the same bytes after the end of a login reaches nobody", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const accounts = watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    const { protoId, serial, peer } = await arrival(desk, GET_ACC_LIST);
    const loggedOut = encode(responseOf(NOTIFY as Push), {
      retType: 0,
      s2c: { type: 3, connectStatus: { qotLogined: true, trdLogined: false } },
    });
    const notice = encodeFrame({ protoId: NOTIFY.protoId, serial: 1, body: loggedOut });
    const reply = encodeFrame({ protoId, serial, body: answerBody(GET_ACC_LIST, {}) });
    peer.stream.write(Uint8Array.of(...notice, ...notice, ...reply));
    await desk.clock.advance(1);
    assert.equal(faultOf(accounts.fault).kind, "lost");
    assert.equal(accounts.settled, 1);
    assert.equal(desk.lost.length, 1);
    assert.deepEqual(desk.pushes, []);
  });
});

Deno.test("an answer cut off by the end of the connection says so, and the question is lost", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const accounts = watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
    const { protoId, serial, peer } = await arrival(desk, GET_ACC_LIST);
    const body = answerBody(GET_ACC_LIST, { accList: [{ trdEnv: 1, accID: "1" }] });
    peer.stream.write(encodeFrame({ protoId, serial, body }).subarray(0, 50));
    peer.stream.close();
    await desk.clock.advance(1);
    assert.equal(faultOf(accounts.fault).kind, "lost");
    assert.deepEqual(desk.lost, ["OpenD at 127.0.0.1:11111 is gone: the connection ended in the middle of a message"]);
  });
});

Deno.test("whatever stands in the bodies of known and unknown messages, the session goes on and its questions settle", async () => {
  const protoId = fc.constantFrom(...[...EXCHANGES, ...PUSHES].map((each) => each.protoId), 3005);
  const message = fc.record({
    protoId,
    serial: fc.integer({ min: 1, max: 12 }),
    body: fc.uint8Array({ maxLength: 60 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 40 }), async (messages) => {
      // A notice that happens to be one of a login that ended would end the session, as it should.
      const harmless = messages.filter((each) => each.protoId !== NOTIFY.protoId);
      await onDesk({}, async (desk) => {
        const session = await desk.session();
        const outcomes = Array.from({ length: 8 }, () => watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS)));
        for (const each of harmless) desk.opend.peer.send(each);
        await desk.clock.advance(20_000);
        assert.deepEqual(outcomes.map(({ settled }) => settled), Array(8).fill(1));
        assert.deepEqual(desk.lost, []);
      });
    }),
    { numRuns: 100 },
  );
});

Deno.test("history of an account reaches OpenD with its 64-bit number whole", async () => {
  await onDesk({}, async (desk) => {
    const session = await desk.session();
    const filterConditions = { beginTime: "2026-08-01 00:00:00", endTime: "2026-10-30 00:00:00" };
    watch(session.ask(GET_HISTORY_ORDER_LIST, { header: HEADER, filterConditions }));
    const { header } = asked(GET_HISTORY_ORDER_LIST, await arrival(desk, GET_HISTORY_ORDER_LIST));
    assert.equal(header.accID, "281756473194939823");
  });
});

async function settled<T>({ clock }: Desk, promise: Promise<T>): Promise<Outcome<T>> {
  const outcome = watch(promise);
  await clock.advance(0);
  return outcome;
}

function pushFill({ opend: { peer } }: Desk): void {
  peer.push(UPDATE_ORDER_FILL, {
    header: { trdEnv: 1, accID: "1", trdMarket: 2 },
    orderFill: {
      trdSide: 1,
      fillID: "1",
      fillIDEx: "F1",
      orderID: null,
      orderIDEx: "O1",
      code: "AAPL",
      name: "Apple",
      qty: 100,
      price: 190,
      createTime: "2026-11-20 10:30:00",
      counterBrokerID: null,
      counterBrokerName: null,
      secMarket: 2,
      createTimestamp: 1_795_000_000,
      updateTimestamp: null,
      status: 0,
      trdMarket: 2,
    },
  });
}
