import assert from "node:assert/strict";
import { exchangeOf, type Listing } from "../../../src/domain/calendar/exchange.ts";

function listing(fields: Partial<Listing>): Listing {
  return { assetType: "STOCK", exchange: "SMART", currency: "USD", tradingClass: "", underlying: "AAPL", ...fields };
}

Deno.test("exchangeOf() finds the calendar of each kind of instrument", () => {
  const cases: [Partial<Listing>, string | null][] = [
    [{}, "NYSE"],
    [{ exchange: "NYSE" }, "NYSE"],
    [{ exchange: "NASDAQ" }, "NASDAQ"],
    [{ exchange: "ARCA" }, "NYSE"],
    [{ exchange: "" }, "NYSE"],
    [{ assetType: "OPTION" }, "CBOE_EQUITY_OPTIONS"],
    [{ assetType: "OPTION", underlying: "SPY" }, "CBOE_EQUITY_OPTIONS"],
    [{ assetType: "OPTION", underlying: "SPX", tradingClass: "SPXW" }, "CBOE_INDEX_OPTIONS"],
    [{ assetType: "OPTION", underlying: "NDX", tradingClass: "NDXP" }, "CBOE_INDEX_OPTIONS"],
    [{ assetType: "OPTION", underlying: "RUT" }, "CBOE_INDEX_OPTIONS"],
    [{ assetType: "OPTION", underlying: "VIX", exchange: "CBOE" }, "CBOE_INDEX_OPTIONS"],
    [{ assetType: "FUTURE", exchange: "CME", underlying: "ES" }, "CME_EQUITY_INDEX"],
    [{ assetType: "FUTURE_OPTION", exchange: "GLOBEX", underlying: "ES", tradingClass: "EW" }, "CME_EQUITY_INDEX"],
    [{ assetType: "FUTURE", exchange: "CBOT", underlying: "YM" }, "CME_EQUITY_INDEX"],
    [{ assetType: "FUTURE", exchange: "", underlying: "ES" }, "CME_EQUITY_INDEX"],
    [{ exchange: "IBIS", currency: "EUR", underlying: "SAP" }, "XETRA"],
    [{ currency: "EUR", underlying: "SAP" }, "XETRA"],
    [{ assetType: "OPTION", exchange: "EUREX", currency: "EUR", underlying: "DAX" }, "XETRA"],
    [{ exchange: "LSE", currency: "GBP", underlying: "VOD" }, "LSE"],
    [{ currency: "GBP", underlying: "VOD" }, "LSE"],
    [{ exchange: "LSEETF", currency: "USD", underlying: "VUSD" }, "LSE"],
    [{ exchange: "SEHK", currency: "HKD", underlying: "700" }, "HKEX"],
    [{ assetType: "FOREX", exchange: "IDEALPRO", underlying: "EUR.USD" }, "FX"],
  ];
  for (const [fields, expected] of cases) assert.equal(exchangeOf(listing(fields)), expected, JSON.stringify(fields));
});

Deno.test("exchangeOf() has no calendar for markets that it does not know, and does not guess one", () => {
  const unknown: Partial<Listing>[] = [
    { exchange: "TSEJ", currency: "JPY" },
    { exchange: "SBF", currency: "EUR" },
    { assetType: "FUTURE", exchange: "NYMEX", underlying: "CL" },
    { assetType: "FUTURE", exchange: "CBOT", underlying: "ZC" },
    { assetType: "FUTURE", exchange: "CME", underlying: "LE" },
    { assetType: "FUTURE", exchange: "", underlying: "CL" },
    { assetType: "CRYPTO", exchange: "PAXOS", underlying: "BTC" },
    { assetType: "BOND" },
    { assetType: "UNKNOWN" },
  ];
  for (const fields of unknown) assert.equal(exchangeOf(listing(fields)), null, JSON.stringify(fields));
});
