import assert from "node:assert/strict";
import type { Source } from "../../../src/domain/event.ts";
import type { PortfolioView, PositionView } from "../../../src/domain/risk/snapshot.ts";
import { BookBuilder, type Holding, near } from "../../support/book_builder.ts";
import fc from "../../support/property.ts";

/** A holding of one of four contracts, in one of two accounts. */
interface Lot {
  readonly contract: number;
  readonly second: boolean;
  readonly quantity: number;
  readonly avgPrice: number;
  /** When it is told, among the others. */
  readonly rank: number;
}

const lots = fc.uniqueArray(
  fc.record({
    contract: fc.nat(3),
    second: fc.boolean(),
    quantity: fc.integer({ min: -20, max: 20 }).filter((quantity) => quantity !== 0),
    avgPrice: fc.integer({ min: 1, max: 400 }),
    rank: fc.nat(1_000),
  }),
  { minLength: 1, maxLength: 8, selector: ({ contract, second }) => `${contract} ${second}` },
);

/** The second account is another broker's, or not. */
function bookOf(given: readonly Lot[], second: Source, firstFirst = true): BookBuilder {
  const book = new BookBuilder({ shocks: [{ name: "down", spotShock: -0.05, volShock: 0, days: 0 }] });
  const aapl = book.stock("AAPL");
  const contracts = [
    aapl,
    book.option("AAPL 2026-12-18 190 C"),
    book.stock("SAP", { currency: "EUR", exchange: "IBIS" }),
    book.option("TSLA 2026-11-27 400 P"),
  ];
  book.quote(aapl, { bid: 186.9, ask: 187.1, last: 187, close: 185 });
  book.quote(contracts[1]!, { bid: 7.1, ask: 7.3, close: 6.5, delta: 0.5, gamma: 0.02, vega: 0.3, theta: -0.1 });
  book.quote(contracts[2]!, { last: 202, close: 200 });
  book.quote(contracts[3]!, {
    bid: 9,
    ask: 9.2,
    delta: -0.4,
    gamma: 0.01,
    vega: 0.2,
    theta: -0.2,
    underlyingPrice: 395,
  });
  for (const instrument of contracts) {
    book.apply({ kind: "line", instrument, status: "live", detail: null, at: book.now });
  }
  book.account("A1", "USD", { netLiquidation: 100_000, maintenanceMargin: 1_000 }).rate("EUR", "USD", 1.1);
  book.account("A2", "USD", { netLiquidation: 50_000, maintenanceMargin: 9_000 }, second);
  const own = [...given].sort((a, b) => a.rank - b.rank).map(({ contract, second, quantity, avgPrice }): Holding => ({
    account: second ? "A2" : "A1",
    of: contracts[contract]!,
    quantity,
    at: avgPrice,
  }));
  const since = book.now - 2 * 86_400_000;
  if (second === "IB") return book.holds(own, since);
  const downloads = [
    () => book.holds(own.filter(({ account }) => account === "A1"), since),
    () => book.holds(own.filter(({ account }) => account === "A2"), since, second),
  ];
  for (const download of firstFirst ? downloads : downloads.reverse()) download();
  return book;
}

/** Everything of the portfolio that is a number. */
function numbers(portfolio: PortfolioView): Record<string, number | null> {
  const { excluded: _, concentration, marginAccount: __, ...rest } = portfolio;
  return { ...rest, pct: concentration.pct, netPct: concentration.netPct };
}

function assertEqual(actual: PortfolioView, expected: PortfolioView): void {
  for (const [total, value] of Object.entries(numbers(expected))) {
    const found = numbers(actual)[total]!;
    if (value === null) assert.equal(found, null, total);
    else near(found, value, total);
  }
}

const byName = (positions: readonly PositionView[]) => new Map(positions.map((one) => [one.localSymbol, one]));

