/** `apex snapshot` for people: tables as wide as the terminal that say what they leave out. */
import type { LimitView, PositionView, RiskSnapshot, UnderlyingView } from "../../domain/risk/snapshot.ts";
import { contractName, type Format } from "../format.ts";
import { bookMarks, notes } from "../plain_text.ts";
import { digestOf, type Figure, markOf } from "../terminal/digest.ts";
import { wrapped } from "../terminal/frame.ts";
import { glyphsOf } from "../terminal/glyphs.ts";
import { limitBound, limitMark, limitValue, longLimitName, STATE_WORDS, worstFirst } from "../terminal/limit_text.ts";
import { markLetter } from "../terminal/mark_letter.ts";
import { printable } from "./fitted_text.ts";
import type { Column } from "./history/column.ts";
import { fittedTable } from "./history/fitted_table.ts";
import { type HistoryLook, historyLook, type PrintSettings } from "./history/look.ts";

/** @param width columns of the terminal; null: there is none */
export function snapshotTable(snapshot: RiskSnapshot, settings: PrintSettings, width: number | null): string {
  const look = historyLook({ width }, settings);
  const parts = [snapshotHeading(snapshot, look) + bookLines(snapshot, look)];
  if (snapshot.positions.length === 0) {
    parts.push("No positions.\n");
  } else {
    parts.push(fittedTable(positionColumns(snapshot, look), snapshot.positions, look));
    parts.push(
      fittedTable(nameColumns(snapshot, look), snapshot.byUnderlying, { ...look, totals: totals(snapshot, look) }),
    );
  }
  const marks = notes(snapshot).flatMap((note) => wrapped(note, look.width));
  if (marks.length > 0) parts.push(marks.map((line) => `${line}\n`).join(""));
  if (snapshot.limits.length > 0) {
    parts.push(fittedTable(limitColumns(settings, look), worstFirst(snapshot.limits), look));
  }
  return printable(parts.join("\n"));
}

/** When, of what, and how complete: the first lines of every table of the book. */
export function snapshotHeading(snapshot: RiskSnapshot, { format, width, text }: HistoryLook): string {
  const at = Date.parse(snapshot.asOf);
  const first = [
    `${format.isoDateTime(at)} ${format.zoneAbbreviation(at)}`,
    snapshot.env,
    snapshot.simulated ? "SIMULATED" : null,
    snapshot.status.toUpperCase(),
    snapshot.baseCurrency,
  ].filter((part) => part !== null).join("  ");
  const reasons = snapshot.statusReasons.flatMap((reason) => wrapped(`- ${text(reason)}`, width));
  return [first, ...reasons].map((line) => `${line}\n`).join("");
}

function bookLines(snapshot: RiskSnapshot, { format, width }: HistoryLook): string {
  const { portfolio } = snapshot;
  const mark = bookMarks(snapshot);
  const figures = [
    `Day P&L ${marked(portfolio.dailyPnl, format.signed, mark("dailyPnl"))}`,
    `Unrealized ${marked(portfolio.unrealizedPnl, format.signed, mark("unrealizedPnl"))}`,
    `Realized ${format.signed(portfolio.realizedPnl)}`,
    `Net liq ${format.money(portfolio.netLiquidation)}`,
    `Gross exposure ${marked(portfolio.grossExposure, format.money, mark("exposure"))}`,
    `Margin ${format.percent(portfolio.marginUtilization, 1)}`,
  ];
  return flowing(figures, width).map((line) => `${line}\n`).join("");
}

/** Figures two blanks apart, in as many lines as it takes; none is broken. */
export function flowing(figures: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const figure of figures) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 2 + figure.length <= width) lines[lines.length - 1] = `${last}  ${figure}`;
    else lines.push(figure);
  }
  return lines;
}

/** A sum that leaves something out says so; one that is missing altogether has nothing to mark. */
function marked(value: number | null, text: (value: number | null) => string, mark: string): string {
  return text(value) + (value === null ? "" : mark);
}

