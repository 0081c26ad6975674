/** Times in the comments are New York's; in November 2026 it is five hours behind UTC. */
import assert from "node:assert/strict";
import type { DailyPnlRecord } from "../../../src/application/ports/store_records.ts";
import type { Settings } from "../../../src/application/settings.ts";
import { near, option, stock } from "../../support/book_builder.ts";
import { settingsWith } from "../../support/monitor_builder.ts";
import { RecordedDesk } from "../../support/recorded_desk.ts";
import { dailyPnl, position } from "../../support/stored_history.ts";

const MONDAY = "2026-11-23";
const TUESDAY = "2026-11-24";

/** Monday at 10:00: 100 shares closed at 270, one future of 50 closed at 6640. */
async function stockAndFuture(time = "2026-11-23T15:00:00Z") {
  const desk = await RecordedDesk.at(time);
  const aapl = desk.stock("AAPL");
  const es = desk.future("ES", "2026-12-18", 50);
  desk.holds({ of: aapl, quantity: 100, at: 250 }, { of: es, quantity: 1, at: 6_600 }).executionsComplete();
  desk.price(aapl, 271, { close: 270 }).price(es, 6_650, { close: 6_640 });
  desk.turn();
  return { desk, aapl, es };
}

Deno.test("a day's result goes on with the stocks when the futures have gone to the next session, and ends at midnight", async () => {
  const { desk, aapl, es } = await stockAndFuture();
  const { history } = desk;
  await desk.later(60);
  near(history.day(MONDAY)!.dailyPnl, 600, "100 × (271 − 270) + 50 × (6650 − 6640)");
  near(history.day(MONDAY, "DU1")!.dailyPnl, 600);

  desk.fill(aapl, 10, 271, "a.01", 1).position(aapl, 110, 251.91);
  desk.price(aapl, 272).price(es, 6_652);
  await desk.to("2026-11-23T21:59:00Z");
  await desk.to("2026-11-23T22:00:00.500Z");
  // At 17:00: 110 × 272 − 100 × 270 − 10 × 271 − 1 = 209, and 50 × (6652 − 6640) = 600.
  near(history.day(MONDAY)!.dailyPnl, 809);
  near(history.day(MONDAY)!.commissions, 1);

  desk.price(aapl, 273).price(es, 6_655, { close: 6_652 });
  await desk.to("2026-11-23T23:00:00Z");
  // The stock goes on in Monday: 110 × 273 − 27,000 − 2,710 − 1 = 319; the future's 600 stay.
  near(history.day(MONDAY)!.dailyPnl, 919);
  near(history.day(MONDAY, "DU1")!.dailyPnl, 919);
  near(history.day(TUESDAY)!.dailyPnl, 150, "50 × (6655 − 6652)");
  near(history.day(TUESDAY)!.commissions, 0);
  near(desk.book.monitor.last!.portfolio.dailyPnl, 319 + 150, "what the screen adds up is of two sessions");

  await desk.to("2026-11-24T05:00:00.500Z");
  const monday = history.day(MONDAY)!;
  near(monday.dailyPnl, 919, "the last value before midnight");
  assert.equal(monday.updatedAt, Date.parse("2026-11-23T23:00:00Z"));

  desk.price(aapl, 273, { close: 272.5 });
  await desk.to("2026-11-24T06:00:00Z");
  near(history.day(TUESDAY)!.dailyPnl, 55 + 150, "110 × (273 − 272.50), and the future's");
  assert.equal(history.day(MONDAY), monday, "Monday is over");
});

Deno.test("a position closed in the session leaves the book at the roll and stays in its day's result", async () => {
  const { desk, aapl } = await stockAndFuture();
  desk.fill(aapl, -100, 272, "a.01").commission("a.01", 0.5, 2_199.5).position(aapl, 0);
  desk.turn();
  await desk.later(60);
  const expected = { daily: 100 * 2 - 0.5 + 500, realized: 2_199.5, commissions: 0.5 };
  await desk.to("2026-11-23T23:00:00Z");
  await desk.to("2026-11-24T06:00:00Z");
  assert.ok(desk.book.monitor.last!.positions.every(({ symbol }) => symbol !== "AAPL"));
  await desk.later(120);
  const monday = desk.history.day(MONDAY, "DU1")!;
  near(monday.dailyPnl, expected.daily);
  near(monday.realizedPnl, expected.realized);
  near(monday.commissions, expected.commissions);
  near(desk.history.day(TUESDAY, "DU1")!.commissions, 0);
});

