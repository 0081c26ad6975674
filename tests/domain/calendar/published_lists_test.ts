/** The calendars against what the exchanges published, copied here by hand with the day of the week as a second witness. */
import assert from "node:assert/strict";
import { getHolidays } from "nyse-holidays";
import { type Exchange, EXCHANGES } from "../../../src/domain/calendar/exchange.ts";
import { type DayKind, type TradingDay, tradingDays } from "../../../src/domain/calendar/trading_day.ts";
import { exchangeHours } from "../../../src/domain/calendar/hours.ts";
import { FIRST_DATE, LAST_DATE } from "../../../src/domain/calendar/row.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `Mon 1 Jan, Thu 9 Jan` of a year as dates; a weekday that does not fit its date is an error of the copy. */
function listed(year: number, text: string): string[] {
  return text.split(", ").map((entry) => {
    const [weekday, day, month] = entry.split(" ");
    const at = new Date(Date.UTC(year, MONTHS.indexOf(month!), Number(day)));
    assert.equal(WEEKDAYS[at.getUTCDay()], weekday, `${entry} ${year} was copied wrongly`);
    return at.toISOString().slice(0, 10);
  });
}

function all(lists: Readonly<Record<number, string>>): string[] {
  return Object.entries(lists).flatMap(([year, text]) => listed(Number(year), text));
}

function ofKind(exchange: Exchange, kind: DayKind): TradingDay[] {
  return tradingDays(exchange, FIRST_DATE, LAST_DATE).filter((day) => day.kind === kind);
}

const dates = (days: readonly TradingDay[]) => days.map((day) => day.date);

/** NYSE Group press releases of 21 December 2022, 8 November 2024, 30 December 2024 and 23 December 2025. */
const NYSE_CLOSED = {
  2024:
    "Mon 1 Jan, Mon 15 Jan, Mon 19 Feb, Fri 29 Mar, Mon 27 May, Wed 19 Jun, Thu 4 Jul, Mon 2 Sep, Thu 28 Nov, Wed 25 Dec",
  2025: "Wed 1 Jan, Thu 9 Jan, Mon 20 Jan, Mon 17 Feb, Fri 18 Apr, Mon 26 May, Thu 19 Jun, Fri 4 Jul, Mon 1 Sep, " +
    "Thu 27 Nov, Thu 25 Dec",
  2026:
    "Thu 1 Jan, Mon 19 Jan, Mon 16 Feb, Fri 3 Apr, Mon 25 May, Fri 19 Jun, Fri 3 Jul, Mon 7 Sep, Thu 26 Nov, Fri 25 Dec",
  2027:
    "Fri 1 Jan, Mon 18 Jan, Mon 15 Feb, Fri 26 Mar, Mon 31 May, Fri 18 Jun, Mon 5 Jul, Mon 6 Sep, Thu 25 Nov, Fri 24 Dec",
};
const NYSE_EARLY = {
  2024: "Wed 3 Jul, Fri 29 Nov, Tue 24 Dec",
  2025: "Thu 3 Jul, Fri 28 Nov, Wed 24 Dec",
  2026: "Fri 27 Nov, Thu 24 Dec",
  2027: "Fri 26 Nov",
};

for (const exchange of ["NYSE", "NASDAQ", "CBOE_EQUITY_OPTIONS", "CBOE_INDEX_OPTIONS"] as const) {
  Deno.test(`${exchange} closes, and closes early, on the days that NYSE Group published`, () => {
    assert.deepEqual(dates(ofKind(exchange, "closed")), all(NYSE_CLOSED));
    assert.deepEqual(dates(ofKind(exchange, "early")), all(NYSE_EARLY));
  });
}

Deno.test("NYSE is closed on the holidays that the nyse-holidays package computes, and on the one day of mourning", () => {
  const computed = [2024, 2025, 2026, 2027].flatMap((year) => getHolidays(year).map((day) => day.dateString));
  const mourning = "2025-01-09";
  assert.deepEqual(dates(ofKind("NYSE", "closed")).filter((date) => date !== mourning), computed);
});

Deno.test("NYSE trades a full day on 31 December 2027, though New Year's Day of 2028 is a Saturday", () => {
  assert.equal(tradingDays("NYSE", "2027-12-31", "2027-12-31")[0]?.kind, "open");
});

