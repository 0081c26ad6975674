/** The one place, with the folder of the same name, that knows every adapter. */
import type { CommandRequest, CommandWork, Conclusion } from "./application/command.ts";
import { demoTime } from "./application/demo_time.ts";
import type { Clock } from "./application/ports/clock.ts";
import type { CommandHost } from "./application/ports/host.ts";
import type { Settings } from "./application/settings.ts";
import { dsnPasswords } from "./infrastructure/config/dsn.ts";
import { webhookSecrets } from "./infrastructure/notify/webhook_secrets.ts";
import { systemClock } from "./infrastructure/system_clock.ts";
import { FileLog } from "./infrastructure/telemetry/log.ts";
import { type LogDisk, logDisk } from "./infrastructure/telemetry/log_disk.ts";

/** Composes what the command needs, runs it to its end, and takes it apart again. */
export async function runCommand(work: CommandWork, host: CommandHost): Promise<Conclusion> {
  const { request, settings, notes } = work;
  const started = Date.now();
  const now = request.now ?? (settings.env === "demo" ? demoTime(started) : null);
  const clock = systemClock(now === null ? 0 : now - started);
  const log = openLog(settings, clock, writesNothing(request) ? NO_DISK : logDisk);
  for (const note of notes) log.write("WARN", "SYSTEM", note);
  log.write("INFO", "SYSTEM", `Started ${request.command}`, { env: settings.env, clockShifted: now !== null });
  try {
    switch (request.command) {
      case "watch": {
        const { watch } = await import("./compose/watch.ts");
        return await watch(request, settings, host, clock, log, now !== null);
      }
      case "snapshot": {
        const { snapshot } = await import("./compose/snapshot.ts");
        return await snapshot(request, settings, host, clock, log, now !== null);
      }
      case "scenario": {
        const { scenario } = await import("./compose/shocked_book.ts");
        return await scenario(request, settings, host, clock, log, now !== null);
      }
      case "simulate": {
        const { simulate } = await import("./compose/simulate.ts");
        return await simulate(request, settings, host, clock, log);
      }
      case "migrate": {
        const { migrateDatabase } = await import("./compose/database.ts");
        return await migrateDatabase(request, settings, host, clock);
      }
      case "db": {
        const { careForStore } = await import("./compose/database.ts");
        return await careForStore(request, settings, host, clock);
      }
      case "backfill": {
        const { backfill } = await import("./compose/backfill.ts");
        return await backfill(request, settings, host, clock, log);
      }
      case "doctor": {
        const { doctor } = await import("./compose/doctor.ts");
        return await doctor(request, settings, host, clock, log);
      }
      case "history": {
        const { history } = await import("./compose/history.ts");
        return await history(request, settings, host, clock);
      }
      case "status":
      case "positions":
      case "breaches": {
        const { askRunningMonitor } = await import("./compose/ask_monitor.ts");
        return await askRunningMonitor(request, settings, host, clock);
      }
    }
  } finally {
    log.write("INFO", "SYSTEM", `Stopped ${request.command}`);
    log.close();
  }
}

/** A dry run leaves no trace, not even in the log; the log of a monitor that is only asked is its own. */
function writesNothing(request: CommandRequest): boolean {
  if (request.command === "backfill") return request.dryRun;
  if (request.command === "doctor") return true;
  return request.command === "status" || request.command === "positions" || request.command === "breaches";
}

const NO_DISK: LogDisk = { size: () => 0, append() {}, rename() {}, remove() {}, makeFolderOf() {} };

function openLog(settings: Settings, clock: Clock, disk: LogDisk): FileLog {
  const { level, file, maxBytes, keepFiles, showAccounts } = settings.logging;
  const log = new FileLog({ level, file, maxBytes, keepFiles, showAccounts }, clock, disk);
  log.addAccounts(settings.ibkr.accounts);
  if (settings.database.dsn !== null) log.addSecrets(dsnPasswords(settings.database.dsn));
  if (settings.flex.token !== null) log.addSecrets([settings.flex.token]);
  if (settings.alerts.webhook !== null) log.addSecrets(webhookSecrets(settings.alerts.webhook));
  return log;
}
