/** What every store must do. The stores' own tests run it: SQLite with each run, PostgreSQL where a server can be started. */
import assert from "node:assert/strict";
import type { Store, StoreBatch, TimeRange } from "../../src/application/ports/store.ts";
import type { ExecutionRecord, Fill, SyncStateRecord } from "../../src/application/ports/store_records.ts";
import fc from "../support/property.ts";
import {
  AAPL,
  AAPL_PUT,
  account,
  breach,
  commission,
  dailyPnl,
  execution,
  futuDeal,
  futuFee,
  futuOrder,
  MINUTE,
  NOW,
  position,
  positionChange,
  risk,
  signal,
  syncState,
  syncWindow,
} from "../support/stored_history.ts";
import { futuSuite } from "./store_futu_suite.ts";
import { retentionSuite } from "./store_retention_suite.ts";

/** One store's tables, empty at first. */
export interface StoreUnderTest {
  readonly store: Store;
  /** A second connection to the same tables, as another process has it; the caller closes it. */
  another(): Promise<Store>;
  /** Closes the store and removes the tables. */
  remove(): Promise<void>;
}

const EVER: TimeRange = { account: null, from: 0, to: NOW * 2 };

export function storeSuite(
  name: string,
  open: () => Promise<StoreUnderTest>,
  options: { ignore?: boolean } = {},
): void {
  const test = (what: string, body: (store: Store, under: StoreUnderTest) => Promise<void>) =>
    Deno.test({
      name: `${name}: ${what}`,
      ignore: options.ignore ?? false,
      async fn() {
        const under = await open();
        try {
          await body(under.store, under);
        } finally {
          await under.remove();
        }
      },
    });

  test("gives back every kind of row as it was written, digit for digit", async (store) => {
    const batch = everyKind();
    await store.write(batch);
    assert.deepEqual(await contents(store), await expectedContents(batch));
  });

  test("the same batch again, and again from another process, changes nothing", async (store, under) => {
    const batch = everyKind();
    await store.write(batch);
    const once = await contents(store);
    await store.write(batch);
    const other = await under.another();
    await other.write(batch);
    await other.close();
    assert.deepEqual(await contents(store), once);
  });

  test("an empty batch and an empty store are no trouble", async (store) => {
    await store.write({});
    await store.write({ executions: [], positions: [], risk: [] });
    assert.deepEqual(await store.lastPositions(0), []);
    assert.deepEqual(await store.openBreaches(), []);
    assert.deepEqual(await fills(store), []);
    assert.deepEqual([...await store.trailingPeaks()], []);
    assert.deepEqual(await store.syncStates(), []);
  });

  test("stores a batch whole or not at all", async (store) => {
    const batch = { executions: [execution("a.01")], dailyPnl: [dailyPnl("2026-11-20", { dailyPnl: NaN })] };
    await assert.rejects(store.write(batch), { name: "StoreFault", kind: "rejected" });
    assert.deepEqual(await fills(store), []);
    await store.write({ executions: [execution("a.01")] });
    assert.equal((await fills(store)).length, 1);
  });

  test("refuses numbers that are none, and texts that not every database can hold", async (store) => {
    const refused = { name: "StoreFault", kind: "rejected" };
    await assert.rejects(store.write({ executions: [execution("a", { price: Infinity })] }), refused);
    await assert.rejects(store.write({ executions: [execution("a\0b")] }), refused);
  });

  test("reads back only the newest correction of an execution, in whatever order they came", async (store) => {
    const id = "0000e0d5.6767abcd.01";
    await store.write({ executions: [execution(`${id}.02`, { price: 2 }), execution(`${id}.10`, { price: 10 })] });
    await store.write({ executions: [execution(`${id}.01`, { price: 1 })] });
    // An id that only begins alike is another execution.
    await store.write({ executions: [execution(`${id}0.01`, { price: 3, executedAt: NOW + 1 })] });
    assert.deepEqual((await fills(store)).map((fill) => fill.execution.price), [10, 3]);
  });

  test("the same execution id in two accounts is two executions", async (store) => {
    await store.write({ executions: [execution("a.01"), execution("a.01", { account: "DU2" })] });
    assert.equal((await fills(store)).length, 2);
    assert.equal((await fills(store, { ...EVER, account: "DU2" })).length, 1);
  });

  test("counts an execution from the API and from a statement once, and forgets nothing that only one of them says", async (store) => {
    await store.write({ executions: [execution("a.01", { orderRef: "hedge", raw: '{"side":"BOT"}' })] });
    await store.write({ executions: [execution("a.01", { origin: "STATEMENT", orderRef: null, exchange: null })] });
    const [fill, ...others] = await fills(store);
    assert.deepEqual(others, []);
    assert.equal(fill?.execution.orderRef, "hedge");
    assert.equal(fill.execution.exchange, "ISLAND");
    assert.equal(fill.execution.origin, "STATEMENT");
    assert.deepEqual(JSON.parse(fill.execution.raw ?? "null"), { side: "BOT" });
  });

  test("a commission may come before its execution, and a fill without one has none", async (store) => {
    await store.write({ commissions: [commission("a.01", { realizedPnl: -12.5 })] });
    await store.write({ executions: [execution("a.01"), execution("b.01", { executedAt: NOW + 1 })] });
    assert.deepEqual((await fills(store)).map((fill) => fill.commission), [
      { amount: 1.05, currency: "USD", realizedPnl: -12.5 },
      null,
    ]);
  });

  test("reads fills oldest first, over pages, from the first instant up to but not including the last", async (store) => {
    const count = 12_001;
    // Written newest first; every third shares its instant with the one before.
    const executions = Array.from(
      { length: count },
      (_, at) =>
        execution(`e${String(count - at).padStart(6, "0")}.01`, { executedAt: NOW + Math.floor((count - at) / 3) }),
    );
    await store.write({ executions });
    const pages: number[] = [];
    const read: Fill[] = [];
    for await (const page of store.fills({ account: "DU1", from: NOW + 1, to: NOW + 4_000 })) {
      pages.push(page.length);
      read.push(...page);
    }
    assert.equal(read.length, 3 * 3_999);
    assert.ok(pages.length > 1 && Math.max(...pages) < read.length);
    const order = read.map(({ execution }) => `${execution.executedAt} ${execution.execId}`);
    assert.deepEqual(order, order.toSorted());
    assert.equal(new Set(order).size, read.length);
  });

  test("the last book is the newest of each account and source, and none that is too old", async (store) => {
    const book = { account: "DU1", source: "IB", takenAt: NOW, positions: [position()] } as const;
    await store.write({
      positions: [
        book,
        { ...book, takenAt: NOW + MINUTE, positions: [position({ quantity: 90 }), position({ instrument: AAPL_PUT })] },
        { ...book, source: "MANUAL", takenAt: NOW - MINUTE },
        { ...book, account: "DU2", takenAt: NOW - 10 * MINUTE },
      ],
    });
    const last = await store.lastPositions(NOW - MINUTE);
    assert.deepEqual(last.map(({ account, source, takenAt }) => [account, source, takenAt]), [
      ["DU1", "IB", NOW + MINUTE],
      ["DU1", "MANUAL", NOW - MINUTE],
    ]);
    assert.deepEqual(last[0]?.positions.map(({ quantity }) => quantity).toSorted(), [100, 90]);
  });

  test("an empty book is known as empty, not as the book before it", async (store) => {
    const book = { account: "DU1", source: "IB", takenAt: NOW, positions: [position()] } as const;
    await store.write({ positions: [book] });
    await store.write({ positions: [{ ...book, takenAt: NOW + 1, positions: [] }] });
    assert.deepEqual(await store.lastPositions(0), [{ ...book, takenAt: NOW + 1, positions: [] }]);
  });

  test("a book written again for the same instant replaces the first, also within one batch", async (store) => {
    const book = { account: "DU1", source: "IB", takenAt: NOW, positions: [position()] } as const;
    await store.write({ positions: [book] });
    await store.write({
      positions: [{ ...book, positions: [] }, { ...book, positions: [position({ instrument: AAPL_PUT })] }],
    });
    const [last] = await store.lastPositions(0);
    assert.deepEqual(last?.positions.map(({ instrument }) => instrument.assetType), ["OPTION"]);
  });

  test("a contract number that became known stays known", async (store) => {
    const unknown = { ...AAPL, conId: null };
    const write = (instrument: typeof AAPL, takenAt: number) =>
      store.write({ positions: [{ account: "DU1", source: "IB", takenAt, positions: [position({ instrument })] }] });
    await write(AAPL, NOW);
    await write(unknown, NOW + 1);
    assert.equal((await store.lastPositions(0))[0]?.positions[0]?.instrument.conId, 265598);
  });

  test("open breaches come back as they were last, with their acknowledgement, and cleared ones do not", async (store) => {
    await store.write({ breaches: [breach("opened", NOW)] });
    await store.write({ breaches: [breach("acknowledged", NOW + MINUTE)] });
    assert.deepEqual(await store.openBreaches(), [breach("acknowledged", NOW + MINUTE)]);
    await store.write({ breaches: [breach("cleared", NOW + 2 * MINUTE)] });
    assert.deepEqual(await store.openBreaches(), []);
    await store.write({ breaches: [breach("opened", NOW + 3 * MINUTE)] });
    assert.deepEqual(await store.openBreaches(), [breach("opened", NOW + 3 * MINUTE)]);
    assert.equal((await store.breaches(EVER)).length, 4);
  });

  test("steps of one instant keep the order in which they were written", async (store) => {
    await store.write({ breaches: [breach("opened", NOW), breach("raised", NOW), breach("cleared", NOW)] });
    assert.deepEqual(await store.openBreaches(), []);
    await store.write({ breaches: [breach("opened", NOW), breach("raised", NOW)] });
    assert.deepEqual(await store.openBreaches(), []);
    const kinds = (await store.breaches(EVER)).map(({ transition }) => transition.kind);
    assert.deepEqual(kinds, ["opened", "raised", "cleared"]);
  });

  test("the peaks written last are all there is", async (store) => {
    const peak = { profit: 1_234.5, size: 5, side: -1 } as const;
    await store.write({ trailingPeaks: new Map([["a", peak], ["b", peak]]) });
    await store.write({ trailingPeaks: new Map([["b", { ...peak, side: 1, profit: 0.1 }]]) });
    assert.deepEqual([...await store.trailingPeaks()], [["b", { profit: 0.1, size: 5, side: 1 }]]);
    await store.write({ trailingPeaks: new Map() });
    assert.equal((await store.trailingPeaks()).size, 0);
  });

  test("a day's result that was written late does not replace a newer one", async (store) => {
    await store.write({ dailyPnl: [dailyPnl("2026-11-20", { dailyPnl: 2, updatedAt: NOW })] });
    await store.write({ dailyPnl: [dailyPnl("2026-11-20", { dailyPnl: 1, updatedAt: NOW - 1 })] });
    await store.write({ dailyPnl: [dailyPnl("2026-11-19"), dailyPnl("2026-11-20", { account: "DU2" })] });
    const days = await store.dailyPnl({ account: "DU1", from: "2026-11-20", to: "2026-11-20" });
    assert.deepEqual(days.map((day) => day.dailyPnl), [2]);
    assert.equal((await store.dailyPnl({ account: null, from: "2026-11-19", to: "2026-11-20" })).length, 3);
  });

  test("a watermark never moves back and is never taken away, whatever the state says", async (store) => {
    await store.write({ syncStates: [syncState({ watermark: NOW })] });
    await store.write({ syncStates: [syncState({ watermark: NOW - MINUTE })] });
    const failed: SyncStateRecord = syncState({ watermark: null, status: "FAILED", error: "no answer" });
    await store.write({ syncStates: [failed] });
    assert.deepEqual(await store.syncStates(), [{ ...failed, watermark: NOW }]);
    await store.write({ syncStates: [syncState({ watermark: NOW + MINUTE })] });
    assert.deepEqual(await store.syncStates(), [syncState({ watermark: NOW + MINUTE })]);
  });

  test("a window that failed becomes one that is done, and no other", async (store) => {
    const other = syncWindow(NOW, { market: "HK" });
    await store.write({ syncWindows: [syncWindow(NOW, { status: "FAILED", error: "no answer", rows: 0 }), other] });
    await store.write({ syncWindows: [syncWindow(NOW, { attempts: 2 }), syncWindow(NOW - MINUTE)] });
    assert.deepEqual(await store.syncWindows(syncState()), [
      syncWindow(NOW - MINUTE),
      syncWindow(NOW, { attempts: 2 }),
    ]);
  });

  test("the risk series comes by account, oldest first, and the last snapshot with its document", async (store) => {
    const rows = [0, 2, 1].map((at) => risk({ takenAt: NOW + at * MINUTE }));
    const own = risk({ account: "DU1", source: "IB", simulated: true, status: "stale" });
    await store.write({ risk: [...rows, own] });
    const series = await store.riskSeries({ account: null, from: NOW, to: NOW + 2 * MINUTE });
    assert.deepEqual(series.map(({ account, takenAt }) => [account, takenAt - NOW]), [["ALL", 0], ["ALL", MINUTE], [
      "DU1",
      0,
    ]]);
    assert.deepEqual(await store.lastRisk(NOW + MINUTE), [risk({ takenAt: NOW + 2 * MINUTE })]);
  });

  futuSuite(test);
  retentionSuite(test);

  test("times keep their microseconds", async (store) => {
    await store.write({ executions: [execution("a.01", { executedAt: NOW + 0.123 })] });
    assert.equal((await fills(store))[0]?.execution.executedAt, (NOW * 1000 + 123) / 1000);
  });

  test("writes that overlap are each stored whole", async (store, under) => {
    const other = await under.another();
    const write = (into: Store, at: number) =>
      into.write({
        executions: [execution(`e${at}.01`, { executedAt: NOW + at })],
        positionChanges: [positionChange(NOW + at)],
      });
    await Promise.all(Array.from({ length: 40 }, (_, at) => write(at % 2 === 0 ? store : other, at)));
    await other.close();
    assert.equal((await fills(store)).length, 40);
    assert.equal((await store.positionChanges(EVER)).length, 40);
  });

  test("is closed once and for all", async (store) => {
    await store.close();
    await store.close();
    await assert.rejects(store.write({ executions: [execution("a.01")] }), { name: "StoreFault", kind: "away" });
    await assert.rejects(store.openBreaches(), { name: "StoreFault", kind: "away" });
  });

  test("whatever was written in whatever portions, repeats included, is there once", async (store) => {
    const ids = ["r1.01", "r1.02", "r2.01", "r2", "r3.01"];
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anExecution(ids), { maxLength: 8 }), { maxLength: 6 }), async (portions) => {
        // Each case has an account of its own, so that the tables need not be emptied.
        const account = `DU${++round}`;
        const owned = portions.map((portion) => portion.map((row) => ({ ...row, account })));
        for (const executions of owned) await store.write({ executions });
        const expected = currentOf(owned.flat());
        assert.deepEqual((await fills(store, { ...EVER, account })).map(({ execution }) => execution), expected);
        if (owned.length > 0) await store.write({ executions: owned.at(-1)! });
        assert.deepEqual((await fills(store, { ...EVER, account })).map(({ execution }) => execution), expected);
      }),
      { numRuns: 60 },
    );
  });
}

