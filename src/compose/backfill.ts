/** `apex backfill`: past trades into the store. */
import { knownIn } from "../application/backfill/known_history.ts";
import { type BackfillReport, failuresIn } from "../application/backfill/report.ts";
import { type BackfillJob, runBackfill } from "../application/backfill/run.ts";
import { brokerDay, dayStart, type Span } from "../application/backfill/coverage.ts";
import type { BackfillRange, BackfillSource } from "../application/backfill/source.ts";
import { type BackfillRequest, type Conclusion, UsageError } from "../application/command.ts";
import { migrate } from "../application/migrations.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Store } from "../application/ports/store.ts";
import type { Settings } from "../application/settings.ts";
import { dayNumber } from "../domain/calendar/date.ts";
import { tcpNetwork } from "../infrastructure/net/tcp.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import { futuHistory } from "./futu_history.ts";
import { print } from "./print.ts";
import { startSimulatedBrokers } from "./simulated_brokers.ts";

/** Some of it could not be read; the report, which is printed already, says what. */
class BackfillIncomplete extends Error {
  override readonly name = "BackfillIncomplete";
}

export async function backfill(
  request: BackfillRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
): Promise<Conclusion> {
  const { ib, futu, notes } = whatIsAsked(request, settings);
  const { simulator, openD = null } = request;
  const simulated = { simulator: ib ? simulator : null, openD: futu ? openD : null };
  const stopSimulators = await startSimulatedBrokers(simulated, settings, host, clock, log);
  const history = futu ? await futuHistory(request, settings, host, clock, log) : null;
  try {
    const statements = ib ? await ibSources(request, settings, host, clock, log) : { sources: [], notes: [] };
    const sourcesFor = (store: Store | null) => [
      ...statements.sources,
      ...(history === null ? [] : [history.source(store)]),
    ];
    const { report, remarks } = await carriedOut(request, settings, host, clock, log, sourcesFor);
    const { backfillReport } = await import("../presentation/cli/backfill_report.ts");
    const { historyLook } = await import("../presentation/cli/history/look.ts");
    const look = historyLook({ width: request.width ?? null }, settings);
    await print(backfillReport(report, [...statements.notes, ...notes, ...remarks], look));
    return concluded(report);
  } finally {
    history?.close();
    await stopSimulators();
  }
}

/**
 * Which brokers. IB's account numbers begin with letters and Futu's are digits alone, so that an account is not asked for where
 * it cannot be.
 */
function whatIsAsked({ broker, account }: BackfillRequest, { futu: { enabled } }: Settings) {
  if (broker === "IB") return { ib: true, futu: false, notes: [] };
  const remedy = "set futu.enabled: true in the configuration";
  if (broker === "FUTU") {
    if (!enabled) {
      throw new UsageError(`Cannot backfill from Futu: futu.enabled is false; ${remedy}, or use --broker ib`);
    }
    return { ib: false, futu: true, notes: [] };
  }
  const isFutus = account !== null && /^\d+$/.test(account);
  const notes = isFutus ? ["IB is not asked: the account is Futu's."] : [];
  if (!enabled) notes.push("Futu is not asked: futu.enabled is false.");
  else if (account !== null && !isFutus) notes.push("Futu is not asked: the account is IB's.");
  return { ib: !isFutus, futu: enabled && (account === null || isFutus), notes };
}

function concluded(report: BackfillReport): Conclusion {
  if (report.interrupted) return "interrupted";
  const failures = failuresIn(report);
  if (failures === 0) return "done";
  const what = failures === 1 ? "1 part of the history" : `${failures} parts of the history`;
  throw new BackfillIncomplete(`Cannot read ${what}: what stood in the way is listed under "Failed"`);
}

async function carriedOut(
  request: BackfillRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  sourcesFor: (store: Store | null) => readonly BackfillSource[],
): Promise<{ readonly report: BackfillReport; readonly remarks: readonly string[] }> {
  const range: BackfillRange = { ...request, now: clock.now() };
  const asked = askedSpan(range);
  const progress = await progressView(request, settings, clock);
  const common = {
    account: request.account,
    range,
    asked,
    clock,
    log,
    listener: {
      onProgress: progress.onProgress.bind(progress),
      onWindow: progress.onWindow.bind(progress),
      onAccounts: (accounts: readonly string[]) => log.addAccounts(accounts),
    },
    signal: host.signal,
  };
  try {
    if (request.dryRun) return await dryRun(request, settings, host, clock, { ...common, sources: sourcesFor(null) });
    const store = await openedStore(settings, host, clock);
    try {
      const known = knownIn(store, request.account);
      const job: BackfillJob = { ...common, sources: sourcesFor(store), store, storedBook: null, known };
      return { report: await runBackfill(job), remarks: [] };
    } finally {
      await store.close();
    }
  } finally {
    progress.clear();
  }
}

