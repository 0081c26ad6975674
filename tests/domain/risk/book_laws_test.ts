/** Laws that hold for any book: made by chance, with the seed printed when one fails. */
import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { Inbox } from "../../../src/application/inbox.ts";
import { type InstrumentIndex, QuoteField } from "../../../src/domain/event.ts";
import type { Assessment } from "../../../src/domain/risk/assess.ts";
import type { PortfolioView } from "../../../src/domain/risk/snapshot.ts";
import { BookBuilder, type Holding, near, type Quote } from "../../support/book_builder.ts";

interface Line {
  readonly kind: "stock" | "call" | "put" | "future" | "forex";
  readonly name: "AAPL" | "TSLA" | "SAP";
  readonly quantity: number;
  readonly avgPrice: number;
  readonly quote: Quote;
}

const price = fc.integer({ min: 1, max: 50_000 }).map((cents) => cents / 100);
const maybe = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant(NaN) });
const quote: fc.Arbitrary<Quote> = fc.record({
  bid: maybe(price),
  ask: maybe(price),
  last: maybe(price),
  close: maybe(price),
  brokerMark: maybe(price),
  delta: maybe(fc.integer({ min: -100, max: 100 }).map((delta) => delta / 100)),
  gamma: maybe(fc.integer({ min: 0, max: 100 }).map((gamma) => gamma / 1000)),
  vega: maybe(fc.integer({ min: 0, max: 100 }).map((vega) => vega / 100)),
  theta: maybe(fc.integer({ min: -100, max: 0 }).map((theta) => theta / 100)),
  underlyingPrice: maybe(price),
});
const lineOf = (quantity: fc.Arbitrary<number>): fc.Arbitrary<Line> =>
  fc.record({
    kind: fc.constantFrom("stock", "call", "put", "future", "forex"),
    name: fc.constantFrom("AAPL", "TSLA", "SAP"),
    quantity,
    avgPrice: price,
    quote,
  });
const quantity = fc.integer({ min: -50, max: 50 }).filter((size) => size !== 0);
const lines = fc.array(lineOf(quantity), { minLength: 1, maxLength: 12 });

/** One instrument a line: the strike, expiry or name tells them apart. */
function addLine(book: BookBuilder, line: Line, i: number): InstrumentIndex {
  const currency = line.name === "SAP" ? "EUR" : "USD";
  switch (line.kind) {
    case "stock":
      return book.stock(`${line.name}${i}`, { currency });
    case "call":
      return book.option(`${line.name} 2026-12-18 ${100 + i} C`, { currency });
    case "put":
      return book.option(`${line.name} 2026-11-27 ${100 + i} P`, { currency });
    case "future":
      return book.future("ES", "2026-12-18", 50 + i);
    case "forex":
      return book.forex(`EUR${i}.USD`);
  }
}

function emptyBook(): BookBuilder {
  const shocks = [{ name: "down", spotShock: -0.05, volShock: 0.02, days: 1 }];
  const book = new BookBuilder({ shocks });
  return book.account("DU1", "USD").account("DU2", "USD").rate("EUR", "USD", 1.1);
}

/** The book of these lines, each quantity held as `split` says. */
function bookOf(given: readonly Line[], split: (line: Line, i: number) => Omit<Holding, "of">[]): BookBuilder {
  const book = emptyBook();
  const spy = book.stock("SPY");
  book.quote(spy, { last: 600 });
  const holdings = given.flatMap((line, i) => {
    const of = addLine(book, line, i);
    book.quote(of, line.quote);
    return split(line, i).map((part) => ({ ...part, of }));
  });
  // Long enough before for every session of the book to have begun since.
  return book.holds(holdings, book.now - 2 * 86_400_000);
}

const whole = ({ quantity, avgPrice }: Line) => [{ quantity, at: avgPrice }];

type Sum = Exclude<
  keyof PortfolioView,
  "concentration" | "excluded" | "marginAccount" | "modelledGreeksPct" | "netLiquidation" | "marginUtilization"
