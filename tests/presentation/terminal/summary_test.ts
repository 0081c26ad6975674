import assert from "node:assert/strict";
import { dashboard } from "../../../src/presentation/terminal/dashboard.ts";
import { createFormat } from "../../../src/presentation/format.ts";
import { glyphsOf } from "../../../src/presentation/terminal/glyphs.ts";
import type { Look } from "../../../src/presentation/terminal/context.ts";
import type { ViewState } from "../../../src/presentation/terminal/view_state.ts";
import type { RiskSnapshot } from "../../../src/domain/risk/snapshot.ts";
import { DEMO_LOOK, DEMO_VIEW } from "../../support/demo_look.ts";
import { DEMO_NOW, demoSnapshot, judgedSnapshot, restoredSnapshot } from "../../support/demo_snapshot.ts";
import { assertScreen } from "../../support/screen_file.ts";

interface Shown {
  readonly snapshot?: RiskSnapshot | null;
  readonly view?: Partial<ViewState>;
  readonly now?: number;
  readonly look?: Partial<Look>;
}

function screen(columns: number, rows: number, shown: Shown = {}): string {
  const { snapshot = demoSnapshot(), view = {}, now = DEMO_NOW, look = {} } = shown;
  const size = { columns, rows };
  return dashboard({ snapshot, view: { ...DEMO_VIEW, ...view }, size, now, look: { ...DEMO_LOOK, ...look } })
    .lines().join("\n");
}

/** The demo book an age after its link went down at 10:30:45. */
function cutOff(): Shown {
  const snapshot = demoSnapshot({
    asOf: "2026-11-20T15:31:57.000Z",
    status: "stale",
    health: demoSnapshot().health.map((part) =>
      part.component === "ibkr"
        ? {
          ...part,
          status: "down",
          detail: "socket closed, port 7497; try 4 in 8 s",
          since: "2026-11-20T15:30:45.000Z",
        }
        : part
    ),
    quality: { quotes: 27, live: 0, flags: { STALE: 27 } },
  });
  return { snapshot, now: DEMO_NOW + 72_000 };
}

function flat(changes: Partial<RiskSnapshot> = {}): RiskSnapshot {
  const book = demoSnapshot();
  return demoSnapshot({
    asOf: "2026-11-20T15:30:41.000Z",
    status: "complete",
    statusReasons: [],
    positions: [],
    byUnderlying: [],
    breaches: [],
    signals: [],
    limits: book.limits.slice(0, 5).map((one) => ({ ...one, value: 0, utilization: 0, state: "ok", partial: 0 })),
    quality: { quotes: 0, live: 0, flags: {} },
    portfolio: { ...book.portfolio, dailyPnl: 0, realizedPnl: 0, marginUtilization: 0 },
    ...changes,
  });
}

for (const [columns, rows] of [[120, 40], [80, 24], [60, 16], [200, 60], [100, 30], [50, 12], [30, 6]] as const) {
  Deno.test(`the Summary of the demo book at ${columns} by ${rows}`, async () => {
    await assertScreen(`summary_${columns}x${rows}`, screen(columns, rows));
  });
}

Deno.test("a simulated source is named in the header at 120 columns and at 80", async () => {
  await assertScreen("judged_120x40", screen(120, 40, { snapshot: judgedSnapshot() }));
  await assertScreen("judged_80x24", screen(80, 24, { snapshot: judgedSnapshot() }));
  assert.match(screen(120, 40, { snapshot: judgedSnapshot() }), /^ APEX demo SIMULATED /);
  assert.match(screen(80, 24, { snapshot: judgedSnapshot() }), /^ APEX demo SIM /);
});

Deno.test("a shifted clock is announced at every size that has a status row", () => {
  const monitor = { ...demoSnapshot().monitor, clockShifted: true };
  for (const [columns, rows] of [[80, 24], [120, 40], [200, 60]] as const) {
    assert.match(screen(columns, rows, { snapshot: demoSnapshot({ monitor }) }), /\n clock shifted · turn 42/);
    assert.doesNotMatch(screen(columns, rows), /clock shifted/);
  }
});

Deno.test("a book that is cut off keeps its last numbers, marked and aged", async () => {
  await assertScreen("not_live_80x24", screen(80, 24, cutOff()));
  await assertScreen("not_live_120x40", screen(120, 40, cutOff()));
});

Deno.test("a restored book looks like none that is live, its link up or down", async () => {
  const snapshot = restoredSnapshot();
  await assertScreen("restored_80x24", screen(80, 24, { snapshot }));
  await assertScreen("restored_120x40", screen(120, 40, { snapshot }));
  const health = demoSnapshot().health;
  const connected = screen(120, 40, { snapshot: { ...snapshot, health } }).split("\n");
  assert.match(connected[0] ?? "", /STALE/);
  assert.match(connected[2] ?? "", /NOT LIVE {2}stored 18h32m ago · IB: book of 2026-11-19 15:58 New York restored/);
});

