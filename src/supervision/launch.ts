/** Turns what the user wished for into what the worker is asked to do, and the hosts it may reach for it. */
import type { ListenAddress, Wish } from "../application/command.ts";
import type { Settings } from "../application/settings.ts";
import type { HostPort } from "./fence.ts";
import type { Work } from "./protocol.ts";

/** The configuration as it was read. */
export interface Configured {
  readonly settings: Settings;
  /** `host:port` of everything that the settings name; in the demo without the broker, which is started here. */
  readonly hosts: readonly HostPort[];
  /** Those of them that are the database's. */
  readonly databaseHosts: readonly HostPort[];
  /** That of the statement service; null where it is not asked. */
  readonly statementHost?: HostPort | null;
  readonly notes: readonly string[];
}

export interface Launch extends Work {
  /** Everything that the worker dials or listens on. */
  readonly hosts: readonly HostPort[];
  /** What it dials as well where this executable was built for it; the rest of its work goes on without. */
  readonly hostsIfAllowed?: readonly HostPort[];
  /** Whether the worker draws on the terminal, which then has to be given back if it cannot do that itself. */
  readonly draws: boolean;
}

const LOOPBACK = "127.0.0.1";

/**
 * In the demo the gateway is simulated in the same process, on a free port which the monitor is then configured to
 * connect to: a port that the system picks only later could be listened on but not, under the worker's permissions,
 * connected to. `freePort` gives the wished port, or for 0 any free one.
 */
export function prepareLaunch(wish: Wish, configured: Configured, freePort: (wished: number) => number): Launch {
  const { settings, hosts, notes } = configured;
  if (wish.command === "self-test") return { request: wish, settings, notes, hosts, draws: wish.attempt === "hang" };
  if (wish.command === "simulate") {
    const { port: wished, ...request } = wish;
    const listen = { host: LOOPBACK, port: freePort(wished) };
    return { request: { ...request, listen }, settings, notes, hosts: [hostPort(listen)], draws: false };
  }
  if (wish.command === "migrate" || wish.command === "db" || wish.command === "history") {
    return { request: wish, settings, notes, hosts: configured.databaseHosts, draws: false };
  }
  if (wish.command === "backfill") return prepareBackfill(wish, configured, freePort);
  const draws = wish.command === "watch" && wish.output === "dashboard";
  if (settings.env !== "demo") return { request: { ...wish, simulator: null }, settings, notes, hosts, draws };
  const simulator = { host: LOOPBACK, port: freePort(0) };
  return {
    request: { ...wish, simulator },
    settings: { ...settings, ibkr: { ...settings.ibkr, ...simulator, enabled: true } },
    notes,
    hosts: [...hosts, hostPort(simulator)],
    draws,
  };
}

function prepareBackfill(
  wish: Extract<Wish, { command: "backfill" }>,
  { settings, hosts, statementHost = null, notes }: Configured,
  freePort: (wished: number) => number,
): Launch {
  const common = { notes, hostsIfAllowed: statementHost === null ? [] : [statementHost], draws: false };
  if (settings.env !== "demo") return { request: { ...wish, simulator: null }, settings, hosts, ...common };
  const simulator = { host: LOOPBACK, port: freePort(0) };
  return {
    ...common,
    request: { ...wish, simulator },
    settings: { ...settings, ibkr: { ...settings.ibkr, ...simulator, enabled: true } },
    hosts: [...hosts, hostPort(simulator)],
    // Nothing that is simulated has statements.
    hostsIfAllowed: [],
  };
}

function hostPort({ host, port }: ListenAddress): HostPort {
  return `${host}:${port}`;
}
