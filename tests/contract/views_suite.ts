/** The views for people with SQL give the same rows in both dialects. */
import assert from "node:assert/strict";
import type { Store } from "../../src/application/ports/store.ts";
import {
  AAPL,
  AAPL_PUT,
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
  risk,
} from "../support/stored_history.ts";

export type Row = Readonly<Record<string, unknown>>;

export interface ViewsUnderTest {
  readonly store: Store;
  /** Numbers as numbers, and times as the instant's ISO text. */
  query(sql: string): Promise<readonly Row[]>;
  remove(): Promise<void>;
}

const DAY = 24 * 60 * MINUTE;
const iso = (at: number) => new Date(at).toISOString();

export function viewsSuite(
  name: string,
  open: () => Promise<ViewsUnderTest>,
  options: { ignore?: boolean; sanitizeOps?: boolean; sanitizeResources?: boolean } = {},
): void {
  const test = (what: string, body: (store: Store, query: ViewsUnderTest["query"]) => Promise<void>) =>
    Deno.test({
      name: `${name}: ${what}`,
      ...options,
      async fn() {
        const under = await open();
        try {
          await body(under.store, under.query);
        } finally {
          await under.remove();
        }
      },
    });

  test("latest_positions has the newest book of each account, position_history every one", async (store, query) => {
    const book = { account: "DU1", source: "IB", takenAt: NOW, positions: [position()] } as const;
    await store.write({
      positions: [
        book,
        {
          ...book,
          takenAt: NOW + MINUTE,
          positions: [position({ quantity: 90 }), position({ instrument: AAPL_PUT, quantity: -5, mark: null })],
        },
        { ...book, account: "DU2", takenAt: NOW - MINUTE },
        // DU3 closed everything.
        { ...book, account: "DU3" },
        { ...book, account: "DU3", takenAt: NOW + MINUTE, positions: [] },
      ],
    });
    const columns = "account_id, symbol, asset_type, strike, expiry, quantity, mark";
    assert.deepEqual(
      await query(`SELECT time, ${columns} FROM latest_positions ORDER BY account_id, quantity`),
      [
        row(NOW + MINUTE, "DU1", "AAPL", "OPTION", 187.5, "2026-12-18", -5, null),
        row(NOW + MINUTE, "DU1", "AAPL", "STOCK", null, null, 90, 187.12),
        row(NOW - MINUTE, "DU2", "AAPL", "STOCK", null, null, 100, 187.12),
      ],
    );
    const history = await query(
      "SELECT time, quantity FROM position_history WHERE account_id = 'DU1' AND asset_type = 'STOCK' ORDER BY time",
    );
    assert.deepEqual(history, [{ time: iso(NOW), quantity: 100 }, { time: iso(NOW + MINUTE), quantity: 90 }]);
  });

  test("open_breaches has those that have not cleared, breach_history each step", async (store, query) => {
    const other = breach("opened", NOW);
    await store.write({
      breaches: [
        breach("opened", NOW),
        breach("acknowledged", NOW + MINUTE),
        { ...other, transition: { ...other.transition, id: "max_vega", rule: "max_vega", scope: null } },
        {
          ...breach("cleared", NOW + MINUTE),
          transition: { ...breach("cleared", NOW + MINUTE).transition, id: "max_vega", rule: "max_vega", scope: null },
        },
      ],
    });
    const open = await query(
      "SELECT time, account_id, rule, scope, severity, state, value, limit_value, opened_at, acknowledged_by FROM open_breaches",
    );
    assert.deepEqual(open, [{
      time: iso(NOW + MINUTE),
      account_id: "DU1",
      rule: "max_margin_utilization",
      scope: "DU1",
      severity: "soft",
      state: "acknowledged",
      value: 0.55,
      limit_value: 0.6,
      opened_at: iso(NOW),
      acknowledged_by: "operator",
    }]);
    const steps = await query("SELECT rule, transition FROM breach_history ORDER BY recorded");
    assert.deepEqual(steps.map(({ transition }) => transition), ["opened", "acknowledged", "opened", "cleared"]);
  });

  test(
    "daily_results adds up the days, and says how far the sum is below its highest and what it lacks",
    async (store, query) => {
      const days = [100.5, -300, null, 250, 50] as const;
      await store.write({
        dailyPnl: days.map((result, at) =>
          dailyPnl(`2026-11-${16 + at}`, { account: "ALL", source: "ALL", dailyPnl: result, excluded: at })
        ),
      });
      await store.write({
        dailyPnl: [dailyPnl("2026-11-16", { dailyPnl: -7 }), dailyPnl("2026-11-17", { dailyPnl: null })],
      });
      const columns = "time, daily_pnl, cumulative_pnl, drawdown, unknown_days, excluded";
      assert.deepEqual(
        await query(`SELECT ${columns} FROM daily_results WHERE account_id = 'ALL' ORDER BY trade_date`),
        [
          result(16, 100.5, 100.5, 0, 0, 0),
          result(17, -300, -199.5, -300, 0, 1),
          result(18, null, -199.5, -300, 1, 2),
          result(19, 250, 50.5, -50, 1, 3),
          result(20, 50, 100.5, 0, 1, 4),
        ],
      );
      assert.deepEqual(
        await query(`SELECT ${columns} FROM daily_results WHERE account_id = 'DU1' ORDER BY trade_date`),
        [result(16, -7, -7, -7, 0, 0), result(17, null, -7, -7, 1, 0)],
      );
    },
  );

  test("risk_daily has the last row of each day of each account", async (store, query) => {
    await store.write({
      risk: [
        risk({ takenAt: NOW - DAY }),
        risk({ takenAt: NOW }),
        risk({ takenAt: NOW + MINUTE, figures: { ...risk().figures, vega: null } }),
        risk({ takenAt: NOW, account: "DU1", source: "IB" }),
        // The last millisecond of the day, and the next day's first.
        risk({ takenAt: Date.UTC(2026, 10, 22) - 1 }),
        risk({ takenAt: Date.UTC(2026, 10, 22) }),
      ],
    });
    assert.deepEqual(await query("SELECT time, day, account_id, vega FROM risk_daily ORDER BY account_id, day"), [
      { time: iso(NOW - DAY), day: "2026-11-19", account_id: "ALL", vega: -1_243 },
      { time: iso(NOW + MINUTE), day: "2026-11-20", account_id: "ALL", vega: null },
      { time: "2026-11-21T23:59:59.999Z", day: "2026-11-21", account_id: "ALL", vega: -1_243 },
      { time: "2026-11-22T00:00:00.000Z", day: "2026-11-22", account_id: "ALL", vega: -1_243 },
      { time: iso(NOW), day: "2026-11-20", account_id: "DU1", vega: -1_243 },
    ]);
  });

  test("realized_by_symbol_daily counts what is current once, in the currency of its cost", async (store, query) => {
    await store.write({
      executions: [
        execution("a.01"),
        execution("a.02"),
        execution("b.01", { instrument: AAPL_PUT, executedAt: NOW + 1 }),
        execution("c.01", { executedAt: NOW + 2 }),
        execution("d.01", { instrument: { ...AAPL, symbol: "SAP", currency: "EUR" } }),
        execution("e.01", { executedAt: NOW + DAY }),
      ],
      commissions: [
        commission("a.01", { realizedPnl: 1_000 }),
        commission("a.02", { realizedPnl: -12.5 }),
        commission("b.01", { realizedPnl: 100, amount: 2.5 }),
        commission("d.01", { currency: "EUR", amount: 3 }),
        commission("e.01"),
      ],
    });
    const columns = "time, symbol, currency, fills, realized_pnl, commission, fills_without_commission";
    assert.deepEqual(await query(`SELECT ${columns} FROM realized_by_symbol_daily ORDER BY day, symbol`), [
      realized("2026-11-20", "AAPL", "USD", 3, 87.5, 3.55, 1),
      realized("2026-11-20", "SAP", "EUR", 1, null, 3, 0),
      realized("2026-11-21", "AAPL", "USD", 1, null, 1.05, 0),
    ]);
  });

  test("fills has the current ones of both brokers, with the parts of Futu's fees", async (store, query) => {
    await store.write({
      executions: [execution("a.01"), execution("a.02", { price: 187 })],
      commissions: [commission("a.02", { realizedPnl: -12.5 })],
      futuOrders: [futuOrder("o1", { remark: "hedge" })],
      futuDeals: [
        futuDeal("d1", { quantity: 1, executedAt: NOW + 1, market: "" }),
        futuDeal("d2", { quantity: 2, executedAt: NOW + 2, instrument: AAPL_PUT }),
        futuDeal("d3", { quantity: 4, executedAt: NOW + 3, status: "CANCELLED" }),
        // Made after the fee was asked for.
        futuDeal("d4", { quantity: 3, executedAt: NOW + 2 * MINUTE }),
        futuDeal("d5", { quantity: 3, executedAt: NOW + 2 * MINUTE, orderId: null }),
      ],
      futuFees: [futuFee("o1", { amount: 1, currency: "HKD" })],
    });
    await store.write({ futuDeals: [futuDeal("d1", { quantity: 1, executedAt: NOW + 1, market: "US" })] });
    const columns =
      "time, source, account_id, exec_id, quantity, price, strike, order_ref, commission, commission_currency, realized_pnl";
    const cells = (await query(`SELECT ${columns} FROM fills ORDER BY executed_at, exec_id`)).map((row) =>
      Object.values(row)
    );
    assert.deepEqual(cells, [
      [iso(NOW), "IB", "DU1", "a.02", 100, 187, null, null, 1.05, "USD", -12.5],
      [iso(NOW + 1), "FUTU", "FU1", "d1", 1, 187.12, null, "hedge", 0.3333333333, "HKD", null],
      [iso(NOW + 2), "FUTU", "FU1", "d2", 2, 187.12, 187.5, "hedge", 0.6666666667, "HKD", null],
      [iso(NOW + 2 * MINUTE), "FUTU", "FU1", "d4", 3, 187.12, null, "hedge", null, null, null],
      [iso(NOW + 2 * MINUTE), "FUTU", "FU1", "d5", 3, 187.12, null, null, null, null, null],
    ]);
    assert.deepEqual(await query("SELECT deal_id, market FROM futu_deals WHERE deal_id = 'd1'"), [{
      deal_id: "d1",
      market: "US",
    }]);
    assert.deepEqual(
      await query(
        "SELECT symbol, currency, fills, commission, fills_without_commission FROM realized_by_symbol_daily " +
          "WHERE account_id = 'FU1' ORDER BY currency",
      ),
      [
        { symbol: "AAPL", currency: "HKD", fills: 2, commission: 1, fills_without_commission: 0 },
        { symbol: "AAPL", currency: "USD", fills: 2, commission: null, fills_without_commission: 2 },
      ],
    );
  });
}

function row(
  at: number,
  account: string,
  symbol: string,
  assetType: string,
  strike: number | null,
  expiry: string | null,
  quantity: number,
  mark: number | null,
): Row {
  return { time: iso(at), account_id: account, symbol, asset_type: assetType, strike, expiry, quantity, mark };
}

function result(
  day: number,
  daily: number | null,
  cumulative: number,
  drawdown: number,
  unknown: number,
  excluded: number,
): Row {
  return {
    time: `2026-11-${day}T00:00:00.000Z`,
    daily_pnl: daily,
    cumulative_pnl: cumulative,
    drawdown,
    unknown_days: unknown,
    excluded,
  };
}

function realized(
  day: string,
  symbol: string,
  currency: string,
  fills: number,
  realizedPnl: number | null,
  commission: number,
  without: number,
): Row {
  return {
    time: `${day}T00:00:00.000Z`,
    symbol,
    currency,
    fills,
    realized_pnl: realizedPnl,
    commission,
    fills_without_commission: without,
  };
}
