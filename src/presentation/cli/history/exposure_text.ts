/** `apex history risk`: exposure over time. */
import { type Bucket, bucketed, bucketText } from "../../../application/history_report/time_buckets.ts";
import type { RiskFigures, RiskPoint } from "../../../application/ports/store_records.ts";
import { count } from "../../format.ts";
import { wrapped } from "../../terminal/frame.ts";
import { type Column, instantCell } from "./column.ts";
import { fittedTable } from "./fitted_table.ts";
import type { HistoryLook } from "./look.ts";
import { linePlot, plotColumns, type Span } from "./plot.ts";

/** More rows are thinned in a table. */
const MOST_ROWS = 48;

export function riskColumns({ format, time }: HistoryLook): Column<RiskPoint>[] {
  const figure = (
    title: string,
    key: keyof RiskFigures,
    rank: number,
    text: (value: number | null) => string = format.money,
  ): Column<RiskPoint> => ({
    key,
    value: (row) => row.figures[key],
    shown: { title, text: (row) => text(row.figures[key]), rank },
  });
  const unseen = (key: keyof RiskFigures): Column<RiskPoint> => ({ key, value: (row) => row.figures[key] });
  return [
    {
      key: "takenAt",
      value: (row) => instantCell(row.takenAt),
      shown: { title: "Time", text: (row) => time(row.takenAt).slice(0, 16), words: true, rank: 0 },
    },
    { key: "account", value: (row) => row.account },
    { key: "source", value: (row) => row.source },
    { key: "baseCurrency", value: (row) => row.baseCurrency },
    { key: "simulated", value: (row) => row.simulated },
    figure("Gross", "grossExposure", 0),
    figure("Net", "netExposure", 1),
    figure("$Delta", "dollarDelta", 2),
    figure("Vega", "vega", 4),
    figure("Theta", "theta", 5),
    figure("Gamma1%", "gammaDollars1Pct", 6),
    figure("Day P&L", "dailyPnl", 3, format.signed),
    figure("Margin", "marginUtilization", 7, (value) => format.percent(value, 1)),
    figure("Net liq", "netLiquidation", 8),
    {
      key: "status",
      value: (row) => row.status,
      shown: { title: "Status", text: (row) => row.status, words: true, rank: 9 },
    },
    unseen("betaWeightedDelta"),
    unseen("delta"),
    unseen("unrealizedPnl"),
    unseen("realizedPnl"),
    unseen("fxPnl"),
    unseen("marketValue"),
  ];
}

/** One table for each account, source and base currency. */
export function exposureText(points: readonly RiskPoint[], look: HistoryLook, withPlot: boolean): string {
  const groups = Map.groupBy(points, ({ account, source, baseCurrency }) => `${account}\n${source}\n${baseCurrency}`);
  return Array.from(groups.values(), (own) => seriesText(own, look, withPlot)).join("\n");
}

function seriesText(points: readonly RiskPoint[], look: HistoryLook, withPlot: boolean): string {
  const { account, source, baseCurrency, simulated } = points[0]!;
  const { sizeMs, buckets } = bucketed(points, (point) => point.takenAt, MOST_ROWS, look.zone);
  const rows = buckets.map((bucket) => bucket.rows.at(-1)!);
  const who = account === "ALL" ? "Book" : `${look.account(account)} ${source}`;
  const thinned = sizeMs === null ? "" : `; one row each ${bucketText(sizeMs)}, its last`;
  const heading = `${who}, ${baseCurrency}${simulated ? ", SIMULATED" : ""}, ${
    count(points.length, "snapshot")
  }${thinned}. Times in ${look.zone}.`;
  return [
    ...(withPlot ? [plots(points, look), "\n"] : []),
    ...wrapped(heading, look.width).map((line) => `${line}\n`),
    fittedTable(riskColumns(look), rows, { width: look.width }),
    ...wrapped(extremes(points, look), look.width).map((line) => `${line}\n`),
    ...incomplete(points),
  ].join("");
}

/** Of all snapshots, so that thinning hides no peak. */
function extremes(points: readonly RiskPoint[], { format, time }: HistoryLook): string {
  let least: RiskPoint | null = null;
  let most: RiskPoint | null = null;
  for (const point of points) {
    const { grossExposure } = point.figures;
    if (grossExposure === null) continue;
    if (least === null || grossExposure < least.figures.grossExposure!) least = point;
    if (most === null || grossExposure > most.figures.grossExposure!) most = point;
  }
  if (least === null || most === null) return "Gross exposure is not known in any of them.";
  const at = (point: RiskPoint) =>
    `${format.money(point.figures.grossExposure)} at ${time(point.takenAt).slice(0, 16)}`;
  return `Gross exposure of all snapshots: lowest ${at(least)}, highest ${at(most)}.`;
}

function incomplete(points: readonly RiskPoint[]): string[] {
  const partial = points.filter((point) => point.status !== "complete").length;
  return partial === 0 ? [] : [`${count(partial, "snapshot")} not complete: see its status with --format csv.\n`];
}

function plots(points: readonly RiskPoint[], look: HistoryLook): string {
  const { sizeMs, buckets } = bucketed(points, (point) => point.takenAt, plotColumns(look.width), look.zone);
  const end = (point: RiskPoint) => look.time(point.takenAt).slice(0, 16);
  const options = {
    width: look.width,
    height: 10,
    ascii: look.ascii,
    label: (value: number) => look.format.short(value),
    ends: [end(points[0]!), end(points.at(-1)!)] as const,
  };
  const unit = sizeMs === null ? "every snapshot" : `lowest to highest of each ${bucketText(sizeMs)}`;
  const plot = (title: string, key: "grossExposure" | "netExposure") => {
    const drawn = linePlot(buckets.map((bucket) => spanOf(bucket, key)), options);
    const { baseCurrency } = points[0]!;
    return drawn === "" ? `${title}: not known in any snapshot.\n` : `${title}, ${baseCurrency}\n${drawn}`;
  };
  const remark = `Plotted: ${unit}. Times without snapshots take no room.`;
  return [
    plot("Gross exposure", "grossExposure"),
    "\n",
    plot("Net exposure", "netExposure"),
    ...wrapped(remark, look.width).map((line) => `${line}\n`),
  ].join("");
}

function spanOf({ rows }: Bucket<RiskPoint>, key: keyof RiskFigures): Span {
  let low = Infinity;
  let high = -Infinity;
  let last: number | null = null;
  for (const { figures } of rows) {
    const value = figures[key];
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    last = value;
  }
  return last === null ? null : { low, high, last };
}
