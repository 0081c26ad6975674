import assert from "node:assert/strict";
import { HealthAlerts } from "../../src/application/health_alerts.ts";
import type {
  AccountRecord,
  BreachRecord,
  PositionBook,
  PositionRecord,
  StoredBook,
} from "../../src/application/ports/store_records.ts";
import { readWarmStart, type WarmStart, type WarmStore } from "../../src/application/warm_start.ts";
import type { Signal } from "../../src/domain/signals/signal.ts";
import type { Peak } from "../../src/domain/signals/trailing_peaks.ts";
import type { LimitView } from "../../src/domain/risk/snapshot.ts";
import { FRIDAY_MIDNIGHT, FRIDAY_MORNING, near, option, RISK_SETTINGS, stock } from "../support/book_builder.ts";
import { MonitorBuilder, type SettingsChange, settingsWith } from "../support/monitor_builder.ts";
import { account, position, signal } from "../support/stored_history.ts";

const HOUR = 3_600_000;
/** Thursday 15:58 in New York. */
const STORED = Date.parse("2026-11-19T20:58:00Z");

const AAPL = stock("AAPL", { conId: 1 });
const TSLA = stock("TSLA", { conId: 2 });
const ES = stock("ES", { assetType: "FUTURE", expiry: "2026-12-18", multiplier: 50, exchange: "CME", conId: 3 });
const PUT = option("AAPL 2026-12-18 180 P", { conId: 4 });

interface History {
  readonly kind?: StoredBook | null;
  readonly books?: readonly PositionBook[];
  readonly accounts?: readonly AccountRecord[];
  readonly breaches?: readonly BreachRecord[];
  readonly peaks?: readonly (readonly [string, Peak])[];
  readonly signals?: readonly Signal[];
}

/** A store that answers as the real ones do: the newest of each account and source within the times asked for. */
function history(
  { kind = "real", books = [], accounts = [], breaches = [], peaks = [], signals = [] }: History,
): WarmStore {
  const newest = <Row extends PositionBook | AccountRecord>(rows: readonly Row[], since: number, until = Infinity) => {
    const found = new Map<string, Row>();
    for (const row of rows) {
      const key = `${row.source} ${row.account}`;
      if (row.takenAt < since || row.takenAt > until || row.takenAt < (found.get(key)?.takenAt ?? 0)) continue;
      found.set(key, row);
    }
    return Promise.resolve([...found.values()]);
  };
  return {
    storedBook: () => Promise.resolve(kind),
    lastPositions: (since, until) => newest(books, since, until),
    lastAccounts: (since) => newest(accounts, since),
    openBreaches: () => Promise.resolve(breaches),
    trailingPeaks: () => Promise.resolve(new Map(peaks)),
    activeSignals: () => Promise.resolve(signals),
  };
}

function stored(rows: readonly Partial<PositionRecord>[], fields: Partial<PositionBook> = {}): PositionBook {
  return { account: "DU1", source: "IB", takenAt: STORED, positions: rows.map((row) => position(row)), ...fields };
}

const held = (
  instrument: typeof AAPL,
  quantity: number,
  fields: Partial<PositionRecord> = {},
): Partial<PositionRecord> => ({
  instrument,
  quantity,
  avgPrice: 180,
  mark: 187,
  close: null,
  closeDate: null,
  ...fields,
});

const GROSS: LimitView = {
  id: "max_total_gross_notional",
  rule: "max_total_gross_notional",
  scope: null,
  unit: "money",
  value: 18_700,
  limit: 10_000,
  low: null,
  high: null,
  utilization: 1.87,
  state: "hard",
  partial: 0,
  stale: false,
  modelled: false,
};
const ACKNOWLEDGED_AT = STORED - HOUR;

/** Hard, opened and acknowledged on Thursday. */
function hardBreach(limit: LimitView = GROSS): BreachRecord {
  const { id, rule, scope, value, utilization } = limit;
  return {
    account: "ALL",
    transition: {
      id,
      rule,
      scope,
      kind: "acknowledged",
      from: "open",
      to: "acknowledged",
      severity: "hard",
      at: ACKNOWLEDGED_AT,
      value,
      limit: limit.limit,
      utilization,
      message: "",
    },
    breach: {
      limit,
      severity: "hard",
      state: "acknowledged",
      openedAt: ACKNOWLEDGED_AT - HOUR,
      since: ACKNOWLEDGED_AT - HOUR,
      unacknowledgedSince: ACKNOWLEDGED_AT - HOUR,
      acknowledgement: { at: ACKNOWLEDGED_AT, by: "operator", note: "hedging" },
    },
  };
}

const WITHOUT_FILE: SettingsChange = {
  manual: { ...settingsWith().manual, enabled: false },
  risk: { limits: { ...RISK_SETTINGS.limits, maxTotalGrossNotional: 10_000 } },
};

function read(from: History, change: SettingsChange = WITHOUT_FILE, now = FRIDAY_MORNING): Promise<WarmStart> {
  return readWarmStart(history(from), settingsWith(change), now);
}

