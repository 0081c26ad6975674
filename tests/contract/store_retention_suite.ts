/** Whose book a store keeps, what it held at an earlier time, and what it forgets: part of what every store must do. */
import assert from "node:assert/strict";
import type { Store } from "../../src/application/ports/store.ts";
import type { PositionBook } from "../../src/application/ports/store_records.ts";
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

export type StoreTest = (
  what: string,
  body: (store: Store, under: { another(): Promise<Store> }) => Promise<void>,
) => void;

const BOOK: PositionBook = { account: "DU1", source: "IB", takenAt: NOW, positions: [position()] };
const EVER = { account: null, from: 0, to: NOW * 2 };

export function retentionSuite(test: StoreTest): void {
  test("keeps the book of the kind that claimed it first, and says so to the other", async (store, under) => {
    assert.equal(await store.storedBook(), null);
    await store.claim("simulated");
    await store.claim("simulated");
    assert.equal(await store.storedBook(), "simulated");
    const other = await under.another();
    assert.equal(await other.storedBook(), "simulated");
    await assert.rejects(other.claim("real"), {
      name: "StoreFault",
      kind: "refused",
      message: /real.*simulated.*choose another database\.dsn, or move the file aside/,
    });
    assert.equal(await store.storedBook(), "simulated");
    await other.close();
  });

  test(
    "of two that claim it at once for different kinds one gets it, and of the same kind both",
    async (store, under) => {
      const other = await under.another();
      const claims = await Promise.allSettled([store.claim("real"), other.claim("simulated")]);
      assert.deepEqual(claims.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
      const settled = claims[0]!.status === "fulfilled" ? "real" : "simulated";
      assert.deepEqual([await store.storedBook(), await other.storedBook()], [settled, settled]);
      await Promise.all([store.claim(settled), other.claim(settled)]);
      await other.close();
    },
  );

  test("gives the books as of a time, an empty one as empty", async (store) => {
    await store.write({
      positions: [
        BOOK,
        { ...BOOK, takenAt: NOW + 2 * MINUTE, positions: [] },
        { ...BOOK, takenAt: NOW + 4 * MINUTE, positions: [position({ instrument: AAPL_PUT })] },
        { ...BOOK, account: "DU2", takenAt: NOW + 3 * MINUTE },
      ],
    });
    const at = async (until: number, since = 0) =>
      (await store.lastPositions(since, until)).map(({ account, takenAt, positions }) =>
        [account, (takenAt - NOW) / MINUTE, positions.length] as const
      );
    assert.deepEqual(await at(NOW - 1), []);
    assert.deepEqual(await at(NOW), [["DU1", 0, 1]]);
    assert.deepEqual(await at(NOW + 2 * MINUTE), [["DU1", 2, 0]]);
    assert.deepEqual(await at(NOW + 3.5 * MINUTE), [["DU1", 2, 0], ["DU2", 3, 1]]);
    assert.deepEqual(await at(NOW + 9 * MINUTE), [["DU1", 4, 1], ["DU2", 3, 1]]);
    assert.deepEqual(await at(NOW + 3.5 * MINUTE, NOW + 3 * MINUTE), [["DU2", 3, 1]]);
  });

  test("the signals written last are all that stand, and a batch without them leaves them", async (store) => {
    await store.write({ activeSignals: [signal("a"), signal("b")] });
    const seen = signal("b", { acknowledgement: { at: NOW, by: "operator", note: "rolled" } });
    await store.write({ activeSignals: [seen] });
    await store.write({ executions: [execution("a.01")] });
    assert.deepEqual(await store.activeSignals(), [seen]);
    const broken = signal("c", { condition: { ...signal("c").condition, value: NaN } });
    await assert.rejects(store.write({ activeSignals: [broken] }), { name: "StoreFault", kind: "rejected" });
    assert.deepEqual(await store.activeSignals(), [seen]);
    await store.write({ activeSignals: [] });
    assert.deepEqual(await store.activeSignals(), []);
  });

  test("deletes every snapshot that was taken before the time, and none that was taken at it or later", async (store) => {
    await store.write({
      positions: [BOOK, { ...BOOK, takenAt: NOW + MINUTE }],
      accounts: [account(), account({ takenAt: NOW + MINUTE })],
      risk: [risk(), risk({ takenAt: NOW + MINUTE }), risk({ account: "DU1", source: "IB" })],
    });
    // A book and its position, an account, and two risk rows with their documents.
    assert.equal(await store.prune(NOW + MINUTE, 1_000), 2 + 1 + 4);
    assert.equal(await store.prune(NOW + MINUTE, 1_000), 0);
    assert.deepEqual(await store.lastPositions(0), [{ ...BOOK, takenAt: NOW + MINUTE }]);
    assert.deepEqual(await store.lastAccounts(0), [account({ takenAt: NOW + MINUTE })]);
    assert.deepEqual(await store.lastRisk(0), [risk({ takenAt: NOW + MINUTE })]);
    assert.equal((await store.riskSeries(EVER)).length, 1);
  });

  test("never deletes fills, breaches, results, changes, sync states or what stands now", async (store) => {
    const kept = {
      executions: [execution("a.01")],
      commissions: [commission("a.01")],
      futuOrders: [futuOrder("o1"), futuOrder("o2")],
      futuDeals: [futuDeal("d1")],
      futuFees: [futuFee("o1")],
      breaches: [breach("opened", NOW)],
      trailingPeaks: new Map([["a", { profit: 1, size: 1, side: 1 } as const]]),
      activeSignals: [signal("a")],
      dailyPnl: [dailyPnl("2026-11-20")],
      positionChanges: [positionChange(NOW)],
      syncStates: [syncState()],
      syncWindows: [syncWindow(NOW)],
    };
    await store.claim("real");
    await store.write({ ...kept, positions: [BOOK], accounts: [account()], risk: [risk()] });
    assert.equal(await store.prune(NOW * 2, 1_000), 5);
    const fills = (await Array.fromAsync(store.fills(EVER))).flat();
    assert.deepEqual(fills.map(({ commission }) => commission?.amount), [1.05, 1.99]);
    assert.deepEqual((await store.futuOrdersWithoutFees("FU1")).map(({ orderId }) => orderId), ["o2"]);
    assert.deepEqual(await store.openBreaches(), kept.breaches);
    assert.deepEqual([...await store.trailingPeaks()], [...kept.trailingPeaks]);
    assert.deepEqual(await store.activeSignals(), kept.activeSignals);
    assert.deepEqual(
      await store.dailyPnl({ account: null, from: "2000-01-01", to: "2100-01-01" }),
      kept.dailyPnl,
    );
    assert.deepEqual(await store.positionChanges(EVER), kept.positionChanges);
    assert.deepEqual(await store.syncStates(), kept.syncStates);
    assert.deepEqual(await store.syncWindows(syncState()), kept.syncWindows);
    assert.equal(await store.storedBook(), "real");
  });

  test("deletes the oldest first and no more than about as many rows as it was told, whole books at a time", async (store) => {
    const holdings = Array.from({ length: 10 }, (_, at) => position({ instrument: { ...AAPL, symbol: `S${at}` } }));
    const minutes = Array.from({ length: 12 }, (_, at) => NOW + at * MINUTE);
    await store.write({
      positions: minutes.map((takenAt) => ({ ...BOOK, takenAt, positions: holdings })),
      accounts: minutes.map((takenAt) => account({ takenAt })),
      risk: minutes.map((takenAt) => risk({ takenAt })),
    });
    let deleted = 0;
    for (let rounds = 1;; rounds++) {
      const rows = await store.prune(NOW * 2, 20);
      if (rows === 0) break;
      assert.ok(rows <= 20 + holdings.length, `${rows} at once`);
      assert.ok(rounds < 20, "it does not end");
      deleted += rows;
      // What is left is whole, and newer than what went.
      const left = await store.riskSeries(EVER);
      const books = await store.lastPositions(0);
      for (const book of books) assert.equal(book.positions.length, holdings.length);
      if (left.length > 0) assert.equal(left.at(-1)?.takenAt, minutes.at(-1));
      if (deleted < 14 * 11) assert.equal(books[0]?.takenAt, minutes.at(-1));
    }
    assert.equal(deleted, minutes.length * (11 + 1 + 2));
    assert.deepEqual(await store.lastPositions(0), []);
    assert.deepEqual(await store.riskSeries(EVER), []);
  });

  test("deletes while others write, loses none of their rows and deletes none twice", async (store, under) => {
    const other = await under.another();
    const old = Array.from({ length: 60 }, (_, at) => risk({ takenAt: NOW - (at + 1) * MINUTE }));
    await store.write({ risk: old });
    await Promise.all([
      ...Array.from({ length: 4 }, () => store.prune(NOW, 20)),
      ...Array.from({ length: 4 }, () => other.prune(NOW, 20)),
      ...Array.from({ length: 10 }, (_, at) => other.write({ risk: [risk({ takenAt: NOW + at })] })),
    ]);
    while (await other.prune(NOW, 20) > 0);
    assert.equal((await store.riskSeries(EVER)).length, 10);
    assert.equal((await store.lastRisk(0)).length, 1);
    await other.close();
  });
}
