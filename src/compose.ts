/** The one place that knows every adapter. */
import {
  type CommandWork,
  type Conclusion,
  type DbRequest,
  type MigrateRequest,
  type SimulateRequest,
  type SnapshotRequest,
  UsageError,
  type WatchRequest,
} from "./application/command.ts";
import type { Alerting } from "./application/alerting.ts";
import { BetaHistory } from "./application/beta_history.ts";
import { limitReached } from "./application/limit_verdict.ts";
import { Monitor } from "./application/monitor.ts";
import { oneSnapshot } from "./application/one_snapshot.ts";
import type { Clock } from "./application/ports/clock.ts";
import type { Feed, MarketDataFeed } from "./application/ports/feed.ts";
import type { CommandHost } from "./application/ports/host.ts";
import type { Notifier } from "./application/ports/notifier.ts";
import type { Settings } from "./application/settings.ts";
import { type Viewer, watchMonitor } from "./application/watch.ts";
import { demoTime } from "./application/demo_time.ts";
import { indicesWatched } from "./domain/signals/signal_settings.ts";
import { dsnPasswords } from "./infrastructure/config/dsn.ts";
import { BetaFile } from "./infrastructure/files/beta_cache.ts";
import { diskAccess } from "./infrastructure/files/file_access.ts";
import { ManualPositions } from "./infrastructure/files/manual_positions.ts";
import { webhookSecrets } from "./infrastructure/notify/webhook_secrets.ts";
import { tcpNetwork } from "./infrastructure/net/tcp.ts";
import type { Scenario } from "./infrastructure/simulator/scenario.ts";
import { systemClock } from "./infrastructure/system_clock.ts";
import { FileLog } from "./infrastructure/telemetry/log.ts";
import { logDisk } from "./infrastructure/telemetry/log_disk.ts";

const DEMO_SCENARIO = "config/scenarios/demo.yaml";
/** Who acknowledges at the dashboard. */
const OPERATOR = "operator";

/** Composes what the command needs, runs it to its end, and takes it apart again. */
export async function runCommand(work: CommandWork, host: CommandHost): Promise<Conclusion> {
  const { request, settings, notes } = work;
  const started = Date.now();
  const now = request.now ?? (settings.env === "demo" ? demoTime(started) : null);
  const clock = systemClock(now === null ? 0 : now - started);
  const log = openLog(settings, clock);
  for (const note of notes) log.write("WARN", "SYSTEM", note);
  log.write("INFO", "SYSTEM", `Started ${request.command}`, { env: settings.env, clockShifted: now !== null });
  try {
    switch (request.command) {
      case "watch":
        return await watch(request, settings, host, clock, log, now !== null);
      case "snapshot":
        return await snapshot(request, settings, host, clock, log, now !== null);
      case "simulate":
        return await simulate(request, settings, host, clock, log);
      case "migrate":
        return await migrateDatabase(request, settings, host, clock);
      case "db":
        return await careForStore(request, settings, host);
    }
  } finally {
    log.write("INFO", "SYSTEM", `Stopped ${request.command}`);
    log.close();
  }
}

function openLog(settings: Settings, clock: Clock): FileLog {
  const { level, file, maxBytes, keepFiles, showAccounts } = settings.logging;
  const log = new FileLog({ level, file, maxBytes, keepFiles, showAccounts }, clock, logDisk);
  log.addAccounts(settings.ibkr.accounts);
  if (settings.database.dsn !== null) log.addSecrets(dsnPasswords(settings.database.dsn));
  if (settings.alerts.webhook !== null) log.addSecrets(webhookSecrets(settings.alerts.webhook));
  return log;
}

async function watch(
  request: WatchRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  clockShifted: boolean,
): Promise<Conclusion> {
  const program = await startMonitor(request, settings, host, clock, log, clockShifted);
  const alerting = await startAlerting(request, settings, clock, log, program.monitor);
  try {
    const viewer = await viewerFor(request, settings, host, clock, log, program.monitor);
    await watchMonitor(program.monitor, viewer, host, clock, request.forMs);
    return limitReached(program.monitor.last, request.failOn) ? "limit" : "done";
  } finally {
    await alerting.stop();
    await program.stop();
  }
}

