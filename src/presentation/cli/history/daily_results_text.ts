/** `apex history pnl`: results by day. */
import type { DailyResult, DailySeries } from "../../../application/history_report/daily_results.ts";
import type { KnownSum } from "../../../application/history_report/known_sum.ts";
import { exactSum } from "../../../domain/history/exact.ts";
import { count } from "../../format.ts";
import { wrapped } from "../../terminal/frame.ts";
import { type Column, instantCell } from "./column.ts";
import { fittedTable } from "./fitted_table.ts";
import { currencyName } from "./instrument_columns.ts";
import type { HistoryLook } from "./look.ts";
import { barPlot, linePlot, plotColumns } from "./plot.ts";

export function dailyColumns({ format }: HistoryLook): Column<DailyResult>[] {
  const signed = (title: string, key: Figure, rank: number): Column<DailyResult> => ({
    key,
    value: (row) => row[key],
    shown: { title, text: (row) => format.signed(row[key]), rank },
  });
  const plain = (title: string, key: Figure, rank: number, digits = 0): Column<DailyResult> => ({
    key,
    value: (row) => row[key],
    shown: { title, text: (row) => format.decimals(row[key], digits), rank },
  });
  return [
    {
      key: "tradeDate",
      value: (row) => row.tradeDate,
      shown: { title: "Date", text: (row) => row.tradeDate, words: true, rank: 0 },
    },
    { key: "account", value: (row) => row.account },
    { key: "source", value: (row) => row.source },
    { key: "currency", value: (row) => row.currency },
    {
      key: "dailyPnl",
      value: (row) => row.dailyPnl,
      shown: {
        title: "Day P&L",
        text: (row) => format.signed(row.dailyPnl) + (row.dailyPnl !== null && row.excluded > 0 ? "x" : ""),
        rank: 0,
      },
    },
    signed("Cumulative", "cumulativePnl", 0),
    plain("Drawdown", "drawdown", 2),
    { key: "drawdownPct", value: (row) => row.drawdownPct },
    signed("Realized", "realizedPnl", 4),
    { key: "unrealizedPnl", value: (row) => row.unrealizedPnl },
    signed("FX", "fxPnl", 7),
    plain("Fees", "commissions", 6, 2),
    plain("Net liq", "netLiquidation", 5),
    signed("Broker day", "brokerDailyPnl", 3),
    signed("Difference", "difference", 3),
    { key: "brokerRealizedPnl", value: (row) => row.brokerRealizedPnl },
    {
      key: "excluded",
      value: (row) => row.excluded,
      shown: { title: "Excluded", text: (row) => String(row.excluded), rank: 8 },
    },
    { key: "updatedAt", value: (row) => instantCell(row.updatedAt) },
  ];
}

type Figure =
  | "dailyPnl"
  | "cumulativePnl"
  | "drawdown"
  | "realizedPnl"
  | "fxPnl"
  | "commissions"
  | "netLiquidation"
  | "brokerDailyPnl"
  | "difference";

/** One account's days: plots where asked for, the table, the totals, and what they leave out. */
export function dailyText(series: DailySeries, look: HistoryLook, withPlot: boolean): string {
  const { account, source, currency, days } = series;
  const who = account === "ALL" ? "Book" : `${look.account(account)} ${source}`;
  const heading = `${who}, ${currencyName(currency)}, ${count(days.length, "day")}\n`;
  const table = fittedTable(dailyColumns(look), days, { width: look.width, totals: totalsLine(series, look) });
  const parts = [heading, table, ...[...notes(series), ...summary(series, look)].map((text) => lines(text, look))];
  return [...(withPlot ? [plots(series, look)] : []), parts.join("")].join("\n");
}

function lines(text: string, { width }: HistoryLook): string {
  return wrapped(text, width).map((line) => `${line}\n`).join("");
}

