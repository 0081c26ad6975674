import assert from "node:assert/strict";
import { failuresIn } from "../../../../src/application/backfill/report.ts";
import { DAY_MS } from "../../../../src/domain/calendar/date.ts";
import {
  GET_HISTORY_ORDER_FILL_LIST,
  GET_HISTORY_ORDER_LIST,
  GET_ORDER_FEE,
} from "../../../../src/infrastructure/futu/wire/messages.ts";
import { MemoryStore } from "../../../support/backfill_desk.ts";
import { GENERAL, type HistoryDesk, NOW, OLD, onHistoryDesk, PAPER } from "./history_desk.ts";

const asked = ({ openD }: HistoryDesk) =>
  [GET_HISTORY_ORDER_LIST, GET_HISTORY_ORDER_FILL_LIST, GET_ORDER_FEE].map(({ protoId }) => openD.received(protoId));

Deno.test("all orders, deals and fees of every account are stored as OpenD has them", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    const { report } = await desk.run(store, { days: 200 });
    assert.equal(failuresIn(report), 0);
    for (const { account, orders, deals } of desk.openD.truth()) {
      const stored = <Row extends { account: string }>(rows: Iterable<Row>) =>
        [...rows].filter((row) => row.account === account);
      const byId = (a: readonly unknown[], b: readonly unknown[]) => String(a[0]) < String(b[0]) ? -1 : 1;
      assert.deepEqual(
        stored(store.futuOrders.values()).map((row) => [row.orderId, row.market, row.createdAt]).sort(byId),
        orders.map((row) => [row.orderIDEx, row.market, row.createdAt]).sort(byId),
      );
      assert.deepEqual(
        stored(store.futuDeals.values()).map((
          row,
        ) => [row.dealId, row.orderId, row.quantity, row.price, row.executedAt])
          .sort(byId),
        deals.map((row) => [row.fillIDEx, row.orderIDEx, row.quantity, row.price, row.at]).sort(byId),
      );
      const filled = orders.filter(({ fee }) => fee > 0);
      assert.deepEqual(
        stored(store.futuFees.values()).map((row) => [row.orderId, row.amount]).sort(byId),
        filled.map((row) => [row.orderIDEx, row.fee]).sort(byId),
      );
    }
    const general = [...store.futuOrders.values()].filter(({ account }) => account === GENERAL);
    // The demo's 250 of the past and the three of today.
    assert.equal(general.length, 253);
    assert.equal([...store.futuDeals.values()].filter(({ account }) => account === GENERAL).length, 303);
  });
});

Deno.test("deals of a Hong Kong option are of its underlying, in the currency of their order", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    await desk.run(store, { days: 200 });
    const option = [...store.futuDeals.values()].find(({ instrument }) => instrument.localSymbol.startsWith("TCH"));
    const { underlying, multiplier, currency, assetType } = option!.instrument;
    assert.deepEqual([underlying, multiplier, currency, assetType], ["700", 100, "HKD", "OPTION"]);
    const kinds = new Set([...store.futuOrders.values()].map(({ instrument }) => instrument.assetType));
    assert.deepEqual(kinds, new Set(["OPTION", "STOCK"]));
  });
});

Deno.test("again, the same windows are read where rows may still change, and nothing is there twice", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    await desk.run(store, { days: 200 });
    const before = [store.futuOrders.size, store.futuDeals.size, store.futuFees.size, store.windows.size];
    const first = asked(desk);
    const { report, ends } = await desk.run(store, { days: 200 });
    assert.deepEqual([store.futuOrders.size, store.futuDeals.size, store.futuFees.size, store.windows.size], before);
    assert.deepEqual(first, [9, 9, 2], "three cells of three streams, and each account's fees");
    // Of orders the last two cells, of deals the last; every fee is known.
    assert.deepEqual(asked(desk), [9 + 6, 9 + 3, 2]);
    assert.equal(report.sources[0]?.skipped, 9);
    assert.ok(ends.some(({ window }) => /^HK orders of .*, 2026-08-03 to 2026-10-25$/.test(window)));
  });
});

