/** The control channel of a running `watch`: the port, the file that names it, and what may be asked there. */
import type { ControlPlace } from "../application/command.ts";
import type { ControlFile } from "../application/control/control_file.ts";
import { ControlServer } from "../application/control/control_server.ts";
import { MonitorControl } from "../application/control/monitor_control.ts";
import type { Monitor } from "../application/monitor.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { ListeningSocket } from "../application/ports/network.ts";
import type { Settings } from "../application/settings.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import project from "../../deno.json" with { type: "json" };

export interface ControlChannel {
  /** Takes the file away and hangs up. */
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/** Null where there is none: it was not wanted, or the log says why. The monitor goes on without. */
export async function openControl(
  place: ControlPlace | null,
  monitor: Monitor,
  settings: Settings,
  clock: Clock,
  log: FileLog,
): Promise<ControlChannel | null> {
  if (place === null) return null;
  const { env } = settings;
  if (place.heldBy !== null) {
    const words = `another monitor for ${env} (process ${place.heldBy}) has this folder's channel`;
    log.write("WARN", "SYSTEM", `Going on without a control channel: ${words}`);
    return null;
  }
  const { removeControlFile, writeControlFile } = await import("../infrastructure/control/control_files.ts");
  const { tcpNetwork } = await import("../infrastructure/net/tcp.ts");
  const about = { pid: Deno.pid, version: project.version, startedAt: new Date(Date.now()).toISOString() };
  const file: ControlFile = { env, port: place.port, token: secret(), proof: secret(), ...about };
  log.addSecrets([file.token, file.proof]);
  const control: MonitorControl = new MonitorControl({
    ...{ monitor, clock, about },
    operator: settings.dashboard.operator,
    refusedConnections: () => server.refused,
  });
  const server: ControlServer = new ControlServer({
    ...file,
    version: about.version,
    clock,
    log,
    answer: (asked) => control.answer(asked),
  });
  let listening: ListeningSocket | null = null;
  const close = async () => {
    try {
      removeControlFile(file);
    } catch (fault) {
      // The next monitor finds nobody there, and replaces it.
      log.write("WARN", "SYSTEM", `Cannot remove the control channel's file: ${String(fault)}`);
    }
    const closed = listening?.close();
    control.close();
    server.close();
    await closed;
  };
  try {
    listening = await tcpNetwork().listen({ host: LOOPBACK, port: file.port }, (stream) => server.accept(stream));
    writeControlFile(file);
    return { close };
  } catch (fault) {
    await close();
    const words = fault instanceof Error ? fault.message : String(fault);
    log.write("WARN", "SYSTEM", `Going on without a control channel: ${words}`);
    return null;
  }
}

/** 32 bytes that nobody can guess. */
function secret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
