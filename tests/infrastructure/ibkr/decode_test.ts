import assert from "node:assert/strict";
import { QuoteField } from "../../../src/domain/event.ts";
import type { AssetType } from "../../../src/domain/instrument.ts";
import { assetTypeOf, decodeContract, isoDate, occExpiry } from "../../../src/infrastructure/ibkr/decode/contract.ts";
import { multiplierOf, present, readNumber } from "../../../src/infrastructure/ibkr/decode/numbers.ts";
import {
  decodeComputation,
  decodePrice,
  decodeSize,
  isDelayed,
  PRICE_TICKS,
} from "../../../src/infrastructure/ibkr/decode/ticks.ts";
import { executionTime, serverMidnight, serverOffsetMs } from "../../../src/infrastructure/ibkr/decode/time.ts";
import type { SecType } from "@stoqey/ib/dist/api/data/enum/sec-type.js";

const UNSET = 1.7976931348623157e308;
const { bid, ask, last, close, brokerMark } = QuoteField;

type PriceCase = readonly [
  what: string,
  field: QuoteField,
  price: number | undefined,
  size: number | undefined,
  assetType: AssetType,
  expected: number,
];

const PRICES: readonly PriceCase[] = [
  ["a bid of −1 without size is none", bid, -1, 0, "OPTION", NaN],
  ["an ask of −1 without size is none", ask, -1, undefined, "STOCK", NaN],
  ["a bid of −1 of an option is none whatever its size", bid, -1, 5, "OPTION", NaN],
  ["a future may really be bid at −1", bid, -1, 5, "FUTURE", -1],
  ["a future at −1 without size is none", bid, -1, 0, "FUTURE", NaN],
  ["a future at −37.63 is real", last, -37.63, 1, "FUTURE", -37.63],
  ["a bid of 0 is real", bid, 0, 0, "OPTION", 0],
  ["an ask of 0 is none", ask, 0, 0, "OPTION", NaN],
  ["a last of 0 of a worthless option is real", last, 0, 1, "OPTION", 0],
  ["a last of 0 of a stock is none", last, 0, 0, "STOCK", NaN],
  ["a close of 0 is none", close, 0, 0, "OPTION", NaN],
  ["a mark of 0 of an option is real", brokerMark, 0, 0, "OPTION", 0],
  ["the largest double is none", bid, UNSET, 1, "STOCK", NaN],
  ["an empty field is none", bid, undefined, 1, "STOCK", NaN],
  ["NaN is none", bid, NaN, 1, "STOCK", NaN],
  ["infinity is none", bid, Infinity, 1, "STOCK", NaN],
  ["an ordinary price is itself", ask, 7.25, 1, "OPTION", 7.25],
];

for (const [what, field, price, size, assetType, expected] of PRICES) {
  Deno.test(`decodePrice(): ${what}`, () => {
    assert.equal(decodePrice(field, price, size, { assetType, priceMagnifier: 1 }), expected);
  });
}

Deno.test("decodePrice() divides by the price magnifier, so that London pence become pounds", () => {
  // 523.4 pence / 100 = 5.234 pounds.
  assert.equal(decodePrice(bid, 523.4, 1, { assetType: "STOCK", priceMagnifier: 100 }), 5.234);
});

Deno.test("decodePrice() tells −1 from a price before it divides", () => {
  assert.equal(decodePrice(bid, -1, 0, { assetType: "STOCK", priceMagnifier: 100 }), NaN);
});

Deno.test("decodeSize() lets fractions and 0 through and stops the rest", () => {
  assert.deepEqual([0.5, 0, -1, undefined, UNSET].map(decodeSize), [0.5, 0, NaN, NaN, NaN]);
});

