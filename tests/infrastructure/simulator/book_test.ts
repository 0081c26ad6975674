import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { Book } from "../../../src/infrastructure/simulator/book.ts";
import { listContracts } from "../../../src/infrastructure/simulator/listing.ts";
import { loadScenario } from "../../../src/infrastructure/simulator/load_scenario.ts";
import { Market } from "../../../src/infrastructure/simulator/market.ts";
import { seeded } from "../../../src/infrastructure/simulator/random.ts";

const SCENARIO = loadScenario(
  `
market: { speed: 0 }
accounts: { DU1: { currency: USD, cash: { USD: 100_000 }, margin: { maintenance: 0.5, fixed: 1000 } } }
contracts:
  EUR.USD: { type: CASH, symbol: EUR, last: 1.15, close: 1.14, spread: 0 }
  XYZ: { last: 110, close: 100, spread: 0 }
  OPT: { type: OPT, underlying: XYZ, expiry: +30d, strike: 110, right: C, iv: 0.3 }
  ES: { type: FUT, expiry: quarter+0, last: 6610, close: 6600, spread: 0.25 }
  SAP: { currency: EUR, last: 200, close: 198, spread: 0 }
`,
  "book.yaml",
);

function book() {
  const now = Date.UTC(2026, 10, 20, 15, 30);
  const contracts = listContracts(SCENARIO.contracts, "2026-11-20");
  const market = new Market(contracts, SCENARIO.market, seeded(1), now);
  const named = (id: string) => contracts.find(({ spec }) => spec.id === id)!;
  return { book: new Book(SCENARIO.accounts, market), market, named };
}

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-9 * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);
}

Deno.test("average cost includes multiplier and commission, and is positive for a short", () => {
  const { book: books, named } = book();
  books.trade("DU1", named("OPT"), { quantity: 2, price: 5, commission: 1.3 });
  // (2 x 100 x 5 + 1.30) / 2 = 500.65
  near(books.averageCost(books.holding("DU1", named("OPT").conId)!), 500.65);
  books.trade("DU1", named("XYZ"), { quantity: -100, price: 110, commission: 1 });
  // (100 x 110 - 1) / 100 = 109.99
  near(books.averageCost(books.holding("DU1", named("XYZ").conId)!), 109.99);
});

Deno.test("a partial close realizes against average cost and leaves it as it was", () => {
  const { book: books, named } = book();
  books.place("DU1", named("XYZ"), 100, 90);
  const realized = books.trade("DU1", named("XYZ"), { quantity: -40, price: 112, commission: 1 });
  near(realized!, 40 * (112 - 90) - 1);
  const holding = books.holding("DU1", named("XYZ").conId)!;
  assert.equal(holding.quantity, 60);
  near(books.averageCost(holding), 90);
  near(books.cash("DU1").get("USD")!, 100_000 + 40 * 112 - 1);
});

Deno.test("a trade through zero closes one position and opens the other, commission shared by size", () => {
  const { book: books, named } = book();
  books.place("DU1", named("XYZ"), 100, 90);
  const realized = books.trade("DU1", named("XYZ"), { quantity: -150, price: 112, commission: 3 });
  near(realized!, 100 * (112 - 90) - 2);
  const holding = books.holding("DU1", named("XYZ").conId)!;
  assert.equal(holding.quantity, -50);
  // 50 sold at 112 less 1.00 of commission: (5600 - 1) / 50
  near(books.averageCost(holding), 111.98);
});

Deno.test("an opening trade realizes nothing", () => {
  const { book: books, named } = book();
  assert.equal(books.trade("DU1", named("XYZ"), { quantity: 10, price: 110, commission: 1 }), null);
});

Deno.test("daily P&L counts what was held from the close and what was traded from its price", () => {
  const { book: books, named } = book();
  books.place("DU1", named("XYZ"), 100, 90);
  books.trade("DU1", named("XYZ"), { quantity: 50, price: 108, commission: 1 });
  books.trade("DU1", named("XYZ"), { quantity: -30, price: 109, commission: 1 });
  // Held 100 from 100 to 110; 50 bought at 108; 30 sold at 109, valued at 110; commissions 2.
  near(books.pnl(books.holding("DU1", named("XYZ").conId)!).dailyPnl, 100 * 10 + 50 * 2 - 30 * 1 - 2);
});

Deno.test("a position closed today keeps what it made", () => {
  const { book: books, named } = book();
  books.place("DU1", named("XYZ"), 100, 90);
  books.trade("DU1", named("XYZ"), { quantity: -100, price: 105, commission: 1 });
  const pnl = books.pnl(books.holding("DU1", named("XYZ").conId)!);
  near(pnl.dailyPnl, 100 * 5 - 1);
  near(pnl.realizedPnl, 100 * 15 - 1);
  assert.equal(pnl.unrealizedPnl, 0);
});

Deno.test("a future costs only its commission, and its variation is cash of the day", () => {
  const { book: books, named } = book();
  books.trade("DU1", named("ES"), { quantity: 1, price: 6606, commission: 2.25 });
  near(books.cash("DU1").get("USD")!, 100_000 - 2.25);
  const figures = books.figures(SCENARIO.accounts[0]!);
  near(figures.futuresPnl, 50 * (6610 - 6606));
  near(figures.netLiquidation, 100_000 - 2.25 + 200);
  assert.equal(books.pnl(books.holding("DU1", named("ES").conId)!).marketValue, 0);
});

Deno.test("a currency trade moves both purses and has no market value", () => {
  const { book: books, named } = book();
  books.trade("DU1", named("EUR.USD"), { quantity: 20_000, price: 1.15, commission: 2 });
  near(books.cash("DU1").get("EUR")!, 20_000);
  near(books.cash("DU1").get("USD")!, 100_000 - 23_000 - 2);
  near(books.figures(SCENARIO.accounts[0]!).netLiquidation, 100_000 - 2);
});

Deno.test("foreign positions count at the rate; margin is fixed plus a rate on delta exposure", () => {
  const { book: books, named } = book();
  books.place("DU1", named("SAP"), 100, 190);
  const figures = books.figures(SCENARIO.accounts[0]!);
  near(figures.stockValue, 100 * 200 * 1.15);
  near(figures.dailyPnl, 100 * 2 * 1.15);
  near(figures.maintenanceMargin, 1000 + 0.5 * 100 * 200 * 1.15);
});

Deno.test("net liquidation changes by the daily P&L, whatever is traded", () => {
  const trades = fc.array(
    fc.record({
      contract: fc.constantFrom("XYZ", "OPT", "ES"),
      quantity: fc.integer({ min: -20, max: 20 }).filter((quantity) => quantity !== 0),
      commission: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 12 },
  );
  fc.assert(fc.property(trades, (list) => {
    const { book: books, market, named } = book();
    const account = SCENARIO.accounts[0]!;
    for (const { contract, ...trade } of list) {
      books.trade("DU1", named(contract), { ...trade, price: market.mark(named(contract)) });
    }
    // Everything was traded at its mark, so that only commissions were lost.
    const paid = list.reduce((total, { commission }) => total + commission, 0);
    const figures = books.figures(account);
    assert.ok(Math.abs(figures.netLiquidation - (100_000 - paid)) < 1e-6);
    assert.ok(Math.abs(figures.dailyPnl + paid) < 1e-6);
    assert.ok(Math.abs(figures.realizedPnl + figures.unrealizedPnl + paid) < 1e-6);
  }));
});
