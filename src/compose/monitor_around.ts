/** The monitor that runs in this folder, looked for before the worker is started: its port is then all the worker may reach. */
import type { Wish } from "../application/command.ts";
import type { RunningMonitor } from "../application/control/control_file.ts";
import type { Environment, Settings } from "../application/settings.ts";

/** Null for a command that neither asks a monitor nor is one that can be asked. */
export async function monitorAround(wish: Wish, settings: Settings): Promise<RunningMonitor | null> {
  const { command } = wish;
  const asks = command === "status" || command === "positions" || command === "breaches";
  if (!asks && !(command === "watch" && settings.control.enabled)) return null;
  return await findRunningMonitor(settings.env, settings.control.enabled);
}

/** Asks whoever the environment's file names whether it is still the one that wrote it. */
export async function findRunningMonitor(env: Environment, isEnabled: boolean): Promise<RunningMonitor> {
  const { findControlFile } = await import("../infrastructure/control/control_files.ts");
  const found = findControlFile(env);
  if (found.kind === "unusable") return found;
  if (found.kind === "absent") return { kind: "none", obstacle: absentText(env, found.others, isEnabled) };
  const { greetMonitor, MonitorUnreached } = await import("../application/control/control_client.ts");
  const { ControlFault } = await import("../application/control/protocol.ts");
  const { tcpNetwork } = await import("../infrastructure/net/tcp.ts");
  const { systemClock } = await import("../infrastructure/system_clock.ts");
  try {
    await greetMonitor(found.file, { network: tcpNetwork(), clock: systemClock() });
    return { kind: "running", file: found.file };
  } catch (fault) {
    if (fault instanceof ControlFault) {
      // It is there; what it says to the question itself is what counts.
      return fault.code === "busy"
        ? { kind: "running", file: found.file }
        : { kind: "unusable", obstacle: `The monitor for ${env} does not let this command in: ${fault.message}` };
    }
    if (!(fault instanceof MonitorUnreached)) throw fault;
    return { kind: fault.kind === "silent" ? "unusable" : "none", obstacle: fault.message };
  }
}

function absentText(env: Environment, others: readonly Environment[], isEnabled: boolean): string {
  const nobody = `No monitor for ${env} can be asked here`;
  if (!isEnabled) return `${nobody}: control.enabled is false, so none that runs listens; set it to true and restart`;
  const start = `start one in this folder with apex watch --env ${env}`;
  const [other] = others;
  return other === undefined
    ? `${nobody}: ${start}`
    : `${nobody}, but for ${others.join(" and ")}: add --env ${other}, or ${start}`;
}
