/** What every channel for alerts must do: the fake that other tests rely on, and the webhook over real HTTP. */
import assert from "node:assert/strict";
import type { Alert, Notifier } from "../../src/application/ports/notifier.ts";
import { WebhookNotifier } from "../../src/infrastructure/notify/webhook.ts";
import { FakeNotifier } from "../support/fake_notifier.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

interface Channel {
  readonly notifier: Notifier;
  /** Messages of the alerts that arrived. */
  arrived(): string[];
  behave(how: "well" | "fail" | "hang"): void;
  close(): Promise<void>;
}

const CHANNELS: Readonly<Record<string, () => Channel>> = { fake, webhook };

for (const [name, open] of Object.entries(CHANNELS)) {
  const test = (what: string, body: (channel: Channel) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, async () => {
      const channel = open();
      try {
        await body(channel);
      } finally {
        await channel.close();
      }
    });

  test("brings every alert of a message, in order", async ({ notifier, arrived }) => {
    await notifier.send({ alerts: [alert("a"), alert("b")], omitted: 0 }, new AbortController().signal);
    await notifier.send({ alerts: [alert("c")], omitted: 3 }, new AbortController().signal);
    assert.deepEqual(arrived(), ["a", "b", "c"]);
  });

  test("rejects with a reason when the message does not arrive, and works again later", async (channel) => {
    channel.behave("fail");
    const { notifier, arrived } = channel;
    await assert.rejects(
      notifier.send({ alerts: [alert("a")], omitted: 0 }, new AbortController().signal),
      (fault) => fault instanceof Error && fault.message.length > 5,
    );
    channel.behave("well");
    await notifier.send({ alerts: [alert("a")], omitted: 0 }, new AbortController().signal);
    assert.deepEqual(arrived(), ["a"]);
  });

  test("gives up when it is told to, with the reason it was given", async (channel) => {
    channel.behave("hang");
    const abort = new AbortController();
    const sending = channel.notifier.send({ alerts: [alert("a")], omitted: 0 }, abort.signal);
    abort.abort(new Error("no answer in time"));
    await assert.rejects(sending, { message: "no answer in time" });
  });
}

function alert(message: string): Alert {
  return {
    id: message,
    subject: message,
    kind: "opened",
    severity: "warning",
    message,
    at: 0,
    env: "dev",
    simulated: false,
    values: {},
  };
}

function fake(): Channel {
  const notifier = new FakeNotifier(new VirtualClock());
  return {
    notifier,
    arrived: () => notifier.alerts.map(({ message }) => message),
    behave(how) {
      notifier.failing = how === "fail" ? "refused" : null;
      notifier.hanging = how === "hang";
    },
    close: () => Promise.resolve(),
  };
}

function webhook(): Channel {
  const arrived: string[] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let how = "well";
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body: { alerts: Alert[] } = await request.json();
    if (how === "hang") await released;
    if (how !== "well") return new Response("out of order", { status: 503 });
    arrived.push(...body.alerts.map(({ message }) => message));
    return new Response();
  });
  return {
    notifier: new WebhookNotifier({
      url: `http://127.0.0.1:${server.addr.port}/alerts`,
      token: null,
      mask: (text) => text,
    }),
    arrived: () => arrived,
    behave: (next) => how = next,
    async close() {
      release();
      await server.shutdown();
    },
  };
}
