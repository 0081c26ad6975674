import assert from "node:assert/strict";
import fc from "../support/property.ts";
import { age, contractName, contractOf, createFormat, span } from "../../src/presentation/format.ts";

const format = createFormat({ locale: "en-US", timeZone: "America/New_York" });

Deno.test("money has separators and a minus of ASCII", () => {
  assert.equal(format.money(1_617_557.4), "1,617,557");
  assert.equal(format.money(-174_971), "-174,971");
  assert.equal(format.money(999), "999");
  assert.equal(format.money(0), "0");
  assert.equal(format.money(-0.2), "0");
});

Deno.test("P&L is always signed, and only a true zero is without", () => {
  assert.equal(format.signed(8_044), "+8,044");
  assert.equal(format.signed(-88), "-88");
  assert.equal(format.signed(0), "0");
  assert.equal(format.signed(0.2), "+0");
  assert.equal(format.signed(-0.2), "-0");
});

Deno.test("a missing number is -- in every form, and so is one that is no number", () => {
  for (const value of [null, NaN, Infinity, -Infinity]) {
    const forms = [
      format.money(value),
      format.signed(value),
      format.decimals(value, 2),
      format.short(value),
      format.round(value),
      format.percent(value, 1),
      format.signedPercent(value, 2),
      format.used(value),
      format.price(value),
      format.quantity(value),
      age(value),
      span(value),
    ];
    assert.deepEqual(new Set(forms), new Set(["--"]));
  }
});

Deno.test("K and M keep three to four digits", () => {
  assert.deepEqual([25_417, 1_617_557, -174_971, 9_999, 999_999, 2_500_000_000].map((value) => format.short(value)), [
    "25.4K",
    "1.62M",
    "-175.0K",
    "9,999",
    "1.00M",
    "2.50B",
  ]);
  assert.deepEqual([6e6, 50_000, 1.5e6].map((value) => format.round(value)), ["6M", "50K", "1.5M"]);
});

Deno.test("prices have two decimals, small ones the fraction of their tick, rates four", () => {
  assert.equal(format.price(398.6), "398.60");
  assert.equal(format.price(0.125), "0.125");
  assert.equal(format.price(1.1524), "1.1524");
  assert.equal(format.price(150.2345, "rate"), "150.2345");
  assert.equal(format.price(-3.5), "-3.50");
});

Deno.test("percent, used limits and quantities", () => {
  assert.equal(format.percent(0.498, 1), "49.8 %");
  assert.equal(format.signedPercent(0.00537, 2), "+0.54 %");
  assert.equal(format.used(1.0784), "108%");
  assert.equal(format.quantity(0.5), "0.5");
  assert.equal(format.quantity(-1_200), "-1,200");
});

Deno.test("ages step from tenths to days", () => {
  const told = [400, 3_200, 9_960, 42_000, 72_000, 134_000, 3_600_000, 11_525_000, 187_200_000].map((ms) => age(ms));
  assert.deepEqual(told, ["0.4 s", "3.2 s", "10 s", "42 s", "1m12s", "2m14s", "1h00m", "3h12m", "2d04h"]);
  assert.equal(age(-5_000), "0.0 s");
  assert.equal(span(5 * 3_600_000 + 29 * 60_000 + 59_000), "5h29m");
});

Deno.test("contracts are called as a trader calls them", () => {
  const option = { symbol: "NVDA", assetType: "OPTION", expiry: "2026-11-27", strike: 200, right: "C" };
  assert.equal(contractName(option), "NVDA 27Nov26 200 C");
  assert.equal(contractName({ ...option, strike: 2.5, right: "P" }), "NVDA 27Nov26 2.5 P");
  assert.equal(contractOf({ ...option, assetType: "FUTURE", strike: null, right: null }), "27Nov26 future");
  assert.equal(contractName({ ...option, assetType: "STOCK", expiry: null, strike: null, right: null }), "NVDA stock");
});

Deno.test("the clock follows the zone through its changes of time", () => {
  assert.equal(format.clock(Date.parse("2026-11-20T15:30:45Z")), "10:30:45");
  assert.equal(format.clock(Date.parse("2026-07-20T15:30:45Z")), "11:30:45");
  assert.equal(format.clock(Date.parse("2026-11-01T05:59:59Z")), "01:59:59");
  assert.equal(format.clock(Date.parse("2026-11-01T06:00:00Z")), "01:00:00");
  assert.equal(format.day(Date.parse("2026-11-21T04:00:00Z")), "Fri 20 Nov");
  assert.equal(format.isoDateTime(Date.parse("2026-11-20T15:30:45Z")), "2026-11-20 10:30:45");
  assert.equal(format.zoneAbbreviation(Date.parse("2026-11-20T15:30:45Z")), "EST");
  assert.equal(createFormat({ locale: "en-US", timeZone: "Asia/Kathmandu" }).clock(0), "05:30:00");
  for (const at of [NaN, Infinity, 1e300]) assert.equal(format.clock(at), "--");
});

Deno.test("separators of a locale stay one plain cell wide", () => {
  assert.equal(createFormat({ locale: "de-DE", timeZone: "UTC" }).decimals(1_234.5, 2), "1.234,50");
  assert.equal(createFormat({ locale: "fr-FR", timeZone: "UTC" }).money(1_234_567), "1 234 567");
});

Deno.test("money reads back as the rounded number", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), (value) => {
      const read = Number(format.money(value).replaceAll(",", ""));
      assert.ok(Math.abs(read - value) <= 0.5, `${value} read back as ${read}`);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a number is rounded as its exact value is, next to a half too", () => {
  const near = fc.tuple(fc.integer({ min: -2_000_000, max: 2_000_000 }), fc.constantFrom(1e-12, 1e-9, 1e-7, 0, -1e-12))
    .map(([half, off]) => half / 2_000 + off);
  const numbers = fc.oneof(near, fc.double({ min: -1e15, max: 1e15, noNaN: true }), fc.integer());
  fc.assert(fc.property(numbers, fc.integer({ min: 0, max: 6 }), (value, digits) => {
    const exact = Math.abs(value).toFixed(digits);
    const negative = value < 0 && Number(exact) !== 0;
    assert.equal(format.decimals(value, digits).replaceAll(",", ""), (negative ? "-" : "") + exact);
  }));
  assert.equal(format.decimals(1.005, 2), "1.00");
  assert.equal(format.decimals(1.115, 2), "1.11");
  assert.equal(format.decimals(2.5, 0), "3");
  assert.equal(format.money(0.49999999999999994), "0");
});

Deno.test("groups of three digits keep their zeros", () => {
  assert.equal(format.money(1_000_000), "1,000,000");
  assert.equal(format.money(-1_002_003_004), "-1,002,003,004");
  assert.equal(format.decimals(1_000.05, 2), "1,000.05");
  assert.equal(format.decimals(999_999.999, 2), "1,000,000.00");
});
