/** The control channel on real sockets, with callers that mean no good. */
import assert from "node:assert/strict";
import { askMonitor, greetMonitor } from "../../../src/application/control/control_client.ts";
import type { ControlFile } from "../../../src/application/control/control_file.ts";
import { ControlServer, HELLO_WITHIN_MS, MOST_CONNECTIONS } from "../../../src/application/control/control_server.ts";
import { helloLine } from "../../../src/application/control/protocol.ts";
import type { Clock } from "../../../src/application/ports/clock.ts";
import { tcpNetwork } from "../../../src/infrastructure/net/tcp.ts";
import { systemClock } from "../../../src/infrastructure/system_clock.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

const TOKEN = "0a".repeat(32);
const ROWS = Array.from({ length: 3_000 }, (_, row) => ({ row, text: "x".repeat(1_000) }));

Deno.test("noise, wrong tokens and the token of another file get one refusal and the end", async () => {
  await whileListening(systemClock(), async (server, file) => {
    const noise = crypto.getRandomValues(new Uint8Array(5_000));
    for (
      const words of [noise, bytes("\n"), bytes("GET /status HTTP/1.1\r\n\r\n"), bytes(helloLine("0b".repeat(32)))]
    ) {
      const said = await saidTo(file, words, bytes("\n"));
      assert.match(said, /"code":"token-refused"/);
      assert.equal(said.split("\n").length, 2);
    }
    await assert.rejects(askMonitor({ ...file, token: "0c".repeat(32) }, "status", {}, ports()), {
      code: "token-refused",
    });
    assert.equal(server.refused, 5);
    assert.equal(await askMonitor(file, "status", {}, ports()), "status");
  });
});

Deno.test("a line without an end is cut off, and nobody else notices", async () => {
  await whileListening(systemClock(), async (_, file) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: file.port });
    const flood = flooded(connection);
    assert.equal(await askMonitor(file, "status", {}, ports()), "status");
    assert.ok(await flood < 50_000_000, "the flood was taken in");
    connection.close();
  });
});

Deno.test("a hundred callers who say nothing neither stay nor keep out who has the token", async () => {
  const clock = new VirtualClock();
  await whileListening(clock, async (server, file) => {
    const callers = await Promise.all(
      Array.from({ length: 100 }, () => Deno.connect({ hostname: "127.0.0.1", port: file.port })),
    );
    await greetMonitor(file, ports());
    assert.ok(server.connections <= MOST_CONNECTIONS);
    await clock.advance(HELLO_WITHIN_MS + 500);
    for (const caller of callers) assert.equal(await rest(caller), "");
  });
});

Deno.test("who does not read a large answer holds up nobody", async () => {
  await whileListening(systemClock(), async (_, file) => {
    const lazy = await Deno.connect({ hostname: "127.0.0.1", port: file.port });
    await lazy.write(bytes(`${helloLine(TOKEN)}{"id":1,"method":"snapshot"}\n`));
    const asked = await Promise.all(Array.from({ length: 5 }, () => askMonitor(file, "snapshot", {}, ports())));
    for (const answer of asked) assert.deepEqual(answer, ROWS);
    lazy.close();
  });
});

Deno.test("when the listener is gone, so is the monitor", async () => {
  let left: ControlFile | null = null;
  await whileListening(systemClock(), (_, file) => {
    left = file;
    return Promise.resolve();
  });
  await assert.rejects(greetMonitor(left!, ports()), { name: "MonitorUnreached", kind: "gone" });
});

async function whileListening(
  clock: Clock,
  body: (server: ControlServer, file: ControlFile) => Promise<void>,
): Promise<void> {
  const proof = "f5".repeat(32);
  const server = new ControlServer({
    ...{ token: TOKEN, proof, env: "demo", version: "0.1.0", clock, log: { write() {} } },
    answer: ({ method }) => Promise.resolve(method === "snapshot" ? ROWS : method),
  });
  const listening = await tcpNetwork().listen({ host: "127.0.0.1", port: 0 }, (stream) => server.accept(stream));
  const startedAt = "2026-11-20T15:30:00.000Z";
  try {
    await body(server, { env: "demo", port: listening.port, token: TOKEN, proof, pid: 4711, startedAt });
  } finally {
    const closed = listening.close();
    server.close();
    await closed;
  }
}

function ports() {
  return { network: tcpNetwork(), clock: systemClock() };
}

/** Everything that is answered until the end. */
async function saidTo({ port }: ControlFile, ...words: Uint8Array[]): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  for (const part of words) await connection.write(part);
  return await rest(connection);
}

async function rest(connection: Deno.TcpConn): Promise<string> {
  let said = "";
  const buffer = new Uint8Array(65_536);
  try {
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) return said;
      said += new TextDecoder().decode(buffer.subarray(0, count));
    }
  } catch (fault) {
    // Hung up on with something unread, which is an end too.
    if (fault instanceof Deno.errors.ConnectionReset) return said;
    throw fault;
  } finally {
    connection.close();
  }
}

/** Writes on until it is hung up on; how much that was. */
async function flooded(connection: Deno.TcpConn): Promise<number> {
  const piece = new Uint8Array(65_536).fill(0x78);
  let written = 0;
  try {
    while (written < 50_000_000) written += await connection.write(piece);
  } catch (fault) {
    if (!(fault instanceof Deno.errors.BrokenPipe || fault instanceof Deno.errors.ConnectionReset)) throw fault;
  }
  return written;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
