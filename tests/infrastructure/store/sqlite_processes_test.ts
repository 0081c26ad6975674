/** What happens to the embedded store's file when processes share it, and when one is killed. */
import assert from "node:assert/strict";
import { migrate, migrationStatus } from "../../../src/application/migrations.ts";
import type { Store } from "../../../src/application/ports/store.ts";
import { migrationsOf } from "../../../src/infrastructure/store/migration_files.ts";
import { SqliteMigrations } from "../../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../../src/infrastructure/store/sqlite/store.ts";
import { projectText } from "../../support/source_tree.ts";
import { NOW } from "../../support/stored_history.ts";

const MIGRATIONS = migrationsOf("sqlite", projectText);
const WRITER = new URL("writer_process.ts", import.meta.url).pathname;
const CLAIMER = new URL("claim_process.ts", import.meta.url).pathname;

Deno.test("two processes on one file each store everything that they wrote", async () => {
  await withFile(async (file) => {
    const writers = [startWriter(file, "DU1", 150), startWriter(file, "DU2", 150)];
    for (const writer of writers) assert.equal((await writer.output()).code, 0);
    const store = await openSqliteStore(file, MIGRATIONS);
    assert.equal((await fills(store)).length, 300);
    await store.close();
  });
});

Deno.test("what was acknowledged is there after kill -9, once, and the file is whole", async () => {
  await withFile(async (file) => {
    for (let round = 0; round < 4; round++) {
      const account = `DU${round}`;
      const writer = startWriter(file, account, 1_000_000);
      const acknowledged = await killAfter(writer, 20 + 17 * round);
      const store = await openSqliteStore(file, MIGRATIONS);
      const stored = (await fills(store)).filter(({ execution }) => execution.account === account);
      // One more may have arrived before its acknowledgement did.
      assert.ok(stored.length >= acknowledged, `${stored.length} of ${acknowledged}`);
      assert.equal(new Set(stored.map(({ execution }) => execution.execId)).size, stored.length);
      const breaches = await store.breaches({ account, from: 0, to: NOW * 2 });
      assert.equal(breaches.length, stored.length, "a batch was stored in part");
      await store.close();
    }
  });
});

Deno.test("two programs that migrate one file at once run each migration once", async () => {
  const folder = await Deno.makeTempDir();
  const targets = [0, 1].map(() => new SqliteMigrations(`${folder}/apex.db`));
  const ran = await Promise.all(targets.map((target) => migrate(MIGRATIONS, target)));
  assert.equal(ran.flat().length, MIGRATIONS.length);
  assert.equal((await migrationStatus(MIGRATIONS, targets[0]!)).pending.length, 0);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("of processes that claim one file at once for different kinds of book, those of one kind get it", async () => {
  await withFile(async (file) => {
    const books = ["real", "simulated", "real", "simulated"] as const;
    const ends = await Promise.all(books.map(async (book) => {
      const { stdout } = await start(CLAIMER, file, [book]).output();
      return new TextDecoder().decode(stdout).trim();
    }));
    const store = await openSqliteStore(file, MIGRATIONS);
    const settled = await store.storedBook();
    assert.deepEqual(ends, books.map((book) => book === settled ? "claimed" : "refused"));
    await store.close();
  });
});

async function withFile(body: (file: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/apex.db`;
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  try {
    await body(file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function startWriter(file: string, account: string, count: number): Deno.ChildProcess {
  return start(WRITER, file, [account, String(count)]);
}

function start(program: string, file: string, own: readonly string[]): Deno.ChildProcess {
  const folder = file.slice(0, file.lastIndexOf("/"));
  const args = ["run", "--quiet", "--no-check", "--no-prompt", "--allow-read", `--allow-write=${folder}`, program];
  return new Deno.Command(Deno.execPath(), {
    args: [...args, file, ...own],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Reads `count` acknowledgements, kills the process, and gives the number of those that it had made by then. */
async function killAfter(writer: Deno.ChildProcess, count: number): Promise<number> {
  let acknowledged = 0;
  for await (const text of writer.stdout.pipeThrough(new TextDecoderStream())) {
    acknowledged += text.split("\n").length - 1;
    if (acknowledged >= count) {
      try {
        writer.kill("SIGKILL");
      } catch (fault) {
        // It was killed for an earlier piece already.
        if (!(fault instanceof TypeError)) throw fault;
      }
    }
  }
  await writer.status;
  return acknowledged;
}

async function fills(store: Store) {
  return (await Array.fromAsync(store.fills({ account: null, from: 0, to: NOW * 2 }))).flat();
}
