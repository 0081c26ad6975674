/** Moves a damaged file out of the way. It may hold what can still be read, so it is never deleted. */
import type { Clock } from "../../../application/ports/clock.ts";
import { StoreFault } from "../../../application/ports/store.ts";
import { sqliteFault } from "./faults.ts";

const OWNER_ONLY = 0o600;
/** Names tried within one second. */
const MOST_NAMES = 100;

/**
 * Renames the file to `FILE.damaged-20261120T153000Z` (`…-2` when that is taken) with what SQLite laid beside it, readable by
 * its owner alone, and gives the new name.
 *
 * @throws {StoreFault} when the folder does not allow it
 */
export function setDamagedAside(file: string, clock: Pick<Clock, "now">): string {
  try {
    const name = reserved(`${file}.damaged-${stamp(clock.now())}`);
    // The log before its database: left beside a new one it would be laid over that.
    for (const part of ["-wal", "-shm", "-journal"]) moveIfThere(`${file}${part}`, `${name}${part}`);
    Deno.renameSync(file, name);
    Deno.chmodSync(name, OWNER_ONLY);
    return name;
  } catch (fault) {
    throw fault instanceof StoreFault ? fault : sqliteFault(`Cannot move the damaged store ${file} aside`, fault);
  }
}

/** Takes the first free name by making a file of it, which the renaming then replaces: nobody else's is ever replaced. */
function reserved(wanted: string): string {
  for (let number = 1; number <= MOST_NAMES; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      Deno.openSync(name, { write: true, createNew: true, mode: OWNER_ONLY }).close();
      return name;
    } catch (fault) {
      if (!(fault instanceof Deno.errors.AlreadyExists)) throw fault;
    }
  }
  throw new StoreFault("rejected", `Cannot move the damaged store aside: ${wanted} and all names like it are taken`);
}

function moveIfThere(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
    Deno.chmodSync(to, OWNER_ONLY);
  } catch (fault) {
    if (!(fault instanceof Deno.errors.NotFound)) throw fault;
  }
}

/** `20261120T153000Z` */
function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
