/**
 * Days on which Xetra and the London Stock Exchange close, or close early, 2024–2027. Times are Frankfurt's and London's.
 *
 * Xetra trades on Ascension Day, Whit Monday, Corpus Christi and the Day of German Unity.
 */
import { type CalendarRow, closed, early } from "./row.ts";

const XETRA = "Deutsche Börse Cash Market, Trading calendar, non-trading days 2024 to 2029";
/** Announced each December: "on December 30 deviating trading hours may apply". Until then the practice since 2010. */
const XETRA_LAST = "Deutsche Börse, Xetra trading hours on the last trading day of the year";
const LSE = "London Stock Exchange, Business days; UK Government, Bank holidays in England and Wales";

export const XETRA_ROWS: readonly CalendarRow[] = [
  closed("2024-01-01", "New Year's Day", XETRA),
  closed("2024-03-29", "Good Friday", XETRA),
  closed("2024-04-01", "Easter Monday", XETRA),
  closed("2024-05-01", "Labour Day", XETRA),
  closed("2024-12-24", "Christmas Eve", XETRA),
  closed("2024-12-25", "Christmas Day", XETRA),
  closed("2024-12-26", "Boxing Day", XETRA),
  early("2024-12-30", "Last trading day of the year", "14:00", XETRA_LAST),
  closed("2024-12-31", "New Year's Eve", XETRA),

  closed("2025-01-01", "New Year's Day", XETRA),
  closed("2025-04-18", "Good Friday", XETRA),
  closed("2025-04-21", "Easter Monday", XETRA),
  closed("2025-05-01", "Labour Day", XETRA),
  closed("2025-12-24", "Christmas Eve", XETRA),
  closed("2025-12-25", "Christmas Day", XETRA),
  closed("2025-12-26", "Boxing Day", XETRA),
  early("2025-12-30", "Last trading day of the year", "14:00", XETRA_LAST),
  closed("2025-12-31", "New Year's Eve", XETRA),

  closed("2026-01-01", "New Year's Day", XETRA),
  closed("2026-04-03", "Good Friday", XETRA),
  closed("2026-04-06", "Easter Monday", XETRA),
  closed("2026-05-01", "Labour Day", XETRA),
  closed("2026-12-24", "Christmas Eve", XETRA),
  closed("2026-12-25", "Christmas Day", XETRA),
  early("2026-12-30", "Last trading day of the year", "14:00", XETRA_LAST),
  closed("2026-12-31", "New Year's Eve", XETRA),

  closed("2027-01-01", "New Year's Day", XETRA),
  closed("2027-03-26", "Good Friday", XETRA),
  closed("2027-03-29", "Easter Monday", XETRA),
  closed("2027-12-24", "Christmas Eve", XETRA),
  early("2027-12-30", "Last trading day of the year", "14:00", XETRA_LAST),
  closed("2027-12-31", "New Year's Eve", XETRA),
];

export const LSE_ROWS: readonly CalendarRow[] = [
  closed("2024-01-01", "New Year's Day", LSE),
  closed("2024-03-29", "Good Friday", LSE),
  closed("2024-04-01", "Easter Monday", LSE),
  closed("2024-05-06", "Early May bank holiday", LSE),
  closed("2024-05-27", "Spring bank holiday", LSE),
  closed("2024-08-26", "Summer bank holiday", LSE),
  early("2024-12-24", "Christmas Eve", "12:30", LSE),
  closed("2024-12-25", "Christmas Day", LSE),
  closed("2024-12-26", "Boxing Day", LSE),
  early("2024-12-31", "New Year's Eve", "12:30", LSE),

  closed("2025-01-01", "New Year's Day", LSE),
  closed("2025-04-18", "Good Friday", LSE),
  closed("2025-04-21", "Easter Monday", LSE),
  closed("2025-05-05", "Early May bank holiday", LSE),
  closed("2025-05-26", "Spring bank holiday", LSE),
  closed("2025-08-25", "Summer bank holiday", LSE),
  early("2025-12-24", "Christmas Eve", "12:30", LSE),
  closed("2025-12-25", "Christmas Day", LSE),
  closed("2025-12-26", "Boxing Day", LSE),
  early("2025-12-31", "New Year's Eve", "12:30", LSE),

  closed("2026-01-01", "New Year's Day", LSE),
  closed("2026-04-03", "Good Friday", LSE),
  closed("2026-04-06", "Easter Monday", LSE),
  closed("2026-05-04", "Early May bank holiday", LSE),
  closed("2026-05-25", "Spring bank holiday", LSE),
  closed("2026-08-31", "Summer bank holiday", LSE),
  early("2026-12-24", "Christmas Eve", "12:30", LSE),
  closed("2026-12-25", "Christmas Day", LSE),
  closed("2026-12-28", "Boxing Day substitute", LSE),
  early("2026-12-31", "New Year's Eve", "12:30", LSE),

  closed("2027-01-01", "New Year's Day", LSE),
  closed("2027-03-26", "Good Friday", LSE),
  closed("2027-03-29", "Easter Monday", LSE),
  closed("2027-05-03", "Early May bank holiday", LSE),
  closed("2027-05-31", "Spring bank holiday", LSE),
  closed("2027-08-30", "Summer bank holiday", LSE),
  early("2027-12-24", "Christmas Eve", "12:30", LSE),
  closed("2027-12-27", "Christmas Day substitute", LSE),
  closed("2027-12-28", "Boxing Day substitute", LSE),
  early("2027-12-31", "New Year's Eve", "12:30", LSE),
];
