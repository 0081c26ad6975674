/**
 * A process of its own that records fills for as long as it lives: `recording_process.ts FOLDER FROM`. Prints a line with how
 * many wait on the disk, each time that there are more.
 */
import { HistoryWriter } from "../../../../src/application/history_writer.ts";
import type { StoreBatch } from "../../../../src/application/ports/store.ts";
import { migrationsOf } from "../../../../src/infrastructure/store/migration_files.ts";
import { FileSpool } from "../../../../src/infrastructure/store/spool/file_spool.ts";
import { openSqliteStore } from "../../../../src/infrastructure/store/sqlite/store.ts";
import { systemClock } from "../../../../src/infrastructure/system_clock.ts";
import { projectText } from "../../../support/source_tree.ts";
import { execution, NOW } from "../../../support/stored_history.ts";

const SILENT = { write() {} };

/** The writer of what waits in `folder`, and its spool. */
export async function historyIn(folder: string, written: (batch: StoreBatch) => void = () => {}) {
  const store = await openSqliteStore(`${folder}/apex.db`, migrationsOf("sqlite", projectText), 20);
  const told = {
    description: store.description,
    write: async (batch: StoreBatch) => {
      await store.write(batch);
      written(batch);
    },
    close: () => store.close(),
  };
  const spool = new FileSpool({ folder: `${folder}/spool`, database: store.description, maxBytes: 1e7, log: SILENT });
  const writer = new HistoryWriter({ store: told, spool, clock: systemClock(), log: SILENT, writeLimitMs: 60_000 });
  return { writer, spool, store };
}

export function fill(at: number): StoreBatch {
  return { executions: [execution(`e${at}.01`, { executedAt: NOW + at })] };
}

if (import.meta.main) {
  const [folder, from] = Deno.args;
  const { writer, spool } = await historyIn(folder!);
  let most = -1;
  for (let at = Number(from);; at++) {
    writer.record(fill(at));
    const { batches } = await spool.size();
    if (batches > most) Deno.stdout.writeSync(new TextEncoder().encode(`${batches}\n`));
    most = Math.max(most, batches);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
