/** What status, positions and breaches print of a monitor's answers. */
import assert from "node:assert/strict";
import type { BreachesAnswer, PositionsAnswer } from "../../../../src/application/control/monitor_control.ts";
import { monitorStatus } from "../../../../src/application/control/monitor_status.ts";
import type { Settings } from "../../../../src/application/settings.ts";
import type { RiskSnapshot } from "../../../../src/domain/risk/snapshot.ts";
import { fileRows } from "../../../../src/presentation/cli/history/file_rows.ts";
import { type HistoryLook, historyLook } from "../../../../src/presentation/cli/history/look.ts";
import {
  holdingColumns,
  liveHoldings,
  liveHoldingText,
  storedHoldings,
} from "../../../../src/presentation/cli/monitor/holding_text.ts";
import {
  liveBreaches,
  liveBreachText,
  meantBreach,
  notedText,
  openBreachColumns,
  storedBreachText,
} from "../../../../src/presentation/cli/monitor/open_breach_text.ts";
import { statusJson, statusText } from "../../../../src/presentation/cli/monitor/status_text.ts";
import { demoSnapshot, restoredSnapshot } from "../../../support/demo_snapshot.ts";
import { settingsWith } from "../../../support/monitor_builder.ts";
import { assertScreen } from "../../../support/screen_file.ts";
import { breach, NOW, position } from "../../../support/stored_history.ts";

const ANSWERER = {
  ...{ pid: 4711, version: "0.1.0", startedAt: "2026-11-20T13:27:45.000Z" },
  ...{ uptimeMs: 7_380_000, snapshotAgeMs: 120, refusedConnections: 0 },
};

Deno.test("what is asked of a monitor fits terminals of 80 and 120 columns", async () => {
  const snapshot = demoSnapshot();
  for (const width of [80, 120]) {
    const look = lookAt(width);
    const texts = {
      status: statusText(monitorStatus(snapshot, ANSWERER), look),
      positions: liveHoldingText(positionsOf(snapshot), "", look),
      breaches: liveBreachText(breachesOf(snapshot), look),
    };
    for (const [name, text] of Object.entries(texts)) {
      const widest = Math.max(...text.split("\n").map((line) => [...line].length));
      assert.ok(widest <= width, `${name} is ${widest} wide in ${width} columns`);
      await assertScreen(`monitor_${name}_${width}`, text.trimEnd());
    }
  }
});

Deno.test("a monitor that shows what an earlier run stored says so", () => {
  const text = statusText(monitorStatus(restoredSnapshot(), ANSWERER), lookAt(100));
  assert.match(text, /Status +STALE: in part what an earlier run stored, not confirmed yet/);
  const holdings = liveHoldings(positionsOf(restoredSnapshot()));
  assert.ok(holdings.every(({ flags }) => flags.includes("RESTORED")));
});

Deno.test("an empty book and no open breach are said in words", () => {
  const nothing = demoSnapshot({ positions: [], breaches: [], accounts: [], baseCurrency: null });
  const look = lookAt(100);
  assert.match(liveHoldingText(positionsOf(nothing), " of MSFT", look), /\nNo position of MSFT\.\n$/);
  assert.match(liveBreachText(breachesOf(nothing), look), /\nNo breach is open\.\n$/);
  assert.match(
    statusText(monitorStatus(nothing, ANSWERER), look),
    /0 positions in no account, base currency not known/,
  );
});

Deno.test("missing numbers are two dashes in tables and nothing in files", async () => {
  const [position] = demoSnapshot().positions;
  const leaf = { ...position!.leaves[0]!, marketValue: null, dailyPnl: null };
  const answer = positionsOf(demoSnapshot({ positions: [{ ...position!, mark: null, leaves: [leaf] }] }));
  assert.match(liveHoldingText(answer, "", lookAt(120)), / -- .* -- .* -- /);
  const csv = await whole(fileRows(holdingColumns(lookAt(120)), [liveHoldings(answer)], "csv"));
  const [head, row] = csv.split("\r\n").map((line) => line.split(","));
  for (const key of ["mark", "marketValue", "dailyPnl"]) assert.equal(row![head!.indexOf(key)], "");
});

