/** What shocks would do to the book: moves of the spot across, volatility and days down, the worst cell in brackets. */
import type { ScenarioView } from "../../../domain/risk/snapshot.ts";
import { type Area, liveMark, type ViewContext } from "../context.ts";
import { cut, type Frame, widthOf } from "../frame.ts";
import { inPercent } from "../percent_of_net.ts";
import { BOLD, Role } from "../style.ts";
import { signStyle } from "../table.ts";

interface Row {
  readonly volShock: number;
  readonly days: number;
}

interface Grid {
  /** Moves of the spot, the largest fall first. */
  readonly spots: readonly number[];
  /** Days ascending, volatility ascending within them. */
  readonly rows: readonly Row[];
  readonly cells: ReadonlyMap<string, ScenarioView>;
  /** The largest loss; null when nothing loses. */
  readonly worst: ScenarioView | null;
}

/** Rows that the grid wants: headings, one for each volatility and day, and the worst named. */
export function gridRows({ snapshot }: ViewContext): number {
  return snapshot.scenarios.length === 0 ? 1 : gridOf(snapshot.scenarios).rows.length + 2;
}

export function drawGrid(frame: Frame, area: Area, context: ViewContext): void {
  if (area.height <= 0) return;
  const { snapshot } = context;
  if (snapshot.scenarios.length === 0) {
    frame.put(area.top, area.left + 1, cut("No shocks are set.", area.width - 1), Role.quiet);
    return;
  }
  const grid = gridOf(snapshot.scenarios);
  const label = labelWidth(context, grid);
  const { spots, width } = columnsOf(context, grid, area.width - label);
  const end = (index: number): number => area.left + label + (index + 1) * width - 1;
  frame.put(area.top, area.left + 1, grid.rows.length > 1 ? "Vol" : "Spot", Role.quiet);
  for (const [index, spot] of spots.entries()) {
    frame.putEnding(area.top, end(index), spotWords(spot, context), Role.quiet);
  }
  const shown = grid.rows.slice(0, Math.max(0, area.height - (area.height > 2 ? 2 : 1)));
  for (const [line, { volShock, days }] of shown.entries()) {
    const row = area.top + 1 + line;
    frame.put(row, area.left + 1, cut(rowWords({ volShock, days }, context), label - 1));
    for (const [index, spot] of spots.entries()) {
      const cell = grid.cells.get(keyOf(spot, volShock, days));
      if (cell === undefined) continue;
      const { text, mark } = amount(context, cell, width - 2);
      const worst = cell === grid.worst;
      const style = signStyle(cell.pnl, mark) | (worst ? BOLD : 0);
      frame.putEnding(row, end(index), worst ? `[${text}` : text, style);
      frame.put(row, end(index), worst ? "]" : mark, style);
    }
  }
  const last = area.top + 1 + shown.length;
  if (last < area.top + area.height) {
    frame.put(last, area.left + 1, cut(worstWords(context, grid), area.width - 2), Role.quiet);
  }
}

/** How many moves of the spot a width has no room for. */
export function hiddenMoves(context: ViewContext, width: number): number {
  const grid = gridOf(context.snapshot.scenarios);
  return grid.spots.length - columnsOf(context, grid, width - labelWidth(context, grid)).spots.length;
}

function gridOf(scenarios: readonly ScenarioView[]): Grid {
  const cells = new Map<string, ScenarioView>();
  const rows = new Map<string, Row>();
  const spots = new Set<number>();
  let worst: ScenarioView | null = null;
  for (const one of scenarios) {
    const { spotShock, volShock, days, pnl } = one;
    const key = keyOf(spotShock, volShock, days);
    // Of two shocks with the same numbers the first one stands in the grid.
    if (!cells.has(key)) cells.set(key, one);
    rows.set(`${volShock} ${days}`, { volShock, days });
    spots.add(spotShock);
    if (pnl !== null && pnl < 0 && pnl < (worst?.pnl ?? 0)) worst = one;
  }
  return {
    spots: [...spots].sort((a, b) => a - b),
    rows: [...rows.values()].sort((a, b) => a.days - b.days || a.volShock - b.volShock),
    cells,
    worst,
  };
}