async function dryRun(
  request: BackfillRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  common: Omit<BackfillJob, "store" | "storedBook" | "known">,
) {
  const { glanceAtStore } = await import("../infrastructure/store/store_glance.ts");
  const glance = await glanceAtStore(settings.database, (path) => host.embedded(path), clock);
  const known = glance.known(request.account);
  try {
    const report = await runBackfill({ ...common, store: null, storedBook: glance.book, known });
    const remarks = glance.obstacle === null
      ? []
      : [`What earlier runs read is not known, so all was read: ${glance.obstacle}`];
    return { report, remarks };
  } finally {
    await glance.close();
  }
}

/** The embedded store is brought up to date by itself, as the monitor does it. */
async function openedStore(settings: Settings, host: CommandHost, clock: Clock): Promise<Store> {
  const { migrationsFor, openConfiguredStore } = await import("../infrastructure/store/configured_store.ts");
  const { parseDsn } = await import("../infrastructure/config/dsn.ts");
  const embedded = (path: string) => host.embedded(path);
  const { dsn } = settings.database;
  if (dsn !== null && parseDsn(dsn)?.kind === "sqlite") {
    const { known, target } = migrationsFor(settings.database, settings.snapshots.retentionDays, embedded, clock);
    try {
      await migrate(known, target);
    } finally {
      await target.close();
    }
  }
  return await openConfiguredStore(settings.database, embedded, clock);
}

/** What is older first, so that the API's day goes on where the statements end. */
async function ibSources(
  request: BackfillRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
): Promise<{ readonly sources: readonly BackfillSource[]; readonly notes: readonly string[] }> {
  const notes = request.market === null ? [] : ["IB's history knows no markets: --market is for Futu."];
  const isDemo = request.simulator !== null;
  const statements = isDemo ? { sources: [], notes: [] } : await statementSources(settings, host, clock);
  const sources: BackfillSource[] = [...statements.sources];
  if (settings.ibkr.enabled) {
    const { PastExecutions } = await import("../infrastructure/ibkr/past_executions.ts");
    const continues = statements.sources.map(({ dataType }) => dataType);
    const network = tcpNetwork();
    sources.push(new PastExecutions({ settings: settings.ibkr, network, clock, log, continues, simulated: isDemo }));
  } else {
    notes.push("IB's API is not asked: ibkr.enabled is false.");
  }
  return { sources, notes: [...statements.notes, ...notes] };
}

async function statementSources({ flex }: Settings, host: CommandHost, clock: Clock) {
  const { FlexFiles } = await import("../infrastructure/ibkr/flex/flex_files.ts");
  const sources: BackfillSource[] = [new FlexFiles(flex.folder, host.signal)];
  const notes: string[] = [];
  if (flex.token === null || flex.queryId === null) {
    const missing = flex.token === null ? "flex.token (APEX_FLEX__TOKEN)" : "flex.query_id";
    notes.push(`IB's Flex web service is not asked: ${missing} is not set.`);
  } else {
    const { FlexWeb } = await import("../infrastructure/ibkr/flex/flex_web.ts");
    const { FlexWebService } = await import("../infrastructure/ibkr/flex/web_service.ts");
    const service = new FlexWebService({ url: flex.url, token: flex.token, fetch, clock });
    sources.push(new FlexWeb({ service, queryId: flex.queryId, folder: `${flex.folder}/download` }));
  }
  return { sources, notes };
}

async function progressView(request: BackfillRequest, settings: Settings, clock: Clock) {
  const { backfillProgress } = await import("../presentation/cli/backfill_progress.ts");
  const encoder = new TextEncoder();
  return backfillProgress({
    clock,
    glyphs: settings.dashboard.glyphs,
    draws: request.progress,
    terminal: {
      write(text) {
        try {
          for (let bytes = encoder.encode(text); bytes.length > 0;) {
            bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
          }
        } catch (fault) {
          // Nobody reads how it goes; the work goes on.
          if (!(fault instanceof Deno.errors.BrokenPipe)) throw fault;
        }
      },
      columns: () => Deno.consoleSize().columns || 80,
    },
  });
}

/** The days that were asked for, as time; null: none were. */
function askedSpan({ from, to, days, now }: BackfillRange): Span | null {
  if (from === null && to === null) return null;
  const last = to === null ? brokerDay(now) : dayNumber(to);
  const first = from === null ? last + 1 - days : dayNumber(from);
  return { from: dayStart(first), to: dayStart(last + 1) };
}
