import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { faultText } from "../../../src/infrastructure/config/fault.ts";
import { type ManualEntry, readManualFile } from "../../../src/infrastructure/files/manual_entry.ts";

function read(text: string) {
  return readManualFile(new TextEncoder().encode(text), "m.yaml");
}

function entryOf(text: string): ManualEntry {
  const { entries, faults } = read(`positions:\n  - ${text}\n`);
  assert.deepEqual(faults.map(faultText), []);
  assert.equal(entries.length, 1);
  return entries[0]!;
}

function assertOneFault(text: string, ...parts: readonly string[]): void {
  const { entries, faults } = read(text);
  const texts = faults.map(faultText);
  assert.equal(texts.length, 1, texts.join("\n"));
  assert.deepEqual(entries, []);
  for (const part of parts) assert(texts[0]?.includes(part), `${JSON.stringify(part)} is not in: ${texts[0]}`);
}

function assertFaultyEntry(entry: string, ...parts: readonly string[]): void {
  assertOneFault(`positions:\n  - ${entry}\n`, ...parts);
}

Deno.test("the entry of earlier versions is read unchanged", () => {
  const entry = entryOf(
    "{ symbol: AAPL, underlying: AAPL, asset_type: STOCK, quantity: 100, avg_price: 175.50, multiplier: 1 }",
  );
  assert.deepEqual(entry, {
    account: "MANUAL",
    quantity: 100,
    avgPrice: 175.5,
    place: { source: "m.yaml", line: 2, column: 5 },
    fields: {
      symbol: "AAPL",
      underlying: "AAPL",
      assetType: "STOCK",
      expiry: null,
      strike: null,
      right: null,
      currency: null,
      multiplier: 1,
      tradingClass: null,
      exchange: null,
      conId: null,
    },
  });
});

Deno.test("expiries in every form name the same day", () => {
  for (const expiry of ["20261218", "2026-12-18", '"2026-12-18"']) {
    const { fields } = entryOf(
      `{ symbol: SPX, asset_type: OPTION, expiry: ${expiry}, strike: 6_500, right: put, quantity: -1.5 }`,
    );
    assert.deepEqual([fields.expiry, fields.strike, fields.right], ["2026-12-18", 6500, "P"]);
  }
  assert.equal(entryOf("{ symbol: ES, asset_type: FUTURE, expiry: 202612, quantity: 1 }").fields.expiry, "2026-12");
});

Deno.test("an OCC symbol or a Futu code fills the fields", () => {
  for (const symbol of ["AAPL  251219C00150000", "US.AAPL251219C150000"]) {
    const { fields } = entryOf(`{ symbol: "${symbol}", quantity: 2 }`);
    assert.deepEqual(
      [fields.symbol, fields.assetType, fields.expiry, fields.strike, fields.right, fields.tradingClass],
      ["AAPL", "OPTION", "2025-12-19", 150, "C", "AAPL"],
    );
  }
  assert.deepEqual(
    [
      entryOf("{ symbol: HK.00700, quantity: 2 }").fields.symbol,
      entryOf("{ symbol: HK.00700, quantity: 2 }").fields.currency,
    ],
    ["700", "HKD"],
  );
});

Deno.test("an index root as symbol becomes the class of the index", () => {
  const { fields } = entryOf(
    "{ symbol: SPXW, asset_type: OPTION, expiry: 20261218, strike: 6500, right: P, quantity: 1 }",
  );
  assert.deepEqual([fields.symbol, fields.tradingClass], ["SPX", "SPXW"]);
});

Deno.test("tickers that look like numbers, flags or nothing stay tickers", () => {
  assert.equal(entryOf("{ symbol: 00700, quantity: 1, currency: HKD }").fields.symbol, "00700");
  assert.equal(entryOf("{ symbol: ON, quantity: 1 }").fields.symbol, "ON");
  assert.equal(entryOf("{ symbol: TRUE, quantity: 1 }").fields.symbol, "TRUE");
});