const names = (warm: WarmStart): string[] => warm.books.map(({ source, account }) => `${source} ${account}`).sort();

/** A monitor into which the history was restored. */
async function restarted(from: History, change: SettingsChange = WITHOUT_FILE): Promise<MonitorBuilder> {
  const built = new MonitorBuilder(change);
  built.monitor.restore(await readWarmStart(history(from), settingsWith(change), built.now));
  return built;
}

const STOCK_BOOK: History = {
  books: [stored([held(AAPL, 100)])],
  accounts: [account({ takenAt: STORED })],
  breaches: [hardBreach()],
};

Deno.test("reading: a store of the other kind, or of none, gives nothing and says why", async () => {
  const books = [stored([held(AAPL, 100)])];
  const demo: SettingsChange = { ...WITHOUT_FILE, env: "demo" };
  assert.equal((await read({ books, kind: "simulated" }, demo)).books.length, 1);
  for (const [kind, change] of [["real", demo], ["simulated", WITHOUT_FILE], [null, WITHOUT_FILE]] as const) {
    const warm = await read({ books, kind }, change);
    assert.deepEqual([warm.books, warm.accounts, warm.breaches], [[], [], []]);
    assert.match(warm.note, /without (one|a book)$/);
  }
});

Deno.test("reading: switched off, nothing is asked for", async () => {
  const unread = new Proxy({} as WarmStore, { get: () => () => assert.fail("the store was asked") });
  const settings = settingsWith({ warmStart: { enabled: false, maxAgeMs: HOUR } });
  assert.deepEqual((await readWarmStart(unread, settings, FRIDAY_MORNING)).books, []);
});

Deno.test("reading: each source and account is as old as itself; one that is too old stays in the store", async () => {
  const old = { takenAt: FRIDAY_MORNING - 97 * HOUR };
  const books = [stored([held(AAPL, 1)]), stored([held(AAPL, 2)], { account: "DU2", ...old })];
  const accounts = [account({ takenAt: STORED }), account({ account: "DU2", ...old })];
  const warm = await read({ books, accounts });
  assert.deepEqual([names(warm), warm.accounts.map((row) => row.account)], [["IB DU1"], ["DU1"]]);
  const shorter: SettingsChange = { ...WITHOUT_FILE, warmStart: { enabled: true, maxAgeMs: HOUR } };
  const none = await read({ books, accounts, breaches: [hardBreach()] }, shorter);
  assert.deepEqual([none.books, none.breaches, none.note], [
    [],
    [],
    "History holds no book of the last 1 hours: starting without one",
  ]);
});

Deno.test("reading: a breach of an account is as old as the account", async () => {
  const old = { takenAt: FRIDAY_MORNING - 97 * HOUR };
  const accounts = [account({ takenAt: STORED }), account({ account: "DU2", ...old })];
  const margin = (of: string): BreachRecord => ({
    ...hardBreach({ ...GROSS, id: `max_margin_utilization:${of}`, rule: "max_margin_utilization", scope: of }),
    account: of,
  });
  const { breaches } = await read({ accounts, breaches: [margin("DU1"), margin("DU2"), hardBreach()] });
  assert.deepEqual(breaches.map(({ limit }) => limit.id), ["max_margin_utilization:DU1", GROSS.id]);
});

Deno.test("reading: of markets whose sessions begin at once, the one that trades longest says when a book counts", async () => {
  const spx = option("SPX 2026-12-18 6000 P", { tradingClass: "SPX", exchange: "CBOE", conId: 5 });
  const at = Date.parse("2026-11-20T02:00:00Z");
  const openingsOf = async (...instruments: (typeof AAPL)[]): Promise<number[]> =>
    (await read({ books: [stored(instruments.map((each) => held(each, 1)), { takenAt: at })] }))
      .openings.map(({ sessionStart }) => sessionStart);
  // 21:00 in New York: stocks no longer trade, SPX options do until 09:25.
  assert.deepEqual(await openingsOf(AAPL), [FRIDAY_MIDNIGHT]);
  assert.deepEqual(await openingsOf(spx, AAPL), []);
  assert.deepEqual(await openingsOf(AAPL, spx), []);
});

Deno.test("reading: sources that this run does not read are not shown again, nor accounts that it leaves out", async () => {
  const books = [
    stored([held(AAPL, 1)]),
    stored([held(AAPL, 2)], { account: "DU2" }),
    stored([held(TSLA, 3)], { source: "MANUAL", account: "by hand" }),
    stored([held(TSLA, 4)], { source: "FUTU", account: "F1" }),
  ];
  const { ibkr, futu, manual } = settingsWith();
  const of = async (change: SettingsChange): Promise<string[]> => names(await read({ books }, change));
  const file = { ...manual, enabled: true };
  assert.deepEqual(await of({ manual: file }), ["IB DU1", "IB DU2", "MANUAL by hand"]);
  assert.deepEqual(await of({ manual: file, ibkr: { ...ibkr, enabled: false } }), ["MANUAL by hand"]);
  assert.deepEqual(await of({ ...WITHOUT_FILE, ibkr: { ...ibkr, accounts: ["DU2"] } }), ["IB DU2"]);
  const both = { ...WITHOUT_FILE, futu: { ...futu, enabled: true } };
  assert.deepEqual(await of(both), ["FUTU F1", "IB DU1", "IB DU2"]);
  assert.deepEqual(await of({ ...both, futu: { ...both.futu, accounts: ["F2"] } }), ["IB DU1", "IB DU2"]);
});

