import assert from "node:assert/strict";
import { knownFrom, knownIn } from "../../../src/application/backfill/known_history.ts";
import { MemoryStore } from "../../support/backfill_desk.ts";
import { syncState, syncWindow } from "../../support/stored_history.ts";

Deno.test("what is known of one broker, account, market or kind of rows says nothing of another, read from a store or from a look at it", async () => {
  const store = new MemoryStore();
  const keys = [
    { broker: "IB", account: "1", dataType: "orders", market: "ALL" },
    { broker: "FUTU", account: "1", dataType: "orders", market: "US" },
    { broker: "FUTU", account: "1", dataType: "orders", market: "HK" },
    { broker: "FUTU", account: "1", dataType: "deals", market: "US" },
    { broker: "FUTU", account: "2", dataType: "orders", market: "US" },
  ] as const;
  const syncStates = keys.map((key, at) => syncState({ ...key, watermark: 1_000 + at }));
  const syncWindows = keys.map((key, at) => syncWindow(at, { ...key, to: at + 1 }));
  await store.write({ syncStates, syncWindows });
  for (const known of [knownIn(store, null), knownFrom({ states: syncStates, windows: syncWindows }, null)]) {
    for (const [at, key] of keys.entries()) {
      assert.deepEqual((await known.windows(key.account, key.dataType, key)).map(({ from }) => from), [at]);
      assert.equal((await known.state(key.account, key.dataType, key))?.watermark, 1_000 + at);
    }
    assert.deepEqual((await known.windows("1", "orders")).map(({ from }) => from), [0], "IB's unless told otherwise");
    assert.equal((await known.state("1", "orders"))?.watermark, 1_000);
    assert.equal(await known.state("1", "deals"), null);
  }
});
