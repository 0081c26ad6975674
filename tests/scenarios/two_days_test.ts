/**
 * Two sessions of one book, by hand: the half day after Thanksgiving 2026, a weekend, the futures' Sunday evening, and the
 * Monday with a restart in the middle. Every figure is computed beside the assertion, to the cent.
 *
 * DU1 counts in dollars, DU2 in euros; the book in dollars, at 1.10 dollars a euro throughout.
 */
import assert from "node:assert/strict";
import { BookBuilder, near } from "../support/book_builder.ts";

const DU2 = "DU2";
/** TWS keeps a week of executions when its trade log shows them, so that every session is covered from its start. */
const MONDAY_BEFORE = Date.parse("2026-11-23T05:00:00Z");

type Book = ReturnType<typeof newBook>;

function newBook(now: string) {
  const book = new BookBuilder({}, Date.parse(now));
  const aapl = book.stock("AAPL");
  const call = book.option("AAPL 2026-11-27 270 C");
  const sap = book.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  const es = book.future("ES", "2026-12-18", 50);
  book.account("DU1", "USD").account(DU2, "EUR").rate("EUR", "USD", 1.1);
  book.apply({ kind: "underlying", instrument: call, underlying: aapl });
  return { book, aapl, call, sap, es };
}

function friday(): Book {
  const made = newBook("2026-11-27T14:35:00Z");
  const { book, aapl, call, sap, es } = made;
  // Thursday was a holiday in New York and a trading day in Frankfurt: closes of Wednesday and of Thursday.
  book.quote(aapl, { bid: 270.99, ask: 271.01, last: 271, close: 270 })
    .quote(call, { bid: 2.90, ask: 3.10, close: 3, delta: 0.5, gamma: 0.02, vega: 0.1, theta: -0.4 })
    .quote(sap, { bid: 205.98, ask: 206.02, last: 206, close: 204 })
    .quote(es, { bid: 6649.75, ask: 6650.25, last: 6650, close: 6640 });
  book.holds([
    { of: aapl, quantity: 100, at: 250 },
    { of: aapl, quantity: -50, at: 260, account: DU2 },
    { of: call, quantity: -5, at: 4 },
    { of: sap, quantity: 200, at: 200, account: DU2 },
    { of: es, quantity: 2, at: 6600 },
  ], MONDAY_BEFORE);
  return made;
}

/** Friday's trades, from the open to 11:30 in New York. */
function tradeFriday({ book, aapl, sap, es }: Book): void {
  book.moveTo("2026-11-27T15:00:00Z");
  // Bought, and corrected five minutes later: 50 at 270.50, not at 271.
  book.fill(aapl, 50, 271, { execId: "a.01.01", commission: 1 }).position(aapl, 150, 256.84);
  book.later(300_000).fill(aapl, 50, 270.5, { execId: "a.01.02", commission: 1 });
  // A partial close in two fills.
  book.moveTo("2026-11-27T16:00:00Z");
  book.fill(aapl, -70, 272, { commission: 0.70, realizedPnl: 1_060 });
  book.fill(aapl, -50, 272, { commission: 0.50, realizedPnl: 757 }).position(aapl, 30, 256.84);
  // A reversal through zero.
  book.moveTo("2026-11-27T16:30:00Z");
  book.fill(aapl, -60, 273, { commission: 0.60, realizedPnl: 484.20 }).position(aapl, -30, 272.98);
  book.fill(es, -1, 6655, { commission: 2.25, realizedPnl: 2_747.75 }).position(es, 1, 6600);
  book.fill(sap, 100, 205.5, { commission: 3, currency: "EUR" }, DU2).position(sap, 300, 201.84, DU2);
  book.quote(aapl, { bid: 272.99, ask: 273.01, last: 273 }).quote(es, { bid: 6659.75, ask: 6660.25, last: 6660 });
}

/** The early close at 13:00: quotes go away at the last price. */
function closeFriday({ book, aapl }: Book): void {
  book.moveTo("2026-11-27T17:59:59Z").quote(aapl, { bid: 268.49, ask: 268.51, last: 268.5 }).assess();
  book.moveTo("2026-11-27T22:30:00Z").quote(aapl, { bid: NaN, ask: NaN });
}

function day({ book }: Book, of: number, account = "DU1"): number | null {
  return book.leaf(of, account).dailyPnl;
}