/** Deutsche Börse Cash Market, trading calendar 2024 to 2029. */
const XETRA_CLOSED = {
  2024: "Mon 1 Jan, Fri 29 Mar, Mon 1 Apr, Wed 1 May, Tue 24 Dec, Wed 25 Dec, Thu 26 Dec, Tue 31 Dec",
  2025: "Wed 1 Jan, Fri 18 Apr, Mon 21 Apr, Thu 1 May, Wed 24 Dec, Thu 25 Dec, Fri 26 Dec, Wed 31 Dec",
  2026: "Thu 1 Jan, Fri 3 Apr, Mon 6 Apr, Fri 1 May, Thu 24 Dec, Fri 25 Dec, Thu 31 Dec",
  2027: "Fri 1 Jan, Fri 26 Mar, Mon 29 Mar, Fri 24 Dec, Fri 31 Dec",
};

Deno.test("XETRA closes on the days that Deutsche Börse published, and early on the last trading day", () => {
  assert.deepEqual(dates(ofKind("XETRA", "closed")), all(XETRA_CLOSED));
  assert.deepEqual(dates(ofKind("XETRA", "early")), ["2024-12-30", "2025-12-30", "2026-12-30", "2027-12-30"]);
});

Deno.test("XETRA trades on Ascension Day, Whit Monday, Corpus Christi and the Day of German Unity", () => {
  const holidays = ["2024-05-09", "2024-05-20", "2024-05-30", "2024-10-03", "2025-06-09", "2026-05-25", "2027-05-17"];
  for (const date of holidays) assert.equal(tradingDays("XETRA", date, date)[0]?.kind, "open", date);
});

/** UK bank holidays in England and Wales (gov.uk); London Stock Exchange, business days, for the half days. */
const LSE_CLOSED = {
  2024: "Mon 1 Jan, Fri 29 Mar, Mon 1 Apr, Mon 6 May, Mon 27 May, Mon 26 Aug, Wed 25 Dec, Thu 26 Dec",
  2025: "Wed 1 Jan, Fri 18 Apr, Mon 21 Apr, Mon 5 May, Mon 26 May, Mon 25 Aug, Thu 25 Dec, Fri 26 Dec",
  2026: "Thu 1 Jan, Fri 3 Apr, Mon 6 Apr, Mon 4 May, Mon 25 May, Mon 31 Aug, Fri 25 Dec, Mon 28 Dec",
  2027: "Fri 1 Jan, Fri 26 Mar, Mon 29 Mar, Mon 3 May, Mon 31 May, Mon 30 Aug, Mon 27 Dec, Tue 28 Dec",
};
const LSE_EARLY = {
  2024: "Tue 24 Dec, Tue 31 Dec",
  2025: "Wed 24 Dec, Wed 31 Dec",
  2026: "Thu 24 Dec, Thu 31 Dec",
  2027: "Fri 24 Dec, Fri 31 Dec",
};

Deno.test("LSE closes on England's bank holidays, and at 12:30 on the last days before Christmas and New Year", () => {
  assert.deepEqual(dates(ofKind("LSE", "closed")), all(LSE_CLOSED));
  assert.deepEqual(dates(ofKind("LSE", "early")), all(LSE_EARLY));
});

