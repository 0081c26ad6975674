/** Where the days of a market begin and end. */
import type { DayNumber } from "../../domain/calendar/date.ts";
import { instantAt, localDay, type ZoneName } from "../../domain/calendar/zone.ts";
import type { EpochMs } from "../../domain/time.ts";

const BROKER_ZONE = "America/New_York";

/** Markets as Futu names them. Its futures trade in several zones; Hong Kong's is that of its texts. */
const ZONES: Readonly<Record<string, ZoneName>> = {
  US: BROKER_ZONE,
  HK: "Asia/Hong_Kong",
  CN: "Asia/Shanghai",
  HKCC: "Asia/Shanghai",
  SG: "Asia/Singapore",
  AU: "Australia/Sydney",
  JP: "Asia/Tokyo",
  MY: "Asia/Kuala_Lumpur",
  CA: "America/Toronto",
  FUTURES: "Asia/Hong_Kong",
};

/** Markets whose history can be read apart. */
export const HISTORY_MARKETS: readonly string[] = Object.keys(ZONES);

/** Days of anything else than a market are New York's, as Interactive Brokers counts them. */
export function marketZone(market: string | undefined): ZoneName {
  return ZONES[market ?? ""] ?? BROKER_ZONE;
}

export function marketDay(market: string | undefined, at: EpochMs): DayNumber {
  return localDay(marketZone(market), at);
}

/** Midnight in the market's zone, as the day begins. */
export function marketDayStart(market: string | undefined, day: DayNumber): EpochMs {
  return instantAt(marketZone(market), day, 0);
}