function keyOf(spotShock: number, volShock: number, days: number): string {
  return `${spotShock} ${volShock} ${days}`;
}

function labelWidth(context: ViewContext, { rows }: Grid): number {
  return rows.reduce((most, row) => Math.max(most, widthOf(rowWords(row, context))), 4) + 2;
}

/** Columns of full amounts where they fit, else of short ones; the smallest moves are given up first. */
function columnsOf(
  context: ViewContext,
  { spots, cells }: Grid,
  room: number,
): { readonly spots: readonly number[]; readonly width: number } {
  const full = [...cells.values()].reduce((most, one) => Math.max(most, widthOf(fullAmount(context, one))), 6) + 3;
  const wanted = Math.min(18, Math.max(full, Math.floor(room / Math.max(1, spots.length))));
  if (spots.length * full <= room) return { spots, width: wanted };
  const fit = Math.max(1, Math.floor(room / SHORT));
  if (spots.length <= fit) return { spots, width: Math.floor(room / spots.length) };
  const kept = [...spots].sort((a, b) => Math.abs(b) - Math.abs(a)).slice(0, fit);
  return { spots: kept.sort((a, b) => a - b), width: SHORT };
}

/** ` -183.8Kx`. */
const SHORT = 9;

function fullAmount(context: ViewContext, { pnl }: ScenarioView): string {
  return (pnl === null ? undefined : inPercent(context, pnl)) ?? context.look.format.signed(pnl);
}

function amount(context: ViewContext, one: ScenarioView, room: number): { text: string; mark: string } {
  const full = fullAmount(context, one);
  const short = `${(one.pnl ?? 0) > 0 ? "+" : ""}${context.look.format.short(one.pnl)}`;
  const text = widthOf(full) <= room ? full : short;
  return { text, mark: one.pnl === null ? "" : liveMark(context, one.excluded > 0 ? "x" : "", one.pnl) };
}

/** `-10 %`, or `spot` where it stays. */
function spotWords(spot: number, { look: { format } }: ViewContext): string {
  if (spot === 0) return "spot";
  return format.signedPercent(spot, isWhole(spot * 100) ? 0 : 1);
}

/** `-5 pt`, `flat`, `flat, 5 d`. */
function rowWords({ volShock, days }: Row, { look: { format } }: ViewContext): string {
  const points = format.decimals(volShock * 100, isWhole(volShock * 100) ? 0 : 1);
  const vol = volShock === 0 ? "flat" : `${volShock > 0 ? "+" : ""}${points} pt`;
  return days === 0 ? vol : `${vol}, ${format.decimals(days, 0)} d`;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9;
}

/** `[worst] -10 %, vol flat = -183,760x, -12.27 % of net liq: spot -10 %`. */
function worstWords(context: ViewContext, { worst }: Grid): string {
  const { look: { format }, snapshot } = context;
  if (worst === null || worst.pnl === null) {
    return snapshot.scenarios.every(({ pnl }) => pnl === null) ? "No shock is known yet" : "No shock loses";
  }
  const { netLiquidation } = snapshot.portfolio;
  const share = netLiquidation === null || netLiquidation <= 0
    ? ""
    : `, ${format.signedPercent(worst.pnl / netLiquidation, 1)} of net liq`;
  const move = worst.spotShock === 0 ? "spot unchanged" : `spot ${spotWords(worst.spotShock, context)}`;
  const mark = liveMark(context, worst.excluded > 0 ? "x" : "", worst.pnl);
  const out = worst.excluded > 0 ? `; leaves out ${worst.excluded}` : "";
  return `[worst] ${move}, vol ${rowWords(worst, context)} = ${format.signed(worst.pnl)}${mark}${share}${out}`;
}
