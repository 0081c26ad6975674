/** The monitor with the sources that feed it. */
import type { SimulatedBrokers } from "../application/command.ts";
import { BetaHistory } from "../application/beta_history.ts";
import { FeedRequests } from "../application/feed_requests.ts";
import { Monitor } from "../application/monitor.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { Feed, MarketDataFeed } from "../application/ports/feed.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import { indicesWatched } from "../domain/signals/signal_settings.ts";
import { BetaFile } from "../infrastructure/files/beta_cache.ts";
import { diskAccess } from "../infrastructure/files/file_access.ts";
import { ManualPositions } from "../infrastructure/files/manual_positions.ts";
import { tcpNetwork } from "../infrastructure/net/tcp.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import { startSimulatedBrokers } from "./simulated_brokers.ts";

export interface Program {
  readonly monitor: Monitor;
  /** What a person may ask of the sources. */
  readonly feedRequests: FeedRequests;
  /** Connects the sources. The monitor may turn before it, so that the screen says what is being waited for. */
  startFeeds(): void;
  stop(): Promise<void>;
}

/** @param request with the simulated brokers to start in the same process, if any */
export async function composeMonitor(
  request: SimulatedBrokers,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  clockShifted: boolean,
): Promise<Program> {
  const stops: (() => Promise<void> | void)[] = [];
  const brokers: MarketDataFeed[] = [];
  const network = tcpNetwork();
  stops.push(await startSimulatedBrokers(request, settings, host, clock, log));
  const monitor = new Monitor(settings, {
    clock,
    log,
    prioritise: (priorities) => {
      for (const broker of brokers) broker.prioritise(priorities);
    },
    clockShifted,
    logTrouble: () => log.trouble,
    memoryBytes: () => Deno.memoryUsage().rss,
  });
  const { registry } = monitor.portfolio;
  const feeds: Feed[] = [];
  if (settings.futu.enabled) {
    const { futuFeed } = await import("../infrastructure/futu/feed.ts");
    const feed = futuFeed({
      settings: settings.futu,
      network,
      clock,
      random: Math.random,
      log,
      sink: monitor.inbox,
      baseCurrency: settings.risk.baseCurrency,
      find: (key) => registry.find(key),
      onAccounts: (accounts) => log.addAccounts(accounts),
    });
    // Before IB, whose lines are asked for: its words on a contract's quotes are the last.
    brokers.push(feed);
    feeds.push(feed);
  }
  if (settings.ibkr.enabled) {
    const { ibkrFeed } = await import("../infrastructure/ibkr/feed.ts");
    const feed = ibkrFeed({
      settings: settings.ibkr,
      network,
      clock,
      random: Math.random,
      log,
      sink: monitor.inbox,
      betaReference: settings.risk.beta.reference,
      baseCurrency: settings.risk.baseCurrency,
      indices: indicesWatched(settings.risk.signals),
      instrumentAt: (index) => registry.at(index),
    });
    brokers.push(feed);
    feeds.push(feed);
    const betas = new BetaHistory({
      beta: settings.risk.beta,
      rules: settings.betaHistory,
      registry,
      history: feed.history,
      cache: new BetaFile(settings.betaHistory.cacheFile, log),
      clock,
      log,
      push: (event) => monitor.inbox.push(event),
    });
    monitor.subscribe(({ snapshot }) => betas.consider(snapshot));
    stops.push(() => betas.stop());
  }
  if (settings.manual.enabled) {
    feeds.push(
      new ManualPositions({
        file: settings.manual.file,
        pollMs: settings.manual.pollMs,
        sink: monitor.inbox,
        clock,
        log,
        access: diskAccess,
        known: { revision: () => registry.revision, candidates: () => registry.all() },
        baseCurrency: () => settings.risk.baseCurrency ?? monitor.portfolio.accounts.commonCurrency(),
      }),
    );
  }
  const masked = new Set<string>();
  monitor.subscribe(({ snapshot }) => {
    const fresh = snapshot.accounts.map((row) => row.account).filter((account) => !masked.has(account));
    if (fresh.length === 0) return;
    for (const account of fresh) masked.add(account);
    log.addAccounts(fresh);
  });
  let started = false;
  return {
    monitor,
    feedRequests: new FeedRequests({ feeds: brokers, registry, clock, log }),
    startFeeds() {
      started = true;
      for (const feed of feeds) feed.start();
    },
    async stop() {
      monitor.stop();
      if (started) { for (const feed of feeds) await feed.stop(); }
      for (const stop of stops) await stop();
    },
  };
}
