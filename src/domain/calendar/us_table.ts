/**
 * Days on which the US stock and options exchanges close, or close early, 2024–2027. Times are New York's.
 *
 * A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after; New Year's Day is the
 * exception: on a Saturday (1 January 2028) it is not kept at all, so 31 December 2027 is a full trading day.
 */
import { type CalendarRow, closed, early, overnight } from "./row.ts";

const NYSE_2024 = "NYSE Group, 2023, 2024 and 2025 Holiday and Early Closings Calendar, 21 December 2022";
const NYSE_2025 = "NYSE Group, 2025, 2026 and 2027 Holiday and Early Closings Calendar, 8 November 2024";
const NYSE_2026 = "NYSE Group, 2026, 2027 and 2028 Holiday and Early Closings Calendar, 23 December 2025";
const NYSE_MOURNING = "NYSE Group, National Day of Mourning for President Carter, 30 December 2024";
const CBOE_MOURNING = "Cboe Global Markets, closure on 9 January 2025, 30 December 2024";
const CBOE_HOLIDAY_GTH = "Cboe Rule 5.1, holiday global trading hours (SEC release 34-94253, 15 February 2022)";

/** Stocks (NYSE, Nasdaq) and the options on them. Options on some funds close 15 minutes later. */
export const US_STOCK_ROWS: readonly CalendarRow[] = [
  closed("2024-01-01", "New Year's Day", NYSE_2024),
  closed("2024-01-15", "Martin Luther King, Jr. Day", NYSE_2024),
  closed("2024-02-19", "Washington's Birthday", NYSE_2024),
  closed("2024-03-29", "Good Friday", NYSE_2024),
  closed("2024-05-27", "Memorial Day", NYSE_2024),
  closed("2024-06-19", "Juneteenth", NYSE_2024),
  early("2024-07-03", "Day before Independence Day", "13:00", NYSE_2024),
  closed("2024-07-04", "Independence Day", NYSE_2024),
  closed("2024-09-02", "Labor Day", NYSE_2024),
  closed("2024-11-28", "Thanksgiving Day", NYSE_2024),
  early("2024-11-29", "Day after Thanksgiving", "13:00", NYSE_2024),
  early("2024-12-24", "Christmas Eve", "13:00", NYSE_2024),
  closed("2024-12-25", "Christmas Day", NYSE_2024),

  closed("2025-01-01", "New Year's Day", NYSE_2025),
  closed("2025-01-09", "National Day of Mourning", NYSE_MOURNING),
  closed("2025-01-20", "Martin Luther King, Jr. Day", NYSE_2025),
  closed("2025-02-17", "Washington's Birthday", NYSE_2025),
  closed("2025-04-18", "Good Friday", NYSE_2025),
  closed("2025-05-26", "Memorial Day", NYSE_2025),
  closed("2025-06-19", "Juneteenth", NYSE_2025),
  early("2025-07-03", "Day before Independence Day", "13:00", NYSE_2025),
  closed("2025-07-04", "Independence Day", NYSE_2025),
  closed("2025-09-01", "Labor Day", NYSE_2025),
  closed("2025-11-27", "Thanksgiving Day", NYSE_2025),
  early("2025-11-28", "Day after Thanksgiving", "13:00", NYSE_2025),
  early("2025-12-24", "Christmas Eve", "13:00", NYSE_2025),
  closed("2025-12-25", "Christmas Day", NYSE_2025),

  closed("2026-01-01", "New Year's Day", NYSE_2026),
  closed("2026-01-19", "Martin Luther King, Jr. Day", NYSE_2026),
  closed("2026-02-16", "Washington's Birthday", NYSE_2026),
  closed("2026-04-03", "Good Friday", NYSE_2026),
  closed("2026-05-25", "Memorial Day", NYSE_2026),
  closed("2026-06-19", "Juneteenth", NYSE_2026),
  closed("2026-07-03", "Independence Day observed", NYSE_2026),
  closed("2026-09-07", "Labor Day", NYSE_2026),
  closed("2026-11-26", "Thanksgiving Day", NYSE_2026),
  early("2026-11-27", "Day after Thanksgiving", "13:00", NYSE_2026),
  early("2026-12-24", "Christmas Eve", "13:00", NYSE_2026),
  closed("2026-12-25", "Christmas Day", NYSE_2026),

  closed("2027-01-01", "New Year's Day", NYSE_2026),
  closed("2027-01-18", "Martin Luther King, Jr. Day", NYSE_2026),
  closed("2027-02-15", "Washington's Birthday", NYSE_2026),
  closed("2027-03-26", "Good Friday", NYSE_2026),
  closed("2027-05-31", "Memorial Day", NYSE_2026),
  closed("2027-06-18", "Juneteenth observed", NYSE_2026),
  closed("2027-07-05", "Independence Day observed", NYSE_2026),
  closed("2027-09-06", "Labor Day", NYSE_2026),
  closed("2027-11-25", "Thanksgiving Day", NYSE_2026),
  early("2027-11-26", "Day after Thanksgiving", "13:00", NYSE_2026),
  closed("2027-12-24", "Christmas Day observed", NYSE_2026),
];

/** Holidays that no overnight session leads into. */
const WITHOUT_OVERNIGHT = ["New Year's Day", "Good Friday", "Christmas Day", "Christmas Day observed"];

/** Cboe's index options: the same days, early closes at 13:15, and overnight sessions into most holidays. */
export const CBOE_INDEX_ROWS: readonly CalendarRow[] = US_STOCK_ROWS.map(cboeIndexRow);

function cboeIndexRow(row: CalendarRow): CalendarRow {
  if (row.closes !== null) return early(row.date, row.name, "13:15", row.source);
  if (row.date === "2025-01-09") return overnight(row.date, row.name, "09:25", CBOE_MOURNING);
  if (WITHOUT_OVERNIGHT.includes(row.name)) return row;
  return overnight(row.date, row.name, "11:30", `${row.source}; ${CBOE_HOLIDAY_GTH}`);
}
