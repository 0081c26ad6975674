/** Turns what the user wished for into what the worker is asked to do, and the hosts it may reach for it. */
import type {
  ControlPlace,
  ExaminedConfiguration,
  ListenAddress,
  ScenarioRequest,
  SimulatedBrokers,
  SnapshotRequest,
  WatchRequest,
  Wish,
} from "../application/command.ts";
import type { RunningMonitor } from "../application/control/control_file.ts";
import { USUAL_PORTS } from "../application/doctor/gateway.ts";
import type { Settings } from "../application/settings.ts";
import { HostOutsideFence, type HostPort } from "./fence.ts";
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
  /** The monitor that runs in this folder; left out for a command that neither asks one nor is to be asked. */
  readonly monitor?: RunningMonitor;
  /** How it was found; only the doctor starts with a faulty one. */
  readonly examined?: ExaminedConfiguration;
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
 * In the demo the brokers are simulated in the same process, each on a free port which the monitor is then configured to
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
  if (wish.command === "scenario" && wish.stored) {
    return { request: { ...wish, simulator: null }, settings, notes, hosts: configured.databaseHosts, draws: false };
  }
  if (wish.command === "migrate" || wish.command === "db" || wish.command === "history") {
    return { request: wish, settings, notes, hosts: configured.databaseHosts, draws: false };
  }
  if (wish.command === "status" || wish.command === "positions" || wish.command === "breaches") {
    return prepareQuestion(wish, configured);
  }
  if (wish.command === "backfill") return prepareBackfill(wish, configured, freePort);
  if (wish.command === "doctor") return prepareDoctor(wish, configured, freePort);
  if (wish.command !== "watch") return withSimulator({ ...wish, simulator: null }, configured, freePort, false);
  const control = controlPlace(configured, freePort);
  const launch = withSimulator(
    { ...wish, simulator: null, control },
    configured,
    freePort,
    wish.output === "dashboard",
  );
  if (control !== null) return { ...launch, hosts: [...launch.hosts, `${LOOPBACK}:${control.port}`] };
  return configured.monitor === undefined ? launch : { ...launch, notes: [...notes, NO_CONTROL] };
}

const NO_CONTROL = `Going on without a control channel: this executable was built to use no free port of ${LOOPBACK}`;

function withSimulator(
  request: WatchRequest | SnapshotRequest | ScenarioRequest,
  { settings, hosts, notes }: Configured,
  freePort: (wished: number) => number,
  draws: boolean,
): Launch {
  if (settings.env !== "demo") return { request, settings, notes, hosts, draws };
  const taken = request.command === "watch" && request.control ? [request.control.port] : [];
  const simulated = simulatedBrokers(settings, freePort, taken);
  return {
    request: { ...request, ...simulated.request },
    settings: simulated.settings,
    notes,
    hosts: [...hosts, ...simulated.hosts],
    draws,
  };
}

/** What takes the place of the brokers in the demo, the settings that lead there, and where that is. */
interface Simulated {
  readonly request: SimulatedBrokers;
  readonly settings: Settings;
  readonly hosts: readonly HostPort[];
}

function simulatedBrokers(
  settings: Settings,
  freePort: (wished: number) => number,
  taken: readonly number[] = [],
): Simulated {
  const simulator = { host: LOOPBACK, port: anotherPort(taken, freePort) };
  const ibkr = { ...settings.ibkr, ...simulator, enabled: true };
  if (!settings.futu.enabled) {
    return { request: { simulator }, settings: { ...settings, ibkr }, hosts: [hostPort(simulator)] };
  }
  const openD = { host: LOOPBACK, port: anotherPort([...taken, simulator.port], freePort) };
  return {
    request: { simulator, openD },
    settings: { ...settings, ibkr, futu: { ...settings.futu, ...openD } },
    hosts: [hostPort(simulator), hostPort(openD)],
  };
}

/** A port that was free a moment ago is given again now and then. */
function anotherPort(taken: readonly number[], freePort: (wished: number) => number): number {
  for (;;) {
    const port = freePort(0);
    if (!taken.includes(port)) return port;
  }
}

/** Null where no channel is wanted, or the executable was built to use no port for it. */
function controlPlace({ monitor }: Configured, freePort: (wished: number) => number): ControlPlace | null {
  if (monitor === undefined) return null;
  try {
    return { port: freePort(0), heldBy: monitor.kind === "running" ? monitor.file.pid : null };
  } catch (fault) {
    if (fault instanceof HostOutsideFence) return null;
    throw fault;
  }
}

/** The monitor's port alone; without a monitor the database alone, for those that look there then. */
function prepareQuestion(
  wish: Extract<Wish, { command: "status" | "positions" | "breaches" }>,
  { settings, databaseHosts, notes, monitor = { kind: "none", obstacle: "" } }: Configured,
): Launch {
  const readsStore = wish.command === "positions" || (wish.command === "breaches" && wish.action === "list");
  const hosts = monitor.kind === "running" ? [`${LOOPBACK}:${monitor.file.port}`] : readsStore ? databaseHosts : [];
  return { request: { ...wish, monitor }, settings, notes, hosts, draws: false };
}

function prepareBackfill(
  wish: Extract<Wish, { command: "backfill" }>,
  { settings, hosts, statementHost = null, notes }: Configured,
  freePort: (wished: number) => number,
): Launch {
  const common = { notes, hostsIfAllowed: statementHost === null ? [] : [statementHost], draws: false };
  if (settings.env !== "demo") return { request: { ...wish, simulator: null }, settings, hosts, ...common };
  const simulated = simulatedBrokers(settings, freePort);
  return {
    ...common,
    request: { ...wish, ...simulated.request },
    settings: simulated.settings,
    hosts: [...hosts, ...simulated.hosts],
    // Nothing that is simulated has statements.
    hostsIfAllowed: [],
  };
}

/**
 * The doctor says what the executable may not reach, instead of not starting, and looks where TWS might listen instead. A
 * configuration that is faulty names nothing.
 */
function prepareDoctor(
  wish: Extract<Wish, { command: "doctor" }>,
  { settings, hosts, statementHost = null, examined = NOT_LOOKED_AT, notes }: Configured,
  freePort: (wished: number) => number,
): Launch {
  const common = { notes, draws: false };
  const request = { ...wish, hosts, statementHost, configuration: examined };
  if (examined.faults.length > 0) return { ...common, request: { ...request, simulator: null }, settings, hosts: [] };
  if (settings.env !== "demo") {
    const { host } = settings.ibkr;
    const usual = settings.ibkr.enabled ? [...USUAL_PORTS.keys()].map((port) => hostPort({ host, port })) : [];
    const hostsIfAllowed = [...hosts, ...usual, ...(statementHost === null ? [] : [statementHost])];
    return { ...common, request: { ...request, simulator: null }, settings, hosts: [], hostsIfAllowed };
  }
  const simulated = simulatedBrokers(settings, freePort);
  return {
    ...common,
    request: { ...request, ...simulated.request },
    settings: simulated.settings,
    hosts: simulated.hosts,
    hostsIfAllowed: hosts,
  };
}

const NOT_LOOKED_AT: ExaminedConfiguration = { directory: "config", files: [], faults: [], ignoredVariables: [] };

function hostPort({ host, port }: ListenAddress): HostPort {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}
