import assert from "node:assert/strict";
import { BookBuilder, near } from "../../support/book_builder.ts";

const SECTORS = new Map([["AAPL", "Technology"], ["MSFT", "Technology"], ["XOM", "Energy"]]);

function book(sectors: ReadonlyMap<string, string> = SECTORS) {
  const builder = new BookBuilder({ sectors });
  const aapl = builder.stock("AAPL");
  const call = builder.option("AAPL 2026-12-18 190 C");
  const msft = builder.stock("MSFT");
  const xom = builder.stock("XOM");
  const sap = builder.stock("SAP", { currency: "EUR", exchange: "IBIS" });
  builder.apply({ kind: "underlying", instrument: call, underlying: aapl });
  builder.account("DU1", "USD").rate("EUR", "USD", 1.1);
  builder.apply({ kind: "cash", source: "IB", account: "DU1", currency: "EUR", amount: 1_000, at: builder.now });
  builder.quote(aapl, { last: 200, close: 200 }).quote(msft, { last: 400, close: 400 });
  builder.quote(xom, { last: 100, close: 100 }).quote(sap, { last: 200, close: 200 });
  builder.quote(call, { bid: 5, ask: 5.2, close: 5, delta: 0.5, gamma: 0.01, vega: 0.2, theta: -0.1 });
  builder.holds([
    { of: aapl, quantity: 100, at: 190 },
    { of: call, quantity: -1, at: 5 },
    { of: msft, quantity: -10, at: 390 },
    { of: xom, quantity: 50, at: 90 },
    { of: sap, quantity: 10, at: 190 },
  ]);
  return { builder, call };
}

Deno.test("sectors: names add up under the configured map, options with their underlying", () => {
  const { bySector } = book().builder.assess();
  const technology = bySector.find((row) => row.sector === "Technology")!;
  // |100 × 200| + |−100 × 0.5 × 200| + |−10 × 400|
  near(technology.grossExposure, 20_000 + 10_000 + 4_000);
  near(technology.netExposure, 20_000 - 10_000 - 4_000);
  assert.deepEqual([technology.names, technology.positions], [2, 3]);
  // The map knows no sector of SAP.
  near(bySector.find((row) => row.sector === null)!.grossExposure, 10 * 200 * 1.1);
  assert.deepEqual(bySector.map((row) => row.sector), ["Technology", "Energy", null]);
});

Deno.test("sectors: without a map there are none", () => {
  assert.deepEqual(book(new Map()).builder.assess().bySector, []);
});

Deno.test("sectors: an option without greeks leaves its sector's exposure, and is counted", () => {
  const { builder, call } = book();
  builder.quote(call, { delta: NaN, gamma: NaN, vega: NaN, theta: NaN });
  const technology = builder.assess().bySector.find((row) => row.sector === "Technology")!;
  near(technology.grossExposure, 24_000);
  assert.equal(technology.excluded, 1);
});

Deno.test("currencies: positions by the currency they are quoted in, beside the cash held in it", () => {
  const { byCurrency, portfolio } = book().builder.assess();
  assert.deepEqual(byCurrency.map((row) => row.currency), ["EUR", "USD"]);
  near(byCurrency[0]!.cash, 1_100);
  near(byCurrency[0]!.marketValue, 10 * 200 * 1.1);
  near(byCurrency[0]!.unrealizedPnl, 10 * (200 - 190) * 1.1);
  for (const field of ["grossExposure", "netExposure", "marketValue", "unrealizedPnl"] as const) {
    near(byCurrency.reduce((sum, row) => sum + row[field]!, 0), portfolio[field]!, field);
  }
});

Deno.test("currencies: cash without a rate is unknown, not 0", () => {
  const { builder } = book();
  builder.apply({ kind: "cash", source: "IB", account: "DU1", currency: "JPY", amount: 5, at: builder.now });
  assert.equal(builder.assess().byCurrency.find((row) => row.currency === "JPY")!.cash, null);
});
