import assert from "node:assert/strict";
import { IBApi } from "@stoqey/ib/dist/api/api.js";
import type { AssetType, Instrument } from "../../../src/domain/instrument.ts";
import { carriesQuotes, farmCarries } from "../../../src/infrastructure/ibkr/farms.ts";
import { controllerOf, LibraryChanged } from "../../../src/infrastructure/ibkr/library_internals.ts";
import {
  describeMessage,
  farmNameIn,
  meaningOf,
  messageCodes,
} from "../../../src/infrastructure/ibkr/message_codes.ts";

function instrument(assetType: AssetType, currency: string): Instrument {
  return {
    symbol: "X",
    underlying: "X",
    assetType,
    expiry: null,
    strike: null,
    right: null,
    currency,
    multiplier: 1,
    tradingClass: "",
    exchange: "",
    localSymbol: "",
    conId: 1,
    priceMagnifier: 1,
    minTick: null,
  };
}

Deno.test("every code stands in the table once", () => {
  const codes = messageCodes().map((each) => each.code);
  assert.equal(new Set(codes).size, codes.length);
});

Deno.test("codes that end a stream, and those that do not", () => {
  const ends = (code: number) =>
    ["no-permission", "competing-session", "refused", "no-line-left", "ask-again"].includes(meaningOf(code).request);
  assert.deepEqual([101, 200, 321, 322, 354, 10089, 10168, 10186, 10197].map(ends), Array(9).fill(true));
  assert.deepEqual([300, 10090, 10167, 2119, 2150 + 49].map(ends), Array(5).fill(false));
});

Deno.test("codes to the whole session", () => {
  assert.deepEqual([1100, 1101, 1102, 2103, 2104, 2105, 2106, 2108, 326, 2199].map((code) => meaningOf(code).session), [
    "servers-lost",
    "servers-back-data-lost",
    "servers-back-data-kept",
    "farm-down",
    "farm-up",
    "farm-down",
    "farm-up",
    "farm-idle",
    "client-id-in-use",
    "simulated",
  ]);
});

Deno.test("an unknown warning changes nothing; an unknown error ends its request and is tried again later", () => {
  assert.equal(meaningOf(2177).request, "note");
  assert.deepEqual([meaningOf(9999).request, meaningOf(9999).retryMs], ["refused", 300_000]);
});

Deno.test("a message is told with its code and its remedy, on one line and not endless", () => {
  assert.equal(
    describeMessage(354, "Requested market data\n is not subscribed."),
    "IBKR 354: Requested market data is not subscribed " +
      "(subscribe to this exchange's data in Client Portal > Settings > Market Data)",
  );
  assert.ok(describeMessage(1, "x".repeat(10_000)).length < 300);
});

Deno.test("a farm's name is what follows the last colon", () => {
  assert.equal(farmNameIn("Market data farm connection is OK:usfarm.nj"), "usfarm.nj");
  assert.equal(
    farmNameIn("Market data farm connection is inactive but should be available upon demand.cashfarm"),
    "Market data farm connection is inactive but should be available upon demand.cashfarm".trim(),
  );
  assert.equal(farmNameIn("broken:"), "unnamed");
});

Deno.test("a farm carries what its name says, and an unknown name tells nothing", () => {
  const cases: readonly (readonly [string, AssetType, string, boolean | null])[] = [
    ["usfarm", "STOCK", "USD", true],
    ["usfarm.nj", "INDEX", "USD", true],
    ["usfarm", "OPTION", "USD", false],
    ["usfarm", "STOCK", "EUR", false],
    ["usopt", "OPTION", "USD", true],
    ["usopt", "STOCK", "USD", false],
    ["usfuture", "FUTURE", "USD", true],
    ["usfuture", "FUTURE_OPTION", "USD", true],
    ["usfuture", "OPTION", "USD", false],
    ["cashfarm", "FOREX", "USD", true],
    ["usfarm", "FOREX", "USD", false],
    ["eufarm", "STOCK", "EUR", true],
    ["eufarmnj", "OPTION", "GBP", true],
    ["jfarm", "STOCK", "JPY", true],
    ["hfarm", "STOCK", "HKD", true],
    ["cafarm", "STOCK", "CAD", true],
    ["ushmds", "STOCK", "USD", false],
    ["marsfarm", "STOCK", "USD", null],
  ];
  for (const [farm, assetType, currency, expected] of cases) {
    assert.equal(farmCarries(farm, instrument(assetType, currency)), expected, `${farm} ${assetType} ${currency}`);
  }
  assert.deepEqual(["usfarm", "ushmds", "secdefil"].map(carriesQuotes), [true, false, false]);
});

Deno.test("the pinned library has every private part that the transport takes hold of", () => {
  controllerOf(new IBApi({ host: "127.0.0.1", port: 1, clientId: 1, maxReqPerSec: 45 }));
});

Deno.test("a library that moved its parts is refused in words that name what is missing", () => {
  const api = new IBApi({ host: "127.0.0.1", port: 1, clientId: 1, maxReqPerSec: 45 });
  const controller: unknown = Reflect.get(api, "controller");
  assert.ok(typeof controller === "object" && controller !== null);
  Reflect.set(controller, "socket", {});
  assert.throws(
    () => controllerOf(api),
    (error: unknown) =>
      error instanceof LibraryChanged && /controller\.socket\.connect\(\)/.test(error.message) &&
      /1\.6\.10/.test(error.message),
  );
});
