/** Times as OpenD writes them: the exchange's own, as text, beside the seconds since the epoch. */
import type { EpochMs, IsoDate } from "../../../domain/time.ts";
import type { FutuMarket } from "./scenario.ts";

export const ZONE: Readonly<Record<FutuMarket, string>> = { HK: "Asia/Hong_Kong", US: "America/New_York" };

/** `2026-11-20 10:30:45.123`. */
export function exchangeText(market: FutuMarket, at: EpochMs): string {
  return local(market, at).toPlainDateTime().toString({ smallestUnit: "millisecond" }).replace("T", " ");
}

export function exchangeDate(market: FutuMarket, at: EpochMs): IsoDate {
  return local(market, at).toPlainDate().toString();
}

export function exchangeInstant(market: FutuMarket, date: IsoDate, time: string): EpochMs {
  return Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(ZONE[market]).epochMilliseconds;
}

/** What a filter's time means on its own, whichever the exchange; null when it is not `YYYY-MM-DD HH:MM:SS[.mmm]`. */
export function filterTime(text: string): Temporal.PlainDateTime | null {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?$/.test(text)) return null;
  try {
    return Temporal.PlainDateTime.from(text.replace(" ", "T"));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    return null;
  }
}

function local(market: FutuMarket, at: EpochMs): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE[market]);
}
