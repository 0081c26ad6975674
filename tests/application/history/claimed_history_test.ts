import assert from "node:assert/strict";
import { ClaimedHistory, ClaimingStore } from "../../../src/application/history/claimed_history.ts";
import { type StoreBatch, StoreFault } from "../../../src/application/ports/store.ts";
import type { StoredBook } from "../../../src/application/ports/store_records.ts";
import { execution } from "../../support/stored_history.ts";
import { MemoryLog } from "../../support/world.ts";

const batch = (execId: string): StoreBatch => ({ executions: [execution(execId)] });

function opened() {
  const log = new MemoryLog();
  const openedFor: StoredBook[] = [];
  const written: StoreBatch[] = [];
  const refusals: ((reason: string) => void)[] = [];
  const history = new ClaimedHistory({
    log,
    open(book, refused) {
      openedFor.push(book);
      refusals.push(refused);
      return {
        record: (each) => void written.push(each),
        health: () => ({ status: "up", detail: "SQLite data/apex.db" }),
        close: () => Promise.resolve(),
      };
    },
  });
  return { history, log, openedFor, written, refuse: (reason: string) => refusals[0]!(reason) };
}

Deno.test("nothing reaches a writer before it is known whose book it is; then what waited comes first", () => {
  const { history, written, openedFor } = opened();
  history.record(batch("a.01"));
  assert.deepEqual([openedFor, written], [[], []]);
  assert.deepEqual(history.health(), { status: "up", detail: "waits for the book" });
  history.claim("simulated");
  history.claim("simulated");
  history.record(batch("b.01"));
  assert.deepEqual(openedFor, ["simulated"]);
  assert.deepEqual(written, [batch("a.01"), batch("b.01")]);
  assert.equal(history.health().detail, "SQLite data/apex.db");
});

Deno.test("a store that could not be read at the start is not said to be well before something was written", () => {
  const { history } = opened();
  history.couldNotRead("PostgreSQL h/risk took too long to read");
  assert.deepEqual(history.health(), {
    status: "degraded",
    detail: "waits for the book; at the start: PostgreSQL h/risk took too long to read",
  });
  history.claim("real");
  assert.deepEqual(history.health(), { status: "up", detail: "SQLite data/apex.db" });
});

Deno.test("refused, it takes nothing more, says why in its health, and logs it once", () => {
  const { history, log, written, refuse } = opened();
  history.claim("simulated");
  refuse("the store holds a real book");
  refuse("the store holds a real book");
  history.record(batch("a.01"));
  assert.deepEqual(written, []);
  assert.deepEqual(history.health(), { status: "off", detail: "the store holds a real book" });
  assert.deepEqual(log.lines.map(({ level, message }) => [level, message]), [
    ["WARN", "No history is kept: the store holds a real book"],
  ]);
});

/** A store that can be made to fail. */
class OneStore {
  readonly description = "a store";
  kept: StoredBook | null = null;
  fault: StoreFault | null = null;
  claims = 0;
  readonly written: StoreBatch[] = [];

  claim(book: StoredBook): Promise<void> {
    this.claims++;
    if (this.fault !== null) return Promise.reject(this.fault);
    if (this.kept !== null && this.kept !== book) {
      return Promise.reject(new StoreFault("refused", `it holds that of a ${this.kept} one`));
    }
    this.kept = book;
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  storedBook(): Promise<StoredBook | null> {
    return this.fault === null ? Promise.resolve(this.kept) : Promise.reject(this.fault);
  }
  write(batch: StoreBatch): Promise<void> {
    this.written.push(batch);
    return Promise.resolve();
  }
}

Deno.test("the first write claims the store, and only the first", async () => {
  const store = new OneStore();
  const claiming = new ClaimingStore(store, "simulated", assert.fail);
  await claiming.write(batch("a.01"));
  await claiming.write(batch("b.01"));
  assert.deepEqual([store.kept, store.claims, store.written.length], ["simulated", 1, 2]);
});

Deno.test("nothing is written into a store that keeps the other kind of book", async () => {
  const store = new OneStore();
  store.kept = "real";
  const reasons: string[] = [];
  const claiming = new ClaimingStore(store, "simulated", (reason) => reasons.push(reason));
  await assert.rejects(claiming.write(batch("a.01")), /real/);
  assert.deepEqual(reasons, ["it holds that of a real one"]);
  assert.deepEqual(store.written, []);
});

Deno.test("a store that is away is claimed by a later write; a login that is refused is no verdict on the book", async () => {
  for (const kind of ["away", "refused"] as const) {
    const store = new OneStore();
    store.fault = new StoreFault(kind, "cannot be reached");
    const claiming = new ClaimingStore(store, "real", assert.fail);
    await assert.rejects(claiming.write(batch("a.01")), StoreFault);
    store.fault = null;
    await claiming.write(batch("a.01"));
    assert.deepEqual([store.kept, store.written.length], ["real", 1]);
  }
});