Deno.test("two books: split over two brokers a book has the same sums as at one, in any order", () => {
  fc.assert(fc.property(lots, fc.boolean(), (given, firstFirst) => {
    const one = bookOf(given, "IB").assess();
    const two = bookOf(given, "FUTU", firstFirst).assess();
    assertEqual(two.portfolio, one.portfolio);
    assert.equal(two.portfolio.excluded.some(({ reason }) => reason === "SOURCE_UNREAD"), false);
    const positions = byName(two.positions);
    for (const { localSymbol, quantity, avgPrice, exposure } of one.positions) {
      const other = positions.get(localSymbol)!;
      near(other.quantity, quantity);
      if (avgPrice !== null) near(other.avgPrice, avgPrice);
      if (exposure !== null) near(other.exposure, exposure);
    }
    assert.deepEqual(two.scenarios.map(({ excluded }) => excluded), one.scenarios.map(({ excluded }) => excluded));
    for (const name of two.byUnderlying) {
      const same = one.byUnderlying.find(({ underlying }) => underlying === name.underlying)!;
      assert.equal(name.excluded, same.excluded);
      if (same.grossExposure !== null) near(name.grossExposure, same.grossExposure);
    }
  }));
});

Deno.test("two books: a lost Futu leaves every number as it is, and flags its own part alone", () => {
  fc.assert(fc.property(lots, (given) => {
    const book = bookOf(given, "FUTU").link("IB", "up").link("FUTU", "up");
    const before = book.assess();
    const after = book.link("FUTU", "down").assess();
    assert.deepEqual(after.portfolio, before.portfolio);
    assert.deepEqual(after.cash, before.cash);
    assert.deepEqual(after.scenarios, before.scenarios);
    assert.deepEqual(after.quality.live <= before.quality.live, true);
    const earlier = byName(before.positions);
    for (const position of after.positions) {
      const { flags, leaves, ...numbers } = position;
      const { flags: flagsBefore, leaves: leavesBefore, ...numbersBefore } = earlier.get(position.localSymbol)!;
      // Its mark too, which IB quotes.
      assert.deepEqual(numbers, numbersBefore);
      assert.deepEqual(leaves.map((leaf) => ({ ...leaf, stale: false })), leavesBefore);
      for (const { source, stale } of leaves) assert.equal(stale, source === "FUTU");
      const isFutus = position.leaves.some(({ source }) => source === "FUTU");
      assert.deepEqual(flags.filter((flag) => flag !== "STALE"), [...flagsBefore]);
      assert.equal(flags.includes("STALE"), isFutus, position.localSymbol);
    }
    const [ib, futu] = after.accounts;
    assert.deepEqual(ib, before.accounts[0]);
    assert.deepEqual(futu, { ...before.accounts[1], stale: true });
  }));
});

Deno.test("two books: a lost IB leaves Futu's accounts as they are", () => {
  const book = bookOf([{ contract: 0, second: true, quantity: 10, avgPrice: 180, rank: 0 }], "FUTU");
  book.link("FUTU", "up").link("IB", "down");
  const [ib, futu] = book.assess().accounts;
  assert.deepEqual([ib!.stale, futu!.stale], [true, undefined]);
  const [position] = book.assess().positions;
  assert(position!.flags.includes("STALE") && position!.markStale === true, "its quote is IB's");
  assert.equal(position!.leaves[0]!.stale, false);
});

Deno.test("two books: a manual entry gives way to whichever broker holds the contract", () => {
  for (const source of ["IB", "FUTU"] as const) {
    const book = new BookBuilder();
    const aapl = book.stock("AAPL");
    book.account("A1", "USD", {}, source).quote(aapl, { last: 187 });
    book.holds([{ account: "hand", of: aapl, quantity: 40, at: 1 }], null, "MANUAL");
    book.holds([{ account: "A1", of: aapl, quantity: 10, at: 1 }], null, source);
    assert.equal(book.view(aapl).quantity, 10, source);
  }
});
