/** `apex watch`: the monitor, what shows it, and where its alerts go. */
import type { Conclusion, WatchRequest } from "../application/command.ts";
import type { Alerting } from "../application/alerting.ts";
import { limitReached } from "../application/limit_verdict.ts";
import type { Monitor } from "../application/monitor.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Notifier } from "../application/ports/notifier.ts";
import type { Settings } from "../application/settings.ts";
import { type Viewer, watchMonitor } from "../application/watch.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import type { DashboardNeeds } from "./dashboard.ts";
import { openControl } from "./control.ts";
import type { HistoryKeeping } from "./history_keeping.ts";
import { composeMonitor, type Program } from "./monitor_program.ts";

export async function watch(
  request: WatchRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  clockShifted: boolean,
): Promise<Conclusion> {
  const program = await composeMonitor(request, settings, host, clock, log, clockShifted);
  const { monitor } = program;
  const history = await startHistory(request, settings, host, clock, log, monitor, clockShifted);
  monitor.start();
  const alerting = await startAlerting(request, settings, clock, log, monitor);
  const control = await openControl(request.control ?? null, monitor, settings, clock, log);
  try {
    const restored = history?.restore() ?? Promise.resolve();
    const past = history === null ? null : { reads: history.reads, restored };
    const viewer = await viewerFor({ request, settings, host, clock, log, program, past });
    // The screen is there meanwhile, and says what is being waited for.
    const connected = connect(program, restored, host);
    await watchMonitor(monitor, viewer, host, clock, request.forMs);
    await connected;
    return limitReached(monitor.last, request.failOn) ? "limit" : "done";
  } finally {
    await control?.close();
    // The last alerts and the last of the history may take seconds each, and an ending program has ten.
    await Promise.all([alerting.stop(), program.stop().then(() => history?.close())]);
  }
}

async function connect(program: Program, restored: Promise<void>, { signal }: CommandHost): Promise<void> {
  await restored;
  if (!signal.aborted) program.startFeeds();
}

/** Null where none is kept, which the screen's health says. */
async function startHistory(
  { autoMigrate }: WatchRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  monitor: Monitor,
  clockShifted: boolean,
): Promise<HistoryKeeping | null> {
  const obstacle = settings.database.dsn === null
    ? "no database is configured (database.dsn)"
    : clockShifted && settings.env !== "demo"
    ? "nothing is kept while the clock is shifted: its times would be wrong"
    : null;
  if (obstacle !== null) {
    monitor.databaseHealth = () => ({ status: "off", detail: obstacle });
    return null;
  }
  const { keepHistory } = await import("./history_keeping.ts");
  return keepHistory({ monitor, settings, autoMigrate, host, clock, log });
}

/** Alerts go to the webhook, and to the terminal's bell where no dashboard rings it; the log has them in any case. */
async function startAlerting(
  request: WatchRequest,
  settings: Settings,
  clock: Clock,
  log: FileLog,
  monitor: Monitor,
): Promise<Alerting> {
  const { Alerting } = await import("../application/alerting.ts");
  const notifiers: Notifier[] = [];
  const { webhook } = settings.alerts;
  if (webhook !== null) {
    const { WebhookNotifier } = await import("../infrastructure/notify/webhook.ts");
    notifiers.push(new WebhookNotifier({ ...webhook, mask: (text) => log.masked(text) }));
  }
  if (settings.dashboard.bell && request.output !== "dashboard" && Deno.stderr.isTerminal()) {
    const { terminalBell } = await import("../infrastructure/notify/terminal_bell.ts");
    notifiers.push(terminalBell((bytes) => void Deno.stderr.writeSync(bytes)));
  }
  const alerting = new Alerting(settings.alerts, { clock, log, notifiers });
  monitor.subscribe((published) => alerting.observe(published));
  monitor.alertsHealth = () => alerting.health();
  return alerting;
}

/** What shows the snapshots: the dashboard, or text on standard output. */
async function viewerFor(needs: DashboardNeeds): Promise<Viewer> {
  const { request, settings, host, clock } = needs;
  if (request.output === "dashboard") {
    const { dashboardViewer } = await import("./dashboard.ts");
    return dashboardViewer(needs);
  }
  const { createFormat } = await import("../presentation/format.ts");
  const { plainText } = await import("../presentation/plain_text.ts");
  const { StreamViewer } = await import("../presentation/stream_viewer.ts");
  const options = { format: createFormat(settings.display), betaReference: settings.risk.beta.reference };
  return new StreamViewer({
    writer: Deno.stdout,
    clock,
    onTaken: () => host.workFinished(),
    format: request.output,
    text: (snapshot) => plainText(snapshot, options),
  });
}
