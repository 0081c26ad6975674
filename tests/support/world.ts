/** A whole monitor on a simulated gateway, in memory and under the virtual clock: every byte as over TCP. */
import { Monitor } from "../../src/application/monitor.ts";
import type { Log, LogData, LogLevel } from "../../src/application/ports/log.ts";
import type { Settings } from "../../src/application/settings.ts";
import type { RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
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
  /** Laid over the settings. */
  readonly settings?: (settings: Settings) => Settings;
}

export interface World {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly gateway: Gateway;
  readonly feed: IbkrFeed;
  readonly monitor: Monitor;
  readonly log: MemoryLog;
  readonly snapshots: RiskSnapshot[];
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
  const { scenario, seed = 1, settings: adjust = (settings) => settings } = options;
  const clock = new VirtualClock(options.start);
  const network = new MemoryNetwork(clock);
  const log = new MemoryLog();
  const address = { host: "127.0.0.1", port: 7497 };
  const gateway = await startGateway({
    network,
    clock,
    seed,
    address,
    scenario: loadScenario(scenario, "test.yaml"),
    log: new MemoryLog(),
  });
  const base = demoSettings();
  const settings = adjust({ ...base, ibkr: { ...base.ibkr, ...address, enabled: true } });
  const feedHolder: { feed: IbkrFeed | null } = { feed: null };
  const monitor = new Monitor(settings, {
    clock,
    log,
    prioritise: (instruments) => feedHolder.feed?.prioritise({ instruments }),
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
    instrumentAt: (index) => monitor.portfolio.registry.at(index),
  });
  feedHolder.feed = feed;
  const snapshots: RiskSnapshot[] = [];
  monitor.subscribe(({ snapshot }) => snapshots.push(snapshot));
  feed.start();
  monitor.start();
  return {
    clock,
    network,
    gateway,
    feed,
    monitor,
    log,
    snapshots,
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
