/** View 7: which part works since when, what this process costs, and the end of the program's log. */
import type { ViewContext } from "../context.ts";
import { age } from "../../format.ts";
import { cut, type Frame, wrapped } from "../frame.ts";
import { logKey, logRows } from "../log_rows.ts";
import {
  COMPONENT_NAMES,
  componentsInOrder,
  reconciliationWords,
  STATUS_WORDS,
  statusStyle,
} from "../panels/health.ts";
import { drawLog, logBody } from "../panels/log.ts";
import { drawTitles } from "../panels/titles.ts";
import { Role } from "../style.ts";
import { ROWS_ABOVE, ROWS_BELOW, type View } from "../view.ts";

/** From this width on the process stands beside the components. */
const SIDE_BY_SIDE = 104;
/** Rows that the log keeps with its title, while there are twice as many at all. */
const LEAST_LOG = 8;

export const health: View = {
  draw(frame, top, bottom, context) {
    const plan = planOf(context, bottom - top);
    const { width } = frame;
    const wide = width >= SIDE_BY_SIDE;
    drawTitles(frame, top, Math.max(0, Math.min(plan.above, bottom - top - 1)), [
      { wall: -1, title: "Components" },
      ...(wide ? [{ wall: wallOf(width), title: "This process" }] : []),
    ]);
    const end = top + 1 + plan.above;
    const below = drawComponents(frame, top + 1, Math.min(end, bottom), context);
    const left = wide ? wallOf(width) + 2 : 1;
    const start = wide ? top + 1 : below;
    for (const [index, fact] of processFacts(context).entries()) {
      if (start + index < Math.min(end, bottom)) frame.put(start + index, left, cut(fact, width - left - 1));
    }
    if (context.record.log !== null) return drawLog(frame, end, bottom, context);
    drawLately(frame, end, bottom, context);
    return "";
  },
  rowKeys: (context) => context.record.log === null ? [] : logRows(context).map(logKey),
  bodyRows(context) {
    const rows = context.size.rows - ROWS_ABOVE - ROWS_BELOW;
    return Math.max(1, logBody(context, rows - 1 - planOf(context, rows).above));
  },
  sorting: () => null,
};

/** Rows above the log, the title apart: what components and process need, as far as the log leaves it. */
function planOf(context: ViewContext, rows: number): { readonly above: number } {
  const { columns } = context.size;
  const told = componentsInOrder(context.newest.health).reduce(
    (sum, { detail }) => sum + Math.max(1, wrapped(detail, detailWidth(columns)).length),
    0,
  );
  const facts = processFacts(context).length;
  const wanted = columns >= SIDE_BY_SIDE ? Math.max(told, facts) : told + facts;
  const least = context.record.log === null ? 0 : Math.min(LEAST_LOG, Math.floor(rows / 2));
  return { above: Math.max(0, Math.min(wanted, rows - 1 - least)) };
}

function wallOf(width: number): number {
  return Math.floor(width * 0.6);
}

function detailWidth(width: number): number {
  return Math.max(12, (width >= SIDE_BY_SIDE ? wallOf(width) : width) - 32);
}

/** Gives the row after the last. */
function drawComponents(frame: Frame, top: number, bottom: number, context: ViewContext): number {
  let row = top;
  for (const part of componentsInOrder(context.newest.health)) {
    if (row >= bottom) return row;
    frame.put(row, 1, STATUS_WORDS[part.status], statusStyle(part));
    frame.put(row, 7, COMPONENT_NAMES[part.component]);
    frame.put(row, 21, context.look.format.clock(Date.parse(part.since)), Role.quiet);
    const lines = wrapped(part.detail, detailWidth(frame.width));
    for (const [line, text] of lines.entries()) if (row + line < bottom) frame.put(row + line, 31, text);
    row += Math.max(1, lines.length);
  }
  return row;
}

function processFacts({ newest, look: { format } }: ViewContext): string[] {
  const { monitor, quality, pnlCheck } = newest;
  const memory = monitor.memoryBytes;
  return [
    `turn ${newest.sequence}${monitor.turnMs === null ? "" : ` in ${format.decimals(monitor.turnMs, 1)} ms`}`,
    `inbox ${format.money(monitor.inboxEvents)}   conflated ${format.money(monitor.conflated)}`,
    `lines ${format.money(monitor.linesUsed)} of ${format.money(monitor.linesAllowed)}   quotes ${
      format.money(quality.live)
    } of ${format.money(quality.quotes)} live`,
    `oldest live quote ${age(monitor.oldestLiveQuoteMs)}`,
    `P&L check ${format.percent(pnlCheck.dailyAccuracy, 2)} daily, ${
      format.percent(pnlCheck.unrealizedAccuracy, 2)
    } unrealized`,
    `reconciliation ${reconciliationWords(newest)}`,
    ...(memory === undefined || memory === null ? [] : [`memory ${format.money(memory / 1_048_576)} MB`]),
    ...newest.statusReasons.map((reason) => `${newest.status}: ${reason}`),
  ];
}

/** Where no log is kept: differences between sources, then the latest events, newest first. */
function drawLately(frame: Frame, top: number, bottom: number, { newest, look: { format } }: ViewContext): void {
  if (top >= bottom) return;
  drawTitles(frame, top, 0, [{ wall: -1, title: "Lately, newest first" }]);
  const lines = [
    ...newest.reconciliation.map((row) => `${row.status.padEnd(10)}${row.key}: ${row.detail}`),
    ...(newest.events ?? []).map((event) => `${format.clock(Date.parse(event.at))} ${event.text}`),
  ];
  for (const [index, line] of lines.entries()) {
    if (top + 1 + index < bottom) frame.put(top + 1 + index, 1, cut(line, frame.width - 2));
  }
}
