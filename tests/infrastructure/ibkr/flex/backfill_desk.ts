/** A backfill from Flex statements into a real SQLite file, in a folder of its own. */
import { knownIn } from "../../../../src/application/backfill/known_history.ts";
import { brokerDay, dayStart } from "../../../../src/application/backfill/coverage.ts";
import type { BackfillReport } from "../../../../src/application/backfill/report.ts";
import { runBackfill } from "../../../../src/application/backfill/run.ts";
import type { BackfillRange, BackfillSource } from "../../../../src/application/backfill/source.ts";
import { migrate } from "../../../../src/application/migrations.ts";
import type { Store } from "../../../../src/application/ports/store.ts";
import { dayNumber } from "../../../../src/domain/calendar/date.ts";
import { migrationsOf } from "../../../../src/infrastructure/store/migration_files.ts";
import { SqliteMigrations } from "../../../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../../../src/infrastructure/store/sqlite/store.ts";
import { hurriedClock } from "../../../support/backfill_desk.ts";
import { projectText } from "../../../support/source_tree.ts";

export const NOW = Date.UTC(2026, 10, 30, 15, 30);
const MIGRATIONS = migrationsOf("sqlite", projectText);

export interface Desk {
  readonly folder: string;
  readonly store: Store;
  run(sources: readonly BackfillSource[], options?: RunOptions): Promise<BackfillReport>;
  /** Ids of the stored executions that count, in order. */
  execIds(): Promise<string[]>;
}

export type RunOptions = Partial<BackfillRange> & { readonly account?: string | null; readonly dryRun?: boolean };

export async function onDesk(body: (desk: Desk) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await migrate(MIGRATIONS, new SqliteMigrations(`${folder}/apex.db`));
  const store = await openSqliteStore(`${folder}/apex.db`, MIGRATIONS);
  try {
    await body({
      folder,
      store,
      run: (sources, options = {}) => run(store, sources, options),
      async execIds() {
        const ids: string[] = [];
        for await (const page of store.fills({ account: null, from: 0, to: NOW * 2 })) {
          ids.push(...page.map(({ execution }) => execution.execId));
        }
        return ids.sort();
      },
    });
  } finally {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(store: Store, sources: readonly BackfillSource[], options: RunOptions): Promise<BackfillReport> {
  const { account = null, dryRun = false, ...changes } = options;
  const range: BackfillRange = { from: null, to: null, days: 30, now: NOW, force: false, ...changes };
  const { from, to } = range;
  return await runBackfill({
    sources,
    store: dryRun ? null : store,
    known: knownIn(store, account),
    storedBook: await store.storedBook(),
    account,
    range,
    asked: from === null && to === null ? null : {
      from: from === null ? 0 : dayStart(dayNumber(from)),
      to: dayStart(to === null ? brokerDay(NOW) + 1 : dayNumber(to) + 1),
    },
    clock: hurriedClock(NOW),
    log: { write() {} },
    listener: { onProgress() {}, onWindow() {}, onAccounts() {} },
    signal: new AbortController().signal,
  });
}
