import assert from "node:assert/strict";
import type { InstrumentIndex } from "../../src/domain/event.ts";
import { NO_LIMITS } from "../support/book_builder.ts";
import { RecordedDesk } from "../support/recorded_desk.ts";
import type { SettingsChange } from "../support/monitor_builder.ts";
import { SIGNALS_OFF } from "../support/signal_settings.ts";

const MONDAY_MORNING = "2026-11-23T15:00:20Z";

async function deskWithStock(change: SettingsChange = {}): Promise<{ desk: RecordedDesk; aapl: InstrumentIndex }> {
  const desk = await RecordedDesk.at(MONDAY_MORNING, null, change);
  const aapl = desk.stock("AAPL");
  desk.holds({ of: aapl, quantity: 100, at: 250 }).executionsComplete().price(aapl, 271, { close: 270 });
  desk.turn();
  return { desk, aapl };
}

function times(rows: readonly { readonly takenAt: number }[]): string[] {
  return rows.map(({ takenAt }) => new Date(takenAt).toISOString().slice(11, 19));
}

Deno.test("books are recorded when first confirmed, then at multiples of the interval by the clock", async () => {
  const { desk } = await deskWithStock();
  for (let second = 21; second < 150; second++) await desk.later(1);
  assert.deepEqual(times(desk.history.rows("positions")), ["15:00:20", "15:01:00", "15:02:00"]);
  assert.deepEqual(times(desk.history.rows("accounts")), ["15:00:20", "15:01:00", "15:02:00"]);
});

Deno.test("a book is one source's in one account, with its rows as the snapshot has them; an empty one is a book too", async () => {
  const { desk, aapl } = await deskWithStock();
  const msft = desk.stock("MSFT");
  desk.book.push({
    kind: "positions",
    source: "IB",
    accounts: ["DU1", "DU2"],
    rows: [{ account: "DU1", instrument: aapl, quantity: 100, avgPrice: 250 }],
    at: desk.book.now,
  });
  // Bought and sold today: closed, so no row.
  desk.fill(msft, 5, 410, "m.01").fill(msft, -5, 411, "n.01").position(msft, 0);
  desk.price(msft, 411, { close: 400 });
  desk.turn();
  await desk.later(60);
  const [du1, du2] = desk.history.rows("positions").slice(-2);
  const { instrument, ...row } = du1!.positions[0]!;
  assert.equal(du1!.positions.length, 1);
  assert.equal(instrument.symbol, "AAPL");
  assert.deepEqual(row, {
    quantity: 100,
    avgPrice: 250,
    mark: 271,
    close: 270,
    closeDate: "2026-11-20",
    marketValue: 27_100,
    unrealizedPnl: 2_100,
    dailyPnl: 100,
  });
  assert.deepEqual([du2!.account, du2!.source, du2!.positions], ["DU2", "IB", []]);
});

Deno.test("a source that is not confirmed has no rows: its link is down, or its download failed", async () => {
  const { desk, aapl } = await deskWithStock();
  const recorded = () => [desk.history.rows("positions").length, desk.history.rows("accounts").length];
  const before = recorded();
  desk.book.link("down");
  await desk.later(120);
  assert.deepEqual(recorded(), before);
  desk.book.link("up").push({ kind: "positions-failed", source: "IB", reason: "cut off", at: desk.book.now });
  await desk.later(60);
  assert.deepEqual(recorded(), [before[0], before[1]]);
  desk.holds({ of: aapl, quantity: 100, at: 250 });
  desk.turn();
  await desk.later(60);
  assert.deepEqual(recorded(), [before[0]! + 1, before[1]! + 1]);
});

Deno.test("what an earlier run stored is not recorded as if it were so now", async () => {
  const desk = await RecordedDesk.at(MONDAY_MORNING);
  const aapl = desk.stock("AAPL");
  const { positions, accounts } = desk.book.monitor.portfolio;
  const takenAt = desk.book.now - 3_600_000;
  positions.restore({ source: "IB", account: "DU1", takenAt, rows: [{ instrument: aapl, quantity: 7, avgPrice: 1 }] });
  const values = { ...accounts.find("IB", "DU1")?.values! };
  accounts.restore({ source: "IB", account: "DU9", currency: "USD", values, cash: {}, at: takenAt });
  await desk.later(120);
  assert.deepEqual(desk.history.batches, []);
  assert.deepEqual(desk.history.claims, []);
});

Deno.test("a price that an earlier run stored is not stored again as if it were of now", async () => {
  const desk = await RecordedDesk.at(MONDAY_MORNING);
  const aapl = desk.stock("AAPL");
  const yesterday = Date.parse("2026-11-22T20:00:00Z");
  desk.book.monitor.portfolio.storedPrices.set(aapl, { mark: 268, at: yesterday, close: null, closeDate: null });
  desk.holds({ of: aapl, quantity: 100, at: 250 }).executionsComplete();
  desk.turn();
  assert.equal(desk.book.monitor.last?.positions[0]?.markSource, "stored");
  const [row] = desk.history.rows("positions").at(-1)!.positions;
  assert.deepEqual([row!.quantity, row!.mark, row!.marketValue, row!.unrealizedPnl], [100, null, null, null]);
});

