import assert from "node:assert/strict";
import { Alerting } from "../../../src/application/alerting.ts";
import type { Alert, AlertBatch, Notifier } from "../../../src/application/ports/notifier.ts";
import { terminalBell } from "../../../src/infrastructure/notify/terminal_bell.ts";
import { WebhookNotifier } from "../../../src/infrastructure/notify/webhook.ts";
import { webhookSecrets } from "../../../src/infrastructure/notify/webhook_secrets.ts";
import { Masking } from "../../../src/infrastructure/telemetry/masking.ts";
import { demoSettings, makeWorld } from "../../support/world.ts";

const ALERT: Alert = {
  id: "2026-11-20T15:30:45.000Z/1/limit:max_margin_utilization:DU1234567",
  subject: "limit:max_margin_utilization:DU1234567",
  kind: "opened",
  severity: "critical",
  message: "Margin of DU1234567 is 103 % of its limit",
  at: Date.parse("2026-11-20T15:30:45Z"),
  env: "prod",
  simulated: false,
  values: { scope: "DU1234567", value: 0.618, limit: 0.6, utilization: 1.03, low: null },
};

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Runs the body beside a server that answers as told, and hands over what it received. */
async function withServer(
  answer: (request: Request) => Response,
  body: (url: string, received: Received[]) => Promise<void>,
): Promise<void> {
  const received: Received[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { method, headers, url } = request;
    received.push({ method, path: new URL(url).pathname, headers, body: await request.text() });
    return answer(request);
  });
  try {
    await body(`http://127.0.0.1:${server.addr.port}/hooks/alerts`, received);
  } finally {
    await server.shutdown();
  }
}

function batch(...alerts: Alert[]): AlertBatch {
  return { alerts, omitted: 0 };
}

const never = new AbortController().signal;
const plain = (text: string) => text;
const ok = () => new Response("thanks");

Deno.test("a message is a POST of JSON with the schema apex.alert/1, accounts masked and missing numbers null", async () => {
  const masking = new Masking(false);
  await withServer(ok, async (url, received) => {
    const webhook = new WebhookNotifier({ url, token: "s3cret-token", mask: (text) => masking.message(text) });
    await webhook.send({ alerts: [ALERT], omitted: 2 }, never);
    const [request] = received;
    assert.equal(request?.method, "POST");
    assert.equal(request.path, "/hooks/alerts");
    assert.equal(request.headers.get("content-type"), "application/json");
    assert.equal(request.headers.get("authorization"), "Bearer s3cret-token");
    assert.deepEqual(JSON.parse(request.body), {
      schema: "apex.alert/1",
      simulated: false,
      text: "APEX prod critical: opened: Margin of DU…567 is 103 % of its limit\nand 2 more",
      omitted: 2,
      alerts: [{
        id: "2026-11-20T15:30:45.000Z/1/limit:max_margin_utilization:DU…567",
        subject: "limit:max_margin_utilization:DU…567",
        kind: "opened",
        severity: "critical",
        message: "Margin of DU…567 is 103 % of its limit",
        at: "2026-11-20T15:30:45.000Z",
        env: "prod",
        simulated: false,
        values: { scope: "DU…567", value: 0.618, limit: 0.6, utilization: 1.03, low: null },
      }],
    });
  });
});

Deno.test("without a token nothing is sent in its place, and a simulated source says so in words too", async () => {
  await withServer(ok, async (url, received) => {
    await new WebhookNotifier({ url, token: null, mask: plain })
      .send(batch({ ...ALERT, env: "demo", simulated: true }), never);
    assert.equal(received[0]?.headers.get("authorization"), null);
    assert.match(received[0]?.body ?? "", /"text":"APEX demo SIMULATED critical: opened: /);
  });
});

Deno.test("a burst is told in ten lines of words and listed in full", async () => {
  await withServer(ok, async (url, received) => {
    const alerts = Array.from({ length: 25 }, (_, index) => ({ ...ALERT, message: `alert ${index}` }));
    await new WebhookNotifier({ url, token: null, mask: plain }).send({ alerts, omitted: 5 }, never);
    const { text, alerts: listed }: { text: string; alerts: Alert[] } = JSON.parse(received[0]?.body ?? "");
    assert.equal(text.split("\n").length, 11);
    assert.ok(text.endsWith("alert 9\nand 20 more"), text);
    assert.equal(listed.length, 25);
  });
});

Deno.test("a redirect is not followed", async () => {
  const elsewhere = (request: Request) => Response.redirect(new URL("/elsewhere", request.url), 307);
  await withServer(elsewhere, async (url, received) => {
    await assert.rejects(new WebhookNotifier({ url, token: "t0ken", mask: plain }).send(batch(ALERT), never), {
      message: `${new URL(url).host} answered 307: redirects are not followed, configure the address that it leads to`,
    });
    assert.deepEqual(received.map(({ path }) => path), ["/hooks/alerts"]);
  });
});

Deno.test("a refusal says why, from the first 300 characters of the answer and no more", async () => {
  let pulled = 0;
  const endless = () =>
    new Response(
      new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled++;
          controller.enqueue(new TextEncoder().encode("no \n such hook ".repeat(100)));
        },
      }),
      { status: 404 },
    );
  await withServer(endless, async (url) => {
    await assert.rejects(
      new WebhookNotifier({ url, token: null, mask: plain }).send(batch(ALERT), never),
      (fault: Error) =>
        fault.message.startsWith(`${new URL(url).host} answered 404: no such hook no such`) &&
        fault.message.length < 340,
    );
    assert.ok(pulled < 2_000, `${pulled} pieces of an endless answer`);
  });
});