/** Alerts go to the webhook, and to the terminal's bell where no dashboard rings it; the log has them in any case. */
async function startAlerting(
  request: WatchRequest,
  settings: Settings,
  clock: Clock,
  log: FileLog,
  monitor: Monitor,
): Promise<Alerting> {
  const { Alerting } = await import("./application/alerting.ts");
  const notifiers: Notifier[] = [];
  const { webhook } = settings.alerts;
  if (webhook !== null) {
    const { WebhookNotifier } = await import("./infrastructure/notify/webhook.ts");
    notifiers.push(new WebhookNotifier({ ...webhook, mask: (text) => log.masked(text) }));
  }
  if (settings.dashboard.bell && request.output !== "dashboard" && Deno.stderr.isTerminal()) {
    const { terminalBell } = await import("./infrastructure/notify/terminal_bell.ts");
    notifiers.push(terminalBell((bytes) => void Deno.stderr.writeSync(bytes)));
  }
  const alerting = new Alerting(settings.alerts, { clock, log, notifiers });
  monitor.subscribe((published) => alerting.observe(published));
  monitor.alertsHealth = () => alerting.health();
  return alerting;
}

async function snapshot(
  request: SnapshotRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  clockShifted: boolean,
): Promise<Conclusion> {
  const program = await startMonitor(request, settings, host, clock, log, clockShifted);
  try {
    const timeoutMs = Math.min(request.timeoutMs, request.forMs ?? Number.POSITIVE_INFINITY);
    const taken = await oneSnapshot(program.monitor, clock, timeoutMs, host.signal);
    if (host.signal.aborted) return "interrupted";
    const text = request.output === "json"
      ? JSON.stringify(taken.snapshot, null, 2) + "\n"
      : (await import("./presentation/cli/snapshot_table.ts")).snapshotTable(taken.snapshot, settings.display);
    const { OutputStream } = await import("./presentation/output_stream.ts");
    const output = new OutputStream(Deno.stdout, 1);
    output.write(text);
    await output.flush();
    if (taken.missing !== null && program.monitor.readiness().positionsKnown === false) {
      const { detail = "it did not answer" } = program.monitor.portfolio.links.get("IB") ?? {};
      throw new Error(`Cannot show the book within ${timeoutMs / 1000} s: ${detail}`);
    }
    return limitReached(taken.snapshot, request.failOn) ? "limit" : "done";
  } finally {
    await program.stop();
  }
}

interface Program {
  readonly monitor: Monitor;
  stop(): Promise<void>;
}

