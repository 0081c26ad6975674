/** `apex snapshot` for people: tables that say what they leave out. */
import Table from "cli-table3";
import type { RiskSnapshot } from "../../domain/risk/snapshot.ts";
import { contractOf, createFormat, type DisplaySettings, type Format } from "../format.ts";

type Cell = string;

export function snapshotTable(snapshot: RiskSnapshot, display: DisplaySettings): string {
  const format = createFormat(display);
  const parts = [heading(snapshot, format), positions(snapshot, format), names(snapshot, format)];
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
  return [
    first,
    `Day P&L ${format.signed(portfolio.dailyPnl)}  Unrealized ${format.signed(portfolio.unrealizedPnl)}  ` +
    `Realized ${format.signed(portfolio.realizedPnl)}  Net liq ${format.money(portfolio.netLiquidation)}  ` +
    `Gross exposure ${format.money(portfolio.grossExposure)}  Margin ${format.percent(portfolio.marginUtilization, 1)}`,
  ].join("\n");
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
  const rows = snapshot.byUnderlying.map((name): Cell[] => [
    name.underlying,
    String(name.positions),
    format.price(name.price),
    format.money(name.grossExposure),
    format.money(name.dollarDelta),
    format.money(name.gammaDollars1Pct),
    format.money(name.vega),
    format.money(name.theta),
    format.signed(name.dailyPnl),
    format.signed(name.unrealizedPnl),
  ]);
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
