import assert from "node:assert/strict";
import type { Exchange } from "../../../src/domain/calendar/exchange.ts";
import { daysToExpiry, type ExpiringContract, expiryTime } from "../../../src/domain/calendar/expiry.ts";

const newYork = (text: string) =>
  Temporal.PlainDateTime.from(text).toZonedDateTime("America/New_York").epochMilliseconds;
const berlin = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime("Europe/Berlin").epochMilliseconds;

function option(underlying: string, tradingClass: string, expiry: string): ExpiringContract {
  return { assetType: "OPTION", underlying, tradingClass, expiry };
}

function futureOption(tradingClass: string, expiry: string): ExpiringContract {
  return { assetType: "FUTURE_OPTION", underlying: "ES", tradingClass, expiry };
}

const expires = (contract: ExpiringContract, exchange: Exchange) => expiryTime(contract, exchange);

Deno.test("a 0DTE option watched from Hong Kong keeps 0 days until New York's midnight", () => {
  // Saturday 00:30 in Hong Kong is Friday 11:30 in New York.
  const inHongKong = Date.parse("2026-11-21T00:30+08:00");
  assert.equal(daysToExpiry("CBOE_EQUITY_OPTIONS", "2026-11-20", inHongKong), 0);
  assert.equal(daysToExpiry("CBOE_EQUITY_OPTIONS", "2026-11-20", newYork("2026-11-20T23:59")), 0);
  assert.equal(daysToExpiry("CBOE_EQUITY_OPTIONS", "2026-11-20", newYork("2026-11-21T00:00")), -1);
  assert.equal(daysToExpiry("CBOE_EQUITY_OPTIONS", "2026-11-20", newYork("2026-11-19T23:59")), 1);
});

Deno.test("days to expiry are calendar days, over a change of clocks and a year's end", () => {
  assert.equal(daysToExpiry("CBOE_EQUITY_OPTIONS", "2026-12-18", newYork("2026-11-20T10:30")), 28);
  assert.equal(daysToExpiry("CBOE_EQUITY_OPTIONS", "2026-11-06", newYork("2026-10-30T23:30")), 7);
  assert.equal(daysToExpiry("CBOE_EQUITY_OPTIONS", "2027-01-15", newYork("2026-12-31T12:00")), 15);
  assert.equal(daysToExpiry("CBOE_EQUITY_OPTIONS", "2030-01-18", newYork("2026-11-20T10:30")), 1155);
});

Deno.test("a Hong Kong option counts Hong Kong's days, a Frankfurt one Frankfurt's", () => {
  const at = Date.parse("2026-11-19T16:30Z"); // Friday 00:30 in Hong Kong, Thursday 17:30 in Frankfurt
  assert.equal(daysToExpiry("HKEX", "2026-11-27", at), 7);
  assert.equal(daysToExpiry("XETRA", "2026-11-27", at), 8);
});

Deno.test("a stock option expires at 16:00 New York, on the half day after Thanksgiving at 13:00", () => {
  assert.equal(expires(option("AAPL", "AAPL", "2026-11-20"), "CBOE_EQUITY_OPTIONS"), newYork("2026-11-20T16:00"));
  assert.equal(expires(option("NVDA", "NVDA", "2026-11-27"), "CBOE_EQUITY_OPTIONS"), newYork("2026-11-27T13:00"));
});

Deno.test("an option on a fund that trades late expires at 16:15, on a half day at 13:15", () => {
  assert.equal(expires(option("SPY", "SPY", "2026-11-20"), "CBOE_EQUITY_OPTIONS"), newYork("2026-11-20T16:15"));
  assert.equal(expires(option("SPY", "SPY", "2026-11-27"), "CBOE_EQUITY_OPTIONS"), newYork("2026-11-27T13:15"));
});

Deno.test("SPX, NDX, RUT and VIX settle at the opening; SPXW and its like at 16:00", () => {
  for (const name of ["SPX", "NDX", "RUT", "VIX"]) {
    assert.equal(expires(option(name, name, "2026-12-18"), "CBOE_INDEX_OPTIONS"), newYork("2026-12-18T09:30"), name);
  }
  for (
    const [underlying, tradingClass] of [["SPX", "SPXW"], ["NDX", "NDXP"], ["RUT", "RUTW"], ["XSP", "XSP"]] as const
  ) {
    const contract = option(underlying, tradingClass, "2026-12-18");
    assert.equal(expires(contract, "CBOE_INDEX_OPTIONS"), newYork("2026-12-18T16:00"), tradingClass);
  }
  assert.equal(expires(option("SPX", "SPXW", "2026-11-27"), "CBOE_INDEX_OPTIONS"), newYork("2026-11-27T13:00"));
});

Deno.test("an index option without a class is not called expired while its later kind still trades", () => {
  assert.equal(expires(option("SPX", "", "2026-12-18"), "CBOE_INDEX_OPTIONS"), newYork("2026-12-18T16:00"));
  assert.equal(expires(option("VIX", "", "2026-12-16"), "CBOE_INDEX_OPTIONS"), newYork("2026-12-16T09:30"));
});

Deno.test("ES settles at the New York opening; its weekly options end at 16:00", () => {
  const future: ExpiringContract = { assetType: "FUTURE", underlying: "ES", tradingClass: "ES", expiry: "2026-12-18" };
  assert.equal(expires(future, "CME_EQUITY_INDEX"), newYork("2026-12-18T09:30"));
  assert.equal(expires(futureOption("ES", "2026-12-18"), "CME_EQUITY_INDEX"), newYork("2026-12-18T09:30"));
  assert.equal(expires(futureOption("EW4", "2026-11-20"), "CME_EQUITY_INDEX"), newYork("2026-11-20T16:00"));
  assert.equal(expires(futureOption("EW", "2026-11-27"), "CME_EQUITY_INDEX"), newYork("2026-11-27T13:00"));
});

Deno.test("ES of June 2026 settles on Thursday, as the third Friday is Juneteenth", () => {
  assert.equal(expires(futureOption("ES", "2026-06-18"), "CME_EQUITY_INDEX"), newYork("2026-06-18T09:30"));
});

Deno.test("Eurex options expire at 17:30, the DAX's at 13:00 and the EURO STOXX 50's at noon", () => {
  assert.equal(expires(option("SAP", "SAP", "2026-12-18"), "XETRA"), berlin("2026-12-18T17:30"));
  assert.equal(expires(option("DAX", "ODAX", "2026-12-18"), "XETRA"), berlin("2026-12-18T13:00"));
  assert.equal(expires(option("ESTX50", "OESX", "2026-12-18"), "XETRA"), berlin("2026-12-18T12:00"));
});

Deno.test("London and Hong Kong options expire at the close, on a half day at its close", () => {
  assert.equal(expires(option("VOD", "VOD", "2026-12-18"), "LSE"), Date.parse("2026-12-18T16:30Z"));
  assert.equal(expires(option("VOD", "VOD", "2026-12-24"), "LSE"), Date.parse("2026-12-24T12:30Z"));
  assert.equal(expires(option("700", "TCH", "2026-11-27"), "HKEX"), Date.parse("2026-11-27T16:00+08:00"));
});

Deno.test("what never expires has no expiry time; a date beyond the calendar has its regular one", () => {
  const stock: ExpiringContract = { assetType: "STOCK", underlying: "AAPL", tradingClass: "NMS", expiry: null };
  assert.equal(expires(stock, "NYSE"), null);
  assert.equal(expires(option("AAPL", "AAPL", "2029-01-19"), "CBOE_EQUITY_OPTIONS"), newYork("2029-01-19T16:00"));
});
