/** Deletes old snapshots a few at a time. What belongs together (a book and its positions, risk and its document) goes together. */
import type { EpochMs } from "../../domain/time.ts";
import { type Clause, columnsOf, type Database, integer, type Output, select, time } from "./query.ts";
import {
  ACCOUNT_SNAPSHOTS,
  POSITION_BOOKS,
  POSITION_SNAPSHOTS,
  RISK_DOCUMENTS,
  RISK_SNAPSHOTS,
} from "./snapshot_tables.ts";
import type { Layout, Step, Value } from "./table.ts";

/** Account, source and time, by which a snapshot is known in each of its tables. */
const KEY_COLUMNS = 3;

/** A table with one row a snapshot, and the others that go with it. */
interface Family {
  readonly head: Layout;
  readonly members: readonly Layout[];
  /** SQL for how many rows a snapshot has in all of them. */
  readonly rows: string;
}

const FAMILIES: readonly Family[] = [
  { head: POSITION_BOOKS, members: [POSITION_SNAPSHOTS], rows: "1 + t.positions" },
  { head: ACCOUNT_SNAPSHOTS, members: [], rows: "1" },
  { head: RISK_SNAPSHOTS, members: [RISK_DOCUMENTS], rows: "2" },
];

interface OldSnapshot {
  readonly family: Family;
  readonly key: readonly Value[];
  readonly takenAt: EpochMs;
  readonly rows: number;
}

/**
 * The oldest of the snapshots that were taken before `before`: as many as have `most` rows, in one transaction. The last of
 * them goes as a whole, so that it may be more. Gives the number of rows.
 */
export async function deleteOldest(database: Database, before: EpochMs, most: number): Promise<number> {
  const old: OldSnapshot[] = [];
  for (const family of FAMILIES) old.push(...await oldestOf(family, database, before, most));
  const leaving = firstOf(old.sort((a, b) => a.takenAt - b.takenAt), most);
  // An index finds each by its key, however many there are. Should the power go, they are deleted again.
  if (leaving.length > 0) await database.write(deletions(leaving), false);
  return leaving.reduce((sum, { rows }) => sum + rows, 0);
}

/** How many rows `deleteOldest` would delete if it were asked until none is left. */
export async function countOlder(database: Database, before: EpochMs): Promise<number> {
  let sum = 0;
  for (const { head, rows } of FAMILIES) {
    const total: Output = { name: `COALESCE(sum(${rows}), 0)`, kind: "integer" };
    const [row] = await database.read(
      select([total])`FROM ${named(head)} t WHERE t.snapshot_time < ${time(before)}`,
    );
    sum += Number(row?.[0]);
  }
  return sum;
}

async function oldestOf(
  family: Family,
  database: Database,
  before: EpochMs,
  most: number,
): Promise<readonly OldSnapshot[]> {
  const key = columnsOf(family.head, "t").slice(0, KEY_COLUMNS);
  const rows = await database.read(
    select([...key, { name: family.rows, kind: "integer" }])`FROM ${named(family.head)} t
      WHERE t.snapshot_time < ${time(before)} ORDER BY t.snapshot_time LIMIT ${integer(most)}`,
  );
  return rows.map((row) => ({
    family,
    key: row.slice(0, KEY_COLUMNS),
    takenAt: Number(row[KEY_COLUMNS - 1]),
    rows: Number(row[KEY_COLUMNS]),
  }));
}

function firstOf(old: readonly OldSnapshot[], most: number): readonly OldSnapshot[] {
  let sum = 0;
  const end = old.findIndex(({ rows }) => (sum += rows) >= most);
  return end < 0 ? old : old.slice(0, end + 1);
}

function deletions(leaving: readonly OldSnapshot[]): readonly Step[] {
  return FAMILIES.flatMap((family) => {
    const keys = leaving.filter((snapshot) => snapshot.family === family).map(({ key }) => key);
    const tables = keys.length === 0 ? [] : [family.head, ...family.members];
    return tables.map((table): Step => ({ kind: "clear", table, columns: KEY_COLUMNS, keys }));
  });
}

function named({ name }: Layout): Clause {
  return { parts: [name] };
}
