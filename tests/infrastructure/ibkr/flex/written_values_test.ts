import assert from "node:assert/strict";
import { readDecimal } from "../../../../src/infrastructure/ibkr/flex/decimals.ts";
import { readStatementDate, readStatementTime } from "../../../../src/infrastructure/ibkr/flex/statement_time.ts";

function instant(text: string, zone?: string): string | null {
  const time = readStatementTime(text, zone);
  return time === null ? null : new Date(time.at).toISOString();
}

Deno.test("a statement's number is read with its sign, decimals and thousands", () => {
  assert.equal(readDecimal("-1.3666"), -1.3666);
  assert.equal(readDecimal(" 21,792.73 "), 21792.73);
  assert.equal(readDecimal("1,234,567"), 1234567);
  assert.equal(readDecimal(".5"), 0.5);
  assert.equal(readDecimal("+4"), 4);
  assert.equal(readDecimal("1.5E-7"), 1.5e-7);
});

Deno.test("an empty number is missing, not 0", () => {
  for (const text of [undefined, "", "  ", "--", "-"]) assert.equal(readDecimal(text), null);
});

Deno.test("text where a number belongs is told from a missing one", () => {
  for (const text of ["abc", "1,5", "12,34.5", "0x10", "NaN", "Infinity", "1e999", "1 000", ".", "+", "1.2.3", "N/A"]) {
    assert.equal(readDecimal(text), undefined, text);
  }
});

Deno.test("a time without a zone is New York's, and says so", () => {
  // 10:30:45 in New York in November is five hours behind UTC, in July four.
  for (
    const text of ["20261120;103045", "2026-11-20 10:30:45", "2026-11-20;10:30:45", "20261120,103045", "20261120103045"]
  ) {
    assert.deepEqual(readStatementTime(text), { at: Date.UTC(2026, 10, 20, 15, 30, 45), zoneAssumed: true }, text);
  }
  assert.equal(instant("20260720;103045"), "2026-07-20T14:30:45.000Z");
});

Deno.test("a time with a zone is read in it", () => {
  assert.deepEqual(readStatementTime("2026-11-20;10:30:45 EST"), {
    at: Date.UTC(2026, 10, 20, 15, 30, 45),
    zoneAssumed: false,
  });
  assert.equal(instant("2026-07-20;10:30:45 EDT"), "2026-07-20T14:30:45.000Z");
  assert.equal(instant("2026-07-20 10:30:45 US/Eastern"), "2026-07-20T14:30:45.000Z");
  assert.equal(instant("20260720;103045 Asia/Hong_Kong"), "2026-07-20T02:30:45.000Z");
  assert.equal(instant("20260720;103045 UTC"), "2026-07-20T10:30:45.000Z");
});

Deno.test("EST in summer means the clocks of New York, as statements write it all year", () => {
  assert.equal(instant("20260720;103045 EST"), "2026-07-20T14:30:45.000Z");
});

Deno.test("an hour that clocks show twice is told apart by EST and EDT", () => {
  // New York went back from 02:00 EDT to 01:00 EST on 2026-11-01.
  assert.equal(instant("20261101;013000 EDT"), "2026-11-01T05:30:00.000Z");
  assert.equal(instant("20261101;013000 EST"), "2026-11-01T06:30:00.000Z");
  assert.equal(instant("20261101;013000"), "2026-11-01T05:30:00.000Z");
  assert.equal(instant("20261101;003000 EDT"), "2026-11-01T04:30:00.000Z");
  assert.equal(instant("20261101;023000 EST"), "2026-11-01T07:30:00.000Z");
});

Deno.test("another zone holds for naive times when it is given", () => {
  assert.equal(instant("20261120;103045", "Europe/London"), "2026-11-20T10:30:45.000Z");
});

Deno.test("a date alone, an unclear order and what does not exist are no times", () => {
  const none = [
    "",
    "20261120",
    "11/20/2026;103045",
    "20260230;103045",
    "20261120;250000",
    "20261120;106000",
    "20261120;103060",
  ];
  for (const text of [...none, "20261120;103045 XYZ", "20261120;103045 No/Where", "yesterday"]) {
    assert.equal(readStatementTime(text), null, text);
  }
});

Deno.test("a date is read in both ways of writing", () => {
  assert.equal(readStatementDate("20261218"), "2026-12-18");
  assert.equal(readStatementDate("2026-12-18"), "2026-12-18");
  assert.equal(readStatementDate("18/12/2026"), null);
  assert.equal(readStatementDate("20261318"), null);
});
