/** The trading sessions that run on any exchange. */
import { DAY_MS } from "../../domain/calendar/date.ts";
import { EXCHANGES } from "../../domain/calendar/exchange.ts";
import { sessionDate, sessionStart } from "../../domain/calendar/session.ts";
import type { EpochMs } from "../../domain/time.ts";

/** When the earliest of them began. */
export function sessionsBegan(now: EpochMs): EpochMs {
  let began = now - DAY_MS;
  for (const exchange of EXCHANGES) {
    const session = sessionDate(exchange, now);
    const start = session === null ? null : sessionStart(exchange, session);
    if (start !== null) began = Math.min(began, start);
  }
  return began;
}
