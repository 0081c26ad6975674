import assert from "node:assert/strict";
import {
  HELLO_WITHIN_MS,
  IDLE_MS,
  MOST_CONNECTIONS,
  REQUESTS_PER_SECOND,
} from "../../../src/application/control/control_server.ts";
import { MOST_WAITING, REQUEST_BYTES } from "../../../src/application/control/conversation.ts";
import { ControlFault } from "../../../src/application/control/protocol.ts";
import { Caller, Desk, PROOF, TOKEN } from "./caller.ts";

Deno.test("who shows the token is welcomed with the proof, and each request has one answer", async () => {
  const desk = new Desk();
  const caller = desk.caller().knocks();
  assert.deepEqual(JSON.parse(caller.said), { apex: "apex.control/1", proof: PROOF, env: "demo", version: "0.1.0" });
  caller.asks(1).asks(2, "breaches");
  await desk.clock.advance(0);
  assert.deepEqual(caller.answers, [{ id: 1, result: "status" }, { id: 2, result: "breaches" }]);
});

Deno.test("a wrong token is answered once without the proof, then closed, counted and logged without the token", async () => {
  const desk = new Desk();
  const wrong = "0b".repeat(32);
  const caller = desk.caller().knocks(wrong).asks(1);
  await desk.clock.advance(100);
  assert.deepEqual(caller.answers.map(({ error }) => error?.code), ["token-refused"]);
  assert.ok(caller.isClosed && !caller.said.includes(PROOF));
  assert.deepEqual([desk.server.refused, desk.asked.length, desk.server.connections], [1, 0, 0]);
  assert.equal(desk.logged.length, 1);
  for (const secret of [wrong, TOKEN, PROOF]) assert.ok(!desk.logged.join().includes(secret));
});

Deno.test("garbage in place of the hello is a wrong token", async () => {
  const desk = new Desk();
  for (const garbage of ["GET / HTTP/1.1\r\n", "\n", '{"id":1,"method":"snapshot"}\n', "\u0000\u0001\ufffd\n"]) {
    const caller = desk.caller().says(garbage);
    await desk.clock.advance(100);
    assert.ok(caller.isClosed);
    assert.deepEqual(caller.answers.map(({ error }) => error?.code), ["token-refused"]);
  }
  assert.deepEqual([desk.server.refused, desk.asked.length], [4, 0]);
});

Deno.test("who says nothing, or a byte at a time, is gone after the time for a hello", async () => {
  const desk = new Desk();
  const silent = desk.caller();
  const slow = desk.caller();
  for (let ms = 0; ms < HELLO_WITHIN_MS; ms += 250) {
    slow.says("x");
    await desk.clock.advance(250);
  }
  await desk.clock.advance(500);
  assert.deepEqual([silent.isClosed, slow.isClosed, desk.server.connections], [true, true, 0]);
});

Deno.test("who was welcomed stays while there is something to say, and no longer than the idle time", async () => {
  const desk = new Desk();
  const caller = desk.caller().knocks();
  await desk.clock.advance(IDLE_MS - 1_000);
  caller.asks(1);
  await desk.clock.advance(IDLE_MS - 1_000);
  assert.ok(!caller.isClosed);
  await desk.clock.advance(2_000);
  assert.ok(caller.isClosed);
});

Deno.test("strangers give way to newcomers, so that they cannot keep out who has the token", () => {
  const desk = new Desk();
  const strangers = Array.from({ length: MOST_CONNECTIONS }, () => desk.caller());
  const caller = desk.caller().knocks();
  assert.match(caller.said, /"proof"/);
  assert.deepEqual([strangers[0]!.isClosed, strangers[1]!.isClosed], [true, false]);
  assert.equal(desk.server.connections, MOST_CONNECTIONS);
});

Deno.test("beyond eight that were welcomed, one more is told to try again", async () => {
  const desk = new Desk();
  const welcomed = Array.from({ length: MOST_CONNECTIONS }, () => desk.caller().knocks());
  const late = desk.caller();
  await desk.clock.advance(100);
  assert.deepEqual([late.answers.map(({ error }) => error?.code), late.isClosed], [["busy"], true]);
  assert.ok(welcomed.every(({ isClosed }) => !isClosed));
});