Deno.test("a clock that is set back over the roll leaves the row of the day that was over, and counts nothing twice", async () => {
  const { desk, aapl, es } = await stockAndFuture();
  desk.fill(aapl, -10, 272, "a.01").commission("a.01", 0.5, 219.5).position(aapl, 90);
  await desk.to("2026-11-24T04:59:00Z");
  desk.price(es, 6_651, { close: 6_650 });
  await desk.to("2026-11-24T05:00:30Z");
  const monday = desk.history.day(MONDAY)!;
  near(monday.realizedPnl, 219.5);
  const now = desk.book.clock.now.bind(desk.book.clock);
  desk.book.clock.now = () => now() - 60_000;
  await desk.later(5);
  await desk.later(120);
  assert.equal(desk.history.day(MONDAY), monday);
  desk.price(aapl, 273, { close: 272.5 });
  await desk.later(120);
  near(desk.history.day(TUESDAY)!.dailyPnl, 45 + 50, "90 × (273 − 272.50) + 50 × (6651 − 6650)");
  assert.equal(desk.history.day(TUESDAY)!.excluded, 0);
});

Deno.test("a holding that leaves without a trade keeps what it made in its session", async () => {
  const { desk, aapl, es } = await stockAndFuture();
  await desk.later(60);
  // Moved to another broker: gone in the next download, and nobody paid for it.
  desk.holds({ of: es, quantity: 1, at: 6_600 });
  await desk.later(1);
  await desk.later(5);
  assert.ok(desk.book.monitor.last!.positions.every(({ symbol }) => symbol !== "AAPL"));
  assert.equal(desk.book.monitor.portfolio.positions.isAlive(aapl), false);
  await desk.later(60);
  near(desk.history.day(MONDAY)!.dailyPnl, 600, "100 × (271 − 270) + 50 × (6650 − 6640)");
});

Deno.test("a process that starts between the rolls leaves the day that it missed a part of as it is stored", async () => {
  // Monday at 20:00: the future is in Tuesday.
  const { desk, aapl, es } = await stockAndFuture("2026-11-24T01:00:00Z");
  const msft = desk.stock("MSFT");
  desk.price(es, 6_655, { close: 6_652 });
  desk.holds(
    { of: aapl, quantity: 100, at: 250 },
    { of: es, quantity: 1, at: 6_600 },
    { of: msft, quantity: 10, at: 400, account: "DU2" },
  );
  desk.price(msft, 412, { close: 410 });
  desk.turn();
  await desk.later(60);
  assert.equal(desk.history.day(MONDAY, "DU1"), null);
  assert.equal(desk.history.day(MONDAY), null, "the book's row would be short of DU1's");
  near(desk.history.day(TUESDAY, "DU1")!.dailyPnl, 150);
  near(desk.history.day(TUESDAY)!.dailyPnl, 150);
});

Deno.test("an account whose holdings are all in the day's session is recorded, also by a process that starts late", async () => {
  const desk = await RecordedDesk.at("2026-11-24T01:00:00Z");
  const msft = desk.stock("MSFT");
  desk.holds({ of: msft, quantity: 10, at: 400 }).executionsComplete();
  desk.price(msft, 412, { close: 410 });
  desk.turn();
  await desk.later(60);
  near(desk.history.day(MONDAY, "DU1")!.dailyPnl, 20);
  near(desk.history.day(MONDAY)!.dailyPnl, 20);
});

Deno.test("a fill of an ended session, told at the start, says that a part of that day is gone", async () => {
  const desk = await RecordedDesk.at("2026-11-24T01:00:00Z");
  const msft = desk.stock("MSFT");
  const es = desk.future("ES", "2026-12-18", 50);
  desk.holds({ of: msft, quantity: 10, at: 400 });
  // Sold at 15:00, before the futures rolled: it is in no book any more.
  const time = Date.parse("2026-11-23T20:00:00Z");
  const sold = { execId: "e.01", instrument: es, quantity: -1, price: 6_650, time };
  desk.book.push({ kind: "execution", source: "IB", account: "DU1", ...sold });
  desk.executionsComplete().price(msft, 412, { close: 410 });
  desk.turn();
  await desk.later(60);
  assert.equal(desk.history.day(MONDAY, "DU1"), null);
});

