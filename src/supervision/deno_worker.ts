/** The worker and the signals, as Deno has them. */
import type { WorkerConnection } from "../application/ports/host.ts";
import { STORE_WORKER } from "./deno_isolate.ts";
import { failureOf } from "./failure.ts";
import { HostOutsideFence, type HostPort, storeWorkerPermissions, workerPermissions } from "./fence.ts";
import type { StopSignal, ToSupervisor } from "./protocol.ts";
import type { SupervisorPorts, WorkerEvents, WorkerLink } from "./supervisor.ts";

const STOP_SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Starts `entry` in a worker that may reach `hosts` alone, then gives up this isolate's own network: from then on the
 * process reaches those hosts and nothing more.
 */
export function startFencedWorker(entry: string, hosts: readonly HostPort[], events: WorkerEvents): WorkerLink {
  const permissions = workerPermissions(hosts, Deno.build.standalone);
  const worker = new Worker(entry, { type: "module", name: "apex", deno: { permissions } });
  Deno.permissions.revokeSync({ name: "net" });
  worker.onmessage = (event: MessageEvent<ToSupervisor>) => events.onMessage(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    events.onError({ ...failureOf(event.error), message: event.message });
  };
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
  };
}

/** Starts `entry` once more, as the worker that keeps the store; from inside the program's worker. */
export function startStoreWorker(entry: string, hosts: readonly HostPort[]): WorkerConnection {
  const permissions = storeWorkerPermissions(hosts, Deno.build.standalone);
  const worker = new Worker(entry, { type: "module", name: STORE_WORKER, deno: { permissions } });
  let broke = (_words: string): void => {};
  worker.onerror = (event) => {
    event.preventDefault();
    broke(event.message);
  };
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => {
      worker.onmessage = ({ data }: MessageEvent) => isEscaped(data) ? broke(data.escaped) : listener(data);
    },
    onFailure: (listener) => {
      broke = listener;
    },
    terminate: () => worker.terminate(),
  };
}

function isEscaped(message: unknown): message is { readonly escaped: string } {
  return typeof message === "object" && message !== null && "escaped" in message;
}

/** Whether the permissions that this isolate still has cover the host. To be asked before the worker is started. */
export function hostAllowed(host: HostPort): boolean {
  return Deno.permissions.querySync({ name: "net", host }).state === "granted";
}

/**
 * A port of 127.0.0.1 that nobody listens on at this moment: the wished one, or any for 0. To be asked before the
 * worker is started.
 *
 * @throws {HostOutsideFence} when the executable may not use 127.0.0.1
 * @throws {PortTaken} when somebody listens on the wished port
 */
export function freeLoopbackPort(wished: number): number {
  try {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: wished });
    const { port } = listener.addr;
    listener.close();
    return port;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotCapable) throw new HostOutsideFence(`127.0.0.1:${wished}`);
    if (fault instanceof Deno.errors.AddrInUse) throw new PortTaken(wished, fault);
    throw fault;
  }
}

export class PortTaken extends Error {
  override readonly name = "PortTaken";
  constructor(readonly port: number, cause: Error) {
    super(
      `Cannot listen on 127.0.0.1:${port}: another program does, perhaps TWS itself; choose another port with ` +
        `--port, or any free one with --port 0`,
      { cause },
    );
  }
}

export const listenToSignals: SupervisorPorts["listen"] = (onStop, onResize) => {
  const listeners = STOP_SIGNALS.map((signal) => [signal, () => onStop(signal)] as const);
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  // Continued after a stop, too: the shell has had the terminal meanwhile.
  for (const signal of ["SIGWINCH", "SIGCONT"] as const) Deno.addSignalListener(signal, onResize);
  return () => {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
    for (const signal of ["SIGWINCH", "SIGCONT"] as const) Deno.removeSignalListener(signal, onResize);
  };
};