Deno.test("reading: what is still to come, of a clock that was set back, is not shown", async () => {
  const later = FRIDAY_MORNING + HOUR;
  const ahead = hardBreach();
  const breaches = [{ ...ahead, transition: { ...ahead.transition, at: later } }];
  const books = [stored([held(AAPL, 1)]), stored([held(AAPL, 2)], { takenAt: later })];
  const warm = await read({ books, breaches, signals: [signal("a", { since: later })] });
  assert.deepEqual([warm.books[0]?.takenAt, warm.breaches, warm.signals], [STORED, [], []]);
});

Deno.test("reading: a session opens with the book that was taken at the end of the one before, or later", async () => {
  const thursdays = (time: string): number => Date.parse(`2026-11-19T${time}Z`);
  const openingsOf = async (takenAt: number, now = FRIDAY_MORNING): Promise<number[]> => {
    const warm = await read({ books: [stored([held(ES, 2)], { takenAt })] }, WITHOUT_FILE, now);
    return warm.openings.map(({ sessionStart }) => sessionStart).sort((a, b) => a - b);
  };
  const evening = thursdays("22:00:00");
  // CME and currencies roll at 17:00 New York: 22:00 in UTC. Two intervals of a minute before it still count.
  assert((await openingsOf(thursdays("21:58:00"))).includes(evening));
  assert(!(await openingsOf(thursdays("21:57:00"))).includes(evening));
  assert(!(await openingsOf(thursdays("22:01:00"))).includes(evening), "a book of after it says nothing of it");
  // Of Monday's session, which begins on Sunday evening, a book of Friday's end or of the weekend.
  const monday = Date.parse("2026-11-23T15:30:00Z");
  const sunday = Date.parse("2026-11-22T22:00:00Z");
  for (const taken of ["2026-11-20T21:59:00Z", "2026-11-21T12:00:00Z"]) {
    assert((await openingsOf(Date.parse(taken), monday)).includes(sunday), taken);
  }
  assert(!(await openingsOf(Date.parse("2026-11-20T21:00:00Z"), monday)).includes(sunday));
});

Deno.test("restart: nothing looks live before its source has said so (mistake 19)", async () => {
  const built = await restarted(STOCK_BOOK);
  assert.equal(built.monitor.turn().status, "starting");
  await built.clock.advance(settingsWith().startup.timeoutSec * 1000);
  for (const link of ["up", "down", "connecting"] as const) {
    const snapshot = built.link(link, "127.0.0.1:7497").monitor.turn();
    assert.equal(snapshot.status, "stale", link);
    assert.equal(
      snapshot.statusReasons[0],
      "IB: book of 2026-11-19 15:58 New York restored from history, not confirmed yet",
    );
    assert.equal(snapshot.restoredFrom, new Date(STORED).toISOString());
    assert(snapshot.positions.every(({ flags }) => flags.includes("STALE")));
    assert(snapshot.limits.length > 0 && snapshot.limits.every(({ stale }) => stale));
    near(snapshot.portfolio.marketValue, 18_700, "100 × the stored 187");
  }
  assert.equal(built.monitor.readiness().positionsKnown, false);
  assert.equal(built.monitor.readiness().accountsKnown, false);
});

Deno.test("restart: confirmed, it is the book of any other start", async () => {
  const built = await restarted(STOCK_BOOK);
  built.monitor.turn();
  const aapl = built.add(AAPL);
  built.link("up").account().holds([{ of: aapl, quantity: 100, at: 180 }]).executions().line(aapl, "live");
  built.quote(aapl, { bid: 186.9, ask: 187.1, last: 187, close: 185 });
  const { status, statusReasons, restoredFrom, positions } = built.monitor.turn();
  assert.deepEqual([status, statusReasons, restoredFrom], ["complete", [], null]);
  assert.deepEqual(positions[0]?.leaves[0]?.restored, false);
  assert(!positions[0].flags.includes("STALE"));
});

