/** A week of a small desk, stored: each report of `apex history` has something to show, and sums that can be done by hand. */
import { migrate } from "../../src/application/migrations.ts";
import type { Store, StoreBatch } from "../../src/application/ports/store.ts";
import type { CommissionRecord, ExecutionRecord } from "../../src/application/ports/store_records.ts";
import { DAY_MS } from "../../src/domain/calendar/date.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import { migrationsOf } from "../../src/infrastructure/store/migration_files.ts";
import { SqliteMigrations } from "../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../src/infrastructure/store/sqlite/store.ts";
import { projectText } from "./source_tree.ts";
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
  positionChange,
  risk,
  syncState,
  syncWindow,
} from "./stored_history.ts";

/** Runs the body on a SQLite store of its own that holds the rows. */
export async function withStore(batch: StoreBatch, body: (store: Store) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/data/apex.db`;
  const migrations = migrationsOf("sqlite", projectText);
  await migrate(migrations, new SqliteMigrations(file));
  const store = await openSqliteStore(file, migrations);
  try {
    await store.write(batch);
    await body(store);
  } finally {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

export const MSFT: Instrument = named(AAPL, "MSFT", 2);
/** Expired a week ago. */
export const SPY_PUT: Instrument = { ...named(AAPL_PUT, "SPY", 3), expiry: "2026-11-13", strike: 650 };
export const SAP: Instrument = { ...named(AAPL, "SAP", 4), currency: "EUR" };

function named(like: Instrument, symbol: string, conId: number): Instrument {
  return { ...like, symbol, underlying: symbol, localSymbol: symbol, conId };
}

export const daysAgo = (days: number): number => NOW - days * DAY_MS;

interface Trade {
  readonly instrument: Instrument;
  readonly quantity: number;
  readonly price: number;
  readonly at: number;
  readonly account?: string;
  /** Null: no report of it came. */
  readonly cost: number | null;
  readonly costCurrency?: string;
  /** By the broker. */
  readonly realized?: number;
}

/** Executions with their commissions, numbered in the order given. */
export function trades(list: readonly Trade[]): Required<Pick<StoreBatch, "executions" | "commissions">> {
  const executions: ExecutionRecord[] = [];
  const commissions: CommissionRecord[] = [];
  list.forEach((trade, at) => {
    const { instrument, quantity, price, account = "DU1", cost, costCurrency = instrument.currency, realized } = trade;
    const execId = `000${at + 1}.01.01`;
    executions.push(execution(execId, { account, instrument, quantity, price, executedAt: trade.at }));
    if (cost === null) return;
    commissions.push(
      commission(execId, { account, amount: cost, currency: costCurrency, realizedPnl: realized ?? null }),
    );
  });
  return { executions, commissions };
}

/** Bought 100 at 180 and 100 at 184, sold 150 at 190; a put sold at 6.10 and bought back at 4.20; and what cannot be matched. */
export const DESK_TRADES = trades([
  { instrument: AAPL, quantity: 100, price: 180, at: daysAgo(20), cost: 1 },
  { instrument: AAPL, quantity: 100, price: 184, at: daysAgo(15), cost: 1 },
  { instrument: SPY_PUT, quantity: -2, price: 3.1, at: daysAgo(12), cost: 1.3 },
  { instrument: SAP, quantity: 50, price: 210.12, at: daysAgo(12), cost: 3 },
  { instrument: AAPL, quantity: -150, price: 190, at: daysAgo(5), cost: 1.5, realized: 1_297.5 },
  { instrument: AAPL_PUT, quantity: -5, price: 6.1, at: daysAgo(4), cost: 3.25 },
  // Its purchase is older than the stored history: the broker alone knows what it closed.
  { instrument: MSFT, quantity: -40, price: 420, at: daysAgo(3), cost: 1, realized: 512.2 },
  { instrument: AAPL_PUT, quantity: 5, price: 4.2, at: daysAgo(2), cost: 3.25, realized: 943.5 },
  { instrument: SAP, quantity: -50, price: 215.5, at: daysAgo(2), cost: 3, realized: 263 },
  { instrument: MSFT, quantity: 10, price: 418.5, at: daysAgo(1), account: "DU2", cost: null },
]);

/** The desk's AAPL in a Futu account too: 100 bought in two deals of one order, whose fee is 3, and 60 sold without a fee yet. */
export const FUTU_TRADES: StoreBatch = {
  futuOrders: [futuOrder("F100", { remark: "hedge" })],
  futuDeals: [
    futuDeal("D1", { orderId: "F100", quantity: 25, price: 183, executedAt: daysAgo(9) }),
    futuDeal("D2", { orderId: "F100", quantity: 75, price: 183.4, executedAt: daysAgo(9) + MINUTE }),
    futuDeal("D3", { orderId: "F101", quantity: -60, price: 191, executedAt: daysAgo(3) }),
    futuDeal("D4", { orderId: "F102", quantity: -40, price: 192, executedAt: daysAgo(2), status: "CANCELLED" }),
  ],
  futuFees: [futuFee("F100", { amount: 3 })],
};

const BOOK = { account: "ALL", source: "ALL" } as const;

/** The third day of the five is not known, and the last leaves a holding out. */
export const DESK_DAYS = [
  dailyPnl("2026-11-16", { ...BOOK, dailyPnl: 1_000, brokerDailyPnl: 990, netLiquidation: 1_001_000 }),
  dailyPnl("2026-11-17", { ...BOOK, dailyPnl: -400, brokerDailyPnl: -400, netLiquidation: 1_000_600 }),
  dailyPnl("2026-11-18", { ...BOOK, dailyPnl: null, brokerDailyPnl: 25, realizedPnl: null, commissions: null }),
  dailyPnl("2026-11-19", { ...BOOK, dailyPnl: 250, brokerDailyPnl: 240.5, fxPnl: -12.5, netLiquidation: 1_000_850 }),
  dailyPnl("2026-11-20", { ...BOOK, dailyPnl: 600, brokerDailyPnl: null, excluded: 1, netLiquidation: 1_001_450 }),
];

/** Two days of snapshots every five minutes; gross exposure rises by a thousand each, net falls by as much. */
const DESK_RISK = [19, 20].flatMap((day, index) =>
  Array.from({ length: 78 }, (_, at) => {
    const one = risk({ takenAt: Date.UTC(2026, 10, day, 14, 30) + at * 5 * MINUTE, document: "{}" });
    const step = (index * 78 + at) * 1_000;
    const figures = { ...one.figures, grossExposure: 3_000_000 + step, netExposure: 600_000 - step };
    return { ...one, figures, status: at === 0 ? "degraded" as const : one.status };
  })
);

/** Of the life of a breach that is open again, and of the acknowledgement before it cleared. */
const DESK_BREACHES = [
  breach("opened", daysAgo(3)),
  breach("acknowledged", daysAgo(3) + 10 * MINUTE),
  breach("cleared", daysAgo(2)),
  {
    ...breach("opened", NOW - 120 * MINUTE),
    breach: { ...breach("opened", NOW).breach, openedAt: NOW - 120 * MINUTE },
  },
];

export const DESK: StoreBatch = {
  ...DESK_TRADES,
  dailyPnl: DESK_DAYS,
  risk: DESK_RISK,
  breaches: DESK_BREACHES,
  positions: [
    {
      account: "DU1",
      source: "IB",
      takenAt: NOW - 5 * MINUTE,
      positions: [
        position(),
        position({
          instrument: AAPL_PUT,
          quantity: -5,
          avgPrice: 6.1235,
          mark: 5.2,
          close: 5.5,
          marketValue: -2_600,
          unrealizedPnl: 461.75,
          dailyPnl: null,
        }),
      ],
    },
    { account: "DU2", source: "IB", takenAt: NOW - 5 * MINUTE, positions: [] },
  ],
  positionChanges: [
    positionChange(daysAgo(4)),
    positionChange(daysAgo(1), {
      account: "DU2",
      instrument: MSFT,
      quantityBefore: 0,
      quantityAfter: 10,
      avgPriceAfter: 418.5,
      cause: "restart",
      explanation: null,
    }),
  ],
  syncStates: [
    syncState(),
    syncState({
      account: "DU2",
      status: "FAILED",
      error: "the query was refused (1012: token has expired)",
      watermark: null,
    }),
  ],
  syncWindows: [
    syncWindow(daysAgo(3)),
    syncWindow(daysAgo(2)),
    syncWindow(daysAgo(1), {
      account: "DU2",
      status: "FAILED",
      error: "1012: token has expired",
      rows: 0,
      attempts: 3,
    }),
  ],
};
