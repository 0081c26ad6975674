/** The store's worker in trouble: one that breaks, hangs or cannot open its store. */
import assert from "node:assert/strict";
import type { LogLevel } from "../../../../src/application/ports/log.ts";
import { type Store, type StoreBatch, StoreFault } from "../../../../src/application/ports/store.ts";
import type { Fill, StoredBook } from "../../../../src/application/ports/store_records.ts";
import { StoreClient } from "../../../../src/infrastructure/store/worker/store_client.ts";
import { type OpenedStore, serveStore } from "../../../../src/infrastructure/store/worker/store_server.ts";
import { type JoinedIsolates, joinedIsolates } from "../../../support/joined_isolates.ts";
import { execution, NOW } from "../../../support/stored_history.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";

const BATCH: StoreBatch = { executions: [execution("a.01")] };
const LIMIT_MS = 120_000;

Deno.test("the worker is started and its store opened with the first call, and not before", async () => {
  const { client, workers, opened, store } = served();
  assert.equal(workers.length, 0);
  assert.equal(client.description, "SQLite x");
  await client.write(BATCH);
  await client.write(BATCH);
  assert.deepEqual([workers.length, opened.count], [1, 1]);
  assert.deepEqual(store.written, [BATCH, BATCH]);
  assert.equal(client.description, "SQLite data/opened.db");
  await client.close();
  assert.ok(workers[0]!.terminated && store.closed);
});

Deno.test("a fault of the store crosses with its kind and words, and without its cause", async () => {
  const { client, store } = served();
  store.fault = new StoreFault("locked", "Cannot write to it: it is locked", new Error("postgres://u:secret@h"));
  const fault = await client.write(BATCH).catch((thrown) => thrown);
  assert.ok(fault instanceof StoreFault);
  assert.deepEqual([fault.kind, fault.message, fault.cause], ["locked", "Cannot write to it: it is locked", undefined]);
});

Deno.test("an error that is no fault of the store is about the rows", async () => {
  const { client, store } = served();
  store.fault = new TypeError("x is undefined");
  await assert.rejects(client.write(BATCH), { kind: "rejected", message: /x is undefined/ });
});

Deno.test("a value that cannot be copied is rejected, and the next one written", async () => {
  const { client, store } = served();
  await client.write(BATCH);
  const odd = { executions: [execution("a", { raw: (() => "") as unknown as string })] };
  await assert.rejects(client.write(odd), { kind: "rejected" });
  await client.write(BATCH);
  assert.equal(store.written.length, 2);
});

Deno.test("what was noticed on opening reaches the log on this side", async () => {
  const { client, opened, said } = served();
  opened.notes = ["The damaged file was kept aside as data/apex.db.1"];
  await client.write(BATCH);
  assert.equal(said("WARN"), "The damaged file was kept aside as data/apex.db.1");
});

Deno.test("a store that cannot be opened is tried again with a later call, and not more often than every 2 s", async () => {
  const { client, opened, clock } = served();
  opened.fault = new StoreFault("outdated", "Its tables are not this program's; run apex migrate");
  const refused = { kind: "outdated", message: /run apex migrate/ };
  for (let call = 0; call < 5; call++) await assert.rejects(client.write(BATCH), refused);
  assert.equal(opened.count, 1);
  opened.fault = null;
  await clock.advance(2_000);
  await client.write(BATCH);
  assert.equal(opened.count, 2);
});

Deno.test("whatever goes wrong on opening is not taken for the rows' fault", async () => {
  const { client, opened } = served();
  opened.fault = new StoreFault("rejected", "Cannot open it: something SQLite never said before");
  await assert.rejects(client.write(BATCH), { kind: "away", message: /never said before/ });
});

Deno.test("a store that was damaged or replaced meanwhile is opened anew", async () => {
  const { client, opened, store, clock } = served();
  await client.write(BATCH);
  store.fault = new StoreFault("damaged", "It is damaged");
  await clock.advance(5_000);
  await assert.rejects(client.write(BATCH), { kind: "damaged" });
  store.fault = null;
  await client.write(BATCH);
  assert.deepEqual([opened.count, store.closed], [2, true]);
});

