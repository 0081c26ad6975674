/** The book's sums: P&L first, then size, then greeks. */
import type { LimitView } from "../../../domain/risk/snapshot.ts";
import type { Area, ViewContext } from "../context.ts";
import { digestOf, type Figure, markOf } from "../digest.ts";
import { cut, type Frame, padded, widthOf } from "../frame.ts";
import { trailCells, trailSince } from "../day_trail.ts";
import { sparkline } from "../glyphs.ts";
import { markStyle, signStyle } from "../table.ts";
import { BOLD, Role, type Style } from "../style.ts";
import { liveMark } from "../context.ts";

interface Item {
  readonly label: string;
  readonly value: number | null;
  readonly mark: string;
  /** P&L is signed and coloured by its sign. */
  readonly signed?: boolean;
  /** What follows the number where there is room. */
  readonly note?: string;
}

/** Twelve rows, one figure each. */
export function drawPortfolio(frame: Frame, area: Area, context: ViewContext): void {
  const { format, betaReference } = context.look;
  const { portfolio } = context.snapshot;
  const end = 23;
  const figures = bookFigures(context);
  const largest = portfolio.concentration;
  const rows: (Item | "trail")[] = [
    { ...figures.day, note: dayMoveOfNetLiq(context) },
    "trail",
    { ...figures.unrealized, label: "Unrealized" },
    { ...figures.realized, label: "Realized", note: "today" },
    figures.netLiq,
    { ...figures.gross, label: "Gross exp", note: exposureNote(context, area.width - end - 3) },
    { ...figures.dollarDelta, label: "$Delta net" },
    { ...figures.beta, label: "Beta delta", note: `${betaReference} shares` },
    { ...figures.gamma, label: "Gamma 1%", note: "$ per 1 %" },
    { ...figures.vega, note: "$ per pt" },
    { ...figures.theta, note: "$ per day" },
  ];
  for (const [index, item] of rows.entries()) {
    const row = area.top + index;
    if (index >= area.height) return;
    if (item === "trail") {
      drawTrail(frame, row, area, context);
      continue;
    }
    frame.put(row, area.left + 1, item.label);
    const text = fitted(item, end - item.label.length - 2, context);
    drawNumber(frame, row, area.left + end, text, item);
    frame.put(row, area.left + end + 2, cut(item.note ?? "", area.width - end - 2), Role.quiet);
  }
  if (rows.length >= area.height) return;
  const row = area.top + rows.length;
  frame.put(row, area.left + 1, "Largest");
  frame.putEnding(row, area.left + end, cut(largest.underlying ?? "--", 12));
  const share = largest.pct === null ? "" : ` ${format.percent(largest.pct, 0)} gross`;
  frame.put(row, area.left + end + 1, cut(share, area.width - end - 1), Role.quiet);
}

/** Six rows, two figures each. */
export function drawPortfolioCompact(frame: Frame, area: Area, context: ViewContext): void {
  const figures = bookFigures(context);
  const pairs: readonly (readonly [Item, number, Item])[] = [
    [{ ...figures.day, label: "Day P&L" }, 10, figures.dollarDelta],
    [{ ...figures.unrealized, label: "Unreal." }, 10, { ...figures.beta, label: "Beta" }],
    [{ ...figures.realized, label: "Real." }, 10, { ...figures.gamma, label: "Gamma" }],
    [figures.netLiq, 9, figures.vega],
    [{ ...figures.gross, label: "Gross" }, 7, figures.theta],
  ];
  for (const [index, [left, room, right]] of pairs.entries()) {
    if (index >= area.height) return;
    const row = area.top + index;
    frame.put(row, area.left + 1, left.label);
    drawNumber(frame, row, area.left + 18, fitted(left, room, context), left);
    frame.put(row, area.left + 20, right.label);
    drawNumber(frame, row, area.left + 34, fitted(right, 7, context), right);
  }
  if (area.height > pairs.length) drawTrail(frame, area.top + pairs.length, area, context);
}

/** A few figures in running text, for narrow screens: the first that fit. */
export function drawPortfolioLines(frame: Frame, top: number, rows: number, context: ViewContext): void {
  const figures = bookFigures(context);
  const short = (item: Item, room: number): Words => [`${item.label} ${fitted(item, room, context)}${item.mark}`, item];
  const lines: readonly (readonly Words[])[] = [
    [short({ ...figures.day, label: "Day" }, 10), short({ ...figures.unrealized, label: "Unreal." }, 10), [
      `Net liq ${context.look.format.short(figures.netLiq.value)}${figures.netLiq.mark}`,
      figures.netLiq,
    ]],
    [figures.dollarDelta, { ...figures.gamma, label: "Gamma" }, figures.vega, figures.theta].map((one) =>
      short(one, 7)
    ),
    limitWords(context),
  ];
  for (const [index, words] of lines.slice(0, rows).entries()) {
    let column = 1;
    for (const [text, item] of words) {
      if (column > 1 && column + widthOf(text) > frame.width - 1) break;
      column = frame.put(top + index, column, text, styleOf(item)) + 2;
    }
  }
}

type Words = readonly [text: string, item: Pick<Item, "value" | "mark" | "signed">];

const NO_ITEM = { value: null, mark: "" } as const;

