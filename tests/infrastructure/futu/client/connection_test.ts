import assert from "node:assert/strict";
import type { StreamEvents } from "../../../../src/application/ports/network.ts";
import { encodeFrame } from "../../../../src/infrastructure/futu/wire/frame.ts";
import {
  GET_ACC_LIST,
  GET_GLOBAL_STATE,
  INIT_CONNECT,
  UPDATE_ORDER,
} from "../../../../src/infrastructure/futu/wire/messages.ts";
import { type Desk, onDesk, watch } from "./client_desk.ts";
import { type Question, READY, refuse, status } from "./raw_opend.ts";

const ASK_ACCOUNTS = { userID: "0", trdCategory: 1, needGeneralSecAccount: true };

function kinds({ phases }: Desk): string[] {
  return phases.map(({ kind }) => kind);
}

function warnings({ log }: Desk): string[] {
  return log.filter(({ level }) => level === "WARN").map(({ message }) => message);
}

Deno.test("a refused port is tried again at growing, jittered distances, at most a minute apart, for ever", async () => {
  for (const seed of [1, 2, 3]) {
    await onDesk({ listening: false, seed }, async (desk) => {
      const attempts: number[] = [];
      const push = desk.phases.push.bind(desk.phases);
      desk.phases.push = (phase) => {
        if (phase.kind === "connecting") attempts.push(desk.clock.monotonic());
        return push(phase);
      };
      desk.connection.start();
      await desk.clock.advance(3 * 3_600_000);
      attempts.slice(1).map((at, i) => at - attempts[i]!).forEach((gap, i) => {
        // Half to whole of 500 ms × 2ⁿ, capped at 60 s; the refusal itself takes a fraction of a millisecond.
        const full = Math.min(500 * 2 ** i, 60_000);
        assert.ok(gap >= full / 2 && gap <= full + 2, `gap ${i} is ${gap} ms with seed ${seed}`);
      });
      assert.ok(attempts.length > 180, `${attempts.length} attempts in three hours`);
    });
  }
});

Deno.test("a refused port says what to start and where the port stands, and fills the log with one line only", async () => {
  await onDesk({ listening: false }, async (desk) => {
    desk.connection.start();
    await desk.clock.advance(3_600_000);
    assert.deepEqual(warnings(desk), [
      "Cannot reach OpenD at 127.0.0.1:11111: Connection refused (os error 111). Start OpenD and log in; futu.port must be the " +
      "api_port of its OpenD.xml (11111 unless changed)",
    ]);
    assert.equal(desk.phase().kind, "waiting");
    assert.match(desk.phase().detail, /11111 unless changed\); next try in \d+ s$/);
  });
});

Deno.test("an IPv6 address stands in brackets before its port", async () => {
  await onDesk({ listening: false, settings: { host: "::1" } }, async (desk) => {
    desk.connection.start();
    await desk.clock.advance(100);
    assert.match(desk.phase().detail, /^Cannot reach OpenD at \[::1\]:11111: /);
  });
});

Deno.test("an OpenD that appears after hours is connected to within the longest back-off", async () => {
  await onDesk({ listening: false }, async (desk) => {
    desk.connection.start();
    await desk.clock.advance(5 * 3_600_000);
    await desk.opend.listen();
    await desk.clock.until(() => desk.sessions.length === 1, 62_000, "a session");
    assert.deepEqual(desk.phase(), { kind: "session", detail: "127.0.0.1:11111, OpenD 10.2" });
  });
});

Deno.test("a connection that hangs, and a greeting without an answer, end with the connection's time-out", async () => {
  await onDesk({ listening: false }, async (desk) => {
    desk.network.connect = () => new Promise(() => {});
    desk.connection.start();
    await desk.clock.advance(5_000);
    assert.match(warnings(desk)[0]!, /Cannot reach OpenD at 127\.0\.0\.1:11111: no answer within 5 s\. Start OpenD/);
  });
  await onDesk({}, async (desk) => {
    desk.opend.answers.delete(INIT_CONNECT.protoId);
    desk.connection.start();
    await desk.clock.advance(5_000);
    assert.match(
      warnings(desk)[0]!,
      /the port is open, but nothing answered InitConnect within 5 s\..*rsa_private_key/,
    );
    await desk.clock.advance(500);
    assert.equal(desk.opend.peers.length, 2);
  });
});

Deno.test("a connection that comes about after its time-out is closed", async () => {
  await onDesk({}, async (desk) => {
    const connect = desk.network.connect.bind(desk.network);
    let late: () => void = () => {};
    desk.network.connect = async (address, events) => {
      await new Promise<void>((resolve) => late = resolve);
      return await connect(address, events);
    };
    desk.connection.start();
    await desk.clock.advance(5_000);
    late();
    await desk.clock.advance(10);
    assert.deepEqual(desk.opend.peers.map(({ isClosed }) => isClosed), [true]);
    assert.equal(desk.opend.questions.length, 0);
  });
});