Deno.test("restart: breaches stand as they were, acknowledgement and note included, and no transition tells of them", async () => {
  const built = await restarted(STOCK_BOOK);
  const check = (when: string): void => {
    const [breach] = built.monitor.turn().breaches;
    assert.deepEqual(
      [breach?.state, breach?.note, breach?.acknowledgedBy, breach?.since],
      ["acknowledged", "hedging", "operator", new Date(ACKNOWLEDGED_AT - HOUR).toISOString()],
      when,
    );
  };
  check("while starting");
  await built.clock.advance(60_000);
  check("unconfirmed");
  const aapl = built.add(AAPL);
  built.link("up").account().holds([{ of: aapl, quantity: 100, at: 180 }]).executions();
  check("confirmed without a quote");
  built.line(aapl, "live").quote(aapl, { bid: 186.9, ask: 187.1, last: 187, close: 185 });
  check("quoted");
  await built.clock.advance(60_000);
  check("a minute later");
  assert.deepEqual(built.published.flatMap(({ transitions }) => transitions), []);
});

Deno.test("restart: a breach whose position is gone clears once the broker has said so, not before", async () => {
  const built = await restarted(STOCK_BOOK);
  await built.clock.advance(60_000);
  built.monitor.turn();
  built.link("up").account().holds([]).executions().monitor.turn();
  assert.deepEqual(built.published.flatMap(({ transitions }) => transitions.map(({ kind }) => kind)), ["cleared"]);
});

Deno.test("restart: until its quotes are there a restored breach does not clear because something is left out", async () => {
  const twoNames = { ...STOCK_BOOK, books: [stored([held(AAPL, 100), held(PUT, -50)])] };
  const built = await restarted(twoNames);
  await built.clock.advance(60_000);
  const [aapl, put] = [built.add(AAPL), built.add(PUT)];
  built.link("up").account().holds([{ of: aapl, quantity: 10, at: 180 }, { of: put, quantity: -50, at: 3 }])
    .executions();
  built.line(aapl, "live").quote(aapl, { bid: 186.9, ask: 187.1, last: 187 }).line(put, "requested");
  // 10 × 187 is a fifth of the limit; the put's exposure is missing.
  for (let seconds = 0; seconds < 10; seconds++) {
    assert.equal(built.monitor.turn().breaches.length, 1, `${seconds} s`);
    await built.clock.advance(1_000);
  }
  await built.clock.advance(settingsWith().startup.timeoutSec * 1000);
  assert.equal(built.monitor.turn().breaches.length, 0, "it had the time of a start");
});

Deno.test("restart: with nearly all quotes there, what the last one is to bring clears no restored breach either", async () => {
  const built = await restarted(STOCK_BOOK);
  await built.clock.advance(60_000);
  const small = Array.from({ length: 19 }, (_, i) => built.add(stock(`S${i}`, { conId: 100 + i })));
  const put = built.add(PUT);
  built.link("up").account().executions();
  built.holds([...small.map((of) => ({ of, quantity: 1, at: 1 })), { of: put, quantity: -50, at: 3 }]);
  for (const of of small) built.line(of, "live").quote(of, { bid: 1, ask: 1.1, last: 1.05 });
  built.line(put, "requested").monitor.turn();
  await built.clock.advance(1_000);
  const { breaches, limits } = built.monitor.turn();
  assert.deepEqual([limits[0]?.state, limits[0]?.partial], ["ok", 1]);
  assert.deepEqual([breaches[0]?.value, breaches[0]?.note], [18_700, "hedging"]);
  // Its quote shows what the book is: 50 × 100 × 0.3 × 187.
  built.line(put, "live").quote(put, {
    bid: 3,
    ask: 3.1,
    delta: -0.3,
    gamma: 0,
    vega: 0,
    theta: 0,
    underlyingPrice: 187,
  });
  await built.clock.advance(1_000);
  assert.equal(built.monitor.turn().breaches[0]?.value, 50 * 100 * 0.3 * 187 + 19 * 1.05);
  assert.deepEqual(built.published.flatMap(({ transitions }) => transitions), []);
});

Deno.test("restart: a margin of stored figures is judged as stale, also where every position is live", async () => {
  const limits = { ...RISK_SETTINGS.limits, maxMarginUtilization: 0.6 };
  const built = await restarted({ accounts: [account({ takenAt: STORED })] }, { ...WITHOUT_FILE, risk: { limits } });
  built.link("up").holds([]).executions().monitor.turn();
  await built.clock.advance(60_000);
  assert.deepEqual(built.monitor.turn().limits.map(({ id, stale }) => [id, stale]), [[
    "max_margin_utilization:DU1",
    true,
  ]]);
});

Deno.test("restart: a breach that is new opens as soon as the confirmed book shows it", async () => {
  const built = await restarted({ ...STOCK_BOOK, breaches: [] });
  await built.clock.advance(60_000);
  assert.deepEqual(built.monitor.turn().breaches, []);
  const aapl = built.add(AAPL);
  built.link("up").account().holds([{ of: aapl, quantity: 100, at: 180 }]).executions().line(aapl, "live");
  built.quote(aapl, { bid: 186.9, ask: 187.1, last: 187 });
  assert.equal(built.monitor.turn().breaches[0]?.severity, "hard");
});

