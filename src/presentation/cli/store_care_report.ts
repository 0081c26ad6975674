/** What `apex db` does and says. */
import { type DbRequest, UsageError } from "../../application/command.ts";
import type { StoreCare } from "../../application/ports/store_care.ts";

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
  const { description, bytes, freeBytes, migrations, rows } = await care.check();
  const pending = migrations.pending.length === 0
    ? "up to date"
    : `${migrations.pending.length} pending: run apex migrate`;
  return [
    `${description} is whole: ${megabytes(bytes)}, of which ${megabytes(freeBytes)} free; ${pending}.`,
    ...Array.from(rows, ([table, count]) => `  ${table.padEnd(26)} ${count.toLocaleString("en-US").padStart(12)} rows`),
    "",
  ].join("\n");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
