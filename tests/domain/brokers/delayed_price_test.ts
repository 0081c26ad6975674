import assert from "node:assert/strict";
import { BookBuilder, near } from "../../support/book_builder.ts";

/** One stock that Futu alone holds, priced by its list of positions. */
function futuStock() {
  const book = new BookBuilder();
  const tencent = book.stock("700", { currency: "HKD", exchange: "SEHK" });
  book.account("F1", "HKD", {}, "FUTU").rate("HKD", "USD", 0.125);
  book.holds([{ account: "F1", of: tencent, quantity: 200, at: 380 }], null, "FUTU");
  return { book, tencent };
}

Deno.test("delayed price: what nobody quotes is marked by Futu's own price, flagged and never live", () => {
  const { book, tencent } = futuStock();
  book.futuSays(tencent, { price: 400 }).later(3_000);
  const { mark, markSource, quoteAgeMs, marketValue, unrealizedPnl, flags } = book.view(tencent);
  assert.deepEqual([mark, markSource, quoteAgeMs], [400, "broker", 3_000]);
  near(marketValue, 10_000, "200 × 400 × 0.125");
  near(unrealizedPnl, 500, "200 × (400 − 380) × 0.125");
  assert(flags.includes("DELAYED"));
  assert(!flags.includes("MISSING") && !flags.includes("NO_MARK") && !flags.includes("STALE"));
  const { quality, portfolio } = book.assess();
  assert.deepEqual([quality.quotes, quality.live, quality.flags.DELAYED], [1, 0, 1]);
  assert.equal(portfolio.excluded.some(({ total }) => total === "marketValue"), false);
});

Deno.test("delayed price: it is stale while OpenD is away, and fresh again with it", () => {
  const { book, tencent } = futuStock();
  book.futuSays(tencent, { price: 400 });
  for (const status of ["down", "connecting"] as const) {
    assert(book.link("FUTU", status).view(tencent).flags.includes("STALE"), status);
  }
  assert(!book.link("FUTU", "up").view(tencent).flags.includes("STALE"));
  assert(!book.link("IB", "down").view(tencent).flags.includes("STALE"), "IB has nothing to do with it");
});

Deno.test("delayed price: it is stale once Futu has not confirmed what it holds for too long, behind a living link", () => {
  const { book, tencent } = futuStock();
  book.futuSays(tencent, { price: 400 });
  book.apply({ kind: "positions-failed", source: "FUTU", reason: "OpenD is tired", at: book.now });
  assert(!book.later(299_000).view(tencent).flags.includes("STALE"), "one round that failed is none too many");
  const { mark, flags } = book.later(2_000).view(tencent);
  assert.deepEqual([mark, flags.includes("STALE"), flags.includes("DELAYED")], [400, true, true]);
  book.holds([{ account: "F1", of: tencent, quantity: 200, at: 380 }], null, "FUTU").futuSays(tencent, { price: 401 });
  assert(!book.view(tencent).flags.includes("STALE"));
});

Deno.test("delayed price: a quote comes first, then the mark of the broker that quotes, then this price, then a close", () => {
  const { book, tencent } = futuStock();
  const marked = () => {
    const { mark, markSource, flags } = book.view(tencent);
    return [mark, markSource, flags.includes("DELAYED")];
  };
  book.quote(tencent, { close: 390 });
  assert.deepEqual(marked(), [390, "close", false]);
  book.futuSays(tencent, { price: 400 });
  assert.deepEqual(marked(), [400, "broker", true]);
  book.apply({ kind: "broker-mark", source: "IB", instrument: tencent, price: 401, at: book.now });
  assert.deepEqual(marked(), [401, "broker", false]);
  book.quote(tencent, { bid: 401.8, ask: 402.2, last: 402 });
  assert.deepEqual(marked(), [402, "last", false]);
});

Deno.test("delayed price: a wide or crossed quote is none of its business", () => {
  const book = new BookBuilder();
  const call = book.option("AAPL 2026-12-18 190 C");
  book.account("F1", "USD", {}, "FUTU").holds([{ account: "F1", of: call, quantity: 1, at: 1 }], null, "FUTU");
  book.futuSays(call, { price: 9 }).quote(call, { bid: 1, ask: 5 });
  const { mark, markSource, flags } = book.view(call);
  assert.deepEqual([mark, markSource, flags.includes("WIDE"), flags.includes("DELAYED")], [3, "mid", true, false]);
});

Deno.test("delayed price: it comes before the mark that an earlier run stored", () => {
  const { book, tencent } = futuStock();
  book.portfolio.storedPrices.set(tencent, { mark: 370, at: book.now - 1, close: null, closeDate: null });
  assert.equal(book.view(tencent).markSource, "stored");
  assert.equal(book.futuSays(tencent, { price: 400 }).view(tencent).mark, 400);
});

Deno.test("delayed price: of what Futu holds no more it is not told any more", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  const tsla = book.stock("TSLA");
  book.account("DU1", "USD").account("F1", "USD", {}, "FUTU").holds([{ of: aapl, quantity: 1, at: 180 }]);
  book.holds([{ account: "F1", of: aapl, quantity: 1, at: 180 }], null, "FUTU").futuSays(aapl, { price: 187 });
  assert.equal(book.view(aapl).mark, 187);
  book.holds([{ account: "F1", of: tsla, quantity: 1, at: 400 }], null, "FUTU");
  assert.equal(book.view(aapl).mark, null);
});

Deno.test("delayed price: a file kept by hand that is read anew leaves it alone", () => {
  const { book, tencent } = futuStock();
  book.futuSays(tencent, { price: 400 }).holds([], null, "MANUAL");
  assert.equal(book.view(tencent).mark, 400);
});

Deno.test("delayed price: an option is measured on the delayed price of the stock that Futu holds too", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  const call = book.option("AAPL 2026-12-18 190 C");
  book.account("F1", "USD", {}, "FUTU");
  book.holds(
    [{ account: "F1", of: aapl, quantity: 1, at: 1 }, { account: "F1", of: call, quantity: 1, at: 1 }],
    null,
    "FUTU",
  );
  book.futuSays(aapl, { price: 187 }).futuSays(call, { price: 7.2 });
  const { underlyingPrice, delta, flags } = book.view(call);
  assert.deepEqual([underlyingPrice, delta], [187, null]);
  assert(flags.includes("DATA_MISSING"), "Futu has no greeks");
});

Deno.test("delayed price: one that is a hundred times the quote is doubted", () => {
  const { book, tencent } = futuStock();
  book.futuSays(tencent, { price: 40_000 }).quote(tencent, { bid: 399, ask: 401, last: 400 });
  assert(book.view(tencent).flags.includes("MAGNIFIER_SUSPECT"));
});
