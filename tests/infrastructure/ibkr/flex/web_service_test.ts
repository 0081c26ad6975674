import assert from "node:assert/strict";
import type { Clock } from "../../../../src/application/ports/clock.ts";
import { StatementUnavailable } from "../../../../src/application/ports/statements.ts";
import { type Fetch, FLEX_WEB_SERVICE, FlexWebService } from "../../../../src/infrastructure/ibkr/flex/web_service.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";
import { response, statement, trade } from "./flex_xml.ts";

const TOKEN = "123456789/+secret";
const STATEMENT = response([statement([trade()])]);
const REQUEST = { queryId: "777", days: null };

function answer(fields: Readonly<Record<string, string>>): string {
  const written = Object.entries(fields).map(([name, text]) => `<${name}>${text}</${name}>`).join("\n");
  return `<FlexStatementResponse timestamp='20 November, 2026 10:30 AM EST'>\n${written}\n</FlexStatementResponse>`;
}

const READY = answer({ Status: "Success", ReferenceCode: "8936364590", Url: "https://elsewhere.example/GetStatement" });

function refusal(code: number, message = "No."): string {
  return answer({ Status: code === 1019 ? "Warn" : "Fail", ErrorCode: String(code), ErrorMessage: message });
}

type Step = string | Response | Error;

/** Answers in turn, and remembers what was asked for and when. */
function scripted(clock: Clock, steps: readonly Step[]) {
  const asked: { readonly url: URL; readonly at: number; readonly init: RequestInit }[] = [];
  const fetch: Fetch = (url, init) => {
    asked.push({ url, at: clock.monotonic(), init });
    const step = steps[asked.length - 1];
    if (step === undefined) throw new Error("nothing more is scripted");
    if (step instanceof Error) return Promise.reject(step);
    return Promise.resolve(step instanceof Response ? step : new Response(step));
  };
  return { fetch, asked };
}

async function text(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let whole = "";
  for await (const piece of bytes) whole += decoder.decode(piece, { stream: true });
  return whole;
}

/** Downloads under a clock that moves on while the service is waited for. */
async function downloaded(steps: readonly Step[], patienceMs?: number) {
  const clock = new VirtualClock();
  const { fetch, asked } = scripted(clock, steps);
  const options = {
    url: FLEX_WEB_SERVICE,
    token: TOKEN,
    fetch,
    clock,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  };
  let outcome: { readonly text: string } | { readonly fault: unknown } | null = null;
  new FlexWebService(options).download(REQUEST, new AbortController().signal).then(text).then(
    (whole) => outcome = { text: whole },
    (fault) => outcome = { fault },
  );
  await clock.until(() => outcome !== null, 3_600_000, "an outcome", 1000);
  return { outcome: outcome as unknown as { text?: string; fault?: StatementUnavailable }, asked };
}

Deno.test("a statement is asked for, and fetched by its reference a while later", async () => {
  const { outcome, asked } = await downloaded([READY, STATEMENT]);
  assert.equal(outcome.text, STATEMENT);
  assert.deepEqual(asked.map(({ url }) => url.href), [
    `${FLEX_WEB_SERVICE}/SendRequest?t=123456789%2F%2Bsecret&q=777&v=3`,
    `${FLEX_WEB_SERVICE}/GetStatement?t=123456789%2F%2Bsecret&q=8936364590&v=3`,
  ]);
  assert.ok(asked[1]!.at - asked[0]!.at >= 1000);
  assert.ok(asked.every(({ init }) => init.redirect === "manual" && new Headers(init.headers).has("user-agent")));
});

Deno.test("only the configured host is asked, whatever address the service names", async () => {
  const { asked } = await downloaded([READY, STATEMENT]);
  assert.ok(asked.every(({ url }) => url.host === new URL(FLEX_WEB_SERVICE).host));
});

Deno.test("days other than the query's go with the request", async () => {
  const clock = new VirtualClock();
  const { fetch, asked } = scripted(clock, [READY, STATEMENT]);
  const service = new FlexWebService({ url: FLEX_WEB_SERVICE, token: TOKEN, fetch, clock });
  const days = { from: "2026-01-02", to: "2026-03-31" };
  let isDone = false;
  service.download({ queryId: "777", days }, new AbortController().signal).then(text).then(() => isDone = true);
  await clock.until(() => isDone, 60_000);
  assert.deepEqual([asked[0]!.url.searchParams.get("fd"), asked[0]!.url.searchParams.get("td")], [
    "20260102",
    "20260331",
  ]);
  assert.equal(asked[1]!.url.searchParams.get("fd"), null);
});

Deno.test("a statement that is still being made is waited for, ever more slowly", async () => {
  const { outcome, asked } = await downloaded([READY, ...Array(8).fill(refusal(1019)), STATEMENT]);
  assert.equal(outcome.text, STATEMENT);
  const waits = asked.slice(2).map(({ at }, index) => Math.round((at - asked[index + 1]!.at) / 1000));
  assert.deepEqual(waits, [5, 5, 10, 10, 20, 30, 30, 30]);
});

Deno.test("after too many requests a minute passes", async () => {
  const { outcome, asked } = await downloaded([refusal(1018), READY, refusal(1018), STATEMENT]);
  assert.equal(outcome.text, STATEMENT);
  assert.ok(asked[1]!.at - asked[0]!.at >= 60_000);
  assert.ok(asked[3]!.at - asked[2]!.at >= 60_000);
});

