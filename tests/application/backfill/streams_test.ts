/** Windows that belong to one account in one market. */
import assert from "node:assert/strict";
import type { BackfillSource, BackfillWindow, PastItem } from "../../../src/application/backfill/source.ts";
import { failuresIn } from "../../../src/application/backfill/report.ts";
import type { SyncStateRecord, SyncWindowRecord } from "../../../src/application/ports/store_records.ts";
import { DAY_MS } from "../../../src/domain/calendar/date.ts";
import { backfilled, MemoryStore, NOW } from "../../support/backfill_desk.ts";
import { futuDeal } from "../../support/stored_history.ts";

const START = NOW - 30 * DAY_MS;

/** One window each day apart, for each account and market, with a deal in its middle and one a day before it. */
class FakeStreams implements BackfillSource {
  readonly broker = "FUTU";
  readonly title = "Futu";
  readonly dataType = "deals";
  readonly continues = [];
  /** Called before a window is read: throw, and it fails. */
  before: (window: BackfillWindow) => void = () => {};
  extra: readonly PastItem[] = [];
  /** Null: the window's whole. */
  covered: number | null = null;

  constructor(readonly streams: readonly string[], readonly spans: readonly (readonly [number, number])[]) {}

  plan() {
    const windows = this.streams.flatMap((name) => {
      const [account = "", market = ""] = name.split(" ");
      return this.spans.map(([from, to]): BackfillWindow => ({
        title: `${name} ${from}`,
        dataType: "deals",
        from: START + from * DAY_MS,
        to: START + to * DAY_MS,
        stream: { account, market, rows: "deal", until: START + to * DAY_MS },
      }));
    });
    return Promise.resolve({ windows, skipped: 0, remarks: [] });
  }

  async *read(window: BackfillWindow): AsyncGenerator<PastItem> {
    await Promise.resolve();
    this.before(window);
    const { account, market } = window.stream!;
    const deal = (at: number, owner = account) =>
      futuDeal(`${market} ${at}`, { account: owner, market, executedAt: at });
    yield { kind: "book", book: "real" };
    // What a source gives beyond its window, and what it must never give: another account's.
    yield {
      kind: "deals",
      deals: [deal(window.from + 1), deal(window.from - DAY_MS), deal(window.from + 2, "999")],
    };
    yield* this.extra;
    yield { kind: "covers", account, from: window.from, to: this.covered ?? window.to };
  }
}

const key = ({ account, market }: SyncStateRecord | SyncWindowRecord) => `${account} ${market}`;
const state = (store: MemoryStore, name: string) => [...store.states.values()].find((row) => key(row) === name);
const windows = (store: MemoryStore, name: string) =>
  [...store.windows.values()].filter((row) => key(row) === name).sort((a, b) => a.from - b.from)
    .map(({ from, to, status }) => [(from - START) / DAY_MS, (to - START) / DAY_MS, status]);

Deno.test("each account has windows and a watermark in each market, and none under any other name", async () => {
  const source = new FakeStreams(["1 HK", "1 US", "2 US"], [[0, 10], [10, 20]]);
  const store = new MemoryStore();
  const { report } = await backfilled([source], store);
  assert.deepEqual([...store.states.keys()], ["FUTU 1 deals HK", "FUTU 1 deals US", "FUTU 2 deals US"]);
  for (const name of ["1 HK", "1 US", "2 US"]) {
    assert.deepEqual(windows(store, name), [[0, 10, "DONE"], [10, 20, "DONE"]]);
    assert.equal(state(store, name)?.watermark, START + 20 * DAY_MS);
  }
  const counted = report.sources[0]?.accounts.map(({ account, market, futu }) => [account, market, futu?.deals]);
  assert.deepEqual(counted, [["1", "HK", 2], ["1", "US", 2], ["2", "US", 2]], "rows beyond a window are not its own");
});

Deno.test("rows beyond a window are stored, and another account's are not", async () => {
  const store = new MemoryStore();
  await backfilled([new FakeStreams(["1 US"], [[0, 10]])], store);
  assert.deepEqual([...store.futuDeals.keys()], [`1 US ${START + 1}`, `1 US ${START - DAY_MS}`]);
});