Deno.test("a monitor that stops publishing is not taken for live", () => {
  const lines = screen(120, 40, { now: DEMO_NOW + 6_000 }).split("\n");
  assert.match(lines[0] ?? "", /STALE/);
  assert.match(lines[2] ?? "", /NOT LIVE {2}prices of 10:30:45, 6 s old · the monitor is silent/);
});

Deno.test("an empty book says that it was read completely", async () => {
  await assertScreen("empty_80x24", screen(80, 24, { snapshot: flat() }));
});

Deno.test("a starting monitor says what it waits for", async () => {
  const snapshot = flat({ status: "starting", quality: { quotes: 27, live: 18, flags: {} }, statusReasons: [] });
  await assertScreen("starting_80x24", screen(80, 24, { snapshot }));
});

Deno.test("while starting, half a book is not shown as if it were the whole", () => {
  const text = screen(120, 40, {
    snapshot: demoSnapshot({ status: "starting", statusReasons: ["positions read, quotes 18 of 27 (67 %)"] }),
  });
  assert.match(text, /Positions read, quotes 18 of 27 \(67 %\)/);
  assert.doesNotMatch(text, /1,617,557/);
});

Deno.test("a gateway that is not there is told in full, however narrow the screen", () => {
  const detail =
    "Cannot reach IBKR at 127.0.0.1:7497: start TWS or IB Gateway and allow API clients on that port, or " +
    "set ibkr.port (4002 is IB Gateway's paper port)";
  const health = demoSnapshot().health.map((part) =>
    part.component === "ibkr" ? { ...part, status: "down" as const, detail } : part
  );
  const text = screen(80, 24, {
    snapshot: flat({ status: "starting", health, statusReasons: ["waiting for positions"] }),
  });
  assert.ok(text.replace(/\s+/g, " ").includes("on that port, or set ibkr.port (4002 is IB Gateway's paper port)"));
});

Deno.test("a broker that was never reached has no old prices to speak of", async () => {
  const book = demoSnapshot();
  const detail = "Cannot reach IBKR at 127.0.0.1:7497: start TWS or IB Gateway; allow API clients on that port; " +
    "attempt 4 in 8 s";
  const snapshot = flat({
    status: "stale",
    statusReasons: ["IB down"],
    asOf: book.asOf,
    accounts: [],
    health: book.health.map((part) =>
      part.component === "ibkr" ? { ...part, status: "down", detail, since: "2026-11-20T15:30:25.000Z" } : part
    ),
    portfolio: { ...book.portfolio, netLiquidation: null, dailyPnl: null, marginUtilization: null },
  });
  const text = screen(80, 24, { snapshot });
  assert.match(text, /X NOT LIVE {2}nothing read yet · Cannot reach IBKR/);
  assert.match(text.split("\n")[0] ?? "", /IB DOWN 20 s, attempt 4 in 8 s/);
  await assertScreen("no_connection_80x24", text);
});

Deno.test("reasons that do not fit give way to their number, and COMPLETE stands without one", () => {
  const statusReasons = ["3 without market-data permission", "1 without greeks", "the clock is shifted by --now"];
  assert.match(
    screen(120, 40, { snapshot: demoSnapshot({ statusReasons }) }),
    /DEGRADED 3 without market-data permission \+2 /,
  );
  const complete = demoSnapshot({ statusReasons, status: "complete" });
  assert.match(screen(80, 24, { snapshot: complete }), /│ COMPLETE {2,}1 HARD/);
});

Deno.test("before the first snapshot there is a screen that says so", () => {
  assert.match(screen(80, 24, { snapshot: null }), /Waiting for the first snapshot/);
});

Deno.test("a closed market says when it opens", () => {
  const snapshot = demoSnapshot({
    session: [{ market: "US", state: "closed", changesAt: "2026-11-23T14:30:00.000Z" }],
  });
  assert.match(screen(140, 40, { snapshot }).split("\n")[0] ?? "", /US closed, opens Mon 09:30/);
  assert.match(screen(90, 24, { snapshot }).split("\n")[0] ?? "", /US closed Mon 09:30/);
  assert.match(screen(80, 24, { snapshot }).split("\n")[0] ?? "", /US closed │/);
});

