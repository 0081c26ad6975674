/** History from the web service over a real connection: a local server that keeps to the service's own rules. */
import assert from "node:assert/strict";
import { brokerDay } from "../../../../src/application/backfill/coverage.ts";
import { failuresIn } from "../../../../src/application/backfill/report.ts";
import { dayNumber, isoDate } from "../../../../src/domain/calendar/date.ts";
import { FlexWeb } from "../../../../src/infrastructure/ibkr/flex/flex_web.ts";
import { FlexWebService } from "../../../../src/infrastructure/ibkr/flex/web_service.ts";
import type { Clock } from "../../../../src/application/ports/clock.ts";
import { type Desk, onDesk } from "./backfill_desk.ts";
import { trade } from "./flex_xml.ts";

const FIRST_DAY = dayNumber("2026-05-01");
const LAST_DAY = dayNumber("2026-11-29");

interface Server {
  /** `fd`–`td` of each statement that was asked for. */
  readonly asked: string[];
  /** Answers instead of the server when it gives something. */
  answer: (url: URL) => Response | null;
  source(desk: Desk, token?: string): FlexWeb;
}

/** One trade a day, as a statement of the days that were asked for. */
function statementOf(fd: string, td: string): string {
  const day = (text: string) => dayNumber(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`);
  const rows: string[] = [];
  for (let each = Math.max(day(fd), FIRST_DAY); each <= Math.min(day(td), LAST_DAY); each++) {
    rows.push(trade({
      ibExecID: `0000e0d5.${each}.01.01`,
      tradeID: each,
      transactionID: each,
      dateTime: `${isoDate(each).replaceAll("-", "")};103045`,
    }));
  }
  const head = `accountId="DU1234567" fromDate="${fd}" toDate="${td}" whenGenerated="20261130;010203"`;
  return `<FlexQueryResponse queryName="h" type="AF"><FlexStatements count="1"><FlexStatement ${head}><Trades>${
    rows.join("\n")
  }</Trades></FlexStatement></FlexStatements></FlexQueryResponse>`;
}

function refusal(code: number, message: string): Response {
  const fields = `<Status>Fail</Status><ErrorCode>${code}</ErrorCode><ErrorMessage>${message}</ErrorMessage>`;
  return new Response(`<FlexStatementResponse timestamp="now">${fields}</FlexStatementResponse>`);
}

async function onServer(body: (server: Server, desk: Desk) => Promise<void>): Promise<void> {
  const references = new Map<string, { readonly fd: string; readonly td: string; polls: number }>();
  const handler = (request: Request): Response => {
    const url = new URL(request.url);
    const parameters = url.searchParams;
    const own = server.answer(url);
    if (own !== null) return own;
    if (parameters.get("t") !== "token1") return refusal(1015, "Token is invalid.");
    if (url.pathname.endsWith("/SendRequest")) {
      const [fd, td] = [parameters.get("fd") ?? "", parameters.get("td") ?? ""];
      server.asked.push(`${fd}-${td}`);
      const reference = String(references.size + 1);
      references.set(reference, { fd, td, polls: 0 });
      return new Response(
        `<FlexStatementResponse><Status>Success</Status><ReferenceCode>${reference}</ReferenceCode></FlexStatementResponse>`,
      );
    }
    const found = references.get(parameters.get("q") ?? "");
    if (found === undefined) return refusal(1017, "Reference code is invalid.");
    if (++found.polls < 2) return refusal(1019, "Statement generation in progress.");
    return new Response(statementOf(found.fd, found.td));
  };
  const http = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  const url = `http://127.0.0.1:${http.addr.port}/flex`;
  const server: Server = {
    asked: [],
    answer: () => null,
    source: ({ folder }, token = "token1") =>
      new FlexWeb({
        service: new FlexWebService({ url, token, ...hurried() }),
        queryId: "777",
        folder: `${folder}/flex/download`,
      }),
  };
  try {
    await onDesk((desk) => body(server, desk));
  } finally {
    await http.shutdown();
  }
}

/** Waits between requests are over as soon as no answer is under way; a time-out for an answer never comes. */
function hurried(): { readonly clock: Clock; readonly fetch: typeof fetch } {
  let elapsed = 0;
  let underWay = 0;
  return {
    clock: {
      now: () => elapsed,
      monotonic: () => elapsed,
      after(ms, call) {
        let idle = 0;
        const look = () => {
          idle = underWay === 0 ? idle + 1 : 0;
          if (idle < 3) {
            timer = setTimeout(look, 0);
            return;
          }
          elapsed += ms;
          call();
        };
        let timer = setTimeout(look, 0);
        return () => clearTimeout(timer);
      },
    },
    async fetch(url, init) {
      underWay++;
      const response = await fetch(url, init);
      const bytes = await response.arrayBuffer();
      underWay--;
      return new Response(bytes, { status: response.status });
    },
  };
}

async function watermark({ store }: Desk): Promise<string | null> {
  const state = (await store.syncStates()).find(({ account }) => account === "DU1234567");
  return state?.watermark == null ? null : isoDate(brokerDay(state.watermark));
}

Deno.test("history is asked for in quarters, stored once, and then only what is new; no statement is left on the disk", async () => {
  await onServer(async (server, desk) => {
    const report = await desk.run([server.source(desk)], { days: 200 });
    assert.deepEqual(server.asked, ["20260514-20260630", "20260701-20260930", "20261001-20261129"]);
    assert.equal(failuresIn(report), 0);
    assert.deepEqual([(await desk.execIds()).length, await watermark(desk)], [200, "2026-11-30"]);
    assert.deepEqual([...Deno.readDirSync(`${desk.folder}/flex/download`)], []);
    server.asked.length = 0;
    await desk.run([server.source(desk)], { days: 200 });
    assert.deepEqual(server.asked, []);
    assert.equal((await desk.execIds()).length, 200);
  });
});

Deno.test("a wrong token fails every window with the remedy and never shows itself", async () => {
  await onServer(async (server, desk) => {
    const report = await desk.run([server.source(desk, "secretToken9")], { days: 100 });
    assert.equal(failuresIn(report), 2);
    for (const { reason } of report.sources[0]!.failures) {
      assert.match(reason, /Token is invalid\. \(1015\): make a new token/);
      assert.doesNotMatch(reason, /secretToken9/);
    }
    const stored = JSON.stringify([await desk.store.syncStates(), await failedWindows(desk)]);
    assert.match(stored, /1015/);
    assert.doesNotMatch(stored, /secretToken9/);
  });
});

Deno.test("too many requests and a statement in the making are waited out", async () => {
  await onServer(async (server, desk) => {
    let refusals = 3;
    server.answer = (url) =>
      url.pathname.endsWith("/SendRequest") && refusals-- > 0
        ? refusal(1018, "Too many requests have been made.")
        : null;
    const report = await desk.run([server.source(desk)]);
    assert.deepEqual([failuresIn(report), (await desk.execIds()).length], [0, 30]);
  });
});

Deno.test("garbage for one quarter fails that quarter alone, and the next run repairs it and moves the watermark on", async () => {
  await onServer(async (server, desk) => {
    server.answer = (url) =>
      url.searchParams.get("q") === "2" ? new Response("<FlexQueryResponse><FlexStatements><Flex") : null;
    const report = await desk.run([server.source(desk)], { days: 200 });
    assert.equal(failuresIn(report), 1);
    assert.match(report.sources[0]!.failures[0]!.reason, /cut off/);
    assert.equal(await watermark(desk), "2026-07-01");
    assert.equal((await failedWindows(desk)).length, 1);
    server.answer = () => null;
    await desk.run([server.source(desk)]);
    assert.deepEqual([(await desk.execIds()).length, await watermark(desk)], [200, "2026-11-30"]);
    assert.equal((await failedWindows(desk)).length, 0);
  });
});

Deno.test("a statement made before its last day ended covers the day before", async () => {
  await onServer(async (server, desk) => {
    const early = statementOf("20261031", "20261129").replace("20261130;010203", "20261129;153000");
    server.answer = (url) => url.pathname.endsWith("/GetStatement") ? new Response(early) : null;
    await desk.run([server.source(desk)]);
    assert.equal(await watermark(desk), "2026-11-29");
  });
});

Deno.test("a query that does not heed the days asked for is an error, not a success", async () => {
  await onServer(async (server, desk) => {
    server.answer = (url) =>
      url.pathname.endsWith("/GetStatement") ? new Response(statementOf("20260105", "20260109")) : null;
    const report = await desk.run([server.source(desk)]);
    assert.match(report.sources[0]!.failures[0]!.reason, /covers 2026-01-05 to 2026-01-09, not the days asked for/);
  });
});

Deno.test("a dry run writes nothing, not even for a moment", async () => {
  await onServer(async (server, desk) => {
    const report = await desk.run([server.source(desk)], { dryRun: true });
    assert.equal(report.sources[0]?.accounts[0]?.executions, 30);
    assert.deepEqual(await desk.execIds(), []);
    assert.throws(() => Deno.statSync(`${desk.folder}/flex`), Deno.errors.NotFound);
  });
});

async function failedWindows({ store }: Desk) {
  const key = { broker: "IB", account: "ALL", dataType: "flex-web", market: "ALL" } as const;
  return (await store.syncWindows(key)).filter(({ status }) => status === "FAILED");
}
