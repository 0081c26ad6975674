/** The time of day that the demo plays when the real market is closed. */
import { instantAt } from "../domain/calendar/zone.ts";
import { exchangeZone } from "../domain/calendar/exchange.ts";
import { dayNumber } from "../domain/calendar/date.ts";
import { sessionDate, sessionState } from "../domain/calendar/session.ts";
import type { EpochMs } from "../domain/time.ts";

/** Minutes after midnight in New York: an hour into the session, with today's options still alive. */
const DEMO_MINUTES = 10 * 60 + 30;

/**
 * Where the demo's clock starts: 10:30 in New York of the running or last trading day. Null while options trade, and
 * outside the dates that the calendar covers: the demo then plays now.
 */
export function demoTime(now: EpochMs): EpochMs | null {
  if (sessionState("CBOE_EQUITY_OPTIONS", now).state === "open") return null;
  const session = sessionDate("NYSE", now);
  return session === null ? null : instantAt(exchangeZone("NYSE"), dayNumber(session), DEMO_MINUTES);
}