Deno.test("nothing is claimed of a day that is not over: it is read again, and its rows are stored already", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    await desk.run(store);
    const mark = (dataType: string, market: string) =>
      store.states.get(`FUTU ${GENERAL} ${dataType} ${market}`)?.watermark;
    assert.equal(mark("deals", "US"), Date.UTC(2026, 10, 30, 5), "New York's midnight");
    assert.equal(mark("orders", "HK"), Date.UTC(2026, 10, 29, 16), "Hong Kong's midnight");
    const today = [...store.futuDeals.values()].filter(({ executedAt }) => executedAt >= Date.UTC(2026, 10, 30, 5));
    assert.equal(today.length, 3);
  });
});

Deno.test("the market and the account that are asked for are the only ones that are read", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    await desk.run(store, { days: 200, market: "HK" });
    assert.deepEqual(new Set([...store.futuOrders.values()].map(({ market }) => market)), new Set(["HK"]));
    assert.ok([...store.states.keys()].every((key) => key.includes(GENERAL)));
    const other = new MemoryStore();
    await desk.run(other, { account: OLD });
    assert.deepEqual(new Set([...other.states.values()].map(({ account }) => account)), new Set([OLD]));
    const configured = new MemoryStore();
    await desk.run(configured, { settings: { filterTrdmarket: "US", accounts: [OLD] } });
    assert.deepEqual([...configured.states.keys()], [
      `FUTU ${OLD} orders US`,
      `FUTU ${OLD} deals US`,
      `FUTU ${OLD} fees ALL`,
    ]);
  });
});

Deno.test("a paper account's orders are read, with a remark that deals and fees are of real accounts alone", async () => {
  const order = `  - { id: p1, account: "${PAPER}", contract: AAPL, side: BUY, quantity: 5, price: 250.00,\n` +
    "      status: FILLED_ALL, ago: 30h }\n";
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    const { report } = await desk.run(store, { settings: { trdEnv: "SIMULATE" } });
    assert.equal(failuresIn(report), 0);
    assert.match(report.sources[0]?.remarks.join() ?? "", /deals and fees of real accounts alone/);
    assert.deepEqual([store.futuOrders.size, store.futuDeals.size, asked(desk)], [1, 0, [1, 0, 0]]);
  }, { change: (text) => text.replace("\norders:\n", `\norders:\n${order}`) });
});

Deno.test("a dry run asks for no fees, says so, and writes nothing", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    const { report } = await desk.run(store, { days: 200, dryRun: true });
    assert.deepEqual([store.batches.length, asked(desk)], [0, [9, 9, 0]]);
    assert.match(report.sources[0]?.remarks.join() ?? "", /A dry run asks for no fees/);
    const orders = report.sources[0]?.accounts.reduce((sum, { futu }) => sum + (futu?.orders ?? 0), 0);
    assert.equal(orders, 253 + 13);
  });
});

Deno.test("an OpenD that says it is a simulator gives a simulated book, which a store of a real one refuses", async () => {
  await onHistoryDesk(async (desk) => {
    const fresh = new MemoryStore();
    await desk.run(fresh);
    assert.equal(fresh.book, "simulated");
    const real = new MemoryStore();
    real.book = "real";
    const { report } = await desk.run(real);
    assert.ok(failuresIn(report) > 0);
    assert.equal(real.batches.length, 0);
  });
});

Deno.test("questions beyond OpenD's limit wait for their turn, and the progress says for how long", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    const { report, progress } = await desk.run(store, { days: 700, account: GENERAL });
    assert.equal(failuresIn(report), 0);
    // 700 days are 9 cells, and two markets: 18 questions of each kind, of which 10 go at once.
    assert.deepEqual(asked(desk), [18, 18, 1]);
    assert.ok(desk.clock.now() - NOW >= 30_000);
    const waits = progress.flatMap(({ waiting }) => waiting ?? []);
    assert.ok(waits.includes("waiting 29 s for OpenD's limit (10 in 30 s)"), waits.join());
    assert.ok(waits.includes("waiting 1 s for OpenD's limit (10 in 30 s)"), waits.join());
    assert.equal(progress.at(-1)?.waiting, undefined);
  });
});

