/** A process of its own that writes executions into a file: `writer_process.ts FILE ACCOUNT COUNT`; a line for each that is stored. */
import { migrationsOf } from "../../../src/infrastructure/store/migration_files.ts";
import { openSqliteStore } from "../../../src/infrastructure/store/sqlite/store.ts";
import { projectText } from "../../support/source_tree.ts";
import { breach, execution, NOW } from "../../support/stored_history.ts";

if (import.meta.main) {
  const [file, account, count] = Deno.args;
  const store = await openSqliteStore(file!, migrationsOf("sqlite", projectText));
  for (let at = 0; at < Number(count); at++) {
    await store.write({
      executions: [execution(`${account}.e${at}.01`, { account: account!, executedAt: NOW + at })],
      breaches: [breach("opened", NOW + at, { account: account! })],
    });
    // Past the buffers of this process, which may be killed.
    Deno.stdout.writeSync(new TextEncoder().encode(`${at}\n`));
  }
  await store.close();
}