Deno.test("a refused InitConnect says so in OpenD's words and ours, and is tried again", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.answers.set(INIT_CONNECT.protoId, (question) => refuse(question, "客户端版本过低"));
    desk.connection.start();
    await desk.clock.advance(10_000);
    assert.deepEqual(warnings(desk), [
      "Cannot reach OpenD at 127.0.0.1:11111: OpenD refuses InitConnect: it wants a newer version on one of the two sides; " +
      "OpenD says: 客户端版本过低",
    ]);
    assert.ok(desk.opend.peers.length > 2);
    assert.deepEqual(desk.lost, []);
    desk.opend.answers.set(INIT_CONNECT.protoId, (question) => desk.opend.greet(question));
    await desk.clock.until(() => desk.sessions.length === 1, 60_000, "a session");
  });
});

Deno.test("an OpenD that hangs up on InitConnect, as one with an RSA key does, is explained", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.answers.set(INIT_CONNECT.protoId, ({ peer }) => peer.stream.close());
    desk.connection.start();
    await desk.clock.advance(10);
    assert.match(
      warnings(desk)[0]!,
      /the connection ended before InitConnect was answered\. If OpenD has an RSA key, remove rsa_private_key from its OpenD\.xml/,
    );
    assert.doesNotMatch(warnings(desk)[0]!, /another machine/);
  });
});

Deno.test("a greeting that is answered encrypted, or by what is no OpenD, says what to do about the key and the port", async () => {
  const encrypted = encodeFrame({ protoId: INIT_CONNECT.protoId, serial: 1, body: new Uint8Array(128).fill(7) });
  encrypted.fill(0, 16, 36);
  for (const [bytes, words] of [[encrypted, /SHA-1/], [new TextEncoder().encode("SSH-2.0"), /FT/]] as const) {
    await onDesk({}, async (desk) => {
      desk.opend.answers.set(INIT_CONNECT.protoId, ({ peer }) => peer.stream.write(bytes));
      desk.connection.start();
      await desk.clock.advance(10_000);
      const [warning, ...more] = warnings(desk);
      assert.match(warning!, words);
      assert.match(warning!, /remove rsa_private_key from its OpenD\.xml and restart it.*futu\.port is its api_port/);
      assert.deepEqual(more, []);
    });
  }
});

Deno.test("an OpenD on another machine is tried, and one that hangs up is said to want encryption from there", async () => {
  await onDesk({ settings: { host: "10.0.0.5" } }, async (desk) => {
    await desk.session();
    desk.opend.answers.set(INIT_CONNECT.protoId, ({ peer }) => peer.stream.close());
    desk.opend.peer.stream.close();
    await desk.clock.advance(1_000);
    assert.match(
      desk.phase().detail,
      /OpenD takes questions about accounts from another machine only when they are encrypted/,
    );
  });
});

Deno.test("an OpenD that is not logged in is no session: it is shown, asked every few seconds, and used once it is", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.state = status(4);
    desk.connection.start();
    await desk.clock.advance(60_000);
    assert.deepEqual(kinds(desk), ["connecting", "not-ready"]);
    assert.match(desk.phase().detail, /sent to the phone: enter it in its window, or over its Telnet port/);
    assert.equal(desk.opend.of(GET_GLOBAL_STATE).length, 20);
    assert.equal(warnings(desk).length, 1);
    desk.opend.state = status(2);
    await desk.clock.advance(3_000);
    assert.deepEqual(desk.phase(), { kind: "not-ready", detail: "OpenD is logging in" });
    desk.opend.state = { ...READY, trdLogined: false };
    await desk.clock.advance(3_000);
    assert.match(desk.phase().detail, /not logged in to Futu's servers for trading/);
    assert.deepEqual(desk.sessions, []);
    desk.opend.state = READY;
    await desk.clock.advance(3_000);
    assert.equal(desk.sessions.length, 1);
    assert.equal(desk.opend.peers.length, 1);
  });
});

Deno.test("a notice that OpenD is logged in makes the session at once", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.state = status(2);
    desk.connection.start();
    await desk.clock.advance(100);
    desk.opend.state = READY;
    desk.opend.peer.notify({ type: 3, connectStatus: { qotLogined: true, trdLogined: true } });
    await desk.clock.advance(5);
    assert.equal(desk.sessions.length, 1);
  });
});