Deno.test("masked accounts are masked in every table, and a masked id still names its breach", () => {
  const account = "DU1234567";
  const [one] = demoSnapshot().breaches;
  const id = `max_margin_utilization:${account}`;
  const snapshot = demoSnapshot({
    accounts: demoSnapshot().accounts.map((row) => ({ ...row, account })),
    positions: demoSnapshot().positions.map((row) => ({
      ...row,
      leaves: row.leaves.map((leaf) => ({ ...leaf, account })),
    })),
    breaches: [{ ...one!, id, message: `Margin of ${account}`, note: `called about ${account}` }],
    statusReasons: [`${account} has no values`],
  });
  const look = lookAt(160, { accounts: "masked" });
  const status = monitorStatus(snapshot, ANSWERER);
  const text = [
    statusText(status, look),
    statusJson(status, look, false),
    liveHoldingText(positionsOf(snapshot), "", look),
    liveBreachText(breachesOf(snapshot), look),
  ].join("");
  assert.ok(!text.includes(account) && text.includes("D*567"));
  assert.equal(meantBreach(breachesOf(snapshot), "max_margin_utilization:D*567", look), id);
  assert.equal(meantBreach(breachesOf(snapshot), "other", look), "other");
});

Deno.test("a masked id that fits two breaches names neither", () => {
  const [one] = demoSnapshot().breaches;
  const breaches = ["DU1234567", "DU7654567"].map((account) => ({ ...one!, id: `limit:${account}` }));
  const answer = breachesOf(demoSnapshot({ breaches }));
  assert.equal(meantBreach(answer, "limit:D*567", lookAt(100, { accounts: "masked" })), "limit:D*567");
});

Deno.test("what was stored is never shown as live", async () => {
  const holdings = storedHoldings([{ account: "DU1", source: "IB", takenAt: NOW, positions: [position()] }]);
  assert.ok(holdings.length > 0 && holdings.every(({ live }) => live === false));
  const csv = await whole(fileRows(holdingColumns(lookAt(100)), [holdings], "csv"));
  assert.match(csv.split("\r\n")[1]!, /^false,2026-11-20T/);
  const text = storedBreachText([breach("opened", NOW)], "No monitor for dev runs here", lookAt(100));
  assert.match(text, /^NOT LIVE, from the store: No monitor for dev runs here\n/);
  assert.match(text, /stored 2026-11-20 \d\d:\d\d:\d\d EST/);
  assert.match(storedBreachText([], "No monitor runs", lookAt(100)), /No breach is open/);
});

Deno.test("an acknowledgement is confirmed with who made it, and what cleared meanwhile is not", () => {
  const look = lookAt(100);
  const [one] = demoSnapshot().breaches;
  const seen = { ...one!, state: "acknowledged", acknowledgedBy: "Jo", note: "seen" } as const;
  assert.equal(notedText(seen, seen.id, look), `Acknowledged by Jo, with the note: seen.\n${seen.message}\n`);
  const open = { ...one!, state: "open", acknowledgedBy: null, note: null } as const;
  assert.equal(notedText(open, open.id, look), `Taken back: ${open.message} is open again.\n`);
  assert.match(notedText(null, "max_drawdown_pct", look), /^max_drawdown_pct has cleared meanwhile/);
});

Deno.test("files have every field of a breach", async () => {
  const look = lookAt(100);
  const json = JSON.parse(
    await whole(fileRows(openBreachColumns(look), [liveBreaches(breachesOf(demoSnapshot()))], "json")),
  );
  const [first] = demoSnapshot().breaches;
  assert.deepEqual(json[0], { live: true, asOf: demoSnapshot().asOf, ...first });
});

function lookAt(width: number, dashboard: Partial<Settings["dashboard"]> = {}): HistoryLook {
  const settings = settingsWith();
  return historyLook({ width }, { ...settings, dashboard: { ...settings.dashboard, ...dashboard } });
}

function positionsOf({ env, simulated, status, statusReasons, restoredFrom, asOf, positions }: RiskSnapshot) {
  return { env, simulated, status, statusReasons, restoredFrom, asOf, positions } satisfies PositionsAnswer;
}

function breachesOf({ env, simulated, status, statusReasons, restoredFrom, asOf, breaches }: RiskSnapshot) {
  return { env, simulated, status, statusReasons, restoredFrom, asOf, breaches } satisfies BreachesAnswer;
}

async function whole(parts: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const part of parts) text += part;
  return text;
}
