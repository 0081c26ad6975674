/** One snapshot as plain text: ASCII, no escapes, no word cut, values apart by blanks. For logs, pipes and readers. */
import type { BreachView, Component, RiskSnapshot, UnderlyingView } from "../domain/risk/snapshot.ts";
import { age, type Format } from "./format.ts";
import { dayLeftOut, digestOf, type Figure, leftOut, markOf, named } from "./terminal/digest.ts";
import { unreadWords } from "./terminal/flag_words.ts";

export interface PlainTextOptions {
  readonly format: Format;
  readonly betaReference: string;
}

/** The block of a snapshot, ending in a line end. */
export function plainText(snapshot: RiskSnapshot, options: PlainTextOptions): string {
  const lines = [
    headline(snapshot, options),
    ...bookLines(snapshot, options),
    ...worstBreachesFirst(snapshot).map((breach) => `  ${breachLine(breach, snapshot)}`),
    ...nameTable(snapshot, options),
    ...notes(snapshot),
  ];
  return lines.map((line) => ascii(line).trimEnd()).join("\n") + "\n";
}

/** The snapshot as one line of JSON, ending in a line end. */
export function jsonLine(snapshot: RiskSnapshot): string {
  return JSON.stringify(snapshot) + "\n";
}

function headline(snapshot: RiskSnapshot, { format }: PlainTextOptions): string {
  const at = Date.parse(snapshot.asOf);
  const { quality, status, statusReasons } = snapshot;
  const reasons = statusReasons.length === 0 ? "" : `: ${statusReasons.join(", ")}`;
  return [
    `${format.isoDateTime(at)} ${format.zoneAbbreviation(at)} ${snapshot.env}${
      snapshot.simulated ? " SIMULATED" : ""
    }` +
    ` turn ${snapshot.sequence} ${status.toUpperCase()}${reasons}`,
    `${linkWords(snapshot)}, ${quality.live} of ${quality.quotes} lines live`,
    snapshot.baseCurrency ?? "no base currency",
  ].join(" | ");
}

/** `IB up`, and where Futu is read `IB up, Futu down`. */
function linkWords({ health }: RiskSnapshot): string {
  const statusOf = (name: Component): string => health.find(({ component }) => component === name)?.status ?? "off";
  const futu = statusOf("futu");
  return `IB ${statusOf("ibkr")}${futu === "off" ? "" : `, Futu ${futu}`}`;
}

function bookLines(snapshot: RiskSnapshot, { format, betaReference }: PlainTextOptions): string[] {
  const { portfolio } = snapshot;
  const mark = bookMarks(snapshot);
  const money = (label: string, value: number | null, figure: Figure): string =>
    `${label} ${format.money(value)}${value === null ? "" : mark(figure)}`;
  const signed = (label: string, value: number | null, figure: Figure): string =>
    `${label} ${format.signed(value)}${value === null ? "" : mark(figure)}`;
  return [
    [
      signed("day", portfolio.dailyPnl, "dailyPnl"),
      signed("unrealized", portfolio.unrealizedPnl, "unrealizedPnl"),
      `realized ${format.signed(portfolio.realizedPnl)}`,
      `net liq ${format.money(portfolio.netLiquidation)}`,
      money("gross", portfolio.grossExposure, "exposure"),
      `margin ${format.percent(portfolio.marginUtilization, 1)}`,
    ],
    [
      money("$delta", portfolio.dollarDelta, "dollarDelta"),
      `${money("beta delta", portfolio.betaWeightedDelta, "betaWeightedDelta")} ${betaReference}`,
      money("gamma1%", portfolio.gammaDollars1Pct, "gammaDollars1Pct"),
      money("vega", portfolio.vega, "vega"),
      money("theta", portfolio.theta, "theta"),
    ],
  ].map((words) => `  ${words.join("  ")}`);
}

const RANK = { hard: 0, unknown: 1, soft: 2 } as const;

function worstBreachesFirst({ breaches }: RiskSnapshot): BreachView[] {
  return [...breaches].sort((a, b) => RANK[a.severity] - RANK[b.severity] || (a.since < b.since ? 1 : -1));
}

function breachLine(breach: BreachView, snapshot: RiskSnapshot): string {
  const now = Date.parse(snapshot.asOf);
  const word = breach.severity === "unknown" ? "UNKN" : breach.severity.toUpperCase();
  if (breach.state === "acknowledged") {
    const since = breach.acknowledgedAt === null ? "" : ` ${age(now - Date.parse(breach.acknowledgedAt))} ago`;
    const note = breach.note === null || breach.note === "" ? "" : `: ${breach.note}`;
    return `${word} ${breach.message}, acknowledged${since}${note}`;
  }
  return `${word} ${breach.message}, ${breach.state} ${age(now - Date.parse(breach.since))}, not acknowledged`;
}

