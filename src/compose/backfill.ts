/** `apex backfill`: past trades into the store. */
import type { BackfillRequest, Conclusion } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";

export function backfill(
  _request: BackfillRequest,
  _settings: Settings,
  _host: CommandHost,
  _clock: Clock,
  _log: FileLog,
): Promise<Conclusion> {
  throw new Error("not there yet");
}
