import assert from "node:assert/strict";
import fc from "../support/property.ts";
import { parseContractSymbol, parseExpiry, sharedClass } from "../../src/domain/contract_symbols.ts";

Deno.test("an OCC symbol says underlying, expiry, right and strike", () => {
  const expected = {
    kind: "option",
    symbol: "AAPL",
    tradingClass: "AAPL",
    expiry: "2025-12-19",
    strike: 150,
    right: "C",
    market: null,
  };
  assert.deepEqual(parseContractSymbol("AAPL  251219C00150000"), expected);
  assert.deepEqual(parseContractSymbol("AAPL251219C00150000"), expected);
  assert.deepEqual(parseContractSymbol("US.AAPL251219C150000"), { ...expected, market: "US" });
});

Deno.test("a strike with cents keeps them", () => {
  const option = parseContractSymbol("F     251219P00012370");
  assert(option?.kind === "option");
  assert.deepEqual([option.symbol, option.strike, option.right], ["F", 12.37, "P"]);
});

Deno.test("roots of weekly, adjusted and share-class options lead to their underlying", () => {
  for (
    const [text, symbol, root] of [
      ["SPXW  251219P06500000", "SPX", "SPXW"],
      ["AAPL1 251219C00150000", "AAPL", "AAPL1"],
      ["BRKB  251219C00450000", "BRK B", "BRKB"],
      ["US.BRK.B251219C450000", "BRK B", "BRK.B"],
      ["HK.TCH251230C600000", "TCH", "TCH"],
    ] as const
  ) {
    const option = parseContractSymbol(text);
    assert(option?.kind === "option", text);
    assert.deepEqual([option.symbol, option.tradingClass], [symbol, root]);
  }
});

Deno.test("Futu codes of shares lose the market and Hong Kong's zeros", () => {
  assert.deepEqual(parseContractSymbol("US.AAPL"), { kind: "listed", symbol: "AAPL", market: "US" });
  assert.deepEqual(parseContractSymbol("US.BRK.B"), { kind: "listed", symbol: "BRK B", market: "US" });
  assert.deepEqual(parseContractSymbol("HK.00700"), { kind: "listed", symbol: "700", market: "HK" });
});

Deno.test("a plain ticker is no coded symbol", () => {
  for (const ticker of ["AAPL", "BRK B", "BRK.B", "EUR.USD", "ES", "700", "", "US", "ESZ6"]) {
    assert.equal(parseContractSymbol(ticker), null, ticker);
  }
});

Deno.test("an option symbol with an impossible day or a strike of 0 is faulty, not a ticker", () => {
  assert.deepEqual(parseContractSymbol("AAPL  250230C00150000"), {
    kind: "faulty",
    reason: "2025-02-30 is not a date",
  });
  assert.deepEqual(parseContractSymbol("AAPL  251219C00000000"), { kind: "faulty", reason: "its strike is 0" });
});

Deno.test("what is written as an OCC symbol is read back the same", () => {
  const date = fc.date({ min: new Date("2020-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
  const root = fc.stringMatching(/^[A-Z]{1,5}$/).filter((text) =>
    !["SPXW", "NDXP", "RUTW", "VIXW", "BRKB", "BFB"].includes(text)
  );
  fc.assert(
    fc.property(
      root,
      date,
      fc.constantFrom("C", "P"),
      fc.integer({ min: 1, max: 99_999_999 }),
      (symbol, day, right, k) => {
        const expiry = day.toISOString().slice(0, 10);
        const text = `${symbol.padEnd(6)}${expiry.slice(2).replaceAll("-", "")}${right}${`${k}`.padStart(8, "0")}`;
        assert.deepEqual(parseContractSymbol(text), {
          kind: "option",
          symbol,
          tradingClass: symbol,
          expiry,
          strike: k / 1000,
          right,
          market: null,
        });
      },
    ),
  );
});

Deno.test("expiries are read as days or as the month of a future", () => {
  assert.deepEqual(parseExpiry("20251219"), { kind: "date", date: "2025-12-19" });
  assert.deepEqual(parseExpiry("2025-12-19"), { kind: "date", date: "2025-12-19" });
  assert.deepEqual(parseExpiry("202512"), { kind: "month", month: "2025-12" });
  for (const text of ["2025-12", "20251301", "2025-02-30", "251219", "2025-1219", "Dec 2025", "", "202500"]) {
    assert.equal(parseExpiry(text), null, text);
  }
});

Deno.test("a class of shares is written with a blank", () => {
  assert.equal(sharedClass("BRK.B"), "BRK B");
  assert.equal(sharedClass("EUR.USD"), "EUR.USD");
});
