/** Opens what the store's worker keeps. Nothing more of the program is loaded there. */
import type { Clock } from "../../../application/ports/clock.ts";
import { parseDsn } from "../../config/dsn.ts";
import { openForMonitor } from "../configured_store.ts";
import { keptFile } from "./kept_file.ts";
import type { StoreWork } from "./messages.ts";
import type { OpenedStore } from "./store_server.ts";

/** @throws {StoreFault} when it cannot be used */
export async function openMonitorsStore(
  { settings, autoMigrate, retentionDays }: StoreWork,
  embedded: (path: string) => string,
  clock: Clock,
): Promise<OpenedStore> {
  const opened = await openForMonitor(settings, embedded, clock, { autoMigrate, retentionDays });
  const parsed = settings.dsn === null ? null : parseDsn(settings.dsn);
  return parsed?.kind === "sqlite" ? { ...opened, isInPlace: keptFile(parsed.file) } : opened;
}
