import assert from "node:assert/strict";
import { dial, type DialDependencies, LOGIN_PATIENCE_MS } from "../../../../src/infrastructure/futu/client/dial.ts";
import { OpenDFault } from "../../../../src/infrastructure/futu/client/opend.ts";
import { RateLimit, WINDOW_MS } from "../../../../src/infrastructure/futu/client/rate_limit.ts";
import { GET_ACC_LIST, GET_ORDER_FEE, INIT_CONNECT } from "../../../../src/infrastructure/futu/wire/messages.ts";
import { MemoryNetwork } from "../../../support/memory_network.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";
import { HEADER, SETTINGS, watch } from "./client_desk.ts";
import { answer, asked, RawOpenD, refuse, status } from "./raw_opend.ts";

interface Bench {
  readonly clock: VirtualClock;
  readonly opend: RawOpenD;
  readonly deps: DialDependencies;
}

async function onBench(work: (bench: Bench) => Promise<void>, listening = true): Promise<void> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const opend = new RawOpenD(network, () => clock.monotonic());
  if (listening) await opend.listen();
  await work({ clock, opend, deps: { settings: SETTINGS, network, clock, log: { write() {} } } });
  await clock.advance(5);
  assert.equal(clock.pendingTimers, 0, "timers are left");
  assert.ok(opend.peers.every(({ isClosed }) => isClosed), "sockets are left");
}

function faultOf(fault: unknown): OpenDFault {
  assert.ok(fault instanceof OpenDFault, `${fault}`);
  return fault;
}

Deno.test("dial() gives a session that is ready, which answers until it is closed", async () => {
  await onBench(async ({ clock, opend, deps }) => {
    opend.answers.set(GET_ACC_LIST.protoId, (question) => answer(question, GET_ACC_LIST, {}));
    const dialled = watch(dial({ ...deps, purpose: "backfill" }));
    await clock.advance(5);
    const session = dialled.value!;
    assert.equal(asked(INIT_CONNECT, opend.questions[0]!).clientID, "APEX-backfill");
    assert.equal(session.isSimulated, false);
    const accounts = watch(session.ask(GET_ACC_LIST, { userID: "0" }));
    await clock.advance(60_000);
    assert.deepEqual(accounts.value, { accList: [] });
    const late = watch(session.ask(GET_ORDER_FEE, { header: HEADER, orderIdExList: ["FH1"] }));
    session.close();
    session.close();
    await clock.advance(5);
    assert.equal(faultOf(late.fault).kind, "lost");
  });
});

Deno.test("dial() knows a simulator by its notice before it hands over the session", async () => {
  await onBench(async ({ clock, opend, deps }) => {
    opend.answers.set(INIT_CONNECT.protoId, (question) => {
      opend.greet(question);
      question.peer.notify({ event: { eventType: 0, desc: "APEX simulator: nothing here is real" } });
    });
    const dialled = watch(dial(deps));
    await clock.advance(5);
    assert.equal(dialled.value!.isSimulated, true);
    dialled.value!.close();
  });
});

Deno.test("dial() fails with words when the port is refused, the greeting is, or nothing answers", async () => {
  await onBench(async ({ clock, deps }) => {
    const dialled = watch(dial(deps));
    await clock.advance(5);
    assert.equal(faultOf(dialled.fault).kind, "lost");
    assert.match(faultOf(dialled.fault).message, /Connection refused.*Start OpenD and log in/);
  }, false);
  await onBench(async ({ clock, opend, deps }) => {
    opend.answers.set(INIT_CONNECT.protoId, (question) => refuse(question, "版本过低"));
    const dialled = watch(dial(deps));
    await clock.advance(5);
    assert.equal(faultOf(dialled.fault).kind, "refused");
    assert.equal(faultOf(dialled.fault).said, "版本过低");
  });
  await onBench(async ({ clock, opend, deps }) => {
    opend.answers.delete(INIT_CONNECT.protoId);
    const dialled = watch(dial(deps));
    await clock.advance(5_005);
    assert.equal(faultOf(dialled.fault).kind, "timeout");
  });
  await onBench(async ({ clock, opend, deps }) => {
    opend.answers.set(
      INIT_CONNECT.protoId,
      ({ peer }) => peer.stream.write(new TextEncoder().encode("SSH-2.0-OpenSSH")),
    );
    const dialled = watch(dial(deps));
    await clock.advance(5);
    assert.equal(faultOf(dialled.fault).kind, "unreadable");
  });
});

Deno.test("dial() does not wait for what only a person can do", async () => {
  await onBench(async ({ clock, opend, deps }) => {
    opend.state = status(5, "密码错误");
    const dialled = watch(dial(deps));
    await clock.advance(5);
    assert.equal(faultOf(dialled.fault).kind, "refused");
    assert.match(
      faultOf(dialled.fault).message,
      /could not log in: check login_account and login_pwd.*; OpenD says: 密码错误/,
    );
  });
});

Deno.test("dial() waits for a login that is under way, says so, and gives up when it takes too long", async () => {
  await onBench(async ({ clock, opend, deps }) => {
    opend.state = status(2);
    const shown: string[] = [];
    const dialled = watch(dial({ ...deps, onNotReady: (words) => shown.push(words) }));
    await clock.advance(10_000);
    assert.equal(dialled.settled, 0);
    opend.state = status(10);
    await clock.advance(5_000);
    assert.deepEqual(shown, ["OpenD is logging in"]);
    dialled.value!.close();
  });
  await onBench(async ({ clock, opend, deps }) => {
    opend.state = status(2);
    const dialled = watch(dial(deps));
    await clock.advance(LOGIN_PATIENCE_MS - 1_000);
    assert.equal(dialled.settled, 0);
    await clock.advance(2_000);
    assert.equal(faultOf(dialled.fault).message, "OpenD is logging in; APEX waited 30 s for it");
  });
});

Deno.test("dial() ends with the signal's reason, before it began and while it waits", async () => {
  await onBench(async ({ clock, opend, deps }) => {
    const before = watch(dial(deps, AbortSignal.abort("stopped")));
    opend.state = status(2);
    const abort = new AbortController();
    const meanwhile = watch(dial(deps, abort.signal));
    await clock.advance(1_000);
    abort.abort("stopped");
    await clock.advance(5);
    assert.deepEqual([before.fault, meanwhile.fault], ["stopped", "stopped"]);
    assert.equal(opend.peers.length, 1);
  });
});

Deno.test("who dials again keeps to the window of the session before", async () => {
  await onBench(async ({ clock, opend, deps }) => {
    opend.answers.set(GET_ORDER_FEE.protoId, (question) => answer(question, GET_ORDER_FEE, { header: HEADER }));
    const shared = { ...deps, rateLimit: new RateLimit(clock) };
    for (let time = 0; time < 2; time++) {
      const dialled = watch(dial(shared));
      await clock.advance(5);
      const fees = Array.from(
        { length: 6 },
        () => watch(dialled.value!.ask(GET_ORDER_FEE, { header: HEADER, orderIdExList: ["FH1"] })),
      );
      await clock.advance(5);
      assert.equal(fees.filter(({ value }) => value !== undefined).length, time === 0 ? 6 : 4);
      await clock.advance(time * WINDOW_MS);
      assert.equal(fees.filter(({ value }) => value !== undefined).length, 6);
      dialled.value!.close();
    }
  });
});