Deno.test("a notice that says what is missing while OpenD is not ready is shown at once", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.state = status(2);
    desk.connection.start();
    await desk.clock.advance(100);
    desk.opend.state = status(3);
    desk.opend.peer.notify({ event: { eventType: 10, desc: "需要图形验证码" } });
    await desk.clock.advance(5);
    assert.equal(desk.sessions.length, 0);
    const shown = desk.phases.slice(2).map(({ detail }) => detail);
    assert.match(shown[0]!, /code of a picture.*; OpenD says: 需要图形验证码$/);
    assert.match(shown[1]!, /code of a picture/);
  });
});

Deno.test("a session ends with words when OpenD says that its login is over, and comes back when it is logged in", async () => {
  const notices = [
    [
      { type: 3, connectStatus: { qotLogined: true, trdLogined: false } },
      /not logged in to Futu's servers for trading/,
    ],
    [
      { type: 2, programStatus: { programStatus: { type: 11, strExtDesc: "踢下线" } } },
      /logged OpenD out.*says: 踢下线/,
    ],
    [{ event: { eventType: 7, desc: "" } }, /the same Futu login was used elsewhere/],
    [{ event: { eventType: 8, desc: "" } }, /the login password was changed/],
  ] as const;
  for (const [notice, words] of notices) {
    await onDesk({}, async (desk) => {
      const session = await desk.session();
      const accounts = watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
      await desk.clock.advance(5_000);
      desk.opend.state = { ...READY, trdLogined: false };
      desk.opend.peer.notify(notice);
      await desk.clock.advance(5);
      assert.match(desk.lost[0]!, words);
      assert.match(desk.phase().detail, words);
      assert.equal(accounts.settled, 1);
      await desk.clock.until(() => desk.phase().kind === "not-ready", 1_000, "not-ready");
      desk.opend.state = READY;
      await desk.clock.until(() => desk.sessions.length === 2, 4_000, "another session");
      assert.notEqual(desk.sessions[1], session);
      assert.equal(desk.lost.length, 1);
    });
  }
});

Deno.test("a login that ended without a notice is found by asking", async () => {
  await onDesk({}, async (desk) => {
    await desk.session();
    desk.opend.state = { ...READY, trdLogined: false };
    await desk.clock.advance(15_100);
    assert.match(desk.lost[0]!, /not logged in to Futu's servers for trading/);
  });
});

Deno.test("a session outlives questions about its state that OpenD refuses or leaves without an answer", async () => {
  await onDesk({}, async (desk) => {
    await desk.session();
    desk.opend.answers.set(GET_GLOBAL_STATE.protoId, (question) => refuse(question, "失败"));
    await desk.clock.advance(60_000);
    desk.opend.answers.delete(GET_GLOBAL_STATE.protoId);
    await desk.clock.advance(60_000);
    assert.deepEqual(desk.lost, []);
    assert.ok(desk.opend.of(GET_GLOBAL_STATE).length > 5);
  });
});

Deno.test("an OpenD that refuses to say its state is not ready, in its words", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.answers.set(GET_GLOBAL_STATE.protoId, (question) => refuse(question, "失败"));
    desk.connection.start();
    await desk.clock.advance(10_000);
    assert.deepEqual(kinds(desk), ["connecting", "not-ready"]);
    assert.match(desk.phase().detail, /OpenD refuses GetGlobalState; OpenD says: 失败/);
  });
});

Deno.test("notices reach the owner before there is a session, those of accounts do not", async () => {
  await onDesk({}, async (desk) => {
    desk.opend.answers.set(INIT_CONNECT.protoId, (question) => {
      const { peer } = question;
      desk.opend.greet(question);
      peer.notify({ event: { eventType: 0, desc: "APEX simulator: nothing here is real" } });
      peer.push(UPDATE_ORDER, { header: { trdEnv: 1, accID: "1", trdMarket: 2 }, order: ORDER });
    });
    desk.opend.state = status(2);
    desk.connection.start();
    await desk.clock.advance(100);
    assert.deepEqual(desk.pushes.map(({ name }) => name), ["Notify"]);
    assert.deepEqual(kinds(desk), ["connecting", "not-ready"]);
  });
});

Deno.test("a session that drops at once is not dialled twice a second for ever; one that held is dialled anew within a second", async () => {
  await onDesk({}, async (desk) => {
    const drop = (question: Question) => {
      desk.opend.sayState(question);
      desk.clock.after(50, () => question.peer.stream.close());
    };
    desk.opend.answers.set(GET_GLOBAL_STATE.protoId, drop);
    desk.connection.start();
    await desk.clock.advance(600_000);
    assert.ok(desk.opend.peers.length < 25, `${desk.opend.peers.length} connections in ten minutes`);
    assert.equal(desk.sessions.length, desk.lost.length);
    desk.opend.answers.set(GET_GLOBAL_STATE.protoId, (question) => desk.opend.sayState(question));
    const count = desk.sessions.length;
    await desk.clock.until(() => desk.sessions.length > count, 60_000, "a session");
    await desk.clock.advance(10_000);
    desk.opend.peer.stream.close();
    await desk.clock.advance(1_000);
    assert.equal(desk.sessions.length, count + 2);
  });
});