Deno.test("an address that nobody serves gives an error that names the host and not the path", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const url = `http://127.0.0.1:${port}/services/T000/B000/secretpath`;
  await assert.rejects(
    new WebhookNotifier({ url, token: null, mask: plain }).send(batch(ALERT), never),
    (fault: Error) =>
      fault.message.startsWith(`127.0.0.1:${port} cannot be reached: `) && !fault.message.includes("secretpath"),
  );
});

Deno.test("a host outside the sandbox is refused in words that name it", async () => {
  // 192.0.2.1 is an address for documentation that nobody has, and no test may reach.
  const url = "http://192.0.2.1:8080/hook/secretpath";
  const fence = await Deno.permissions.query({ name: "net", host: "192.0.2.1:8080" });
  if (fence.state === "granted") return;
  await assert.rejects(
    new WebhookNotifier({ url, token: null, mask: plain }).send(batch(ALERT), never),
    (fault: Error) => /192\.0\.2\.1:8080/.test(fault.message) && !fault.message.includes("secretpath"),
  );
});

Deno.test("webhookSecrets() are the token and what makes the address hard to guess", () => {
  const secrets = webhookSecrets({ url: "https://hooks.corp/services/T000/B000?key=abc", token: "t0ken" });
  assert.deepEqual(secrets, ["t0ken", "/services/T000/B000", "key=abc"]);
  assert.deepEqual(webhookSecrets({ url: "http://127.0.0.1:9000/alerts", token: null }), []);
});

Deno.test("the terminal's bell rings once for a message with something critical, and for nothing else", async () => {
  const rung: number[] = [];
  const bell = terminalBell((bytes) => rung.push(...bytes));
  await bell.send(batch({ ...ALERT, severity: "info" }, { ...ALERT, severity: "warning" }), never);
  assert.deepEqual(rung, []);
  await bell.send(batch(ALERT, ALERT), never);
  assert.deepEqual(rung, [7]);
});

Deno.test("a limit crossed on a gateway reaches the webhook over HTTP: opened, escalated, cleared", async () => {
  const scenario = await Deno.readTextFile(new URL("../../scenarios/drill_book.yaml", import.meta.url));
  const world = await makeWorld({
    scenario,
    settings: (settings) => ({
      ...settings,
      manual: { ...settings.manual, enabled: false },
      risk: {
        ...settings.risk,
        // 50 MSFT at 412.40 are 20,620, 69 % of 30,000; at 620 they are 31,000.
        limits: {
          ...settings.risk.limits,
          maxPerUnderlyingNotional: { default: null, names: new Map([["MSFT", 30_000]]) },
        },
      },
    }),
  });
  const { clock, gateway, log, monitor } = world;
  await withServer(ok, async (url, received) => {
    await clock.advance(30_000);
    const webhook = new WebhookNotifier({ url, token: null, mask: plain });
    let answered = Promise.withResolvers<void>();
    const notifier: Notifier = {
      name: webhook.name,
      async send(batch, signal) {
        await webhook.send(batch, signal);
        answered.resolve();
        answered = Promise.withResolvers();
      },
    };
    const alerting = new Alerting(demoSettings().alerts, { clock, log, notifiers: [notifier] });
    monitor.subscribe((published) => alerting.observe(published));
    // The answer takes real time, in which the virtual clock stands still.
    const during = async (ms: number) => {
      const next = answered.promise;
      await clock.advance(ms);
      await next;
    };
    gateway.happen({ kind: "price", contract: "MSFT", price: 620, change: null });
    await during(5_000);
    await during(120_000);
    gateway.happen({ kind: "price", contract: "MSFT", price: 412.4, change: null });
    await during(5_000);
    const told = received.flatMap(({ body }) => JSON.parse(body).alerts as Alert[]);
    assert.deepEqual(told.map(({ subject, kind, simulated }) => [subject, kind, simulated]), [
      ["limit:max_per_underlying_notional:MSFT", "opened", true],
      ["limit:max_per_underlying_notional:MSFT", "escalated", true],
      ["limit:max_per_underlying_notional:MSFT", "cleared", true],
    ]);
    await alerting.stop();
  });
  await world.stop();
});