function limitWords(context: ViewContext): Words[] {
  const { snapshot, look } = context;
  const { format } = look;
  const margin = worst(snapshot.limits, "max_margin_utilization");
  const gross = worst(snapshot.limits, "max_total_gross_notional");
  const delta = worst(snapshot.limits, "portfolio_delta_range");
  const figures = bookFigures(context);
  const words: Words[] = [];
  const acked = snapshot.breaches.find((one) => one.id === margin?.id)?.state === "acknowledged" ? " ack" : "";
  const state = margin === undefined || margin.state === "ok"
    ? ""
    : ` ${margin.state === "unknown" ? "UNKN" : margin.state.toUpperCase()}${acked}`;
  words.push([`Margin ${format.percent(snapshot.portfolio.marginUtilization, 1)}${state}`, NO_ITEM]);
  const use = gross === undefined ? "" : ` ${format.percent(gross.utilization, 0)}`;
  words.push([`Gross ${format.short(figures.gross.value)}${figures.gross.mark}${use}`, NO_ITEM]);
  if (delta !== undefined) words.push([`Delta ${format.percent(delta.utilization, 0)}`, NO_ITEM]);
  return words;
}

function worst(limits: readonly LimitView[], rule: string): LimitView | undefined {
  const of = limits.filter((one) => one.rule === rule);
  return of.sort((a, b) => (b.utilization ?? Infinity) - (a.utilization ?? Infinity))[0];
}

interface BookFigures {
  readonly day: Item;
  readonly unrealized: Item;
  readonly realized: Item;
  readonly netLiq: Item;
  readonly gross: Item;
  readonly dollarDelta: Item;
  readonly beta: Item;
  readonly gamma: Item;
  readonly vega: Item;
  readonly theta: Item;
}

function bookFigures(context: ViewContext): BookFigures {
  const { portfolio } = context.snapshot;
  const marks = digestOf(context.snapshot).book;
  const excluded = new Set(portfolio.excluded.filter((one) => one.count > 0).map((one) => one.total));
  const item = (label: string, value: number | null, total: string, figure: Figure | null): Item => {
    const own = figure === null ? "" : markOf(marks, figure);
    return { label, value, mark: value === null ? "" : liveMark(context, excluded.has(total) ? "x" : own, value) };
  };
  return {
    day: { ...item("Day P&L", portfolio.dailyPnl, "dailyPnl", "dailyPnl"), signed: true },
    unrealized: { ...item("Unreal.", portfolio.unrealizedPnl, "unrealizedPnl", "unrealizedPnl"), signed: true },
    realized: { ...item("Real.", portfolio.realizedPnl, "realizedPnl", null), mark: "", signed: true },
    netLiq: item("Net liq", portfolio.netLiquidation, "netLiquidation", null),
    gross: item("Gross", portfolio.grossExposure, "grossExposure", "exposure"),
    dollarDelta: item("$Delta", portfolio.dollarDelta, "dollarDelta", "dollarDelta"),
    beta: item("Beta", portfolio.betaWeightedDelta, "betaWeightedDelta", "betaWeightedDelta"),
    gamma: item("Gamma", portfolio.gammaDollars1Pct, "gammaDollars1Pct", "gammaDollars1Pct"),
    vega: item("Vega", portfolio.vega, "vega", "vega"),
    theta: item("Theta", portfolio.theta, "theta", "theta"),
  };
}

/** The number in full where it fits into `room`, else with K or M. */
function fitted(item: Item, room: number, { look: { format } }: ViewContext): string {
  const full = item.signed ? format.signed(item.value) : format.money(item.value);
  if (full.length <= room) return full;
  const short = format.short(item.value);
  return item.signed && item.value !== null && item.value > 0 ? `+${short}` : short;
}

function drawNumber(frame: Frame, row: number, end: number, text: string, item: Item): void {
  const style = styleOf(item);
  frame.putEnding(row, end, text, item.signed ? style | BOLD : style);
  frame.put(row, end, item.mark, style);
}

function styleOf(item: Pick<Item, "value" | "mark" | "signed">): Style {
  return item.signed ? signStyle(item.value, item.mark) : markStyle(item.mark);
}

/** The day's P&L as part of what the book is worth now. */
function dayMoveOfNetLiq({ snapshot: { portfolio }, look: { format } }: ViewContext): string {
  const { dailyPnl, netLiquidation } = portfolio;
  if (dailyPnl === null || netLiquidation === null || netLiquidation <= 0) return "";
  return format.signedPercent(dailyPnl / netLiquidation, 2);
}

function limitUse({ snapshot, look: { format } }: ViewContext, rule: string): string {
  const limit = snapshot.limits.find((one) => one.rule === rule && one.scope === null);
  if (limit === undefined || limit.utilization === null || limit.limit === null) return "";
  return `${format.percent(limit.utilization, 0)} of ${format.round(limit.limit)}`;
}

function drawTrail(frame: Frame, row: number, area: Area, context: ViewContext): void {
  const { trail } = context.view;
  const { look } = context;
  const since = trailSince(trail);
  if (since === null) return;
  const time = look.format.clockMinutes(since);
  const label = area.width >= 36 ? `${time}+` : time;
  const cells = area.width - 2 - label.length;
  const line = sparkline(trailCells(trail, "dailyPnl", cells), look.glyphs);
  if (line === "") return;
  frame.put(row, area.left + 1, padded(line, cells));
  frame.put(row, area.left + area.width - label.length, label, Role.quiet);
}

/** The day's line of gross exposure; while it has too few points, how much of its limit is used. */
function exposureNote(context: ViewContext, cells: number): string {
  const { view, look } = context;
  const line = sparkline(trailCells(view.trail, "grossExposure", Math.max(0, cells)), look.glyphs);
  return line === "" ? limitUse(context, "max_total_gross_notional") : line;
}
