import { migrate } from "../../../src/application/migrations.ts";
import { migrationsOf } from "../../../src/infrastructure/store/migration_files.ts";
import { SqliteMigrations } from "../../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../../src/infrastructure/store/sqlite/store.ts";
import { storeSuite } from "../../contract/store_suite.ts";
import { projectText } from "../../support/source_tree.ts";

const MIGRATIONS = migrationsOf("sqlite", projectText);

storeSuite("SQLite", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/data/apex.db`;
  await migrate(MIGRATIONS, new SqliteMigrations(file));
  const store = await openSqliteStore(file, MIGRATIONS);
  return {
    store,
    another: () => openSqliteStore(file, MIGRATIONS),
    async remove() {
      await store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});