function everyKind(): Required<StoreBatch> {
  return {
    executions: [
      execution("0000e0d5.6767abcd.01.01", { price: 0.1 + 0.2, quantity: -1e-7, raw: '{"a":[1,null,"ü"]}' }),
      execution("0000e0d5.6767abce.01.01", {
        instrument: AAPL_PUT,
        executedAt: NOW + 1,
        price: 123456789.125,
        orderRef: `it's "quoted", {braced}, \\ and 中文`,
        exchange: null,
        orderId: null,
      }),
    ],
    commissions: [commission("0000e0d5.6767abcd.01.01", { realizedPnl: -3.5, raw: "{}" })],
    futuOrders: [
      futuOrder("o1", { remark: `"hedge", {all}`, price: null, raw: '{"a":[1,"股票"]}' }),
      futuOrder("o2", { filledQuantity: 1e-7, averageFillPrice: null, updatedAt: NOW + 0.123 }),
      futuOrder("o3", { filledQuantity: null }),
    ],
    futuDeals: [futuDeal("d1", { quantity: -0.1 - 0.2, price: 123456789.125, raw: '{"a":[1,null,"ü"]}' })],
    futuFees: [futuFee("o1", { amount: 0.1 + 0.2, items: '[["平台使用费",0.3]]' })],
    positions: [{
      account: "DU1",
      source: "IB",
      takenAt: NOW,
      positions: [
        position({ instrument: AAPL_PUT, avgPrice: null, mark: null, close: null, closeDate: null, dailyPnl: null }),
        position(),
      ],
    }],
    accounts: [account()],
    risk: [risk(), risk({ account: "DU1", source: "IB", figures: { ...risk().figures, vega: null, theta: -0.0001 } })],
    breaches: [breach("opened", NOW), breach("acknowledged", NOW + 1)],
    trailingPeaks: new Map([["trade, with | signs", { profit: 1e-12, size: 2.5, side: 1 }]]),
    activeSignals: [
      signal("a|1"),
      signal('b, "ü"', { acknowledgement: { at: NOW + 0.5, by: "operator", note: null } }),
    ],
    dailyPnl: [dailyPnl("2026-11-20", { excluded: 3 })],
    positionChanges: [positionChange(NOW)],
    syncStates: [syncState()],
    syncWindows: [syncWindow(NOW)],
  };
}