Deno.test("a currency pair is named by both currencies", () => {
  const { fields } = entryOf("{ symbol: EUR, currency: USD, asset_type: FOREX, quantity: 20000 }");
  assert.deepEqual([fields.symbol, fields.currency], ["EUR.USD", "USD"]);
  assert.equal(entryOf("{ symbol: EUR.USD, asset_type: FOREX, quantity: 1 }").fields.currency, "USD");
  assertFaultyEntry("{ symbol: EUR, asset_type: FOREX, quantity: 1 }", "both currencies");
});

Deno.test("a fault says line, key, value and what is allowed", () => {
  assertFaultyEntry("{ symbol: AAPL, quantity: ten }", "m.yaml:2:31", "positions[0].quantity", "found ten");
  assertFaultyEntry("{ symbol: AAPL }", "m.yaml:2:5", "quantity: the key is missing");
  assertFaultyEntry("{ quantity: 1 }", "symbol: the key is missing");
  assertFaultyEntry("{ symbol: AAPL, quantity: 1, avg_prise: 3 }", "unknown key", "did you mean avg_price?");
  assertFaultyEntry("{ symbol: AAPL, quantity: .nan }", "quantity", "found .nan");
  assertFaultyEntry("{ symbol: AAPL, quantity: 1, multiplier: 0 }", "above 0");
  assertFaultyEntry("{ symbol: AAPL, quantity: 1, asset_type: STOK }", "STOCK, OPTION");
  assertFaultyEntry("{ symbol: AAPL, quantity: 1, expiry: 2026-02-30, asset_type: OPTION }", "YYYYMMDD");
  assertFaultyEntry("{ symbol: AAPL, quantity: 1, strike: 5 }", "must say it");
  assertFaultyEntry("{ symbol: AAPL, quantity: 1, strike: 5, asset_type: STOCK }", "a STOCK has none");
  assertFaultyEntry(
    "{ symbol: AAPL, quantity: 1, expiry: 202612, asset_type: OPTION, strike: 1, right: C }",
    "only a future",
  );
  assertFaultyEntry('{ symbol: "AAPL  250230C00150000", quantity: 1 }', "2025-02-30 is not a date");
  assertFaultyEntry('{ symbol: "AAPL  251219C00150000", quantity: 1, strike: 160 }', "contradicts", "150");
  assertFaultyEntry("{ symbol: HK.TCH251230C600000, quantity: 1 }", "underlying", "TCH");
  assertFaultyEntry("AAPL", "found AAPL", "a map");
});

Deno.test("a file without positions is faulty, an empty list is not", () => {
  assert.deepEqual(read("positions: []\n"), { entries: [], faults: [] });
  assertOneFault("", "the key is missing");
  assertOneFault("positions:\n", "found nothing");
  assertOneFault("positions: []\npostions: []\n", "did you mean positions?");
  assertOneFault("positions: [\n", "m.yaml");
});

Deno.test("every faulty entry is listed and none of the others is used", () => {
  const { entries, faults } = read(
    "positions:\n  - { symbol: A, quantity: x }\n  - { symbol: B, quantity: 1 }\n  - { symbol: C, quantity: y }\n",
  );
  assert.deepEqual(entries, []);
  assert.deepEqual(faults.map((fault) => fault.place.line), [2, 4]);
});

Deno.test("whatever the file holds, reading gives entries or faults and never throws", () => {
  const value = fc.oneof(
    fc.constantFrom("AAPL", "1", "-2.5", "OPTION", "20261218", "C", "null", "{}", "[]", "*a", "&a x", "!!int 1", '"'),
    fc.string(),
  );
  const key = fc.constantFrom(
    "symbol",
    "quantity",
    "asset_type",
    "expiry",
    "strike",
    "right",
    "currency",
    "account",
    "x",
  );
  const entry = fc.array(fc.tuple(key, value), { maxLength: 8 })
    .map((pairs) => `  - { ${pairs.map(([k, v]) => `${k}: ${v}`).join(", ")} }`);
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(entry).map((lines) => `positions:\n${lines.join("\n")}`),
  );
  fc.assert(
    fc.property(text, (file) => {
      for (const { quantity, fields } of read(file).entries) {
        assert(Number.isFinite(quantity));
        assert(fields.symbol.length > 0);
      }
    }),
    { numRuns: 1500 },
  );
});
