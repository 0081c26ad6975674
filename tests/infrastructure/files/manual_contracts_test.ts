import assert from "node:assert/strict";
import type { Instrument } from "../../../src/domain/instrument.ts";
import { instrumentKey } from "../../../src/domain/instrument.ts";
import { faultText } from "../../../src/infrastructure/config/fault.ts";
import { resolveEntries } from "../../../src/infrastructure/files/manual_contracts.ts";
import { readManualFile } from "../../../src/infrastructure/files/manual_entry.ts";

const PUT: Instrument = {
  symbol: "SPX",
  underlying: "SPX",
  assetType: "OPTION",
  expiry: "2026-12-18",
  strike: 6500,
  right: "P",
  currency: "USD",
  multiplier: 100,
  tradingClass: "SPX",
  exchange: "SMART",
  localSymbol: "SPX   261218P06500000",
  conId: 1,
  priceMagnifier: 1,
  minTick: 0.05,
};
const WEEKLY: Instrument = { ...PUT, tradingClass: "SPXW", conId: 2 };
const FUTURE: Instrument = {
  ...PUT,
  symbol: "ES",
  underlying: "ES",
  assetType: "FUTURE",
  strike: null,
  right: null,
  multiplier: 50,
  tradingClass: "ES",
  exchange: "CME",
  conId: 3,
};

interface Given {
  readonly known?: readonly Instrument[];
  readonly base?: string | null;
  readonly ownKeys?: readonly string[];
}

function resolve(lines: readonly string[], { known = [], base = "USD", ownKeys = [] }: Given = {}) {
  const text = `positions:\n${lines.map((line) => `  - ${line}`).join("\n")}\n`;
  const { entries, faults } = readManualFile(new TextEncoder().encode(text), "m.yaml");
  assert.deepEqual(faults, []);
  const resolution = resolveEntries(entries, {
    known: { revision: () => 0, candidates: () => known },
    baseCurrency: base,
    ownKeys: new Set(ownKeys),
  });
  return {
    contracts: resolution.resolved.map(({ instrument }) => instrument),
    faults: resolution.faults.map(faultText),
    waiting: resolution.waiting.map(faultText),
  };
}

const SHORT_PUT = "{ symbol: SPX, asset_type: OPTION, expiry: 2026-12-18, strike: 6500, right: P, quantity: -1 }";

Deno.test("an entry that leaves fields out takes them from the only contract that fits", () => {
  assert.deepEqual(resolve([SHORT_PUT], { known: [PUT, FUTURE] }).contracts, [PUT]);
  assert.deepEqual(
    resolve(["{ symbol: ES, asset_type: FUTURE, expiry: 202612, quantity: 1 }"], { known: [PUT, FUTURE] }),
    {
      contracts: [FUTURE],
      faults: [],
      waiting: [],
    },
  );
});

Deno.test("an entry that could be several contracts is refused with the list of them", () => {
  const { contracts, faults } = resolve([SHORT_PUT], { known: [PUT, WEEKLY] });
  assert.deepEqual(contracts, []);
  assert.equal(faults.length, 1);
  for (const part of ["m.yaml:2:5", "could be 2 contracts", "class SPX at", "class SPXW"]) {
    assert(faults[0]?.includes(part), faults[0]);
  }
});

Deno.test("the field that tells them apart settles it", () => {
  const weekly = SHORT_PUT.replace("quantity", "trading_class: SPXW, quantity");
  assert.deepEqual(resolve([weekly], { known: [PUT, WEEKLY] }).contracts, [WEEKLY]);
  assert.deepEqual(
    resolve([SHORT_PUT.replace("quantity", "con_id: 2, quantity")], { known: [PUT, WEEKLY] }).contracts,
    [WEEKLY],
  );
});

Deno.test("one contract listed at two exchanges is one contract", () => {
  const elsewhere = { ...PUT, exchange: "CBOE" };
  assert.equal(resolve([SHORT_PUT], { known: [PUT, elsewhere] }).contracts.length, 1);
});

Deno.test("a field that contradicts every known contract makes a contract of its own", () => {
  const [contract] = resolve([SHORT_PUT.replace("quantity", "currency: EUR, quantity")], { known: [PUT] }).contracts;
  assert.equal(contract?.currency, "EUR");
});

Deno.test("defaults stand in when nothing is known: base currency, multiplier 1 or 100", () => {
  const { contracts } = resolve([SHORT_PUT, "{ symbol: AAPL, quantity: 100 }"], { base: "EUR" });
  assert.deepEqual(contracts.map(({ currency, multiplier, underlying }) => [currency, multiplier, underlying]), [
    ["EUR", 100, "SPX"],
    ["EUR", 1, "AAPL"],
  ]);
});

Deno.test("an entry that lacks what no default can give waits and says what", () => {
  const { contracts, waiting } = resolve([
    "{ symbol: ES, asset_type: FUTURE, expiry: 202612, quantity: 1 }",
    "{ symbol: SPX, asset_type: OPTION, strike: 6500, quantity: 1 }",
    "{ symbol: AAPL, quantity: 1 }",
  ], { base: null });
  assert.deepEqual(contracts, []);
  assert.equal(waiting.length, 3);
  assert(waiting[0]?.includes("the day of expiry, multiplier"), waiting[0]);
  assert(waiting[1]?.includes("expiry, right, currency"), waiting[1]);
  assert(waiting[2]?.includes("portfolio.base_currency"), waiting[2]);
});

Deno.test("two entries for one contract in one account are refused with both lines; two accounts may hold it", () => {
  const { faults } = resolve(["{ symbol: AAPL, quantity: 1 }", "{ symbol: AAPL, multiplier: 1, quantity: 2 }"]);
  assert.equal(faults.length, 1);
  assert(faults[0]?.startsWith("m.yaml:3:5") && faults[0].includes("first in line 2"), faults[0]);
  assert.deepEqual(resolve(["{ symbol: AAPL, quantity: 1 }", "{ symbol: AAPL, account: B, quantity: 2 }"]).faults, []);
});

Deno.test("a contract that the file itself made is no second candidate beside the broker's", () => {
  const own: Instrument = { ...PUT, tradingClass: "", conId: null };
  assert.deepEqual(resolve([SHORT_PUT], { known: [own, PUT], ownKeys: [instrumentKey(own)] }).contracts, [PUT]);
});
