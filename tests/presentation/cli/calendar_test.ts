import assert from "node:assert/strict";
import type { CalendarRequest } from "../../../src/application/command.ts";
import { EXCHANGES } from "../../../src/domain/calendar/exchange.ts";
import { parseArguments } from "../../../src/presentation/cli/arguments.ts";
import { type Printed, runLocalCommand } from "../../../src/presentation/cli/local_command.ts";

/** Friday 20 November 2026, 23:30 in New York: Saturday already in Hong Kong. */
const NOW = Date.parse("2026-11-21T04:30:00Z");

function request(line: string): CalendarRequest {
  const invocation = parseArguments(["calendar", ...line.split(" ").filter((word) => word !== "")], {
    terminal: true,
    color: true,
    version: "1.2.3",
  });
  assert.equal(invocation.kind, "local", "text" in invocation ? invocation.text : "");
  return invocation.kind === "local" && invocation.request.command === "calendar" ? invocation.request : assert.fail();
}

function complaint(line: string): string {
  const invocation = parseArguments(["calendar", ...line.split(" ")], { terminal: true, color: true, version: "" });
  assert.equal(invocation.kind, "misused");
  return invocation.kind === "misused" ? invocation.text : "";
}

async function calendar(line: string): Promise<Printed> {
  return await runLocalCommand(request(line), NOW);
}

async function rows(line: string): Promise<string[]> {
  const { text, remarks, code } = await calendar(`${line} --format csv`);
  assert.deepEqual([remarks, code], ["", 0]);
  assert.ok(text.endsWith("\r\n"), "as RFC 4180 ends its lines");
  return text.trimEnd().split("\r\n");
}

Deno.test("calendar prints every weekday with its kind, and the session's ends with the exchange's offset", async () => {
  assert.deepEqual(await rows("--market NYSE --from 2026-11-25 --to 2026-11-30"), [
    "exchange,date,kind,open,close",
    "NYSE,2026-11-25,open,2026-11-25T09:30:00-05:00,2026-11-25T16:00:00-05:00",
    "NYSE,2026-11-26,full,,",
    "NYSE,2026-11-27,early,2026-11-27T09:30:00-05:00,2026-11-27T13:00:00-05:00",
    "NYSE,2026-11-30,open,2026-11-30T09:30:00-05:00,2026-11-30T16:00:00-05:00",
  ]);
});

Deno.test("a session that begins the evening before opens on the date before; offsets follow the clocks", async () => {
  assert.deepEqual(await rows("--market CME_EQUITY_INDEX --from 2026-03-09 --to 2026-03-09"), [
    "exchange,date,kind,open,close",
    // Clocks went forward on the Sunday morning, before the market opened.
    "CME_EQUITY_INDEX,2026-03-09,open,2026-03-08T17:00:00-05:00,2026-03-09T16:00:00-05:00",
  ]);
  assert.equal(
    (await rows("--market HKEX --from 2026-11-20 --to 2026-11-20"))[1],
    "HKEX,2026-11-20,open,2026-11-20T09:30:00+08:00,2026-11-20T16:00:00+08:00",
  );
});

Deno.test("calendar lists all exchanges but FX unless told which, each from its own today for 30 days", async () => {
  const listed = (await rows("")).slice(1).map((row) => row.split(","));
  assert.deepEqual([...new Set(listed.map(([exchange]) => exchange))], EXCHANGES.filter((name) => name !== "FX"));
  const dates = (exchange: string) => listed.filter(([name]) => name === exchange).map(([, date]) => date);
  assert.deepEqual([dates("NYSE")[0], dates("NYSE").at(-1)], ["2026-11-20", "2026-12-18"]);
  assert.equal(dates("HKEX")[0], "2026-11-23");
  assert.equal(dates("HKEX").at(-1), "2026-12-21");
});

Deno.test("one date alone sets the other 30 days on or at today, and --now moves today", async () => {
  const first = (lines: string[]) => lines[1]?.split(",")[1];
  const last = (lines: string[]) => lines.at(-1)?.split(",")[1];
  const from = await rows("--market LSE --from 2026-01-05");
  assert.deepEqual([first(from), last(from)], ["2026-01-05", "2026-02-04"]);
  const to = await rows("--market NYSE --to 2026-11-24");
  assert.deepEqual([first(to), last(to)], ["2026-11-20", "2026-11-24"]);
  assert.equal(first(await rows("--market NYSE --now 2025-07-01T12:00:00Z")), "2025-07-01");
});

