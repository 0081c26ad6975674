/** What `apex db` does and says. */
import { type DbRequest, UsageError } from "../../application/command.ts";
import type { Clock } from "../../application/ports/clock.ts";
import type { SnapshotCare, StoreCare } from "../../application/ports/store_care.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Column } from "./history/column.ts";
import { fittedTable } from "./history/fitted_table.ts";

/** Rows of one transaction, which a running monitor waits for. */
const ROWS_AT_ONCE = 5_000;
const PAUSE_MS = 2;
const DAY_MS = 86_400_000;

/**
 * Carries the request out and gives the text for standard output.
 *
 * @throws {StoreFault} when the store is damaged, or cannot be read or copied
 */
export async function storeCareReport({ action, to }: DbRequest, care: StoreCare): Promise<string> {
  if (action === "backup") {
    if (to === null) throw new UsageError("Cannot back up without a name: add --to FILE");
    return `Backed up into ${to}, ${megabytes(await care.backup(to))}, checked.\n`;
  }
  const { description, bytes, freeBytes, shrinks, migrations, rows } = await care.check();
  const pending = migrations.pending.length === 0
    ? "up to date"
    : `${migrations.pending.length} pending: run apex migrate`;
  return [
    `${description} is whole: ${megabytes(bytes)}, of which ${megabytes(freeBytes)} free; ${pending}.`,
    ...(shrinks ? [] : [CANNOT_SHRINK]),
    fittedTable(TABLES, [...rows], { width: WIDE_ENOUGH, all: null }),
  ].join("\n");
}

/** Names of tables are short: it fits every terminal. */
const WIDE_ENOUGH = 1_000;

const TABLES: readonly Column<readonly [table: string, rows: number]>[] = [
  { key: "table", value: () => null, shown: { title: "Table", text: ([table]) => table, words: true, rank: 0 } },
  {
    key: "rows",
    value: () => null,
    shown: { title: "Rows", text: ([, count]) => count.toLocaleString("en-US"), rank: 0 },
  },
];

const CANNOT_SHRINK =
  "The file keeps its size when rows are deleted, and uses their room again: it was not made to shrink. To " +
  "change that, stop the monitor and run: sqlite3 FILE 'PRAGMA auto_vacuum=2; VACUUM'";

/**
 * Deletes snapshots older than `keepDays`, or with a dry run only counts them, and gives the text for standard output. Closes
 * the store.
 *
 * @throws {StoreFault} when the store cannot do it; what was deleted by then is gone
 */
export async function pruneReport(
  { keepDays, dryRun }: { readonly keepDays: number; readonly dryRun: boolean },
  care: SnapshotCare,
  clock: Pick<Clock, "now" | "after">,
): Promise<string> {
  const before = clock.now() - keepDays * DAY_MS;
  const size = care.bytes();
  const rows = await carriedOut(care, before, dryRun, clock);
  const what = `${rows.toLocaleString("en-US")} rows of snapshots from before ${minuteOf(before)} (${keepDays} ${
    keepDays === 1 ? "day is" : "days are"
  } kept)`;
  if (dryRun) return `${care.description}: ${what} would be deleted${inSize(size)}. Nothing was changed.\n`;
  const after = care.bytes();
  const sizes = size === null || after === null ? "" : `; ${megabytes(size)} before, ${megabytes(after)} after`;
  return `${care.description}: ${what} deleted${sizes}.\n${care.shrinks ? "" : `${CANNOT_SHRINK}\n`}`;
}

/** Closes the store whatever happens; only then has the file its new size. */
async function carriedOut(
  care: SnapshotCare,
  before: EpochMs,
  dryRun: boolean,
  clock: Pick<Clock, "after">,
): Promise<number> {
  try {
    return dryRun ? await care.countOlder(before) : await deleteAll(care, before, clock);
  } finally {
    await care.close();
  }
}

/** `2026-11-13T15:30Z` */
function minuteOf(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

async function deleteAll(care: SnapshotCare, before: EpochMs, clock: Pick<Clock, "after">): Promise<number> {
  // The embedded store takes the thread for itself: between two steps others write, and the program shows that it lives.
  const pause = () => new Promise<void>((resolve) => void clock.after(PAUSE_MS, resolve));
  let sum = 0;
  for (;;) {
    const rows = await care.deleteOlder(before, ROWS_AT_ONCE);
    if (rows === 0) break;
    sum += rows;
    await pause();
  }
  while (await care.giveBack()) await pause();
  return sum;
}

function inSize(size: number | null): string {
  return size === null ? "" : ` from ${megabytes(size)}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
