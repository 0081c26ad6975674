/** What shocks would do to the book: moves of the spot across, volatility and days down, the worst cell in brackets. */
import { shockedBook } from "../../../application/shock_sets.ts";
import type { GridCell, VolMove } from "../../../domain/risk/scenario_grid.ts";
import { type Area, liveMark, type ViewContext } from "../context.ts";
import { cut, type Frame, widthOf } from "../frame.ts";
import { inPercent } from "../percent_of_net.ts";
import { BOLD, Role } from "../style.ts";
import { signStyle } from "../table.ts";

type Row = Pick<GridCell, "vol" | "days">;

interface Grid {
  /** Moves of the spot, the largest fall first. */
  readonly spots: readonly number[];
  /** Days ascending, volatility ascending within them. */
  readonly rows: readonly Row[];
  readonly cells: ReadonlyMap<string, GridCell>;
  /** The largest loss; null when nothing loses. */
  readonly worst: GridCell | null;
}

/** Rows that the grid wants: headings, one for each volatility and day, and the worst named. */
export function gridRows(context: ViewContext): number {
  const cells = cellsOf(context);
  return cells.length === 0 ? 1 : gridOf(cells).rows.length + 2;
}

export function drawGrid(frame: Frame, area: Area, context: ViewContext): void {
  if (area.height <= 0) return;
  const cells = cellsOf(context);
  if (cells.length === 0) {
    frame.put(area.top, area.left + 1, cut("No shocks are set.", area.width - 1), Role.quiet);
    return;
  }
  const grid = gridOf(cells);
  const label = labelWidth(context, grid);
  const { spots, width } = columnsOf(context, grid, area.width - label);
  const end = (index: number): number => area.left + label + (index + 1) * width - 1;
  frame.put(area.top, area.left + 1, grid.rows.length > 1 ? "Vol" : "Spot", Role.quiet);
  for (const [index, spot] of spots.entries()) {
    frame.putEnding(area.top, end(index), spotWords(spot, context), Role.quiet);
  }
  const shown = grid.rows.slice(0, Math.max(0, area.height - (area.height > 2 ? 2 : 1)));
  for (const [line, { vol, days }] of shown.entries()) {
    const row = area.top + 1 + line;
    frame.put(row, area.left + 1, cut(rowWords({ vol, days }, context), label - 1));
    for (const [index, spot] of spots.entries()) {
      const cell = grid.cells.get(keyOf(spot, vol, days));
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
  const grid = gridOf(cellsOf(context));
  return grid.spots.length - columnsOf(context, grid, width - labelWidth(context, grid)).spots.length;
}

/** Of the configured shocks, or of what was chosen instead. */
function cellsOf({ snapshot, view }: ViewContext): readonly GridCell[] {
  return shockedBook(snapshot, view.shocks);
}

function gridOf(shocked: readonly GridCell[]): Grid {
  const cells = new Map<string, GridCell>();
  const rows = new Map<string, Row>();
  const spots = new Set<number>();
  let worst: GridCell | null = null;
  for (const one of shocked) {
    const { spot, vol, days, pnl } = one;
    const key = keyOf(spot, vol, days);
    // Of two shocks with the same numbers the first one stands in the grid.
    if (!cells.has(key)) cells.set(key, one);
    rows.set(keyOf(0, vol, days), { vol, days });
    spots.add(spot);
    if (pnl !== null && pnl < 0 && pnl < (worst?.pnl ?? 0)) worst = one;
  }
  return {
    spots: [...spots].sort((a, b) => a - b),
    rows: [...rows.values()].sort((a, b) => a.days - b.days || a.vol.value - b.vol.value),
    cells,
    worst,
  };
}

function keyOf(spot: number, vol: VolMove, days: number): string {
  // A volatility that stays is the same in either unit.
  return `${spot} ${vol.value === 0 ? "" : vol.kind} ${vol.value} ${days}`;
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

function fullAmount(context: ViewContext, { pnl }: GridCell): string {
  return (pnl === null ? undefined : inPercent(context, pnl, true)) ?? context.look.format.signed(pnl);
}

function amount(context: ViewContext, one: GridCell, room: number): { text: string; mark: string } {
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

/** `-5 pt`, `+20 %`, `flat`, `flat, 5 d`. */
function rowWords({ vol, days }: Row, { look: { format } }: ViewContext): string {
  const hundredths = vol.value * 100;
  const amount = format.decimals(hundredths, isWhole(hundredths) ? 0 : 1);
  const unit = vol.kind === "points" ? "pt" : "%";
  const moved = vol.value === 0 ? "flat" : `${vol.value > 0 ? "+" : ""}${amount} ${unit}`;
  return days === 0 ? moved : `${moved}, ${format.decimals(days, 0)} d`;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9;
}

/** `[worst] -10 %, vol flat = -183,760x, -12.27 % of net liq: spot -10 %`. */
function worstWords(context: ViewContext, { worst }: Grid): string {
  const { look: { format }, snapshot } = context;
  if (worst === null || worst.pnl === null) {
    return cellsOf(context).every(({ pnl }) => pnl === null) ? "No shock is known yet" : "No shock loses";
  }
  const { netLiquidation } = snapshot.portfolio;
  const share = netLiquidation === null || netLiquidation <= 0
    ? ""
    : `, ${format.signedPercent(worst.pnl / netLiquidation, 1)} of net liq`;
  const move = worst.spot === 0 ? "spot unchanged" : `spot ${spotWords(worst.spot, context)}`;
  const mark = liveMark(context, worst.excluded > 0 ? "x" : "", worst.pnl);
  const out = worst.excluded > 0 ? `; leaves out ${worst.excluded}` : "";
  return `[worst] ${move}, vol ${rowWords(worst, context)} = ${format.signed(worst.pnl)}${mark}${share}${out}`;
}