Deno.test("after hours the first market keeps its place and another that trades is named beside it", () => {
  const snapshot = demoSnapshot({
    session: [
      { market: "US", state: "post", changesAt: "2026-11-20T16:33:45.000Z" },
      { market: "CME", state: "open", changesAt: "2026-11-20T22:00:00.000Z" },
    ],
  });
  assert.match(screen(140, 40, { snapshot }).split("\n")[0] ?? "", /│ US post 1h03m left, CME open │/);
});

Deno.test("production stands out in capitals", () => {
  assert.match(screen(120, 40, { snapshot: demoSnapshot({ env: "prod" }) }), /^ APEX PROD │/);
});

Deno.test("ASCII glyphs draw the same screen without a character beyond ASCII", async () => {
  const text = screen(120, 40, { look: { glyphs: glyphsOf("ascii") } });
  assert.ok([...text].every((sign) => sign === "\n" || (sign >= " " && sign <= "~")));
  await assertScreen("ascii_120x40", text);
});

Deno.test("masked accounts do not appear in full anywhere", () => {
  const snapshot = demoSnapshot({
    accounts: demoSnapshot().accounts.map((one, index) => ({ ...one, account: `U123456${index}` })),
  });
  const text = screen(120, 40, { snapshot, look: { accounts: "masked" } });
  assert.doesNotMatch(text, /U123456/);
  assert.match(text, /U\*560/);
});

Deno.test("an account's long number leaves room for the rest, and its ends tell it from others", () => {
  const accounts = demoSnapshot().accounts.map((one, index) => ({ ...one, account: `28175647934501538${index}` }));
  const text = screen(120, 40, { snapshot: demoSnapshot({ accounts }) });
  assert.doesNotMatch(text, /28175647/);
  assert.match(text, /2817\*5380\+2817\*5381/);
});

Deno.test("separators follow the locale and the clock the display zone", () => {
  const format = createFormat({ locale: "de-DE", timeZone: "Europe/Berlin" });
  const text = screen(120, 40, { look: { format } });
  assert.match(text, /1\.617\.557/);
  assert.match(text, /398,60/);
  assert.match(text, /16:30:45 BER/);
});

Deno.test("the unknown state of a limit is a word, and its value is missing rather than 0", () => {
  const [gross, ...others] = demoSnapshot().limits;
  assert.ok(gross);
  const snapshot = demoSnapshot({
    limits: [{ ...gross, value: null, utilization: null, state: "unknown" }, ...others],
  });
  assert.match(screen(120, 40, { snapshot }), /UNKN Gross exposure +--\/6\.00M ······┊·│ +--│/);
});

Deno.test("a use of ten times the limit and more leaves its bar whole", () => {
  const [gross, ...others] = demoSnapshot().limits;
  assert.ok(gross);
  for (const [utilization, used] of [[9.99, "999%"], [15, "15x"], [12_345, "999x"]] as const) {
    const limits = [{ ...gross, utilization, state: "hard" as const }, ...others];
    const text = screen(120, 40, { snapshot: demoSnapshot({ limits }) });
    assert.match(text, new RegExp(`Gross exposure.*[█]▶ +${used}│`), used);
  }
});

Deno.test("a name whose share has no quote shows that its price is the broker's mark", () => {
  const positions = demoSnapshot().positions.map((one) =>
    one.underlying === "SAP" ? { ...one, markSource: "broker" as const } : one
  );
  assert.match(screen(120, 40, { snapshot: demoSnapshot({ positions }) }), /^ SAP +1 +206\.85b /m);
});

Deno.test("a store that works is named in the Summary where it has no room for more", () => {
  const health = demoSnapshot().health.map((part) =>
    part.component === "database" ? { ...part, detail: "SQLite data/apex.db: last write 1.8 ms" } : part
  );
  const snapshot = demoSnapshot({ health });
  assert.match(screen(120, 40, { snapshot }), /│ UP {4}store {7}SQLite +$/m);
  assert.match(screen(200, 60, { snapshot }), /UP {4}store {7}SQLite data\/apex\.db: last write/);
});

Deno.test("under the totals every reason is told that they leave a position out for", () => {
  const positions = demoSnapshot().positions.map((one) =>
    one.symbol === "SPY" && one.expiry === "2026-11-20"
      ? { ...one, flags: ["EXPIRED" as const], dollarDelta: null, delta: null, vega: null }
      : one
  );
  const snapshot = demoSnapshot({ positions });
  const names = "x leaves out NVDA 27Nov26 200 C, no greeks   x leaves out SPY 20Nov26 655 P and 1 more, expired ";
  assert.ok(screen(120, 40, { snapshot }).includes(names));
  assert.ok(screen(80, 24, { snapshot }).includes("x 1 without greeks (NVDA)   x 2 expired (SPY)"));
});
