/**
 * Days on which the Hong Kong stock market closes, or trades the morning only, 2024–2027. Times are Hong Kong's.
 *
 * Typhoons and black rainstorms cannot be foreseen. Since 23 September 2024 the market trades through them; the one day
 * lost to weather before that, since 2024 began, is listed.
 */
import { type CalendarRow, closed, early } from "./row.ts";

const HKEX = "HKEX, Securities market trading calendar; Hong Kong Government, General holidays";
const HKEX_WEATHER = "HKEX, no trading today owing to Typhoon Signal No. 8, 6 September 2024";
const HKEX_2027 = "HKEX, Trading calendar and holiday schedule 2026 and 2027";

export const HKEX_ROWS: readonly CalendarRow[] = [
  closed("2024-01-01", "The first day of January", HKEX),
  early("2024-02-09", "Lunar New Year's Eve", "12:00", HKEX),
  closed("2024-02-12", "The third day of Lunar New Year", HKEX),
  closed("2024-02-13", "The fourth day of Lunar New Year", HKEX),
  closed("2024-03-29", "Good Friday", HKEX),
  closed("2024-04-01", "Easter Monday", HKEX),
  closed("2024-04-04", "Ching Ming Festival", HKEX),
  closed("2024-05-01", "Labour Day", HKEX),
  closed("2024-05-15", "The Birthday of the Buddha", HKEX),
  closed("2024-06-10", "Tuen Ng Festival", HKEX),
  closed("2024-07-01", "HKSAR Establishment Day", HKEX),
  closed("2024-09-06", "Typhoon Yagi", HKEX_WEATHER),
  closed("2024-09-18", "The day following the Mid-Autumn Festival", HKEX),
  closed("2024-10-01", "National Day", HKEX),
  closed("2024-10-11", "Chung Yeung Festival", HKEX),
  early("2024-12-24", "Christmas Eve", "12:00", HKEX),
  closed("2024-12-25", "Christmas Day", HKEX),
  closed("2024-12-26", "The first weekday after Christmas Day", HKEX),
  early("2024-12-31", "New Year's Eve", "12:00", HKEX),

  closed("2025-01-01", "The first day of January", HKEX),
  early("2025-01-28", "Lunar New Year's Eve", "12:00", HKEX),
  closed("2025-01-29", "Lunar New Year's Day", HKEX),
  closed("2025-01-30", "The second day of Lunar New Year", HKEX),
  closed("2025-01-31", "The third day of Lunar New Year", HKEX),
  closed("2025-04-04", "Ching Ming Festival", HKEX),
  closed("2025-04-18", "Good Friday", HKEX),
  closed("2025-04-21", "Easter Monday", HKEX),
  closed("2025-05-01", "Labour Day", HKEX),
  closed("2025-05-05", "The Birthday of the Buddha", HKEX),
  closed("2025-07-01", "HKSAR Establishment Day", HKEX),
  closed("2025-10-01", "National Day", HKEX),
  closed("2025-10-07", "The day following the Mid-Autumn Festival", HKEX),
  closed("2025-10-29", "Chung Yeung Festival", HKEX),
  early("2025-12-24", "Christmas Eve", "12:00", HKEX),
  closed("2025-12-25", "Christmas Day", HKEX),
  closed("2025-12-26", "The first weekday after Christmas Day", HKEX),
  early("2025-12-31", "New Year's Eve", "12:00", HKEX),

  closed("2026-01-01", "The first day of January", HKEX),
  early("2026-02-16", "Lunar New Year's Eve", "12:00", HKEX),
  closed("2026-02-17", "Lunar New Year's Day", HKEX),
  closed("2026-02-18", "The second day of Lunar New Year", HKEX),
  closed("2026-02-19", "The third day of Lunar New Year", HKEX),
  closed("2026-04-03", "Good Friday", HKEX),
  closed("2026-04-06", "The day following Ching Ming Festival", HKEX),
  closed("2026-04-07", "The day following Easter Monday", HKEX),
  closed("2026-05-01", "Labour Day", HKEX),
  closed("2026-05-25", "The day following the Birthday of the Buddha", HKEX),
  closed("2026-06-19", "Tuen Ng Festival", HKEX),
  closed("2026-07-01", "HKSAR Establishment Day", HKEX),
  closed("2026-10-01", "National Day", HKEX),
  closed("2026-10-19", "The day following Chung Yeung Festival", HKEX),
  early("2026-12-24", "Christmas Eve", "12:00", HKEX),
  closed("2026-12-25", "Christmas Day", HKEX),
  early("2026-12-31", "New Year's Eve", "12:00", HKEX),

  closed("2027-01-01", "The first day of January", HKEX_2027),
  early("2027-02-05", "Lunar New Year's Eve", "12:00", HKEX_2027),
  closed("2027-02-08", "The third day of Lunar New Year", HKEX_2027),
  closed("2027-02-09", "The fourth day of Lunar New Year", HKEX_2027),
  closed("2027-03-26", "Good Friday", HKEX_2027),
  closed("2027-03-29", "Easter Monday", HKEX_2027),
  closed("2027-04-05", "Ching Ming Festival", HKEX_2027),
  closed("2027-05-13", "The Birthday of the Buddha", HKEX_2027),
  closed("2027-06-09", "Tuen Ng Festival", HKEX_2027),
  closed("2027-07-01", "HKSAR Establishment Day", HKEX_2027),
  closed("2027-09-16", "The day following the Mid-Autumn Festival", HKEX_2027),
  closed("2027-10-01", "National Day", HKEX_2027),
  closed("2027-10-08", "Chung Yeung Festival", HKEX_2027),
  early("2027-12-24", "Christmas Eve", "12:00", HKEX_2027),
  closed("2027-12-27", "The first weekday after Christmas Day", HKEX_2027),
  early("2027-12-31", "New Year's Eve", "12:00", HKEX_2027),
];
