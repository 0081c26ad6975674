/**
 * What the program remembers beside the snapshot: its log, and the day's transitions. Asked for by the view that shows it,
 * so that a hidden one costs nothing.
 */
import type { DayRecord } from "../../application/day_record.ts";
import type { LogLine } from "../../application/ports/log.ts";

export interface ProgramRecord {
  /** The newest lines of the log, oldest first; null where no log is kept. */
  readonly log: (() => readonly LogLine[]) | null;
  /** What became of breaches today; null where nobody kept count. */
  readonly transitions: (() => DayRecord["transitions"]) | null;
}

export const NOTHING_RECORDED: ProgramRecord = { log: null, transitions: null };