/** What can be read back of the batch, as `contents` reads it. */
function expectedContents(batch: Required<StoreBatch>): Contents {
  const [cost] = batch.commissions;
  const executions = batch.executions.map((execution): Fill => ({
    source: "IB",
    execution: { ...execution, raw: normalised(execution.raw) },
    commission: execution.execId === cost?.execId
      ? { amount: cost.amount, currency: cost.currency, realizedPnl: cost.realizedPnl }
      : null,
  }));
  const deals = batch.futuDeals.map(({ dealId, market: _market, status: _status, ...deal }): Fill => ({
    source: "FUTU",
    execution: {
      ...deal,
      execId: dealId,
      exchange: null,
      orderRef: batch.futuOrders.find(({ orderId }) => orderId === deal.orderId)?.remark ?? null,
      origin: "API",
      raw: normalised(deal.raw),
    },
    // Its only deal pays the order's fee, which is counted to ten places.
    commission: { amount: 0.3, currency: "USD", realizedPnl: null },
  }));
  return {
    fills: [...executions, ...deals],
    ordersWithoutFees: [{ orderId: "o2", currency: "USD", updatedAt: NOW + 0.123 }],
    positions: batch.positions,
    accounts: batch.accounts,
    risk: batch.risk,
    openBreaches: batch.breaches.slice(1),
    breaches: batch.breaches,
    trailingPeaks: [...batch.trailingPeaks],
    activeSignals: batch.activeSignals,
    dailyPnl: batch.dailyPnl,
    positionChanges: batch.positionChanges,
    syncStates: batch.syncStates,
    syncWindows: batch.syncWindows,
  };
}