/** Hong Kong Government, general holidays of 2024 to 2027 (weekdays); HKEX, half days and the typhoon of 6 September 2024. */
const HKEX_CLOSED = {
  2024:
    "Mon 1 Jan, Mon 12 Feb, Tue 13 Feb, Fri 29 Mar, Mon 1 Apr, Thu 4 Apr, Wed 1 May, Wed 15 May, Mon 10 Jun, Mon 1 Jul, " +
    "Fri 6 Sep, Wed 18 Sep, Tue 1 Oct, Fri 11 Oct, Wed 25 Dec, Thu 26 Dec",
  2025:
    "Wed 1 Jan, Wed 29 Jan, Thu 30 Jan, Fri 31 Jan, Fri 4 Apr, Fri 18 Apr, Mon 21 Apr, Thu 1 May, Mon 5 May, Tue 1 Jul, " +
    "Wed 1 Oct, Tue 7 Oct, Wed 29 Oct, Thu 25 Dec, Fri 26 Dec",
  2026:
    "Thu 1 Jan, Tue 17 Feb, Wed 18 Feb, Thu 19 Feb, Fri 3 Apr, Mon 6 Apr, Tue 7 Apr, Fri 1 May, Mon 25 May, Fri 19 Jun, " +
    "Wed 1 Jul, Thu 1 Oct, Mon 19 Oct, Fri 25 Dec",
  2027:
    "Fri 1 Jan, Mon 8 Feb, Tue 9 Feb, Fri 26 Mar, Mon 29 Mar, Mon 5 Apr, Thu 13 May, Wed 9 Jun, Thu 1 Jul, Thu 16 Sep, " +
    "Fri 1 Oct, Fri 8 Oct, Mon 27 Dec",
};
const HKEX_EARLY = {
  2024: "Fri 9 Feb, Tue 24 Dec, Tue 31 Dec",
  2025: "Tue 28 Jan, Wed 24 Dec, Wed 31 Dec",
  2026: "Mon 16 Feb, Thu 24 Dec, Thu 31 Dec",
  2027: "Fri 5 Feb, Fri 24 Dec, Fri 31 Dec",
};

Deno.test("HKEX closes on Hong Kong's general holidays and trades the morning on the three eves", () => {
  assert.deepEqual(dates(ofKind("HKEX", "closed")), all(HKEX_CLOSED));
  assert.deepEqual(dates(ofKind("HKEX", "early")), all(HKEX_EARLY));
});

/** CME Group, Globex holiday schedules, equity products: no trading at all. */
const CME_CLOSED = {
  2024: "Mon 1 Jan, Fri 29 Mar, Wed 25 Dec",
  2025: "Wed 1 Jan, Fri 18 Apr, Thu 25 Dec",
  2026: "Thu 1 Jan, Fri 25 Dec",
  2027: "Fri 1 Jan, Fri 26 Mar, Fri 24 Dec",
};
/** Noon Chicago unless a time is given beside it. */
const CME_EARLY = {
  2024:
    "Mon 15 Jan, Mon 19 Feb, Mon 27 May, Wed 19 Jun, Wed 3 Jul, Thu 4 Jul, Mon 2 Sep, Thu 28 Nov, Fri 29 Nov, Tue 24 Dec",
  2025:
    "Thu 9 Jan, Mon 20 Jan, Mon 17 Feb, Mon 26 May, Thu 19 Jun, Thu 3 Jul, Fri 4 Jul, Mon 1 Sep, Thu 27 Nov, Fri 28 Nov, " +
    "Wed 24 Dec",
  2026:
    "Mon 19 Jan, Mon 16 Feb, Fri 3 Apr, Mon 25 May, Fri 19 Jun, Fri 3 Jul, Mon 7 Sep, Thu 26 Nov, Fri 27 Nov, Thu 24 Dec",
  2027: "Mon 18 Jan, Mon 15 Feb, Mon 31 May, Fri 18 Jun, Mon 5 Jul, Mon 6 Sep, Thu 25 Nov, Fri 26 Nov",
};

Deno.test("CME_EQUITY_INDEX closes and halts on the days that CME Group published", () => {
  assert.deepEqual(dates(ofKind("CME_EQUITY_INDEX", "closed")), all(CME_CLOSED));
  assert.deepEqual(dates(ofKind("CME_EQUITY_INDEX", "early")), all(CME_EARLY));
});

Deno.test("CME_EQUITY_INDEX halts at noon on holidays, and at 12:15 Chicago on shortened days", () => {
  const close = (date: string) => new Date(tradingDays("CME_EQUITY_INDEX", date, date)[0]!.close!).toISOString();
  assert.equal(close("2026-11-26"), "2026-11-26T18:00:00.000Z"); // 12:00 CST = 18:00 UTC
  assert.equal(close("2026-11-27"), "2026-11-27T18:15:00.000Z"); // 12:15 CST
  assert.equal(close("2025-07-03"), "2025-07-03T17:15:00.000Z"); // 12:15 CDT
  assert.equal(close("2025-01-09"), "2025-01-09T14:30:00.000Z"); // 8:30 CST
  assert.equal(close("2026-04-03"), "2026-04-03T13:15:00.000Z"); // 8:15 CDT
});

