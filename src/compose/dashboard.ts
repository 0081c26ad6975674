/** The dashboard on the terminal, with what it shows and what its keys reach. */
import type { WatchRequest } from "../application/command.ts";
import { type DayReads, DayRecord } from "../application/day_record.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import { expectedBook } from "../application/warm_start.ts";
import type { Viewer } from "../application/watch.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import { denoTerminal } from "../presentation/terminal/deno_terminal.ts";
import { runDashboard } from "../presentation/terminal/run_dashboard.ts";
import { abilitiesOf } from "../presentation/terminal/terminal.ts";
import type { Program } from "./monitor_program.ts";

/** What the dashboard is made of. */
export interface DashboardNeeds {
  readonly request: WatchRequest;
  readonly settings: Settings;
  readonly host: CommandHost;
  readonly clock: Clock;
  readonly log: FileLog;
  readonly program: Program;
  /** The store to be read once the book is restored, which must not wait for it; null: no history is kept. */
  readonly past: { readonly reads: DayReads; readonly restored: Promise<void> } | null;
}

export function dashboardViewer(needs: DashboardNeeds): Viewer {
  const { request, settings, host, clock, log, program: { monitor, feedRequests }, past } = needs;
  const { dashboard, display, risk, manual } = settings;
  const abilities = abilitiesOf((name) => Deno.env.get(name));
  const day = new DayRecord({ clock, log, book: expectedBook(settings), store: past?.reads ?? null });
  const read = (past?.restored ?? Promise.resolve()).then(() => day.read());
  const { promise: ended, resolve: quit } = Promise.withResolvers<void>();
  const running = runDashboard({
    terminal: denoTerminal((listener) => host.onResize(listener)),
    abilities: request.color ? abilities : { ...abilities, colours: "none" },
    clock,
    subscribe: (listener) =>
      monitor.subscribe((published) => {
        day.observe(published);
        listener(published.snapshot);
      }),
    settings: {
      ...dashboard,
      display,
      softAt: risk.limits.softBreachThreshold,
      betaReference: risk.beta.reference,
      manualFile: manual.file,
      shockSets: settings.shockSets,
    },
    onAcknowledge: (id, note) => monitor.acknowledge(id, dashboard.operator, note === "" ? null : note),
    onTakeBack: (id) => monitor.takeBack(id),
    onAccount: (account) => monitor.showAccount(account),
    onFeed: (ask) => ask.kind === "reconnect" ? feedRequests.reconnect() : feedRequests.resubscribe(ask.instrument),
    onHistory: (subject) => day.historyOf(subject),
    earlier: {
      points: read.then(() => day.points),
      everyMs: settings.snapshots.riskIntervalSec * 1000,
    },
    record: { log: () => log.tail(), transitions: () => day.transitions },
    onQuit: quit,
    onTrouble: (fault) => log.write("ERROR", "SYSTEM", `Cannot draw the dashboard: ${String(fault)}`),
  });
  return { show: () => {}, ended, close: () => running.stop() };
}
