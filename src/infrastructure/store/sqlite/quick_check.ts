/** A look at the embedded store's file that does not hold up the start. */
import type { DatabaseSync } from "node:sqlite";
import { StoreFault } from "../../../application/ports/store.ts";
import { openForReading } from "./connection.ts";
import { sqliteFault } from "./faults.ts";

/** More would not be read. */
const MOST_FINDINGS = 5;
/**
 * Up to this size every table is looked through, which takes 0.4 s at most. A file of 0.9 GB takes 3 s out of memory and more
 * from a disk, nearly all of it for two tables; the others together take 0.1 s. So the two are left out of a larger file:
 * damage there shows when those rows are read or written, or by `apex db check`.
 */
const WHOLE_UP_TO_BYTES = 128e6;
const LARGE_TABLES = ["position_snapshots", "risk_snapshot_documents"];

/**
 * Nothing when there is no such file, or an empty one.
 *
 * @throws {StoreFault} of kind `damaged`; or saying why it cannot be read
 */
export function requireSound(file: string, lockWaitMs: number): void {
  const connection = openForReading(file, lockWaitMs);
  if (connection === null) return;
  try {
    requireWholePages(file, connection);
    for (const table of tablesToCheck(connection)) requireSoundTable(file, connection, table);
  } catch (fault) {
    throw fault instanceof StoreFault ? fault : sqliteFault(`Cannot check the store ${file}`, fault);
  } finally {
    connection.close();
  }
}

/** SQLite takes what is missing of the last page for zeros. While there is a log, the page may be on its way out of it. */
function requireWholePages(file: string, connection: DatabaseSync): void {
  if (sizeOf(`${file}-wal`) > 0) return;
  const over = sizeOf(file) % Number(connection.prepare("PRAGMA page_size").get()?.["page_size"]);
  if (over === 0) return;
  throw new StoreFault("damaged", `Cannot use the store ${file}: it is damaged (it ends in the middle of a page)`);
}

/** 0 when there is no such file. */
function sizeOf(file: string): number {
  try {
    return Deno.statSync(file).size;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return 0;
    throw fault;
  }
}

function tablesToCheck(connection: DatabaseSync): readonly string[] {
  const { bytes } = connection.prepare(
    "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size",
  ).get() ?? {};
  const tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0").all()
    .map(({ name }) => String(name));
  return Number(bytes) <= WHOLE_UP_TO_BYTES ? tables : tables.filter((table) => !LARGE_TABLES.includes(table));
}

function requireSoundTable(file: string, connection: DatabaseSync, table: string): void {
  const findings = connection.prepare(`PRAGMA quick_check("${table}")`).all()
    .map((row) => String(Object.values(row)[0]).replaceAll("\n", ", "));
  if (findings.length === 1 && findings[0] === "ok") return;
  throw new StoreFault(
    "damaged",
    `Cannot use the store ${file}: it is damaged (${table}: ${findings.slice(0, MOST_FINDINGS).join("; ")})`,
  );
}
