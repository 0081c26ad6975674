/** View 4: every limit with its room, and the breaches that are open. */
import type { BreachView, LimitView } from "../../../domain/risk/snapshot.ts";
import { age } from "../../format.ts";
import { liveMark, type ViewContext } from "../context.ts";
import { cut, type Frame, wrapped } from "../frame.ts";
import { limitBar, rangeBar } from "../glyphs.ts";
import { roomOf, shownLimits } from "../limit_order.ts";
import { limitBound, limitMark, longLimitName, STATE_WORDS } from "../limit_text.ts";
import { stateStyle } from "../panels/limits.ts";
import { drawTitles } from "../panels/titles.ts";
import { drawToday, todayRows } from "../panels/today.ts";
import type { Sorting } from "../row_order.ts";
import { drawScrolled, inSight, rangeInSight } from "../scrolled.ts";
import { Role } from "../style.ts";
import { type Column, drawHeadings, drawRow, placeColumns, sortedHeading } from "../table.ts";
import { ROWS_ABOVE, ROWS_BELOW, type View } from "../view.ts";

export const limits: View = {
  draw(frame, top, bottom, context) {
    const rows = shownLimits(context);
    const body = limitRows(context, bottom - top);
    const { first, last, selected } = rangeInSight(rows, keyOf, context.view.tables.limits, body);
    const visible = rows.slice(first, last);
    drawTitles(frame, top, 0, [{ wall: -1, title: title(context) }]);
    const placed = placeColumns(columns(context, frame.width), order(frame.width), visible, frame.width);
    drawHeadings(frame, { row: top + 1, left: 0 }, placed, sortedHeading(context.view.tables.limits.sort, OWN_COLUMN));
    drawScrolled(frame, { top: top + 2, left: 0, width: frame.width, height: body }, {
      keys: visible.map(keyOf),
      selected,
      draw: (row, index) => drawRow(frame, { row, left: 0 }, placed, index),
    });
    const row = top + 2 + Math.min(body, visible.length);
    frame.put(row, 1, notes(frame.width - 2), Role.quiet);
    if (!context.view.zoomed) drawToday(frame, drawBreaches(frame, row + 1, bottom, context), bottom, context);
    return inSight(first, last, rows.length, context.look.format);
  },
  rowKeys: (context) => shownLimits(context).map(keyOf),
  bodyRows: (context) => limitRows(context, context.size.rows - ROWS_ABOVE - ROWS_BELOW),
  sorting(context): Sorting {
    const { columns: width } = context.size;
    const kept = order(width);
    const shown = columns(context, width).filter(({ id }) => kept.includes(id) && id !== "bar");
    return { columns: shown, own: { title: "worst", column: OWN_COLUMN } };
  },
};

/** The column that the limits' own order, the worst first, shows in. */
const OWN_COLUMN = "used";

const NOTES = [
  "x judged on a partial total",
  "s with a stale mark",
  "m partly modelled",
  "Room: left to the hard limit",
];

/** As many of them as there is room for. */
function notes(width: number): string {
  return NOTES.filter((_, index) => NOTES.slice(0, index + 1).join(GAP).length <= width).join(GAP);
}

const GAP = "   ";

/** Rows for limits: what the breaches under them leave, at least five. */
function limitRows(context: ViewContext, height: number): number {
  if (context.view.zoomed) return Math.max(1, height - 3);
  const breaches = context.newest.breaches.length;
  const below = 1 + (breaches === 0 ? 2 : Math.min(breaches * 2, 8)) + todayRows(context, height);
  return Math.max(Math.min(5, height - 3), Math.min(shownLimits(context).length, height - 3 - below));
}

function keyOf(limit: LimitView): string {
  return `limit:${limit.id}`;
}

function title({ snapshot, look }: ViewContext): string {
  const of = (state: string): number => snapshot.limits.filter((one) => one.state === state).length;
  const words = [["hard", of("hard")], ["unknown", of("unknown")], ["soft", of("soft")], ["ok", of("ok")]] as const;
  const told = words.filter(([word, number]) => number > 0 || word === "ok").map(([word, number]) =>
    `${number} ${word}`
  );
  return `Limits: ${told.join(", ")}, soft from ${look.format.percent(look.softAt, 0)}`;
}

