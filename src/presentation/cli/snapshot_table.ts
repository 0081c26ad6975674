/** `apex snapshot` for people: tables that say what they leave out. */
import Table from "cli-table3";
import type { RiskSnapshot } from "../../domain/risk/snapshot.ts";
import { bookMarks, notes } from "../plain_text.ts";
import { digestOf, type Figure, markOf } from "../terminal/digest.ts";
import { contractOf, createFormat, type DisplaySettings, type Format } from "../format.ts";

type Cell = string;

export function snapshotTable(snapshot: RiskSnapshot, display: DisplaySettings): string {
  const format = createFormat(display);
  const parts = [heading(snapshot, format), positions(snapshot, format), names(snapshot, format)];
  const marks = notes(snapshot);
  if (marks.length > 0) parts.push(marks.join("\n").trim());
  if (snapshot.limits.length > 0) parts.push(limits(snapshot, format));
  if (snapshot.statusReasons.length > 0) parts.push(snapshot.statusReasons.map((reason) => `- ${reason}`).join("\n"));
  return parts.join("\n\n") + "\n";
}

function heading(snapshot: RiskSnapshot, format: Format): string {
  const { portfolio, baseCurrency } = snapshot;
  const first = [
    snapshot.asOf,
    snapshot.env,
    snapshot.simulated ? "SIMULATED" : null,
    snapshot.status.toUpperCase(),
    baseCurrency,
  ].filter((part) => part !== null).join("  ");
  const mark = bookMarks(snapshot);
  const day = marked(portfolio.dailyPnl, format.signed, mark("dailyPnl"));
  const unrealized = marked(portfolio.unrealizedPnl, format.signed, mark("unrealizedPnl"));
  const gross = marked(portfolio.grossExposure, format.money, mark("exposure"));
  return [
    first,
    `Day P&L ${day}  Unrealized ${unrealized}  ` +
    `Realized ${format.signed(portfolio.realizedPnl)}  Net liq ${format.money(portfolio.netLiquidation)}  ` +
    `Gross exposure ${gross}  Margin ${format.percent(portfolio.marginUtilization, 1)}`,
  ].join("\n");
}

/** A sum that leaves something out says so; one that is missing altogether has nothing to mark. */
function marked(value: number | null, text: (value: number | null) => string, mark: string): string {
  return text(value) + (value === null ? "" : mark);
}

function positions(snapshot: RiskSnapshot, format: Format): string {
  const head = ["Position", "Account", "Qty", "Avg", "Mark", "Mkt value", "Day P&L", "Unreal.", "$Delta", "Flags"];
  const rows = snapshot.positions.map((position): Cell[] => [
    `${position.symbol} ${contractOf(position)}`,
    position.leaves.map((leaf) => leaf.account).join(" "),
    format.quantity(position.quantity),
    format.price(position.avgPrice),
    format.price(position.mark),
    format.money(position.marketValue),
    format.signed(position.dailyPnl),
    format.signed(position.unrealizedPnl),
    format.money(position.dollarDelta),
    position.flags.join(" "),
  ]);
  return drawn(head, rows, [0, 1, 9]);
}

function names(snapshot: RiskSnapshot, format: Format): string {
  const head = ["Name", "Pos", "Spot", "Gross exp", "$Delta", "Gamma1%", "Vega", "Theta", "Day P&L", "Unreal."];
  const digest = digestOf(snapshot);
  const rows = snapshot.byUnderlying.map((name): Cell[] => {
    const mark = (figure: Figure): string => markOf(digest.names.get(name.underlying), figure);
    return [
      name.underlying,
      String(name.positions),
      format.price(name.price),
      marked(name.grossExposure, format.money, mark("exposure")),
      marked(name.dollarDelta, format.money, mark("dollarDelta")),
      marked(name.gammaDollars1Pct, format.money, mark("gammaDollars1Pct")),
      marked(name.vega, format.money, mark("vega")),
      marked(name.theta, format.money, mark("theta")),
      marked(name.dailyPnl, format.signed, mark("dailyPnl")),
      marked(name.unrealizedPnl, format.signed, mark("unrealizedPnl")),
    ];
  });
  return drawn(head, rows, [0]);
}

function limits(snapshot: RiskSnapshot, format: Format): string {
  const rows = snapshot.limits.map((limit): Cell[] => [limit.state, limit.id, format.percent(limit.utilization, 0)]);
  return drawn(["State", "Limit", "Used"], rows, [0, 1]);
}

function drawn(head: readonly Cell[], rows: readonly Cell[][], left: readonly number[]): string {
  const colAligns = head.map((_, i): "left" | "right" => left.includes(i) ? "left" : "right");
  const table = new Table({ head: [...head], colAligns, style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
