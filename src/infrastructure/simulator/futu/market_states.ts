/** Whether the markets are open, as GetGlobalState says it (Qot_Common.QotMarketState). Weekends only, no holidays. */
import type { EpochMs } from "../../../domain/time.ts";
import { exchangeDate, exchangeText } from "./exchange_time.ts";
import type { FutuMarket } from "./scenario.ts";

const STATE = {
  morning: 3,
  rest: 4,
  afternoon: 5,
  closed: 6,
  preMarket: 8,
  afterHours: 10,
  afterHoursEnd: 11,
} as const;

/** From that time of the day on. */
const US_DAY = [
  ["00:00", STATE.afterHoursEnd],
  ["04:00", STATE.preMarket],
  ["09:30", STATE.afternoon],
  ["16:00", STATE.afterHours],
  ["20:00", STATE.afterHoursEnd],
] as const;
const HK_DAY = [
  ["00:00", STATE.closed],
  ["09:30", STATE.morning],
  ["12:00", STATE.rest],
  ["13:00", STATE.afternoon],
  ["16:00", STATE.closed],
] as const;

export function marketStates(now: EpochMs) {
  return {
    marketHK: stateOf("HK", HK_DAY, now),
    marketUS: stateOf("US", US_DAY, now),
    marketSH: STATE.closed,
    marketSZ: STATE.closed,
    marketHKFuture: STATE.closed,
  };
}

function stateOf(market: FutuMarket, day: readonly (readonly [string, number])[], now: EpochMs): number {
  const weekend = Temporal.PlainDate.from(exchangeDate(market, now)).dayOfWeek > 5;
  const time = weekend ? "00:00" : exchangeText(market, now).slice(11, 16);
  return day.findLast(([from]) => from <= time)?.[1] ?? STATE.closed;
}
