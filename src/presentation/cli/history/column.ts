/** What one column of a report shows, in a table and in a file. */
import type { EpochMs } from "../../../domain/time.ts";
import { isoInstant } from "../../../domain/time.ts";

/** Missing is null. */
export type Cell = string | number | boolean | null;

export interface Column<Row> {
  /** Its name in CSV and JSON. */
  readonly key: string;
  value(row: Row): Cell;
  /** How a table shows it; undefined: only files have it. */
  readonly shown?: Shown<Row> | undefined;
}

export interface Shown<Row> {
  readonly title: string;
  text(row: Row): string;
  /** The letter behind a number that says what it rests on, empty when all is well: digits stay under digits. */
  mark?(row: Row): string;
  /** Words begin at the left, numbers end at the right (the default). */
  readonly words?: boolean;
  /** Long text that is broken into lines rather than left out. */
  readonly wraps?: boolean;
  /** On a narrow terminal the column with the highest rank is left out first; one of rank 0 never is. */
  readonly rank: number;
}

/** ISO in UTC, as files have it. */
export function instantCell(at: EpochMs | null): Cell {
  return at === null ? null : isoInstant(at);
}
