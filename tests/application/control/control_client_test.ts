import assert from "node:assert/strict";
import { ANSWER_WITHIN_MS, askMonitor, greetMonitor } from "../../../src/application/control/control_client.ts";
import type { ControlFile } from "../../../src/application/control/control_file.ts";
import { ControlFault, welcomeLine } from "../../../src/application/control/protocol.ts";
import type { StreamEvents } from "../../../src/application/ports/network.ts";
import { MemoryNetwork } from "../../support/memory_network.ts";
import { Desk, PROOF, TOKEN } from "./caller.ts";

const FILE: ControlFile = {
  ...{ env: "demo", port: 40_123, token: TOKEN, proof: PROOF, pid: 4711 },
  startedAt: "2026-11-20T15:30:00.000Z",
};

/** A desk that listens where the file says. */
async function listening(desk = new Desk()) {
  const network = new MemoryNetwork(desk.clock);
  const listener = await network.listen({ host: "127.0.0.1", port: FILE.port }, (stream) => desk.server.accept(stream));
  return { desk, network, listener, ports: { network, clock: desk.clock } };
}

Deno.test("a question is answered, and the connection let go of", async () => {
  const { desk, ports } = await listening(new Desk(({ params }) => Promise.resolve({ of: params.symbol })));
  const answer = askMonitor(FILE, "positions", { symbol: "AAPL" }, ports);
  await desk.clock.advance(100);
  assert.deepEqual(await answer, { of: "AAPL" });
  await desk.clock.advance(100);
  assert.equal(desk.server.connections, 0);
  const greeted = greetMonitor(FILE, ports);
  await desk.clock.advance(100);
  assert.equal(await greeted, undefined);
});

Deno.test("a refusal comes as it was said", async () => {
  const { desk, ports } = await listening(new Desk(() => Promise.reject(new ControlFault("not-open", "none is"))));
  const refused = assert.rejects(askMonitor(FILE, "acknowledge", {}, ports), { code: "not-open", message: "none is" });
  await desk.clock.advance(100);
  await refused;
});

Deno.test("the token of another monitor's file is refused", async () => {
  const { desk, ports } = await listening();
  const other = { ...FILE, token: "12".repeat(32) };
  const refused = assert.rejects(askMonitor(other, "status", {}, ports), { code: "token-refused" });
  await desk.clock.advance(100);
  await refused;
  assert.equal(desk.server.refused, 1);
});

Deno.test("where nobody listens, the monitor that left the file is named with what to start", async () => {
  const { clock } = new Desk();
  const network = new MemoryNetwork(clock);
  const refused = assert.rejects(askMonitor(FILE, "status", {}, { network, clock }), {
    ...{ name: "MonitorUnreached", kind: "gone" },
    message: /process 4711 .* ended without tidying up; start one with apex watch --env demo/,
  });
  await clock.advance(10);
  await refused;
});

Deno.test("another program on the port is told from the monitor, even one that heard the token", async () => {
  for (const words of ["HTTP/1.1 400 Bad Request\r\n", welcomeLine({ proof: TOKEN, env: "demo", version: "0.1.0" })]) {
    const { clock } = new Desk();
    const network = new MemoryNetwork(clock);
    await network.listen({ host: "127.0.0.1", port: FILE.port }, (stream): StreamEvents => ({
      onData: () => stream.write(new TextEncoder().encode(`${words}\n`)),
      onClose() {},
    }));
    const refused = assert.rejects(askMonitor(FILE, "status", {}, { network, clock }), { kind: "foreign" });
    await clock.advance(100);
    await refused;
  }
});

Deno.test("a program that hangs up without a word is not the monitor", async () => {
  const { clock } = new Desk();
  const network = new MemoryNetwork(clock);
  await network.listen({ host: "127.0.0.1", port: FILE.port }, (stream): StreamEvents => ({
    onData: () => stream.close(),
    onClose() {},
  }));
  const refused = assert.rejects(askMonitor(FILE, "status", {}, { network, clock }), { kind: "foreign" });
  await clock.advance(100);
  await refused;
});

Deno.test("who says nothing is waited for three seconds after the last that came", async () => {
  const { desk, ports } = await listening(new Desk(() => new Promise(() => {})));
  const asked = askMonitor(FILE, "status", {}, ports);
  let failed: unknown = null;
  asked.catch((fault) => failed = fault);
  await desk.clock.advance(ANSWER_WITHIN_MS - 10);
  assert.equal(failed, null);
  await desk.clock.advance(20);
  await assert.rejects(asked, { kind: "silent", message: /process 4711\) does not answer within 3 s/ });
});

Deno.test("told to stop, it waits no longer", async () => {
  const { desk, ports } = await listening(new Desk(() => new Promise(() => {})));
  const stop = new AbortController();
  const asked = assert.rejects(
    askMonitor(FILE, "status", {}, { ...ports, signal: stop.signal }),
    (fault) => fault === "SIGINT",
  );
  await desk.clock.advance(50);
  stop.abort("SIGINT");
  await asked;
  await desk.clock.advance(10);
  assert.equal(desk.server.connections, 0);
});
