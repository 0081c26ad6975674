/** What every store must do with Futu's orders, deals and fees. */
import assert from "node:assert/strict";
import type { Store, TimeRange } from "../../src/application/ports/store.ts";
import type { Fill } from "../../src/application/ports/store_records.ts";
import { exactSum } from "../../src/domain/history/exact.ts";
import fc from "../support/property.ts";
import {
  AAPL,
  AAPL_PUT,
  commission,
  execution,
  futuDeal,
  futuFee,
  futuOrder,
  MINUTE,
  NOW,
} from "../support/stored_history.ts";

const EVER: TimeRange = { account: null, from: 0, to: NOW * 2 };

export function futuSuite(test: (what: string, body: (store: Store) => Promise<void>) => void): void {
  test("fills are IBKR's executions and Futu's deals, each account's oldest first", async (store) => {
    await store.write({
      executions: [execution("a.01", { executedAt: NOW + 2 }), execution("b.01", { account: "ZZ9" })],
      commissions: [commission("a.01")],
      futuOrders: [futuOrder("o1", { remark: "hedge" })],
      futuDeals: [
        futuDeal("d2", { executedAt: NOW + 1, instrument: AAPL_PUT }),
        futuDeal("d1"),
        futuDeal("d0", { orderId: null }),
      ],
    });
    assert.deepEqual(
      (await fills(store)).map(({ source, execution: { account, execId, orderId, orderRef, exchange, origin } }) =>
        [source, account, execId, orderId, orderRef, exchange, origin].join(" ")
      ),
      [
        "IB DU1 a.01 7  ISLAND API",
        "FUTU FU1 d0    API",
        "FUTU FU1 d1 o1 hedge  API",
        "FUTU FU1 d2 o1 hedge  API",
        "IB ZZ9 b.01 7  ISLAND API",
      ],
    );
    const within = await fills(store, { account: "FU1", from: NOW + 1, to: NOW + 2 });
    assert.deepEqual(within.map(({ execution }) => [execution.execId, execution.instrument]), [["d2", AAPL_PUT]]);
  });

  test("deals are read over pages, each once, also where pages share an order's fee", async (store) => {
    const futuDeals = Array.from(
      { length: 2_500 },
      (_, at) =>
        futuDeal(`d${String(at).padStart(5, "0")}`, { executedAt: NOW + Math.floor(at / 3), orderId: `o${at % 900}` }),
    );
    const futuFees = Array.from({ length: 900 }, (_, at) => futuFee(`o${at}`, { amount: 1 }));
    await store.write({ futuDeals: futuDeals.toReversed(), futuFees });
    const read = await fills(store);
    assert.deepEqual(read.map(({ execution }) => execution.execId), futuDeals.map(({ dealId }) => dealId));
    for (const own of Map.groupBy(read, ({ execution }) => execution.orderId).values()) {
      assert.equal(exactSum(own.map(({ commission }) => commission!.amount)), 1);
    }
  });

  test("a cancelled deal is no fill, whatever is pushed of it later, and a changed one is as it was changed", async (store) => {
    await store.write({ futuDeals: [futuDeal("d1"), futuDeal("d2"), futuDeal("d3")] });
    await store.write({
      futuDeals: [futuDeal("d1", { status: "CANCELLED" }), futuDeal("d2", { status: "CHANGED", price: 188 })],
    });
    await store.write({ futuDeals: [futuDeal("d1")] });
    assert.deepEqual((await fills(store)).map(({ execution: { execId, price } }) => [execId, price]), [
      ["d2", 188],
      ["d3", 187.12],
    ]);
    // All of it goes to the deals that count: one half each.
    await store.write({ futuFees: [futuFee("o1", { amount: 3 })] });
    assert.deepEqual((await fills(store)).map(({ commission }) => commission?.amount), [1.5, 1.5]);
  });

  test("a deal keeps what OpenD sent of it when it comes again without", async (store) => {
    const pushed = futuDeal("d1", { market: "", raw: null });
    await store.write({ futuDeals: [pushed] });
    await store.write({ futuDeals: [futuDeal("d1", { raw: '{"fillIDEx":"d1"}' })] });
    await store.write({ futuDeals: [{ ...pushed, orderId: null }] });
    const [fill, ...others] = await fills(store);
    assert.deepEqual(others, []);
    assert.deepEqual(JSON.parse(fill?.execution.raw ?? "null"), { fillIDEx: "d1" });
    assert.equal(fill?.execution.orderId, "o1");
  });

  test("an order stays as it was updated last, in whatever order its states come", async (store) => {
    const partly = futuOrder("o1", { filledQuantity: 40, status: 10, remark: "first", raw: '{"a":1}' });
    const filled = futuOrder("o1", { filledQuantity: 100, updatedAt: NOW + MINUTE, remark: null });
    await store.write({ futuDeals: [futuDeal("d1")], futuOrders: [filled, partly] });
    assert.deepEqual(await store.futuOrdersWithoutFees("FU1"), [{
      orderId: "o1",
      currency: "USD",
      updatedAt: NOW + MINUTE,
    }]);
    assert.equal((await fills(store))[0]?.execution.orderRef, null);
    await store.write({ futuOrders: [{ ...filled, remark: "last" }] });
    await store.write({ futuOrders: [filled] });
    await store.write({ futuOrders: [partly] });
    assert.equal((await fills(store))[0]?.execution.orderRef, "last");
    assert.equal((await store.futuOrdersWithoutFees("FU1")).length, 1);
  });

  test("an order's fee is shared among its deals by quantity, and the parts add up to it", async (store) => {
    await store.write({
      futuDeals: [1, 1, 1].map((quantity, at) => futuDeal(`d${at}`, { quantity: -quantity, executedAt: NOW + at })),
      futuFees: [futuFee("o1", { amount: 1 })],
    });
    assert.deepEqual((await fills(store)).map(({ commission }) => commission), [
      { amount: 0.3333333333, currency: "USD", realizedPnl: null },
      { amount: 0.3333333333, currency: "USD", realizedPnl: null },
      { amount: 0.3333333334, currency: "USD", realizedPnl: null },
    ]);
    // A range that holds one of them shows its part alone.
    const [last] = await fills(store, { account: "FU1", from: NOW + 2, to: NOW + 3 });
    assert.equal(last?.commission?.amount, 0.3333333334);
  });

  test("whatever the sizes, each deal pays for its part and the parts add up to the fee", async (store) => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 10 ** 9 }).map((size) => size / 10_000), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: -100_000, max: 1_000_000 }).map((cents) => cents / 100),
        async (sizes, amount) => {
          const account = `FU${++round}`;
          await store.write({
            futuDeals: sizes.map((quantity, at) =>
              futuDeal(`d${at}`, { account, quantity: at % 2 === 0 ? quantity : -quantity, executedAt: NOW + at % 3 })
            ),
            futuFees: [futuFee("o1", { account, amount })],
          });
          const read = await fills(store, { ...EVER, account });
          assert.equal(exactSum(read.map(({ commission }) => commission!.amount)), amount);
          const whole = sizes.reduce((sum, size) => sum + size, 0);
          for (const { execution, commission } of read) {
            const due = amount * Math.abs(execution.quantity) / whole;
            assert.ok(Math.abs(commission!.amount - due) < 1e-8, `${commission!.amount} for ${due}`);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test("deals that were made after the fee was asked for have no part in it until it is asked for again", async (store) => {
    const asked = NOW + MINUTE;
    await store.write({
      futuDeals: [futuDeal("d1", { quantity: 100 }), futuDeal("d2", { quantity: 300, executedAt: asked + 1 })],
      futuFees: [futuFee("o1", { amount: 1, updatedAt: asked })],
    });
    assert.deepEqual((await fills(store)).map(({ commission }) => commission?.amount ?? null), [1, null]);
    await store.write({ futuFees: [futuFee("o1", { amount: 4, updatedAt: asked + MINUTE })] });
    await store.write({ futuFees: [futuFee("o1", { amount: 1, updatedAt: asked })] });
    assert.deepEqual((await fills(store)).map(({ commission }) => commission?.amount ?? null), [1, 3]);
  });

  test("fees are wanted for what was filled and has none, or one from before the order's last change", async (store) => {
    const other = { ...AAPL, symbol: "700", underlying: "700", currency: "HKD", conId: null };
    await store.write({
      futuOrders: [
        futuOrder("filled", { updatedAt: NOW + 3, instrument: other }),
        futuOrder("earlier", { updatedAt: NOW + 2, filledQuantity: 0.5 }),
        futuOrder("changed", { updatedAt: NOW + 1 }),
        futuOrder("paid"),
        futuOrder("open", { filledQuantity: 0 }),
        futuOrder("unknown", { filledQuantity: null }),
        futuOrder("another's", { account: "FU2" }),
      ],
      futuFees: [
        futuFee("paid", { updatedAt: NOW }),
        futuFee("changed", { updatedAt: NOW }),
        futuFee("filled", { account: "FU2" }),
      ],
    });
    assert.deepEqual(await store.futuOrdersWithoutFees("FU1"), [
      { orderId: "changed", currency: "USD", updatedAt: NOW + 1 },
      { orderId: "earlier", currency: "USD", updatedAt: NOW + 2 },
      { orderId: "filled", currency: "HKD", updatedAt: NOW + 3 },
    ]);
    assert.deepEqual(await store.futuOrdersWithoutFees("FU3"), []);
  });
}

async function fills(store: Store, range: TimeRange = EVER): Promise<readonly Fill[]> {
  return (await Array.fromAsync(store.fills(range))).flat();
}
