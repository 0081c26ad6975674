/** One suite for the network port, held by real TCP and by the one in memory. */
import assert from "node:assert/strict";
import type { ByteStream, Network } from "../../src/application/ports/network.ts";
import { tcpNetwork } from "../../src/infrastructure/net/tcp.ts";
import { MemoryNetwork } from "../support/memory_network.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

interface Subject {
  readonly network: Network;
  /** Lets time pass until the promise settles. */
  wait<T>(promise: Promise<T>): Promise<T>;
}

const subjects: Record<string, () => Subject> = {
  "TCP": () => ({ network: tcpNetwork(), wait: (promise) => promise }),
  "memory": () => {
    const clock = new VirtualClock();
    return {
      network: new MemoryNetwork(clock),
      async wait(promise) {
        let settled = false;
        const mark = () => {
          settled = true;
        };
        promise.then(mark, mark);
        await clock.until(() => settled, 10_000, "the promise", 1);
        return await promise;
      },
    };
  },
};

for (const [name, make] of Object.entries(subjects)) {
  Deno.test(`network over ${name}: bytes arrive whole and in order, and each side hears of the end once`, async () => {
    const { network, wait } = make();
    const ended: string[] = [];
    const received: number[] = [];
    const done = Promise.withResolvers<void>();
    const clientDone = Promise.withResolvers<void>();
    const socket = await network.listen({ host: "127.0.0.1", port: 0 }, (stream) => ({
      onData(bytes) {
        received.push(...bytes);
        if (received.length === 3000) stream.close();
      },
      onClose() {
        ended.push("server");
        done.resolve();
      },
    }));
    const stream: ByteStream = await wait(
      network.connect({ host: "127.0.0.1", port: socket.port }, () => ({
        onData() {},
        onClose() {
          ended.push("client");
          clientDone.resolve();
        },
      })),
    );
    for (let i = 0; i < 1000; i++) stream.write(Uint8Array.of(i & 255, (i >> 8) & 255, 7));
    await wait(Promise.all([done.promise, clientDone.promise]));
    stream.write(Uint8Array.of(1));
    stream.close();
    await socket.close();
    assert.deepEqual(received.slice(0, 6), [0, 0, 7, 1, 0, 7]);
    assert.equal(received.length, 3000);
    assert.deepEqual(ended.sort(), ["client", "server"]);
  });

  Deno.test(`network over ${name}: a port nobody listens on rejects with ConnectionRefused`, async () => {
    const { network, wait } = make();
    const socket = await network.listen({ host: "127.0.0.1", port: 0 }, () => ({ onData() {}, onClose() {} }));
    const { port } = socket;
    await socket.close();
    await assert.rejects(
      wait(network.connect({ host: "127.0.0.1", port }, () => ({ onData() {}, onClose() {} }))),
      Deno.errors.ConnectionRefused,
    );
  });
}
