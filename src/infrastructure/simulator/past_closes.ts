/**
 * The simulated past: daily closes that lead up to the previous close, with the contract's volatility and its correlation
 * with the market. It is the same whatever the seed, and no draw of the running market.
 */
import type { Exchange } from "../../domain/calendar/exchange.ts";
import { tradingDays } from "../../domain/calendar/trading_day.ts";
import type { EpochMs, IsoDate } from "../../domain/time.ts";
import type { Listed } from "./listing.ts";
import { normal, seeded } from "./random.ts";
import type { TradingHours } from "./scenario.ts";
import { dateIn } from "./simulation.ts";

const CALENDAR: Readonly<Record<TradingHours, Exchange>> = {
  us_stock: "NYSE",
  us_option: "CBOE_EQUITY_OPTIONS",
  index_option: "CBOE_INDEX_OPTIONS",
  cme: "CME_EQUITY_INDEX",
  fx: "FX",
  xetra: "XETRA",
  lse: "LSE",
};

const TRADING_DAYS_A_YEAR = 252;
const MARKET = 0;

export interface PastClose {
  readonly date: IsoDate;
  readonly close: number;
}

/** Oldest first. A running day comes last, at the price of now, as TWS sends it. */
export function pastCloses(
  listed: Listed,
  prices: { readonly close: number; readonly now: number },
  from: IsoDate,
  now: EpochMs,
): PastClose[] {
  const { timeZone, hours, volatility, correlation } = listed.spec;
  const today = dateIn(timeZone, now);
  const days = tradingDays(CALENDAR[hours], from, today).filter(({ kind }) => kind !== "closed");
  const closes: PastClose[] = [];
  const last = days.at(-1);
  if (last !== undefined && last.date === today) {
    days.pop();
    if (last.open !== null && last.open <= now) closes.push({ date: today, close: prices.now });
  }
  let close = prices.close;
  const daily = volatility / Math.sqrt(TRADING_DAYS_A_YEAR);
  for (const { date } of days.reverse()) {
    closes.push({ date, close });
    const draw = correlation * drawOf(date, MARKET) +
      Math.sqrt(1 - correlation * correlation) * drawOf(date, listed.conId);
    close /= Math.exp(daily * draw);
  }
  return closes.reverse();
}

/** A standard normal draw that belongs to a date and a contract, or to the market as a whole. */
function drawOf(date: IsoDate, whose: number): number {
  const day = Date.parse(date) / 86_400_000;
  return normal(seeded((Math.imul(day, 0x85ebca6b) ^ Math.imul(whose, 0xc2b2ae35)) >>> 0));
}