Deno.test("a flood of connections that read nothing is not kept", () => {
  const desk = new Desk();
  for (let i = 0; i < MOST_CONNECTIONS; i++) desk.caller().knocks();
  const flood = Array.from({ length: 1_000 }, () => {
    const caller = new Caller(desk.server);
    caller.reads = false;
    return caller;
  });
  assert.ok(flood.filter(({ isClosed }) => !isClosed).length <= MOST_CONNECTIONS);
});

Deno.test("a line that is too long is answered once and closed, however it comes", async () => {
  for (const known of [true, false]) {
    const desk = new Desk();
    const caller = desk.caller();
    if (known) caller.knocks();
    const piece = "x".repeat(4_096);
    for (let sent = 0; sent <= REQUEST_BYTES; sent += piece.length) caller.says(piece);
    await desk.clock.advance(100);
    assert.deepEqual(caller.answers.map(({ error }) => error?.code), ["malformed"]);
    assert.ok(caller.isClosed);
  }
});

Deno.test("a request that makes no sense ends the conversation with a reason", async () => {
  for (const [line, id] of [["nonsense", null], ['{"id":3,"method":"sendOrder"}', 3], ['{"method":"status"}', null]]) {
    const desk = new Desk();
    const caller = desk.caller().knocks().says(`${line}\n`).asks(9);
    await desk.clock.advance(100);
    assert.deepEqual(caller.answers.map((answer) => answer.id), [id]);
    assert.deepEqual([caller.isClosed, desk.asked.length], [true, 0]);
  }
});

Deno.test("requests beyond so many a second wait their turn, and too many of them end the conversation", async () => {
  const desk = new Desk();
  const caller = desk.caller().knocks();
  for (let id = 1; id <= REQUESTS_PER_SECOND + MOST_WAITING; id++) {
    caller.asks(id);
    // Each answer is taken before the next question.
    await desk.clock.advance(0);
  }
  assert.equal(caller.answers.length, REQUESTS_PER_SECOND);
  await desk.clock.advance(1_000);
  assert.equal(caller.answers.length, REQUESTS_PER_SECOND + MOST_WAITING);
  for (let id = 0; id <= REQUESTS_PER_SECOND + MOST_WAITING + 1; id++) caller.asks(id);
  await desk.clock.advance(100);
  assert.equal(caller.answers.at(-1)?.error?.code, "busy");
  assert.ok(caller.isClosed);
});

Deno.test("what cannot be answered is said with its reason, and what breaks only in the log", async () => {
  const desk = new Desk(({ method }) =>
    Promise.reject(method === "status" ? new ControlFault("not-yet", "wait") : new Error("secret inside"))
  );
  const caller = desk.caller().knocks().asks(1).asks(2, "snapshot");
  await desk.clock.advance(0);
  assert.deepEqual(caller.answers.map(({ error }) => error?.code), ["not-yet", "failed"]);
  assert.ok(!caller.said.includes("secret inside") && desk.logged.join().includes("secret inside"));
});

Deno.test("a large answer is made as fast as it is read, and let go of when nobody reads it", async () => {
  const rows = Array.from({ length: 4_000 }, (_, row) => ({ row, text: "x".repeat(250) }));
  const desk = new Desk(() => Promise.resolve({ rows }));
  const caller = desk.caller().knocks();
  caller.reads = false;
  caller.asks(1);
  await desk.clock.advance(5_000);
  // A million characters in all: no more than the bound and a piece were made.
  assert.ok(caller.said.length < 250_000, `${caller.said.length}`);
  caller.backlog = 0;
  await desk.clock.advance(50);
  caller.reads = true;
  caller.backlog = 0;
  await desk.clock.advance(1_000);
  assert.equal((caller.answers[0]?.result as { rows: unknown[] }).rows.length, 4_000);
  // Between two pieces the monitor has its turn: none is long in the making.
  assert.ok(caller.largest < 33_500, `${caller.largest}`);

  const idle = desk.caller().knocks();
  idle.reads = false;
  idle.asks(1);
  await desk.clock.advance(IDLE_MS + 1_000);
  assert.ok(idle.isClosed);
});

Deno.test("closing ends every conversation and leaves no timer", async () => {
  const desk = new Desk();
  const callers = [desk.caller(), desk.caller().knocks().asks(1), desk.caller().says("x\n")];
  await desk.clock.advance(1);
  desk.server.close();
  assert.ok(callers.every(({ isClosed }) => isClosed));
  assert.equal(desk.clock.pendingTimers, 0);
});
