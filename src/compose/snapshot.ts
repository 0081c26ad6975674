/** `apex snapshot`: one look at the book. */
import type { Conclusion, SnapshotRequest } from "../application/command.ts";
import { limitReached } from "../application/limit_verdict.ts";
import { oneSnapshot } from "../application/one_snapshot.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import { composeMonitor } from "./monitor_program.ts";
import { print } from "./print.ts";

export async function snapshot(
  request: SnapshotRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  clockShifted: boolean,
): Promise<Conclusion> {
  const program = await composeMonitor(request, settings, host, clock, log, clockShifted);
  program.monitor.start();
  program.startFeeds();
  try {
    const timeoutMs = Math.min(request.timeoutMs, request.forMs ?? Number.POSITIVE_INFINITY);
    const taken = await oneSnapshot(program.monitor, clock, timeoutMs, host.signal);
    if (host.signal.aborted) return "interrupted";
    const text = request.output === "json"
      ? JSON.stringify(taken.snapshot, null, 2) + "\n"
      : (await import("../presentation/cli/snapshot_table.ts")).snapshotTable(taken.snapshot, settings.display);
    await print(text);
    if (taken.missing !== null && program.monitor.readiness().positionsKnown === false) {
      const { detail = "it did not answer" } = program.monitor.portfolio.links.get("IB") ?? {};
      throw new Error(`Cannot show the book within ${timeoutMs / 1000} s: ${detail}`);
    }
    return limitReached(taken.snapshot, request.failOn) ? "limit" : "done";
  } finally {
    await program.stop();
  }
}