Deno.test("no risk is recorded before the first view is there", async () => {
  const startup = { answeredFraction: 1, timeoutSec: Number.POSITIVE_INFINITY };
  const desk = await RecordedDesk.at(MONDAY_MORNING, null, { startup });
  const aapl = desk.stock("AAPL");
  desk.book.line(aapl, "requested");
  desk.holds({ of: aapl, quantity: 100, at: 250 }).executionsComplete();
  desk.turn();
  assert.equal(desk.book.monitor.last?.status, "starting");
  await desk.recorder.capture();
  assert.deepEqual(desk.history.rows("risk"), []);
  desk.book.line(aapl, "live");
  desk.price(aapl, 271, { close: 270 });
  await desk.later(1);
  assert.equal(desk.history.rows("risk").length, 2);
});

Deno.test("risk is recorded for the book with the whole snapshot, and for each account with what is known of it", async () => {
  const { desk } = await deskWithStock();
  await desk.later(60);
  const snapshot = desk.book.monitor.last!;
  await desk.book.clock.advance(10);
  const [book, account] = desk.history.rows("risk").slice(-2);
  assert.deepEqual([book!.account, book!.source, book!.takenAt], ["ALL", "ALL", Date.parse(snapshot.asOf)]);
  assert.deepEqual(JSON.parse(book!.document), JSON.parse(JSON.stringify(snapshot)));
  assert.equal(book!.figures.dailyPnl, 100);
  assert.deepEqual([account!.account, account!.document], ["DU1", "{}"]);
  assert.deepEqual([account!.figures.dailyPnl, account!.figures.netLiquidation, account!.figures.vega], [
    100,
    100_000,
    null,
  ]);
});

Deno.test("fills and what they cost go at once, a correction as a row of its own, a commission also before its fill", async () => {
  const { desk, aapl } = await deskWithStock();
  desk.history.batches.length = 0;
  desk.commission("a.01", 1.25, 30).fill(aapl, 10, 272, "a.01").fill(aapl, 9, 272, "a.02");
  desk.turn();
  const [batch, ...others] = desk.history.batches;
  assert.deepEqual(others, []);
  assert.deepEqual(batch!.executions!.map(({ execId, quantity, origin }) => [execId, quantity, origin]), [
    ["a.01", 10, "API"],
    ["a.02", 9, "API"],
  ]);
  const { account, amount, realizedPnl } = batch!.commissions![0]!;
  assert.deepEqual([account, amount, realizedPnl], ["DU1", 1.25, 30]);
  await desk.later(1);
  assert.equal(desk.history.batches.length, 1, "and once");
});

Deno.test("Futu's deals are recorded under their number, taken back without a size, and their costs are left to the backfill", async () => {
  const { desk, aapl } = await deskWithStock();
  desk.history.batches.length = 0;
  const deal = { kind: "execution", source: "FUTU", account: "FU1", instrument: aapl, price: 272 } as const;
  const time = desk.book.now;
  desk.book.push({ ...deal, execId: "5056208452274069375", quantity: -10, time, orderId: "7" });
  desk.book.push({ ...deal, execId: "5056208452274069376", quantity: 0, time });
  desk.book.push({
    kind: "commission",
    source: "FUTU",
    execId: "5056208452274069375",
    amount: 1,
    currency: "USD",
    realizedPnl: null,
  });
  desk.turn();
  const [batch, ...others] = desk.history.batches;
  assert.deepEqual(others, []);
  assert.deepEqual(Object.keys(batch!), ["futuDeals"]);
  const [first, second] = batch!.futuDeals!;
  assert.deepEqual({ ...first, instrument: null }, {
    account: "FU1",
    dealId: "5056208452274069375",
    orderId: "7",
    market: "",
    instrument: null,
    quantity: -10,
    price: 272,
    executedAt: time,
    status: "OK",
    raw: null,
  });
  assert.deepEqual([second!.dealId, second!.orderId, second!.status], ["5056208452274069376", null, "CANCELLED"]);
});

Deno.test("each step of a breach goes at once, under the account where the limit judges one", async () => {
  const limits = { ...NO_LIMITS, maxMarginUtilization: 0.05, maxTotalGrossNotional: 1_000 };
  const { desk } = await deskWithStock({ risk: { limits } });
  desk.book.monitor.acknowledge("max_margin_utilization:DU1", "operator", "seen");
  desk.turn();
  const steps = desk.history.rows("breaches").map((
    { account, transition },
  ) => [account, transition.rule, transition.kind]);
  assert.deepEqual(steps, [
    ["ALL", "max_total_gross_notional", "opened"],
    ["DU1", "max_margin_utilization", "opened"],
    ["DU1", "max_margin_utilization", "acknowledged"],
  ]);
  assert.equal(desk.history.rows("breaches").at(-1)!.breach.acknowledgement?.note, "seen");
});