interface Contents {
  readonly fills: readonly Fill[];
  readonly [kind: string]: readonly unknown[];
}

async function contents(store: Store): Promise<Contents> {
  return {
    ordersWithoutFees: await store.futuOrdersWithoutFees("FU1"),
    fills: (await fills(store)).map(({ execution, ...fill }) => ({
      ...fill,
      execution: { ...execution, raw: normalised(execution.raw) },
    })),
    positions: await store.lastPositions(0),
    accounts: await store.lastAccounts(0),
    risk: await store.lastRisk(0),
    openBreaches: await store.openBreaches(),
    breaches: await store.breaches(EVER),
    trailingPeaks: [...await store.trailingPeaks()],
    activeSignals: await store.activeSignals(),
    dailyPnl: await store.dailyPnl({ account: null, from: "2000-01-01", to: "2100-01-01" }),
    positionChanges: await store.positionChanges(EVER),
    syncStates: await store.syncStates(),
    syncWindows: await store.syncWindows(syncState()),
  };
}

async function fills(store: Store, range: TimeRange = EVER): Promise<readonly Fill[]> {
  return (await Array.fromAsync(store.fills(range))).flat();
}

/** JSONB keeps what the text says, not how it is spaced. */
function normalised(json: string | null): string | null {
  return json === null ? null : JSON.stringify(JSON.parse(json));
}

function anExecution(ids: readonly string[]): fc.Arbitrary<ExecutionRecord> {
  return fc.record({
    id: fc.constantFrom(...ids),
    price: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }).map((price) => price + 0),
    seconds: fc.integer({ min: 0, max: 5 }),
    orderRef: fc.option(fc.constantFrom("a", "b", `",{}\\'`)),
  }).map(({ id, price, seconds, orderRef }) => execution(id, { price, executedAt: NOW + seconds * 1000, orderRef }));
}

/** The model: rows laid over one another by id, then of each root the highest correction, in the order of reading. */
function currentOf(rows: readonly ExecutionRecord[]): ExecutionRecord[] {
  const byId = new Map<string, ExecutionRecord>();
  for (const row of rows) {
    const before = byId.get(row.execId);
    byId.set(row.execId, { ...row, orderRef: row.orderRef ?? before?.orderRef ?? null });
  }
  const current = new Map<string, ExecutionRecord>();
  for (const row of [...byId.values()].sort((a, b) => a.execId < b.execId ? -1 : 1)) {
    current.set(row.execId.split(".")[0]!, row);
  }
  return [...current.values()].sort((a, b) => a.executedAt - b.executedAt || (a.execId < b.execId ? -1 : 1));
}