Deno.test("a store whose file was taken away is opened anew, and nothing is written where nobody finds it", async () => {
  const { client, opened, store, clock } = served();
  await client.write(BATCH);
  opened.inPlace = false;
  await clock.advance(5_000);
  await assert.rejects(client.write(BATCH), { kind: "away", message: /deleted, moved or replaced/ });
  assert.equal(store.written.length, 1);
  opened.inPlace = true;
  await client.write(BATCH);
  assert.deepEqual([opened.count, store.closed, store.written.length], [2, true, 2]);
});

Deno.test("a store that was claimed is claimed again when it is opened anew, by this worker or the next", async () => {
  const { client, workers, store, clock } = served();
  await client.write(BATCH);
  assert.deepEqual(store.claims, []);
  await client.claim("real");
  store.fault = new StoreFault("damaged", "It is damaged");
  await clock.advance(5_000);
  await assert.rejects(client.write(BATCH), { kind: "damaged" });
  store.fault = null;
  await client.write(BATCH);
  assert.deepEqual(store.claims, ["real", "real"]);
  workers[0]!.fail("broken");
  await clock.advance(1_000);
  await client.write(BATCH);
  assert.deepEqual(store.claims, ["real", "real", "real"]);
});

Deno.test("a worker that breaks fails what it had in hand, and another takes its place after a pause", async () => {
  const { client, workers, store, clock, said } = served();
  await client.write(BATCH);
  store.hang = true;
  const inHand = [client.write(BATCH), client.openBreaches()];
  await clock.advance(0);
  workers[0]!.fail("Uncaught RangeError: too deep");
  for (const call of inHand) {
    await assert.rejects(call, {
      kind: "away",
      message: /worker broke: Uncaught RangeError: too deep; it is started anew/,
    });
  }
  assert.ok(workers[0]!.terminated);
  assert.match(said("WARN"), /too deep/);
  store.hang = false;
  await assert.rejects(client.write(BATCH), { kind: "away", message: /too deep/ });
  await clock.advance(1_000);
  await client.write(BATCH);
  assert.equal(workers.length, 2);
});

Deno.test("the pause doubles while workers go on breaking, up to half a minute", async () => {
  const { client, workers, store, clock } = served();
  store.hang = true;
  const startedAt: number[] = [];
  for (let second = 0; second < 130; second++) {
    const count = workers.length;
    const call = client.write(BATCH).catch(() => {});
    await clock.advance(0);
    if (workers.length > count) {
      startedAt.push(second);
      workers.at(-1)!.fail("broken again");
    }
    await call;
    await clock.advance(1_000);
  }
  assert.deepEqual(startedAt, [0, 1, 3, 7, 15, 31, 61, 91, 121]);
});

Deno.test("a worker that does not answer within the limit is ended, and what waits is told so", async () => {
  const { client, workers, store, clock } = served();
  await client.write(BATCH);
  store.hang = true;
  const write = client.write(BATCH).catch((fault) => fault);
  await clock.advance(1_000);
  const read = client.openBreaches().catch((fault) => fault);
  await clock.advance(LIMIT_MS);
  assert.deepEqual([(await write).kind, (await read).kind], ["timeout", "timeout"]);
  assert.match((await write).message, /has not answered for 120 s and was ended/);
  assert.ok(workers[0]!.terminated);
  store.hang = false;
  // A stuck thread may go on burning a core: another is not started soon.
  await clock.advance(10_000);
  await assert.rejects(client.write(BATCH), { kind: "away" });
  await clock.advance(10_000);
  await client.write(BATCH);
});

Deno.test("the first call may wait longer, for a file to be brought up to date", async () => {
  const { client, opened, clock } = served();
  opened.takesMs = 200_000;
  const write = client.write(BATCH);
  await clock.advance(200_000);
  await write;
});

