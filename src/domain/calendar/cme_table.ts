/**
 * Days on which CME's equity index futures and options close, halt or close early, 2024–2027. Times are Chicago's.
 *
 * On most US holidays Globex opens the evening before and halts at noon; that session is part of the next trade date.
 */
import { type CalendarRow, closed, early, overnight } from "./row.ts";

const CME = "CME Group, Globex holiday trading schedule, equity products";
const CME_MOURNING = "CME Group, trading hours for the National Day of Mourning, 30 December 2024";
/** The days that lie ahead, as CME's trading-hours pages give them, to New Year 2028; it may still change them. */
const CME_AHEAD = "CME Group, Trading hours, equity index, holidays of 2027";
/** In years with an employment report on Good Friday, Globex stays open for it. */
const CME_PAYROLLS = "CME Group, Trading hours, Good Friday 2026";

export const CME_EQUITY_INDEX_ROWS: readonly CalendarRow[] = [
  closed("2024-01-01", "New Year's Day", CME),
  overnight("2024-01-15", "Martin Luther King, Jr. Day", "12:00", CME),
  overnight("2024-02-19", "Presidents' Day", "12:00", CME),
  closed("2024-03-29", "Good Friday", CME),
  overnight("2024-05-27", "Memorial Day", "12:00", CME),
  overnight("2024-06-19", "Juneteenth", "12:00", CME),
  early("2024-07-03", "Day before Independence Day", "12:15", CME),
  overnight("2024-07-04", "Independence Day", "12:00", CME),
  overnight("2024-09-02", "Labor Day", "12:00", CME),
  overnight("2024-11-28", "Thanksgiving Day", "12:00", CME),
  early("2024-11-29", "Day after Thanksgiving", "12:15", CME),
  early("2024-12-24", "Christmas Eve", "12:15", CME),
  closed("2024-12-25", "Christmas Day", CME),

  closed("2025-01-01", "New Year's Day", CME),
  early("2025-01-09", "National Day of Mourning", "08:30", CME_MOURNING),
  overnight("2025-01-20", "Martin Luther King, Jr. Day", "12:00", CME),
  overnight("2025-02-17", "Presidents' Day", "12:00", CME),
  closed("2025-04-18", "Good Friday", CME),
  overnight("2025-05-26", "Memorial Day", "12:00", CME),
  overnight("2025-06-19", "Juneteenth", "12:00", CME),
  early("2025-07-03", "Day before Independence Day", "12:15", CME),
  overnight("2025-07-04", "Independence Day", "12:00", CME),
  overnight("2025-09-01", "Labor Day", "12:00", CME),
  overnight("2025-11-27", "Thanksgiving Day", "12:00", CME),
  early("2025-11-28", "Day after Thanksgiving", "12:15", CME),
  early("2025-12-24", "Christmas Eve", "12:15", CME),
  closed("2025-12-25", "Christmas Day", CME),

  closed("2026-01-01", "New Year's Day", CME),
  overnight("2026-01-19", "Martin Luther King, Jr. Day", "12:00", CME),
  overnight("2026-02-16", "Presidents' Day", "12:00", CME),
  overnight("2026-04-03", "Good Friday, employment report", "08:15", CME_PAYROLLS),
  overnight("2026-05-25", "Memorial Day", "12:00", CME),
  overnight("2026-06-19", "Juneteenth", "12:00", CME),
  overnight("2026-07-03", "Independence Day observed", "12:00", CME),
  overnight("2026-09-07", "Labor Day", "12:00", CME),
  overnight("2026-11-26", "Thanksgiving Day", "12:00", CME),
  early("2026-11-27", "Day after Thanksgiving", "12:15", CME),
  early("2026-12-24", "Christmas Eve", "12:15", CME),
  closed("2026-12-25", "Christmas Day", CME),

  closed("2027-01-01", "New Year's Day", CME_AHEAD),
  overnight("2027-01-18", "Martin Luther King, Jr. Day", "12:00", CME_AHEAD),
  overnight("2027-02-15", "Presidents' Day", "12:00", CME_AHEAD),
  closed("2027-03-26", "Good Friday", CME_AHEAD),
  overnight("2027-05-31", "Memorial Day", "12:00", CME_AHEAD),
  overnight("2027-06-18", "Juneteenth observed", "12:00", CME_AHEAD),
  overnight("2027-07-05", "Independence Day observed", "12:00", CME_AHEAD),
  overnight("2027-09-06", "Labor Day", "12:00", CME_AHEAD),
  overnight("2027-11-25", "Thanksgiving Day", "12:00", CME_AHEAD),
  early("2027-11-26", "Day after Thanksgiving", "12:15", CME_AHEAD),
  closed("2027-12-24", "Christmas Day observed", CME_AHEAD),
];