Deno.test("two days, Friday's open: measured from Wednesday's close in New York and Thursday's in Frankfurt", () => {
  const made = friday();
  const { book, aapl, call, sap, es } = made;
  near(day(made, aapl), 100, "100 × (271 − 270)");
  near(day(made, aapl, DU2), -50, "−50 × (271 − 270)");
  near(day(made, call), 0, "−500 × (3.00 − 3.00)");
  near(day(made, sap, DU2), 440, "200 × (206 − 204) × 1.10");
  near(day(made, es), 1_000, "100 × (6650 − 6640)");
  near(book.leaf(aapl).unrealizedPnl, 2_100, "100 × (271 − 250)");
  near(book.leaf(call).unrealizedPnl, 500, "−500 × (3 − 4)");
  near(book.assess().portfolio.unrealizedPnl, 2_100 - 550 + 500 + 1_320 + 5_000);
  near(book.assess().portfolio.dailyPnl, 100 - 50 + 0 + 440 + 1_000);
});

Deno.test("two days, Friday's trades: a correction, a partial close, a reversal, commissions in two currencies", () => {
  const made = friday();
  tradeFriday(made);
  const { book, aapl, sap, es } = made;
  // −30 × 273 − 100 × 270 − (50 × 270.5 − 70 × 272 − 50 × 272 − 60 × 273) − (1.00 + 0.70 + 0.50 + 0.60)
  near(day(made, aapl), -8_190 - 27_000 + 35_495 - 2.80, "AAPL in DU1");
  near(book.leaf(aapl).unrealizedPnl, -30 * (273 - 272.98));
  near(book.leaf(aapl).realizedPnl, 1_060 + 757 + 484.20);
  // 50 × (1 × 6660 − 2 × 6640 + 1 × 6655) − 2.25
  near(day(made, es), 1_747.75, "ES");
  near(book.leaf(es).realizedPnl, 2_747.75);
  // (300 × 206 − 200 × 204 − 100 × 205.5 − 3) × 1.10
  near(day(made, sap, DU2), (450 - 3) * 1.1, "SAP");
  near(book.leaf(sap, DU2).unrealizedPnl, 300 * (206 - 201.84) * 1.1);
});

Deno.test("two days, the half day: the option expires at 13:00 and is worth nothing, the stock's mark stays", () => {
  const made = friday();
  tradeFriday(made);
  closeFriday(made);
  const { book, aapl, call } = made;
  const option = book.view(call);
  assert.deepEqual([option.mark, option.markSource, option.expiryBucket], [0, "intrinsic", "EXPIRED"]);
  near(option.dailyPnl, 1_500, "−500 × (0 − 3)");
  near(option.unrealizedPnl, 2_000, "−500 × (0 − 4)");
  near(day(made, aapl), -30 * 268.5 - 27_000 + 35_495 - 2.80, "AAPL in DU1");
  near(day(made, aapl, DU2), 75, "−50 × (268.50 − 270)");
  const account = (name: string) => book.assess().accounts.find((row) => row.account === name)!;
  near(account("DU1").dailyPnl, 437.20 + 1_500 + 1_747.75);
  near(account(DU2).dailyPnl, 75 + 491.70);
  near(book.assess().portfolio.realizedPnl, 2_301.20 + 2_747.75);
});

Deno.test("two days, the weekend: nothing rolls, nothing changes", () => {
  const made = friday();
  tradeFriday(made);
  closeFriday(made);
  const before = made.book.assess().portfolio;
  made.book.moveTo("2026-11-28T18:00:00Z");
  const after = made.book.assess().portfolio;
  for (const field of ["dailyPnl", "unrealizedPnl", "realizedPnl"] as const) near(after[field], before[field]!, field);
});

Deno.test("two days, Sunday evening: futures begin Monday's session, stocks are still in Friday's", () => {
  const made = friday();
  tradeFriday(made);
  closeFriday(made);
  const { book, aapl, es } = made;
  // 17:30: the session has rolled, and the close on hand is the one of the session before.
  book.moveTo("2026-11-29T22:30:00Z");
  assert.equal(day(made, es), null);
  assert.ok(book.view(es).flags.includes("NO_CLOSE"));
  book.moveTo("2026-11-29T23:00:00Z").quote(es, { bid: 6669.75, ask: 6670.25, last: 6670, close: 6662 });
  near(day(made, es), 400, "50 × (6670 − 6662)");
  near(book.leaf(es).realizedPnl, 0, "realized in Monday's session");
  near(book.leaf(es).unrealizedPnl, 3_500, "50 × (6670 − 6600)");
  near(day(made, aapl), 437.20, "AAPL, still Friday's");
});

