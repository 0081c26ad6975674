import assert from "node:assert/strict";
import type { BackfillReport, SourceReport } from "../../../src/application/backfill/report.ts";
import { parseArguments } from "../../../src/presentation/cli/arguments.ts";
import { backfillReport } from "../../../src/presentation/cli/backfill_report.ts";
import { historyLook } from "../../../src/presentation/cli/history/look.ts";
import { widthOf } from "../../../src/presentation/terminal/frame.ts";
import { PRINT_SETTINGS } from "../../support/print_settings.ts";

const WHERE = { terminal: true, errorTerminal: true, color: true, version: "1.2.3" };

function asked(line: string) {
  const invocation = parseArguments(["backfill", ...line.split(" ").filter((word) => word !== "")], WHERE);
  return invocation.kind === "run" ? invocation.wish : invocation;
}

Deno.test("backfill reads every broker's last 30 days unless told otherwise", () => {
  assert.deepEqual(asked(""), {
    command: "backfill",
    broker: "all",
    account: null,
    market: null,
    from: null,
    to: null,
    days: 30,
    dryRun: false,
    force: false,
    now: null,
    progress: true,
    width: null,
  });
  assert.deepEqual(
    asked("--broker ib --account DU1 --from 2025-01-01 --to 2025-12-31 --dry-run --force"),
    {
      ...asked(""),
      broker: "IB",
      account: "DU1",
      from: "2025-01-01",
      to: "2025-12-31",
      dryRun: true,
      force: true,
    },
  );
});

Deno.test("words that make no sense together are refused with what is wrong", () => {
  const text = (line: string) => {
    const result = asked(line);
    return "text" in result ? result.text : JSON.stringify(result);
  };
  assert.match(text("--days 5 --from 2025-01-01"), /--days.*cannot be used with.*--from/);
  assert.match(text("--from 2025-02-30"), /YYYY-MM-DD, a day that exists/);
  assert.match(text("--from 2025-02-03 --to 2025-02-01"), /--from 2025-02-03 is after --to 2025-02-01/);
  assert.match(text("--days 0"), /whole number from 1/);
  assert.match(text("--broker ib --market HK"), /--market is for Futu/);
  assert.match(text("--broker futu --market NYSE"), /Allowed choices are US, HK, CN/);
  assert.match(text("--broker ibkr"), /Allowed choices are ib, futu, all/);
});

const lookOf = (width: number) => historyLook({ width }, PRINT_SETTINGS);

const SOURCE: SourceReport = {
  title: "IB Flex files",
  planned: 2,
  done: 1,
  skipped: 3,
  failures: [{ window: "bad.xml", reason: "it was cut off" }],
  accounts: [{
    account: "DU1",
    executions: 1_234,
    commissions: 1_230,
    first: Date.UTC(2026, 9, 1, 14),
    last: Date.UTC(2026, 10, 20, 15),
    // Midnight in New York: the 20th is complete.
    watermark: Date.UTC(2026, 10, 21, 5),
  }],
  remarks: ["a remark"],
};
const REPORT: BackfillReport = { sources: [SOURCE], dryRun: false, interrupted: false, elapsedMs: 4_200 };

Deno.test("the report shows windows, rows and how far history is complete, and what failed with its reason", () => {
  assert.equal(
    backfillReport(REPORT, ["a note"], lookOf(120)),
    `Source         Windows                         Account  Executions  Commissions  First       Last        Complete until
-------------  ------------------------------  -------  ----------  -----------  ----------  ----------  --------------
IB Flex files  1 of 2 read, 1 FAILED, 3 known  DU1           1,234        1,230  2026-10-01  2026-11-20  2026-11-20

- a remark
- a note

Failed:
- IB Flex files, bad.xml: it was cut off

1,234 executions read in 4.2 s and stored. What failed stays marked and is read again by the next apex backfill.
`,
  );
});

Deno.test("the report fits the terminal, and says which columns it had no room for", () => {
  for (const width of [80, 100, 160]) {
    const text = backfillReport(
      REPORT,
      ["a note that is so long that it does not fit into a line of ".repeat(3)],
      lookOf(width),
    );
    for (const line of text.split("\n")) assert.ok(widthOf(line) <= width, line);
    assert.equal(text.includes(`Left out in ${width} columns`), width < 120);
  }
});

Deno.test("a dry run, a stop and nothing new are told for what they are", () => {
  const last = (changes: Partial<BackfillReport>) =>
    backfillReport({ ...REPORT, ...changes }, [], lookOf(160)).trimEnd().split("\n").at(-1);
  assert.equal(last({ dryRun: true }), "1,234 executions read in 4.2 s; this was a dry run: nothing was written.");
  assert.match(
    last({ interrupted: true }) ?? "",
    /^Stopped: 1,234 executions read in 4\.2 s and stored\. The window under way/,
  );
  assert.equal(
    last({ sources: [{ ...SOURCE, planned: 0, done: 0, failures: [], accounts: [] }] }),
    "0 executions read in 4.2 s and stored.",
  );
});

const FUTU: SourceReport = {
  title: "Futu",
  broker: "FUTU",
  planned: 5,
  done: 5,
  skipped: 9,
  failures: [],
  accounts: [
    {
      account: "281756479345015383",
      market: "ALL",
      executions: 0,
      commissions: 0,
      futu: { orders: 0, deals: 0, fees: 225 },
      first: null,
      last: null,
      watermark: null,
    },
    {
      account: "281756479345015383",
      market: "HK",
      executions: 0,
      commissions: 0,
      futu: { orders: 1_086, deals: 105, fees: 0 },
      // In Hong Kong it is the next day already.
      first: Date.UTC(2026, 9, 1, 17),
      last: Date.UTC(2026, 10, 20, 8),
      watermark: Date.UTC(2026, 10, 20, 4, 30),
    },
  ],
  remarks: [],
};

Deno.test("Futu's rows are told by account and market, with orders, deals and fees, in the market's own days", () => {
  assert.equal(
    backfillReport({ ...REPORT, sources: [FUTU] }, [], lookOf(140)),
    `Source  Windows               Account             Market  Orders  Deals  Fees  First       Last        Complete until
------  --------------------  ------------------  ------  ------  -----  ----  ----------  ----------  -------------------
Futu    5 of 5 read, 9 known  281756479345015383  ALL          0      0   225  --          --          --
                              281756479345015383  HK       1,086    105     0  2026-10-02  2026-11-20  2026-11-20 12:30 HK

1,086 orders, 105 deals and 225 fees read in 4.2 s and stored.
`,
  );
});

Deno.test("both brokers are in one table, and what one does not have is no 0", () => {
  const text = backfillReport({ ...REPORT, sources: [SOURCE, FUTU] }, [], lookOf(180));
  assert.match(text, /IB Flex files .* DU1 +-- +-- +-- +-- +1,234 +1,230/);
  assert.match(text, /281756479345015383 +HK +1,086 +105 +0 +-- +--/);
  assert.match(text, /^1,234 executions, 1,086 orders, 105 deals and 225 fees read in/m);
});