Deno.test("a stream that fails does not mark the others: not another account's, and not the account's other market", async () => {
  const source = new FakeStreams(["1 HK", "1 US", "2 US"], [[0, 10]]);
  source.before = ({ title }) => {
    if (title.startsWith("1 HK")) throw new Error("OpenD refused it");
  };
  const store = new MemoryStore();
  const { report } = await backfilled([source], store);
  assert.equal(failuresIn(report), 1);
  assert.deepEqual(["1 HK", "1 US", "2 US"].map((name) => state(store, name)?.status), ["FAILED", "OK", "OK"]);
  assert.equal(state(store, "1 HK")?.error, "1 HK 0: OpenD refused it");
  assert.deepEqual(windows(store, "1 HK"), [[0, 10, "FAILED"]]);
  assert.deepEqual(windows(store, "1 US"), [[0, 10, "DONE"]]);
});

Deno.test("a stream whose older window fails stays failed though the newer one is read, and its mark stays before the hole", async () => {
  const source = new FakeStreams(["1 US"], [[0, 10], [10, 20]]);
  source.before = ({ title }) => {
    if (title.endsWith(" 0")) throw new Error("it broke off");
  };
  const store = new MemoryStore();
  await backfilled([source], store);
  assert.deepEqual(windows(store, "1 US"), [[0, 10, "FAILED"], [10, 20, "DONE"]]);
  assert.deepEqual([state(store, "1 US")?.status, state(store, "1 US")?.watermark], ["FAILED", null]);
  source.before = () => {};
  await backfilled([source], store);
  assert.deepEqual([state(store, "1 US")?.status, state(store, "1 US")?.watermark], ["OK", START + 20 * DAY_MS]);
});

Deno.test("a window that was read stays read when a longer look at it fails: only what is beyond it is missing", async () => {
  const store = new MemoryStore();
  await backfilled([new FakeStreams(["1 US"], [[0, 10]])], store);
  const longer = new FakeStreams(["1 US"], [[0, 14]]);
  longer.before = () => {
    throw new Error("OpenD is gone");
  };
  await backfilled([longer], store);
  assert.deepEqual(windows(store, "1 US"), [[0, 10, "DONE"], [10, 14, "FAILED"]]);
  assert.equal(state(store, "1 US")?.watermark, START + 10 * DAY_MS);
  const same = new FakeStreams(["1 US"], [[0, 10]]);
  same.before = longer.before;
  await backfilled([same], store);
  assert.deepEqual(windows(store, "1 US"), [[0, 10, "DONE"], [10, 14, "FAILED"]], "nothing new is missing");
  longer.before = () => {};
  await backfilled([longer], store);
  assert.deepEqual(windows(store, "1 US"), [[0, 14, "DONE"], [10, 14, "DONE"]]);
  assert.equal(state(store, "1 US")?.status, "OK");
});

Deno.test("a row that cannot be read makes its stream's window fail, and the rest is kept", async () => {
  const source = new FakeStreams(["1 US"], [[0, 10]]);
  source.extra = [{ kind: "lost", reason: "deal 7: its time is not readable" }];
  const store = new MemoryStore();
  const { report } = await backfilled([source], store);
  assert.match(report.sources[0]?.failures[0]?.reason ?? "", /^1 row could not be read.*deal 7/);
  assert.deepEqual([store.futuDeals.size, windows(store, "1 US")], [2, [[0, 10, "FAILED"]]]);
});

Deno.test("days without a session at the New York exchange are not taken for read in another market", async () => {
  // The two spans leave out a Saturday and a Sunday of New York.
  const saturday = Math.round((Date.UTC(2026, 10, 7, 5) - START) / DAY_MS);
  const source = new FakeStreams(["1 HK"], [[0, saturday], [saturday + 2, saturday + 5]]);
  const store = new MemoryStore();
  await backfilled([source], store);
  assert.equal(state(store, "1 HK")?.watermark, START + saturday * DAY_MS);
});