Deno.test("restart: a person can acknowledge what was restored before it is confirmed", async () => {
  const open = hardBreach();
  const built = await restarted({
    ...STOCK_BOOK,
    breaches: [{ ...open, breach: { ...open.breach, state: "open", acknowledgement: null } }],
  });
  built.monitor.turn();
  built.monitor.acknowledge(GROSS.id, "operator", "seen");
  assert.equal(built.monitor.turn().breaches[0]?.note, "seen");
  assert.deepEqual(built.published.flatMap(({ transitions }) => transitions.map(({ kind }) => kind)), ["acknowledged"]);
});

Deno.test("restart: peaks and signals come back, and are judged when the book is confirmed", async () => {
  const peak: Peak = { profit: 1_200, size: 100, side: 1 };
  const active = signal("dte_exit:x", { since: STORED, acknowledgement: { at: STORED, by: "operator", note: null } });
  const built = await restarted({ ...STOCK_BOOK, peaks: [["AAPL", peak]], signals: [active] });
  await built.clock.advance(60_000);
  const [seen] = built.monitor.turn().signals;
  assert.deepEqual([seen?.id, seen?.acknowledgedBy], ["dte_exit:x", "operator"]);
  assert.deepEqual(built.monitor.signalMemory(), { peaks: [["AAPL", peak]], active: [active] });
});

Deno.test("restart: a store that answers after the broker changes nothing", async () => {
  const built = new MonitorBuilder(WITHOUT_FILE);
  const aapl = built.add(AAPL);
  built.link("up").account("DU9").push(
    { kind: "positions", source: "IB", accounts: ["DU9"], rows: [], at: built.now },
  ).executions().line(aapl, "live").monitor.turn();
  built.monitor.restore(await read({ ...STOCK_BOOK, breaches: [] }));
  const { status, positions, accounts, restoredFrom } = built.monitor.turn();
  assert.deepEqual([status, positions, accounts.length, restoredFrom], ["complete", [], 1, null]);
});

Deno.test("restart: account figures alone that nobody has confirmed are told of, and keep the view stale", async () => {
  const built = await restarted({ accounts: [account({ takenAt: STORED })] });
  built.link("up").holds([]).executions().monitor.turn();
  await built.clock.advance(60_000);
  const { status, statusReasons } = built.monitor.turn();
  assert.deepEqual([status, statusReasons[0]], [
    "stale",
    "IB: account figures of 2026-11-19 15:58 New York restored from history, not confirmed yet",
  ]);
});

Deno.test("restart: a real book is not shown of a source that turns out to be a simulator", async () => {
  const peak: Peak = { profit: 1_200, size: 100, side: 1 };
  const built = await restarted({ ...STOCK_BOOK, peaks: [["AAPL", peak]] });
  built.link("up").push({ kind: "simulated", source: "IB" });
  const { positions, accounts, breaches, restoredFrom } = built.monitor.turn();
  assert.deepEqual([positions, accounts, breaches, restoredFrom], [[], [], [], null]);
  assert.deepEqual(built.monitor.signalMemory(), { peaks: [], active: [] });
  built.account().holds([{ of: built.add(TSLA), quantity: 1, at: 400 }]).executions();
  built.monitor.turn();
  await built.clock.advance(60_000);
  assert.deepEqual(built.monitor.turn().reconciliation, []);
});

Deno.test("restart: the demo's book begins anew, and no difference to the last one is told", async () => {
  for (const [env, differences] of [["demo", 0], ["dev", 1]] as const) {
    const built = await restarted({ ...STOCK_BOOK, kind: env === "demo" ? "simulated" : "real" }, {
      ...WITHOUT_FILE,
      env,
    });
    built.link("up");
    if (env === "demo") built.push({ kind: "simulated", source: "IB" });
    built.account().holds([{ of: built.add(AAPL), quantity: 40, at: 180 }]).executions();
    built.monitor.turn();
    await built.clock.advance(60_000);
    assert.equal(built.monitor.turn().reconciliation.length, differences, env);
  }
});

Deno.test("restart: with the broker away for an hour everything stays stale, and one alert says so", async () => {
  const built = await restarted(STOCK_BOOK);
  const { alerts } = settingsWith();
  const health = new HealthAlerts({ ...alerts.health, restartWindows: [] });
  built.link("down", "refused");
  let drafts = 0;
  for (let minute = 0; minute < 60; minute++) {
    const snapshot = built.monitor.turn();
    assert.notEqual(snapshot.status, "complete");
    assert(snapshot.positions.every(({ flags }) => flags.includes("STALE")));
    assert.equal(snapshot.breaches[0]?.state, "acknowledged");
    drafts += health.observe(snapshot, built.now).length;
    await built.clock.advance(60_000);
  }
  assert.deepEqual(built.published.flatMap(({ transitions }) => transitions), []);
  assert(drafts <= 1, `${drafts} alerts`);
  assert(built.logged.filter(({ level }) => level !== "INFO").length <= 1, JSON.stringify(built.logged));
});