>;
const SIGNED: readonly Sum[] = [
  "unrealizedPnl",
  "dailyPnl",
  "marketValue",
  "netMarketValue",
  "netExposure",
  "delta",
  "dollarDelta",
  "betaWeightedDelta",
  "gamma",
  "gammaDollars1Pct",
  "vega",
  "theta",
  "nearTermGammaDollars1Pct",
  "nearTermVega",
];
const UNSIGNED: readonly Sum[] = ["grossMarketValue", "grossExposure"];

function assertSame(actual: Assessment, expected: Assessment, factor = 1): void {
  for (const sum of [...SIGNED, ...UNSIGNED]) {
    const before = expected.portfolio[sum];
    const now = actual.portfolio[sum];
    if (before === null) assert.equal(now, null, sum);
    else near(now, before * (SIGNED.includes(sum) ? factor : 1), sum);
  }
}

Deno.test("law: the order of the positions does not show in fourteen digits of any total", () => {
  fc.assert(fc.property(lines, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (given, chance) => {
    const numbered = given.map((line, i) => ({ line, i, rank: chance.next().value }));
    const shuffled = [...numbered].sort((a, b) => a.rank - b.rank);
    const assess = (order: typeof numbered) => {
      const book = emptyBook();
      const indices = numbered.map(({ line, i }) => addLine(book, line, i));
      numbered.forEach(({ line, i }) => book.quote(indices[i]!, line.quote));
      return book.holds(
        order.map(({ line, i }) => ({ of: indices[i]!, quantity: line.quantity, at: line.avgPrice })),
        book.now - 2 * 86_400_000,
      ).assess().portfolio;
    };
    const { excluded: _, ...before } = assess(numbered);
    const { excluded: __, ...after } = assess(shuffled);
    const rounded = (totals: object) => JSON.stringify(totals, (_, v) => typeof v === "number" ? v.toPrecision(14) : v);
    assert.equal(rounded(after), rounded(before));
  }));
});

Deno.test("law: totals are the sums of their positions, names and buckets, and what is missing is counted", () => {
  fc.assert(fc.property(lines, (given) => {
    const { portfolio, positions, byUnderlying, byExpiry } = bookOf(given, whole).assess();
    const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
    for (
      const sum of ["unrealizedPnl", "dailyPnl", "marketValue", "delta", "dollarDelta", "gammaDollars1Pct"] as const
    ) {
      const parts = known(positions.map((position) => position[sum]));
      const left = portfolio.excluded.filter(({ total }) => total === sum).reduce((count, row) => count + row.count, 0);
      assert.equal(parts.length + left, positions.length, sum);
      const expected = parts.reduce((total, part) => total + part, 0);
      // Zeros alone, such as a stock's gamma, say nothing of what is left out.
      if (left > 0 && parts.every((part) => part === 0)) assert.equal(portfolio[sum], null, sum);
      else near(portfolio[sum], expected, sum);
      near(known(byUnderlying.map((name) => name[sum])).reduce((total, part) => total + part, 0), expected, sum);
    }
    const gross = known(byExpiry.map((bucket) => bucket.grossExposure)).reduce((total, part) => total + part, 0);
    near(gross, portfolio.grossExposure ?? 0);
    assert.equal(byExpiry.reduce((count, bucket) => count + bucket.positions, 0), positions.length);
  }));
});

Deno.test("law: splitting positions into accounts of the same sign changes no total", () => {
  fc.assert(fc.property(lines, (given) => {
    const halves = ({ quantity, avgPrice }: Line) => [
      { account: "DU1", quantity: quantity * 0.25, at: avgPrice },
      { account: "DU2", quantity: quantity * 0.75, at: avgPrice },
    ];
    assertSame(bookOf(given, halves).assess(), bookOf(given, whole).assess());
  }));
});

Deno.test("law: a book with every quantity reversed has every signed total reversed", () => {
  fc.assert(fc.property(lines, (given) => {
    // An ask without a bid is worth something else to a short: that case has its own test.
    const twoSided = given.map((line) => ({
      ...line,
      quote: { ...line.quote, bid: Number.isNaN(line.quote.ask) ? line.quote.bid! : line.quote.ask! },
    }));
    const reversed = ({ quantity, avgPrice }: Line) => [{ quantity: -quantity, at: avgPrice }];
    assertSame(bookOf(twoSided, reversed).assess(), bookOf(twoSided, whole).assess(), -1);
  }));
});

