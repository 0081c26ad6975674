/**
 * The dashboard as a pure function: a snapshot, what the person chose, a size and the time give a frame.
 *
 * It formats and never computes risk. Every size gets a frame of exactly that size; numbers that are missing are `--`.
 */
import type { EpochMs } from "../../domain/time.ts";
import type { RiskSnapshot } from "../../domain/risk/snapshot.ts";
import type { Look, Size, ViewContext } from "./context.ts";
import { cut, Frame } from "./frame.ts";
import { toAscii } from "./glyphs.ts";
import { livenessOf } from "./liveness.ts";
import { drawAlertRow } from "./panels/alert_row.ts";
import { drawKeyRow, drawStatusRow } from "./panels/footer.ts";
import { drawHeader } from "./panels/header.ts";
import { drawTabs } from "./panels/tabs.ts";
import { NOTHING_RECORDED, type ProgramRecord } from "./program_record.ts";
import { Role } from "./style.ts";
import { ROWS_ABOVE, ROWS_BELOW, type View } from "./view.ts";
import type { ViewId, ViewState } from "./view_state.ts";
import { drawHelp } from "./views/help.ts";
import { drawNarrow, drawTiny, narrowBodyRows } from "./views/narrow.ts";
import { health } from "./views/health.ts";
import { limits } from "./views/limits.ts";
import { positions } from "./views/positions.ts";
import { quality } from "./views/quality.ts";
import { risk } from "./views/risk.ts";
import { signals } from "./views/signals.ts";
import { summary } from "./views/summary.ts";
import { drawWaiting, isWaiting } from "./views/waiting.ts";

export interface DashboardInput {
  /** Null before the first one. */
  readonly snapshot: RiskSnapshot | null;
  readonly view: ViewState;
  readonly size: Size;
  readonly now: EpochMs;
  readonly look: Look;
  /** Left out: nothing is recorded. */
  readonly record?: ProgramRecord;
}

/** The views. A further one is a module in `views/` and an entry here. */
export const VIEWS: Readonly<Record<ViewId, View>> = { summary, positions, risk, limits, signals, quality, health };

/** The smallest screen with tabs, panels and a status row; below it the Summary is a few lines and the table. */
const PANELS = { columns: 80, rows: 20 };
const TINY = { columns: 40, rows: 8 };

export function dashboard(input: DashboardInput): Frame {
  const size = { columns: bounded(input.size.columns), rows: bounded(input.size.rows) };
  const frame = new Frame(size.columns, size.rows);
  const context = contextOf({ ...input, size });
  if (context === null) drawNothingYet(frame, input);
  else draw(frame, context);
  if (input.look.glyphs.set === "ascii") toAscii(frame.codes);
  return frame;
}

/** What views draw from; null before the first snapshot. */
export function contextOf({ snapshot, view, size, now, look, record }: DashboardInput): ViewContext | null {
  if (snapshot === null) return null;
  return {
    snapshot: view.frozen?.snapshot ?? snapshot,
    newest: snapshot,
    view,
    size,
    now,
    live: livenessOf(snapshot, now),
    look,
    record: record ?? NOTHING_RECORDED,
  };
}

/** The active view's rows and how many of them are in sight, for moving the selection. */
export function tableOf(context: ViewContext): { readonly keys: readonly string[]; readonly page: number } {
  const view = VIEWS[context.view.active];
  if (isWaiting(context)) return { keys: [], page: 1 };
  const narrow = context.view.active === "summary" && !hasPanels(context.size);
  const page = narrow ? narrowBodyRows(context) : view.bodyRows(context);
  return { keys: view.rowKeys(context), page: Math.max(1, page) };
}

function draw(frame: Frame, context: ViewContext): void {
  const { width, height } = frame;
  if (width < TINY.columns || height < TINY.rows) {
    drawTiny(frame, context);
    return;
  }
  const summaryShown = context.view.active === "summary";
  const plain = !context.view.help && !isWaiting(context);
  if (summaryShown && plain && !hasPanels(context.size)) {
    drawNarrow(frame, context);
    return;
  }
  drawHeader(frame, context);
  drawTabs(frame, 1, context);
  drawAlertRow(frame, 2, context);
  const bottom = height - ROWS_BELOW;
  let place = "";
  if (context.view.help) drawHelp(frame, ROWS_ABOVE, bottom, context);
  else if (isWaiting(context) && context.view.active !== "health") drawWaiting(frame, ROWS_ABOVE, bottom, context);
  else place = VIEWS[context.view.active].draw(frame, ROWS_ABOVE, bottom, context);
  drawStatusRow(frame, height - 2, context, { place, sorting: VIEWS[context.view.active].sorting(context) });
  drawKeyRow(frame, height - 1, context);
}

function hasPanels(size: Size): boolean {
  return size.columns >= PANELS.columns && size.rows >= PANELS.rows;
}

function drawNothingYet(frame: Frame, { now, look }: DashboardInput): void {
  frame.put(0, 0, cut(` APEX  starting  ${look.format.clock(now)}`, frame.width));
  if (frame.height > 2) frame.put(2, 0, cut(" Waiting for the first snapshot. q quits.", frame.width), Role.quiet);
}

/** A terminal that does not know its size, or claims an absurd one, gets a usable frame. */
function bounded(cells: number): number {
  return Number.isFinite(cells) ? Math.max(1, Math.min(2_000, Math.floor(cells))) : 80;
}
