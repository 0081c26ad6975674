import { DatabaseSync } from "node:sqlite";
import { migrate } from "../../../src/application/migrations.ts";
import { migrationsOf } from "../../../src/infrastructure/store/migration_files.ts";
import { SqliteMigrations } from "../../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../../src/infrastructure/store/sqlite/store.ts";
import { viewsSuite } from "../../contract/views_suite.ts";
import { projectText } from "../../support/source_tree.ts";

const MIGRATIONS = migrationsOf("sqlite", projectText);

viewsSuite("SQLite", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/apex.db`;
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const store = await openSqliteStore(file, MIGRATIONS);
  const reader = new DatabaseSync(file, { readOnly: true });
  return {
    store,
    query: (sql) => Promise.resolve(reader.prepare(sql).all().map((row) => ({ ...row }))),
    async remove() {
      reader.close();
      await store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});
