/** The end of the program's own log, newest last, and the selected line's full record. */
import type { LogLevel, LogLine } from "../../../application/ports/log.ts";
import type { ViewContext } from "../context.ts";
import { cut, type Frame, wrapped } from "../frame.ts";
import { linesInSight, logKey, logRows, selectedLine } from "../log_rows.ts";
import { drawScrolled, inSight } from "../scrolled.ts";
import { Role, type Style } from "../style.ts";
import { drawTitles } from "./titles.ts";

/** Draws title, lines and record from `top` up to before `bottom`, and says which lines are in sight. */
export function drawLog(frame: Frame, top: number, bottom: number, context: ViewContext): string {
  if (top >= bottom) return "";
  const lines = logRows(context);
  drawTitles(frame, top, 0, [{ wall: -1, title: titleOf(context, lines.length) }]);
  const body = logBody(context, bottom - top);
  if (lines.length === 0) {
    if (top + 1 < bottom) frame.put(top + 1, 1, cut(nothing(context), frame.width - 2), Role.quiet);
    return "";
  }
  const at = selectedLine(lines, context.view);
  const { first, last } = linesInSight(lines, context.view, body);
  const shown = lines.slice(first, last);
  const selected = lines[at];
  drawScrolled(frame, { top: top + 1, left: 0, width: frame.width, height: body }, {
    keys: shown.map(logKey),
    selected: selected === undefined ? null : logKey(selected),
    draw: (row, index) => {
      const line = shown[index];
      if (line !== undefined) drawLine(frame, row, line, context);
    },
  });
  if (context.view.log.full && selected !== undefined) {
    drawRecord(frame, top + 1 + body, bottom, selected, context);
  }
  return inSight(first, last, lines.length, context.look.format);
}

/** Lines that `rows` rows have room for, the title and the record taken off. */
export function logBody({ view }: ViewContext, rows: number): number {
  const below = view.log.full ? Math.min(RECORD_ROWS, Math.floor(rows / 2)) : 0;
  return Math.max(0, rows - 1 - below);
}

/** With its title. */
const RECORD_ROWS = 8;

function titleOf({ view }: ViewContext, shown: number): string {
  const { level, search, follow } = view.log;
  const from = level === "DEBUG" ? "all levels" : level === "ERROR" ? "ERROR only" : `level ${level} and up`;
  const found = search === "" ? "" : `, ${shown} with ${search}`;
  return `Log, newest last, ${from}${found}${follow ? "" : ", held: f follows"}`;
}

function nothing({ view }: ViewContext): string {
  return view.log.search === "" ? "No line of this level." : "No line has these words.";
}

function drawLine(frame: Frame, row: number, line: LogLine, { look: { format } }: ViewContext): void {
  frame.put(row, 1, format.clock(line.at), Role.quiet);
  frame.put(row, 10, line.level, levelStyle(line.level));
  frame.put(row, 16, line.category, Role.quiet);
  frame.put(row, 24, cut(line.message, frame.width - 25), line.level === "DEBUG" ? Role.quiet : Role.text);
}

function levelStyle(level: LogLevel): Style {
  if (level === "ERROR") return Role.hard;
  if (level === "WARN") return Role.soft;
  return level === "DEBUG" ? Role.quiet : Role.text;
}

/** All that the line says, as it stands in the file. */
function drawRecord(frame: Frame, top: number, bottom: number, line: LogLine, { look: { format } }: ViewContext): void {
  if (top >= bottom) return;
  drawTitles(frame, top, 0, [{ wall: -1, title: "Record; Enter or Esc closes" }]);
  const room = Math.max(1, frame.width - 2);
  const facts = Object.entries(line.data).map(([name, value]) =>
    `${name}=${Array.isArray(value) ? value.join(",") : value}`
  );
  const told = [
    `${format.isoDateTime(line.at)} ${format.zone}  ${line.level} ${line.category}`,
    ...wrapped(line.message, room),
    ...wrapped(facts.join(" "), room),
  ];
  const rows = bottom - top - 1;
  for (const [index, text] of told.slice(0, Math.max(0, rows)).entries()) {
    const more = index === rows - 1 && told.length > rows;
    frame.put(top + 1 + index, 1, more ? cut(`${text} ~ more in the log file`, room) : text);
  }
}