function totalsLine({ totals }: DailySeries, { format }: HistoryLook): Map<string, string> {
  const signed = ({ sum, missing }: KnownSum, leavesOut = missing > 0) =>
    format.signed(sum) + (sum !== null && leavesOut ? "x" : "");
  return new Map([
    ["tradeDate", "Total"],
    ["dailyPnl", signed(totals.dailyPnl, totals.dailyPnl.missing + totals.partialDays > 0)],
    ["realizedPnl", signed(totals.realizedPnl)],
    ["fxPnl", signed(totals.fxPnl)],
    [
      "commissions",
      format.decimals(totals.commissions.sum, 2) +
      (totals.commissions.sum !== null && totals.commissions.missing > 0 ? "x" : ""),
    ],
    ["brokerDailyPnl", signed(totals.brokerDailyPnl)],
    ["difference", signed(totals.difference)],
  ]);
}

function notes({ totals }: DailySeries): string[] {
  const missing = ([
    ["a result", totals.dailyPnl],
    ["a realized result", totals.realizedPnl],
    ["an FX result", totals.fxPnl],
    ["commissions", totals.commissions],
    ["the broker's result", totals.brokerDailyPnl],
  ] as const).filter(([, { sum, missing }]) => sum !== null && missing > 0)
    .map(([what, { missing }]) => `${count(missing, "day")} without ${what}`);
  const partial = totals.partialDays === 0
    ? []
    : [`on ${count(totals.partialDays, "day")} holdings whose result is not known`];
  const left = [...missing, ...partial];
  return left.length === 0 ? [] : [`x leaves out ${left.join("; ")}.`];
}

function summary({ summary }: DailySeries, { format }: HistoryLook): string[] {
  const { winDays, lossDays, flatDays, unknownDays, best, worst, deepest } = summary;
  const day = (one: { date: string; pnl: number }) => `${format.signed(one.pnl)} on ${one.date}`;
  const counts = [
    count(winDays, "winning day"),
    count(lossDays, "losing day"),
    ...(flatDays === 0 ? [] : [`${flatDays} at zero`]),
    ...(unknownDays === 0 ? [] : [`${unknownDays} not known`]),
  ].join(", ");
  const extremes = best === null || worst === null ? [] : [`Best day ${day(best)}, worst ${day(worst)}.`];
  return [`${counts}.`, ...extremes, deepestText(deepest, format)];
}

function deepestText(deepest: DailySeries["summary"]["deepest"], format: HistoryLook["format"]): string {
  if (deepest === null) return "No drawdown: the running total never fell below its best.";
  const { drawdown, drawdownPct, peakDate, troughDate, recoveredDate } = deepest;
  const share = drawdownPct === null ? "" : ` (${format.percent(drawdownPct, 2)} of equity)`;
  const since = peakDate === null ? "from the start" : `from the best on ${peakDate}`;
  const back = recoveredDate === null ? "not recovered yet" : `recovered on ${recoveredDate}`;
  return `Largest drawdown ${format.money(drawdown)}${share}, ${since} to ${troughDate}, ${back}.`;
}

function plots({ days, currency }: DailySeries, look: HistoryLook): string {
  const groups = evenly(days, plotColumns(look.width));
  const ends = [days[0]!.tradeDate, days.at(-1)!.tradeDate] as const;
  const options = { width: look.width, ascii: look.ascii, ends, label: (value: number) => look.format.short(value) };
  const line = linePlot(
    groups.map((group) => {
      const known = group.map((day) => day.cumulativePnl).filter((value) => value !== null);
      return known.length === 0 ? null : { low: Math.min(...known), high: Math.max(...known), last: known.at(-1)! };
    }),
    { ...options, height: 12 },
  );
  const bars = barPlot(
    groups.map((group) => {
      const known = group.map((day) => day.dailyPnl).filter((value) => value !== null);
      return known.length === 0 ? null : exactSum(known);
    }),
    { ...options, height: 9 },
  );
  const per = groups[0]!.length;
  const unit = per === 1 ? "by day" : `${per} days a column`;
  if (line === "") return "Nothing to plot: no day's result is known.\n";
  return `Cumulative P&L, ${currencyName(currency)}\n${line}\nP&L ${unit}, ${currencyName(currency)}\n${bars}`;
}

/** Neighbours together, so that there are at most `most` groups. */
function evenly<Row>(rows: readonly Row[], most: number): Row[][] {
  const size = Math.ceil(rows.length / most);
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => rows.slice(at * size, (at + 1) * size));
}
