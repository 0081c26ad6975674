/** The lines of the program's log that are shown, and which of them is selected. */
import type { LogLevel, LogLine } from "../../application/ports/log.ts";
import type { ViewContext } from "./context.ts";
import { parseFilter } from "./filter.ts";
import type { ViewState } from "./view_state.ts";

export const LOG_LEVELS: readonly LogLevel[] = ["DEBUG", "INFO", "WARN", "ERROR"];

/** From the chosen level on and with the words searched for, oldest first; while frozen, none that came later. */
export function logRows({ record, view }: ViewContext): readonly LogLine[] {
  const { level, search } = view.log;
  const lowest = LOG_LEVELS.indexOf(level);
  const filter = parseFilter(search);
  const until = view.frozen?.at ?? Infinity;
  return (record.log?.() ?? []).filter((line) =>
    LOG_LEVELS.indexOf(line.level) >= lowest && line.at <= until &&
    (!filter.active || filter.text(`${line.level} ${line.category} ${line.message}`))
  );
}

/** Names a line for as long as the program runs. */
export function logKey(line: LogLine): string {
  return `log:${line.number}`;
}

/** Index of the selected line: the newest while the log is followed, and where the selected one is not shown. */
export function selectedLine(lines: readonly LogLine[], { log, tables }: ViewState): number {
  const found = log.follow ? -1 : lines.findIndex((line) => logKey(line) === tables.health.selected);
  return found < 0 ? lines.length - 1 : found;
}

/**
 * The lines in sight, from the first up to before the last. The first one is remembered by its number and not by its
 * place, so that lines stand still under a reader while older ones are forgotten.
 */
export function linesInSight(
  lines: readonly LogLine[],
  view: ViewState,
  body: number,
): { readonly first: number; readonly last: number } {
  const at = selectedLine(lines, view);
  const end = Math.max(0, lines.length - body);
  const held = lines.findIndex(({ number }) => number >= view.tables.health.top);
  const wanted = view.log.follow ? end : Math.min(held < 0 ? end : held, end);
  const first = Math.max(0, Math.min(Math.max(wanted, at - body + 1), at));
  return { first, last: Math.min(lines.length, first + Math.max(0, body)) };
}
