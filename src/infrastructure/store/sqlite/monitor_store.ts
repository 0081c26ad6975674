/** The embedded store for a monitor that is to run unattended: it migrates by itself, and a damaged file does not stop it. */
import { migrate, type Migration, migrationStatus } from "../../../application/migrations.ts";
import type { Clock } from "../../../application/ports/clock.ts";
import { type Store, StoreFault } from "../../../application/ports/store.ts";
import { LOCK_WAIT_MS } from "./connection.ts";
import { SqliteMigrations } from "./migrations.ts";
import { requireSound } from "./quick_check.ts";
import { setDamagedAside } from "./set_aside.ts";
import { openSqliteStore } from "./store.ts";

export interface OpenedStore {
  readonly store: Store;
  /** What whoever runs the monitor must know; empty when all is well. */
  readonly notes: readonly string[];
}

/**
 * Opens the file, making or migrating it as needed. A damaged one is set aside and a new one is begun, which the notes say.
 *
 * @throws {StoreFault} when it is locked, cannot be written, the disk is full, or it is newer than the program; it stays as it was
 */
export async function openSqliteForMonitor(
  file: string,
  migrations: readonly Migration[],
  clock: Pick<Clock, "now">,
  lockWaitMs = LOCK_WAIT_MS,
): Promise<OpenedStore> {
  const judged = inodeOf(file);
  try {
    return { store: await openSound(file, migrations, lockWaitMs), notes: [] };
  } catch (fault) {
    if (!(fault instanceof StoreFault) || fault.kind !== "damaged") throw fault;
    // Another program may have set the same file aside meanwhile; what is there now is its new one.
    const notes = inodeOf(file) === judged ? [setAside(file, clock, fault)] : [];
    return { store: await openSound(file, migrations, lockWaitMs), notes };
  }
}

async function openSound(file: string, migrations: readonly Migration[], lockWaitMs: number): Promise<Store> {
  requireSound(file, lockWaitMs);
  const target = new SqliteMigrations(file, lockWaitMs);
  // Without need nobody's lock is waited for.
  if ((await migrationStatus(migrations, target)).pending.length > 0) await migrate(migrations, target);
  return await openSqliteStore(file, migrations, lockWaitMs);
}

function setAside(file: string, clock: Pick<Clock, "now">, { message }: StoreFault): string {
  const name = setDamagedAside(file, clock);
  return `${message}. It was moved aside to ${name}, unchanged, and a new store begun in its place; ` +
    `to go back, stop the monitor and put a backup in the place of ${file}`;
}

/** Null when there is no such file. */
function inodeOf(file: string): number | null {
  try {
    return Deno.statSync(file).ino;
  } catch (fault) {
    if (fault instanceof Deno.errors.NotFound) return null;
    throw fault;
  }
}
