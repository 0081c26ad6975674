import assert from "node:assert/strict";
import { expiryDate, listContracts } from "../../../src/infrastructure/simulator/listing.ts";
import { loadScenario } from "../../../src/infrastructure/simulator/load_scenario.ts";

Deno.test("relative expiries keep a 0DTE, a weekly and monthlies whatever the day", () => {
  const dates = (start: string) =>
    ([["days", 0], ["friday", 0], ["friday", 1], ["third-friday", 1], ["quarter", 0]] as const)
      .map(([rule, count]) => expiryDate({ rule, count }, start));
  // A third Friday itself, a Wednesday, a Saturday, the last days of a year.
  assert.deepEqual(dates("2026-11-20"), ["2026-11-20", "2026-11-20", "2026-11-27", "2026-12-18", "2026-12-18"]);
  assert.deepEqual(dates("2026-11-25"), ["2026-11-25", "2026-11-27", "2026-11-27", "2026-12-18", "2026-12-18"]);
  assert.deepEqual(dates("2026-11-28"), ["2026-11-30", "2026-12-04", "2026-12-04", "2026-12-18", "2026-12-18"]);
  assert.deepEqual(dates("2026-12-30"), ["2026-12-30", "2027-01-01", "2027-01-01", "2027-01-15", "2027-03-19"]);
});

const BOOK = `
accounts: { DU1: { currency: USD } }
contracts:
  SPX: { type: IND, last: 6600 }
  AM: { type: OPT, underlying: SPX, expiry: third-friday+1, strike: 6200, right: P, iv: 0.2, settlement: AM }
  PM: { type: OPT, underlying: SPX, expiry: friday+1, strike: 6212.5, right: C, iv: 0.2, trading_class: SPXW }
  ES: { type: FUT, underlying: SPX, expiry: quarter+0, last: 6610 }
  FOP: { type: FOP, underlying: ES, expiry: third-friday+1, strike: 6400, right: P, iv: 0.2 }
  EUR.USD: { type: CASH, symbol: EUR, last: 1.15 }
`;

Deno.test("contracts carry the symbols that exchanges give them", () => {
  const listed = listContracts(loadScenario(BOOK, "book.yaml").contracts, "2026-11-20");
  assert.deepEqual(listed.map(({ localSymbol }) => localSymbol), [
    "SPX",
    "SPX   261218P06200000",
    "SPXW  261127C06212500",
    "ESZ6",
    "ESZ6 P6400",
    "EUR.USD",
  ]);
  assert.deepEqual(listed.map(({ multiplierText }) => multiplierText), ["", "100", "100", "50", "50", ""]);
});

Deno.test("an index option settled at the open stops trading the day before it expires", () => {
  const [, am, pm] = listContracts(loadScenario(BOOK, "book.yaml").contracts, "2026-11-20");
  assert.equal(am!.expiry, "2026-12-18");
  assert.equal(am!.lastTradeDate, "20261217");
  assert.equal(new Date(am!.expiresAt!).toISOString(), "2026-12-18T14:30:00.000Z");
  assert.equal(pm!.lastTradeDate, "20261127");
  assert.equal(new Date(pm!.expiresAt!).toISOString(), "2026-11-27T21:00:00.000Z");
});
