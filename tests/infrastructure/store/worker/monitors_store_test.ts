import assert from "node:assert/strict";
import { openMonitorsStore } from "../../../../src/infrastructure/store/worker/monitors_store.ts";
import { projectText } from "../../../support/source_tree.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";

Deno.test("the store's worker makes the store one of its kind of book, and opens none of the other kind", async () => {
  const folder = await Deno.makeTempDir();
  const open = (book: "real" | "simulated") => {
    const settings = {
      dsn: `sqlite:${folder}/data/apex.db`,
      minPoolSize: 1,
      maxPoolSize: 1,
      commandTimeoutSec: 60,
      spoolMaxBytes: 1e6,
    };
    return openMonitorsStore({ settings, autoMigrate: false, book }, projectText, new VirtualClock());
  };
  const { store } = await open("real");
  assert.equal(await store.storedBook(), "real");
  await store.close();
  await assert.rejects(open("simulated"), { name: "StoreFault", kind: "refused" });
  await (await open("real")).store.close();
  await Deno.remove(folder, { recursive: true });
});
