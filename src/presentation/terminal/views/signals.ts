/** View 5: what asks for a decision: open breaches, then signals, each with the smallest step out in words. */
import { age } from "../../format.ts";
import { liveMark, type ViewContext } from "../context.ts";
import { cut, type Frame, wrapped } from "../frame.ts";
import { drawTitles } from "../panels/titles.ts";
import type { Sorting } from "../row_order.ts";
import { drawScrolled, inSight, rangeInSight } from "../scrolled.ts";
import { shownSignals } from "../signal_order.ts";
import { isCleared, isNew, type SignalRow } from "../signal_rows.ts";
import {
  actionOf,
  percentOf,
  ruleOf,
  severityStyle,
  severityWord,
  stateWord,
  symbolOf,
  valueOf,
} from "../signal_text.ts";
import { Role } from "../style.ts";
import { type Column, drawHeadings, drawRow, placeColumns, sortedHeading } from "../table.ts";
import { ROWS_ABOVE, ROWS_BELOW, type View } from "../view.ts";

export const signals: View = {
  draw(frame, top, bottom, context) {
    const rows = shownSignals(context);
    const body = bodyOf(frame.width, bottom - top);
    const { first, last, selected } = rangeInSight(rows, ({ key }) => key, context.view.tables.signals, body);
    const visible = rows.slice(first, last);
    drawTitles(frame, top, 0, [{ wall: -1, title: title(context) }]);
    if (rows.length === 0) {
      if (top + 1 < bottom) frame.put(top + 1, 1, cut(nothing(context), frame.width - 2), Role.quiet);
      return "";
    }
    const placed = placeColumns(columns(context, frame.width), order(frame.width), visible, frame.width);
    const heading = sortedHeading(context.view.tables.signals.sort, OWN_COLUMN);
    if (top + 1 < bottom) drawHeadings(frame, { row: top + 1, left: 0 }, placed, heading);
    drawScrolled(frame, { top: top + 2, left: 0, width: frame.width, height: Math.min(body, bottom - top - 2) }, {
      keys: visible.map(({ key }) => key),
      selected,
      draw: (row, index) => drawRow(frame, { row, left: 0 }, placed, index),
    });
    const chosen = rows.find(({ key }) => key === selected);
    if (chosen !== undefined) drawDetail(frame, top + 2 + visible.length, bottom, context, chosen);
    return inSight(first, last, rows.length, context.look.format);
  },
  rowKeys: (context) => shownSignals(context).map(({ key }) => key),
  bodyRows: (context) => bodyOf(context.size.columns, context.size.rows - ROWS_ABOVE - ROWS_BELOW),
  sorting(context): Sorting {
    const { columns: width } = context.size;
    const kept = order(width);
    const shown = columns(context, width).filter(({ id }) => kept.includes(id));
    return { columns: shown, own: { title: "worst", column: OWN_COLUMN } };
  },
};

/** The column that the rows' own order, the worst first, shows in. */
const OWN_COLUMN = "severity";

/** Rows of the table: what the selected row's words under it leave. */
function bodyOf(width: number, height: number): number {
  return Math.max(1, height - 2 - (height < 8 ? 0 : 1 + detailRows(width)));
}

function detailRows(width: number): number {
  return width >= 104 ? 3 : 4;
}

function title({ snapshot, view, look }: ViewContext): string {
  const rows: SignalRow[] = [
    ...snapshot.breaches.map((breach): SignalRow => ({ kind: "breach", key: "", breach })),
    ...snapshot.signals.map((signal): SignalRow => ({ kind: "signal", key: "", signal })),
  ];
  const of = (test: (row: SignalRow) => boolean): string => look.format.money(rows.filter(test).length);
  const shown = view.onlyProblems ? ", only what nobody acknowledged" : view.filter === "" ? "" : ", as filtered";
  return `Signals: ${of((row) => !isCleared(row))} active, ${of(isNew)} new, ${of(isCleared)} cleared of late${shown}`;
}

function nothing({ snapshot, view }: ViewContext): string {
  if (snapshot.breaches.length + snapshot.signals.length > 0) {
    return view.onlyProblems && view.filter === "" ? "Everything is acknowledged or cleared." : "No signal matches.";
  }
  return "No breach is open and no signal holds.";
}

