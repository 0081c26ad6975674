/** Results by day: running total, fall from the best, ours beside the broker's. */
import { type DeepestDrawdown, deepestDrawdown, drawdownSeries } from "../../domain/history/drawdown.ts";
import { exactSum } from "../../domain/history/exact.ts";
import type { IsoDate } from "../../domain/time.ts";
import type { DailyPnlRecord } from "../ports/store_records.ts";
import { type KnownSum, knownSum } from "./known_sum.ts";

export interface DailyResult extends DailyPnlRecord {
  /** Σ dailyPnl from the first day of the range; null on a day whose result is not known. */
  readonly cumulativePnl: number | null;
  /** Best `cumulativePnl` so far − this one: a loss, so positive. Null as above. */
  readonly drawdown: number | null;
  /** drawdown ÷ (equity before the range + best), a fraction; null also when that equity is not known. */
  readonly drawdownPct: number | null;
  /** dailyPnl − brokerDailyPnl; null when one of them is not known. */
  readonly difference: number | null;
}

/** The days of one account and source in one currency, oldest first. */
export interface DailySeries {
  readonly account: string;
  readonly source: DailyPnlRecord["source"];
  readonly currency: string;
  readonly days: readonly DailyResult[];
  readonly totals: DailyTotals;
  readonly summary: DailySummary;
}

export interface DailyTotals {
  readonly dailyPnl: KnownSum;
  readonly realizedPnl: KnownSum;
  readonly fxPnl: KnownSum;
  readonly commissions: KnownSum;
  readonly brokerDailyPnl: KnownSum;
  /** Over the days on which both are known. */
  readonly difference: KnownSum;
  /** Days with holdings left out of `dailyPnl`. */
  readonly partialDays: number;
}

export interface DailySummary {
  readonly winDays: number;
  readonly lossDays: number;
  readonly flatDays: number;
  /** Days whose result is not known: in no figure here. */
  readonly unknownDays: number;
  readonly best: DayPnl | null;
  readonly worst: DayPnl | null;
  /** Null when it never fell. */
  readonly deepest: DeepestDrawdown | null;
}

export interface DayPnl {
  readonly date: IsoDate;
  readonly pnl: number;
}

/** One series for each account, source and currency; currencies are never added up. */
export function dailySeries(records: readonly DailyPnlRecord[]): DailySeries[] {
  const groups = Map.groupBy(records, ({ account, source, currency }) => `${account}\n${source}\n${currency}`);
  return Array.from(groups.values(), seriesOf);
}

function seriesOf(records: readonly DailyPnlRecord[]): DailySeries {
  const { account, source, currency } = records[0]!;
  const known = records.flatMap(({ tradeDate, dailyPnl }) =>
    dailyPnl === null ? [] : [{ date: tradeDate, pnl: dailyPnl }]
  );
  const falls = drawdownSeries(known, equityBefore(records));
  const fallOn = new Map(falls.map((point) => [point.date, point]));
  const days = records.map((record): DailyResult => {
    const point = record.dailyPnl === null ? undefined : fallOn.get(record.tradeDate);
    return {
      ...record,
      cumulativePnl: point?.cumulative ?? null,
      drawdown: point?.drawdown ?? null,
      drawdownPct: point?.drawdownPct ?? null,
      difference: difference(record),
    };
  });
  const summary = { ...summaryOf(known, records.length), deepest: deepestDrawdown(falls) };
  return { account, source, currency, days, totals: totalsOf(days), summary };
}

/** Net liquidation at the end of the first day, less that day's result: what came in or went out that day is in it. */
function equityBefore(records: readonly DailyPnlRecord[]): number | null {
  const { netLiquidation = null, dailyPnl = null } = records[0] ?? {};
  return netLiquidation === null || dailyPnl === null ? null : exactSum([netLiquidation, -dailyPnl]);
}

function difference({ dailyPnl, brokerDailyPnl }: DailyPnlRecord): number | null {
  return dailyPnl === null || brokerDailyPnl === null ? null : exactSum([dailyPnl, -brokerDailyPnl]);
}

function totalsOf(days: readonly DailyResult[]): DailyTotals {
  const of = (figure: Exclude<keyof DailyTotals, "partialDays">) => knownSum(days.map((day) => day[figure]));
  return {
    dailyPnl: of("dailyPnl"),
    realizedPnl: of("realizedPnl"),
    fxPnl: of("fxPnl"),
    commissions: of("commissions"),
    brokerDailyPnl: of("brokerDailyPnl"),
    difference: of("difference"),
    partialDays: days.filter((day) => day.excluded > 0).length,
  };
}

function summaryOf(known: readonly DayPnl[], days: number): Omit<DailySummary, "deepest"> {
  const ranked = [...known].sort((one, other) => other.pnl - one.pnl);
  return {
    winDays: known.filter(({ pnl }) => pnl > 0).length,
    lossDays: known.filter(({ pnl }) => pnl < 0).length,
    flatDays: known.filter(({ pnl }) => pnl === 0).length,
    unknownDays: days - known.length,
    best: ranked[0] ?? null,
    worst: ranked.at(-1) ?? null,
  };
}