Deno.test("early closes carry each market's own time", () => {
  const close = (exchange: Exchange, date: string) => {
    const day = tradingDays(exchange, date, date)[0]!;
    return new Date(day.close!).toISOString().slice(11, 16);
  };
  assert.equal(close("NYSE", "2026-11-27"), "18:00"); // 13:00 EST
  assert.equal(close("CBOE_EQUITY_OPTIONS", "2026-11-27"), "18:00");
  assert.equal(close("CBOE_INDEX_OPTIONS", "2026-11-27"), "18:15"); // 13:15 EST
  assert.equal(close("NYSE", "2025-07-03"), "17:00"); // 13:00 EDT
  assert.equal(close("LSE", "2026-12-24"), "12:30"); // GMT
  assert.equal(close("XETRA", "2026-12-30"), "13:00"); // 14:00 CET
  assert.equal(close("HKEX", "2026-12-24"), "04:00"); // 12:00 HKT
});

/** Gregorian Easter by the anonymous algorithm (Meeus, "Astronomical Algorithms", chapter 8). */
function easterSunday(year: number): number {
  const a = year % 19, b = Math.floor(year / 100), c = year % 100;
  const d = Math.floor(b / 4), e = b % 4, f = Math.floor((b + 8) / 25), g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30, i = Math.floor(c / 4), k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7, m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(sum / 31) - 1, (sum % 31) + 1);
}

Deno.test("every market keeps Good Friday, and Europe and Hong Kong Easter Monday, where Easter falls", () => {
  const date = (at: number) => new Date(at).toISOString().slice(0, 10);
  for (const year of [2024, 2025, 2026, 2027]) {
    const easter = easterSunday(year);
    const friday = date(easter - 2 * 86_400_000), monday = date(easter + 86_400_000);
    for (const exchange of EXCHANGES) {
      if (exchange === "FX" || exchange === "CME_EQUITY_INDEX") continue;
      assert.equal(tradingDays(exchange, friday, friday)[0]?.kind, "closed", `${exchange} ${friday}`);
    }
    for (const exchange of ["XETRA", "LSE", "HKEX"] as const) {
      assert.equal(tradingDays(exchange, monday, monday)[0]?.kind, "closed", `${exchange} ${monday}`);
    }
  }
});

Deno.test("each row of each table is a weekday of 2024 to 2027, listed once, in order, with a name and a source", () => {
  for (const exchange of EXCHANGES) {
    const { rows } = exchangeHours(exchange);
    const listedDates = rows.map((row) => row.date);
    assert.deepEqual(listedDates, [...new Set(listedDates)].sort(), exchange);
    for (const row of rows) {
      const weekday = new Date(`${row.date}T00:00:00Z`).getUTCDay();
      assert.ok(weekday >= 1 && weekday <= 5, `${exchange} ${row.date} is on a weekend`);
      assert.ok(row.date >= FIRST_DATE && row.date <= LAST_DATE, row.date);
      assert.ok(row.name.length > 0 && row.source.length > 0, `${exchange} ${row.date}`);
    }
  }
});

Deno.test("a range beyond the table comes back shorter, with nothing invented", () => {
  assert.deepEqual(tradingDays("NYSE", "2028-01-01", "2028-12-31"), []);
  assert.deepEqual(dates(tradingDays("NYSE", "2023-12-01", "2024-01-03")), ["2024-01-01", "2024-01-02", "2024-01-03"]);
  assert.equal(tradingDays("NYSE", "2027-12-27", "2029-01-01").at(-1)?.date, "2027-12-31");
});

Deno.test("a regular Hong Kong day has lunch between its open and its close", () => {
  const [day] = tradingDays("HKEX", "2026-11-20", "2026-11-20");
  const utc = (at: number | undefined) => new Date(at!).toISOString().slice(11, 16);
  // 09:30, 12:00, 13:00 and 16:00 HKT are 01:30, 04:00, 05:00 and 08:00 UTC.
  assert.deepEqual([utc(day!.open!), utc(day!.pause?.from), utc(day!.pause?.to), utc(day!.close!)], [
    "01:30",
    "04:00",
    "05:00",
    "08:00",
  ]);
});