Deno.test("a worker that cannot be started at all is a store that is away", async () => {
  const clock = new VirtualClock();
  const client = new StoreClient("SQLite x", {
    ...portsOf(clock),
    start: () => {
      throw new Error("Can't escalate parent thread permissions");
    },
  });
  await assert.rejects(client.write(BATCH), { kind: "away", message: /cannot be started: Can't escalate/ });
  await client.close();
});

Deno.test("pages of fills are read only as they are taken", async () => {
  const { client, store, clock } = served();
  const pages = client.fills({ account: null, from: 0, to: NOW * 2 })[Symbol.asyncIterator]();
  await pages.next();
  await clock.advance(1_000);
  assert.equal(store.pages, 1);
  await pages.next();
  assert.equal(store.pages, 2);
  await pages.return?.();
  await clock.advance(0);
  assert.equal(store.endedEarly, true);
});

Deno.test("pages cannot be read on from a worker that was started anew", async () => {
  const { client, workers, clock } = served();
  const pages = client.fills({ account: null, from: 0, to: NOW * 2 })[Symbol.asyncIterator]();
  await pages.next();
  workers[0]!.fail("broken");
  await clock.advance(1_000);
  await assert.rejects(pages.next(), { kind: "away", message: /Cannot read on/ });
});

Deno.test("closing waits for what is being written; what is asked later is rejected", async () => {
  const { client, store, clock } = served();
  const write = client.write(BATCH);
  const closed = client.close();
  await assert.rejects(client.openBreaches(), { kind: "away", message: /it was closed/ });
  await write;
  await closed;
  assert.equal(store.closed, true);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("closing a worker that hangs rejects what waits once its limit is over", async () => {
  const { client, store, clock, workers } = served();
  await client.write(BATCH);
  store.hang = true;
  const write = client.write(BATCH).catch((fault) => fault.kind);
  const closed = client.close().catch((fault) => fault.kind);
  await clock.advance(LIMIT_MS);
  assert.deepEqual([await write, await closed], ["timeout", "timeout"]);
  assert.ok(workers[0]!.terminated);
});

class FakeStore {
  readonly description = "SQLite data/opened.db";
  readonly written: StoreBatch[] = [];
  readonly claims: StoredBook[] = [];
  fault: Error | null = null;
  hang = false;
  closed = false;
  pages = 0;
  endedEarly = false;

  async write(batch: StoreBatch): Promise<void> {
    await this.#trouble();
    this.written.push(batch);
  }

  claim(book: StoredBook): Promise<void> {
    this.claims.push(book);
    return Promise.resolve();
  }

  async openBreaches() {
    await this.#trouble();
    return [];
  }

  async *fills(): AsyncIterable<readonly Fill[]> {
    try {
      for (; this.pages < 10;) {
        this.pages++;
        yield await Promise.resolve([{
          source: "IB" as const,
          execution: execution(`p${this.pages}.01`),
          commission: null,
        }]);
      }
    } finally {
      this.endedEarly = this.pages < 10;
    }
  }

  async close(): Promise<void> {
    if (this.hang) await new Promise(() => {});
    this.closed = true;
  }

  async #trouble(): Promise<void> {
    if (this.hang) await new Promise(() => {});
    if (this.fault !== null) throw this.fault;
  }
}

function portsOf(clock: VirtualClock) {
  const lines: [LogLevel, string][] = [];
  return {
    work: {
      settings: { dsn: "sqlite:x", minPoolSize: 1, maxPoolSize: 1, commandTimeoutSec: 60, spoolMaxBytes: 1e6 },
      autoMigrate: false,
      retentionDays: 30,
    },
    clock,
    log: { write: (level: LogLevel, _category: string, message: string) => void lines.push([level, message]) },
    limitMs: LIMIT_MS,
    said: (level: LogLevel) => lines.filter((line) => line[0] === level).map((line) => line[1]).join("\n"),
  };
}

function served() {
  const clock = new VirtualClock();
  const store = new FakeStore();
  const opened = { count: 0, takesMs: 0, inPlace: true, notes: [] as string[], fault: null as StoreFault | null };
  const open = async (): Promise<OpenedStore> => {
    opened.count++;
    if (opened.takesMs > 0) await new Promise<void>((resolve) => void clock.after(opened.takesMs, resolve));
    if (opened.fault !== null) throw opened.fault;
    return { store: store as unknown as Store, notes: opened.notes, isInPlace: () => opened.inPlace };
  };
  const workers: JoinedIsolates[] = [];
  const { said, ...ports } = portsOf(clock);
  const client = new StoreClient("SQLite x", {
    ...ports,
    start() {
      const joined = joinedIsolates();
      workers.push(joined);
      void Promise.resolve().then(() => serveStore(joined.inside, clock, open));
      return joined.connection;
    },
  });
  return { client, workers, opened, store, clock, said };
}
