/** `apex history`: the store read back. */
import type { Conclusion, HistoryRequest } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";

export function history(
  _request: HistoryRequest,
  _settings: Settings,
  _host: CommandHost,
  _clock: Clock,
): Promise<Conclusion> {
  throw new Error("not there yet");
}