/** Saturday, after a process that ended on Friday evening: a put that expired is no longer held. */
async function saturday(days: readonly DailyPnlRecord[]) {
  const put = position({ instrument: option("AAPL 2026-11-20 270 P"), quantity: -2 });
  const held = position({ instrument: stock("AAPL") });
  const takenAt = Date.parse("2026-11-20T22:00:00Z");
  const books = [{ account: "DU1", source: "IB", takenAt, positions: days.length > 0 ? [held] : [held, put] } as const];
  const desk = await RecordedDesk.at("2026-11-21T15:00:00Z", { books, days });
  const aapl = desk.stock("AAPL");
  desk.holds({ of: aapl, quantity: 100, at: 250 }).executionsComplete();
  desk.price(aapl, 271, { close: 270 });
  desk.turn();
  await desk.later(60);
  return desk;
}

Deno.test("a holding that was stored in the session and is gone without a trade keeps the day's row from being overwritten", async () => {
  const { history } = await saturday([]);
  assert.equal(history.day("2026-11-20", "DU1"), null);
  assert.equal(history.day("2026-11-20"), null);
});

Deno.test("a row that was stored after the market's close stays; one from before it is brought up to date", async () => {
  const row = dailyPnl("2026-11-20", { account: "DU1", source: "IB" });
  const after = await saturday([{ ...row, updatedAt: Date.parse("2026-11-20T21:05:00Z") }]);
  assert.equal(after.history.day("2026-11-20", "DU1"), null);
  const before = await saturday([{ ...row, updatedAt: Date.parse("2026-11-20T20:55:00Z") }]);
  near(before.history.day("2026-11-20", "DU1")!.dailyPnl, 100);
});

Deno.test("weekends have no rows: Friday's goes on until the market rolls", async () => {
  const { desk, aapl, es } = await stockAndFuture("2026-11-20T15:00:00Z");
  const days = () => [...new Set(desk.history.rows("dailyPnl").map(({ tradeDate }) => tradeDate))].sort();
  await desk.to("2026-11-20T22:30:00Z");
  for (const time of ["2026-11-21T15:00:00Z", "2026-11-22T03:00:00Z", "2026-11-22T21:59:00Z"]) await desk.to(time);
  assert.deepEqual(days(), ["2026-11-20"]);
  near(desk.history.day("2026-11-20")!.dailyPnl, 600);
  // Sunday at 17:00 the future begins Monday, the stock is still in Friday.
  desk.price(es, 6_660, { close: 6_650 });
  await desk.to("2026-11-22T23:00:00Z");
  desk.price(es, 6_660, { close: 6_650 });
  await desk.later(60);
  assert.deepEqual(days(), ["2026-11-20", MONDAY]);
  near(desk.history.day("2026-11-20")!.dailyPnl, 600);
  near(desk.history.day(MONDAY)!.dailyPnl, 500, "50 × (6660 − 6650)");
  desk.price(aapl, 271);
  await desk.to("2026-11-23T05:30:00Z");
  desk.price(aapl, 274, { close: 271 });
  await desk.later(60);
  near(desk.history.day(MONDAY)!.dailyPnl, 500 + 300);
  near(desk.history.day("2026-11-20")!.dailyPnl, 600);
});

Deno.test("Hong Kong is a day ahead of New York for half of it, and each day's row waits for both", async () => {
  const desk = await RecordedDesk.at("2026-11-23T15:00:00Z", null, { risk: { baseCurrency: "USD" } });
  const aapl = desk.stock("AAPL");
  const tencent = desk.stock("700", { currency: "HKD", exchange: "SEHK" });
  desk.book.push({ kind: "fx", currency: "HKD", base: "USD", rate: 0.125, at: desk.book.now });
  desk.holds({ of: aapl, quantity: 100, at: 250 }, { of: tencent, quantity: 800, at: 500 }).executionsComplete();
  desk.price(aapl, 271, { close: 270 }).price(tencent, 610, { close: 600 });
  desk.turn();
  await desk.later(60);
  near(desk.history.day(MONDAY)!.dailyPnl, 100 + 1_000, "100 × 1 + 800 × 10 × 0.125");
  // Midnight in Hong Kong is 11:00 in New York.
  await desk.to("2026-11-23T16:00:00.500Z");
  desk.price(tencent, 612, { close: 610 }).price(aapl, 272);
  await desk.to("2026-11-24T02:00:00Z");
  desk.price(tencent, 612, { close: 610 });
  await desk.later(60);
  near(desk.history.day(MONDAY)!.dailyPnl, 200 + 1_000);
  near(desk.history.day(TUESDAY)!.dailyPnl, 200, "800 × 2 × 0.125");
  await desk.to("2026-11-24T05:00:00.500Z");
  desk.price(aapl, 275, { close: 272 });
  await desk.later(60);
  near(desk.history.day(MONDAY)!.dailyPnl, 1_200);
  near(desk.history.day(TUESDAY)!.dailyPnl, 200 + 300);
});

