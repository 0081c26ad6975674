/** Sessions as contract details write them. Weekends only: the simulated exchanges keep no holidays. */
import { compact } from "./listing.ts";
import type { TradingHours } from "./scenario.ts";

/** Opening and closing time; an opening later than the close belongs to the day before. */
type Session = readonly [open: string, close: string];

const SESSIONS: { readonly [hours in TradingHours]: { readonly trading: Session; readonly liquid: Session } } = {
  us_stock: { trading: ["0400", "2000"], liquid: ["0930", "1600"] },
  us_option: { trading: ["0930", "1600"], liquid: ["0930", "1600"] },
  index_option: { trading: ["2015", "1700"], liquid: ["0930", "1615"] },
  cme: { trading: ["1700", "1600"], liquid: ["0830", "1600"] },
  fx: { trading: ["1715", "1700"], liquid: ["1715", "1700"] },
  xetra: { trading: ["0900", "1730"], liquid: ["0900", "1730"] },
  lse: { trading: ["0800", "1630"], liquid: ["0800", "1630"] },
};

/** Trading and liquid hours of the week from a date on: `20261120:0930-20261120:1600;20261121:CLOSED;…`. */
export function hoursText(hours: TradingHours, from: string): readonly [trading: string, liquid: string] {
  const { trading, liquid } = SESSIONS[hours];
  const days = Array.from({ length: 6 }, (_, ahead) => Temporal.PlainDate.from(from).add({ days: ahead }));
  return [days.map((day) => dayText(day, trading)).join(";"), days.map((day) => dayText(day, liquid)).join(";")];
}

function dayText(day: Temporal.PlainDate, [open, close]: Session): string {
  const closes = compact(day.toString());
  if (day.dayOfWeek > 5) return `${closes}:CLOSED`;
  const opens = open > close ? compact(day.subtract({ days: 1 }).toString()) : closes;
  return `${opens}:${open}-${closes}:${close}`;
}
