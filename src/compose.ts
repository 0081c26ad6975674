/** The one place that knows every adapter. */
import type { CommandRequest, Conclusion } from "./application/command.ts";
import type { CommandHost } from "./application/ports/host.ts";
import type { Settings } from "./application/settings.ts";

/** Composes what the command needs, runs it to its end, and takes it apart again. */
export function runCommand(request: CommandRequest, settings: Settings, host: CommandHost): Promise<Conclusion> {
  return Promise.reject(new Error(`Cannot run ${request.command} in ${settings.env}: ${host.signal.aborted}`));
}
