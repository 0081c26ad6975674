/** Opens what the store's worker keeps. Nothing more of the program is loaded there. */
import type { Clock } from "../../../application/ports/clock.ts";
import { openForMonitor } from "../configured_store.ts";
import type { StoreWork } from "./messages.ts";
import type { OpenedStore } from "./store_server.ts";

/** @throws {StoreFault} when it cannot be used; of kind `refused` when it keeps another kind of book */
export async function openMonitorsStore(
  { settings, autoMigrate, book }: StoreWork,
  embedded: (path: string) => string,
  clock: Clock,
): Promise<OpenedStore> {
  const opened = await openForMonitor(settings, embedded, clock, { autoMigrate });
  try {
    await opened.store.claim(book);
    return opened;
  } catch (fault) {
    await opened.store.close();
    throw fault;
  }
}
