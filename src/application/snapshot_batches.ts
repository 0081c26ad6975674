/** Which batches, and which of their rows, may give way when there is no room: snapshots, for others follow. */
import type { StoreBatch } from "./ports/store.ts";

/** Whether nothing in it would be missed for good. */
export function holdsSnapshotsAlone(batch: StoreBatch): boolean {
  return Object.entries(batch).every(([key, rows]) =>
    key === "positions" || key === "accounts" || key === "risk" || Array.isArray(rows) && rows.length === 0
  );
}