/** Monday at 10:00 in New York: the option is gone, the short is bought back. */
function monday(): Book {
  const made = friday();
  tradeFriday(made);
  closeFriday(made);
  const { book, aapl, call, sap, es } = made;
  book.moveTo("2026-11-29T23:00:00Z").quote(es, { bid: 6669.75, ask: 6670.25, last: 6670, close: 6662 });
  book.moveTo("2026-11-30T08:00:00Z").quote(sap, { bid: 207.98, ask: 208.02, last: 208, close: 207 });
  book.moveTo("2026-11-30T09:30:00Z").quote(aapl, { close: 268.5 });
  book.holds([
    { of: aapl, quantity: -30, at: 272.98 },
    { of: aapl, quantity: -50, at: 260, account: DU2 },
    { of: sap, quantity: 300, at: 201.84, account: DU2 },
    { of: es, quantity: 1, at: 6600 },
  ], MONDAY_BEFORE);
  book.later(5_000);
  assert.ok(book.assess().positions.every((row) => row.localSymbol !== book.portfolio.registry.at(call).localSymbol));
  book.moveTo("2026-11-30T15:00:00Z");
  book.fill(aapl, 30, 265, { execId: "m.01", commission: 0.30, realizedPnl: 239.10 }).position(aapl, 0);
  book.quote(aapl, { bid: 265.99, ask: 266.01, last: 266 });
  book.quote(es, { bid: 6674.75, ask: 6675.25, last: 6675 });
  return made;
}

Deno.test("two days, Monday: a new day from Friday's early close, the short bought back keeps what it made", () => {
  const made = monday();
  const { book, aapl, sap, es } = made;
  // 0 − (−30 × 268.50) − 30 × 265 − 0.30
  near(day(made, aapl), 104.70, "AAPL in DU1");
  near(day(made, aapl, DU2), 125, "−50 × (266 − 268.50)");
  near(day(made, sap, DU2), 330, "300 × (208 − 207) × 1.10");
  near(day(made, es), 650, "50 × (6675 − 6662)");
  const { portfolio, accounts, positions } = book.assess();
  near(portfolio.dailyPnl, 104.70 + 125 + 330 + 650);
  near(portfolio.realizedPnl, 239.10);
  near(portfolio.unrealizedPnl, -50 * 6 + 300 * 6.16 * 1.1 + 50 * 75);
  near(accounts.find((row) => row.account === "DU1")!.dailyPnl, 104.70 + 650);
  near(accounts.find((row) => row.account === DU2)!.dailyPnl, 125 + 330);
  const euros = positions.filter((row) => row.currency === "EUR").reduce((sum, row) => sum + row.dailyPnl!, 0);
  near(euros, 330, "what is held in euros");
});

Deno.test("two days, restarted on Monday: the same figures, the broker's where Sunday's fills are out of reach", () => {
  const { book, aapl, sap, es } = newBook("2026-11-30T16:00:00Z");
  book.quote(aapl, { bid: 265.99, ask: 266.01, last: 266, close: 268.5 })
    .quote(sap, { bid: 207.98, ask: 208.02, last: 208, close: 207 })
    .quote(es, { bid: 6674.75, ask: 6675.25, last: 6675, close: 6662 });
  const midnight = Date.parse("2026-11-30T05:00:00Z");
  book.holds([
    { of: aapl, quantity: -50, at: 260, account: DU2 },
    { of: sap, quantity: 300, at: 201.84, account: DU2 },
    { of: es, quantity: 1, at: 6600 },
  ], null);
  book.fill(aapl, 30, 265, {
    execId: "m.01",
    commission: 0.30,
    realizedPnl: 239.10,
    time: Date.parse("2026-11-30T15:00:00Z"),
  });
  book.apply({ kind: "executions-complete", source: "IB", since: midnight, at: book.now });
  book.brokerPnl(es, { dailyPnl: 650, realizedPnl: 0 });
  // The broker counts in the account's currency: 300 euros.
  book.brokerPnl(sap, { dailyPnl: 300, realizedPnl: 0 }, DU2);
  near(book.leaf(aapl).dailyPnl, 104.70, "AAPL in DU1: closed before the restart");
  near(book.leaf(aapl, DU2).dailyPnl, 125);
  assert.deepEqual([book.view(es).dailyPnlSource, book.view(sap).dailyPnlSource], ["broker", "broker"]);
  assert.ok(book.view(es).flags.includes("FILLS_INCOMPLETE"));
  near(book.assess().portfolio.dailyPnl, 104.70 + 125 + 330 + 650);
  near(book.assess().portfolio.realizedPnl, 239.10);
});