Deno.test("what the signals carry is recorded when it changed, an acknowledgement at once", async () => {
  const signals = { ...SIGNALS_OFF, linearTakeProfitPct: 0.05, debounceSeconds: 0 };
  const { desk, aapl } = await deskWithStock({ risk: { signals } });
  const carried = () =>
    desk.history.batches.map(({ trailingPeaks, activeSignals }) => ({ trailingPeaks, activeSignals }))
      .filter(({ trailingPeaks, activeSignals }) => trailingPeaks !== undefined || activeSignals !== undefined);
  await desk.later(40);
  const minute = carried().at(-1)!;
  // 100 × (271 − 250)
  const { trailingPeaks } = carried().findLast((row) => row.trailingPeaks !== undefined)!;
  assert.deepEqual([...trailingPeaks!.values()], [{ profit: 2_100, size: 100, side: 1 }]);
  const [raised] = minute.activeSignals!;
  assert.equal(raised!.condition.rule, "take_profit");
  const recorded = carried().length;
  desk.price(aapl, 272);
  desk.book.monitor.acknowledge(raised!.condition.id, "operator", "letting it run");
  await desk.later(1);
  assert.equal(carried().length, recorded + 1);
  assert.equal(carried().at(-1)!.activeSignals![0]!.acknowledgement?.note, "letting it run");
  desk.price(aapl, 240);
  await desk.later(60);
  const last = carried().at(-1)!;
  assert.deepEqual([last.activeSignals, last.trailingPeaks], [[], undefined], "cleared; the peak stays what it was");
});

Deno.test("the end of the run records everything as of the last turn, and a change that is still settling", async () => {
  const { desk, aapl } = await deskWithStock();
  desk.fill(aapl, 10, 272, "a.01").position(aapl, 110, 252);
  await desk.later(7);
  desk.history.batches.length = 0;
  const stopped = desk.recorder.stop();
  await desk.book.clock.advance(50);
  await stopped;
  const { history } = desk;
  assert.deepEqual(times(history.rows("positions")), ["15:00:27"]);
  assert.deepEqual(times(history.rows("accounts")), ["15:00:27"]);
  assert.deepEqual(times(history.rows("risk")), ["15:00:27", "15:00:27"]);
  assert.deepEqual(history.rows("positionChanges").map(({ explanation }) => explanation), ["execution a.01"]);
  assert.equal(history.day("2026-11-23")!.dailyPnl, 110 * 271 - 27_000 - 2_720);
  desk.turn();
  assert.equal(history.rows("positions").length, 1, "and listens no more");
});

Deno.test("nothing is recorded at the end where that is switched off", async () => {
  const snapshots = {
    positionIntervalSec: 60,
    accountIntervalSec: 60,
    riskIntervalSec: 60,
    captureOnShutdown: false,
    retentionDays: 30,
  };
  const { desk } = await deskWithStock({ snapshots });
  await desk.book.clock.advance(50);
  desk.history.batches.length = 0;
  await desk.recorder.stop();
  assert.deepEqual(desk.history.batches, []);
});

Deno.test("whose book it is shows once the broker has answered; one that becomes a simulator's is recorded no further", async () => {
  const desk = await RecordedDesk.at(MONDAY_MORNING);
  const aapl = desk.stock("AAPL");
  desk.turn();
  assert.deepEqual(desk.history.claims, []);
  desk.holds({ of: aapl, quantity: 100 }).executionsComplete().price(aapl, 271, { close: 270 });
  desk.turn();
  assert.deepEqual(desk.history.claims, ["real"]);
  desk.book.push({ kind: "simulated", source: "IB" });
  desk.turn();
  await desk.book.clock.advance(50);
  assert.match(desk.history.stopped!, /was real and has become simulated/);
  const recorded = desk.history.batches.length;
  await desk.later(120);
  assert.equal(desk.history.batches.length, recorded);
});

Deno.test("a fault of the recorder ends the recording and not the monitor", async () => {
  const { desk } = await deskWithStock();
  desk.history.record = () => {
    throw new Error("no room");
  };
  await desk.later(60);
  assert.equal(desk.history.stopped, "recording failed; the log says why");
  assert.ok(desk.book.logged.some(({ level, message }) => level === "ERROR" && message.includes("no room")));
  assert.equal((await desk.later(1)).positions.length, 1);
});

Deno.test("of a large book, accounts and results are recorded a turn after the holdings", async () => {
  const desk = await RecordedDesk.at("2026-11-23T15:00:00Z");
  const contracts = Array.from({ length: 2_000 }, (_, at) => desk.stock(`S${at}`, { conId: 1_000 + at }));
  desk.holds(...contracts.map((of) => ({ of, quantity: 1 }))).executionsComplete();
  for (const of of contracts) desk.price(of, 11, { close: 10 });
  desk.turn();
  await desk.later(30);
  await desk.to("2026-11-23T15:01:00Z");
  await desk.later(1);
  const taken = desk.history.rows("positions").at(-1)!.takenAt;
  assert.equal(taken, Date.parse("2026-11-23T15:01:00Z"));
  const later = [desk.history.rows("accounts").at(-1)!.takenAt, desk.history.day("2026-11-23")!.updatedAt];
  assert.ok(
    later.every((at) => at > taken && at <= taken + 1_000),
    later.map((at) => new Date(at).toISOString()).join(),
  );
});
