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
import { drawRowPanel, panelRows, toldOf } from "./panels/row_panel.ts";
import { drawTabs } from "./panels/tabs.ts";
import { NOTHING_RECORDED, type ProgramRecord } from "./program_record.ts";
import type { Told } from "./detail_text.ts";
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
import { drawRowHistory } from "./views/row_history.ts";
import { signals } from "./views/signals.ts";
import { summary } from "./views/summary.ts";
import { drawWaiting, isReplaced } from "./views/waiting.ts";

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
  if (isReplaced(context)) return { keys: [], page: 1 };
  const keys = view.rowKeys(context);
  const panel = openPanel(context);
  const narrow = panel === null && context.view.active === "summary" && !hasPanels(context.size);
  const page = narrow ? narrowBodyRows(context) : view.bodyRows(panel?.above ?? context);
  return { keys, page: Math.max(1, page) };
}

/** Key of the active view's selected row; null where it has no rows. */
export function selectedKey(context: ViewContext): string | null {
  if (isReplaced(context)) return null;
  const keys = VIEWS[context.view.active].rowKeys(context);
  const { selected } = context.view.tables[context.view.active];
  return selected !== null && keys.includes(selected) ? selected : keys[0] ?? null;
}

/** The panel about the selected row, and the screen that it leaves to the view above it; null while none is open. */
function openPanel(
  context: ViewContext,
): { readonly told: Told; readonly rows: number; readonly above: ViewContext } | null {
  if (context.view.panel === null) return null;
  const told = toldOf(context, selectedKey(context), VIEWS[context.view.active].sorting(context));
  if (told === null) return null;
  const { size } = context;
  const rows = panelRows(told, size.columns, size.rows - ROWS_ABOVE - ROWS_BELOW);
  // In the Risk view the names come last and would leave first: the row that is told of stays in sight.
  const view = context.view.active === "risk" ? { ...context.view, zoomed: true } : context.view;
  return { told, rows, above: { ...context, view, size: { ...size, rows: size.rows - rows } } };
}

function draw(frame: Frame, context: ViewContext): void {
  const { width, height } = frame;
  if (width < TINY.columns || height < TINY.rows) {
    drawTiny(frame, context);
    return;
  }
  const summaryShown = context.view.active === "summary";
  const covered = context.view.help || context.view.history !== null;
  const panel = covered ? null : openPanel(context);
  const plain = !covered && panel === null && !isReplaced(context);
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
  else if (drawRowHistory(frame, ROWS_ABOVE, bottom, context)) place = "";
  else if (isReplaced(context)) drawWaiting(frame, ROWS_ABOVE, bottom, context);
  else place = drawView(frame, bottom, context, panel);
  drawStatusRow(frame, height - 2, context, { place, sorting: VIEWS[context.view.active].sorting(context) });
  drawKeyRow(frame, height - 1, context);
}

/** The active view, and under it the panel about its selected row. */
function drawView(frame: Frame, bottom: number, context: ViewContext, panel: ReturnType<typeof openPanel>): string {
  const view = VIEWS[context.view.active];
  if (panel === null) return view.draw(frame, ROWS_ABOVE, bottom, context);
  const wall = bottom - panel.rows;
  const place = wall > ROWS_ABOVE ? view.draw(frame, ROWS_ABOVE, wall, panel.above) : "";
  drawRowPanel(frame, wall, bottom, panel.told, context.view.panel?.top ?? 0);
  return place;
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