Deno.test("a holding whose day is not known is left out and counted; when none is known the row says so", async () => {
  const desk = await RecordedDesk.at("2026-11-23T15:00:00Z");
  const aapl = desk.stock("AAPL");
  const msft = desk.stock("MSFT");
  desk.holds({ of: aapl, quantity: 100, at: 250 }, { of: msft, quantity: 10, at: 400 }).executionsComplete();
  desk.price(aapl, 271, { close: 270 }).price(msft, 410);
  desk.turn();
  const known = (row: DailyPnlRecord) => ({ dailyPnl: row.dailyPnl, excluded: row.excluded });
  await desk.later(60);
  assert.deepEqual(known(desk.history.day(MONDAY)!), { dailyPnl: 100, excluded: 1 });
  desk.price(aapl, 271, { close: NaN });
  await desk.later(60);
  assert.deepEqual(known(desk.history.day(MONDAY)!), { dailyPnl: null, excluded: 2 });
  near(desk.history.day(MONDAY)!.unrealizedPnl, 2_100 + 100, "100 × (271 − 250) + 10 × (410 − 400)");
});

Deno.test("what the rate did to a holding is the book's own figure, shared out by leaf", async () => {
  const desk = await RecordedDesk.at("2026-11-23T15:00:00Z");
  const sap = desk.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  const eur = desk.stock("EUR.USD", { assetType: "FOREX", currency: "USD", exchange: "IDEALPRO" });
  desk.holds({ of: sap, quantity: 200, at: 180 }).executionsComplete();
  desk.price(sap, 206, { close: 204 }).price(eur, 1.11, { close: 1.1 });
  desk.turn();
  await desk.later(60);
  const { fxPnl } = desk.book.monitor.last!.portfolio;
  near(fxPnl, 200 * 204 * 0.01, "200 × 204 × (1.11 − 1.10)");
  near(desk.history.day(MONDAY, "DU1")!.fxPnl, fxPnl!);
});

Deno.test("nothing is written for the day before its fills are known and its quotes are there", async () => {
  const desk = await RecordedDesk.at("2026-11-23T15:00:00Z");
  const aapl = desk.stock("AAPL");
  desk.holds({ of: aapl, quantity: 100, at: 250 }).price(aapl, 271, { close: 270 });
  desk.turn();
  await desk.later(60);
  assert.deepEqual(desk.history.rows("dailyPnl"), []);
  desk.executionsComplete();
  await desk.later(60);
  near(desk.history.day(MONDAY)!.dailyPnl, 100);
});

Deno.test("while the link is down a day's row stays as it was, and is closed with what was known last", async () => {
  const { desk, aapl } = await stockAndFuture();
  await desk.later(60);
  const written = desk.history.rows("dailyPnl").length;
  desk.book.link("down");
  await desk.later(60);
  await desk.later(60);
  assert.equal(desk.history.rows("dailyPnl").length, written);
  desk.price(aapl, 271);
  await desk.to("2026-11-24T05:00:00.500Z");
  near(desk.history.day(MONDAY)!.dailyPnl, 600);
});

