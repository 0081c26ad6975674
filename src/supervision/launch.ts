/** Turns what the user wished for into what the worker is asked to do, and the hosts it may reach for it. */
import type { Wish } from "../application/command.ts";
import type { Settings } from "../application/settings.ts";
import type { HostPort } from "./fence.ts";
import type { WorkerRequest } from "./protocol.ts";

export interface Launch {
  readonly request: WorkerRequest;
  readonly settings: Settings;
  /** Everything that the worker dials or listens on. */
  readonly hosts: readonly HostPort[];
}

const LOOPBACK = "127.0.0.1";

/**
 * In the demo the gateway is simulated in the same process, on a free port which the monitor is then configured to
 * connect to: a port that the system picks only later could be listened on but not, under the worker's permissions,
 * connected to.
 */
export function prepareLaunch(
  wish: Wish,
  settings: Settings,
  configuredHosts: (settings: Settings) => readonly HostPort[],
  freePort: () => number,
): Launch {
  if (wish.command === "self-test") return { request: wish, settings, hosts: configuredHosts(settings) };
  if (wish.command === "simulate") {
    const { port: wished, ...request } = wish;
    const port = wished === 0 ? freePort() : wished;
    const listen = { host: LOOPBACK, port };
    return { request: { ...request, listen }, settings, hosts: [`${LOOPBACK}:${port}`] };
  }
  if (settings.env !== "demo") {
    return { request: { ...wish, simulator: null }, settings, hosts: configuredHosts(settings) };
  }
  const simulator = { host: LOOPBACK, port: freePort() };
  const onSimulator = { ...settings, ibkr: { ...settings.ibkr, ...simulator } };
  return { request: { ...wish, simulator }, settings: onSimulator, hosts: configuredHosts(onSimulator) };
}