/** Headings and widths; a longer number widens its row rather than be cut. */
const COLUMNS: readonly (readonly [title: string, width: number])[] = [
  ["pos", 4],
  ["day", 10],
  ["unrealized", 13],
  ["$delta", 13],
  ["gamma1%", 11],
  ["vega", 9],
  ["theta", 8],
];

function nameTable(snapshot: RiskSnapshot, { format }: PlainTextOptions): string[] {
  const digest = digestOf(snapshot);
  const size = (name: UnderlyingView): number => Math.abs(name.dollarDelta ?? 0);
  const names = [...snapshot.byUnderlying].sort((a, b) => size(b) - size(a));
  const rows = names.map((name) =>
    rowOf(name.underlying, name.positions, name, (figure) => markOf(digest.names.get(name.underlying), figure), format)
  );
  if (rows.length === 0) return ["  no positions"];
  const total = rowOf("total", snapshot.positions.length, snapshot.portfolio, bookMarks(snapshot), format);
  return [rowText("name", COLUMNS.map(([title]) => title)), ...rows, total];
}

type Sums = Pick<UnderlyingView, "dailyPnl" | "unrealizedPnl" | "dollarDelta" | "gammaDollars1Pct" | "vega" | "theta">;

function rowOf(
  name: string,
  positions: number,
  sums: Sums,
  markOfFigure: (figure: Figure) => string,
  format: Format,
): string {
  const number = (value: number | null, figure: Figure, text: string): string =>
    text + (value === null ? "" : markOfFigure(figure));
  return rowText(name, [
    format.money(positions),
    number(sums.dailyPnl, "dailyPnl", format.signed(sums.dailyPnl)),
    number(sums.unrealizedPnl, "unrealizedPnl", format.signed(sums.unrealizedPnl)),
    number(sums.dollarDelta, "dollarDelta", format.money(sums.dollarDelta)),
    number(sums.gammaDollars1Pct, "gammaDollars1Pct", format.money(sums.gammaDollars1Pct)),
    number(sums.vega, "vega", format.money(sums.vega)),
    number(sums.theta, "theta", format.money(sums.theta)),
  ]);
}

/** Cells right-aligned, always with a blank between two. */
function rowText(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(8)}` + cells.map((cell, index) => ` ${cell}`.padStart(COLUMNS[index]?.[1] ?? 0)).join("");
}

/** The mark of each total of the book: `x` when it leaves something out. */
export function bookMarks(snapshot: RiskSnapshot): (figure: Figure) => string {
  const { book } = digestOf(snapshot);
  const excluded = new Set(snapshot.portfolio.excluded.filter((one) => one.count > 0).map((one) => one.total));
  return (figure) => excluded.has(figure === "exposure" ? "grossExposure" : figure) ? "x" : markOf(book, figure);
}

/** One line that says which positions are behind the marks; none without marks. */
export function notes(snapshot: RiskSnapshot): string[] {
  const digest = digestOf(snapshot);
  const { examples } = digest;
  const parts: string[] = [];
  const unread = unreadWords(snapshot);
  if (unread !== null) parts.push(`x leaves out ${unread}`);
  for (const { example, reason } of leftOut(examples)) parts.push(`x leaves out ${named(example)} (${reason})`);
  const day = dayLeftOut(digest);
  if (day !== null) parts.push(`x day leaves out ${named(day.example)} (${day.reason})`);
  const stale = examples.get("STALE");
  if (stale !== undefined) parts.push(`s ${named(stale)} is ${age(stale.position.quoteAgeMs)} old`);
  const modelled = examples.get("MODEL");
  if (modelled !== undefined) parts.push(`m ${named(modelled)}`);
  return parts.length === 0 ? [] : [`  ${parts.join("; ")}`];
}

/** Names and notes from outside may hold anything: only printable ASCII leaves here. */
function ascii(text: string): string {
  let out = "";
  for (const character of text.normalize("NFKD")) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x20 && code < 0x7f) out += character;
    else if (code >= 0x300 && code <= 0x36f) continue;
    else if (code >= 0xa0) out += "?";
    else if (code === 0x09 || code === 0x0a || code === 0x0d) out += " ";
  }
  return out;
}