Deno.test("delayed ticks fill the fields of the live ones and are known as delayed", () => {
  assert.deepEqual([66, 67, 68, 75].map((tick) => PRICE_TICKS.get(tick)), [bid, ask, last, close]);
  assert.deepEqual([1, 9, 13, 37, 45, 66, 76, 80, 83, 88, 90, 89].map(isDelayed), [
    false,
    false,
    false,
    false,
    false,
    true,
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
});

const NOTHING = {
  impliedVolatility: undefined,
  delta: undefined,
  optionPrice: undefined,
  pvDividend: undefined,
  gamma: undefined,
  vega: undefined,
  theta: undefined,
  underlyingPrice: undefined,
};

function greeksOf(raw: Partial<Record<keyof typeof NOTHING, number>>, magnifier = 1) {
  const greeks = { impliedVolatility: 0, delta: 0, gamma: 0, vega: 0, theta: 0, underlyingPrice: 0, modelPrice: 0 };
  decodeComputation({ ...NOTHING, ...raw }, magnifier, greeks);
  return greeks;
}

Deno.test("a delta of −1 is a real delta", () => {
  assert.equal(greeksOf({ delta: -1 }).delta, -1);
});

Deno.test("a delta of −2 is none, and so are gamma, vega and theta of −2 beside it", () => {
  const { delta, gamma, vega, theta } = greeksOf({ delta: -2, gamma: -2, vega: -2, theta: -2 });
  assert.deepEqual([delta, gamma, vega, theta], [NaN, NaN, NaN, NaN]);
});

Deno.test("a theta of −2.00 beside a real delta is an ordinary theta", () => {
  assert.equal(greeksOf({ delta: 0.55, theta: -2 }).theta, -2);
});

Deno.test("volatility, price and underlying price of −1 are none", () => {
  const { impliedVolatility, modelPrice, underlyingPrice } = greeksOf({
    impliedVolatility: -1,
    optionPrice: -1,
    underlyingPrice: -1,
    delta: 0.5,
  });
  assert.deepEqual([impliedVolatility, modelPrice, underlyingPrice], [NaN, NaN, NaN]);
});

Deno.test("unset greeks are none", () => {
  assert.ok(Object.values(greeksOf({ delta: UNSET, gamma: UNSET, vega: UNSET, theta: UNSET })).every(Number.isNaN));
});

Deno.test("readNumber() parts missing from unreadable", () => {
  assert.deepEqual(["1.5", " 2 ", "1,234.5", "-3e2"].map(readNumber), [1.5, 2, 1234.5, -300]);
  assert.deepEqual(["", "1.7976931348623157E308", "NaN", "Infinity", "?"].map(readNumber), [
    null,
    null,
    null,
    null,
    null,
  ]);
  assert.deepEqual(["12abc", "N/A", "--"].map(readNumber), [undefined, undefined, undefined]);
});

Deno.test("present() and multiplierOf() know IBKR's ways of saying nothing", () => {
  assert.deepEqual([0, -1, undefined, NaN, UNSET, -UNSET].map(present), [0, -1, null, null, null, null]);
  assert.deepEqual([0, undefined, UNSET, 100, 0.1].map(multiplierOf), [1, 1, 1, 100, 0.1]);
});

Deno.test("an option's expiry is the date in its OCC symbol, whatever the last trade date says", () => {
  const option = decodeContract({
    symbol: "SPX",
    secType: "OPT" as SecType,
    localSymbol: "SPX   261218C06600000",
    lastTradeDateOrContractMonth: "20261217",
    tradingClass: "SPX",
    currency: "USD",
    strike: 6600,
    multiplier: 100,
  });
  assert.equal(option.expiry, "2026-12-18");
});

Deno.test("an option whose expiry cannot be read is of an unknown type, not one that never expires (mistake 10)", () => {
  for (const secType of ["OPT", "FOP"]) {
    const contract = {
      symbol: "AAPL",
      secType: secType as SecType,
      strike: 190,
      lastTradeDateOrContractMonth: "20261332",
    };
    assert.deepEqual([decodeContract(contract).assetType, decodeContract(contract).expiry], ["UNKNOWN", null]);
    // Details that have the date make it whole.
    const known = decodeContract(contract, { contract, realExpirationDate: "20261218" });
    assert.deepEqual([known.assetType, known.expiry], [secType === "OPT" ? "OPTION" : "FUTURE_OPTION", "2026-12-18"]);
  }
});

Deno.test("a futures option's expiry is the real expiration date, else the last trade date", () => {
  const contract = { symbol: "ES", secType: "FOP" as SecType, localSymbol: "ESZ6 P6400", currency: "USD" };
  const dated = { ...contract, lastTradeDateOrContractMonth: "20261217" };
  assert.equal(decodeContract(dated, { contract: dated, realExpirationDate: "20261218" }).expiry, "2026-12-18");
  assert.equal(decodeContract(dated).expiry, "2026-12-17");
});

Deno.test("occExpiry() and isoDate() accept only what they know", () => {
  assert.equal(occExpiry("AAPL  251219C00150000"), "2025-12-19");
  assert.equal(occExpiry("SPXW  261120P06600000"), "2026-11-20");
  assert.equal(occExpiry("ESZ6"), null);
  assert.equal(isoDate("20261218 08:30 US/Central"), "2026-12-18");
  assert.equal(isoDate("202612"), null);
  assert.equal(isoDate("20261332"), null);
});

Deno.test("a currency pair is named by both currencies", () => {
  const pair = decodeContract({ symbol: "EUR", secType: "CASH" as SecType, currency: "USD", conId: 12087792 });
  assert.deepEqual([pair.symbol, pair.underlying, pair.assetType, pair.multiplier], ["EUR.USD", "EUR.USD", "FOREX", 1]);
});

Deno.test("security types map to asset types, and a strange one is UNKNOWN", () => {
  assert.deepEqual(
    ["STK", "OPT", "FUT", "FOP", "CASH", "IND", "CRYPTO", "BOND", "FUND", "WAR", "CFD", undefined].map(assetTypeOf),
    [
      "STOCK",
      "OPTION",
      "FUTURE",
      "FUTURE_OPTION",
      "FOREX",
      "INDEX",
      "CRYPTO",
      "BOND",
      "FUND",
      "WARRANT",
      "UNKNOWN",
      "UNKNOWN",
    ],
  );
});

const NOON_UTC = Date.UTC(2026, 10, 20, 15, 30, 45);

Deno.test("TWS's zone is told from its digits, not from a name that may be in any language", () => {
  assert.equal(serverOffsetMs("20261120 10:30:45 EST", NOON_UTC), -5 * 3_600_000);
  assert.equal(serverOffsetMs("20261120 23:30:46 中国标准时间", NOON_UTC), 8 * 3_600_000);
  assert.equal(serverOffsetMs("20261120 21:01:00 IST", NOON_UTC), 5.5 * 3_600_000);
  assert.equal(serverOffsetMs("nonsense", NOON_UTC), null);
  assert.equal(serverOffsetMs("20251120 10:30:45 EST", NOON_UTC), null);
});

Deno.test("executions reach back to TWS's own midnight", () => {
  assert.equal(serverMidnight(NOON_UTC, -5 * 3_600_000), Date.UTC(2026, 10, 20, 5));
  assert.equal(serverMidnight(NOON_UTC, 8 * 3_600_000), Date.UTC(2026, 10, 19, 16));
});

Deno.test("an execution's time is read with its zone, in UTC, or in TWS's own zone", () => {
  const offset = -5 * 3_600_000;
  assert.equal(executionTime("20261120 10:30:45 US/Eastern", 0), NOON_UTC);
  assert.equal(executionTime("20260720 11:30:45 America/New_York", 0), Date.UTC(2026, 6, 20, 15, 30, 45));
  assert.equal(executionTime("20261120-15:30:45", offset), NOON_UTC);
  assert.equal(executionTime("20261120  10:30:45", offset), NOON_UTC);
  assert.equal(executionTime("20261120 10:30:45 Nowhere/Land", offset), NOON_UTC);
  assert.equal(executionTime("yesterday", offset), null);
});
