/** Opens what the store's worker keeps. Nothing more of the program is loaded there. */
import type { Clock } from "../../../application/ports/clock.ts";
import { openForMonitor } from "../configured_store.ts";
import type { StoreWork } from "./messages.ts";
import type { OpenedStore } from "./store_server.ts";

/** @throws {StoreFault} when it cannot be used */
export async function openMonitorsStore(
  { settings, autoMigrate, retentionDays }: StoreWork,
  embedded: (path: string) => string,
  clock: Clock,
): Promise<OpenedStore> {
  return await openForMonitor(settings, embedded, clock, { autoMigrate, retentionDays });
}
