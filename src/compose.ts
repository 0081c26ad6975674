/** The one place that knows every adapter. */
import type { CommandWork, Conclusion } from "./application/command.ts";
import type { CommandHost } from "./application/ports/host.ts";

/** Composes what the command needs, runs it to its end, and takes it apart again. */
export function runCommand(work: CommandWork, host: CommandHost): Promise<Conclusion> {
  const { request, settings } = work;
  return Promise.reject(new Error(`Cannot run ${request.command} in ${settings.env}: ${host.signal.aborted}`));
}
