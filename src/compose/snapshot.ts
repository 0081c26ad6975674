/** `apex snapshot`: one look at the book. */
import type { Conclusion, SnapshotRequest } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import { type BookText, printBook } from "./printed_book.ts";

export async function snapshot(
  request: SnapshotRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  clockShifted: boolean,
): Promise<Conclusion> {
  return await printBook(request, settings, host, clock, log, clockShifted, await textOf(request, settings));
}

async function textOf({ output, watch }: SnapshotRequest, settings: Settings): Promise<BookText> {
  switch (output) {
    case "json":
      // Repeated, each is a line of its own.
      return (taken) => JSON.stringify(taken, null, watch === null ? 2 : undefined) + "\n";
    case "csv": {
      const { positionRows } = await import("../presentation/cli/position_file.ts");
      return (taken) => positionRows(taken);
    }
    case "table": {
      const { snapshotTable } = await import("../presentation/cli/snapshot_table.ts");
      return (taken, _known, width) => snapshotTable(taken, settings, width);
    }
  }
}