Deno.test("a reconnect makes a running session anew, tries at once when one is waited for, and leaves the rest alone", async () => {
  await onDesk({ listening: false }, async (desk) => {
    assert.deepEqual(desk.connection.reconnect("asked"), { done: false, words: "the connection to OpenD is stopped" });
    desk.connection.start();
    assert.deepEqual(desk.connection.reconnect("asked"), { done: false, words: "OpenD is being connected to already" });
    await desk.clock.advance(600_000);
    await desk.opend.listen();
    assert.deepEqual(desk.connection.reconnect("asked"), { done: true, words: "OpenD is tried again now" });
    await desk.clock.advance(5);
    assert.equal(desk.sessions.length, 1);
    assert.deepEqual(desk.connection.reconnect("a person asked for it"), {
      done: true,
      words: "the connection to OpenD is made anew",
    });
    assert.deepEqual(desk.lost, ["a person asked for it"]);
    desk.opend.state = status(4);
    await desk.clock.until(() => desk.phase().kind === "not-ready", 60_000, "not-ready");
    const { done, words } = desk.connection.reconnect("asked");
    assert.equal(done, false);
    assert.match(words, /^OpenD is connected and not ready: .*phone/);
  });
});

Deno.test("stopping in any phase leaves no timer and no socket, and ends the session once", async () => {
  const phases: Readonly<Record<string, (desk: Desk) => Promise<void>>> = {
    "before it started": () => Promise.resolve(),
    connecting: ({ connection }) => Promise.resolve(connection.start()),
    greeting: async ({ connection, clock, opend }) => {
      opend.answers.delete(INIT_CONNECT.protoId);
      connection.start();
      await clock.advance(1);
    },
    "asking for the state": async ({ connection, clock, opend }) => {
      opend.answers.delete(GET_GLOBAL_STATE.protoId);
      connection.start();
      await clock.advance(1);
    },
    "not ready": async ({ connection, clock, opend }) => {
      opend.state = status(4);
      connection.start();
      await clock.advance(1_000);
    },
    "in a session with questions": async (desk) => {
      const session = await desk.session();
      for (let asked = 0; asked < 3; asked++) watch(session.ask(GET_ACC_LIST, ASK_ACCOUNTS));
      await desk.clock.advance(9_000);
    },
    waiting: async (desk) => {
      await desk.session();
      await desk.opend.close();
      desk.opend.peer.stream.close();
      await desk.clock.advance(20_000);
    },
  };
  for (const [name, reach] of Object.entries(phases)) {
    // The desk itself checks for what is left.
    await onDesk({}, async (desk) => {
      await reach(desk);
      desk.connection.stop();
      desk.connection.stop();
      const shown = desk.phases.length;
      await desk.clock.advance(200_000);
      assert.equal(desk.clock.pendingTimers, 0, name);
      assert.equal(desk.phases.length, shown, name);
      assert.equal(desk.lost.length, desk.sessions.length, name);
      if (name !== "before it started") assert.equal(desk.phase().kind, "stopped", name);
    });
  }
});

Deno.test("one that was stopped can be started again", async () => {
  await onDesk({}, async (desk) => {
    await desk.session();
    desk.connection.stop();
    await desk.session();
    assert.equal(desk.sessions.length, 2);
    assert.deepEqual(desk.lost, ["APEX stopped"]);
  });
});

Deno.test("what a peer sends after the end of its session reaches nobody", async () => {
  await onDesk({}, async (desk) => {
    let events: StreamEvents | null = null;
    const connect = desk.network.connect.bind(desk.network);
    desk.network.connect = (address, accept, signal) => connect(address, (stream) => events = accept(stream), signal);
    await desk.session();
    desk.connection.stop();
    events!.onData(new TextEncoder().encode("HTTP/1.1 400 Bad Request"));
    events!.onClose(new Error("reset"));
    assert.deepEqual(desk.lost, ["APEX stopped"]);
    assert.equal(desk.phase().kind, "stopped");
  });
});

const ORDER = {
  trdSide: 1,
  orderType: 1,
  orderStatus: 11,
  orderID: "1",
  orderIDEx: "FH1",
  code: "AAPL",
  name: "Apple",
  qty: 100,
  price: 190,
  createTime: "2026-11-20 10:30:00",
  updateTime: "2026-11-20 10:30:00",
  fillQty: 0,
  fillAvgPrice: 0,
  lastErrMsg: null,
  secMarket: 2,
  createTimestamp: null,
  updateTimestamp: null,
  remark: null,
  timeInForce: null,
  auxPrice: null,
  currency: null,
  trdMarket: null,
};
