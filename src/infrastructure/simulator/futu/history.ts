/** Orders and deals of the past, from a seed of their own: every start makes the same ones. */
import type { Random } from "../../../application/ports/clock.ts";
import type { EpochMs, IsoDate } from "../../../domain/time.ts";
import { seeded } from "../random.ts";
import type { FutuOrder } from "./book.ts";
import { exchangeDate, exchangeInstant } from "./exchange_time.ts";
import { cents } from "./fees.ts";
import type { FutuListed } from "./listing.ts";
import type { FutuHistorySpec, OrderSide } from "./scenario.ts";

/** One order in so many is cancelled without a deal, and one deal in so many is taken back or corrected. */
const CANCELLED_ONE_IN = 10;
const CORRECTED_ONE_IN = 60;

/**
 * Oldest first; exactly as many orders and deals as are wanted. `place` among the scenario's histories is part of their
 * numbers; `now` is what relative dates count from.
 */
export function pastOrders(
  spec: FutuHistorySpec,
  contracts: ReadonlyMap<string, FutuListed>,
  { place: at, now }: { readonly place: number; readonly now: EpochMs },
): readonly FutuOrder[] {
  const random = seeded(spec.seed);
  const today = exchangeDate("US", now);
  const days = weekdays(dateOf(spec.from, today), dateOf(spec.to, today));
  const counts = dealCounts(spec, random);
  const drafts = counts.map((deals) => ({
    deals,
    date: picked(days, random),
    listed: contracts.get(picked(spec.contracts, random))!,
  }));
  drafts.sort((a, b) => a.date.localeCompare(b.date));
  let corrected = 0;
  return drafts.map(({ deals: count, date, listed }, place): FutuOrder => {
    const { market } = listed.spec;
    // Between the open and the close of either exchange, Hong Kong's lunch apart.
    const createdAt = exchangeInstant(market, date, "13:30") + Math.floor(random() * 2 * 3_600_000);
    const price = cents(Math.max(0.05, (listed.spec.last ?? listed.spec.close ?? 3) * (0.7 + 0.5 * random())));
    const unit = listed.spec.type === "OPTION" ? 1 : listed.spec.lotSize;
    const deals = Array.from({ length: count }, (_, number) => ({
      id: `history ${at} ${place} deal ${number}`,
      quantity: unit * (1 + Math.floor(random() * 5)),
      price: cents(Math.max(0.01, price * (1 - 0.002 * random()))),
      at: createdAt + (number + 1) * 1000 + Math.floor(random() * 900),
      status: statusOf(++corrected),
    }));
    const filled = deals.reduce((total, { quantity }) => total + quantity, 0);
    return {
      id: `history ${at} ${place}`,
      account: spec.account,
      listed,
      side: sideOf(random),
      quantity: filled > 0 ? filled : 2 * unit,
      price,
      type: "NORMAL",
      status: filled > 0 ? "FILLED_ALL" : "CANCELLED_ALL",
      createdAt,
      updatedAt: deals.at(-1)?.at ?? createdAt + 60_000,
      remark: null,
      deals,
    };
  });
}

/** How many deals each order has. */
function dealCounts({ orders, deals }: FutuHistorySpec, random: Random): readonly number[] {
  const filled = Math.min(deals, deals === 0 ? 0 : Math.ceil(orders * (1 - 1 / CANCELLED_ONE_IN)));
  const counts = Array.from({ length: orders }, (_, place) => place < filled ? 1 : 0);
  for (let left = deals - filled; left > 0; left--) counts[Math.floor(random() * filled)]!++;
  return counts;
}

function statusOf(number: number): "OK" | "CANCELLED" | "CHANGED" {
  if (number % CORRECTED_ONE_IN !== 0) return "OK";
  return number % (2 * CORRECTED_ONE_IN) === 0 ? "CHANGED" : "CANCELLED";
}

function sideOf(random: Random): OrderSide {
  const chance = random();
  return chance < 0.5 ? "BUY" : chance < 0.9 ? "SELL" : chance < 0.95 ? "SELL_SHORT" : "BUY_BACK";
}

/** A date, or so many days before today: `-180d`. */
function dateOf(text: string, today: IsoDate): IsoDate {
  const back = /^-(\d+)d$/.exec(text)?.[1];
  return back === undefined ? text : Temporal.PlainDate.from(today).subtract({ days: Number(back) }).toString();
}

function weekdays(from: IsoDate, to: IsoDate): readonly IsoDate[] {
  const days: IsoDate[] = [];
  const last = Temporal.PlainDate.from(to);
  for (
    let day = Temporal.PlainDate.from(from);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  ) {
    if (day.dayOfWeek <= 5) days.push(day.toString());
  }
  return days.length > 0 ? days : [from];
}

function picked<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)]!;
}
