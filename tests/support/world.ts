/** A whole monitor on a simulated gateway, in memory and under the virtual clock: every byte as over TCP. */
import { BetaHistory } from "../../src/application/beta_history.ts";
import { Monitor } from "../../src/application/monitor.ts";
import type { BetaCache } from "../../src/application/ports/beta_cache.ts";
import type { Clock } from "../../src/application/ports/clock.ts";
import type { Network } from "../../src/application/ports/network.ts";
import type { Log, LogData, LogLevel } from "../../src/application/ports/log.ts";
import type { Settings } from "../../src/application/settings.ts";
import type { RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import { indicesWatched } from "../../src/domain/signals/signal_settings.ts";
import { loadSettings } from "../../src/infrastructure/config/load.ts";
import { type IbkrFeed, ibkrFeed } from "../../src/infrastructure/ibkr/feed.ts";
import { type Gateway, startGateway } from "../../src/infrastructure/simulator/gateway.ts";
import { loadScenario } from "../../src/infrastructure/simulator/load_scenario.ts";
import { MemoryNetwork } from "./memory_network.ts";
import { seededRandom, VirtualClock } from "./virtual_clock.ts";

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly data: LogData;
}

export class MemoryLog implements Log {
  readonly lines: LogLine[] = [];
  write(level: LogLevel, _category: string, message: string, data: LogData = {}): void {
    this.lines.push({ level, message, data });
  }
}

export interface WorldOptions {
  readonly scenario: string;
  readonly seed?: number;
  /** When the simulation starts. */
  readonly start?: number;
  /** Where computed betas are kept; without it none are computed. */
  readonly betaCache?: BetaCache;
  /** Laid over the settings. */
  readonly settings?: (settings: Settings) => Settings;
  /** Called before the monitor turns and its sources are connected. */
  readonly prepare?: (prepared: Prepared) => void | Promise<void>;
}

/** A monitor that nothing feeds yet. */
export interface Prepared {
  readonly monitor: Monitor;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: MemoryLog;
}

/** A monitor with its gateway, whatever clock they run by. */
export interface Assembly {
  readonly gateway: Gateway;
  readonly feed: IbkrFeed;
  readonly monitor: Monitor;
  readonly log: MemoryLog;
  readonly snapshots: RiskSnapshot[];
}

export interface World extends Assembly {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  /** The newest snapshot. */
  now(): RiskSnapshot;
  stop(): Promise<void>;
}

/** Settings of the shipped configuration, pointed at the simulated gateway. */
export function demoSettings(): Settings {
  const { settings } = loadSettings({
    env: "demo",
    configDir: null,
    configFile: null,
    environment: {},
    read: () => {
      throw new Deno.errors.NotFound("no file");
    },
  });
  return settings;
}

export async function makeWorld(options: WorldOptions): Promise<World> {
  const clock = new VirtualClock(options.start);
  const network = new MemoryNetwork(clock);
  const assembly = await assemble(options, clock, network, 7497);
  const { monitor, feed, gateway } = assembly;
  return {
    ...assembly,
    clock,
    network,
    now: () => monitor.last ?? monitor.turn(),
    async stop() {
      monitor.stop();
      const stopped = feed.stop();
      await clock.advance(100);
      await stopped;
      const closing = gateway.stop();
      await clock.advance(100);
      await closing;
    },
  };
}

/** Starts a gateway and a monitor that connects to it. Port 0 picks a free one. */
export async function assemble(
  options: WorldOptions,
  clock: Clock,
  network: Network,
  port: number,
): Promise<Assembly> {
  const { scenario, seed = 1, settings: adjust = (settings) => settings } = options;
  const log = new MemoryLog();
  const host = "127.0.0.1";
  const gateway = await startGateway({
    network,
    clock,
    seed,
    address: { host, port },
    scenario: loadScenario(scenario, "test.yaml"),
    log: new MemoryLog(),
  });
  const base = demoSettings();
  const settings = adjust({ ...base, ibkr: { ...base.ibkr, host, port: gateway.port, enabled: true } });
  const feeds: IbkrFeed[] = [];
  const monitor = new Monitor(settings, {
    clock,
    log,
    prioritise: (priorities) => {
      for (const feed of feeds) feed.prioritise(priorities);
    },
    clockShifted: false,
  });
  const feed = ibkrFeed({
    settings: settings.ibkr,
    network,
    clock,
    random: seededRandom(seed + 1),
    log,
    sink: monitor.inbox,
    betaReference: settings.risk.beta.reference,
    baseCurrency: settings.risk.baseCurrency,
    indices: indicesWatched(settings.risk.signals),
    instrumentAt: (index) => monitor.portfolio.registry.at(index),
  });
  feeds.push(feed);
  if (options.betaCache !== undefined) {
    const betas = new BetaHistory({
      beta: settings.risk.beta,
      rules: settings.betaHistory,
      registry: monitor.portfolio.registry,
      history: feed.history,
      cache: options.betaCache,
      clock,
      log,
      push: (event) => monitor.inbox.push(event),
    });
    monitor.subscribe(({ snapshot }) => betas.consider(snapshot));
  }
  const snapshots: RiskSnapshot[] = [];
  monitor.subscribe(({ snapshot }) => snapshots.push(snapshot));
  await options.prepare?.({ monitor, settings, clock, log });
  feed.start();
  monitor.start();
  return { gateway, feed, monitor, log, snapshots };
}
