/** Prints what the calendar says of some thousand instants. Run under several host zones, it must print the same. */
import { EXCHANGES } from "../../../src/domain/calendar/exchange.ts";
import { daysToExpiry, expiryTime } from "../../../src/domain/calendar/expiry.ts";
import {
  localDate,
  localTimeOfDay,
  sessionDate,
  sessionStart,
  sessionState,
} from "../../../src/domain/calendar/session.ts";
import { tradingDays } from "../../../src/domain/calendar/trading_day.ts";

const STEP = 37 * 3_600_000 + 11 * 60_000;
const contract = { assetType: "OPTION", underlying: "SPX", tradingClass: "SPXW", expiry: "2026-11-20" } as const;

for (const exchange of EXCHANGES) {
  console.log(JSON.stringify(tradingDays(exchange, "2026-01-01", "2026-12-31")));
  console.log(expiryTime(contract, exchange));
  for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += STEP) {
    const session = sessionDate(exchange, at);
    const start = session === null ? null : sessionStart(exchange, session);
    const moment = sessionState(exchange, at);
    const local = [localDate(exchange, at), localTimeOfDay(exchange, at), daysToExpiry(exchange, "2026-11-20", at)];
    console.log(JSON.stringify([exchange, at, session, start, moment, local]));
  }
}