async function startMonitor(
  request: WatchRequest | SnapshotRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  clockShifted: boolean,
): Promise<Program> {
  const stops: (() => Promise<void> | void)[] = [];
  const brokers: MarketDataFeed[] = [];
  const network = tcpNetwork();
  if (request.simulator !== null) {
    const { startGateway } = await import("./infrastructure/simulator/gateway.ts");
    const scenario = await readScenario(settings.simulator.scenario, host);
    const { seed } = settings.simulator;
    const gateway = await startGateway({ network, clock, seed, address: request.simulator, scenario, log });
    stops.push(() => gateway.stop());
  }
  const monitor = new Monitor(settings, {
    clock,
    log,
    prioritise: (instruments) => {
      for (const broker of brokers) broker.prioritise({ instruments });
    },
    clockShifted,
    logTrouble: () => log.trouble,
    memoryBytes: () => Deno.memoryUsage().rss,
  });
  const { registry } = monitor.portfolio;
  const feeds: Feed[] = [];
  if (settings.ibkr.enabled) {
    const { ibkrFeed } = await import("./infrastructure/ibkr/feed.ts");
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
  for (const feed of feeds) feed.start();
  monitor.start();
  return {
    monitor,
    async stop() {
      monitor.stop();
      for (const feed of feeds) await feed.stop();
      for (const stop of stops) await stop();
    },
  };
}

/** What shows the snapshots: the dashboard, or text on standard output. */
async function viewerFor(
  request: WatchRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  monitor: Monitor,
): Promise<Viewer> {
  if (request.output === "dashboard") return await dashboardViewer(request, settings, host, clock, log, monitor);
  const { createFormat } = await import("./presentation/format.ts");
  const { plainText } = await import("./presentation/plain_text.ts");
  const { StreamViewer } = await import("./presentation/stream_viewer.ts");
  const options = { format: createFormat(settings.display), betaReference: settings.risk.beta.reference };
  return new StreamViewer({
    writer: Deno.stdout,
    clock,
    onTaken: () => host.workFinished(),
    format: request.output,
    text: (snapshot) => plainText(snapshot, options),
  });
}

async function dashboardViewer(
  request: WatchRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  monitor: Monitor,
): Promise<Viewer> {
  const { runDashboard } = await import("./presentation/terminal/run_dashboard.ts");
  const { denoTerminal } = await import("./presentation/terminal/deno_terminal.ts");
  const { abilitiesOf } = await import("./presentation/terminal/terminal.ts");
  const { dashboard, display, risk, manual } = settings;
  const abilities = abilitiesOf((name) => Deno.env.get(name));
  const { promise: ended, resolve: quit } = Promise.withResolvers<void>();
  const running = runDashboard({
    terminal: denoTerminal((listener) => host.onResize(listener)),
    abilities: request.color ? abilities : { ...abilities, colours: "none" },
    clock,
    subscribe: (listener) => monitor.subscribe(({ snapshot }) => listener(snapshot)),
    settings: {
      ...dashboard,
      display,
      softAt: risk.limits.softBreachThreshold,
      betaReference: risk.beta.reference,
      manualFile: manual.file,
    },
    onAcknowledge: (id, note) => monitor.acknowledge(id, OPERATOR, note === "" ? null : note),
    onTakeBack: (id) => monitor.takeBack(id),
    onAccount: (account) => monitor.showAccount(account),
    onQuit: quit,
    onTrouble: (fault) => log.write("ERROR", "SYSTEM", `Cannot draw the dashboard: ${String(fault)}`),
  });
  return { show: () => {}, ended, close: () => running.stop() };
}

async function simulate(
  request: SimulateRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
): Promise<Conclusion> {
  const { startGateway } = await import("./infrastructure/simulator/gateway.ts");
  const { OutputStream } = await import("./presentation/output_stream.ts");
  const scenario = await faultyScenario(request, settings, host);
  const seed = request.seed ?? settings.simulator.seed;
  const gateway = await startGateway({ network: tcpNetwork(), clock, seed, address: request.listen, scenario, log });
  const output = new OutputStream(Deno.stdout, 8);
  output.write(
    `Simulated TWS "${scenario.name}" listens on ${request.listen.host}:${gateway.port}, seed ${seed}. ` +
      "Nothing it serves is real. Ctrl+C ends it.\n",
  );
  await new Promise<void>((resolve) => {
    if (host.signal.aborted) resolve();
    host.signal.addEventListener("abort", () => resolve());
    if (request.forMs !== null) clock.after(request.forMs, resolve);
  });
  await gateway.stop();
  await output.flush();
  return "done";
}

async function migrateDatabase(
  request: MigrateRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
): Promise<Conclusion> {
  const { migrationsFor } = await import("./infrastructure/store/configured_store.ts");
  const { migrationReport } = await import("./presentation/cli/migration_report.ts");
  const { known, target } = migrationsFor(settings.database, (path) => host.embedded(path), clock);
  try {
    await print(await migrationReport(request, known, target));
  } finally {
    await target.close();
  }
  return "done";
}

async function careForStore(request: DbRequest, settings: Settings, host: CommandHost): Promise<Conclusion> {
  const { embeddedStoreCare } = await import("./infrastructure/store/configured_store.ts");
  const { storeCareReport } = await import("./presentation/cli/store_care_report.ts");
  const care = embeddedStoreCare(settings.database, (path) => host.embedded(path));
  await print(await storeCareReport(request, care));
  return "done";
}

async function print(text: string): Promise<void> {
  const { OutputStream } = await import("./presentation/output_stream.ts");
  const output = new OutputStream(Deno.stdout, 1);
  output.write(text);
  await output.flush();
}

/** The scenario to play, with the faults of the command line. */
async function faultyScenario(request: SimulateRequest, settings: Settings, host: CommandHost): Promise<Scenario> {
  const { withFaults } = await import("./infrastructure/simulator/fault_text.ts");
  const scenario = await readScenario(request.scenario ?? settings.simulator.scenario, host);
  try {
    return withFaults(scenario, request.faults);
  } catch (fault) {
    if (fault instanceof RangeError) throw new UsageError(fault.message);
    throw fault;
  }
}

/** Null: the demo scenario, which the program carries. */
async function readScenario(file: string | null, host: CommandHost): Promise<Scenario> {
  const { loadScenario } = await import("./infrastructure/simulator/load_scenario.ts");
  if (file === null) return loadScenario(host.embedded(DEMO_SCENARIO), DEMO_SCENARIO);
  const text = await Deno.readTextFile(file).catch((fault: unknown) => {
    if (fault instanceof Deno.errors.NotFound) {
      throw new UsageError(`Cannot read the scenario ${file}: there is no such file`);
    }
    throw fault;
  });
  return loadScenario(text, file);
}