function positionColumns(snapshot: RiskSnapshot, { format, account }: HistoryLook): Column<PositionView>[] {
  const several = new Set(snapshot.positions.map(({ currency }) => currency)).size > 1;
  return [
    words("Position", 0, (row: PositionView) => contractName(row)),
    words("Ccy", 6, (row: PositionView) => several ? row.currency : ""),
    words("Account", 5, (row: PositionView) => row.leaves.map((leaf) => account(leaf.account)).join(" ")),
    number("Qty", 0, (row: PositionView) => format.quantity(row.quantity)),
    number("Avg", 7, (row: PositionView) => format.price(row.avgPrice, priceKind(row))),
    {
      ...number("Mark", 2, (row: PositionView) => format.price(row.mark, priceKind(row))),
      mark: (row: PositionView) => row.mark === null ? "" : markLetter(row),
    },
    number("Mkt value", 4, (row: PositionView) => format.money(row.marketValue)),
    number("Day P&L", 0, (row: PositionView) => format.signed(row.dailyPnl)),
    number("Unreal.", 3, (row: PositionView) => format.signed(row.unrealizedPnl)),
    number("$Delta", 1, (row: PositionView) => format.money(row.dollarDelta)),
    number("DTE", 8, (row: PositionView) => row.daysToExpiry === null ? "" : String(row.daysToExpiry)),
    words("Flags", 9, (row: PositionView) => row.flags.join(" ")),
  ].map((shown) => ({ key: shown.title, value: () => null, shown }));
}

function priceKind({ assetType }: PositionView): "price" | "rate" {
  return assetType === "FOREX" ? "rate" : "price";
}

function words<Row>(title: string, rank: number, text: (row: Row) => string) {
  return { title, text, rank, words: true };
}

function number<Row>(title: string, rank: number, text: (row: Row) => string) {
  return { title, text, rank };
}

type Sums = Pick<
  UnderlyingView,
  "grossExposure" | "dollarDelta" | "gammaDollars1Pct" | "vega" | "theta" | "dailyPnl" | "unrealizedPnl"
>;

interface SumColumn {
  readonly title: string;
  readonly field: keyof Sums;
  readonly figure: Figure;
  readonly rank: number;
  readonly isSigned: boolean;
}

const SUMS: readonly SumColumn[] = [
  { title: "Gross exp", field: "grossExposure", figure: "exposure", rank: 4, isSigned: false },
  { title: "$Delta", field: "dollarDelta", figure: "dollarDelta", rank: 0, isSigned: false },
  { title: "Gamma1%", field: "gammaDollars1Pct", figure: "gammaDollars1Pct", rank: 1, isSigned: false },
  { title: "Vega", field: "vega", figure: "vega", rank: 2, isSigned: false },
  { title: "Theta", field: "theta", figure: "theta", rank: 3, isSigned: false },
  { title: "Day P&L", field: "dailyPnl", figure: "dailyPnl", rank: 0, isSigned: true },
  { title: "Unreal.", field: "unrealizedPnl", figure: "unrealizedPnl", rank: 1, isSigned: true },
];

function nameColumns(snapshot: RiskSnapshot, { format }: HistoryLook): Column<UnderlyingView>[] {
  const digest = digestOf(snapshot);
  return [
    words("Name", 0, (row: UnderlyingView) => row.underlying),
    number("Pos", 5, (row: UnderlyingView) => String(row.positions)),
    number("Spot", 6, (row: UnderlyingView) => format.price(row.price)),
    ...SUMS.map((sum) => ({
      ...number(sum.title, sum.rank, (row: UnderlyingView) => sumText(row, sum, format)),
      mark: (row: UnderlyingView) =>
        row[sum.field] === null ? "" : markOf(digest.names.get(row.underlying), sum.figure),
    })),
  ].map((shown) => ({ key: shown.title, value: () => null, shown }));
}

function sumText(sums: Sums, { field, isSigned }: SumColumn, format: Format): string {
  return isSigned ? format.signed(sums[field]) : format.money(sums[field]);
}

function totals(snapshot: RiskSnapshot, { format }: HistoryLook): ReadonlyMap<string, string> {
  const mark = bookMarks(snapshot);
  const { portfolio } = snapshot;
  return new Map([
    ["Name", "Total"],
    ["Pos", String(snapshot.positions.length)],
    ...SUMS.map((sum): [string, string] => {
      const text = sumText(portfolio, sum, format);
      return [sum.title, portfolio[sum.field] === null ? text : text + mark(sum.figure)];
    }),
  ]);
}

function limitColumns({ dashboard }: PrintSettings, { format, ascii }: HistoryLook): Column<LimitView>[] {
  const look = { format, glyphs: glyphsOf(ascii ? "ascii" : "unicode"), accounts: dashboard.accounts };
  return [
    words("State", 0, (row: LimitView) => STATE_WORDS[row.state]),
    words("Limit", 0, (row: LimitView) => longLimitName(row, look)),
    {
      ...number("Value", 0, (row: LimitView) => limitValue(row, look)),
      mark: (row: LimitView) => row.value === null ? "" : limitMark(row),
    },
    number("Allowed", 0, (row: LimitView) => limitBound(row, look)),
    number("Used", 0, (row: LimitView) => format.used(row.utilization)),
  ].map((shown) => ({ key: shown.title, value: () => null, shown }));
}
