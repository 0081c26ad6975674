/** `apex migrate` and `apex db`: the store's tables and its file. */
import type { Conclusion, DbRequest, MigrateRequest } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import type { Settings } from "../application/settings.ts";
import { print } from "./print.ts";

export async function migrateDatabase(
  request: MigrateRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
): Promise<Conclusion> {
  const { migrationsFor } = await import("../infrastructure/store/configured_store.ts");
  const { fittedText } = await import("../presentation/cli/fitted_text.ts");
  const { migrationReport } = await import("../presentation/cli/migration_report.ts");
  const migrations = migrationsFor(
    settings.database,
    settings.snapshots.retentionDays,
    (path) => host.embedded(path),
    clock,
  );
  try {
    const text = await migrationReport(request, migrations.known, migrations.target, migrations.extension);
    await print(fittedText(text, request.width ?? null));
  } finally {
    await migrations.target.close();
  }
  return "done";
}

export async function careForStore(
  request: DbRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
): Promise<Conclusion> {
  const { embeddedStoreCare, openSnapshotCare } = await import("../infrastructure/store/configured_store.ts");
  const { fittedText } = await import("../presentation/cli/fitted_text.ts");
  const { pruneReport, storeCareReport } = await import("../presentation/cli/store_care_report.ts");
  const width = request.width ?? null;
  if (request.action === "prune") {
    const { keepDays, dryRun } = request;
    const care = await openSnapshotCare(settings.database, (path) => host.embedded(path), clock, dryRun);
    const wanted = { keepDays: keepDays ?? settings.snapshots.retentionDays, dryRun };
    await print(fittedText(await pruneReport(wanted, care, clock), width));
    return "done";
  }
  const care = embeddedStoreCare(settings.database, (path) => host.embedded(path));
  await print(fittedText(await storeCareReport(request, care), width));
  return "done";
}
