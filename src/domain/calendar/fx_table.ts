/** Weekdays on which spot FX pauses, 2024–2027. The market of the evening before reopens at 17:15 New York. */
import { type CalendarRow, closed } from "./row.ts";

const FX = "Interbank practice; Cboe FX, Holidays and hours";

export const FX_ROWS: readonly CalendarRow[] = [
  closed("2024-01-01", "New Year's Day", FX),
  closed("2024-12-25", "Christmas Day", FX),
  closed("2025-01-01", "New Year's Day", FX),
  closed("2025-12-25", "Christmas Day", FX),
  closed("2026-01-01", "New Year's Day", FX),
  closed("2026-12-25", "Christmas Day", FX),
  closed("2027-01-01", "New Year's Day", FX),
];
