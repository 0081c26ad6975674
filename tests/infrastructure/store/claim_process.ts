/** A process of its own that claims a file: `claim_process.ts FILE BOOK`; says how that ended. */
import { StoreFault } from "../../../src/application/ports/store.ts";
import { migrationsOf } from "../../../src/infrastructure/store/migration_files.ts";
import { openSqliteStore } from "../../../src/infrastructure/store/sqlite/store.ts";
import { projectText } from "../../support/source_tree.ts";

if (import.meta.main) {
  const [file, book] = Deno.args;
  const store = await openSqliteStore(file!, migrationsOf("sqlite", projectText));
  try {
    await store.claim(book === "real" ? "real" : "simulated");
    console.log("claimed");
  } catch (fault) {
    console.log(fault instanceof StoreFault ? fault.kind : String(fault));
  } finally {
    await store.close();
  }
}