Deno.test("several exchanges are taken in the order given, once each, in any case", () => {
  assert.deepEqual(request("--market hkex NYSE --market xetra HKEX").markets, ["HKEX", "NYSE", "XETRA"]);
});

Deno.test("JSON also gives the break, the reason and its source", async () => {
  const { text } = await calendar("--market HKEX --from 2026-12-24 --to 2026-12-28 --format json");
  const [eve, christmas, monday]: Record<string, unknown>[] = JSON.parse(text);
  assert.deepEqual({ ...eve, name: "", source: "" }, {
    exchange: "HKEX",
    date: "2026-12-24",
    kind: "early",
    open: "2026-12-24T09:30:00+08:00",
    close: "2026-12-24T12:00:00+08:00",
    pause: null,
    name: "",
    source: "",
  });
  assert.deepEqual([christmas?.kind, christmas?.open, christmas?.close], ["full", null, null]);
  assert.match(String(christmas?.name), /Christmas/);
  assert.ok(String(christmas?.source).length > 10);
  assert.deepEqual([monday?.kind, monday?.pause, monday?.name], [
    "open",
    { from: "2026-12-28T12:00:00+08:00", to: "2026-12-28T13:00:00+08:00" },
    null,
  ]);
});

Deno.test("the table shows local times, the weekday of an evening before, and why a day differs", async () => {
  const table = async (line: string) => (await calendar(line)).text.split("\n");
  assert.deepEqual(await table("--market CME_EQUITY_INDEX --from 2026-11-23 --to 2026-11-23"), [
    "Exchange          Date        Day  Kind  Open       Close",
    "----------------  ----------  ---  ----  ---------  -----",
    "CME_EQUITY_INDEX  2026-11-23  Mon  open  Sun 17:00  16:00",
    "",
  ]);
  assert.match((await table("--market HKEX --from 2026-11-23 --to 2026-11-23"))[2] ?? "", /12:00-13:00/);
  assert.match(
    (await table("--market NYSE --from 2026-11-26 --to 2026-11-27"))[2] ?? "",
    /^NYSE +2026-11-26 +Thu +full +Thanksgiving/,
  );
});

Deno.test("the table fits the terminal", async () => {
  for (const width of [80, 100, 160]) {
    const { text } = await runLocalCommand({ ...request("--from 2026-11-23 --to 2026-12-31"), width }, NOW);
    for (const line of text.split("\n")) assert.ok(line.length <= width, line);
  }
});

Deno.test("a range beyond the calendars is printed as far as they go, said on standard error, and ends with 1", async () => {
  const { text, remarks, code } = await calendar("--market NYSE --from 2027-12-30 --to 2028-01-04 --format csv");
  assert.deepEqual(text.trimEnd().split("\n").map((row) => row.split(",")[1]), ["date", "2027-12-30", "2027-12-31"]);
  assert.match(
    remarks,
    /hold 2024-01-01 to 2027-12-31; nothing is known of the other days from 2027-12-30 to 2028-01-04/,
  );
  assert.equal(code, 1);
  const outside = await calendar("--market NYSE --from 2030-01-01 --to 2030-01-31");
  assert.deepEqual([outside.text, outside.code], ["", 1]);
  assert.deepEqual(
    (await calendar("--from 2030-01-01 --to 2030-01-31 --format json")).text,
    "[]\n",
    "what reads it gets the shape that it expects",
  );
});

Deno.test("an unknown exchange is refused with the one that was probably meant, else with the list", () => {
  assert.match(complaint("--market NYES"), /'NYES' is invalid\. \(Did you mean NYSE\?\)/);
  assert.match(complaint("--market tokyo"), /The exchanges are NYSE, NASDAQ, .*, HKEX, FX\./);
});

Deno.test("dates that do not exist, and ranges that run backwards, are refused", async () => {
  for (const wrong of ["2026-02-30", "20260201", "today", "2026-1-1"]) {
    assert.match(complaint(`--from ${wrong}`), /Write YYYY-MM-DD, a day that exists/, wrong);
    assert.match(complaint(`--to ${wrong}`), /Write YYYY-MM-DD, a day that exists/, wrong);
  }
  assert.match(complaint("--from 2026-02-02 --to 2026-02-01"), /--from 2026-02-02 is after --to 2026-02-01/);
  const { text, remarks, code } = await calendar("--market NYSE --to 2026-11-19");
  assert.deepEqual([text, code], ["", 2]);
  assert.match(remarks, /--to 2026-11-19 is before today, 2026-11-20: give --from as well/);
});