function columns(context: ViewContext, width: number): Column<LimitView>[] {
  const { look, newest } = context;
  const cells = width >= 100 ? 20 : 8;
  const breachOf = (limit: LimitView): BreachView | undefined => newest.breaches.find((one) => one.id === limit.id);
  const bar = (limit: LimitView): string =>
    limit.limit === null && width >= 100
      ? rangeBar(limit.utilization, (limit.value ?? 0) < 0, cells, look.softAt, look.glyphs)
      : limitBar(limit.utilization, cells, look.softAt, look.glyphs);
  return [
    {
      id: "state",
      title: "State",
      width: 6,
      kind: "text",
      cell: (limit) => ({
        text: STATE_WORDS[limit.state] + (limit.state === "ok" ? "" : liveMark(context, "", 0)),
        style: stateStyle(limit),
      }),
    },
    { id: "limit", title: "Limit", width: 20, kind: "text", cell: (limit) => ({ text: longLimitName(limit, look) }) },
    {
      id: "value",
      title: "Value",
      width: 12,
      kind: "number",
      cell: (limit) => ({
        text: amount(limit, limit.value, context),
        mark: limit.value === null ? "" : liveMark(context, limitMark(limit), limit.value),
      }),
    },
    { id: "allowed", title: "Allowed", width: 20, kind: "text", cell: (limit) => ({ text: allowed(limit, context) }) },
    {
      id: "used",
      title: "Used",
      width: 6,
      kind: "number",
      cell: (limit) => ({ text: look.format.used(limit.utilization), style: stateStyle(limit) }),
    },
    {
      id: "bar",
      title: `0${"80".padStart(cells - 3)}${cells >= 20 ? "  100" : ""}`,
      width: cells + 4,
      kind: "text",
      cell: (limit) => ({ text: bar(limit) }),
    },
    { id: "room", title: "Room", width: 11, kind: "number", cell: (limit) => ({ text: room(limit, context) }) },
    {
      id: "since",
      title: "Since",
      width: 9,
      kind: "text",
      cell: (limit) => {
        const breach = breachOf(limit);
        return { text: breach === undefined ? "" : look.format.clock(Date.parse(breach.since)) };
      },
    },
    {
      id: "note",
      title: "Note",
      width: 12,
      kind: "text",
      cell: (limit) => {
        const breach = breachOf(limit);
        return { text: breach === undefined ? "" : breach.state === "acknowledged" ? "acked" : "NOT ACKED" };
      },
    },
  ];
}

function order(width: number): string[] {
  const kept = ["state", "limit", "used"];
  if (width >= 60) kept.push("value", "bar");
  if (width >= 80) kept.push("room", "since");
  if (width >= 100) kept.push("allowed");
  if (width >= 120) kept.push("note");
  return kept;
}

function amount(limit: LimitView, value: number | null, { look: { format } }: ViewContext): string {
  return limit.unit === "fraction" ? format.percent(value, 1) : format.money(value);
}

function allowed(limit: LimitView, context: ViewContext): string {
  if (limit.limit !== null) return amount(limit, limit.limit, context);
  if (limit.low === null || limit.high === null) return limitBound(limit, context.look);
  return `${amount(limit, limit.low, context)} to ${amount(limit, limit.high, context)}`;
}

/** What is left to the hard limit, in the limit's own unit; minus when over. */
function room(limit: LimitView, { look: { format } }: ViewContext): string {
  const left = roomOf(limit);
  if (left === null) return "--";
  return limit.unit === "fraction" ? `${format.decimals(left * 100, 1)} pt` : format.money(left);
}

/** Gives the row after the last. */
function drawBreaches(frame: Frame, top: number, bottom: number, context: ViewContext): number {
  if (top >= bottom) return top;
  const { newest, look, now } = context;
  const { format } = look;
  drawTitles(frame, top, 0, [{ wall: -1, title: "Open breaches" }]);
  const open = [...newest.breaches].sort((a, b) => RANK[a.severity] - RANK[b.severity] || (a.since < b.since ? 1 : -1));
  if (open.length === 0 && top + 1 < bottom) frame.put(top + 1, 1, "None.");
  let row = top + (open.length === 0 ? 2 : 1);
  for (const breach of open) {
    if (row >= bottom) return row;
    const since = Date.parse(breach.since);
    const by = breach.acknowledgedAt === null
      ? ""
      : ` by ${breach.acknowledgedBy ?? "?"} ${format.clock(Date.parse(breach.acknowledgedAt))}`;
    frame.put(row, 1, STATE_WORDS[breach.severity], breach.severity === "hard" ? Role.hard : Role.soft);
    frame.put(row, 7, `${format.clock(since)}  ${age(now - since)}`);
    // How far it went is what matters: where the screen is narrow, the state gives way to its three letters.
    const narrow = frame.width < 100;
    const left = narrow ? 29 : 39;
    frame.put(row, 25, narrow ? SHORT_STATE[breach.state] : breach.state);
    const lines = wrapped(breach.message + by, frame.width - left - 1).slice(0, bottom - row);
    for (const line of lines) frame.put(row++, left, line);
    if (breach.note !== null && breach.note !== "" && row < bottom) {
      frame.put(row++, left, cut(`note: ${breach.note}`, frame.width - left - 1), Role.quiet);
    }
  }
  return row;
}

const RANK = { hard: 0, unknown: 1, soft: 2 } as const;
/** As the signals view has them. */
const SHORT_STATE = { open: "NEW", acknowledged: "ACK", escalated: "ESC" } as const;