Deno.test("law: a closed book has no unrealized P&L, no exposure and no greeks, whatever its quotes", () => {
  fc.assert(fc.property(lines, price, (given, at) => {
    const book = bookOf(given, whole);
    for (let i = 0; i < given.length; i++) {
      const of = i + 1;
      book.fill(of, -given[i]!.quantity, at).position(of, 0);
    }
    const { portfolio, positions } = book.assess();
    assert.equal(positions.length, given.length, "closed today: still listed");
    for (const sum of [...SIGNED, ...UNSIGNED]) {
      if (sum === "dailyPnl") continue;
      assert.equal(portfolio[sum], 0, sum);
    }
  }));
});

Deno.test("law: NaN and infinity never reach the snapshot, whatever the quotes (mistake 8)", () => {
  const wild = fc.constantFrom(NaN, Infinity, -Infinity, 0, -1, 1e308, 5e-324);
  const wildLine = lineOf(quantity).chain((line) =>
    fc.record({ bid: wild, ask: wild, last: wild, close: wild, delta: wild, gamma: wild, vega: wild, theta: wild })
      .map((quote) => ({ ...line, quote }))
  );
  fc.assert(fc.property(fc.array(wildLine, { minLength: 1, maxLength: 6 }), (given) => {
    assertFinite(bookOf(given, whole).assess());
  }));
});

Deno.test("law: one quote that is not finite leaves the others' totals as they are", () => {
  const sane: Line = {
    kind: "stock",
    name: "AAPL",
    quantity: 10,
    avgPrice: 90,
    quote: { bid: 100, ask: 100, last: 100, close: 99 },
  };
  for (const bad of [NaN, Infinity, -Infinity]) {
    const mad: Line = { ...sane, name: "TSLA", quote: { bid: bad, ask: bad, last: bad, close: bad } };
    const { portfolio } = bookOf([sane, mad], whole).assess();
    near(portfolio.marketValue, 1_000);
    near(portfolio.unrealizedPnl, 100);
    near(portfolio.grossExposure, 1_000);
    assert(portfolio.excluded.some(({ total }) => total === "grossExposure"));
  }
});

Deno.test("law: the same events give the same bytes", () => {
  fc.assert(fc.property(lines, (given) => {
    const bytes = () => {
      const book = bookOf(given, whole);
      book.assess();
      for (let i = 0; i < given.length; i++) book.later(100).fill(i + 1, 1, 10, { commission: 1 }).assess();
      return JSON.stringify(book.assess());
    };
    assert.equal(bytes(), bytes());
  }));
});

Deno.test("law: conflating quotes changes nothing but what went by in between", () => {
  const ticks = fc.array(
    fc.record({
      line: fc.nat(5),
      field: fc.constantFrom(...Object.values(QuoteField).filter((field) => typeof field === "number")),
      value: fc.integer({ min: 0, max: 100 }).map((value) => value / 100),
      afterMs: fc.nat(40),
    }),
    { maxLength: 60 },
  );
  fc.assert(fc.property(fc.array(lineOf(quantity), { minLength: 6, maxLength: 6 }), ticks, (given, stream) => {
    const direct = bookOf(given, whole);
    const conflated = bookOf(given, whole);
    const inbox = new Inbox(conflated.portfolio.registry, 1_000);
    let at = direct.now;
    for (const { line, field, value, afterMs } of stream) {
      at += afterMs;
      direct.portfolio.tick(line + 1, field, value, at);
      inbox.tick(line + 1, field, value, at);
    }
    for (const book of [direct, conflated]) book.moveTo(at + 1);
    inbox.drainTo(conflated.portfolio);
    assert.equal(JSON.stringify(conflated.assess()), JSON.stringify(direct.assess()));
  }));
});

function assertFinite(value: unknown, path = "snapshot"): void {
  if (typeof value === "number") assert(Number.isFinite(value), `${path} is ${value}`);
  if (typeof value !== "object" || value === null || value instanceof Map) return;
  for (const [key, member] of Object.entries(value)) assertFinite(member, `${path}.${key}`);
}