Deno.test("restart: twice in a row gives the same book, breaches and peaks", async () => {
  const peaks = [["AAPL", { profit: 1_200, size: 100, side: 1 }]] as const;
  const first = await restarted({ ...STOCK_BOOK, peaks });
  const second = await restarted({ ...STOCK_BOOK, peaks });
  await first.clock.advance(60_000);
  await second.clock.advance(60_000);
  second.monitor.restore(await read({ ...STOCK_BOOK, peaks }));
  const shown = (built: MonitorBuilder) => {
    const { positions, breaches, portfolio, accounts } = built.monitor.turn();
    return { positions, breaches, portfolio, accounts };
  };
  assert.deepEqual(shown(second), shown(first));
});

Deno.test("restart: an account that the broker reports no more goes, with a line in the log that does not name it", async () => {
  const gone = stored([held(TSLA, 5)], { account: "DU7654321" });
  const built = await restarted({ ...STOCK_BOOK, books: [...STOCK_BOOK.books!, gone] });
  assert.equal(built.monitor.turn().positions.length, 2);
  const aapl = built.add(AAPL);
  built.link("up").account().holds([{ of: aapl, quantity: 100, at: 180 }]).executions();
  assert.deepEqual(built.monitor.turn().positions.map(({ symbol }) => symbol), ["AAPL"]);
  await built.clock.advance(60_000);
  assert.deepEqual(built.monitor.turn().reconciliation, []);
  const [line] = built.logged.filter(({ level }) => level === "WARN");
  assert.match(line!.message, /not among IB's/);
  assert(!line!.message.includes("DU7654321"));
});

Deno.test("restart: a file that cannot be read leaves its rows stale, and the brokers' part is judged all the same", async () => {
  const byHand = stored([held(TSLA, 5)], { source: "MANUAL", account: "by hand" });
  const change: SettingsChange = { ...WITHOUT_FILE, manual: { ...settingsWith().manual, enabled: true } };
  const built = await restarted({ ...STOCK_BOOK, breaches: [], books: [...STOCK_BOOK.books!, byHand] }, change);
  const aapl = built.add(AAPL);
  built.link("up").account().holds([{ of: aapl, quantity: 100, at: 180 }]).executions().line(aapl, "live");
  built.quote(aapl, { bid: 186.9, ask: 187.1, last: 187 });
  built.push(
    { kind: "positions-failed", source: "MANUAL", reason: "faulty", at: built.now },
    { kind: "link", source: "MANUAL", status: "degraded", detail: "faulty", at: built.now },
  );
  built.monitor.turn();
  await built.clock.advance(60_000);
  const { status, statusReasons, positions, breaches } = built.monitor.turn();
  assert.equal(status, "degraded");
  assert(statusReasons.some((reason) => /^MANUAL: book of .* restored/.test(reason)), statusReasons.join("; "));
  assert.deepEqual(positions.map(({ symbol, flags }) => [symbol, flags.includes("STALE")]), [["AAPL", false], [
    "TSLA",
    true,
  ]]);
  assert.equal(breaches.length, 1);
});

Deno.test("restart: a book kept by hand alone clears no breach before its file was read", async () => {
  const { ibkr, manual } = settingsWith();
  const change: SettingsChange = {
    ...WITHOUT_FILE,
    ibkr: { ...ibkr, enabled: false },
    manual: { ...manual, enabled: true },
  };
  const byHand = stored([held(AAPL, 100)], { source: "MANUAL", account: "by hand" });
  const built = await restarted({ books: [byHand], breaches: [hardBreach()] }, change);
  assert.equal(built.monitor.turn().breaches.length, 1);
  const aapl = built.add(AAPL);
  const row = { account: "by hand", instrument: aapl, quantity: 100, avgPrice: 180 };
  built.push({ kind: "positions", source: "MANUAL", accounts: ["by hand"], rows: [row], at: built.now });
  assert.equal(built.monitor.turn().positions[0]?.leaves[0]?.restored, false);
});

/** What the reconciliation says after the broker's book was read, `fills` included. */
async function reconciled(
  from: History,
  now: readonly (readonly [typeof AAPL, number])[],
  fills: readonly (readonly [typeof AAPL, number, number])[] = [],
): Promise<string[]> {
  const built = await restarted(from);
  built.link("up").account();
  for (const [index, [instrument, quantity, time]] of fills.entries()) {
    const event = {
      account: "DU1",
      instrument: built.add(instrument),
      execId: `${index}.01`,
      quantity,
      price: 187,
      time,
    };
    built.push({ kind: "execution", source: "IB", ...event });
  }
  built.holds(now.map(([instrument, quantity]) => ({ of: built.add(instrument), quantity, at: 180 }))).executions();
  built.monitor.turn();
  await built.clock.advance(60_000);
  return built.monitor.turn().reconciliation.map(({ status, key, detail }) => `${status} ${key}: ${detail}`);
}

/** Stored this morning at 09:31 in New York, when executions were known already. */
const THIS_MORNING = Date.parse("2026-11-20T14:31:00Z");
const morning = (rows: readonly Partial<PositionRecord>[]): History => ({
  books: [stored(rows, { takenAt: THIS_MORNING })],
});

Deno.test("reconciliation: executions of the time when nobody watched explain a changed quantity, a new and a closed one", async () => {
  const at = THIS_MORNING + 60_000;
  const earlier = THIS_MORNING - 60_000;
  const rows = [held(AAPL, 100), held(TSLA, 5)];
  const now = [[AAPL, 150], [PUT, -2]] as const;
  const fills = [[AAPL, 50, at], [AAPL, 30, earlier], [TSLA, -5, at], [PUT, -2, at]] as const;
  assert.deepEqual((await reconciled(morning(rows), now, fills)).sort(), [
    "EXPLAINED AAPL 18Dec26 180 P: sold 2 at 187, 09:32:00",
    "EXPLAINED AAPL stock: bought 50 at 187, 09:32:00",
    "EXPLAINED TSLA stock: sold 5 at 187, 09:32:00",
  ]);
});

Deno.test("reconciliation: without executions the differences are told, with what IB cannot tell any more", async () => {
  const told = await reconciled({ books: [stored([held(AAPL, 100), held(TSLA, 5)])] }, [[AAPL, 150], [PUT, -2]]);
  const alone = "and IB tells those since 00:00:00 alone";
  const then = "2026-11-19 15:58:00";
  assert.deepEqual(told.sort(), [
    `DRIFT AAPL stock: IB held 100 at ${then}: no execution explains it, ${alone}; IB's 150 is used`,
    `MISSING AAPL 18Dec26 180 P: IB did not hold it at ${then}: no execution explains it, ${alone}; IB's -2 is used`,
    `MISSING TSLA stock: IB held 5 at ${then} and no longer does: no execution explains it, ${alone}`,
  ]);
});

Deno.test("reconciliation: a fill of the session before explains too, although the book lets go of it", async () => {
  // ES' session began at 22:00; sold at 21:59:30, when nobody watched. IB tells it, since its day began at midnight.
  const books = [stored([held(ES, 2)], { takenAt: Date.parse("2026-11-19T21:50:00Z") })];
  const fill = [ES, -2, Date.parse("2026-11-19T21:59:30Z")] as const;
  assert.deepEqual(
    await reconciled({ books }, [], [fill]),
    [
      "EXPLAINED ES 18Dec26 future: sold 2 at 187, 2026-11-19 16:59:30",
    ],
  );
});

Deno.test("reconciliation: an option that expired meanwhile is explained by that", async () => {
  const over = option("AAPL 2026-11-19 180 P", { conId: 9 });
  const told = await reconciled({ books: [stored([held(AAPL, 100), held(over, -2)])] }, [[AAPL, 100]]);
  assert.deepEqual(told, ["EXPLAINED AAPL 19Nov26 180 P: it has expired; IB held -2 at 2026-11-19 15:58:00"]);
});

Deno.test("reconciliation: a book that is as it was says nothing", async () => {
  assert.deepEqual(await reconciled(morning([held(AAPL, 100)]), [[AAPL, 100]]), []);
});

Deno.test("reconciliation: a contract held in two accounts is added up, each from its own time on", async () => {
  const built = await restarted({
    books: [
      stored([held(AAPL, 100)], { takenAt: THIS_MORNING }),
      stored([held(AAPL, 10)], { account: "DU2", takenAt: THIS_MORNING + 120_000 }),
    ],
  });
  const aapl = built.add(AAPL);
  const fill = (account: string, execId: string, quantity: number, time: number) =>
    built.push({ kind: "execution", source: "IB", account, instrument: aapl, execId, quantity, price: 187, time });
  fill("DU1", "1.01", 50, THIS_MORNING + 60_000);
  fill("DU2", "2.01", 10, THIS_MORNING + 60_000);
  built.link("up").account();
  const rows = [["DU1", 150], ["DU2", 10]].map(([account, quantity]) => ({
    account: String(account),
    instrument: aapl,
    quantity: Number(quantity),
    avgPrice: 180,
  }));
  built.push({ kind: "positions", source: "IB", accounts: ["DU1", "DU2"], rows, at: built.now }).executions();
  built.monitor.turn();
  await built.clock.advance(10_000);
  assert.deepEqual(built.monitor.turn().reconciliation.map(({ status, detail }) => [status, detail]), [
    ["EXPLAINED", "bought 50 at 187, 09:32:00"],
  ]);
});

Deno.test("daily P&L: a future held over the evening is our own after a warm start, the broker's after a cold one", async () => {
  const evening = Date.parse("2026-11-19T21:59:00Z");
  const books = [stored([held(ES, 2)], { takenAt: evening })];
  const dailyOf = async (from: History, quantity: number): Promise<[number | null, string]> => {
    const built = await restarted(from);
    const es = built.add(ES);
    built.link("up").account().holds([{ of: es, quantity, at: 6_650 }]).executions(FRIDAY_MIDNIGHT).line(es, "live");
    built.quote(es, { bid: 6_709.75, ask: 6_710.25, last: 6_710, close: 6_700 });
    const pnl = { dailyPnl: 777, unrealizedPnl: null, realizedPnl: null };
    const leaf = { source: "IB", account: "DU1", instrument: es, quantity: null, pnl, marketValue: null } as const;
    built.push({ kind: "leaf-pnl", ...leaf, at: built.now });
    const { dailyPnl, dailyPnlSource } = built.monitor.turn().positions[0]!;
    return [dailyPnl, dailyPnlSource];
  };
  assert.deepEqual(await dailyOf({ books }, 2), [1_000, "own"], "2 × 50 × (6710 − 6700)");
  assert.deepEqual(await dailyOf({}, 2), [777, "broker"]);
  assert.deepEqual(await dailyOf({ books }, 3), [777, "broker"], "bought at 20:00, which IB does not tell any more");
});

/** Both brokers' books of yesterday: 100 AAPL at IB, 10 TSLA at Futu. */
const BOTH: SettingsChange = {
  ...WITHOUT_FILE,
  futu: { ...settingsWith().futu, enabled: true },
  risk: { limits: { ...RISK_SETTINGS.limits, maxTotalGrossNotional: 10_000 } },
};
const BOTH_BOOKS: History = {
  books: [stored([held(AAPL, 100)]), stored([held(TSLA, 10, { mark: 400 })], { source: "FUTU", account: "F1" })],
  accounts: [account({ takenAt: STORED }), account({ source: "FUTU", account: "F1", takenAt: STORED })],
  breaches: [hardBreach()],
};

async function restartedWithBoth(): Promise<{ built: MonitorBuilder; confirmIb: () => void }> {
  const built = await restarted(BOTH_BOOKS, BOTH);
  const aapl = built.add(AAPL);
  const confirmIb = () => {
    built.link("up").account().holds([{ of: aapl, quantity: 100, at: 180 }]).executions().line(aapl, "live");
    built.quote(aapl, { bid: 186.9, ask: 187.1, last: 187, close: 185 });
  };
  return { built, confirmIb };
}

Deno.test("restart: with Futu away its part of before stands, stale, and IB's lives", async () => {
  const { built, confirmIb } = await restartedWithBoth();
  confirmIb();
  built.link("down", "connection refused", "FUTU").monitor.turn();
  await built.clock.advance(settingsWith().startup.timeoutSec * 1000);
  const { status, statusReasons, positions, portfolio, accounts } = built.monitor.turn();
  assert.equal(status, "degraded");
  assert.equal(statusReasons[0], "FUTU: book of 2026-11-19 15:58 New York restored from history, not confirmed yet");
  assert.deepEqual(positions.map(({ symbol, flags }) => [symbol, flags.includes("STALE")]), [
    ["AAPL", false],
    ["TSLA", true],
  ]);
  near(portfolio.marketValue, 18_700 + 4_000);
  assert(!portfolio.excluded.some(({ reason }) => reason === "SOURCE_UNREAD"));
  assert.deepEqual(accounts.map(({ source, stale }) => [source, stale]), [["IB", undefined], ["FUTU", true]]);
});

Deno.test("restart: with Futu away limits are judged again once IB is confirmed and the start is over", async () => {
  const { built, confirmIb } = await restartedWithBoth();
  confirmIb();
  built.monitor.turn();
  built.quote(built.add(AAPL), { bid: 18.6, ask: 18.8, last: 18.7 });
  built.quote(built.add(AAPL), { bid: 18.6, ask: 18.8, last: 18.7 });
  // 1,870 at IB and the stored 4,000 at Futu are within 10,000: the breach of yesterday is over.
  for (let turn = 0; turn < 4; turn++) {
    built.monitor.turn();
    await built.clock.advance(settingsWith().startup.timeoutSec * 1000);
  }
  const { breaches } = built.monitor.turn();
  assert.deepEqual(breaches, []);
});

Deno.test("restart: with IB away nothing is judged on its stored book, whatever Futu says", async () => {
  const { built } = await restartedWithBoth();
  const tsla = built.add(TSLA);
  built.link("down", "refused").link("up", "", "FUTU").account("F1", 1, "FUTU");
  built.holds([{ of: tsla, quantity: 10, at: 380 }], "FUTU", "F1").monitor.turn();
  for (let turn = 0; turn < 4; turn++) {
    await built.clock.advance(settingsWith().startup.timeoutSec * 1000);
    const { breaches, status } = built.monitor.turn();
    assert.deepEqual([status, breaches.map(({ state }) => state)], ["stale", ["acknowledged"]]);
  }
  assert.deepEqual(built.published.flatMap(({ transitions }) => transitions), []);
});
