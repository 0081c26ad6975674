/** `apex scenario`: moves of the market on the broker's book, or on the last stored one. */
import type { Conclusion, ScenarioRequest } from "../application/command.ts";
import type { Clock } from "../application/ports/clock.ts";
import type { CommandHost } from "../application/ports/host.ts";
import { gridWanted } from "../application/scenario_choice.ts";
import type { Settings } from "../application/settings.ts";
import { scenarioGrid } from "../domain/risk/scenario_grid.ts";
import type { RiskSnapshot } from "../domain/risk/snapshot.ts";
import type { EpochMs } from "../domain/time.ts";
import type { FileLog } from "../infrastructure/telemetry/log.ts";
import { print } from "./print.ts";
import { printBook } from "./printed_book.ts";

export async function scenario(
  request: ScenarioRequest,
  settings: Settings,
  host: CommandHost,
  clock: Clock,
  log: FileLog,
  clockShifted: boolean,
): Promise<Conclusion> {
  if (!request.stored) {
    return await printBook(request, settings, host, clock, log, clockShifted, (taken, known, width) => {
      return scenarioText(request, settings, taken, known, width, null);
    });
  }
  const taken = await storedSnapshot(settings, host, clock);
  // What is stored was published: its sums are unknown where its book was.
  const known = taken.positions.length > 0 || taken.portfolio.grossMarketValue !== null;
  await print(await scenarioText(request, settings, taken, known, request.width, clock.now()));
  return "done";
}

async function scenarioText(
  request: ScenarioRequest,
  settings: Settings,
  snapshot: RiskSnapshot,
  bookKnown: boolean,
  width: number | null,
  storedSeenAt: EpochMs | null,
): Promise<string> {
  const { historyLook } = await import("../presentation/cli/history/look.ts");
  const { scenarioCsv, scenarioJson, scenarioTable } = await import("../presentation/cli/scenario_report.ts");
  const wanted = gridWanted(request, snapshot, settings.risk.shocks, bookKnown);
  const grid = scenarioGrid(snapshot, wanted);
  const report = { snapshot, wanted, grid, symbol: request.symbol, byName: request.byName, storedSeenAt };
  switch (request.output) {
    case "table":
      return scenarioTable(report, historyLook({ width }, settings));
    case "csv":
      return await scenarioCsv(report);
    case "json":
      return scenarioJson(report, request.watch === null ? 2 : null);
  }
}

/** @throws {StoreFault} when the store cannot be read or has no snapshot of this version */
async function storedSnapshot(settings: Settings, host: CommandHost, clock: Clock): Promise<RiskSnapshot> {
  const { lastStoredSnapshot } = await import("../application/stored_snapshot.ts");
  const { openConfiguredStore } = await import("../infrastructure/store/configured_store.ts");
  const { snapshotSchema } = await import("../presentation/snapshot_schema.ts");
  const store = await openConfiguredStore(settings.database, (path) => host.embedded(path), clock);
  try {
    return await lastStoredSnapshot(
      { description: store.description, lastRisk: (since) => store.lastRisk(since) },
      (document) => snapshotSchema.safeParse(document).data ?? null,
    );
  } finally {
    await store.close();
  }
}