Deno.test("an OpenD whose limit others use up is waited for, and the rows are read", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    desk.openD.fault({ kind: "rate-limit", seconds: 20 });
    const { report, progress } = await desk.run(store);
    assert.equal(failuresIn(report), 0);
    assert.ok(progress.some(({ waiting }) => /OpenD's limit/.test(waiting ?? "")));
    assert.ok(store.futuOrders.size > 0);
  });
});

Deno.test("a connection that is cut in the middle of an answer is made again, and the window is read again", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    desk.openD.fault({ kind: "drop-before-reply", protoId: GET_HISTORY_ORDER_FILL_LIST.protoId, times: 3 });
    const { report, progress } = await desk.run(store);
    assert.equal(failuresIn(report), 0);
    assert.ok(progress.some(({ waiting }) => /OpenD is away: trying again in/.test(waiting ?? "")));
  });
});

Deno.test("an OpenD that stays away fails the windows that are left, and each says why", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    desk.openD.fault({ kind: "drop-before-reply", protoId: GET_HISTORY_ORDER_FILL_LIST.protoId, times: 99 });
    const { report } = await desk.run(store, { account: GENERAL });
    const [source] = report.sources;
    assert.ok(source!.failures.length > 0 && source!.done > 0);
    for (const { reason } of source!.failures) assert.match(reason, /tried 7 times again/);
    const states = [...store.states.values()].filter(({ status }) => status === "FAILED");
    assert.ok(states.every(({ account, error }) => account === GENERAL && /tried 7 times again/.test(error ?? "")));
    assert.equal(store.states.get(`FUTU ${GENERAL} orders HK`)?.status, "OK");
  });
});

Deno.test("an OpenD that is not logged in, or has no such account, is one failure with what to do", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    const reason = async (options: Parameters<typeof desk.run>[1]) => {
      const { report } = await desk.run(store, options);
      assert.equal(failuresIn(report), 1);
      return report.sources[0]?.failures[0]?.reason ?? "";
    };
    assert.match(
      await reason({ settings: { securityFirm: "FUTUINC" } }),
      /no active account.*check futu\.security_firm/,
    );
    assert.match(await reason({ account: "281000000000000000" }), /not found as active.*check --account/);
    assert.match(await reason({ market: "JP" }), /no active account is .*filter_trdmarket JP/);
    desk.openD.fault({ kind: "logout", seconds: null });
    assert.match(await reason({}), /log/i);
    await desk.openD.stop();
    assert.match(await reason({}), /Cannot reach OpenD at 127\.0\.0\.1:11111/);
    assert.equal(store.batches.length, 0, "nothing is recorded of what was not asked");
  });
});

Deno.test("told to stop while it waits for OpenD's limit, it ends at once, and what was read is kept", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    const stop = new AbortController();
    desk.clock.after(12_000, () => stop.abort(new Error("Ctrl+C")));
    const { report } = await desk.run(store, { days: 700, account: GENERAL, signal: stop.signal });
    assert.equal(report.interrupted, true);
    assert.ok(desk.clock.now() - NOW < 13_000, "without waiting for its turn");
    assert.ok(store.futuOrders.size > 0);
    assert.ok([...store.windows.values()].every(({ status }) => status === "DONE"), "nothing failed");
    await desk.run(store, { days: 700, account: GENERAL });
    assert.deepEqual([store.futuOrders.size, store.futuDeals.size], [253, 303]);
  });
});

Deno.test("an order that is filled after it was read is read again, with its fee", async () => {
  await onHistoryDesk(async (desk) => {
    const store = new MemoryStore();
    await desk.run(store);
    const { account, contract } = { account: GENERAL, contract: "00700" };
    const open = [...store.futuOrders.values()].find((row) => row.account === account && row.status === 5)!;
    assert.equal(store.futuFees.has(`${account} ${open.orderId}`), false);
    desk.openD.happen({ kind: "fill", order: "a3", account, contract, side: "SELL", quantity: 200, price: 640 });
    await desk.clock.advance(40 * DAY_MS);
    await desk.run(store, { days: 5 });
    assert.equal(store.futuOrders.get(`${account} ${open.orderId}`)?.filledQuantity, 200);
    assert.equal(store.futuFees.has(`${account} ${open.orderId}`), true);
  });
});
