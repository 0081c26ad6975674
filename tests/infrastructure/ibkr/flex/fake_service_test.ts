/** The web service over a real connection: a local server that keeps to the service's own rules. */
import assert from "node:assert/strict";
import type { Clock } from "../../../../src/application/ports/clock.ts";
import { readStatements } from "../../../../src/infrastructure/ibkr/flex/read_statements.ts";
import { saveStatement, StatementTooLarge } from "../../../../src/infrastructure/ibkr/flex/save_statement.ts";
import { bytesSource, fileSource } from "../../../../src/infrastructure/ibkr/flex/statement_source.ts";
import { FlexWebService } from "../../../../src/infrastructure/ibkr/flex/web_service.ts";
import { response, statement, trade } from "./flex_xml.ts";

/** Waits are over at once; time-outs, a minute and more, never come. */
function hurriedClock(): Clock {
  let elapsed = 0;
  return {
    now: () => elapsed,
    monotonic: () => elapsed,
    after(ms, call) {
      let isCancelled = false;
      if (ms < 60_000) {
        queueMicrotask(() => {
          elapsed += ms;
          if (!isCancelled) call();
        });
      }
      return () => isCancelled = true;
    },
  };
}

/** Makes a statement for one token and query, and has it ready at the third asking. */
function fakeService(content: string): (request: Request) => Response {
  let askedFor = 0;
  return (request) => {
    const url = new URL(request.url);
    const parameters = url.searchParams;
    if (!request.headers.has("user-agent") || parameters.get("v") !== "3") return new Response("no", { status: 400 });
    if (parameters.get("t") !== "token-1") return new Response(refusal(1015, "Token is invalid."));
    if (url.pathname === "/flex/SendRequest") {
      if (parameters.get("q") !== "777") return new Response(refusal(1014, "Query is invalid."));
      const found = "<Status>Success</Status><ReferenceCode>42</ReferenceCode>";
      return new Response(`<FlexStatementResponse>${found}</FlexStatementResponse>`);
    }
    if (url.pathname !== "/flex/GetStatement") return new Response("not found", { status: 404 });
    if (parameters.get("q") !== "42") return new Response(refusal(1017, "Reference code is invalid."));
    return new Response(++askedFor < 3 ? refusal(1019, "Statement generation in progress.") : content);
  };
}

function refusal(code: number, message: string): string {
  const fields = `<Status>Fail</Status><ErrorCode>${code}</ErrorCode><ErrorMessage>${message}</ErrorMessage>`;
  return `<FlexStatementResponse timestamp="now">${fields}</FlexStatementResponse>`;
}

async function withService(content: string, body: (make: (token: string) => FlexWebService) => Promise<void>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, fakeService(content));
  const url = `http://127.0.0.1:${server.addr.port}/flex`;
  try {
    await body((token) => new FlexWebService({ url, token, fetch, clock: hurriedClock() }));
  } finally {
    await server.shutdown();
  }
}

const signal = new AbortController().signal;
const REQUEST = { queryId: "777", days: null };

Deno.test("a statement is fetched from a server, kept in a file of its owner's, and read", async () => {
  const trades = Array.from({ length: 2000 }, (_, index) => trade({ ibExecID: `0000e0d5.${index}.01.01` }));
  await withService(response([statement(trades)]), async (make) => {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/777.xml`;
    const bytes = await make("token-1").download(REQUEST, signal);
    const length = await saveStatement(bytes, path);
    const { size, mode } = await Deno.stat(path);
    assert.equal(size, length);
    assert.equal((mode ?? 0) & 0o777, 0o600);
    let executions = 0;
    for await (const items of readStatements(fileSource(path), { name: "777.xml" })) {
      executions += items.filter((item) => item.kind === "execution").length;
    }
    assert.equal(executions, 2000);
    await Deno.remove(folder, { recursive: true });
  });
});

Deno.test("a server's refusals of token and query come through", async () => {
  await withService("", async (make) => {
    await assert.rejects(make("token-2").download(REQUEST, signal), /Token is invalid\. \(1015\): make a new token/);
    await assert.rejects(make("token-1").download({ ...REQUEST, queryId: "1" }, signal), /Query is invalid\. \(1014\)/);
  });
});

Deno.test("a statement that breaks off or is too large leaves the older file and no part", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/777.xml`;
  await saveStatement(bytesSource("<older/>")(), path);
  await assert.rejects(saveStatement(bytesSource("x".repeat(100))(), path, 99), StatementTooLarge);
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield* bytesSource("<new")();
    throw new Error("connection reset");
  }
  await assert.rejects(saveStatement(broken(), path), /connection reset/);
  assert.equal(await Deno.readTextFile(path), "<older/>");
  assert.deepEqual(Array.from(Deno.readDirSync(folder), (entry) => entry.name), ["777.xml"]);
  await Deno.remove(folder, { recursive: true });
});