function columns(context: ViewContext, width: number): Column<SignalRow>[] {
  const { look: { format } } = context;
  const text = (
    id: string,
    heading: string,
    columnWidth: number,
    of: (row: SignalRow) => string,
  ): Column<SignalRow> => ({
    id,
    title: heading,
    width: columnWidth,
    kind: "text",
    cell: (row) => ({ text: of(row), ...(isCleared(row) ? { style: Role.stale } : {}) }),
  });
  const number = (
    id: string,
    heading: string,
    columnWidth: number,
    of: (row: SignalRow) => string,
  ): Column<SignalRow> => ({ ...text(id, heading, columnWidth, of), kind: "number" });
  const clock = (at: string): string => format.clock(Date.parse(at));
  // What still holds was seen this second; of what cleared the minute is enough, and the action needs the room.
  const minutes = (at: string): string => format.clockMinutes(Date.parse(at));
  const current = number("current", "Current", 11, (row) => valueOf(row, "value", context));
  const symbols = 8;
  const fixed = FIXED.filter(([from]) => width >= from).reduce((sum, [, one]) => sum + one, 6 + 6 + symbols);
  const actions = width >= 160 ? width - fixed - 46 : width >= 120 ? 17 : width >= 80 ? 14 : 0;
  return [
    text("state", "State", 6, stateWord),
    {
      id: "severity",
      title: "Sev",
      width: 6,
      kind: "text",
      cell: (row) => ({ text: severityWord(row), style: isCleared(row) ? Role.stale : severityStyle(row) }),
    },
    text("symbol", "Symbol", symbols, (row) => symbolOf(row, context)),
    text("layer", "Layer", 10, (row) => row.kind === "breach" ? "portfolio" : row.signal.layer),
    text("rule", "Rule", Math.max(18, width - fixed - actions), ruleOf),
    {
      ...current,
      // What was judged on old inputs keeps its value and says that it is old.
      cell: (row) => ({
        ...current.cell(row),
        mark: liveMark(context, "", row.kind === "breach" ? row.breach.value : row.signal.value),
      }),
    },
    number("limit", "Limit", 11, (row) => valueOf(row, "bound", context)),
    number("used", "%", 5, (row) => percentOf(row, context)),
    text("action", "Action", actions, (row) => actionOf(row, context)),
    text("first", "First", 9, (row) => clock(row.kind === "breach" ? row.breach.since : row.signal.firstAt)),
    text("last", "Last", 6, (row) => minutes(row.kind === "breach" ? context.snapshot.asOf : row.signal.lastAt)),
  ];
}

/** Widths of the columns that come in from a width on, the rule's and the action's apart. */
const FIXED: readonly (readonly [from: number, width: number])[] = [[80, 22], [100, 14], [120, 16]];

function order(width: number): string[] {
  const kept = ["state", "severity", "symbol", "rule"];
  if (width >= 80) kept.push("action", "current", "limit");
  if (width >= 100) kept.push("used", "first");
  if (width >= 120) kept.push("layer", "last");
  return kept;
}

/** What the selected row says in full, and what people said about it. */
function drawDetail(frame: Frame, top: number, bottom: number, context: ViewContext, row: SignalRow): void {
  if (top >= bottom) return;
  drawTitles(frame, top, 0, [{ wall: -1, title: "Selected" }]);
  const room = Math.max(1, frame.width - 2);
  const lines = [...wrapped(messageOf(row, context), room), ...wrapped(historyOf(row, context), room)];
  for (const [index, line] of lines.entries()) {
    if (top + 1 + index < bottom) frame.put(top + 1 + index, 1, line, index === 0 ? Role.text : Role.quiet);
  }
}

function messageOf(row: SignalRow, context: ViewContext): string {
  const action = actionOf(row, context);
  if (row.kind === "breach") return `${row.breach.message}: ${action}`;
  const { message, state } = row.signal;
  return state === "cleared" ? `${message}; cleared` : `${message}: ${action}`;
}

function historyOf(row: SignalRow, { look: { format }, now }: ViewContext): string {
  const about = row.kind === "breach" ? row.breach : row.signal;
  const clock = (at: string): string => format.clock(Date.parse(at));
  const parts = [`raised ${clock(about.since)}, ${age(now - Date.parse(about.since))} ago`];
  if (row.kind === "signal" && row.signal.clearedAt !== null) parts.push(`cleared ${clock(row.signal.clearedAt)}`);
  parts.push(
    about.acknowledgedAt === null
      ? "not acknowledged"
      : `acknowledged ${clock(about.acknowledgedAt)} by ${about.acknowledgedBy ?? "?"}`,
  );
  if (about.note !== null && about.note !== "") parts.push(`note: ${about.note}`);
  return parts.join("; ");
}
