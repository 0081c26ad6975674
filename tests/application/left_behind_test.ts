import assert from "node:assert/strict";
import { writeLeftBehind } from "../../src/application/left_behind.ts";
import { type StoreBatch, StoreFault } from "../../src/application/ports/store.ts";
import { MemorySpool } from "../support/memory_spool.ts";
import { execution } from "../support/stored_history.ts";

const BATCHES: readonly StoreBatch[] = ["a.01", "b.01", "c.01"].map((id) => ({ executions: [execution(id)] }));

Deno.test("what an earlier run left is written in its order, into a store that is claimed first", async () => {
  const { spool, store, done } = await left();
  assert.equal(await writeLeftBehind(spool, store, "real", () => false), 3);
  assert.deepEqual(done, ["real", ...BATCHES]);
  assert.equal(spool.waiting.length, 0);
});

Deno.test("a store is not claimed for what is not there", async () => {
  const { store, done } = await left();
  assert.equal(await writeLeftBehind(new MemorySpool(), store, "real", () => false), 0);
  assert.deepEqual(done, []);
});

Deno.test("what the store does not take waits on, and so does all behind it", async () => {
  const { spool, store, done } = await left(new StoreFault("rejected", "Cannot store a row", null));
  await assert.rejects(writeLeftBehind(spool, store, "real", () => false), { kind: "rejected" });
  assert.deepEqual(done, ["real", BATCHES[0]]);
  assert.deepEqual(spool.waiting.map(({ batch }) => batch), BATCHES.slice(1));
});

Deno.test("when the time is over the rest waits on", async () => {
  const { spool, store, done } = await left();
  assert.equal(await writeLeftBehind(spool, store, "real", () => done.length > 2), 2);
  assert.deepEqual(spool.waiting.map(({ batch }) => batch), BATCHES.slice(2));
});

/** @param fault of the second batch */
async function left(fault: StoreFault | null = null) {
  const spool = new MemorySpool();
  for (const batch of BATCHES) await spool.append(batch);
  const done: unknown[] = [];
  const take = (what: unknown) => {
    if (what === BATCHES[1] && fault !== null) return Promise.reject(fault);
    done.push(what);
    return Promise.resolve();
  };
  return { spool, store: { claim: take, write: take }, done };
}