/** Monday at 10:00: 100 shares of IB's as ever, and 10 at Futu, which has not answered yet. */
async function bothBrokers(trdEnv: Settings["futu"]["trdEnv"] = "REAL") {
  const futu = { ...settingsWith().futu, enabled: true, trdEnv };
  const startup = { answeredFraction: 1, timeoutSec: 30 };
  const desk = await RecordedDesk.at("2026-11-23T15:00:00Z", null, { futu, startup });
  const aapl = desk.stock("AAPL");
  desk.holds({ of: aapl, quantity: 100, at: 250 }).executionsComplete().price(aapl, 271, { close: 270 });
  desk.turn();
  await desk.later(60);
  const answer = () => {
    desk.book.link("up", "", "FUTU").account("FU1", 50_000, "FUTU").holds(
      [{ of: aapl, quantity: 10, at: 260 }],
      "FUTU",
      "FU1",
    );
  };
  const of = (account: string) => desk.history.day(MONDAY, account)?.dailyPnl ?? null;
  return { desk, aapl, answer, results: () => [of("DU1"), of("FU1"), of("ALL")] };
}

Deno.test("a broker that is not read yet holds up its own rows and the book's, and not the other's", async () => {
  const { desk, answer, results } = await bothBrokers();
  await desk.later(60);
  // 100 × (271 − 270)
  assert.deepEqual(results(), [100, null, null]);
  answer();
  await desk.later(60);
  // Its fills of the day are not known.
  assert.deepEqual(results(), [100, null, null]);
  desk.book.executions(desk.book.now - 12 * 3_600_000, "FUTU");
  await desk.later(60);
  assert.deepEqual(results(), [100, 10, 110]);
});

Deno.test("what Futu's fills cost is not known before the backfill, and what was not traded cost nothing", async () => {
  const { desk, aapl, answer } = await bothBrokers();
  answer();
  desk.book.executions(desk.book.now - 12 * 3_600_000, "FUTU");
  await desk.later(60);
  assert.equal(desk.history.day(MONDAY, "FU1")?.commissions, 0);
  const fill = { kind: "execution", source: "FUTU", account: "FU1", instrument: aapl, time: desk.book.now } as const;
  desk.book.push({ ...fill, execId: "5056208452274069375", quantity: 5, price: 270.5 })
    .holds([{ of: aapl, quantity: 15, at: 263.5 }], "FUTU", "FU1");
  await desk.later(60);
  // 10 × (271 − 270) + 5 × (271 − 270.50)
  assert.deepEqual([desk.history.day(MONDAY, "FU1")?.dailyPnl, desk.history.day(MONDAY, "FU1")?.commissions], [
    12.5,
    null,
  ]);
  await desk.later(5);
  const [change] = desk.history.rows("positionChanges").filter(({ source }) => source === "FUTU");
  assert.deepEqual([change?.account, change?.quantityAfter, change?.cause, change?.explanation], [
    "FU1",
    15,
    "execution",
    "execution 5056208452274069375",
  ]);
});

Deno.test("a paper account at Futu, of which no fills are told, does not hold up the day", async () => {
  const { desk, aapl, answer } = await bothBrokers("SIMULATE");
  answer();
  desk.book.push({
    kind: "leaf-pnl",
    source: "FUTU",
    account: "FU1",
    instrument: aapl,
    pnl: { dailyPnl: 7, unrealizedPnl: 110, realizedPnl: null },
    marketValue: 2_710,
    quantity: 10,
    at: desk.book.now,
  });
  await desk.later(60);
  assert.equal(desk.history.day(MONDAY, "FU1")?.source, "FUTU");
  const figures = (account: string) => {
    const { dailyPnl, realizedPnl, commissions, excluded } = desk.history.day(MONDAY, account)!;
    return { dailyPnl, realizedPnl, commissions, excluded };
  };
  assert.deepEqual(figures("FU1"), { dailyPnl: 7, realizedPnl: null, commissions: null, excluded: 0 });
  assert.deepEqual(figures("ALL"), { dailyPnl: 107, realizedPnl: 0, commissions: 0, excluded: 0 });
});

Deno.test("while Futu is away its day's row and the book's stay as they were, and IB's go on", async () => {
  const { desk, aapl, answer, results } = await bothBrokers();
  answer();
  desk.book.executions(desk.book.now - 12 * 3_600_000, "FUTU");
  await desk.later(60);
  assert.deepEqual(results(), [100, 10, 110]);
  desk.book.link("down", "", "FUTU");
  desk.price(aapl, 272);
  await desk.later(60);
  assert.deepEqual(results(), [200, 10, 110]);
  desk.book.link("up", "", "FUTU").holds([{ of: aapl, quantity: 10, at: 260 }], "FUTU", "FU1");
  await desk.later(60);
  assert.deepEqual(results(), [200, 20, 220]);
});