Deno.test("what passes is asked again, what does not is told at once with its remedy", async () => {
  for (const code of [1001, 1004, 1005, 1006, 1007, 1008, 1009, 1018, 1019, 1021]) {
    const { outcome } = await downloaded([refusal(code), READY, STATEMENT]);
    assert.equal(outcome.text, STATEMENT, String(code));
  }
  for (const code of [1003, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1020, 4242]) {
    const { outcome, asked } = await downloaded([refusal(code, "Token has expired.")]);
    assert.ok(outcome.fault instanceof StatementUnavailable, String(code));
    assert.deepEqual([outcome.fault.code, outcome.fault.isTemporary, asked.length], [code, false, 1]);
    assert.match(outcome.fault.message, new RegExp(`Token has expired\\. \\(${code}\\): .{20,}`));
  }
});

Deno.test("patience ends, and says what it was waiting for", async () => {
  const { outcome, asked } = await downloaded([READY, ...Array(40).fill(refusal(1019))], 120_000);
  assert.match(outcome.fault!.message, /No statement within 2 minutes: .*still being made/);
  assert.deepEqual([outcome.fault!.code, outcome.fault!.isTemporary], [1019, true]);
  assert.ok(asked.at(-1)!.at <= 120_000);
});

Deno.test("a broken connection and a busy server are tried again", async () => {
  const busy = new Response("busy", { status: 503 });
  const { outcome } = await downloaded([new TypeError("connection reset"), busy, READY, STATEMENT]);
  assert.equal(outcome.text, STATEMENT);
});

Deno.test("a redirect is not followed, nor tried again", async () => {
  const moved = new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } });
  const { outcome, asked } = await downloaded([moved]);
  assert.match(outcome.fault!.message, /answered 302/);
  assert.deepEqual([outcome.fault!.isTemporary, asked.length], [false, 1]);
});

Deno.test("an answer that makes no sense is tried again and then told", async () => {
  for (const nonsense of ["", "<html>", "Service Unavailable", "<FlexStatementResponse>", "x".repeat(200_000)]) {
    const { outcome } = await downloaded(Array(20).fill(nonsense), 30_000);
    assert.match(outcome.fault!.message, /makes no sense/, nonsense.slice(0, 20));
  }
});

Deno.test("the token stands in no error, whoever repeats it", async () => {
  const encoded = encodeURIComponent(TOKEN);
  const steps: readonly Step[] = [
    new TypeError(`error sending request for url (${FLEX_WEB_SERVICE}/SendRequest?t=${encoded}&q=777&v=3)`),
    refusal(1015, `Token ${TOKEN} is invalid.`),
  ];
  for (const step of steps) {
    const { outcome } = await downloaded(Array(20).fill(step), 20_000);
    const shown = `${outcome.fault!.message} ${outcome.fault!.stack} ${Deno.inspect(outcome.fault)}`;
    assert.ok(!shown.includes(TOKEN) && !shown.includes(encoded) && !shown.includes("secret"), shown);
  }
  const service = new FlexWebService({
    url: FLEX_WEB_SERVICE,
    token: TOKEN,
    fetch: () => Promise.reject(new Error("never asked")),
    clock: new VirtualClock(),
  });
  assert.ok(!Deno.inspect(service).includes("secret"));
  assert.ok(!JSON.stringify(service).includes("secret"));
});

Deno.test("a host that the build does not allow is told with the remedy, once", async () => {
  const { outcome, asked } = await downloaded([new Deno.errors.NotCapable("Requires net access")]);
  assert.match(outcome.fault!.message, /APEX_ALLOW_NET=ndcdyn\.interactivebrokers\.com:443/);
  assert.equal(asked.length, 1);
});

Deno.test("a host that says nothing is given up", async () => {
  const clock = new VirtualClock();
  const fetch: Fetch = (_url, { signal }) => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => signal?.addEventListener("abort", () => controller.error(signal.reason)),
    });
    return Promise.resolve(new Response(body));
  };
  const service = new FlexWebService({ url: FLEX_WEB_SERVICE, token: TOKEN, fetch, clock, patienceMs: 1000 });
  let fault: Error | null = null;
  service.download(REQUEST, new AbortController().signal).catch((refused) => fault = refused);
  await clock.until(() => fault !== null, 120_000, "the fault", 1000);
  assert.match(String(fault), /sent nothing for 60 s/);
});

Deno.test("waiting ends when it is told to", async () => {
  const clock = new VirtualClock();
  const { fetch, asked } = scripted(clock, [READY, ...Array(20).fill(refusal(1019))]);
  const abort = new AbortController();
  let fault: unknown = null;
  const service = new FlexWebService({ url: FLEX_WEB_SERVICE, token: TOKEN, fetch, clock });
  service.download(REQUEST, abort.signal).catch((refused) => fault = refused);
  await clock.advance(12_000);
  const before = asked.length;
  abort.abort(new Error("interrupted"));
  await clock.advance(60_000);
  assert.match(String(fault), /interrupted/);
  assert.equal(asked.length, before);
});

Deno.test("an address without encryption is for this machine alone, and a token is needed", () => {
  const fetch: Fetch = () => Promise.reject(new Error("never asked"));
  const clock = new VirtualClock();
  const make = (url: string, token = TOKEN) => new FlexWebService({ url, token, fetch, clock });
  assert.throws(() => make("http://flex.example/"), RangeError);
  assert.throws(() => make("not an address"), RangeError);
  assert.throws(() => make(FLEX_WEB_SERVICE, ""), RangeError);
  assert.throws(() => make(FLEX_WEB_SERVICE, "with blank"), (fault: Error) => !fault.message.includes("with blank"));
  make("http://127.0.0.1:8080/");
});
